"""The summary of a flight: everything that is told in numbers, as plain data.

Keys are SI unless they end in `_deg` or `_g`. The same input gives the same summary, so no
time of day and no time spent is in it.
"""

from importlib.metadata import version
from typing import Any

import numpy as np

from yaan.analysis import budget, search
from yaan.analysis.conclusion import conclude
from yaan.analysis.event import degrees, entry, in_time, told_elements, told_peak
from yaan.analysis.flown import Climb, Flown
from yaan.analysis.integration import judge_integration, tell_integration
from yaan.analysis.published import compare_published, judge_published
from yaan.analysis.return_summary import tell_return
from yaan.analysis.sensitivity import Effect, Ranked
from yaan.analysis.verdict import judge, outcome
from yaan.analysis.verdict_return import judge_return
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.provenance import Provenance
from yaan.base.units import format_quantity
from yaan.crew import grade, load_limits
from yaan.description import (
    Ascent,
    AtmosphereSpec,
    EarthSpec,
    EnvironmentSpec,
    Plan,
    Return,
    WindSpec,
)
from yaan.design.dogleg import DogLeg
from yaan.design.steer import Steered
from yaan.results.extremes import peak
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History

SCHEMA = 1
_IGNITION = "ignition"


def summarise_ascent(flown: Flown, climb: Climb) -> dict[str, Any]:
    """`summary.json` of a launch, and of the return that follows it."""
    plan, ascent, steered, history = flown.plan, climb.ascent, climb.steered, climb.history
    masses, closure = budget.mass_ledger(ascent, history, steered)
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "flight",
        "mission": plan.name,
        "title": plan.title,
        "yaan": version("yaan"),
        "profile": climb.profile,
        "epoch": plan.epoch,
        "outcome": outcome(ascent, steered, stopped=flown.stopped),
        "liftoff": _liftoff(steered, history),
        "steering": _steering(steered, climb.dog_leg),
        "orbit": _orbit(steered),
        "target": {
            "perigee": ascent.target.perigee,
            "apogee": ascent.target.apogee,
            "inclination_deg": degrees(ascent.target.inclination),
        },
        "timeline": _timeline(steered, history),
        "peaks": _peaks(history),
        "mass_ledger": masses,
        "mass_closure": closure,
        "propellant": budget.propellant(ascent, steered),
        "velocity_ledger": budget.velocity_ledger(history, steered),
        "crew": _crew(plan, history),
        "abort": _abort(climb),
        "profiles": {name: _profile(climb, name) for name in climb.profiles},
        "assumptions": [told_assumption(r) for r in flown.ranked],
        "sources": told_sources(flown.provenance),
        "notes": flown.notes,
        "models": models(ascent),
        "integration": tell_integration(flown.errors, plan.integration),
    }
    asked = plan.homeward
    if flown.home is not None:
        tell_return(flown, body)
    elif flown.lost and body["outcome"]["code"] == OutcomeCode.REACHED.word:
        body["outcome"] = {"code": OutcomeCode.NOT_FOUND.word, "text": flown.lost, "shortfall": 0.0}
    body["published"] = compare_published(plan, body)
    body["verdicts"] = [
        *judge(ascent, steered, body),
        *(judge_return(body, hung=_hung(asked), home=True) if asked is not None else []),
        *judge_integration(body),
        *judge_published(body),
    ]
    body["outcome"] = conclude(body["outcome"], body["verdicts"], plan.title or plan.name)
    return body


def told_sources(provenance: Provenance) -> list[dict[str, Any]]:
    """Where every block's numbers come from."""
    return [
        {"key": s.key, "source": s.text, "file": s.file, "line": s.line} for s in provenance.sources
    ]


def _hung(asked: Return) -> bool:
    """Whether it comes down under parachutes."""
    return asked.spacecraft.capsule.parachutes is not None


def _liftoff(steered: Steered, history: History) -> dict[str, Any]:
    # Thrust has come up, and little has burnt yet.
    early = history["time"] <= 1.0  # [s]
    weight = history["mass"][early] * STANDARD_GRAVITY
    ratio = np.max(history["thrust"][early] / weight)
    return {
        "mass": float(history["mass"][0]),
        "thrust_to_weight": float(ratio),
        "azimuth_deg": degrees(steered.flat[1]),
    }


def _steering(steered: Steered, dog_leg: DogLeg | None) -> dict[str, Any]:
    flat, sequence, legs = steered.flat, steered.task.sequence, steered.lane.legs
    programmes = {}
    for name in sequence.programmes:
        used = [k for k, leg in enumerate(sequence.legs) if leg.phase.steer.programme == name]
        if not used:
            continue
        a, b, c = (float(v) for v in np.asarray(legs.inner.memory.coefficients)[used[0]])
        programmes[name] = {
            "start": float(legs.inner.memory.origin[used[0]]),
            "a": a,
            "b": b,
            "c": c,
        }
    misses = [
        {"target": t.name, "miss": float(m * t.scale), "unit": t.unit}
        for t, m in zip(steered.task.aim.targets, steered.solution.misses, strict=True)
    ]
    return {
        "kick_deg": degrees(flat[0]),
        "azimuth_deg": degrees(flat[1]),
        "yaw_deg": degrees(flat[2]),
        "programmes": programmes,
        "misses": misses,
        "batches": steered.solution.batches,
        "attempts": search.told(steered.solution.attempts),
        "at_bounds": [unknown.name for unknown, _ in steered.at_bounds],
        "dog_leg": None
        if dog_leg is None
        else {
            "price": dog_leg.price,
            "straight_azimuth_deg": degrees(dog_leg.azimuth),
            "straight_inclination_deg": degrees(dog_leg.inclination),
        },
        "coasts": {
            name: float(d)
            for name, d in zip(
                sequence.coasts, steered.task.aim.base.durations(steered.solution.x), strict=True
            )
        },
    }


def _orbit(steered: Steered) -> dict[str, Any] | None:
    leg = steered.task.sequence.orbit_leg
    if leg is None:
        return None
    frame = "true equator of date (CIRS), osculating at cut-off, above 6378.137 km"
    return told_elements(steered.batch.elements(0, leg), frame)


def _timeline(steered: Steered, history: History) -> list[dict[str, Any]]:
    rows = [entry(history, 0, 0, _IGNITION, "", "event")]
    legs = steered.task.sequence.legs
    spans = budget.leg_rows(history, steered)
    for i, (leg, (_, last)) in enumerate(zip(legs, spans, strict=False)):
        after = spans[i + 1][0] if i + 1 < len(spans) else last
        if leg.event is not None:
            rows.append(entry(history, last, after, leg.event, leg.phase.name, "event"))
    for name, column in (
        ("maximum dynamic pressure", "dynamic_pressure"),
        ("maximum load", "load"),
        ("highest point", "height"),
    ):
        found = peak(history["time"], history[column])
        if name != "highest point" or 0 < found.row < len(history) - 1:
            rows.append(told_peak(history, found, name))
    return in_time(rows)


def _peaks(history: History) -> dict[str, Any]:
    h = history
    columns = ("dynamic_pressure", "load", "heat_flux")
    q, load, flux = (peak(h["time"], h[column]) for column in columns)
    return {
        "dynamic_pressure": {
            "time": q.time,
            "value": q.value,
            "mach": float(h["mach"][q.row]),
            "height": float(h["height"][q.row]),
        },
        "load": {"time": load.time, "value_g": load.value},
        "heat_flux": {"time": flux.time, "value": flux.value},
    }


def _crew(plan: Plan, history: History) -> dict[str, Any] | None:
    if plan.crew is None:
        return None
    loads = np.stack([history[f"load_{axis}"] for axis in "xyz"], axis=1)
    axes = grade(history["time"], loads, load_limits(), plan.crew.condition)
    return {"condition": plan.crew.condition, "axes": [axis.row() for axis in axes]}


def _abort(climb: Climb) -> dict[str, Any] | None:
    beta = climb.ascent.vehicle.payload.ballistic_coefficient
    if not climb.aborts or beta is None:
        return None
    worst = {}
    for name, fall in climb.aborts.items():
        time, load = fall.worst
        released, release = fall.worst_release
        worst[name] = {
            "peak_load_g_max": load,
            "time_of_max": time,
            "release_load_g_max": release,
            "time_of_release_max": released,
            "canopies_until": fall.canopies_until,
            "not_flown": int(np.sum(~fall.flown)),
        }
    return {"ballistic_coefficient": beta, "profiles": worst}


def _profile(climb: Climb, name: str) -> dict[str, Any]:
    steered, history = climb.profiles[name], climb.histories[name]
    leg, stage = steered.task.aim.saves
    ends = steered.batch.ends
    fall = climb.aborts.get(name)
    return {
        "title": climb.ascent.steering.profiles[name].title,
        "met": steered.solution.met,
        "cut_off": float(ends.time[0, leg]),
        "separation": float(history["time"][-1]),
        "propellant_left": float(ends.propellant[0, leg, stage]),
        "max_dynamic_pressure": peak(history["time"], history["dynamic_pressure"]).value,
        "max_load_g": peak(history["time"], history["load"]).value,
        "apex_height": float(np.max(history["height"])),
        "abort_load_g": None if fall is None else fall.worst[1],
    }


def _effect(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None:
        return None
    return {
        "propellant_left": effect.propellant_left,
        "cut_off": effect.cut_off,
        "max_load_g": effect.max_load,
        "abort_load_g": effect.abort_load,
    }


def told_assumption(ranked: Ranked) -> dict[str, Any]:
    """An assumption and what it moves."""
    a = ranked.assumption
    return {
        "key": a.key,
        "file": a.file,
        "line": a.line,
        "value": a.value,
        "low": a.low_text,
        "high": a.high_text,
        "why": a.why,
        "effect": {"low": _effect(ranked.low), "high": _effect(ranked.high)},
        "rank": ranked.rank,
    }


def world_models(env: EnvironmentSpec, landing: WindSpec | None = None) -> list[dict[str, str]]:
    """The models of the world, and what each ignores; `landing` has a wind of its own or none."""
    missed = [body.capitalize() for body in ("sun", "moon") if body not in env.third_bodies]
    told = [
        {"name": "gravity", "text": _gravity_text(env), "ignores": ", ".join([*missed, "tides"])},
        {
            "name": "Earth",
            "text": _earth_text(env.earth),
            "ignores": "diurnal and semidiurnal tides",
        },
        {
            "name": "atmosphere",
            "text": _air_text(env.atmosphere),
            "ignores": "weather, season, latitude and solar activity",
        },
        {
            "name": "wind",
            "text": _wind_text(env.wind, landing),
            "ignores": "gusts and vertical wind",
        },
    ]
    if env.radiation:
        text = "pressure of sunlight at the mean of the solar constant, with the Earth's shadow"
        light = {"name": "sunlight", "text": text, "ignores": "light and heat from the Earth"}
        told.append(light)
    return told


def _wind_text(pad: WindSpec, landing: WindSpec | None) -> str:
    texts = ["none" if wind.calm else "from the file" for wind in (pad, landing or pad)]
    if landing is None:
        return texts[0]
    return f"{texts[0]} in the ascent, {texts[1]} on the way home"


def _gravity_text(env: EnvironmentSpec) -> str:
    field = env.gravity.field
    name = field.name.upper() if field.name is not None else "a field from the file"
    others = " and ".join(body.capitalize() for body in env.third_bodies)
    return f"{name} to degree {env.gravity.degree}{', with ' if others else ''}{others}"


def _earth_text(spec: EarthSpec) -> str:
    text = {
        "iers": "IERS 2010 conventions by ERFA, orientation from IERS Bulletin A",
        "uniform": "uniform spin about the z axis",
        "still": "an Earth that does not turn",
        "iau1980": "IAU 1976 precession and IAU 1980 nutation by ERFA, from J2000",
    }[spec.rotation]
    if spec.shape == EarthSpec().shape:
        return text
    kind = "a sphere" if spec.shape.flattening == 0.0 else "an ellipsoid"
    return f"{text}; {kind} of {format_quantity(spec.shape.radius, 'km')}"


def _air_text(spec: AtmosphereSpec) -> str:
    if spec.density is not None:
        return f"{format_quantity(spec.density, 'kg/m3')} everywhere"
    if spec.model is None:
        return "a table from the file"
    return spec.model if spec.model == "none" else spec.model.upper()


def _fall_model(ascent: Ascent) -> list[dict[str, str]]:
    if ascent.vehicle.payload.ballistic_coefficient is None:
        return []
    text = "drag by ballistic coefficient, point-mass and J2 gravity, to 7 km"
    ignored = "lift, escape motors, abort burn, heating"
    return [{"name": "unpowered fall", "text": text, "ignores": ignored}]


def models(ascent: Ascent) -> list[dict[str, str]]:
    """The models that flew, and what each ignores."""
    plan = ascent.plan
    step = format_quantity(plan.step, "s")
    return [
        *world_models(plan.environment, None if plan.landing is None else plan.landing.wind),
        {
            "name": "launcher",
            "text": "point mass; thrust by curve less back pressure, flow by specific impulse",
            "ignores": "rotation, slosh, thrust misalignment, jettison impulses, residuals",
        },
        {
            "name": "aerodynamics",
            "text": "axial and normal force by Mach number and angle of attack",
            "ignores": "plume, roll, Reynolds number",
        },
        {
            "name": "steering",
            "text": "vertical rise, pitch-over, gravity turn, linear tangent; constants solved",
            "ignores": "limits on attitude rate, navigation errors",
        },
        *_fall_model(ascent),
        {
            "name": "integrator",
            "text": f"Runge-Kutta 4, steps of {step} or the phase's own at most, shorter where"
            " their error asks for it; events landed to 0.1 ns",
            "ignores": "",
        },
    ]
