"""From a checked file of kind `body` to models: its configurations, phases, pulses and start.

Every coefficient of every configuration is laid on one grid of angles and Mach numbers, the union
of all nodes: tables are linear between their nodes and flat beyond them, so nothing is lost.
Grids and pulses are padded to powers of two, so that one compiled flight serves many files.
"""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.aerodynamics.coefficients import Coefficients
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.session import require_float64
from yaan.base.tables import Table
from yaan.description import (
    AttitudeSpec,
    BodyAirSpec,
    BodyConfigurationSpec,
    BodyEngineSpec,
    BodyPhaseSpec,
    CoefficientSpec,
    FreeFlight,
    MassPropertiesSpec,
    Plan,
    PulseSpec,
    RateSpec,
    StartSpec,
)
from yaan.description.body import BodyMomentSpec
from yaan.description.body_start import SKY_FRAMES
from yaan.description.broken import Faults
from yaan.dynamics.body import Pulses
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.state import State
from yaan.flight.models.sky import motion_in_the_sky
from yaan.flight.start import moving
from yaan.gnc.pointing import Against, Axes, Facing, Pointing
from yaan.gnc.pointing_control import Aim, PointingControl
from yaan.motion.body_phases import BodyPhases, limits
from yaan.propulsion.failures import LOSING, Failures
from yaan.spacetime.attitude import Angles, from_angles, ned, normalised, orbital_rate, vvlh
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Frame, Vector, vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import NEVER, Configuration, Inertia, MassProperties, Nozzle

TABLES = ("drag", "lift", "side", "roll", "pitch", "yaw")
"""Coefficients that may be tables."""

_LATER = 1e9  # [s] so far apart are knots that only fill a curve up
_BEYOND = 1e3  # [rad] and [1]: padding lies so far past the last node

Grid = NDArray[np.float64]


def build_body(free: FreeFlight) -> Configuration:
    """All configurations, stacked on the first axis of their leaves.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    return stacked(list(free.body.configurations.values()))


def stacked(configurations: Sequence[BodyConfigurationSpec]) -> Configuration:
    """Models of some configurations, stacked on the first axis of their leaves."""
    airs = [c.aerodynamics for c in configurations if c.aerodynamics is not None]
    tables = [t for air in airs for t in (getattr(air, name) for name in TABLES) if t is not None]
    angles = _nodes([table.angle for table in tables])
    machs = _nodes([table.mach for table in tables])
    knots = padded(max(len(_times(c)) for c in configurations))
    motors = padded(max(sum(count for _, count in c.engines) for c in configurations), 1)
    built = [_configuration(c, angles, machs, (knots, motors)) for c in configurations]
    if any(air.symmetric for air in airs):
        told = [c.aerodynamics is not None and c.aerodynamics.symmetric for c in configurations]
        built = [
            eqx.tree_at(lambda b: b.coefficients.round, one, _number(is_round), is_leaf=_is_none)
            for one, is_round in zip(built, told, strict=True)
        ]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *built)


def _configuration(
    spec: BodyConfigurationSpec, angles: Grid, machs: Grid, size: tuple[int, int]
) -> Configuration:
    empty, full = spec.ends()
    light = 0.0
    if spec.radiation is not None:
        light = spec.radiation.area * spec.radiation.reflectivity
    return Configuration(
        empty=_mass_properties(empty),
        full=_mass_properties(full),
        coefficients=_coefficients(spec.aerodynamics, angles, machs),
        nozzle=_nozzle(spec, *size),
        radiation_area=_number(light),
    )


def _mass_properties(spec: MassPropertiesSpec) -> MassProperties:
    # What is never flown as a rigid body turns nothing: any inertia serves.
    tensor = np.eye(3) if spec.inertia is None else np.array(spec.inertia.tensor())
    pairs = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
    return MassProperties(
        mass=_number(spec.mass),
        centre=_body(spec.centre_of_mass),
        inertia=Inertia(*(_number(tensor[pair]) for pair in pairs)),
    )


def _nozzle(spec: BodyConfigurationSpec, knots: int, motors: int) -> Nozzle:
    """The motors of a configuration, their curves on shared knots, padded to `knots`, `motors`."""
    engines = [(one, k, count) for one, count in spec.engines for k in range(count)]
    missing = motors - len(engines)
    times = _times(spec)
    levels = [_levels(engine, times) for engine, *_ in engines]
    levels += [np.full(len(times), 1.0)] * missing
    ends = [engine.curve[-1] for engine, *_ in engines]
    forever = not ends or any(thrust > 0.0 for _, thrust in ends)
    flows = [
        engine.peak / spec.exhaust(engine) if engine.flow is None else engine.flow
        for engine, *_ in engines
    ]
    none = [0.0] * missing
    return Nozzle(
        thrust=_array([engine.peak for engine, *_ in engines] + none),
        exit_area=_array([engine.exit_area for engine, *_ in engines] + none),
        flow=_array(flows + none),
        position=_bodies(
            [_around(engine.position, k / count) for engine, k, count in engines]
            + [[0.0, 0.0, 0.0]] * missing
        ),
        direction=_bodies(
            [_around(_ahead(engine), k / count) for engine, k, count in engines]
            + [[1.0, 0.0, 0.0]] * missing
        ),
        level=_level(times, levels, knots),
        lasts=_number(NEVER if forever else max(time for time, _ in ends)),
        full_flow=_array(
            [(engine.full_flow_thrust or 0.0) / engine.peak for engine, *_ in engines] + none
        ),
    )


def _times(spec: BodyConfigurationSpec) -> list[float]:
    """The knots of all curves of a configuration."""
    return sorted({time for engine, _ in spec.engines for time, _ in engine.curve}) or [0.0]


def _levels(engine: BodyEngineSpec, times: list[float]) -> Grid:
    """The level of an engine at `times` [s]; its last one is held."""
    own, thrusts = (list(column) for column in zip(*engine.curve, strict=True))
    return np.interp(times, own, [thrust / engine.peak for thrust in thrusts])


def _ahead(engine: BodyEngineSpec) -> list[float]:
    """The direction of a thrust, body axes."""
    pitch, yaw = engine.gimbal.pitch, engine.gimbal.yaw
    return [np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), -np.sin(pitch)]


def _around(v: Sequence[float], part: float) -> list[float]:
    """A vector, turned about the x axis by a `part` of the whole way round."""
    if part == 0.0:
        return [*v]
    sine, cosine = np.sin(2.0 * np.pi * part), np.cos(2.0 * np.pi * part)
    return [v[0], cosine * v[1] - sine * v[2], sine * v[1] + cosine * v[2]]


def failing(body: Configuration, faults: Faults, start: float, burnt: float) -> Configuration:
    """A configuration, alone, whose engine fails after `start` [s], when it has `burnt` [kg].

    Of several motors all fail alike. A curve goes on from what has been burnt; its level falls as
    `propulsion.Failures` has it.
    """
    nozzle = jax.tree.map(lambda leaf: leaf[0], body.nozzle)
    age = float(nozzle.age(_number(burnt)))
    lost = [(age + max(time - start, 0.0), left) for time, left in faults.lost]
    columns = (jnp.asarray([one]) for one in zip(*lost, strict=True))
    failures = Failures(*columns)
    times = np.unique([*np.asarray(nozzle.level.nodes), *np.asarray(failures.kinks)])
    share = np.asarray(jax.vmap(failures.share)(jnp.asarray(times)))[:, 0]
    nodes = np.asarray(nozzle.level.nodes)
    level = np.stack([np.interp(times, nodes, row) for row in np.asarray(nozzle.level.values)])
    dead = [at + LOSING for at, left in lost if left <= 0.0]
    bent = eqx.tree_at(
        lambda n: (n.level.nodes, n.level.values, n.lasts),
        nozzle,
        (
            jnp.asarray(times),
            jnp.asarray(level * share),
            _number(min([float(nozzle.lasts), *dead])),
        ),
    )
    return eqx.tree_at(
        lambda b: b.nozzle, body, jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], bent)
    )


def _level(times: list[float], levels: Sequence[Grid], knots: int) -> Table:
    """Curves whose last level is held, with as many knots as all have."""
    missing = knots - len(times)
    nodes = times + [times[-1] + _LATER * (k + 1) for k in range(missing)]
    rows = [np.concatenate([level, np.full(missing, level[-1])]) for level in levels]
    return Table(_array(nodes), jnp.asarray(np.stack(rows)))


def _coefficients(spec: BodyAirSpec | None, angles: Grid, machs: Grid) -> Coefficients:
    tables = {
        name: jnp.asarray(resampled(getattr(spec, name, None), angles, machs)) for name in TABLES
    }
    point = None if spec is None else spec.reference_point
    damping = [0.0] * 3
    span = 0.0
    if spec is not None:
        damping = [spec.damping.roll, spec.damping.pitch, spec.damping.yaw]
        span = spec.span or 0.0
        if spec.symmetric and spec.chord is not None:
            # The planes are alike: yaw is damped as pitch is, on the chord.
            span = spec.span or spec.chord
            damping[2] = spec.damping.pitch * (spec.chord / span) ** 2
    return Coefficients(
        area=_number(0.0 if spec is None else spec.area),
        span=_number(span),
        chord=_number(0.0 if spec is None else spec.chord or 0.0),
        reference=_body(point or [0.0, 0.0, 0.0]),
        about_centre=_number(1.0 if point is None else 0.0),
        angle=jnp.asarray(angles),
        mach=jnp.asarray(machs),
        damping=_body(damping),
        **tables,
    )


def resampled(spec: CoefficientSpec | None, angles: Grid, machs: Grid) -> Grid:
    """A coefficient on the common grid [angles, machs]; zero where there is none."""
    if spec is None:
        return np.zeros((len(angles), len(machs)))
    values = np.asarray(spec.grid, dtype=float)
    if spec.mach is not None:
        values = np.stack([np.interp(machs, spec.mach, row) for row in values])
    if spec.angle is not None:
        columns = [np.interp(angles, spec.angle, column) for column in values.T]
        values = np.stack(columns, axis=1)
    return np.broadcast_to(values, (len(angles), len(machs))).copy()


def _nodes(axes: Sequence[list[float] | None]) -> Grid:
    """The union of the nodes, padded past the last one."""
    nodes = sorted({node for axis in axes if axis is not None for node in axis}) or [0.0]
    missing = padded(len(nodes)) - len(nodes)
    return np.concatenate([nodes, nodes[-1] + _BEYOND * np.arange(1, missing + 1)])


def _is_none(value: object) -> bool:
    return value is None


def padded(count: int, least: int = 2) -> int:
    """The next power of two from `count` on, at least `least`."""
    return max(least, 1 << max(count - 1, 0).bit_length())


def build_phases(free: FreeFlight) -> BodyPhases:
    """The phases in turn."""
    names = list(free.body.configurations)
    return BodyPhases(
        rigid=jnp.asarray([phase.motion == "rigid" for phase in free.phases]),
        pointing=jnp.asarray(
            [int(Pointing[(phase.pointing or "stream").upper()]) for phase in free.phases]
        ),
        configuration=jnp.asarray([names.index(free.configuration_of(p)) for p in free.phases]),
        engine=jnp.asarray([phase.engine == "on" for phase in free.phases]),
        duration=_array([phase.until.duration or np.inf for phase in free.phases]),
        time=_array([phase.until.time or np.inf for phase in free.phases]),
        limits=jnp.stack([limits(**_ends_of(phase)) for phase in free.phases]),
        step=_array([phase.step for phase in free.phases]),
        control=build_control(free.phases),
        **_partings(free),
    )


def _partings(free: FreeFlight) -> dict[str, jax.Array]:
    """Where something leaves, and what flew before; nothing where nothing does."""
    if not any(phase.separates for phase in free.phases):
        return {}
    names = list(free.body.configurations)
    flies = [names.index(free.configuration_of(p)) for p in free.phases]
    return {
        "separates": jnp.asarray([phase.separates for phase in free.phases]),
        "before": jnp.asarray([flies[0], *flies[:-1]]),
    }


def build_control(phases: Sequence[BodyPhaseSpec]) -> PointingControl | None:
    """What turns a body in each phase besides its moments; None where nothing does."""
    if all(phase.control is None for phase in phases):
        return None
    told = [phase.control for phase in phases]
    # Where none is told the limits are zero.
    idle, still = BodyMomentSpec.model_construct(roll=0.0, pitch=0.0, yaw=0.0), Aim.RATES_ONLY
    limits = [idle if one is None else one.moment for one in told]
    return PointingControl(
        aim=jnp.asarray([int(still if one is None else _aim(one.point)) for one in told]),
        frequency=_array([1.0 if one is None else one.frequency for one in told]),
        damping_ratio=_array([1.0 if one is None else one.damping_ratio for one in told]),
        limit=_bodies([[most.roll, most.pitch, most.yaw] for most in limits]),
        held=jax.tree.map(
            lambda *leaves: jnp.stack(leaves),
            *(facing_of(None if one is None else one.attitude, None) for one in told),
        ),
    )


def _aim(point: str) -> Aim:
    return Aim[point.upper().replace("-", "_")]


def _ends_of(phase: BodyPhaseSpec) -> dict[str, float]:
    """The ends of a phase by their names, but for its time."""
    timed = ("duration", "time")
    ends = {key: float(getattr(phase.until, key)) for key in phase.until.given if key not in timed}
    rail = {} if phase.rail is None else {"rail": phase.rail.length, "stuck": 1.0}
    return ends | rail


def build_pulses(free: FreeFlight) -> Pulses:
    """The pulses in the order of the file, followed by some that never come."""
    missing = padded(len(free.pulses)) - len(free.pulses)
    nothing = [[0.0] * 3] * missing
    return Pulses(
        start=_array([pulse.from_ for pulse in free.pulses] + [np.inf] * missing),
        stop=_array([pulse.to for pulse in free.pulses] + [np.inf] * missing),
        force=_bodies([pulse.force for pulse in free.pulses] + nothing),
        torque=_bodies([pulse.torque for pulse in free.pulses] + nothing),
        position=_bodies([pulse.at or [0.0] * 3 for pulse in free.pulses] + nothing),
        about_centre=_array([float(p.at is None) for p in free.pulses] + [1.0] * missing),
        flow=_array([pulse_flow(pulse) for pulse in free.pulses] + [0.0] * missing),
    )


def pulse_flow(pulse: PulseSpec) -> float:
    """Propellant that a pulse burns [kg/s]."""
    if pulse.specific_impulse is None:
        return pulse.flow or 0.0
    return float(np.linalg.norm(pulse.force)) / (pulse.specific_impulse * STANDARD_GRAVITY)


def build_start(free: FreeFlight, world: World) -> State:
    """The state at the epoch, of one lane: its leaves have the lane on their first axis.

    Each configuration has a tank of its own.
    """
    assert free.start is not None
    position, velocity = motion_of(free.start, world, free.plan)
    attitude = attitude_of(free.start, world, position, velocity)
    loads = _array([full.mass - empty.mass for empty, full in _ends(free)])
    state = eqx.tree_at(
        lambda s: (s.attitude, s.rate),
        moving(position, velocity, loads),
        (attitude, rate_of(free.start, world, (position, velocity), attitude)),
    )
    return jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], state)


def _ends(free: FreeFlight) -> list[tuple[MassPropertiesSpec, MassPropertiesSpec]]:
    return [configuration.ends() for configuration in free.body.configurations.values()]


def motion_of(
    start: StartSpec, world: World, plan: Plan, time: float = 0.0
) -> tuple[Vector, Vector]:
    """Position and velocity in GCRS [m, m/s] of what starts at `time` [s]."""
    place, motion = start.position, start.velocity
    t = _number(time)
    to_inertial = world.earth.rotation(t).inverse()
    if start.frame == "gcrs":
        return (
            _vector([place.x, place.y, place.z], Frame.GCRS),
            _vector([motion.x, motion.y, motion.z], Frame.GCRS),
        )
    if start.frame in SKY_FRAMES:
        return motion_in_the_sky(start, plan, time)
    if start.frame == "itrs":
        fixed = _vector([place.x, place.y, place.z], Frame.ITRS)
        moving = _vector([motion.x, motion.y, motion.z], Frame.ITRS)
    else:
        where = Geodetic(*(_number(p) for p in (place.latitude, place.longitude, place.height)))
        fixed = where.position(world.shape)
        level = _vector([motion.north, motion.east, motion.down], Frame.NED)
        moving = ned(where).inverse().apply(level)
    position = to_inertial.apply(fixed)
    spin = to_inertial.apply(world.earth.spin(t))
    return position, to_inertial.apply(moving) + spin.cross(position)


def attitude_of(
    start: StartSpec, world: World, position: Vector, velocity: Vector, time: float = 0.0
) -> Rotation:
    """GCRS to BODY at `time` [s]; where none is given, the first phase points the body anew."""
    given = start.attitude or AttitudeSpec.model_construct(from_="gcrs")
    return _standing(given, world, _number(time), position, velocity)


def _standing(
    given: AttitudeSpec, world: World, t: jax.Array, position: Vector, velocity: Vector
) -> Rotation:
    """GCRS to BODY at `t` [s]."""
    if given.from_ == "gcrs":
        return _turned(given, Frame.GCRS)
    if given.from_ == "vvlh":
        return vvlh(position, velocity).then(_turned(given, Frame.VVLH))
    if given.from_ != "ned":
        around = surroundings(world, t, position, velocity)
        facing = facing_of(given, None)
        return facing.attitude(around, position, velocity, facing.turn)
    to_fixed = world.earth.rotation(t)
    level = ned(geodetic(to_fixed.apply(position), world.shape))
    return to_fixed.then(level).then(_turned(given, Frame.NED))


def facing_of(attitude: AttitudeSpec | None, rate: RateSpec | None) -> Facing:
    """How a body is turned as it begins to turn by itself, by what a phase says of it.

    An attitude that is left out is kept. A rate that is left out is kept too where the attitude is;
    else the body turns with the axes of its attitude: with the stream, the path, the place.
    """
    axes = Axes.KEPT if attitude is None else Axes[attitude.from_.upper()]
    against = Against.KEPT if attitude is None else Against.AXES
    if rate is not None:
        against = Against[rate.against.upper()]
    return Facing(
        axes=jnp.asarray(int(axes)),
        turn=_turned(attitude or AttitudeSpec(), Frame.GCRS),
        against=jnp.asarray(int(against)),
        rate=_body([0.0] * 3 if rate is None else [rate.x, rate.y, rate.z]),
    )


def _turned(given: AttitudeSpec, source: Frame) -> Rotation:
    """The attitude that is given against a frame."""
    if given.quaternion is not None:
        w, x, y, z = (_number(part) for part in given.quaternion)
        return normalised(Rotation(w, x, y, z, source, Frame.BODY))
    angles = Angles(*(_number(a or 0.0) for a in (given.yaw, given.pitch, given.roll)))
    return from_angles(angles, source, (given.order or "yaw-pitch-roll").split("-"))


def rate_of(
    start: StartSpec,
    world: World,
    motion: tuple[Vector, Vector],
    attitude: Rotation,
    time: float = 0.0,
) -> Vector:
    """Against GCRS, in body axes, at `time` [s]: [rad/s]."""
    return _turning(start.rate, world, _number(time), motion, attitude)


def _turning(
    given: RateSpec,
    world: World,
    t: jax.Array,
    motion: tuple[Vector, Vector],
    attitude: Rotation,
) -> Vector:
    """Against GCRS at `t` [s], in body axes [rad/s]."""
    rate = _body([given.x, given.y, given.z])
    if given.against == "gcrs":
        return rate
    if given.against == "vvlh":
        return rate + attitude.apply(orbital_rate(*motion))
    return rate + attitude.apply(world.earth.rotation(t).inverse().apply(world.earth.spin(t)))


def _number(value: ArrayLike | None) -> jax.Array:
    assert value is not None
    return jnp.asarray(value, dtype=float)


def _array(values: Sequence[float]) -> jax.Array:
    return jnp.asarray(np.asarray(values, dtype=float))


def _vector(values: Sequence[float | None], frame: Frame) -> Vector:
    x, y, z = (_number(value) for value in values)
    return Vector(x, y, z, frame)


def _body(values: Sequence[float]) -> Vector:
    return _vector(values, Frame.BODY)


def _bodies(rows: Sequence[Sequence[float]]) -> Vector:
    return vector(jnp.asarray(np.asarray(rows, dtype=float)), Frame.BODY)
