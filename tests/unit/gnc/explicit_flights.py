"""A small closed loop for explicit guidance: legs in turn, and a truth that it need not believe.

Written apart from `yaan.motion`: RK4 at two seconds, thrust by its own few lines.
"""

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.gnc.explicit import Explicit, Memory, no_memory
from yaan.gnc.explicit_burns import Burns, Field
from yaan.gnc.explicit_directions import AbstractDirection, Primer
from yaan.gnc.explicit_target import Target, arrival
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Frame, Vector, vector
from yaan.spacetime.rotation import Rotation

ONE = jnp.asarray(1.0)
OF_DATE = Rotation(ONE, 0 * ONE, 0 * ONE, 0 * ONE, Frame.GCRS, Frame.CIRS)
POLE = vector(jnp.asarray([0.0, 0.0, 1.0]), Frame.GCRS)


class Leg(NamedTuple):
    """What flies, and how long; the truth."""

    burn: Any = 0
    lit: Any = True
    thrust: Any = 0.0  # [N]
    flow: Any = 0.0  # [kg/s]
    ramp: Any = 0.0  # [s]
    delay: Any = 0.0  # [s]
    tail: Any = 0.0  # [s], of a burn that ended as the leg began
    dry: Any = 0.0  # [kg], below which nothing burns
    mass: Any = np.nan  # [kg] as it begins; not a number: as it was
    shed: Any = 0.0  # [kg]
    end: Any = np.inf  # [s]; infinite: guidance ends it, or running dry
    lasts: Any = np.inf  # [s], likewise
    active: Any = True
    fails: Any = np.inf  # [s], from when on only `left` of thrust and flow is there
    left: Any = 1.0


class Flown(NamedTuple):
    """Where a leg ended."""

    t: Any
    position: Any
    velocity: Any
    mass: Any
    memory: Any
    worst: Any
    """Updates that did not converge."""
    updates: Any


def burns(*rows: dict[str, float]) -> Burns:
    """Burns by what differs from one at once, without an end by time."""
    usual = {
        "thrust": 0.0, "isp": 300.0, "ramp": 0.0, "tail_off": 0.0, "delay": 0.0, "gap": 0.0,
        "stop": np.inf, "fresh": True, "mass": 0.0, "shed": 0.0, "dry": 0.0,
    }  # fmt: skip
    full = [{**usual, **row} for row in rows]
    columns = {key: jnp.asarray([row[key] for row in full]) for key in usual}
    columns["exhaust"] = columns.pop("isp") * STANDARD_GRAVITY
    return Burns(**columns)


def field(j2: float = 0.0) -> Field:
    return Field(jnp.asarray(EARTH_MU), POLE, jnp.asarray(j2))


def orbit(
    perigee: float, apogee: float, inclination: float, anomaly: float = 0.0, node: Any = None
) -> Target:
    """A place on an orbit [m, rad]."""
    given = None if node is None else jnp.asarray(node)
    near, far, tilt, along = (jnp.asarray(x) for x in (perigee, apogee, inclination, anomaly))
    return arrival(near, far, tilt, along, node=given, of_date=OF_DATE, mu=jnp.asarray(EARTH_MU))


def law(burn_model: Burns, target: Target, direction: AbstractDirection | None = None, **more: Any):
    """The law of the first leg, which has its burn lit."""
    return Explicit(
        direction=direction or Primer(),
        burns=burn_model,
        target=target,
        field=more.pop("field", field()),
        active=jnp.asarray(True),
        burn=jnp.asarray(0),
        lit=jnp.asarray(True),
        **more,
    )


def estimate(t: Array, position: Vector, velocity: Vector, sensed: Any = None) -> Estimate:
    up = position.unit()
    east = Vector(-up.y, up.x, 0.0 * up.z, Frame.GCRS)
    return Estimate(t, position, velocity, velocity, velocity, up, east, up.cross(east), sensed)


def place(height: float, latitude: float = 0.0, longitude: float = 0.0) -> np.ndarray:
    """A position on a sphere [m, rad]."""
    across = np.cos(latitude)
    up = [across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)]
    return (EARTH_RADIUS + height) * np.array(up)


def motion(r: np.ndarray, climb: float, level: float, azimuth: float) -> np.ndarray:
    """A velocity [m/s] at an azimuth from north [rad]."""
    up = r / np.linalg.norm(r)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    north = np.cross(up, east)
    return climb * up + level * (np.sin(azimuth) * east + np.cos(azimuth) * north)


@eqx.filter_jit
def fly(  # noqa: PLR0915 - a loop within a loop, written out
    guide: Explicit, legs: Leg, r: Array, v: Array, t: Array, mass: Array, sees: bool
) -> Flown:
    """All legs in turn; their leaves are stacked. What each ended with, on the first axis."""

    def one(now: Flown, leg: Leg) -> tuple[Flown, Flown]:
        own = eqx.tree_at(
            lambda g: (g.burn, g.lit, g.active), guide, (leg.burn, leg.lit, leg.active)
        )
        begun = now.t
        leg = leg._replace(end=jnp.minimum(leg.end, begun + leg.lasts))

        def force(t: Array, mass: Array) -> Array:
            age = t - begun - leg.delay
            up = jnp.where(leg.ramp > 0.0, jnp.clip(age / jnp.maximum(leg.ramp, 1e-9), 0, 1), 1.0)
            share = jnp.where(age >= -1e-9, up, 0.0)
            fading = jnp.clip(1.0 - (t - begun) / jnp.maximum(leg.tail, 1e-9), 0.0, 1.0)
            share = jnp.where(leg.tail > 0.0, fading, share)
            share = share * jnp.where(t >= leg.fails, leg.left, 1.0)
            return share * (mass > leg.dry - 1e-3)

        def rate(t: Array, y: Any, memory: Memory) -> Any:
            x, dx, m = y
            place, moving = vector(x, Frame.GCRS), vector(dx, Frame.GCRS)
            axis = own.command(estimate(t, place, moving), memory).axis
            push = jnp.stack([axis.x, axis.y, axis.z]) * leg.thrust * force(t, m) / m
            pull = guide.field.pull(place)
            return dx, push + jnp.stack([pull.x, pull.y, pull.z]), -leg.flow * force(t, m)

        def going(s: tuple[Flown, Array]) -> Array:
            return ~s[1]

        def step(s: tuple[Flown, Array]) -> tuple[Flown, Array]:
            now, _ = s
            place, moving = (vector(x, Frame.GCRS) for x in (now.position, now.velocity))
            felt = leg.thrust * force(now.t, now.mass) / now.mass
            sensed = Vector(felt, 0.0 * felt, 0.0 * felt, Frame.GCRS) if sees else None
            seen = estimate(now.t, place, moving, sensed)
            memory = own.update(lambda: seen, now.memory)
            changed = memory.epoch != now.memory.epoch
            cut = own.cut_off(memory)
            end = jnp.minimum(jnp.minimum(leg.end, cut), now.t + 2.0)
            wait = jnp.minimum(end, own.deadline(now.t, memory))
            h = jnp.maximum(jnp.where(wait > now.t + 1e-9, wait, end) - now.t, 0.0)
            # Running dry ends a step: what is left, at full flow.
            left = (now.mass - leg.dry) / jnp.maximum(leg.flow, 1e-9)
            h = jnp.where(left > 1e-9, jnp.minimum(h, left), h)
            y = (now.position, now.velocity, now.mass)

            def at(dt: Array, k: Any) -> Any:
                return jax.tree.map(lambda a, b: a + b * dt, y, k)

            k1 = rate(now.t, y, memory)
            k2 = rate(now.t + 0.5 * h, at(0.5 * h, k1), memory)
            k3 = rate(now.t + 0.5 * h, at(0.5 * h, k2), memory)
            k4 = rate(now.t + h, at(h, k3), memory)
            sums = jax.tree.map(lambda a, b, c, d: (a + 2 * b + 2 * c + d) / 6, k1, k2, k3, k4)
            r, v, mass = at(h, sums)
            t = now.t + h
            dry = (mass <= leg.dry + 1e-6) & leg.lit & jnp.isinf(leg.end)
            done = (t >= jnp.minimum(leg.end, cut) - 1e-9) | dry | (t > begun + 4e3)
            missed = now.worst + (changed & (memory.converged < 0.5))
            return Flown(t, r, v, mass, memory, missed, now.updates + changed), done

        mass = jnp.where(jnp.isnan(leg.mass), now.mass - leg.shed, leg.mass)
        entered = now._replace(memory=own.start(now.t, now.memory), mass=mass)
        flown, _ = jax.lax.while_loop(going, step, (entered, jnp.asarray(False)))
        flown = flown._replace(memory=own.finish(flown.t, flown.memory))
        return flown, flown

    none = jnp.asarray(0.0)
    begun = Flown(t, r, v, mass, no_memory(guide.direction, t), none, none)
    return jax.lax.scan(one, begun, legs)[1]


_LEGS = 5  # of each flight, so that all share a compiled loop


class Case(NamedTuple):
    """One flight."""

    guide: Explicit
    legs: list[Leg]
    r: np.ndarray
    v: np.ndarray
    t: float = 0.0


def lane_of(case: Case) -> tuple[Any, ...]:
    """The arguments of `fly`."""
    full = [*case.legs, *[Leg(end=-1.0, active=False)] * (_LEGS - len(case.legs))]
    whole = {"burn": int, "lit": bool, "active": bool}
    rows = [
        Leg(
            *(
                jnp.asarray(x, dtype=whole.get(f, float))
                for f, x in zip(Leg._fields, leg, strict=True)
            )
        )
        for leg in full
    ]
    legs = jax.tree.map(lambda *x: jnp.stack(x), *rows)
    numbers = [jnp.asarray(x, dtype=float) for x in (case.r, case.v, case.t, 1.0)]
    return (case.guide, legs, *numbers)


@eqx.filter_jit
def _together(lanes: Any, sees: bool) -> Flown:
    return jax.vmap(partial(fly, sees=sees))(*lanes)


def _at(ends: Flown, *index: int) -> Flown:
    return jax.tree.map(lambda x: x[index], ends)


def flown(case: Case, *, sees: bool = True) -> list[Flown]:
    """The ends of the legs of one flight, on the host."""
    ends = jax.device_get(partial(fly, sees=sees)(*lane_of(case)))
    return [_at(ends, k) for k in range(len(case.legs))]


def together(cases: dict[str, Case], *, sees: bool = True) -> dict[str, list[Flown]]:
    """The same of many, flown as lanes of one batch."""
    lanes = jax.tree.map(lambda *x: jnp.stack(x), *(lane_of(case) for case in cases.values()))
    ends = jax.device_get(_together(lanes, sees))
    return {
        name: [_at(ends, i, k) for k in range(len(case.legs))]
        for i, (name, case) in enumerate(cases.items())
    }


def kepler(end: Flown) -> dict[str, float]:
    """Perigee and apogee heights [m], inclination, node [rad], radius, speed, flight-path angle."""
    r, v = np.asarray(end.position), np.asarray(end.velocity)
    h = np.cross(r, v)
    e = np.cross(v, h) / EARTH_MU - r / np.linalg.norm(r)
    a = 1.0 / (2.0 / np.linalg.norm(r) - v @ v / EARTH_MU)
    ecc = np.linalg.norm(e)
    found: dict[str, Any] = {
        "perigee": a * (1 - ecc) - EARTH_RADIUS,
        "apogee": a * (1 + ecc) - EARTH_RADIUS,
        "inclination": np.arccos(h[2] / np.linalg.norm(h)),
        "node": np.arctan2(h[0], -h[1]),
        "radius": np.linalg.norm(r),
        "speed": np.linalg.norm(v),
        "angle": np.arcsin(r @ v / np.linalg.norm(r) / np.linalg.norm(v)),
    }
    return {name: float(value) for name, value in found.items()}
