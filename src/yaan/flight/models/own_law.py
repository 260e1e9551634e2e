"""Guidance laws of the user's own: checked once, as they are given, by flying a few estimates.

A law is an instance of a class below `AbstractEntryGuidance` or `AbstractGuidance`, or what makes
one without arguments; or a function of an estimate alone: it answers the bank [rad] of an entry, or
the axis of an ascent as three numbers along GCRS, of any length above 0.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree
from typing_extensions import override

from yaan.base.constants import EARTH_RADIUS
from yaan.base.errors import InputError
from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.session import computing
from yaan.description.own import Given
from yaan.flight.models.own import (
    Fault,
    about_mistakes,
    checked,
    made,
    number_mistakes,
    own_of,
    problem_of,
    refused,
    told_error,
    widened,
)
from yaan.gnc.base import AbstractEntryGuidance, AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Frame, Vector

ENTRY: Final = "guidance.entry"
ASCENT: Final = "guidance.ascent"

_HEIGHTS: Final = (120e3, 80e3, 50e3, 20e3)  # [m] of the estimates that a law is asked
_SPEEDS: Final = (7_800.0, 7_000.0, 3_000.0, 400.0)  # [m/s] there
_PERIOD: Final = 1.0  # [s] of a law that is a function


class EntryFunction(AbstractEntryGuidance):
    """A law of an entry that is a function of the estimate alone."""

    about: ClassVar[Model] = Model(
        name="entry guidance",
        text="a function of the user's own: the bank by the estimate",
        ignores="all that it does not say",
    )

    period: Float[Any, "*lanes"] = eqx.field(converter=held)
    law: Callable[[Estimate], Array] = eqx.field(static=True)

    @override
    def start(self, estimate: Estimate) -> PyTree:
        return jnp.asarray(self.law(estimate), dtype=float)

    @override
    def update(self, estimate: Estimate, bank: Array, memory: PyTree) -> PyTree:
        del bank, memory
        return jnp.asarray(self.law(estimate), dtype=float)

    @override
    def command(self, estimate: Estimate, memory: PyTree) -> Array:
        del estimate
        return memory


class AscentFunction(AbstractGuidance):
    """A law of an ascent that is a function of the estimate alone."""

    about: ClassVar[Model] = Model(
        name="steering",
        text="a function of the user's own: the axis by the estimate",
        ignores="all that it does not say",
    )

    law: Callable[[Estimate], Any] = eqx.field(static=True)

    @override
    def start(self, t: Array, memory: PyTree) -> PyTree:
        del t
        return memory

    @override
    def update(self, look: Callable[[], Estimate], memory: PyTree) -> PyTree:
        del look
        return memory

    @override
    def finish(self, t: Array, memory: PyTree) -> PyTree:
        del t
        return memory

    @override
    def command(self, estimate: Estimate, memory: PyTree) -> Command:
        del memory
        x, y, z = (jnp.asarray(part, dtype=float) for part in self.law(estimate))
        axis = Vector(x, y, z, Frame.GCRS)
        return Command(axis / axis.norm())

    @override
    def deadline(self, t: Array, memory: PyTree) -> Array:
        del memory
        return jnp.full_like(t, jnp.inf)


def checked_model(word: str, model: object) -> Given:
    """A model or a law of the user's own, ready to fly; see `checked` and `checked_law`.

    Raises:
        InputError: every mistake.
    """
    return checked_law(word, model) if word in (ENTRY, ASCENT) else checked(word, model)


def checked_law(word: str, law: object) -> Given:
    """A guidance law of the user's own, ready to fly, its numbers in 64 bits.

    Args:
        word: what it guides: `guidance.entry` or `guidance.ascent`.
        law: see the head of this module.

    Raises:
        InputError: every mistake: its class, what it says of itself, its numbers, or its answers.
    """
    base = AbstractEntryGuidance if word == ENTRY else AbstractGuidance
    try:
        with computing():
            found = _wrapped(word, law) or made(law)
    except Exception as error:
        expected = f"a law, or what makes one, not {told_error(error)}"
        raise refused(word, law, expected) from error
    if not isinstance(found, base):
        function = "bank [rad]" if word == ENTRY else "axis (x, y, z)"
        expected = (
            f"a class below yaan.models.{base.__name__}, or a function of an estimate that answers "
            f"the {function}"
        )
        raise refused(word, found, expected)
    with computing():
        wrong = [*about_mistakes(word, found), *number_mistakes(found)]
        if not wrong:
            found = jax.tree.map(widened, found)
            wrong = list(_entry_mistakes(found) if word == ENTRY else _ascent_mistakes(found))
        if wrong:
            raise InputError([problem_of(word, law, *one) for one in wrong])
        return Given(found, own_of(found, law if inspect.isfunction(law) else None))


def _wrapped(word: str, law: object) -> object:
    """A function of an estimate as a law; None of anything else."""
    if not inspect.isfunction(law):
        return None
    needed = [
        parameter
        for parameter in inspect.signature(law).parameters.values()
        if parameter.default is parameter.empty
    ]
    if len(needed) != 1:
        return None
    return EntryFunction(_PERIOD, law) if word == ENTRY else AscentFunction(law)


def _estimates() -> Estimate:
    """A few estimates, as lanes: down an entry over the equator, to the east."""
    height, speed = np.array(_HEIGHTS), np.array(_SPEEDS)
    none, one = np.zeros(len(height)), np.ones(len(height))

    def along(x: Any, y: Any, z: Any) -> Vector:
        return Vector(jnp.asarray(x), jnp.asarray(y), jnp.asarray(z), Frame.GCRS)

    up, east, north = (
        along(*axis) for axis in ((one, none, none), (none, one, none), (none, none, one))
    )
    moving = along(-0.03 * speed, speed, none)
    drag = along(none, -0.5 * 9.8 * one, none)
    position = along(EARTH_RADIUS + height, none, none)
    return Estimate(jnp.asarray(none), position, moving, moving, moving, up, east, north, drag)


def _first(estimates: Estimate) -> Estimate:
    return jax.tree.map(lambda leaf: leaf[0], estimates)


def _entry_mistakes(law: AbstractEntryGuidance) -> Iterator[Fault]:
    """What is wrong with the answers of a law of an entry."""
    period = np.asarray(law.period, dtype=float)
    if not np.all(np.isfinite(period) & (period > 0.0)):
        yield "`period` above 0 s", ""
        return
    estimates, bank = _estimates(), jnp.zeros(len(_HEIGHTS))
    wrong = _traced(
        _first(estimates),
        [
            ("start(estimate)", law.start, None),
            ("update(estimate, bank, memory)", lambda one: _updated(law, one), "memory"),
            ("command(estimate, memory)", lambda one: law.command(one, law.start(one)), "bank"),
        ],
    )
    if wrong:
        yield from wrong
        return
    try:
        told = jax.vmap(lambda one, b: _flown(law, one, b))(estimates, bank)
    except Exception as error:
        yield f"an answer for several lanes, not {told_error(error)}", "it must be traced by JAX"
        return
    yield from _finite(told, "command(estimate, memory)")


def _updated(law: AbstractEntryGuidance, estimate: Estimate) -> tuple[PyTree, PyTree]:
    memory = law.start(estimate)
    return memory, law.update(estimate, jnp.zeros_like(estimate.t), memory)


def _flown(law: AbstractEntryGuidance, estimate: Estimate, bank: Array) -> Array:
    return law.command(estimate, law.update(estimate, bank, law.start(estimate)))


def _ascent_mistakes(law: AbstractGuidance) -> Iterator[Fault]:
    """Likewise of a law of an ascent; it begins with what nobody has left it: None."""
    estimates = _estimates()

    def steered(one: Estimate) -> Vector:
        memory = law.update(lambda: one, law.start(one.t, None))
        return law.command(one, memory).axis

    def kept(one: Estimate) -> tuple[PyTree, PyTree]:
        memory = law.start(one.t, None)
        return memory, law.update(lambda: one, memory)

    wrong = _traced(
        _first(estimates),
        [
            ("update(look, memory)", kept, "memory"),
            ("command(estimate, memory)", steered, "axis"),
        ],
    )
    if wrong:
        yield from wrong
        return
    try:
        told = jax.vmap(steered)(estimates)
    except Exception as error:
        yield f"an answer for several lanes, not {told_error(error)}", "it must be traced by JAX"
        return
    yield from _finite(jnp.stack([told.x, told.y, told.z]), "command(estimate, memory)")


_Asked = tuple[str, Callable[[Estimate], Any], str | None]
"""How it is called, what is called, and what is judged of the answer."""


def _traced(estimate: Estimate, asked: list[_Asked]) -> list[Fault]:
    """Shapes and precision of the answers to one lane; nothing is computed."""
    for called, answer, what in asked:
        try:
            found = jax.eval_shape(answer, estimate)
        except Exception as error:
            told = f"an answer of {called}, not {told_error(error)}"
            return [(told, "it must be traced by JAX")]
        if what == "memory":
            before, after = (_form(part) for part in found)
            if before != after:
                expected = f"a memory of the same shapes from {called} as at the start: {before}"
                return [(f"{expected}, not {after}", "")]
        elif what is not None:
            parts = [found.x, found.y, found.z] if isinstance(found, Vector) else [found]
            for part in parts:
                shape, kind = getattr(part, "shape", None), getattr(part, "dtype", None)
                if shape != () or kind != jnp.float64:
                    return [(f"one number in float64 from {called}, not {shape} of {kind}", "")]
    return []


def _form(memory: PyTree) -> str:
    leaves, tree = jax.tree.flatten(memory)
    return f"{[(tuple(leaf.shape), str(leaf.dtype)) for leaf in leaves]} in {tree}"


def _finite(told: Array, called: str) -> Iterator[Fault]:
    lost = ~np.isfinite(np.asarray(told))
    if lost.any():
        yield f"finite numbers from {called}, which they are not", ""
