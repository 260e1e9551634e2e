"""What a checked mission says of its thrust: peaks of curves, and what is rarely meant."""

import itertools
from typing import Final

from yaan.base import format_quantity
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description.plan import Ascent
from yaan.description.vehicle import EngineSpec, StageSpec

MOST_TO_ORBIT: Final = 5.0
"""Thrust to weight at lift-off above which a launcher to an orbit is worth a note."""

MOST_OF_ALL: Final = 30.0
"""The same where no orbit is asked for."""

_APART: Final = 1.25  # times: so far may an impulse be from that of its propellant


def peak_thrust(engine: EngineSpec) -> float:
    """Largest vacuum thrust of one engine [N]."""
    if engine.thrust_curve is None or engine.impulse is None:
        return engine.thrust or 0.0
    pairs = itertools.pairwise(engine.thrust_curve)
    area = sum(0.5 * (f + g) * (u - t) for (t, f), (u, g) in pairs)
    return max(f for _, f in engine.thrust_curve) * engine.impulse / area


def burn_time(stage: StageSpec) -> float:
    """How long a stage burns at its full thrust [s]."""
    engine = stage.engine
    if engine.thrust_curve is not None:
        return engine.thrust_curve[-1][0]
    held = stage.usable * stage.isp * STANDARD_GRAVITY
    return held / (stage.engine_count * peak_thrust(engine) * stage.stronger)


def thrust_notes(ascent: Ascent) -> list[str]:
    """Notes on the thrust, each with the key to look at."""
    notes = [
        note for name, stage in ascent.vehicle.stages.items() for note in _curve_notes(name, stage)
    ]
    ratio, most = lift_off_ratio(ascent), MOST_OF_ALL
    if any(phase.until.orbit for phase in ascent.phases):
        most = MOST_TO_ORBIT
    if ratio > most:
        keys = " and ".join(_key(name, stage) for name, stage in _lit(ascent).items())
        notes.append(
            f"Thrust is {ratio:.1f} times the weight at lift-off, and rarely above {most:g}: "
            f"check {keys} against the masses."
        )
    elif ratio < 1.0:
        keys = " and ".join(_key(name, stage) for name, stage in _lit(ascent).items())
        notes.append(
            f"Thrust is {ratio:.2g} times the weight at lift-off, which does not lift it: "
            f"check {keys} against the masses."
        )
    return notes


def lift_off_ratio(ascent: Ascent) -> float:
    """Peak vacuum thrust of what is lit first over the weight of all."""
    thrust = sum(s.count * s.engine_count * peak_thrust(s.engine) for s in _lit(ascent).values())
    return thrust / (lift_off_mass(ascent) * STANDARD_GRAVITY)


def lift_off_mass(ascent: Ascent) -> float:
    """Mass of all that lifts off [kg]."""
    vehicle = ascent.vehicle
    stages = sum(s.count * (s.propellant + s.dry_mass) for s in vehicle.stages.values())
    return stages + sum(part.mass for part in vehicle.parts.values()) + vehicle.payload.mass


def _lit(ascent: Ascent) -> dict[str, StageSpec]:
    """The stages that the first phase lights."""
    return {name: ascent.vehicle.stages[name] for name in ascent.phases[0].ignite}


def _key(name: str, stage: StageSpec) -> str:
    what = "thrust" if stage.engine.thrust_curve is None else "impulse"
    return f"vehicle.stages.{name}.engine.{what}"


def _curve_notes(name: str, stage: StageSpec) -> list[str]:
    """A curve's peak, where its impulse is not that of the propellant."""
    engine = stage.engine
    if engine.impulse is None:
        return []
    given = engine.impulse * stage.engine_count
    held = stage.propellant * engine.isp * STANDARD_GRAVITY
    if 1.0 / _APART <= given / held <= _APART:
        return []
    return [
        f"{_key(name, stage)}: {format_quantity(given, 'MN s', digits=5)} is {given / held:.2f} "
        f"times what the propellant gives at its specific impulse; scaled to it, thrust_curve "
        f"peaks at {format_quantity(peak_thrust(engine), 'kN', digits=5)}."
    ]
