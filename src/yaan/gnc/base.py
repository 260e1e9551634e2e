"""What guides a vehicle: an estimate in, a command out, and what is remembered in between.

A guidance law never sees the true state. What it remembers is a part of what is integrated, so
that it is handed on at borders, recorded, and may differ from lane to lane.
"""

import abc
from collections.abc import Callable

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Vector


class Command(eqx.Module):
    """What the vehicle is asked for."""

    axis: Vector
    """Where its axis shall point: a unit vector, GCRS."""


class AbstractGuidance(eqx.Module):
    """A guidance law on one leg; its fields are what is fixed there. One lane."""

    @abc.abstractmethod
    def start(self, t: Float[Array, ""], memory: PyTree) -> PyTree:
        """What it remembers as its leg begins at `t` [s]; `memory` is that of the leg before."""

    @abc.abstractmethod
    def update(self, look: Callable[[], Estimate], memory: PyTree) -> PyTree:
        """What it remembers after a step; `look` makes the estimate there, for who needs one.

        Only what truly changes may be changed here: the step that follows a change costs one
        evaluation more.
        """

    @abc.abstractmethod
    def finish(self, t: Float[Array, ""], memory: PyTree) -> PyTree:
        """What it hands on as its leg ends at `t` [s]."""

    @abc.abstractmethod
    def command(self, estimate: Estimate, memory: PyTree) -> Command:
        """What it asks for at an instant."""

    @abc.abstractmethod
    def deadline(self, t: Float[Array, ""], memory: PyTree) -> Float[Array, ""]:
        """The next instant at which it must be updated [s]; infinite where any step will do."""

    def cut_off(self, memory: PyTree) -> Float[Array, ""]:
        """When it ends its leg [s], if that waits for its guidance; infinite: it does not."""
        del memory
        return jnp.asarray(jnp.inf)


class Gnc(eqx.Module):
    """What a state hands on of guidance and navigation, where both remember something."""

    guidance: PyTree
    navigation: PyTree


class AbstractEntryGuidance(eqx.Module):
    """A guidance law of a lifting entry; its fields are its parameters. One lane.

    The bank that it asks for is followed by a roll of limited rate and acceleration, which is the
    motion's. `elapsed` times are since the entry interface.
    """

    period: eqx.AbstractVar[Float[Array, "*lanes"]]
    """Between updates [s]."""

    @abc.abstractmethod
    def start(self, estimate: Estimate) -> PyTree:
        """What it remembers as the entry begins."""

    @abc.abstractmethod
    def update(self, estimate: Estimate, bank: Float[Array, ""], memory: PyTree) -> PyTree:
        """What it remembers after an update; `bank` [rad] is the one that is flown there."""

    @abc.abstractmethod
    def command(self, estimate: Estimate, memory: PyTree) -> Float[Array, ""]:
        """The bank that it asks for [rad]: zero is lift up, positive to the right."""
