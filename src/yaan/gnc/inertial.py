"""Inertial navigation with satellite updates: an estimate that drifts, and its covariance.

What is carried is the error of the estimate, believed less true, not a second trajectory: with
r, v the errors of position and velocity and p the rotation vector by which the believed frame is
off (a vector w is believed to be w + p x w),

    dr/dt = v
    dv/dt = G r + p x f + b_a + s f + noise
    dp/dt = b_g + noise

with f the specific force, G the gravity gradient, b_g and b_a the biases of gyros and
accelerometers, s the scale factor of the accelerometers (Titterton and Weston, Strapdown Inertial
Navigation Technology, 2nd ed. 2004, chapter 12, in an inertial frame; not re-read). A step is one
of the leapfrog at the mean specific force, and the covariance is moved by the same one,
so that the two agree whatever the step.

Fixes come at instants of their own, a period apart since the alignment: a step of the flight is
taken in pieces that end on them. Were they to wait for the ends of steps, other steps would draw
other errors; were steps to end on them, the shadow that tells what the integration is out by
(`dynamics.accuracy`) would fly the steps of the flight itself, and tell nothing.

A satellite fix is a Kalman update of r, v, p. Biases, scale factor and the slow error of the
satellites' position are considered, not estimated: their correlations with r, v, p are carried and
their own variance stays (Schmidt, Application of State-Space Methods to Navigation Problems, 1966;
not re-read). The covariance so tells what such a filter is out by, not less.

What is drawn, and how, is in `inertial_errors`.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree
from typing_extensions import override

from yaan.base.model import Model
from yaan.dynamics.forces import Surroundings
from yaan.environment.placed import Wind, wind_over
from yaan.gnc.inertial_errors import (
    BOUNDS,
    HORIZON,
    TERMS,
    Draw,
    InertialParameters,
    draw_one,
)
from yaan.gnc.navigation import AbstractNavigator, Estimate, Truth
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.frame import Frame, Vector, vector

GAP = 60.0  # [s]
"""A leg that begins this long after the last update begins with a new alignment."""

_AT_ONCE = 1e-9  # [s]

_CONSTANTS = 7  # considered: three biases of gyros, three of accelerometers, one scale factor
_CONSIDERED = 10  # and three errors of the satellites' position

Scalar = Float[Array, ""]


class InertialMemory(eqx.Module):
    """The error of the estimate and what the filter knows of it; GCRS axes.

    Nine numbers in the order position [m], velocity [m/s], tilt [rad].
    """

    t: Float[Array, "*lanes"]
    """Of the last update [s]."""
    begun: Float[Array, "*lanes"]
    """When it was aligned [s]."""
    fixed: Float[Array, "*lanes"]
    """Of the last fix [s]; a period before the alignment if there was none."""
    fixes: Float[Array, "*lanes"]
    """How many there were."""
    met: Float[Array, "*lanes 2"]
    """Height [m] and speed against the air [m/s] at the last update."""
    force: Float[Array, "*lanes 3"]
    """Specific force at the last update [m/s^2]."""
    error: Float[Array, "*lanes 9"]
    """Believed less true."""
    covariance: Float[Array, "*lanes 9 9"]
    crossed: Float[Array, "*lanes 9 10"]
    """Covariance with what is considered: biases of gyros and of accelerometers, scale factor,
    slow error of the satellites' position."""


class Inertial(AbstractNavigator):
    """Strapdown inertial navigation with satellite fixes. One lane.

    Valid: steps to 30 s, within 0.1 % of what the gravity gradient makes of an error; errors to
    some 10 km; hours, not days. With a draw of zeros the estimate is the truth, to the last bit,
    and the covariance is that of any draw.
    """

    about: ClassVar[Model] = Model(
        name="navigation",
        text="inertial with satellite fixes: alignment, biases, noise, blackout; covariance",
        ignores=(
            "turning of the instruments with the body, misaligned axes, gyro scale factor, "
            "vibration, delay, loss of lock"
        ),
    )

    parameters: InertialParameters
    draw: Draw
    forecast: Wind | None = None
    """The wind that is believed; None, and the true one is known."""

    @override
    def start(self, truth: Truth, memory: PyTree) -> InertialMemory:
        fresh = self._aligned(truth)
        if memory is None:
            return fresh
        gap = truth.t - memory.t
        goes_on = (gap >= -_AT_ONCE) & (gap <= GAP)
        kept = jax.tree.map(lambda old, new: jnp.where(goes_on, old, new), memory, fresh)
        # What begins here may have switched: what was felt before is no end of the next step.
        force = jnp.where(gap <= _AT_ONCE, fresh.force, kept.force)
        return eqx.tree_at(lambda m: m.force, kept, force)

    @override
    def update(self, truth: Truth, memory: InertialMemory) -> InertialMemory:
        distance = truth.position.norm()
        force, met = _array(truth.sensed), _met(truth)
        way = _Way(
            begun=memory.begun,
            began=memory.t - memory.begun,
            now=truth.t - memory.begun,
            force=jnp.stack([memory.force, force]),
            met=jnp.stack([memory.met, met]),
            place=_array(truth.position),
            speed=_array(truth.velocity),
            pull=truth.around.gravity.norm() / distance,
        )
        kept = _Filter(memory.error, memory.covariance, memory.crossed)
        fixed = _Fixed(memory.fixed, memory.fixes)
        new, fixed = _carried(way, kept, fixed, Inertial(self.parameters, self.draw))
        known = (met, force, new.error, new.covariance, new.crossed)
        return InertialMemory(truth.t, memory.begun, fixed.last, fixed.count, *known)

    @override
    def estimate(
        self,
        t: Array,
        position: Vector,
        velocity: Vector,
        around: Surroundings,
        memory: PyTree = None,
    ) -> Estimate:
        if memory is None:
            raise ValueError("inertial navigation estimates nothing before it has been started")
        gained = vector(memory.error[3:6], Frame.GCRS)
        since = jnp.clip(t - memory.t, 0.0, GAP)
        moved = vector(memory.error[0:3], Frame.GCRS) + gained * since
        pole = around.to_fixed.inverse().apply(_pole(t))
        turned, place = _shifted(around, position, pole, moved)
        east, up = _turned(around.east, turned), _turned(around.up, turned)
        north = _turned(around.north, turned)
        # How fast the Earth turns is what carries a point at rest on it.
        carrying = pole.cross(position)
        carried = velocity - around.relative
        spin = carried.dot(carrying) / (carrying.dot(carrying) + 1.0)
        change = gained - pole.cross(moved) * spin
        relative = around.relative + change
        if self.forecast is None:
            stream = around.stream + change
        else:
            blow_east, blow_north = wind_over(self.forecast, place, t)
            stream = relative - east * blow_east - north * blow_north
        force = memory.force
        sensed = force + self._misread(force, memory.error[6:9])
        motions = (velocity + gained, relative, stream, up, east, north)
        return Estimate(t, position + moved, *motions, vector(sensed, Frame.GCRS))

    @override
    def realised(self, axis: Vector, memory: InertialMemory) -> Vector:
        return _turned(axis, -vector(memory.error[6:9], Frame.GCRS))

    def _aligned(self, truth: Truth) -> InertialMemory:
        """What is believed after an alignment at the truth."""
        p, draw, around = self.parameters, self.draw, truth.around
        axes = jnp.stack([_array(around.east), _array(around.north), _array(around.up)])
        sigmas = jnp.stack([p.alignment_level, p.alignment_level, p.alignment_azimuth])
        parts = (draw.position * p.position, draw.velocity * p.velocity)
        covariance = jnp.zeros((9, 9))
        still = jnp.eye(3)
        covariance = covariance.at[0:3, 0:3].set(still * p.position**2)
        covariance = covariance.at[3:6, 3:6].set(still * p.velocity**2)
        covariance = covariance.at[6:9, 6:9].set((axes.T * sigmas**2) @ axes)
        return InertialMemory(
            t=truth.t,
            begun=truth.t,
            fixed=truth.t - p.satellite_period,
            fixes=jnp.zeros_like(truth.t),
            met=_met(truth),
            force=_array(truth.sensed),
            error=jnp.concatenate([*parts, (draw.alignment * sigmas) @ axes]),
            covariance=covariance,
            crossed=jnp.zeros((9, _CONSIDERED)),
        )

    def _constants(self) -> Float[Array, " 7"]:
        """What the instruments are out by, in the order of the first columns of `crossed`."""
        p, draw = self.parameters, self.draw
        biases = (draw.gyro * p.gyro_bias, draw.accelerometer * p.accelerometer_bias)
        return jnp.concatenate([*biases, (draw.scale * p.accelerometer_scale)[None]])

    def _misread(self, force: Float[Array, " 3"], tilt: Float[Array, " 3"]) -> Float[Array, " 3"]:
        """What a specific force is measured to be more than it is [m/s^2]."""
        biases = self._constants()
        return jnp.cross(tilt, force) + biases[3:6] + force * biases[6]

    def step(self, way: "_Way", since: Scalar, end: Scalar) -> "_Step":
        """What moves the error from `since` to `end` of a way [s]."""
        p = self.parameters
        dt, middle = end - since, 0.5 * (since + end)
        half = way.place - way.speed * (way.now - middle)
        sigmas = jnp.stack([p.gyro_bias, p.accelerometer_bias, p.accelerometer_scale])
        walks = jnp.stack([p.accelerometer_walk, p.gyro_walk])
        return _Step(
            dt=dt,
            force=way.between(way.force, middle),
            up=half / jnp.sqrt(jnp.sum(half**2)),
            pull=way.pull,
            constants=self._constants(),
            noise=self._walk(end) - self._walk(since),
            variances=jnp.repeat(sigmas**2, np.array([3, 3, 1]), total_repeat_length=_CONSTANTS),
            grown=jnp.repeat(walks**2 * dt, 3),
            kept=jnp.exp(-dt / p.satellite_correlation),
        )

    def _walk(self, elapsed: Scalar) -> Float[Array, " 6"]:
        """What noise has added to velocity [m/s] and tilt [rad] since the alignment."""
        turn = jnp.clip(elapsed, 0.0, HORIZON) * (jnp.pi / HORIZON)
        sine = jnp.sin(0.5 * turn)
        twice = 2.0 - 4.0 * sine**2
        # sin((k + 1/2) turn) by its recurrence: one sine for all of them.
        before, total = -sine, sine * self.draw.walk[0]
        for k in range(1, TERMS):
            before, sine = sine, twice * sine - before
            total = total + sine * self.draw.walk[k]
        p = self.parameters
        return jnp.concatenate([total[3:6] * p.accelerometer_walk, total[0:3] * p.gyro_walk])

    def silent(self, way: "_Way", since: Scalar) -> Array:
        """Whether no satellite is heard at `since` on a way [s]."""
        p, t = self.parameters, way.begun + since
        height, speed = way.between(way.met, since)
        plasma = (height > p.blackout_low) & (height < p.blackout_high)
        # An instant that is a number of periods may be its rounding before one that is given.
        outage = (t >= p.outage_start - _AT_ONCE) & (t < p.outage_end - _AT_ONCE)
        return plasma & (speed > p.blackout_speed) | outage

    def ticks(self, since: Scalar) -> Array:
        """How many instants of fixes there were by `since` the alignment [s]."""
        return jnp.floor((since + _AT_ONCE) / self.parameters.satellite_period)

    def out_by(self, number: Scalar) -> tuple[Array, Array]:
        """Errors of the fix of a `number`, [6], and their standard deviations, [3]."""
        p, draw = self.parameters, self.draw
        white = draw.noise(number.astype(int))
        place = draw.slow.at(number * p.satellite_period) * p.satellite_position
        sigmas = jnp.stack([p.satellite_position, p.satellite_noise, p.satellite_velocity])
        errors = (place + white[0:3] * p.satellite_noise, white[3:6] * p.satellite_velocity)
        return jnp.concatenate(errors), sigmas


class _Way(eqx.Module):
    """What is met from the last update, `began`, to this one, `now` [s]: since the alignment."""

    begun: Float[Array, "*lanes"]
    """The alignment [s]."""
    began: Float[Array, "*lanes"]
    now: Float[Array, "*lanes"]
    force: Float[Array, "*lanes 2 3"]
    """At both ends [m/s^2]."""
    met: Float[Array, "*lanes 2 2"]
    """Height [m] and speed against the air [m/s] at both ends."""
    place: Float[Array, "*lanes 3"]
    """Now [m]."""
    speed: Float[Array, "*lanes 3"]
    """Now [m/s]."""
    pull: Float[Array, "*lanes"]
    """Gravity over distance [1/s^2]."""

    def between(self, ends: Array, since: Scalar) -> Array:
        """What is `ends` [2, n] at both ends, at `since`."""
        share = (since - self.began) / jnp.maximum(self.now - self.began, _AT_ONCE)
        return ends[0] + (ends[1] - ends[0]) * share


class _Fixed(eqx.Module):
    """When the last fix was [s], and how many there were."""

    last: Float[Array, "*lanes"]
    count: Float[Array, "*lanes"]


class _Filter(eqx.Module):
    """What a step moves. As of `_Step`, lanes are on the last axis, or there are none."""

    error: Float[Array, "9 *lanes"]
    covariance: Float[Array, "9 9 *lanes"]
    crossed: Float[Array, "9 10 *lanes"]


class _Step(eqx.Module):
    """How errors move over one step."""

    dt: Float[Array, "*lanes"]  # [s]
    force: Float[Array, "3 *lanes"]  # [m/s^2]
    up: Float[Array, "3 *lanes"]
    pull: Float[Array, "*lanes"]
    """Gravity over distance [1/s^2]."""
    constants: Float[Array, "7 *lanes"]
    """What the instruments are out by."""
    noise: Float[Array, "6 *lanes"]
    """What their noise adds to velocity and tilt."""
    variances: Float[Array, "7 *lanes"]
    grown: Float[Array, "6 *lanes"]
    """Of `constants` and of `noise`."""
    kept: Float[Array, "*lanes"]
    """Share of the satellites' slow error that is not forgotten."""

    def take(self, error: Array, constant: Array) -> Array:
        """Errors [9, n], in columns, a step later; `constant` [7, n] are those of the instruments.

        The gravity gradient and the tilt are those of half the step (leapfrog).
        """
        dt, half, force = self.dt, 0.5 * self.dt, self.force[:, None]
        drift, bias, scale = constant[0:3], constant[3:6], constant[6]
        r, tilt, up = error[0:3] + error[3:6] * half, error[6:9] + drift * half, self.up[:, None]
        along = (up[0] * r[0] + up[1] * r[1] + up[2] * r[2]) * 3.0
        felt = (up * along - r) * self.pull + bias + force * scale + _cross(tilt, force)
        v = error[3:6] + felt * dt
        return jnp.concatenate([r + v * half, v, tilt + drift * half])

    def advance(self, old: _Filter) -> _Filter:
        """Error and covariance a step later."""
        error = self.take(old.error[:, None], self.constants[:, None])[:, 0]
        crossed = self.take(old.crossed, _diagonal(self.variances, _CONSIDERED))
        once = self.take(old.covariance, jnp.swapaxes(old.crossed[:, :_CONSTANTS], 0, 1))
        crosswise = jnp.swapaxes(once, 0, 1), jnp.swapaxes(crossed[:, :_CONSTANTS], 0, 1)
        both = self.take(*crosswise)
        walked = jnp.concatenate([jnp.zeros_like(self.force), self.grown])
        return _Filter(
            error.at[3:9].add(self.noise),
            0.5 * (both + jnp.swapaxes(both, 0, 1)) + _diagonal(walked, 9),
            jnp.concatenate([crossed[:, :_CONSTANTS], crossed[:, _CONSTANTS:] * self.kept], axis=1),
        )


def _corrected(old: _Filter, out_by: Array, sigmas: Array) -> _Filter:
    """After a fix that is `out_by` [6]: measurements in turn, whose white errors are independent.

    `sigmas` [3] are those of the slow error, and of the white ones of position and velocity.
    """
    slow, noise, speed = sigmas[0] ** 2, sigmas[1] ** 2, sigmas[2] ** 2
    error, joint = old.error, jnp.concatenate([old.covariance, old.crossed], axis=1)
    for i in range(6):
        column, row, variance = joint[:, i], joint[i, 9:], speed
        if i < 3:
            j = _CONSTANTS + i
            column, variance = column + joint[:, 9 + j], row[j] + slow + noise
            row = row.at[j].add(slow)
        gain = column / (column[i] + variance)
        error = error - gain * (error[i] + out_by[i])
        joint = joint - gain[:, None] * jnp.concatenate([column, row])
    return _Filter(error, joint[:, :9], joint[:, 9:])


@jax.custom_batching.custom_vmap
def _carried(way: _Way, old: _Filter, fixed: _Fixed, navigator: Inertial) -> tuple[_Filter, _Fixed]:
    """The filter at the end of a way, and its fixes; one lane."""
    lane = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], (way, old, fixed, navigator))
    return jax.tree.map(lambda leaf: leaf[0], _carried_lanes(*lane))


@_carried.def_vmap
def _(axis_size: int, batched: Any, *given: Any) -> tuple[tuple[_Filter, _Fixed], Any]:
    def lane(one: bool, leaf: Array) -> Array:
        return leaf if one else jnp.broadcast_to(leaf, (axis_size, *jnp.shape(leaf)))

    found = _carried_lanes(*jax.tree.map(lane, tuple(batched), given))
    return found, jax.tree.map(lambda _: True, found)


def _carried_lanes(
    way: _Way, old: _Filter, fixed: _Fixed, navigator: Inertial
) -> tuple[_Filter, _Fixed]:
    """The same of lanes: piece by piece, each to the next instant of a fix or to the end.

    Matrices have the lanes last, and so compile to straight lane arithmetic. A batch pays for fixes
    only where one of its lanes is due.
    """
    p = navigator.parameters
    ticks = jax.vmap(Inertial.ticks)

    def going(carried: tuple[Array, Array, _Filter, _Fixed]) -> Array:
        return jnp.any(carried[0] < way.now)

    def piece(
        carried: tuple[Array, Array, _Filter, _Fixed],
    ) -> tuple[Array, Array, _Filter, _Fixed]:
        since, number, old, fixed = carried
        end = way.now
        due = jnp.zeros(end.shape, dtype=bool)
        if p.satellites:
            due = number < ticks(navigator, way.now)
            number = number + due.astype(float)
            end = jnp.where(due, jnp.minimum(number * p.satellite_period, end), end)
        step = _last(jax.vmap(Inertial.step)(navigator, way, since, end))
        # A lane that has arrived stays as it is, to the last bit, while others go on.
        new = _where(end > since, step.advance(old), old)
        if p.satellites:
            heard = due & ~jax.vmap(Inertial.silent)(navigator, way, end)

            def better() -> _Filter:
                out_by = _last(jax.vmap(Inertial.out_by)(navigator, number))
                return _where(heard, _corrected(new, *out_by), new)

            new = jax.lax.cond(jnp.any(heard), better, lambda: new)
            last = jnp.where(heard, way.begun + end, fixed.last)
            fixed = _Fixed(last, fixed.count + heard.astype(float))
        return end, number, new, fixed

    begun = (way.began, ticks(navigator, way.began), _last(old), fixed)
    _, _, new, fixed = jax.lax.while_loop(going, piece, begun)
    return jax.tree.map(lambda leaf: jnp.moveaxis(leaf, -1, 0), new), fixed


def _where(chosen: Array, new: _Filter, old: _Filter) -> _Filter:
    return jax.tree.map(lambda x, y: jnp.where(chosen, x, y), new, old)


def _last(tree: Any) -> Any:
    """The same with its first axis, of lanes, last."""
    return jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 0, -1), tree)


def _diagonal(values: Array, columns: int) -> Array:
    """A matrix [n, columns] of `n` values; lanes stay last."""
    eye = np.eye(values.shape[0], columns)
    return values[:, None] * eye.reshape(eye.shape + (1,) * (values.ndim - 1))


def _met(truth: Truth) -> Float[Array, " 2"]:
    """Height [m] and speed against the air [m/s]."""
    return jnp.stack([truth.around.place.height, truth.around.stream.norm()])


def _array(v: Vector) -> Float[Array, " 3"]:
    return jnp.stack([v.x, v.y, v.z])


def _cross(a: Array, b: Array) -> Array:
    """Vector products along the first axis."""
    x, y, z = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    return jnp.stack([x, y, z])


def _pole(like: Scalar) -> Vector:
    zero = jnp.zeros_like(like)
    return Vector(zero, zero, zero + 1.0, Frame.ITRS)


def _turned(v: Vector, turn: Vector) -> Vector:
    """A vector turned by a small rotation vector [rad]: exact in length, third order in the angle.

    Nothing at all is done by a turn of zero. Source: Cayley's formula.
    """
    half = turn * 0.5
    first = half.cross(v)
    share = 2.0 / (1.0 + half.dot(half))
    return v + (first + half.cross(first)) * share


def _shifted(
    around: Surroundings, position: Vector, pole: Vector, by: Vector
) -> tuple[Vector, Geodetic]:
    """How local directions turn [rad] where a place is `by` [m] beside the true one, and it.

    Ignores the curvature of the shift, and that of the Earth's meridians against a sphere's
    (0.7 % of the shift at most).
    """
    radius, place = position.norm(), around.place
    cosine = jnp.maximum(pole.dot(around.north), 1e-6)
    north, east = by.dot(around.north) / radius, by.dot(around.east) / (radius * cosine)
    there = Geodetic(
        place.latitude + north, place.longitude + east, place.height + by.dot(around.up)
    )
    return pole * east - around.east * north, there


def nominal(parameters: InertialParameters | None = None, forecast: Wind | None = None) -> Inertial:
    """The navigator of one lane that errs in nothing, and does not know it."""
    known = InertialParameters() if parameters is None else parameters
    draw = jax.tree.map(np.zeros_like, draw_one(np.random.default_rng(0), 1.0))
    return jax.tree.map(jnp.asarray, Inertial(known, draw, forecast))


def drawn(
    parameters: InertialParameters,
    seed: int,
    lanes: int | Sequence[int],
    forecast: Wind | None = None,
) -> Inertial:
    """Navigators of lanes, on the host: draw i of a seed is the same in whatever batch it flies.

    Args:
        parameters: shared by all lanes (scalars), or with a value a lane.
        seed: of the campaign, not negative.
        lanes: how many, or the numbers of the draws.
        forecast: the wind that is believed, in all lanes; None, and the true one is known.

    Raises:
        ValueError: no lanes, or parameters of another number of lanes.
    """
    numbers = range(lanes) if isinstance(lanes, int) else lanes
    count = len(numbers)
    if count == 0:
        raise ValueError("inertial navigation: no lanes to draw for")
    names = [one.name for one in fields(parameters) if one.name in BOUNDS]
    columns = {name: np.asarray(getattr(parameters, name), dtype=float) for name in names}
    odd = sorted(name for name, value in columns.items() if value.shape not in {(), (count,)})
    if odd:
        raise ValueError(
            f"inertial navigation: {', '.join(odd)}: one value, or {count}, one a lane"
        )
    columns = {name: np.broadcast_to(value, (count,)) for name, value in columns.items()}
    known = InertialParameters(**columns, satellites=parameters.satellites)
    draws = [
        draw_one(np.random.default_rng(np.random.SeedSequence([seed, number])), float(slow))
        for number, slow in zip(numbers, columns["satellite_correlation"], strict=True)
    ]
    draw = jax.tree.map(lambda *leaves: np.stack(leaves), *draws)
    believed = jax.tree.map(lambda leaf: np.broadcast_to(leaf, (count, *np.shape(leaf))), forecast)
    return jax.tree.map(jnp.asarray, Inertial(known, draw, believed))
