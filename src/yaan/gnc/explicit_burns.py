"""What a guidance law believes of the burns ahead, and where they take a vehicle.

Burns in turn, each with a ramp, a level and a tail-off; between them the vehicle coasts. A
prediction takes few fixed steps of RK4, which end where thrust bends, so that none straddles a
kink; mass is known in closed form. Instants are in seconds since the epoch of the flight.
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
_COASTING = 2  # steps of a coast: it lasts seconds to minutes
_RK4 = ((0.0, 1 / 6, 0.0), (0.5, 1 / 3, 0.0), (0.5, 1 / 3, 0.0), (1.0, 1 / 6, 1.0))
"""Of each stage: where it lies in the step, its weight, and whether it ends the step."""

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


class _Engine(NamedTuple):
    force: Array  # [N], level
    exhaust: Array  # [m/s]
    ramp: Array  # [s]
    tail: Array  # [s]


class Schedule(NamedTuple):
    """What comes before the last burn, and what bounds that one."""

    arcs: tuple[tuple[Arc, int], ...]
    """Each with the number of steps that it takes."""
    start: Array
    """When the last burn begins, or now [s]."""
    age: Array
    """Of its engine then [s]."""
    mass: Array  # [kg], then
    engine: _Engine
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
    cut, free, given = t, t, jnp.zeros_like(t)  # the last cut-off, and the end of its tail-off
    none = given
    for k in range(last + 1):
        past, current = jnp.less(k, belief.burn), jnp.equal(k, belief.burn)
        ahead = ~past & ~current
        factor = jnp.where(ahead & burns.fresh[k], 1.0, factor)
        own = jnp.where(burns.fresh[k], burns.mass[k], mass - burns.shed[k])
        mass = jnp.where(ahead, own, mass)
        # What burns on has its ramp behind it.
        due = jnp.where(burns.fresh[k], cut + burns.gap[k], cut - burns.ramp[k])
        lit = jnp.where(current, belief.ignition, due)
        start = jnp.where(past, free, jnp.maximum(lit, free))
        age = start - lit
        tail = burns.tail_off[k]
        if k < last:
            tail = jnp.where(burns.fresh[k + 1], tail, 0.0)
        engine = _Engine(burns.thrust[k] * factor, burns.exhaust[k], burns.ramp[k], tail)
        arcs.append((Arc(free, start - free, none, none, mass, engine.exhaust), _COASTING))
        driest, furthest = _bounds(engine, start, age, mass, burns.dry[k])
        if k == last:
            bounds = (driest, furthest, given)
            return Schedule(tuple(arcs), start, age, mass, engine, *bounds)
        end = jnp.maximum(jnp.minimum(burns.stop[k], driest), start)
        end, engine = jnp.where(past, start, end), engine._replace(tail=jnp.where(past, 0.0, tail))
        made = _burn(start, end, age, mass, engine, steps)
        left = jnp.where(past, mass, made[-1][0].after(engine.tail))
        given = given + engine.exhaust * jnp.log(mass / left)
        arcs += made
        mass, cut, free = left, end, end + engine.tail
    raise ValueError("an explicit guidance needs a burn")


def _bounds(
    engine: _Engine, start: Array, age: Array, mass: Array, dry: Array
) -> tuple[Array, Array]:
    """The cut-off that runs it dry, and one beyond."""
    # Without thrust it lasts as long as anything may.
    flow = jnp.maximum(engine.force, 1e-3) / engine.exhaust
    rising = jnp.maximum(engine.ramp - age, 0.0)
    climbed = 0.5 * rising * (1.0 + jnp.clip(age / jnp.maximum(engine.ramp, 1e-9), 0.0, 1.0))
    left = (mass - dry) / flow - climbed - 0.5 * engine.tail
    driest = start + rising + jnp.clip(left, 0.0, _LONGEST)
    more = (1.0 - _STRUCTURE) * dry / flow
    return driest, driest + jnp.clip(more, 0.0, _LONGEST)


def _burn(
    start: Array, end: Array, age: Array, mass: Array, engine: _Engine, steps: int
) -> list[tuple[Arc, int]]:
    """The arcs of a burn from `start` to its cut-off at `end` [s]."""
    force, exhaust, ramp, tail = engine
    steep = force / jnp.maximum(ramp, 1e-9)
    rising = jnp.minimum(jnp.maximum(ramp - age, 0.0), end - start)
    low = jnp.where(age < ramp, steep * age, force)
    slope = jnp.where(age < ramp, steep, 0.0)
    up = Arc(start, rising, low, slope, mass, exhaust)
    reached = low + slope * rising
    full = start + rising
    level = Arc(full, end - full, reached, 0.0 * force, up.after(rising), exhaust)
    falling = -reached / jnp.maximum(tail, 1e-9)
    down = Arc(end, tail, reached, falling, level.after(end - full), exhaust)
    return [(up, 1), (level, steps), (down, 1)]


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
    arcs = [*s.arcs, *_burn(s.start, cut_off, s.age, s.mass, s.engine, steps)]
    each = [_stretches(arc, count) for arc, count in arcs]
    steps_of = jax.tree.map(lambda *x: jnp.concatenate(x), *each)

    def rate(arc: Arc, elapsed: Array, now: _Flying) -> _Flying:
        axis = direction.axis(now.carried, arc.start + elapsed, now.position, now.velocity)
        force = arc.force + arc.slope * elapsed
        push = axis * (force / jnp.maximum(arc.after(elapsed), 1.0))
        turned = direction.rate(now.carried, now.position, field.mu)
        return _Flying(now.velocity, field.pull(now.position) + push, turned)

    # Stage by stage, so that the rate is compiled once.
    def stage(
        now: tuple[_Flying, _Flying, _Flying], told: tuple[Arc, Any]
    ) -> tuple[tuple[_Flying, _Flying, _Flying], None]:
        begun, last, total = now
        arc, (along, weight, ends) = told
        found = rate(arc, along * arc.length, _moved(begun, last, along * arc.length))
        total = _moved(total, found, weight)
        arrived = _moved(begun, total, ends * arc.length)
        kept = 1.0 - ends
        nothing = jax.tree.map(lambda x: x * kept, (found, total))
        return (arrived, *nothing), None

    stages = jax.tree.map(lambda x: jnp.repeat(x, 4, total_repeat_length=4 * x.shape[0]), steps_of)
    weights = jnp.tile(jnp.asarray(_RK4), (steps_of.length.shape[0], 1))
    first = _Flying(begun.position, begun.velocity, begun.carried)
    none = jax.tree.map(jnp.zeros_like, first)
    (end, _, _), _ = jax.lax.scan(stage, (first, none, none), (stages, weights))
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
