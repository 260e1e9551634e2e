"""Bank programmes of a lifting entry: the angle to which the lift is turned, against time.

Open loop: nothing is steered by what the flight meets. Zero is lift up; a positive bank turns
the lift to the right of the motion.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.lanes import held
from yaan.base.tables import ramps

_BRIEFEST = 1e-3  # [s] of a roll: a roll through no angle would divide by nothing


class BankProfile(eqx.Module):
    """Bank angle, linear between knots and held beyond the first and the last.

    Valid: two knots or more, at rising times. The angle is not wrapped: from 170 deg to 190 deg
    the capsule rolls through lift down, from 170 deg to -170 deg through lift up.
    """

    time: Float[Any, "*lanes n"] = eqx.field(converter=held)
    """Since the start of the entry [s]."""
    angle: Float[Any, "*lanes n"] = eqx.field(converter=held)  # [rad]

    def rate(self, elapsed: Float[Array, ""]) -> Float[Array, ""]:
        """How fast it rolls from `elapsed` [s] on [rad/s], of one profile; never negative."""
        within = (elapsed >= self.time[:-1]) & (elapsed < self.time[1:])
        slopes = jnp.abs(self.angle[1:] - self.angle[:-1]) / (self.time[1:] - self.time[:-1])
        return jnp.max(jnp.where(within, slopes, 0.0))

    def at(self, elapsed: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
        """Bank [rad] of one profile, `elapsed` [s] after the start of the entry."""
        turns = (self.angle[1:] - self.angle[:-1]) * ramps(elapsed, jnp.asarray(self.time))
        return self.angle[0] + jnp.sum(turns, axis=-1)


def constant_bank(angle: Float[Array | np.ndarray, "*lanes"] | float) -> BankProfile:
    """The same bank [rad] from beginning to end."""
    angle = jnp.asarray(angle, dtype=float)
    return BankProfile(
        time=jnp.stack([jnp.zeros_like(angle), jnp.ones_like(angle)], axis=-1),
        angle=jnp.stack([angle, angle], axis=-1),
    )


def steady_spin(rate: float, lasts: float) -> BankProfile:
    """A roll of one lane at `rate` [rad/s] from lift up on, for `lasts` [s]; a straight line.

    A capsule whose lift turns fast against what its flight takes falls as one without: its lift
    averages out, but for what the first half turn and the change of pressure within one leave.
    """
    return BankProfile(time=jnp.asarray([0.0, lasts]), angle=jnp.asarray([0.0, rate * lasts]))


def with_reversal(
    magnitude: Float[Array | np.ndarray, "*lanes"] | float,
    reversal: Float[Array | np.ndarray, "*lanes"] | float,
    rate: Float[Array | np.ndarray, "*lanes"] | float,
    sense: Float[Array | np.ndarray, "*lanes"] | float,
) -> BankProfile:
    """One bank angle and one change of side: the least that steers both range and side.

    `magnitude` [rad] is held on the side of `sense` (+1 right, -1 left) until `reversal` [s],
    then the capsule rolls through lift up to the other side at `rate` [rad/s]. The roll is begun
    and ended without delay. All arguments have the lanes' shape, or broadcast to it.
    """
    given = (magnitude, reversal, rate, sense)
    # On the host by NumPy: JAX would compile each of these for every number of lanes.
    xp: Any = jnp if any(isinstance(value, jax.Array) for value in given) else np
    magnitude, reversal, rate, sense = xp.broadcast_arrays(
        *(xp.asarray(value, dtype=float) for value in given)
    )
    rolling = xp.maximum(2.0 * xp.abs(magnitude) / rate, _BRIEFEST)
    return BankProfile(
        time=xp.stack([reversal, reversal + rolling], axis=-1),
        angle=xp.stack([sense * magnitude, -sense * magnitude], axis=-1),
    )


def eased(
    bank: BankProfile, elapsed: Float[Array, ""], easing: Float[Array, ""]
) -> Float[Array, ""]:
    """Bank [rad] of one profile with its corners rounded off: its mean over `easing` [s].

    Half of that lies ahead, as the programme is known. A roll at a constant rate then starts and
    stops at the acceleration rate over easing, and ends half the easing later.
    """
    width = jnp.maximum(easing, _BRIEFEST)
    start, size = bank.time[:-1], bank.time[1:] - bank.time[:-1]

    def crossed(x: Array) -> Array:
        inside = jnp.clip(x - start, 0.0, size)
        return 0.5 * inside**2 / size + jnp.maximum(x - start - size, 0.0)

    mean = (crossed(elapsed + 0.5 * width) - crossed(elapsed - 0.5 * width)) / width
    return bank.angle[0] + jnp.sum((bank.angle[1:] - bank.angle[:-1]) * mean)


def eased_acceleration(
    bank: BankProfile, elapsed: Float[Array, ""], easing: Float[Array, ""]
) -> Float[Array, ""]:
    """Second derivative of `eased` [rad/s^2]; zero where nothing is eased."""
    width = jnp.maximum(easing, _BRIEFEST)
    slope = (bank.angle[1:] - bank.angle[:-1]) / (bank.time[1:] - bank.time[:-1])

    def at(x: Array) -> Array:
        return jnp.sum(jnp.where((x > bank.time[:-1]) & (x < bank.time[1:]), slope, 0.0))

    change = at(elapsed + 0.5 * width) - at(elapsed - 0.5 * width)
    return jnp.where(easing > _BRIEFEST, change / width, 0.0)


def rounded(bank: BankProfile, easing: float, pieces: int = 128) -> BankProfile:
    """Lanes of profiles eased, as profiles again: `pieces` chords over the roll and its ends.

    Valid: profiles of one roll. A chord leaves its arc by a part in `pieces` squared of the turn.
    """
    bank = BankProfile(bank.time, bank.angle)
    width = jnp.asarray(float(easing))
    ends = bank.time[:, :1] - 0.5 * width, bank.time[:, -1:] + 0.5 * width
    time = ends[0] + (ends[1] - ends[0]) * jnp.linspace(0.0, 1.0, pieces + 1)
    angle = jax.vmap(jax.vmap(eased, in_axes=(None, 0, None)), in_axes=(0, 0, None))
    return BankProfile(time, angle(bank, time, width))
