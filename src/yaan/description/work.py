"""How long a checked file will take to fly: a lower bound of its steps, and a rough time.

Steps are counted from what the file gives: steps, durations, times that surely lie apart, burns.
Where a height ends a phase of an ascent nothing is counted.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from yaan.base import format_quantity
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.description.body import MOST_ROWS
from yaan.description.craft import CapsuleSpec
from yaan.description.interface import InterfaceSpec
from yaan.description.landing import EntryPhaseSpec
from yaan.description.plan import Ascent, EntryFlight, FreeFlight, Plan, ReturnFlight
from yaan.description.quantity import Mistake
from yaan.description.steering import PhaseSpec
from yaan.description.thrust import burn_time

_SCALE_HEIGHT: Final = 7.2e3  # [m], assumed: that of the lowest 80 km on average
_GROUND_AIR: Final = 1.225  # [kg/m^3], US Standard Atmosphere 1976
_TIMEOUT: Final = 5_700.0
"""Of an entry [s]: `yaan.motion.entry.TIMEOUT`."""

_CANOPIES: Final = 15e3
"""Height above which no canopy is open [m]."""

LONG: Final = 30.0
"""What takes longer [s] is told before it begins."""

MOST_ASCENT_STEPS: Final = 20_000
"""Of one phase of an ascent: `yaan.motion.powered.MAX_STEPS`."""

_CIRCULAR: Final = 7.9e3  # [m/s] near the Earth
_LONGEST_BURN: Final = 20_000.0  # [s] of one stage: some hundredths of its weight as thrust
_EVALUATIONS: Final = {"rk4": 4, "dop853": 12}  # of a step
_FORCES: Final = 7e-6  # [s] of one evaluation, on a processor of 2024
_DEGREE: Final = 0.017e-6  # [s] times the square of the degree of gravity
_ASCENT: Final = 0.9e-3  # [s] of one step of the flight in all that a search flies
_EARLY: Final = {"heat_flux_below", "dynamic_pressure_below", "height_above", "aligned"}
_RUNGS: Final = 10  # times as many flights as a search that succeeds
_ENTRY: Final = 0.4e-3  # [s] of one step of the entry in all that is flown of it
_ENTRY_FORCES: Final = 8.0  # evaluations of a step, with those of its shadow
_ORBIT: Final = 0.15e-3  # [s] of one step of sixteen orbits


@dataclass(frozen=True)
class Work:
    """What a flight costs, at least."""

    steps: float
    seconds: float

    @property
    def words(self) -> str:
        """As it is told before a long flight; nothing of a short one."""
        if self.seconds <= LONG:
            return ""
        return f"{_count(self.steps)} steps, roughly {_duration(self.seconds)} or more"


def work_of(plan: Plan) -> Work:
    """What a flight costs, at least."""
    parts = [
        _of_free(plan.free_flight),
        _of_entry(plan),
        _of_ascent(plan.ascent),
        _of_return(plan.return_flight),
    ]
    return Work(sum(part.steps for part in parts), sum(part.seconds for part in parts))


def _of_free(free: FreeFlight | None) -> Work:
    if free is None:
        return Work(0.0, 0.0)
    plan = free.plan
    steps = sum((p.until.duration or 0.0) / p.step for p in free.phases) + _fall(free)
    degree = plan.environment.gravity.degree
    one = _EVALUATIONS[plan.method] * (_FORCES + _DEGREE * degree**2)
    return Work(steps, steps * one)


def _of_entry(plan: Plan) -> Work:
    """Of an entry from an interface."""
    entering, start = plan.entry_flight, plan.start
    if entering is None or not isinstance(start, InterfaceSpec):
        return Work(0.0, 0.0)
    steps = _entry_length(entering, start) / _entry_step(entering.entry)
    gravity = _ENTRY_FORCES * _DEGREE * plan.environment.gravity.degree**2
    return Work(steps, steps * (_ENTRY + gravity))


def _of_ascent(ascent: Ascent | None) -> Work:
    steps = 0.0 if ascent is None else sum(_ascent_steps(ascent))
    return Work(steps, steps * _ASCENT)


def _of_return(asked: ReturnFlight | None) -> Work:
    if asked is None:
        return Work(0.0, 0.0)
    orbit, entry = asked.landing.time / asked.orbit.step, asked.entry
    lasts = max(
        _airless(entry.interface_height - entry.floor, _CIRCULAR, asked.deorbit.entry_angle),
        _sinking(asked.spacecraft.capsule, entry.floor),
    )
    steps = lasts / _entry_step(entry)
    return Work(orbit + steps, orbit * _ORBIT + steps * _ENTRY)


def _entry_step(entry: EntryPhaseSpec) -> float:
    """The step that an entry is flown with [s]."""
    return entry.attitude_step if entry.motion == "rigid" else entry.step


def _ascent_steps(ascent: Ascent) -> Iterator[float]:
    """About how many steps each phase of an ascent takes; where only a height ends it, none."""
    start, lit = 0.0, dict[str, float]()  # [s] when each stage was lit
    for phase in ascent.phases:
        until = phase.until
        lit |= dict.fromkeys(phase.ignite, start)
        burns = {name: at + burn_time(ascent.vehicle.stages[name]) for name, at in lit.items()}
        ends = [until.time, None if until.duration is None else start + until.duration]
        ends.append(burns.get(until.depleted or ""))
        ends.append(max((burns[name] for name in phase.ignite), default=None))
        stop = max(min((end for end in ends if end is not None), default=start), start)
        steps = (stop - start) / (phase.step or ascent.plan.step)
        # A search whose flights end there goes on to its last rung.
        yield steps if steps <= MOST_ASCENT_STEPS else MOST_ASCENT_STEPS * _RUNGS
        # What may end early leaves its time to the phase that follows.
        start = start if until.model_fields_set & _EARLY else stop


def _fall(free: FreeFlight) -> float:
    """Steps of a first phase that only a height ends, at least: those of a fall without air."""
    first, start = free.phases[0], free.start
    if start is None:
        return 0.0
    top, down, end = start.position.height, start.velocity.down, first.until.height_below
    alone = first.until.given == ["height_below"]
    if not alone or top is None or down is None or end is None:
        return 0.0
    below = max(top - end, 0.0)
    return (math.sqrt(down**2 + 2.0 * STANDARD_GRAVITY * below) - down) / (
        STANDARD_GRAVITY * first.step
    )


def work_mistakes(plan: Plan) -> Iterator[Mistake]:
    """Steps so short that a leg surely uses up all that it may take."""
    ascent, asked = plan.ascent, plan.return_flight
    if ascent is not None:
        yield from _ascent_mistakes(ascent)
        yield from _thrust_mistakes(ascent)
    if asked is not None:
        yield from _orbit_mistakes(asked)


def _lengths(ascent: Ascent) -> Iterator[tuple[PhaseSpec, float]]:
    """Each phase and how long it lasts at least [s]."""
    latest = 0.0
    for phase in ascent.phases:
        until = phase.until
        alone = len(until.model_fields_set) == 1
        least = 0.0
        if alone and until.time is not None:
            least = max(0.0, until.time - latest)
        elif alone and until.duration is not None:
            least = until.duration
        elif alone and until.depleted in phase.ignite:
            least = burn_time(ascent.vehicle.stages[until.depleted])
        ends = [until.time, None if until.duration is None else latest + until.duration]
        latest = min((end for end in ends if end is not None), default=float("inf"))
        yield phase, least


def _ascent_mistakes(ascent: Ascent) -> Iterator[Mistake]:
    told = False
    for k, (phase, least) in enumerate(_lengths(ascent)):
        step = phase.step or ascent.plan.step
        if least / step <= MOST_ASCENT_STEPS or (phase.step is None and told):
            continue
        told = told or phase.step is None
        at = ("step",) if phase.step is None else ("phases", k, "step")
        yield _too_short(at, least, step, MOST_ASCENT_STEPS, f"phase {phase.name}")


def _thrust_mistakes(ascent: Ascent) -> Iterator[Mistake]:
    """Stages that would burn for longer than an ascent can be flown."""
    for name, stage in ascent.vehicle.stages.items():
        burn = burn_time(stage)
        if burn > _LONGEST_BURN and stage.engine.thrust is not None:
            at = ("vehicle", "stages", name, "engine", "thrust")
            expected = f"a thrust that burns the propellant of {name} within {_LONGEST_BURN:g} s"
            yield Mistake(at, expected, f"it would burn for {burn:.3g} s, and an ascent is shorter")


def _orbit_mistakes(asked: ReturnFlight) -> Iterator[Mistake]:
    step, whole, at = asked.orbit.step, asked.landing.time, ("orbit", "step")
    if whole / step > MOST_ROWS:
        yield _too_short(at, whole, step, MOST_ROWS, "the flight to landing.time")


def _entry_length(entering: EntryFlight, start: InterfaceSpec) -> float:
    """How long the entry lasts at least [s]: a fall without air, or one at its terminal speed.

    What stays up longer than the patience with entries has timed out by then.
    """
    sinking = _sinking(entering.capsule, entering.entry.floor)
    coming = start.flight_path_angle < 0.0
    falling = _airless(_top(start), start.speed, start.flight_path_angle)
    return min(max(falling, sinking if coming else 0.0), _TIMEOUT)


def _top(at: InterfaceSpec) -> float:
    return at.height if at.height is not None else (at.radius or EARTH_RADIUS) - EARTH_RADIUS


def _sinking(capsule: CapsuleSpec, floor: float) -> float:
    """How long a capsule without lift sinks through air that thins evenly, where it comes down [s].

    Down to its canopies if it has some. The speed grows by e within two scale heights.
    """
    floor = _CANOPIES if capsule.parachutes is not None else floor
    drag = capsule.area * min(capsule.aerodynamics.drag)
    air = _GROUND_AIR * math.exp(-floor / _SCALE_HEIGHT)
    terminal = math.sqrt(2.0 * capsule.mass * STANDARD_GRAVITY / (air * max(drag, 1e-9)))
    return 2.0 * _SCALE_HEIGHT / terminal


def _airless(height: float, speed: float, angle: float) -> float:
    """How long a fall of a height [m] takes without air, at a speed [m/s] and a path angle [s]."""
    sinking = -speed * math.sin(angle)
    level = speed * math.cos(angle)
    pull = STANDARD_GRAVITY - level**2 / EARTH_RADIUS
    if pull <= 0.0:
        return height / sinking if sinking > 0.0 else 0.0
    return (math.sqrt(sinking**2 + 2.0 * pull * max(height, 0.0)) - sinking) / pull


def _too_short(
    at: tuple[str | int, ...], length: float, step: float, most: int, what: str
) -> Mistake:
    least = format_quantity(length / most, "s", digits=2)
    hint = f"{what} lasts {length:.0f} s at least, which would be {_count(length / step)} steps"
    return Mistake(at, f"a step of at least {least}, of which at most {most} are flown", hint)


def _count(steps: float) -> str:
    return f"{steps / 1e6:.1f} million" if steps >= 1e6 else f"{steps:,.0f}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60.0:.0f} minutes" if seconds >= 90.0 else f"{seconds:.0f} s"
