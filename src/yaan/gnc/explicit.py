"""Powered explicit guidance: the rest of the burns predicted, and corrected until it ends right.

Each period the law predicts the end of the last burn from its estimate, under its own model of the
vehicle, and corrects its unknowns by a damped Newton method: four constants of the direction of
thrust and the instant of cut-off. It starts from what it had, so that two or three corrections
do. In between it steers by the constants as they are. The tail-off is a part of the prediction, so
that the command to cut off comes as much earlier as that still gives.

- What propellant is left bounds the last burn. Where it does not do, the burn goes on until it has
  run dry and the energy is what it becomes; radius, flight-path angle and plane are held, and what
  is missing is told [m/s].
- Thrust and flow are scaled by what is measured: the specific force of the estimate, or where it
  has none the change of its velocity. An engine that is late is waited for.
- Seconds before the cut-off the constants are frozen, and the cut-off alone is refined: what is
  left of the burn could only correct the place by turning far.
- What does not converge is told, and flown by the best that was found; a state that is not a
  number changes nothing.

Sources: the predictor-corrector with the direction of an optimum is that of unified powered flight
guidance (McHenry, Brand, Long, Cockrell and Thibodeau, Journal of the Astronautical Sciences 27
(1979), 1-38, not re-read), there with averages in closed form in the place of the integration;
damping by Marquardt, Journal of the Society for Industrial and Applied Mathematics 11 (1963), 431.
"""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.custom_batching import custom_vmap
from jaxtyping import Array, Bool, Float, Int
from typing_extensions import override

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.explicit_burns import Belief, Burns, Field, Predicted, Schedule, predicted, scheduled
from yaan.gnc.explicit_directions import AbstractDirection, Carried, advanced
from yaan.gnc.explicit_target import Target
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Frame, Vector, where

_WEIGHTS = (1e-3, 1.0, 1.0, 1e-4, 0.1)
"""Of the misses of a target [1/m, s/m]: those of a plane that cannot be had spoil little else."""

_MET = 0.05
"""Of weighted misses: 50 m, 5 cm/s; the correction that follows needs no look of its own.

It leaves of them what the prediction curves: some share of their square.
"""

_SCALES = (0.1, 0.1, 0.1, 0.1, 0.05)
"""About equal in effect: of constants as tan(pitch) now and over the burn, of the burn's length."""

_APART = 1e-4
"""Of the scales, between which slopes are taken: they are right to about as much."""

_FARTHEST = 5.0  # of the scales, in one correction
_STEEPEST = 5.0  # of tan(pitch), in and across the plane
_COLD, _WARM = 40, 4  # looks at most
_WEAKEST, _STRONGEST = 0.02, 1.5  # what a thrust can be measured as, of that described
_UNLIT = 0.3  # of the force that is expected: less is an engine that has not lit
_FELT = 0.5  # likewise: more is one that has
_SLIGHT = 0.05  # [m/s^2] of expected force, below which nothing is measured
_BRIEF = 1e-3  # [s] between looks that tell no force
_EMPTY = 0.05  # [s] before the propellant is at its end
_SHORT = 0.01  # [m/s], below which no energy is missing
_SLOW = 1.0  # [m/s^2], by which a time is weighed where there is no thrust
_LOST = 1e6  # the residual of what is not a number


class Memory(eqx.Module):
    """What the law remembers. Numbers are floats: they are a part of what is integrated."""

    carried: Carried
    """Of the direction, at the `epoch`."""
    normal: Vector
    """Of the plane that the last prediction ended in, a unit vector, GCRS."""
    epoch: Float[Array, "*lanes"]
    """Of the last update [s]."""
    velocity: Vector
    """There [m/s], GCRS."""
    due: Float[Array, "*lanes"]
    """Of the next update [s]; infinite: there is none."""
    cut_off: Float[Array, "*lanes"]
    """When the last engine is to be cut off [s], as predicted."""
    solved: Float[Array, "*lanes"]
    """1 once anything has converged."""
    converged: Float[Array, "*lanes"]
    """1 where the last update has; 0 where it has not, or is frozen before any had."""
    residual: Float[Array, "*lanes"]
    """Largest weighted miss before the last correction; 1 is 1 km or 1 m/s, across the plane ten
    times as much."""
    shortfall: Float[Array, "*lanes"]
    """What the propellant lacks for the energy of the target [m/s]; 0: nothing."""
    looks: Float[Array, "*lanes"]
    """Predictions that the last update took."""
    mass: Float[Array, "*lanes"]  # [kg], believed
    weighed: Float[Array, "*lanes"]
    """When that was [s]."""
    factor: Float[Array, "*lanes"]
    """Of thrust and flow, measured."""
    burn: Float[Array, "*lanes"]
    """Which is in force or comes next; -1 before any."""
    ignition: Float[Array, "*lanes"]  # [s], of it
    felt: Float[Array, "*lanes"]
    """1 once its thrust is there."""


class _Sought(NamedTuple):
    """A search for the unknowns."""

    unknowns: Array
    misses: Array
    """Weighted."""
    excess: Array
    """Energy above that of the target, as speed [m/s]."""
    normal: Vector
    """Of the plane that they end in."""
    jacobian: Array
    size: Array
    """The largest miss that counts."""
    damping: Array
    looks: Array


class Explicit(AbstractGuidance):
    """Explicit guidance on one leg. One lane.

    Valid: from above the air, where thrust is the only force but gravity, to an orbit of more
    energy, with up to minutes of coast between burns. Its model of the vehicle is `burns`; its
    prediction is out by metres over a burn of ten minutes, and by less of it to come.
    """

    about: ClassVar[Model] = Model(
        name="explicit guidance",
        text="numerical predictor-corrector; direction of the primer vector, or designed "
        "programmes corrected; thrust and flow as measured",
        ignores="drag, back pressure, gravity beyond J2 in its prediction; limits on attitude rate",
    )

    direction: AbstractDirection
    burns: Burns
    target: Target
    field: Field
    active: Bool[Array, ""]
    """It is updated on this leg."""
    burn: Int[Array, ""]
    """Which burn is in force on this leg, or comes next."""
    lit: Bool[Array, ""]
    """That burn is lit as the leg begins, or before."""
    period: Float[Any, ""] = eqx.field(default=2.0, converter=held)
    """Between updates [s]."""
    freeze: Float[Any, ""] = eqx.field(default=8.0, converter=held)
    """Before the cut-off, from when on constants are kept [s]."""
    settling: Float[Any, ""] = eqx.field(default=3.0, converter=held)
    """Time constant of what is measured of thrust [s]; 0: it is taken at once."""
    steps: int = eqx.field(static=True, default=8)
    """Of the prediction of the last burn; those before it take half as many."""

    @override
    def start(self, t: Array, memory: Memory) -> Memory:
        b, entering = self.burns, memory.burn != self.burn
        fresh = entering & b.fresh[self.burn]
        burnt = self._weighed(memory, t)
        kept = jnp.where(entering, burnt - b.shed[self.burn], burnt)
        mass = jnp.where(fresh, b.mass[self.burn], kept)
        waiting = jnp.where(entering, t + b.gap[self.burn], memory.ignition)
        # An engine is lit as a leg begins that has it lit and follows one that had not.
        lights = self.lit & b.fresh[self.burn] & (fresh | (memory.ignition >= t))
        ignition = jnp.where(lights, t + b.delay[self.burn], waiting)
        ignition = jnp.where(entering & ~fresh, memory.ignition, ignition)
        entered = eqx.tree_at(
            lambda m: (m.mass, m.weighed, m.factor, m.burn, m.ignition, m.felt),
            memory,
            (
                mass,
                t,
                jnp.where(fresh, 1.0, memory.factor),
                self.burn.astype(float),
                ignition,
                jnp.where(fresh, 0.0, memory.felt),
            ),
        )
        kept = jax.tree.map(lambda new, old: jnp.where(self.active, new, old), entered, memory)
        return eqx.tree_at(lambda m: m.due, kept, jnp.where(self.active, t, jnp.inf))

    @override
    def update(self, look: Callable[[], Estimate], memory: Memory) -> Memory:
        estimate = look()
        return _updated(estimate.t >= memory.due - 1e-9, self, estimate, memory)

    @override
    def finish(self, t: Array, memory: Memory) -> Memory:
        del t
        return memory

    @override
    def command(self, estimate: Estimate, memory: Memory) -> Command:
        t, r, v = estimate.t, estimate.position, estimate.velocity
        return Command(self.direction.axis(self._ahead(memory, t, r), t, r, v))

    @override
    def deadline(self, t: Array, memory: Memory) -> Array:
        told = self.cut_off(memory)
        cut = jnp.where(told > t + 1e-9, told, jnp.inf)
        return jnp.minimum(jnp.maximum(memory.due, t), jnp.where(self.active, cut, jnp.inf))

    @override
    def cut_off(self, memory: Memory) -> Array:
        last = self.burns.thrust.shape[0] - 1
        ends = self.active & self.lit & (self.burn == last) & (memory.epoch > -jnp.inf)
        return jnp.where(ends, memory.cut_off + self._longer(memory, last), jnp.inf)

    def _longer(self, memory: Memory, burn: int) -> Array:
        """How much longer a burn takes for the energy than its propellant is believed to last [s].

        A burn that lacks propellant so goes on until it has run dry, and one that has more of it
        than is believed is cut off as it has the energy.
        """
        exhaust = self.burns.exhaust[burn]
        flow = jnp.maximum(self.burns.thrust[burn] * memory.factor / exhaust, 1e-3)
        ahead = jnp.maximum(memory.cut_off - memory.weighed, 0.0)
        left = jnp.maximum(memory.mass - flow * ahead, 0.5 * self.burns.dry[burn])
        return -jnp.expm1(-memory.shortfall / exhaust) * left / flow

    def _ahead(self, memory: Memory, t: Array, position: Vector) -> Carried:
        """What is carried of the direction at `t` [s], from the last update."""
        since = jnp.clip(t - memory.epoch, 0.0, 1e3)
        # To the second order in the period: the direction is then within 1e-9 of the integrated
        # one.
        half = advanced(
            memory.carried,
            self.direction.rate(memory.carried, position, self.field.mu),
            0.5 * since,
        )
        return advanced(memory.carried, self.direction.rate(half, position, self.field.mu), since)

    def _weighed(self, memory: Memory, t: Array) -> Array:
        """The mass believed at `t` [kg], of what burns since it was weighed."""
        burn = jnp.maximum(memory.burn, 0.0).astype(int)
        b = self.burns
        flow = b.thrust[burn] / b.exhaust[burn] * memory.factor
        ages = (t - memory.ignition, memory.weighed - memory.ignition)
        spent = b.spent(burn, ages[0]) - b.spent(burn, ages[1])
        burnt = memory.mass - jnp.where(memory.burn < 0.0, 0.0, flow * jnp.maximum(spent, 0.0))
        return jnp.maximum(burnt, _least(b, burn))

    def _measured(self, estimate: Estimate, memory: Memory) -> tuple[Belief, Array]:
        """What is believed now, by the force that was felt; and whether thrust was."""
        b, t, burn = self.burns, estimate.t, self.burn
        since = t - memory.weighed
        mass = self._weighed(memory, t)
        # By the rocket equation, so that it is the mean over the period.
        mean = b.exhaust[burn] * jnp.log(memory.mass / mass) / jnp.maximum(since, _BRIEF)
        force, expected = self._felt(estimate, memory, mass, mean)
        share = force / jnp.maximum(expected, _SLIGHT)
        told = (expected > _SLIGHT) & (since > _BRIEF) & jnp.isfinite(share) & self.lit
        waiting = (memory.felt < 0.5) & self.lit
        late = told & waiting & (share < _UNLIT)
        felt = jnp.where(told & (share > _FELT), 1.0, memory.felt)
        steady = memory.weighed - memory.ignition >= b.ramp[burn]
        gain = 1.0 - jnp.exp(-since / jnp.maximum(self.settling, 1e-6))
        # A share that is measured is that of the factor that was believed.
        drawn = memory.factor * (1.0 + gain * (share - 1.0))
        factor = jnp.where(told & steady & (felt > 0.5), drawn, memory.factor)
        belief = Belief(
            burn=burn,
            ignition=jnp.where(late, t, memory.ignition),
            mass=jnp.where(late, memory.mass, mass),
            factor=jnp.clip(factor, _WEAKEST, _STRONGEST),
        )
        return belief, felt

    def _felt(
        self, estimate: Estimate, memory: Memory, mass: Array, mean: Array
    ) -> tuple[Array, Array]:
        """The specific force that was felt, and what was to be felt [m/s^2]."""
        b, t, burn = self.burns, estimate.t, self.burn
        if estimate.sensed is not None:
            age = t - memory.ignition
            rising = jnp.clip(age / jnp.maximum(b.ramp[burn], 1e-9), 0.0, 1.0)
            now = b.thrust[burn] * memory.factor * rising / mass
            return estimate.sensed.norm(), jnp.where(age > 0.0, now, 0.0)
        elapsed = jnp.maximum(t - memory.epoch, _BRIEF)
        # Of the middle of the period, up to its square.
        halfway = estimate.position - estimate.velocity * (0.5 * elapsed)
        pulled = self.field.pull(halfway) * elapsed
        force = (estimate.velocity - memory.velocity - pulled) / elapsed
        known = (memory.epoch > -jnp.inf) & (jnp.abs(memory.epoch - memory.weighed) < 1e-6)
        return jnp.where(known, force.norm(), jnp.nan), mean

    def solve(self, estimate: Estimate, memory: Memory) -> Memory:
        """What it remembers after an update at the estimate, whether one is due or not."""
        t, r, v = estimate.t, estimate.position, estimate.velocity
        belief, felt = self._measured(estimate, memory)
        schedule = scheduled(self.burns, belief, t, self.steps // 2)
        solved = memory.solved > 0.5
        normal = where(solved, memory.normal, self.target.plane(r, v))
        kept = self.direction.constants(self._ahead(memory, t, r), r, normal)
        kept = jnp.append(kept, memory.cut_off)
        first = jnp.where(solved, kept, self._first(t, r, v, schedule))
        first = _bounded(first, t, schedule)

        def misses(unknowns: Array) -> tuple[Array, Array, Vector]:
            return self._misses(unknowns, schedule, r, v, normal)

        frozen = (memory.epoch > -jnp.inf) & (memory.cut_off - t < self.freeze)
        most = jnp.where(solved | frozen, _WARM, _COLD)
        sought = _sought(misses, first, t, schedule, most, frozen)
        unknowns, five, excess = sought.unknowns, sought.misses, sought.excess
        size = jnp.max(jnp.abs(five))
        usable = jnp.all(jnp.isfinite(unknowns)) & jnp.isfinite(size)
        # What has the energy already is cut off at once, wherever it is.
        last = self.burns.thrust.shape[0] - 1
        over = self.lit & (self.burn == last) & (self.target.excess(r, v) >= 0.0)
        cut_off = jnp.where(over, t, jnp.maximum(unknowns[4], t))
        speed = self.target.speed
        lacking = speed - jnp.sqrt(jnp.maximum(speed**2 + 2.0 * speed * excess, 0.0))
        dry = unknowns[4] >= schedule.driest - _EMPTY
        # Frozen, the cut-off alone is refined: what it leaves to miss in place is told, not judged.
        met = (sought.size <= _MET) & (~frozen | (memory.converged > 0.5))
        found = Memory(
            carried=self.direction.carried(unknowns[:4], r, v, normal),
            normal=sought.normal,
            epoch=t,
            velocity=v,
            due=self._next(t),
            cut_off=cut_off,
            solved=jnp.where(met, 1.0, memory.solved),
            converged=met.astype(float),
            residual=size,
            shortfall=jnp.where(dry & (excess < -_SHORT), lacking, 0.0),
            looks=sought.looks.astype(float),
            mass=belief.mass,
            weighed=t,
            factor=belief.factor,
            burn=self.burn.astype(float),
            ignition=belief.ignition,
            felt=felt,
        )
        lost = eqx.tree_at(
            lambda m: (m.due, m.converged, m.residual),
            memory,
            (self._next(t), jnp.zeros_like(t), jnp.full_like(t, _LOST)),
        )
        return jax.tree.map(lambda new, old: jnp.where(usable, new, old), found, lost)

    def _next(self, t: Array) -> Array:
        """The next update [s]: at multiples of the period, so that lanes have theirs together."""
        return (jnp.floor(t / self.period + 1e-6) + 1.0) * self.period

    def _misses(
        self,
        unknowns: Array,
        schedule: Schedule,
        position: Vector,
        velocity: Vector,
        normal: Vector,
    ) -> tuple[Array, Array, Vector]:
        """What the unknowns miss; of the energy what the propellant lets be had.

        And the energy above that of the target as speed [m/s], and the plane that they end in.
        """
        carried = self.direction.carried(unknowns[:4], position, velocity, normal)
        begun = Predicted(position, velocity, carried)
        end = predicted(self.field, self.direction, schedule, unknowns[4], begun, self.steps)
        five = self.target.misses(self.direction, begun, end)
        # Both rise with the cut-off, and one of them is zero at the right one.
        pace = jnp.maximum(schedule.engine.force / schedule.mass, _SLOW)
        beyond = (unknowns[4] - schedule.driest) * pace
        own = self.target.ending(end)
        return five.at[2].set(jnp.maximum(five[2], beyond)), five[2], own

    def _first(self, t: Array, position: Vector, velocity: Vector, schedule: Schedule) -> Array:
        """Unknowns from nothing known: the flat-Earth linear tangent at a mean thrust."""
        target = self.target
        r = position.norm()
        climb = velocity.dot(position) / r
        square = velocity.dot(velocity)
        level = jnp.sqrt(jnp.maximum(square - climb**2, 0.0))
        gain = jnp.maximum(target.speed * jnp.cos(target.flight_path_angle) - level, 1.0)
        own = jnp.maximum(1.1 * gain - schedule.lasting, 0.05 * gain)
        force, exhaust, mass = schedule.engine.force, schedule.engine.exhaust, schedule.mass
        burning = mass * exhaust / jnp.maximum(force, 1e-3) * (1.0 - jnp.exp(-own / exhaust))
        most = jnp.maximum(schedule.driest - schedule.start, 1.0)
        cut_off = schedule.start + jnp.minimum(burning, most)
        span = jnp.maximum(cut_off - t, 1.0)
        pace = gain / span
        # Weight less centrifugal force, from here to there linear in time.
        now = self.field.mu / r**2 - level**2 / r
        then = self.field.mu / target.radius**2 - target.speed**2 / target.radius
        rise = target.speed * jnp.sin(target.flight_path_angle) - climb
        rise = rise / span + 0.5 * (now + then)
        high = (target.radius - r - climb * span) / span**2 + now / 3.0 + then / 6.0
        # pace (p + p' T / 2) = rise, pace (p / 2 + p' T / 6) = high.
        slope = (6.0 * high - 2.0 * rise) / pace
        rate = (6.0 * rise - 12.0 * high) / (pace * span)
        slope = jnp.clip(slope, -2.0, 2.0)
        rate = jnp.clip(rate, -3.0 / span, 3.0 / span)
        guessed = self.direction.guess(jnp.stack([slope, rate]), t, position, velocity)
        return jnp.append(guessed, cut_off)


_Misses = Callable[[Array], tuple[Array, Array, Vector]]


def _bounded(unknowns: Array, t: Array, schedule: Schedule) -> Array:
    """Unknowns where a search may look."""
    span = jnp.maximum(schedule.furthest - t, 1.0)
    most = jnp.stack([_STEEPEST + 0.0 * span, 2.0 * _STEEPEST / jnp.minimum(span, 60.0)] * 2)
    constants = jnp.clip(unknowns[:4], -most, most)
    return jnp.append(constants, jnp.clip(unknowns[4], schedule.start, schedule.furthest))


def _sought(
    misses: _Misses, first: Array, t: Array, schedule: Schedule, most: Array, frozen: Array
) -> _Sought:
    """The unknowns by a damped Newton method from `first`, after `most` corrections at most.

    Where `frozen`, the cut-off alone, by the energy alone.
    """
    weights = jnp.asarray(_WEIGHTS)
    counts = jnp.where(frozen, jnp.asarray([0.0, 0.0, 1.0, 0.0, 0.0]), 1.0)
    free = jnp.where(frozen, jnp.asarray([0.0, 0.0, 0.0, 0.0, 1.0]), 1.0)
    span = jnp.maximum(first[4] - t, 5.0)
    lasts = jnp.maximum(first[4] - schedule.start, 5.0)
    over = jnp.stack([1.0 + 0.0 * span, 1.0 / span, 1.0 + 0.0 * span, 1.0 / span, lasts])
    full = jnp.asarray(_SCALES) * over
    scales, apart = full * free, full * _APART

    def look(unknowns: Array) -> tuple[Array, Array, Array, Vector]:
        # By differences: that compiles, and flies, in half the time of derivatives.
        beside = jnp.concatenate([unknowns[None], unknowns + jnp.diag(apart)])
        found, excess, normal = jax.vmap(misses)(beside)
        found = found * weights
        own = jax.tree.map(lambda x: x[0], normal)
        return (found[1:] - found[0]).T / apart, found[0], excess[0], own

    def step(s: _Sought) -> Array:
        counted = s.misses * counts
        jacobian = s.jacobian * scales * counts[:, None]
        square = jacobian.T @ jacobian
        own = jnp.diagonal(square)
        damped = square + jnp.diag(s.damping * own + 1e-12 * jnp.max(own) + 1e-30)
        step = jnp.linalg.solve(damped, -(jacobian.T @ counted)) * scales
        far = jnp.max(jnp.abs(step) / jnp.maximum(scales, 1e-30))
        step = step * jnp.minimum(1.0, _FARTHEST / jnp.maximum(far, 1e-12))
        return _bounded(s.unknowns + step, t, schedule)

    def going(s: _Sought) -> Array:
        return (s.size > _MET) & (s.looks < most)

    def body(s: _Sought) -> _Sought:
        opening = s.looks == 0  # the first look is at where it begins
        tried = jnp.where(opening, first, step(s))
        jacobian, missed, excess, normal = look(tried)
        sum_of = jnp.sum((missed * counts) ** 2)
        better = jnp.isfinite(sum_of) & (opening | (sum_of < jnp.sum((s.misses * counts) ** 2)))
        size = jnp.max(jnp.abs(missed * counts))
        found = _Sought(tried, missed, excess, normal, jacobian, size, s.damping, s.looks)
        kept: _Sought = jax.tree.map(lambda x, old: jnp.where(better, x, old), found, s)
        damping = jnp.clip(s.damping * jnp.where(better, 0.1, 20.0), 1e-12, 1e6)
        return kept._replace(damping=jnp.where(opening, s.damping, damping), looks=s.looks + 1)

    lost = jnp.full_like(t, _LOST)
    zero = jnp.zeros_like(t)
    nowhere = Vector(zero, zero, zero, Frame.GCRS)
    begun = _Sought(
        first, jnp.full(5, _LOST), zero, nowhere, jnp.eye(5), lost, zero + 1e-4, jnp.asarray(0)
    )
    s: _Sought = jax.lax.while_loop(going, body, begun)
    last = step(s._replace(damping=0.0 * t))
    return s._replace(unknowns=jnp.where(s.size <= _MET, last, s.unknowns))


def _least(burns: Burns, burn: Int[Array, ""]) -> Array:
    """What a vehicle is never believed to be lighter than [kg]."""
    return 0.5 * burns.dry[burn]


@custom_vmap
def _updated(due: Array, law: Explicit, estimate: Estimate, memory: Memory) -> Memory:
    """What the law remembers, updated where that is due.

    In a batch the prediction is made only when it is due in some lane: an ordinary condition would
    become a choice there, and every step would pay for it.
    """
    return jax.lax.cond(due, lambda: law.solve(estimate, memory), lambda: memory)


@_updated.def_vmap
def _updated_lanes(
    lanes: int, mapped: Any, due: Array, law: Explicit, estimate: Estimate, memory: Memory
) -> tuple[Memory, Any]:
    axes = jax.tree.map(lambda one: 0 if one else None, mapped)

    def lane(due: Array, law: Explicit, estimate: Estimate, memory: Memory) -> Memory:
        new = law.solve(estimate, memory)
        return jax.tree.map(lambda x, old: jnp.where(due, x, old), new, memory)

    def spread(one: Array, has: bool) -> Array:
        return one if has else jnp.broadcast_to(one, (lanes, *jnp.shape(one)))

    updated = jax.lax.cond(
        jnp.any(due),
        lambda: jax.vmap(lane, in_axes=tuple(axes), axis_size=lanes)(due, law, estimate, memory),
        lambda: jax.tree.map(spread, memory, mapped[3]),
    )
    return updated, jax.tree.map(lambda _: True, memory)


def no_memory(direction: AbstractDirection, like: Float[Array, ""]) -> Memory:
    """What explicit guidance remembers before anything, of one lane."""
    zero, never = jnp.zeros_like(like), jnp.full_like(like, jnp.inf)
    return Memory(
        carried=direction.nothing(like),
        normal=Vector(zero, zero, zero + 1.0, Frame.GCRS),
        epoch=-never,
        velocity=Vector(zero, zero, zero, Frame.GCRS),
        due=never,
        cut_off=never,
        solved=zero,
        converged=zero,
        residual=zero,
        shortfall=zero,
        looks=zero,
        mass=zero + 1.0,
        weighed=zero,
        factor=zero + 1.0,
        burn=zero - 1.0,
        ignition=never,
        felt=zero,
    )
