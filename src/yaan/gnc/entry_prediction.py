"""What an entry guidance knows of its flight: an aim, a model of capsule and air, a prediction.

The prediction is cheap on purpose. It flies in the vertical plane of the great circle to the aim,
over a round Earth that turns, with h the geodetic height, u the horizontal and w the vertical
speed against the ground, D and L the accelerations of drag and lift, c the cosine of the bank:

    u' = -D u/V - c L w/V - u w/rho - 2 w_n w
    w' = -D w/V + c L u/V + u^2/rho - g + 2 w_n u
    h' = w,   s' = u R/rho,   rho = R + h

rho is the radius of curvature of the ellipsoid along the path, g the weight on the turning Earth,
w_n the component of the Earth's rotation along the normal of the path's plane, which the whole
great circle shares. No angle is integrated, so a vertical fall is no singularity. To the side the
lift that is left, sqrt(1 - c^2) L, is integrated once for the right hand: both hands follow.

Ignores: wind, the change of gravity and curvature along the path, the path's own turns to the
side in its length, rolls (the bank is there at once), rarefied flow.
Source: the equations of planar entry over a round Earth, as in Vinh, Busemann and Culp,
Hypersonic and Planetary Entry Flight Mechanics (1980), chapter 2 (not re-read), in speeds along
the horizon and the vertical instead of speed and flight-path angle.
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.aerodynamics.heating import sutton_graves
from yaan.base.constants import EARTH_J2, EARTH_MU, EARTH_RADIUS, EARTH_SPIN, STANDARD_GRAVITY
from yaan.base.trigonometry import sincos
from yaan.environment.placed import Atmosphere, air_over
from yaan.gnc.navigation import Estimate
from yaan.spacetime.earth import WGS84, EarthRotation, Geodetic
from yaan.spacetime.frame import Frame, Vector
from yaan.vehicle.capsule import Capsule

Scalar = Float[Array, ""]

FELT = 0.05
"""Load from which the air is steered by [standard gravities]; Apollo's threshold."""

SPACING = 1e3  # [m] between nodes of a table of air
TOP = 160e3  # [m] of a table of air; it goes on as at its last two nodes
BEYOND = 400e3
"""How far past its aim a prediction is flown [m]: whoever comes so far only knows 'too far'."""

_MOST = 1500  # steps of a prediction
_SHARE = 0.2  # of the time in which drag or the air's density changes by a factor e
_SCALE_HEIGHT = 7e3  # [m]
_THIN = 0.02  # [m/s^2] of drag
_SLOWEST = 1.0  # [m/s] a speed that is divided by
_E2 = WGS84.eccentricity2


class AirTable(eqx.Module):
    """Density and speed of sound against geodetic height, every `SPACING` from the ground.

    The logarithm of the density is linear between nodes: within 0.6 % of the US Standard
    Atmosphere 1976 below 90 km.
    """

    log_density: Float[Array, "*lanes n"] = eqx.field(converter=jnp.asarray)  # [ln kg/m^3]
    sound_speed: Float[Array, "*lanes n"] = eqx.field(converter=jnp.asarray)  # [m/s]

    def at(self, height: Scalar) -> tuple[Scalar, Scalar, Scalar]:
        """Density [kg/m^3], how its logarithm changes with height [1/m], and speed of sound [m/s].

        At a height [m]; one lane. Beyond the ends the last slopes go on.
        """
        x = jnp.clip(height / SPACING, 0.0, self.log_density.shape[-1] - 1.001)
        i = x.astype(int)
        share = height / SPACING - i
        low, high = self.log_density[i], self.log_density[i + 1]
        sound = self.sound_speed[i]
        sound = sound + jnp.clip(share, 0.0, 1.0) * (self.sound_speed[i + 1] - sound)
        return jnp.exp(low + share * (high - low)), (high - low) / SPACING, sound


def air_table(
    atmosphere: Atmosphere, latitude: float = 0.0, longitude: float = 0.0, t: float = 0.0
) -> AirTable:
    """The air over a place [rad] at `t` [s] as a table; on the host."""
    height = jnp.arange(0.0, TOP + SPACING, SPACING)
    there = Geodetic(latitude + 0.0 * height, longitude + 0.0 * height, height)
    air = air_over(atmosphere, there, t + 0.0 * height)
    return AirTable(jnp.log(jnp.maximum(air.density, 1e-30)), air.sound_speed)


class Aim(eqx.Module):
    """A point of the ellipsoid as it turns with the Earth, at a steady rate about its axis of now.

    Within hours that is as good as any rotation of the Earth: nutation moves it by centimetres.
    """

    pole: Vector
    """The Earth's axis, GCRS."""
    along: Vector
    """The point's part along the axis [m], GCRS."""
    first: Vector
    """The rest of it at `t` [m], GCRS."""
    second: Vector
    """The same a quarter of a turn later [m], GCRS."""
    t: Float[Any, "*lanes"]  # [s]
    spin: Float[Any, "*lanes"]  # [rad/s]

    def at(self, t: Scalar) -> Vector:
        """Where it is at `t` [s]: from the Earth's centre [m], GCRS."""
        turned = self.spin * (t - self.t)
        sine, cosine = sincos(turned)
        return self.along + self.first * cosine + self.second * sine


def aim_at(
    earth: EarthRotation, latitude: float, longitude: float, t: float, spin: float = EARTH_SPIN
) -> Aim:
    """The aim at a geodetic latitude and longitude [rad] near the time `t` [s]; on the host.

    `spin` [rad/s] is zero for an Earth that stands still.
    """
    to_inertial = earth.rotation(jnp.asarray(t, dtype=float)).inverse()
    place = Geodetic(*(jnp.asarray(x, dtype=float) for x in (latitude, longitude, 0.0)))
    zero, one = jnp.asarray(0.0), jnp.asarray(1.0)
    pole = to_inertial.apply(Vector(zero, zero, one, Frame.ITRS))
    point = to_inertial.apply(place.position())
    along = pole * point.dot(pole)
    first = point - along
    when, rate = jnp.asarray(t, dtype=float), jnp.asarray(spin, dtype=float)
    return Aim(pole, along, first, pole.cross(first), when, rate)


def moved(latitude: float, longitude: float, east: float, north: float) -> tuple[float, float]:
    """A geodetic point [rad] moved along the ground [m]; on the host, for some tens of km."""
    sine2 = np.sin(latitude) ** 2
    normal = EARTH_RADIUS / np.sqrt(1.0 - _E2 * sine2)
    meridian = normal * (1.0 - _E2) / (1.0 - _E2 * sine2)
    return latitude + north / meridian, longitude + east / (normal * np.cos(latitude))


class EntryModel(eqx.Module):
    """What a law believes of the flight: where to, of what, through which air.

    The entry ends as `height` or `speed` is fallen below, over `aim`: whoever knows what the
    parachutes drift moves the aim against it (`moved`).
    """

    aim: Aim
    capsule: Capsule
    air: AirTable
    height: Float[Any, "*lanes"]
    """Geodetic, at which the entry is handed over [m]."""
    speed: Float[Any, "*lanes"]
    """Or against the ground [m/s]; zero: never."""
    mu: Float[Any, "*lanes"] = eqx.field(default=EARTH_MU, converter=jnp.asarray)  # [m^3/s^2]
    j2: Float[Any, "*lanes"] = eqx.field(default=EARTH_J2, converter=jnp.asarray)


class Sight(eqx.Module):
    """Where a capsule is, and its aim seen from there."""

    height: Scalar  # [m], geodetic
    across: Scalar
    """Horizontal speed against the ground [m/s]."""
    rise: Scalar
    """Vertical speed [m/s]."""
    range: Scalar
    """To the aim along the ground [m]; an aim abreast is none away, one behind is negative."""
    error: Scalar
    """Of the heading: from the motion to the aim [rad], positive where the aim is to the right."""
    radius: Scalar
    """Of curvature of the ground along the path [m]."""
    weight: Scalar
    """On the turning Earth at the ground [m/s^2]."""
    lifting: Scalar
    """Twice the Earth's rotation about the normal of the path's plane [rad/s]: east lifts."""
    turning: Scalar
    """Twice its rotation about the vertical, half way to the aim [rad/s]: to the right."""


def sight(model: EntryModel, estimate: Estimate) -> Sight:
    """What an estimate says of a capsule and its aim; one lane, finite wherever it is."""
    aim, up = model.aim, estimate.up
    sine = up.dot(aim.pole)
    root = jnp.sqrt(1.0 - _E2 * sine**2)
    normal = EARTH_RADIUS / root
    # The projection on the normal is exact.
    height = estimate.position.dot(up) - EARTH_RADIUS * root
    foot = estimate.position - up * height
    away = aim.at(estimate.t) - foot
    east, north = away.dot(estimate.east), away.dot(estimate.north)
    level = jnp.sqrt(east**2 + north**2 + 1e-12)
    motion = estimate.relative
    rise = motion.dot(up)
    v_east, v_north = motion.dot(estimate.east), motion.dot(estimate.north)
    across = jnp.sqrt(v_east**2 + v_north**2 + 1e-12)
    # From the motion to the aim; to the right is clockwise from above.
    ahead = (east * v_east + north * v_north) / (level * across)
    right = (east * v_north - north * v_east) / (level * across)
    northward = (v_north / across) ** 2
    meridian = normal * (1.0 - _E2) / root**2
    radius = 1.0 / (northward / meridian + (1.0 - northward) / normal)
    chord = jnp.sqrt(away.dot(away) + 1e-12)
    arc = 2.0 * radius * jnp.arcsin(jnp.clip(chord / (2.0 * radius), 0.0, 1.0))
    there = aim.along.dot(aim.pole) / (EARTH_RADIUS * (1.0 - _E2))
    sine2, half = 0.5 * (sine**2 + there**2), 0.5 * (sine + there)
    pull = model.mu / radius**2 * (1.0 + 1.5 * model.j2 * (1.0 - 3.0 * sine2))
    pull = pull - aim.spin**2 * EARTH_RADIUS * (1.0 - sine2)
    cosine = jnp.sqrt(jnp.maximum(1.0 - sine**2, 0.0))
    return Sight(
        height=height,
        across=across,
        rise=rise,
        range=arc * jnp.clip(2.0 * ahead, -1.0, 1.0),
        error=jnp.arctan2(right, ahead),
        radius=radius,
        weight=pull,
        lifting=2.0 * aim.spin * cosine * v_east / across,
        turning=2.0 * aim.spin * half,
    )


class Ratios(eqx.Module):
    """What the flight is to its model."""

    drag: Scalar
    """Measured drag over that of the model at the same state."""
    lift: Scalar
    """Measured lift over drag over that of the model."""


class Planar(eqx.Module):
    """A state of a prediction; leaves may have lanes."""

    height: Float[Array, "*lanes"]  # [m]
    across: Float[Array, "*lanes"]  # [m/s]
    rise: Float[Array, "*lanes"]  # [m/s]
    range: Float[Array, "*lanes"]
    """Flown along the ground [m]."""
    side: Float[Array, "*lanes"]
    """Speed to the right that lift has made [m/s]."""
    aside: Float[Array, "*lanes"]
    """Way to the right of it [m]."""


class Pull(eqx.Module):
    """What the air does in a state of a prediction."""

    drag: Scalar  # [m/s^2]
    lift: Scalar  # [m/s^2]
    speed: Scalar  # [m/s]
    density: Scalar  # [kg/m^3]
    thinning: Scalar
    """How its logarithm changes with height [1/m]."""
    flux: Scalar
    """At the stagnation point [W/m^2]."""

    @property
    def load(self) -> Scalar:
        """In standard gravities."""
        return jnp.sqrt(self.drag**2 + self.lift**2) / STANDARD_GRAVITY

    def growing(self, rise: Scalar) -> tuple[Scalar, Scalar]:
        """By which shares of themselves load and flux grow [1/s], sinking at -`rise` [m/s]."""
        denser, slower = rise * self.thinning, self.drag / self.speed
        return denser - 2.0 * slower, 0.5 * denser - 3.0 * slower


def pulls(model: EntryModel, ratios: Ratios, y: Planar) -> Pull:
    """Drag and lift at a state; one lane."""
    speed = jnp.sqrt(y.across**2 + y.rise**2 + _SLOWEST**2)
    density, thinning, sound = model.air.at(y.height)
    trim = model.capsule.trim(speed / sound)
    density = density * ratios.drag
    force = 0.5 * density * speed**2 * model.capsule.area / model.capsule.mass
    flux = sutton_graves(density, speed, model.capsule.nose_radius)
    drag, lift = force * trim.drag, force * trim.lift * ratios.lift
    return Pull(drag, lift, speed, density, thinning, flux)


def rate(seen: Sight, y: Planar, drag: Scalar, lift: Scalar, cosine: Scalar) -> Planar:
    """The rate of a prediction, by drag and lift over speed [1/s]; one lane."""
    rho = seen.radius + y.height
    up = cosine * lift
    sine = jnp.sqrt(jnp.maximum(1.0 - cosine**2, 0.0))
    speed = jnp.sqrt(y.across**2 + y.rise**2 + _SLOWEST**2)
    weight = seen.weight * (seen.radius / rho) ** 2
    turned = y.across / rho + seen.lifting
    return Planar(
        height=y.rise,
        across=-drag * y.across - up * y.rise - turned * y.rise,
        rise=-drag * y.rise + up * y.across + turned * y.across - weight,
        range=y.across * seen.radius / rho,
        side=-drag * y.side + sine * lift * speed,
        aside=y.side * seen.radius / rho,
    )


Bank = Callable[[Planar, Pull], Scalar]
"""The cosine of the bank, by state and what the air does there."""


def advance(
    model: EntryModel, seen: Sight, ratios: Ratios, y: Planar, bank: Bank, step: Scalar
) -> tuple[Planar, Pull, Scalar]:
    """One step of the prediction: the state after it, the pull before it, its length [s].

    Runge and Kutta's of fourth order, with the bank and the coefficients of the capsule held from
    its start, and the air as an exponential. It is shorter than `step` [s] where the drag or the
    density changes faster.
    """
    pull = pulls(model, ratios, y)
    cosine = bank(y, pull)
    quick = jnp.minimum(pull.speed / (pull.drag + 1e-3), _SCALE_HEIGHT / (jnp.abs(y.rise) + 1.0))
    # In thin air only gravity counts, which is smooth.
    h = jnp.where(pull.drag < _THIN, 2.0 * step, jnp.minimum(step, _SHARE * quick))
    over = 1.0 / pull.speed**2
    drag, lift = pull.drag * over, pull.lift * over

    def slope(at: Planar) -> Planar:
        x = jnp.clip(pull.thinning * (at.height - y.height), -2.0, 2.0)
        denser = 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x / 24.0)))
        speed = jnp.sqrt(at.across**2 + at.rise**2 + _SLOWEST**2) * denser
        return rate(seen, at, drag * speed, lift * speed, cosine)

    def plus(one: Planar, length: Scalar, two: Planar) -> Planar:
        return jax.tree.map(lambda a, b: a + length * b, one, two)

    k1 = rate(seen, y, pull.drag / pull.speed, pull.lift / pull.speed, cosine)
    k2 = slope(plus(y, 0.5 * h, k1))
    k3 = slope(plus(y, 0.5 * h, k2))
    k4 = slope(plus(y, h, k3))
    mean = jax.tree.map(lambda a, b, c, d: (a + 2.0 * (b + c) + d) / 6.0, k1, k2, k3, k4)
    return plus(y, h, mean), pull, h


class Foreseen(eqx.Module):
    """Where a prediction ends; leaves may have lanes."""

    range: Float[Array, "*lanes"]
    """Flown along the ground to the hand-over [m]."""
    aside: Float[Array, "*lanes"]
    """To the right by lift alone, banked to the right all the way [m]."""
    coriolis: Float[Array, "*lanes"]
    """To the right by the Earth's rotation [m]."""
    load: Float[Array, "*lanes"]
    """The largest, in standard gravities."""
    flux: Float[Array, "*lanes"]
    """The largest heat flux at the stagnation point [W/m^2]."""
    ended: Float[Array, "*lanes"]
    """One where it came down to the hand-over; zero where it flew too far, or away, or for ever."""


class _Flight(eqx.Module):
    y: Planar
    t: Scalar
    late: Scalar
    """Integral of time over range [s m]."""
    load: Scalar
    flux: Scalar
    done: Scalar
    ended: Scalar
    count: Scalar


def foresee(
    model: EntryModel,
    seen: Sight,
    ratios: Ratios,
    bank: Bank,
    step: Scalar,
) -> Foreseen:
    """Fly on from a sight to the hand-over; one lane.

    Ends `BEYOND` the aim too, above the table of air, and after a bounded number of steps.
    """
    zero = jnp.zeros_like(seen.height)
    first = Planar(seen.height, seen.across, seen.rise, zero, zero, zero)
    farthest = jnp.maximum(seen.range, 0.0) + BEYOND

    def over(y: Planar) -> Scalar:
        """How far above both ends of the entry a state is: negative once it is handed over."""
        speed = jnp.sqrt(y.across**2 + y.rise**2)
        return jnp.minimum(y.height - model.height, (speed - model.speed) * 1e2)

    def going(s: _Flight) -> Array:
        return (s.done < 0.5) & (s.count < _MOST)

    def body(s: _Flight) -> _Flight:
        y, pull, h = advance(model, seen, ratios, s.y, bank, step)
        before, after = over(s.y), over(y)
        ended = (after <= 0.0) & (y.rise < 0.0)
        share = jnp.where(ended, jnp.clip(before / (before - after + 1e-9), 0.0, 1.0), 1.0)
        y = jax.tree.map(lambda a, b: a + share * (b - a), s.y, y)
        away = (y.range > farthest) | (y.height > TOP + 40e3)
        t = s.t + share * h
        return _Flight(
            y=y,
            t=t,
            late=s.late + 0.5 * (s.t + t) * (y.range - s.y.range),
            load=jnp.maximum(s.load, pull.load),
            flux=jnp.maximum(s.flux, pull.flux),
            done=jnp.where(ended | away, 1.0, 0.0),
            ended=jnp.where(ended, 1.0, 0.0),
            count=s.count + 1.0,
        )

    there = jnp.where((over(first) <= 0.0) & (seen.rise < 0.0), 1.0, zero)
    end = jax.lax.while_loop(
        going, body, _Flight(first, zero, zero, zero, zero, there, there, zero)
    )
    # Who flew too far, or has not come down, is told as too far.
    reach = jnp.where(end.ended > 0.5, end.y.range, jnp.maximum(end.y.range, farthest))
    coriolis = seen.turning * end.late
    return Foreseen(reach, end.y.aside, coriolis, end.load, end.flux, end.ended)
