"""What a reader of a checked file should know: ratios that are rarely meant.

Every value lies within the bounds of its key. A slip of a thousand shows in a ratio of two; as a
light body may be meant, it is told and flown.
"""

import itertools
import math
from collections.abc import Iterator
from typing import Final

from yaan.base import format_quantity
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description.body_shape import BodyConfigurationSpec
from yaan.description.craft import CapsuleSpec, SpacecraftSpec
from yaan.description.off_design import surfaced
from yaan.description.plan import Ascent, Plan
from yaan.description.steering import PhaseSpec
from yaan.description.thrust import MOST_OF_ALL, lift_off_mass, peak_thrust, thrust_notes
from yaan.description.vehicle import VehicleSpec

Range = tuple[float, float]

_CAPSULE: Final[Range] = (10.0, 3e3)
"""Mass over disc [kg/m^2]: 40 of an inflatable shield, 90 to 130 of probes, 500 to 800 of crews."""

_GYRATION: Final[Range] = (0.03, 1.0)
"""Radius of gyration over diameter: 0.25 to 0.35 of capsules."""

_NOSE: Final[Range] = (0.02, 20.0)  # radius over diameter: 1.2 of blunt capsules
_TURNING: Final[Range] = (1e-3, 10.0)  # moment over inertia [rad/s^2]: 0.05 to 0.2 of most
_BALLISTIC: Final[Range] = (10.0, 2e4)  # [kg/m^2] of a payload
_CROSS_SECTION: Final[Range] = (5.0, 2e4)
"""Mass over drag area in orbit [kg/m^2]: 100 of small satellites, 300 of a station."""

_STRUCTURE: Final[Range] = (0.02, 0.95)
"""Dry over loaded mass of a stage: 0.04 of the best, half of small sounding rockets."""

_OWN: Final[Range] = (0.03, 200.0)
"""Thrust over the weight of a stage itself: 0.5 to 3 of most, 40 of small motors."""

_PAYLOAD: Final[Range] = (1e-4, 0.95)  # of the mass at lift-off: 0.0002 of the first satellites
_PART: Final[Range] = (0.0, 0.5)  # likewise
_WIDTH: Final[Range] = (30.0, 3e5)
"""Mass of a stage over its reference area [kg/m^2]: 300 of sounding rockets, 3e4 of the largest."""

_MANOEUVRE: Final[Range] = (1e-3, 10.0)  # thrust over weight of a spacecraft
_SPHERE: Final[Range] = (3.0, 2e5)
"""Mass over a sphere of the reference area [kg/m^3]: 20,000 of slender rockets, 5 of a balloon."""

_EXHAUST: Final[Range] = (500.0, 5500.0)
"""Impulse over propellant [m/s]: 800 of black powder, 2,700 of large solids, 4,500 of hydrogen."""

_BURNT: Final[Range] = (0.97, 1.03)  # of the propellant by a curve and its specific impulse

_LENGTH: Final[Range] = (0.02, 200.0)  # reference length over the root of the reference area


def notes_of(plan: Plan) -> list[str]:
    """Notes on a plan, each with the key to look at."""
    ascent, asked, entering, free = (
        plan.ascent,
        plan.return_flight,
        plan.entry_flight,
        plan.free_flight,
    )
    notes = [*_of_own(plan), *_of_mixtures(plan), *_of_nozzles(plan), *_of_tails(plan)]
    notes += _of_guidance(plan)
    if ascent is not None:
        notes += [*thrust_notes(ascent), *_of_stages(ascent), *_of_payload(ascent)]
    if asked is not None and ascent is not None:
        notes += _of_spacecraft(asked.spacecraft, ascent.vehicle.payload.mass)
    if entering is not None:
        key = "capsule" if asked is None else "spacecraft.capsule"
        notes += _of_capsule(key, entering.capsule)
    if free is not None:
        configurations = free.body.configurations.items()
        notes += [note for name, one in configurations for note in _of_configuration(name, one)]
    return notes


def _of_guidance(plan: Plan) -> Iterator[str]:
    """Laws and navigation of a file that guide nothing of its flight."""
    guidance, entering = plan.guidance, plan.entry_flight
    if guidance is None:
        if plan.navigation is not None:
            yield "navigation guides nothing here: the flight is open loop."
        return
    law = guidance.entry
    aimed = law is not None and (law.own is not None or law.law != "open-loop")
    if aimed and entering is not None and entering.entry.motion == "rigid":
        yield (
            "guidance.entry guides a point: a rigid entry (entry.motion) flies the designed bank"
            " by time."
        )


def _of_own(plan: Plan) -> Iterator[str]:
    for word, name in plan.own_models.items():
        yield (
            f"The {word} is a model of the user's own, {name}: the mission's file names it and"
            " does not hold it, so that it alone does not fly this again."
        )


def _of_nozzles(plan: Plan) -> Iterator[str]:
    """A design that could tell an exit area, and does not, since the file has an isp of its own."""
    stages = plan.vehicle.stages if isinstance(plan.vehicle, VehicleSpec) else {}
    for name, stage in stages.items():
        engine = stage.engine
        known = "exit_area" in engine.model_fields_set or engine.exit_area > 0.0
        if not known and surfaced(engine.design) is not None:
            yield (
                f"vehicle.stages.{name}.engine.exit_area is left out beside an isp: back pressure "
                "is left out. Without both they are derived from its design."
            )


def _of_mixtures(plan: Plan) -> Iterator[str]:
    """What stays in a tank because an engine burns at another ratio than the tanks hold."""
    stages = plan.vehicle.stages if isinstance(plan.vehicle, VehicleSpec) else {}
    for name, stage in stages.items():
        found = stage.outage
        if found is None or not found.dry:
            continue
        oxidiser, fuel = stage.engine.names
        dry, left = (oxidiser, fuel) if found.dry == "oxidiser" else (fuel, oxidiser)
        kept = format_quantity(stage.count * found.left, "kg", digits=4)
        yield (
            f"vehicle.stages.{name}.engine.mixture: {dry} runs out first; {kept} of {left} stay "
            "aboard, and are flown as dead mass."
        )


def _of_tails(plan: Plan) -> Iterator[str]:
    """A tail-off behind a load limit, which knows no throttle to begin at."""
    stages = plan.vehicle.stages if isinstance(plan.vehicle, VehicleSpec) else {}
    able = {n for n, s in stages.items() if s.engine.throttle and s.engine.fall > 0.0}
    phases = [one for one in plan.phases if isinstance(one, PhaseSpec)]
    for now, after in itertools.pairwise(phases):
        for name in after.shut_down:
            if name in able and now.load_limit is not None:
                share = (
                    f"{now.throttle[name]:g} of its thrust"
                    if name in now.throttle
                    else "full thrust"
                )
                yield (
                    f"phases.{after.name}: the tail-off of {name} begins at {share}, and its load"
                    f" with it, whatever the load_limit of {now.name}: a tail_off of 0 s has none."
                )


def _of_capsule(key: str, capsule: CapsuleSpec) -> Iterator[str]:
    told = f"{key}.mass over the disc of {key}.diameter is"
    yield from _ratio(told, capsule.mass / capsule.area, _CAPSULE, "kg/m2")
    told = f"{key}.nose_radius over {key}.diameter is"
    yield from _ratio(told, capsule.nose_radius / capsule.diameter, _NOSE)
    if capsule.rigid is None:
        return
    inertia, moment = capsule.rigid.inertia.tensor(), capsule.rigid.control.moment
    for i, (axis, name) in enumerate(zip("xyz", ("roll", "pitch", "yaw"), strict=True)):
        turning = getattr(moment, name) / inertia[i][i]
        if turning > 0.0:
            told = f"{key}.rigid.control.moment.{name} over the inertia about {axis} is"
            yield from _ratio(told, turning, _TURNING, "rad/s2")
        gyration = math.sqrt(inertia[i][i] / capsule.mass) / capsule.diameter
        told = f"{key}.rigid.inertia gives a radius of gyration about {axis} of"
        yield from _ratio(told, gyration, _GYRATION, "diameters")


def _of_payload(ascent: Ascent) -> Iterator[str]:
    whole, vehicle = lift_off_mass(ascent), ascent.vehicle
    told = "vehicle.payload.mass over the mass at lift-off is"
    yield from _ratio(told, vehicle.payload.mass / whole, _PAYLOAD)
    for name, part in vehicle.parts.items():
        told = f"vehicle.parts.{name}.mass over the mass at lift-off is"
        yield from _ratio(told, part.mass / whole, _PART)
    reserve = ascent.plan.reserve
    if reserve is not None and reserve.stage in vehicle.stages:
        told = "reserve.propellant over that of its stage is"
        held = vehicle.stages[reserve.stage]
        yield from _ratio(told, reserve.propellant / (held.count * held.propellant), _PART)
    ballistic = ascent.vehicle.payload.ballistic_coefficient
    if ballistic is not None:
        told = "vehicle.payload.ballistic_coefficient is"
        yield from _ratio(told, ballistic, _BALLISTIC, "kg/m2")


def _of_stages(ascent: Ascent) -> Iterator[str]:
    for name, stage in ascent.vehicle.stages.items():
        key, loaded = f"vehicle.stages.{name}", stage.dry_mass + stage.propellant
        told = f"{key}.dry_mass over that with {key}.propellant is"
        yield from _ratio(told, stage.dry_mass / loaded, _STRUCTURE)
        if stage.aerodynamics is not None:
            told = f"{key}, over its aerodynamics.reference_area, has"
            width = stage.count * loaded / stage.aerodynamics.reference_area
            yield from _ratio(told, width, _WIDTH, "kg/m2")
        thrust = stage.engine_count * peak_thrust(stage.engine)
        what = "thrust" if stage.engine.thrust_curve is None else "impulse"
        told = f"{key}.engine.{what} gives a thrust over the weight of the stage itself of"
        yield from _ratio(told, thrust / (loaded * STANDARD_GRAVITY), _OWN)


def _of_spacecraft(craft: SpacecraftSpec, mass: float) -> Iterator[str]:
    module = craft.service_module
    told = "spacecraft.service_module.engine.thrust, of all engines, over the payload's weight is"
    thrust = module.engines * module.engine.thrust
    yield from _ratio(told, thrust / (mass * STANDARD_GRAVITY), _MANOEUVRE)
    if craft.drag_area > 0.0:
        told = "vehicle.payload.mass over spacecraft.drag_area is"
        yield from _ratio(told, mass / craft.drag_area, _CROSS_SECTION, "kg/m2")


def _of_motors(key: str, one: BodyConfigurationSpec) -> Iterator[str]:
    empty, full = one.ends()
    held, engines = full.mass - empty.mass, one.engines
    if not engines:
        return
    curves = [(engine, count) for engine, count in engines if engine.thrust_curve is not None]
    what = "vacuum_thrust" if not curves else "thrust_curve, at its peak,"
    at = f"{key}.engine.{what}" if one.engine is not None else f"{key}.motors, together at peak,"
    peak = sum(engine.peak * count for engine, count in engines)
    told = f"{at} over the weight of {key}.full.mass is"
    yield from _ratio(told, peak / (full.mass * STANDARD_GRAVITY), (0.0, MOST_OF_ALL))
    if len(curves) < len(engines) or held <= 0.0:
        return
    given = sum(engine.given * count for engine, count in curves)
    at = f"{key}.engine.thrust_curve" if one.engine is not None else f"{key}.motors"
    yield from _ratio(
        f"{at} over the propellant gives an exhaust velocity of", given / held, _EXHAUST, "m/s"
    )
    if all(engine.specific_impulse is not None for engine, _ in curves):
        told = f"{at} at its specific_impulse burns, of what is loaded,"
        burnt = sum(engine.given * count / one.exhaust(engine) for engine, count in curves)
        yield from _ratio(told, burnt / held, _BURNT)


def _of_configuration(name: str, one: BodyConfigurationSpec) -> Iterator[str]:
    key, (empty, full) = f"body.configurations.{name}", one.ends()
    mass = f"{key}.mass" if one.mass is not None else f"{key}.full.mass"
    yield from _of_motors(key, one)
    if one.mass is None:
        told = f"{key}.empty.mass over {mass} is"
        yield from _ratio(told, empty.mass / full.mass, (_STRUCTURE[0], math.inf))
    if one.aerodynamics is not None:
        sphere = 4.0 / 3.0 / math.sqrt(math.pi) * one.aerodynamics.area**1.5
        told = f"{mass} in a sphere of the cross section {key}.aerodynamics.area has"
        yield from _ratio(told, full.mass / sphere, _SPHERE, "kg/m3")
        for length in ("span", "chord"):
            told = f"{key}.aerodynamics.{length} over the root of its area is"
            size = getattr(one.aerodynamics, length)
            if size is not None:
                yield from _ratio(told, size / math.sqrt(one.aerodynamics.area), _LENGTH)


def _ratio(told: str, value: float, usual: Range, unit: str = "") -> Iterator[str]:
    """The note on a ratio that lies outside what is usual."""
    low, high = usual
    if low <= value <= high:
        return
    bound = f"below {_number(low)}" if value < low else f"above {_number(high)}"
    yield f"{told} {_number(value)}{unit and ' '}{unit}, and rarely {bound}: check the units."


def _number(value: float) -> str:
    return f"{value:.3g}"
