"""From a checked mission file to models of the launcher and its pad: SI numbers into PyTrees."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from yaan.aerodynamics.tables import ForceTable
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import (
    AeroTableSpec,
    Ascent,
    EngineSpec,
    PadSpec,
    StageSpec,
    VehicleSpec,
)
from yaan.flight.models.off_design import mixture, throttle_map
from yaan.flight.start import AbstractStart, OnPad
from yaan.propulsion.engine import Engines
from yaan.spacetime.earth import Geodetic
from yaan.vehicle.launcher import Launcher

_NEVER_FLOWING = 1e-3  # [N] back pressure is never reduced

_LAST_NORTH = 0.5 * np.pi - 1e-6  # [rad], six metres from a pole


@dataclass(frozen=True)
class Vehicle:
    """The launcher's model and the names of its entries."""

    launcher: Launcher
    stages: tuple[str, ...]
    items: tuple[str, ...]
    shapes: tuple[str, ...]
    """The stage or part whose force table each configuration is."""


MODULE = "service_module"
"""What a spacecraft burns from, and leaves before its entry."""


@dataclass(frozen=True)
class Stack:
    """All that lifts off, by the names of its tanks and parts: the order of a state's columns."""

    tanks: tuple[str, ...]
    parts: tuple[str, ...]
    loads: tuple[float, ...]
    """What is in the tanks at lift-off [kg]."""
    payload: tuple[str, ...]
    """The parts that the launcher brings to orbit."""

    def tank(self, name: str) -> int:
        """Where a tank is in a state."""
        return self.tanks.index(name)

    def part(self, name: str) -> int:
        """Where a part is in a state."""
        return self.parts.index(name)

    def of(self, parts: Iterable[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where parts are, and their tanks."""
        wanted = set(parts)
        names = [name for name in self.parts if name in wanted]
        tanks = tuple(self.tank(name) for name in names if name in self.tanks)
        return tuple(self.part(name) for name in names), tanks

    @property
    def launcher(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What the payload leaves behind: parts and tanks."""
        return self.of(name for name in self.parts if name not in self.payload)

    @property
    def empty(self) -> tuple[np.ndarray, np.ndarray]:
        """Tanks without propellant, and all parts aboard."""
        return np.zeros(len(self.tanks)), np.ones(len(self.parts), dtype=bool)


def stack_of(ascent: Ascent) -> Stack:
    """The launcher with its payload: a spacecraft of two parts where the file tells of one."""
    vehicle, craft = ascent.vehicle, ascent.plan.spacecraft
    loads = {name: stage.count * stage.usable for name, stage in vehicle.stages.items()}
    payload = ("payload",)
    if craft is not None:
        payload = (MODULE, "capsule")
        loads[MODULE] = craft.service_module.propellant
    parts = (*vehicle.stages, *vehicle.parts, *payload)
    return Stack(tuple(loads), parts, tuple(loads.values()), payload)


def build_start(ascent: Ascent) -> AbstractStart:
    """Where a launch begins: on its pad."""
    return pad_of(ascent.pad)


def pad_of(pad: PadSpec) -> AbstractStart:
    """At rest on a pad.

    On the Earth's axis there is no north that an azimuth could count from: a pad there stands a
    few metres off it, on its own meridian, where rounding does not choose the heading.
    """
    site = pad.site
    latitude = np.clip(site.latitude, -_LAST_NORTH, _LAST_NORTH)
    place = (latitude, site.longitude, site.height)
    return OnPad(Geodetic(*(np.asarray(x) for x in place)))


def build_vehicle(spec: VehicleSpec) -> Vehicle:
    """The launcher with everything that can be dropped, and what is carried to the end."""
    stages = spec.stages
    shapes = {
        name: part.aerodynamics
        for name, part in [*stages.items(), *spec.parts.items()]
        if part.aerodynamics is not None
    }
    items = {name: part.mass for name, part in spec.parts.items()}
    items["payload"] = spec.payload.mass
    scales = spec.aerodynamics
    tables = [
        (shape.table, shape.reference_area, scales.axial_scale, scales.normal_scale)
        for shape in shapes.values()
    ]
    launcher = Launcher(
        engines=_engines(list(stages.values())),
        propellant=_array([s.usable * s.count for s in stages.values()]),
        dry_mass=_array([s.burnt_out * s.count for s in stages.values()]),
        item_mass=_array(list(items.values())),
        configurations=_force_tables(tables),
    )
    return Vehicle(launcher, tuple(stages), tuple(items), tuple(shapes))


def _array(values: list[float]) -> np.ndarray:
    return np.asarray(values, dtype=float)


def thrust_curve(engine: EngineSpec) -> tuple[np.ndarray, np.ndarray]:
    """Knots [s] and vacuum thrust [N] of one engine, before its delay."""
    if engine.thrust_curve is not None:
        times = np.array([t for t, _ in engine.thrust_curve])
        shape = np.array([f for _, f in engine.thrust_curve])
        assert engine.impulse is not None
        return times, shape * (engine.impulse / np.trapezoid(shape, times))
    assert engine.thrust is not None
    times, shares = zip(*engine.rise, strict=True)
    return np.array(times), np.array(shares) * engine.thrust


def _engines(stages: list[StageSpec]) -> Engines:
    curves = [(t, f * s.stronger) for s in stages for t, f in [thrust_curve(s.engine)]]
    knots = max((len(times) for times, _ in curves), default=1) + 1
    times, thrusts = np.zeros((len(stages), knots)), np.zeros((len(stages), knots))
    for i, (t, f) in enumerate(curves):
        missing = knots - len(t)
        # Padding follows the last knot and holds its thrust.
        times[i] = np.concatenate([t, t[-1] + 1e6 * np.arange(1, missing + 1)])
        thrusts[i] = np.concatenate([f, np.full(missing, f[-1])])
    engines = np.array([s.count * s.engine_count for s in stages], dtype=float)
    full = [s.engine.full_flow_thrust or _NEVER_FLOWING for s in stages]
    return Engines(
        times=times,
        thrusts=thrusts * engines[:, None],
        isp=_array([s.isp for s in stages]),
        exit_area=_array([s.engine.exit_area for s in stages]) * engines,
        full_flow_thrust=_array(full) * engines,
        ignition_delay=_array([s.engine.ignition_delay for s in stages]),
        tail_off=_array([s.engine.fall for s in stages]),
        throttle=throttle_map(stages),
        mixture=mixture(stages),
    )


def _force_tables(tables: list[tuple[AeroTableSpec, float, float, float]]) -> ForceTable:
    """Tables stacked; shorter ones are padded past their ends with their last values."""
    if not tables:
        one, two = np.zeros((1, 1)), np.asarray([[0.0, 1.0]])
        return ForceTable(two, two, np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), one[0])
    angles = max(len(t.angle_of_attack) for t, *_ in tables)
    machs = max(len(t.mach) for t, *_ in tables)

    def padded(values: list[float], length: int) -> np.ndarray:
        missing = length - len(values)
        return np.concatenate([values, values[-1] + 1e3 * np.arange(1, missing + 1)])

    def spread(rows: list[list[float]]) -> np.ndarray:
        block = np.asarray(rows, dtype=float)
        missing = ((0, angles - block.shape[0]), (0, machs - block.shape[1]))
        return np.pad(block, missing, mode="edge")

    return ForceTable(
        angles=np.asarray([padded(t.angle_of_attack, angles) for t, *_ in tables]),
        mach=np.asarray([padded(t.mach, machs) for t, *_ in tables]),
        axial=np.asarray([spread(t.axial_force) * a for t, _, a, _ in tables]),
        normal=np.asarray([spread(t.normal_force) * n for t, _, _, n in tables]),
        reference_area=np.asarray([area for _, area, _, _ in tables]),
    )


def payload_beyond(spec: VehicleSpec, dropped: Collection[str], stage: str) -> float:
    """Mass that `stage` carries to its own cut-off [kg]: itself dry and all that is not dropped."""
    stages = sum(
        s.count * s.burnt_out for n, s in spec.stages.items() if n == stage or n not in dropped
    )
    parts = sum(p.mass for n, p in spec.parts.items() if n not in dropped)
    return stages + parts + spec.payload.mass


def burn_time(spec: StageSpec, mass_more: float = 0.0) -> float:
    """Time to burn the stage's propellant and `mass_more` [kg] at full thrust [s]."""
    times, thrusts = thrust_curve(spec.engine)
    if spec.engine.thrust_curve is not None:
        return float(times[-1])
    thrust = spec.engine_count * thrusts[-1] * spec.stronger
    flow = thrust / (spec.isp * STANDARD_GRAVITY)
    return float(times[-1] + (spec.usable + mass_more / spec.count) / flow)
