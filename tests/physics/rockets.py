"""Small worlds and rockets of which the answer is known without flying them."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.aerodynamics import ForceTable
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import World
from yaan.environment import (
    AbstractAtmosphere,
    AbstractGravity,
    AbstractWind,
    NoAtmosphere,
    NoWind,
    PointGravity,
)
from yaan.flight.recording import columns_of
from yaan.flight.start import OnPad
from yaan.gnc import Aims, Law, Steering
from yaan.motion.base import AbstractMotion, Leg, Legs, rows_of
from yaan.motion.powered import ascend
from yaan.motion.powered_phases import End, Extras, Phases
from yaan.propulsion import Engines
from yaan.spacetime.earth import EarthRotation, Geodetic, uniform_rotation
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle import Launcher

_rows = eqx.filter_jit(rows_of)


def still_earth() -> EarthRotation:
    """An Earth that does not turn: ITRS and GCRS are one."""
    scalar = jnp.asarray(0.0)
    of_date = Rotation(scalar + 1.0, scalar, scalar, scalar, Frame.GCRS, Frame.CIRS)
    return EarthRotation(600.0, jnp.asarray([[1.0, 0, 0, 0, 0, 0, 0]]), of_date)


def world(
    gravity: AbstractGravity | None = None,
    *,
    atmosphere: AbstractAtmosphere | None = None,
    wind: AbstractWind | None = None,
    earth: EarthRotation | None = None,
) -> World:
    """A point mass that turns uniformly, in a vacuum, unless told otherwise."""
    gravity = gravity or PointGravity(EARTH_MU)
    return World(
        gravity=gravity,
        atmosphere=atmosphere or NoAtmosphere(),
        wind=wind or NoWind(),
        earth=earth or uniform_rotation(duration=600.0),
        mu=gravity.mu,
    )


def free_space() -> World:
    """No gravity, no air, nothing that turns."""
    return world(PointGravity(0.0), earth=still_earth())


def engines(*stages: dict[str, Any]) -> Engines:
    """Engines of stages given by `thrust` [N] and `isp` [s], or `curve` as (times, thrusts)."""
    curves = [s.get("curve") or ([0.0, 1e-3], [0.0, s["thrust"]]) for s in stages]
    knots = max((len(times) for times, _ in curves), default=1) + 1
    rows = [
        (
            np.concatenate([times, times[-1] + 1e6 * np.arange(1, knots - len(times) + 1)]),
            np.concatenate([thrusts, np.full(knots - len(thrusts), thrusts[-1])]),
        )
        for times, thrusts in curves
    ]

    def column(name: str, default: float) -> jax.Array:
        return jnp.asarray([float(s.get(name, default)) for s in stages])

    return Engines(
        times=jnp.asarray([times for times, _ in rows]).reshape(-1, knots),
        thrusts=jnp.asarray([thrusts for _, thrusts in rows]).reshape(-1, knots),
        isp=column("isp", 300.0),
        exit_area=column("exit_area", 0.0),
        full_flow_thrust=column("full_flow_thrust", 1e-3),
        ignition_delay=column("ignition_delay", 0.0),
        tail_off=column("tail_off", 0.0),
    )


def force_tables(axial: float = 0.0, normal: float = 0.0, area: float = 1.0) -> ForceTable:
    """One configuration with coefficients that hold everywhere but for `normal` at zero angle."""
    two = jnp.asarray([0.0, 1.0])
    one = ForceTable(
        angles=two,
        mach=two,
        axial=jnp.full((2, 2), axial),
        normal=jnp.asarray([[0.0, 0.0], [normal, normal]]),
        reference_area=jnp.asarray(area),
    )
    return stacked(one)


def launcher(
    *stages: dict[str, Any], payload: float = 0.0, table: ForceTable | None = None
) -> Launcher:
    """A launcher of stages with `propellant` and `dry` [kg] and one payload [kg]."""
    return Launcher(
        engines=engines(*stages),
        propellant=jnp.asarray([float(s["propellant"]) for s in stages]),
        dry_mass=jnp.asarray([float(s["dry"]) for s in stages]),
        item_mass=jnp.asarray([payload]),
        configurations=table or force_tables(),
    )


def phases(*rows: dict[str, Any], stages: int = 1) -> Phases:
    """Phases by what differs from a vertical one without an end of its own.

    `ends` are members of `End` with their thresholds, and len(End) + i for the depletion of stage
    i; `throttle`, `least`, `load_limit` and the fields of `aims` make extras of all phases.
    """
    none = np.zeros(stages, dtype=bool)
    usual: dict[str, Any] = {
        "law": Law.VERTICAL,
        "programme": 0,
        "begins": False,
        "continuous": False,
        "ignite": none,
        "shut_down": none,
        "stages_aboard": ~none,
        "items_aboard": np.ones(1, dtype=bool),
        "configuration": 0,
        "time": np.inf,
        "duration": np.inf,
        "timeout": 4e3,
        "ends": {End.STRUCK: 1.0},
        "overdraws": none,
        "on_pad": False,
        "step": 1.0,
        "exists": True,
    }
    more = any(set(row) - set(usual) or _uncommon(row) for row in rows)
    full = []
    for row in rows:
        one: dict[str, Any] = {**usual, **{k: v for k, v in row.items() if k in usual}}
        wanted, given = np.zeros(len(End) + stages, dtype=bool), np.ones(len(End))
        for end, threshold in one["ends"].items():
            wanted[end] = True
            given[int(end) : int(end) + 1] = threshold
        one |= {"ends": wanted, "thresholds": given, "law": int(one["law"])}
        one["extras"] = _extras(row, stages) if more else None
        full.append(Phases(**one))
    return jax.tree.map(lambda *leaves: jnp.asarray(np.stack(leaves)), *full)


def _uncommon(row: dict[str, Any]) -> bool:
    ends = [end for end in row.get("ends", {}) if end < len(End)]
    return row.get("law", 0) > Law.LINEAR_TANGENT or max(ends, default=0) > End.LIFT_OFF


def _extras(row: dict[str, Any], stages: int) -> Extras:
    throttle: Any = np.asarray(row.get("throttle", np.ones(stages)), dtype=float)
    aims: dict[str, Any] = {
        "elevation": 0.0,
        "azimuth": 0.0,
        "times": np.array([0.0, 1e6]),
        "elevations": np.zeros(2),
        "azimuths": np.zeros(2),
        "follows": False,
        "since_phase": False,
    }
    given = Aims(**{key: row.get(key, value) for key, value in aims.items()})
    least: Any = np.asarray(row.get("least", throttle), dtype=float)
    return Extras(given, throttle, least, row.get("load_limit", np.inf))


def steering(
    kick: float = 0.0,
    azimuth: float = np.pi / 2,
    yaw: float = 0.0,
    tangent: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 0.0),),
) -> Steering:
    """Steering constants [rad]; `tangent` is a, b, c by programme."""
    return Steering(*(jnp.asarray(v) for v in (kick, azimuth, yaw, tangent)))


def pad(latitude: float = 0.0, longitude: float = 0.0, height: float = 0.0) -> Geodetic:
    """A place [rad, m]."""
    return Geodetic(jnp.asarray(latitude), jnp.asarray(longitude), jnp.asarray(height))


def array(v: Vector) -> jax.Array:
    """The components of a vector on a last axis, traced or not."""
    return jnp.stack([v.x, v.y, v.z], axis=-1)


def stacked(*trees: Any) -> Any:
    """Lanes of a batch from one tree each."""
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def columns(motion: AbstractMotion, leg: Leg, lane: int = 0) -> dict[str, np.ndarray]:
    """Columns of the written rows of one lane, and their time; `motion` is that of all lanes."""
    bare = eqx.tree_at(lambda m: m.world, motion, None)
    one, tape = jax.tree.map(lambda leaf: jnp.asarray(leaf)[lane], (bare, leg.tape))
    of_lane = eqx.tree_at(lambda m: m.world, one, motion.world, is_leaf=lambda x: x is None)
    seen = columns_of(_rows(of_lane, tape)) | {"time": np.asarray(tape.t)}
    assert int(tape.count) <= len(tape.t)
    return {name: column[: int(tape.count)] for name, column in seen.items()}


@eqx.filter_jit
def fly(
    place: World,
    vehicle: Launcher,
    plan: Phases,
    constants: Steering,
    site: Geodetic,
    *,
    tolerance: float = 1.0,
) -> Legs:
    """The phases of each lane, in turn from its pad, [phases, lanes, ...]."""
    start = jax.vmap(lambda here, loads: OnPad(here).state(place, loads))(site, vehicle.propellant)
    return ascend(place, vehicle, plan, constants, start, tolerance=tolerance)[0]


def flown(
    place: World,
    vehicle: Launcher,
    plan: Phases,
    constants: Steering | None = None,
    site: Geodetic | None = None,
) -> Legs:
    """One flight; the legs are [phases, ...]."""
    lane = stacked((vehicle, plan, constants or steering(), site or pad()))
    return jax.tree.map(lambda leaf: leaf[:, 0], fly(place, *lane))
