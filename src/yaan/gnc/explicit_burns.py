"""What a guidance law believes of the burns ahead, and where they take a vehicle.

Burns in turn; between them the vehicle coasts. A prediction takes few fixed steps of RK4, none of
which straddles a jump of the thrust; mass is known in closed form. A ramp is taken as nothing and
then all, at the instant that gives as much impulse, and so is the tail-off of a burn that another
follows: the place is then out by a t^2 / 24, 2 m for a ramp of 3 s to 5 m/s^2. That of the last
burn is flown as it is. Instants are in seconds since the epoch of the flight.
"""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.base.constants import EARTH_J2, EARTH_RADIUS
from yaan.gnc.explicit_directions import AbstractDirection, Carried, advanced
from yaan.spacetime.frame import Vector

_LONGEST = 1e4  # [s] of a burn that neither time nor its propellant ends
_STRUCTURE = 0.5  # of the mass without propellant: a search burns in thought down to it


class Burns(eqx.Module):
    """The burns ahead as the law believes them, in turn; the first axis of its leaves.

    Valid: each at one level of thrust, in vacuum. Ignores back pressure, drag, shifts of the
    mixture, and propellant that cannot be burnt.
    """

    thrust: Float[Array, " burns"]  # [N], level
    exhaust: Float[Array, " burns"]  # [m/s], effective exhaust speed
    ramp: Float[Array, " burns"]  # [s] from ignition to the level, linear
    tail_off: Float[Array, " burns"]  # [s] from cut-off to nothing, linear
    delay: Float[Array, " burns"]
    """From the start of the leg that lights it to its ignition [s]."""
    gap: Float[Array, " burns"]
    """From the cut-off of the burn before to its ignition [s]."""
    stop: Float[Array, " burns"]
    """When time cuts it off [s]; infinite: it runs dry, or it is the last, which guidance ends."""
    fresh: Bool[Array, " burns"]
    """It begins with a `mass` that is known. Else it is the same engine that burns on, and the
    vehicle is what the burn before has left of it, less `shed`."""
    mass: Float[Array, " burns"]  # [kg] as it begins; read where fresh
    shed: Float[Array, " burns"]  # [kg] dropped as it begins; read where not fresh
    dry: Float[Array, " burns"]  # [kg] of the vehicle as the burn has run dry

    def spent(self, burn: Int[Array, ""], age: Float[Array, ""]) -> Float[Array, ""]:
        """Seconds of full flow that an engine has burnt at an `age` since its ignition [s]."""
        ramp, age = self.ramp[burn], jnp.maximum(age, 0.0)
        return jnp.where(age < ramp, 0.5 * age**2 / jnp.maximum(ramp, 1e-9), age - 0.5 * ramp)


class Belief(NamedTuple):
    """What the law believes of the vehicle at an instant."""

    burn: Int[Array, ""]
    """Which burn is in force, or comes next."""
    ignition: Float[Array, ""]  # [s], of it
    mass: Float[Array, ""]  # [kg]
    factor: Float[Array, ""]
    """Of its thrust and flow: 1 as described."""


class Arc(NamedTuple):
    """A stretch on which the thrust is linear in time."""

    start: Array  # [s]
    length: Array  # [s]
    force: Array  # [N] as it begins
    slope: Array  # [N/s]
    mass: Array  # [kg] as it begins
    exhaust: Array  # [m/s]

    def after(self, elapsed: Array) -> Array:
        """Mass after so long [kg]."""
        burnt = self.force * elapsed + 0.5 * self.slope * elapsed**2
        return self.mass - burnt / self.exhaust


class Engine(NamedTuple):
    """What burns last."""

    force: Array  # [N], level
    exhaust: Array  # [m/s]
    tail: Array  # [s], tail-off


class Schedule(NamedTuple):
    """What comes before the last burn, and what bounds that one."""

    arcs: tuple[tuple[Arc, int], ...]
    """Each with the number of steps that it takes."""
    start: Array
    """When the last burn begins, or now [s]."""
    mass: Array  # [kg], then
    engine: Engine
    driest: Array
    """The cut-off that leaves what the tail-off burns, and nothing else [s]."""
    furthest: Array
    """The cut-off beyond which no search looks [s]."""
    lasting: Array
    """What the burns before it give [m/s]."""


def scheduled(burns: Burns, belief: Belief, t: Float[Array, ""], steps: int) -> Schedule:
    """What is to come from `t` [s] on, each burn but the last one in `steps` steps."""
    last = burns.thrust.shape[0] - 1
    arcs: list[tuple[Arc, int]] = []
    mass, factor = belief.mass, belief.factor
    none = jnp.zeros_like(t)
    cut, free, given = t, t, none  # the last cut-off, and the end of the arcs
    for k in range(last + 1):
        past, current = jnp.less(k, belief.burn), jnp.equal(k, belief.burn)
        ahead = ~past & ~current
        factor = jnp.where(ahead & burns.fresh[k], 1.0, factor)
        own = jnp.where(burns.fresh[k], burns.mass[k], mass - burns.shed[k])
        mass = jnp.where(ahead, own, mass)
        # What burns on has its ramp behind it.
        due = jnp.where(burns.fresh[k], cut + burns.gap[k], cut - burns.ramp[k])
        lit = jnp.where(current, belief.ignition, due)
        begun = jnp.maximum(lit, free)
        ramp = burns.ramp[k]
        left = jnp.where(past, 0.0, jnp.maximum(ramp - jnp.maximum(begun - lit, 0.0), 0.0))
        # As much impulse as the rest of the ramp has: nothing for a while, then all.
        start = jnp.where(past, free, begun + 0.5 * left**2 / jnp.maximum(ramp, 1e-9))
        engine = Engine(burns.thrust[k] * factor, burns.exhaust[k], burns.tail_off[k])
        arcs.append((Arc(free, start - free, none, none, mass, engine.exhaust), 1))
        flow = jnp.maximum(engine.force, 1e-3) / engine.exhaust  # finite without thrust
        loaded = (mass - burns.dry[k]) / flow
        if k == last:
            driest = start + jnp.clip(loaded - 0.5 * engine.tail, 0.0, _LONGEST)
            more = jnp.minimum((1.0 - _STRUCTURE) * burns.dry[k] / flow, _LONGEST)
            return Schedule(tuple(arcs), start, mass, engine, driest, driest + more, given)
        fading = jnp.where(burns.fresh[k + 1], 0.5 * engine.tail, 0.0)
        driest = start + jnp.clip(loaded - fading, 0.0, _LONGEST)
        cut = jnp.where(past, t, jnp.maximum(jnp.minimum(burns.stop[k], driest), start))
        end = jnp.where(past, free, cut + fading)
        level = Arc(start, end - start, engine.force, none, mass, engine.exhaust)
        arcs.append((level, steps))
        after = level.after(end - start)
        given = given + engine.exhaust * jnp.log(mass / after)
        mass, free = after, end
    raise ValueError("an explicit guidance needs a burn")


def _last(s: Schedule, cut_off: Array, steps: int) -> list[tuple[Arc, int]]:
    """The arcs of the last burn, which is cut off at `cut_off` [s]."""
    force, exhaust, tail = s.engine
    level = Arc(s.start, cut_off - s.start, force, 0.0 * force, s.mass, exhaust)
    falling = -force / jnp.maximum(tail, 1e-9)
    fading = Arc(cut_off, tail, force, falling, level.after(level.length), exhaust)
    return [(level, steps), (fading, 1)]


class Predicted(NamedTuple):
    """Where the burns end."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    carried: Carried
    """Of the direction."""


class _Flying(NamedTuple):
    position: Vector
    velocity: Vector
    carried: Any


class Field(eqx.Module):
    """The gravity that a law believes in: a point mass and its bulge, in GCRS.

    Source: Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., section 8.7.1.
    """

    mu: Float[Array, ""]  # [m^3/s^2]
    pole: Vector
    """The Earth's axis, a unit vector, GCRS."""
    j2: Float[Array, ""] = eqx.field(default=EARTH_J2, converter=jnp.asarray)

    def pull(self, position: Vector) -> Vector:
        """Of gravity [m/s^2]."""
        # A prediction that goes astray through the Earth stays a number.
        square = jnp.maximum(position.dot(position), (0.5 * EARTH_RADIUS) ** 2)
        up = position / jnp.sqrt(square)
        sine = up.dot(self.pole)
        bulge = 1.5 * self.j2 * EARTH_RADIUS**2 / square
        radial = up * (1.0 + bulge * (1.0 - 5.0 * sine**2))
        return (radial + self.pole * (2.0 * bulge * sine)) * (-self.mu / square)


def predicted(
    field: Field,
    direction: AbstractDirection,
    schedule: Schedule,
    cut_off: Float[Array, ""],
    begun: Predicted,
    steps: int,
) -> Predicted:
    """Where burns take a vehicle whose last one is cut off at `cut_off` [s], tail-off and all.

    From `start` of the schedule on the cut-off may be anywhere; the last burn takes `steps` steps.
    """
    s = schedule
    arcs = [*s.arcs, *_last(s, cut_off, steps)]
    each = [_stretches(arc, count) for arc, count in arcs]
    steps_of = jax.tree.map(lambda *x: jnp.concatenate(x), *each)

    def rate(arc: Arc, elapsed: Array, now: _Flying) -> _Flying:
        axis = direction.axis(now.carried, arc.start + elapsed, now.position, now.velocity)
        force = arc.force + arc.slope * elapsed
        push = axis * (force / jnp.maximum(arc.after(elapsed), 1.0))
        turned = direction.rate(now.carried, now.position, field.mu)
        return _Flying(now.velocity, field.pull(now.position) + push, turned)

    def step(now: _Flying, arc: Arc) -> tuple[_Flying, None]:
        h = arc.length
        k1 = rate(arc, 0.0 * h, now)
        k2 = rate(arc, 0.5 * h, _moved(now, k1, 0.5 * h))
        k3 = rate(arc, 0.5 * h, _moved(now, k2, 0.5 * h))
        k4 = rate(arc, h, _moved(now, k3, h))
        mean = jax.tree.map(lambda a, b, c, d: (a + 2.0 * (b + c) + d) / 6.0, k1, k2, k3, k4)
        return _moved(now, mean, h), None

    first = _Flying(begun.position, begun.velocity, begun.carried)
    end, _ = jax.lax.scan(step, first, steps_of)
    return Predicted(end.position, end.velocity, end.carried)


def _moved(now: _Flying, rate: _Flying, step: Array) -> _Flying:
    return _Flying(
        now.position + rate.position * step,
        now.velocity + rate.velocity * step,
        advanced(now.carried, rate.carried, step),
    )


def _stretches(arc: Arc, count: int) -> Arc:
    """An arc in equal steps, on a first axis."""
    each = arc.length / count
    begun = each * jnp.arange(count)
    full = jnp.ones(count)
    return Arc(
        start=arc.start + begun,
        length=each * full,
        force=arc.force + arc.slope * begun,
        slope=arc.slope * full,
        mass=arc.after(begun),
        exhaust=arc.exhaust * full,
    )
