"""A reference entry for a range law: its path by energy, and what changes its range from there.

Made on the host from one prediction at a constant bank (`entry_prediction`), once.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.constants import STANDARD_GRAVITY
from yaan.gnc.entry_prediction import (
    FELT,
    EntryModel,
    Foreseen,
    Planar,
    Ratios,
    Scalar,
    Sight,
    advance,
    foresee,
    pulls,
    sight,
)
from yaan.gnc.navigation import Estimate

Number = Float[Any, "*lanes"]


class Reference(eqx.Module):
    """A reference entry at a constant bank, by energy; leaves may have lanes.

    Energy is that of the motion against the ground and of the height [m^2/s^2], falling in
    flight; the table rises in it.
    """

    energy: Float[Any, "*lanes n"]
    range: Float[Any, "*lanes n"]
    """To the hand-over [m]."""
    log_drag: Float[Any, "*lanes n"]
    """Of the drag acceleration [ln m/s^2]."""
    rise: Float[Any, "*lanes n"]  # [m/s]
    by_log_drag: Float[Any, "*lanes n"]
    """How the range changes with the logarithm of drag [m]."""
    by_rise: Float[Any, "*lanes n"]
    """With the speed upwards [s]."""
    by_cosine: Float[Any, "*lanes n"]
    """With the cosine of a bank that is then held [m]."""
    reach: Float[Any, "*lanes n"]
    """To the side at the whole lift [m]."""
    coriolis: Float[Any, "*lanes n"]
    """To the right by the Earth's rotation, over twice that about the vertical [m s]."""
    load: Float[Any, "*lanes n"]
    """The largest to come [standard gravities]."""
    cosine: Number
    """Of its bank."""


def energy_of(seen: Sight) -> Scalar:
    """Energy by which a reference is read [m^2/s^2]."""
    return 0.5 * (seen.across**2 + seen.rise**2) + STANDARD_GRAVITY * seen.height


def reference_of(
    model: EntryModel, estimate: Estimate, bank: float, *, nodes: int = 24, step: float = 2.0
) -> Reference:
    """The reference from an interface at a constant bank [rad]; one lane, on the host.

    Raises:
        ValueError: an entry at that bank does not come down to the hand-over.
    """
    seen, cosine = sight(model, estimate), jnp.cos(jnp.asarray(bank, dtype=float))
    one = jnp.ones(())
    ratios = Ratios(one, one)
    states, drags, ended = _flown(model, seen, ratios, cosine, step)
    if not bool(ended):
        raise ValueError("a reference entry at this bank does not come down to its hand-over")
    energy = 0.5 * (states.across**2 + states.rise**2) + STANDARD_GRAVITY * states.height
    felt = drags > FELT * STANDARD_GRAVITY
    first, last = energy[jnp.argmax(felt)], energy[-1]
    # Closer together at the end, where the range is a steep function of energy.
    wanted = last + (first - last) * jnp.linspace(0.0, 1.0, nodes) ** 1.5

    def read(values: Array) -> Array:
        return jnp.interp(wanted, energy[::-1], values[::-1])

    at = jax.tree.map(read, states)
    return _partials(model, seen, ratios, cosine, at, wanted, step)


@eqx.filter_jit
def _flown(
    model: EntryModel, seen: Sight, ratios: Ratios, cosine: Array, step: float
) -> tuple[Planar, Array, Array]:
    """A prediction's path: states, drag of each, and whether it came down; it stays at its end."""
    zero = jnp.zeros_like(seen.height)
    first = Planar(seen.height, seen.across, seen.rise, zero, zero, zero)

    def one(carried: tuple[Planar, Array], _: None) -> tuple[tuple[Planar, Array], Any]:
        y, down = carried
        moved, pull, _h = advance(model, seen, ratios, y, lambda y, pull: cosine, jnp.asarray(step))
        speed = jnp.sqrt(moved.across**2 + moved.rise**2)
        low = (moved.height <= model.height) | (speed <= model.speed)
        stays = down | (low & (moved.rise < 0.0))
        y = jax.tree.map(lambda a, b: jnp.where(stays, a, b), y, moved)
        return (y, stays), (y, pull.drag)

    (_, down), (states, drags) = jax.lax.scan(one, (first, zero > 1.0), None, length=1500)
    return states, drags, down


@eqx.filter_jit
def _partials(
    model: EntryModel,
    seen: Sight,
    ratios: Ratios,
    cosine: Array,
    at: Planar,
    energy: Array,
    step: float,
) -> Reference:
    """What changes the range from each state of a path on, by central differences."""
    far = jnp.asarray(1e7)  # [m] so that no prediction stops beyond an aim

    def end(y: Planar, c: Array) -> Foreseen:
        there = eqx.tree_at(
            lambda s: (s.height, s.across, s.rise, s.range, s.turning),
            seen,
            (y.height, y.across, y.rise, far, jnp.ones_like(far)),
        )
        return foresee(model, there, ratios, lambda y, pull: c, jnp.asarray(step))

    def pull_of(y: Planar) -> Array:
        return jnp.log(jnp.maximum(pulls(model, ratios, y).drag, 1e-12))

    def node(y: Planar) -> tuple[Array, ...]:
        lower, higher = (eqx.tree_at(lambda s: s.height, y, y.height + d) for d in (-500.0, 500.0))
        sinking, rising = (eqx.tree_at(lambda s: s.rise, y, y.rise + d) for d in (-10.0, 10.0))
        by_height = end(higher, cosine).range - end(lower, cosine).range
        by_log_drag = by_height / (pull_of(higher) - pull_of(lower))
        by_rise = (end(rising, cosine).range - end(sinking, cosine).range) / 20.0
        by_cosine = (end(y, cosine + 0.05).range - end(y, cosine - 0.05).range) / 0.1
        plain = end(y, cosine)
        whole = plain.aside / jnp.sqrt(jnp.maximum(1.0 - cosine**2, 1e-2))
        return plain.range, by_log_drag, by_rise, by_cosine, whole, plain.coriolis, plain.load

    reach, by_log_drag, by_rise, by_cosine, whole, turned, load = jax.vmap(node)(at)
    return Reference(
        energy=energy,
        range=reach,
        log_drag=jax.vmap(pull_of)(at),
        rise=at.rise,
        by_log_drag=by_log_drag,
        by_rise=by_rise,
        by_cosine=by_cosine,
        reach=whole,
        coriolis=turned,
        load=load,
        cosine=cosine,
    )
