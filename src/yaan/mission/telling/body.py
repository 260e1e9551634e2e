"""The summary of a body's flight, from a file of kind `body`."""

from importlib.metadata import version
from typing import Any

import numpy as np

from yaan.base.units import format_quantity
from yaan.mission.account import assumptions, sources
from yaan.mission.flight.body import FlownBody
from yaan.mission.flight.rank import Ranked
from yaan.mission.model.world import epoch_of
from yaan.mission.spec import BodyFlightSpec, BodyPhaseSpec
from yaan.mission.telling.body_ledger import legs_of, mass_ledger, propellant
from yaan.mission.telling.body_tables import judge_tables
from yaan.mission.telling.moment import degrees, entry, event
from yaan.mission.telling.published import compare_published
from yaan.mission.telling.summary import SCHEMA, told_assumption, world_models
from yaan.mission.telling.verdict import verdict
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History

_NOTHING = 1e-12  # of what a peak would be of: nothing acts

CLOSE = 1e-9
"""The mass ledger closes within this share of the mass."""

_ADVICE = {
    OutcomeCode.STRUCK_GROUND: "End the phase earlier, or at a height with `until.height_below`",
    OutcomeCode.OUT_OF_STEPS: "Enlarge the phase's `step`, or give its `until` a duration",
}


def summarise_body(flown: FlownBody) -> dict[str, Any]:
    """`summary.json` of a body's flight."""
    spec, history = flown.spec, flown.history
    masses, closure = mass_ledger(spec, history)
    tables, notes = judge_tables(flown)
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "flight",
        "mission": spec.name,
        "title": spec.title,
        "yaan": version("yaan"),
        "epoch": spec.epoch,
        "spans": {"body": [float(history["time"][0]), float(history["time"][-1])]},
        "outcome": outcome(flown),
        "timeline": timeline(spec, history),
        "start": state_at(flown, 0),
        "end": state_at(flown, len(history) - 1),
        "peaks": peaks(history),
        "phases": phase_rows(flown),
        "mass_ledger": masses,
        "mass_closure": closure,
        "propellant": propellant(spec, history),
        "assumptions": [
            told_assumption(Ranked([a.key], a, rank=i + 1))
            for i, a in enumerate(assumptions(flown.tree))
        ],
        "sources": [
            {"key": s.key, "source": s.text, "file": s.file, "line": s.line}
            for s in sources(flown.tree)
        ],
        "notes": notes,
        "models": models(spec),
    }
    body["published"] = compare_published(spec, body)
    body["verdicts"] = [*tables, *_ledger_verdict(body), *_published_verdict(body)]
    return body


def outcome(flown: FlownBody) -> dict[str, Any]:
    """How the flight ended: a word and a sentence."""
    for phase, code in zip(flown.spec.phases, flown.outcomes, strict=True):
        if code is OutcomeCode.REACHED:
            continue
        text = code.sentence(phase.name)
        if code in _ADVICE:
            text = f"{text.split('. ')[0].rstrip('.')}. {_ADVICE[code]}."
        return {"code": code.word, "text": text, "shortfall": 0.0}
    h = flown.history
    end = float(h["height"][-1])
    height = f"{end / 1e3:.3f} km" if abs(end) >= 1e4 else f"{end:.2f} m"
    speed = f"{float(h['speed_relative'][-1]):.2f} m/s"
    text = (
        f"{flown.spec.title or flown.spec.name}: flown for {float(h['time'][-1]):g} s, to a height"
        f" of {height} and {speed} against the Earth."
    )
    return {"code": OutcomeCode.REACHED.word, "text": text, "shortfall": 0.0}


def timeline(spec: BodyFlightSpec, history: History) -> list[dict[str, Any]]:
    """Events and peaks in the order of time."""
    last = len(history) - 1
    rows = [entry(history, 0, 0, "start", "", "event")]
    for index, _, end in legs_of(history):
        after = min(end + 1, last)
        name = spec.phases[index].name
        rows.append(entry(history, end, after, f"{name}-end", name, "event"))
    for pulse in spec.pulses:
        for word, time in (("on", pulse.from_), ("off", pulse.to)):
            if time <= history["time"][-1] + 1e-9:
                rows.append(event(history, time, f"{pulse.name}-{word}", ""))
    highest = int(np.argmax(history["height"]))
    if 0 < highest < last:
        rows.append(entry(history, highest, highest, "apex", "", "event"))
    for name, values in (
        ("maximum dynamic pressure", history["dynamic_pressure"]),
        ("maximum load", history["load"]),
        ("maximum rate", rate_of(history)),
    ):
        row = int(np.argmax(values))
        if 0 < row < last and values[row] > _NOTHING:
            rows.append(entry(history, row, row, name, "", "peak"))
    return sorted(rows, key=lambda r: (r["time"], r["kind"]))


def rate_of(history: History) -> np.ndarray:
    """Size of the rate against GCRS [rad/s]."""
    return np.linalg.norm(history["rate_body"], axis=1)


def state_at(flown: FlownBody, row: int) -> dict[str, Any]:
    """The whole state of a row, in full digits: SI, and degrees where the key says so."""
    h = flown.history
    time = float(h["time"][row])
    return {
        "time": time,
        "utc": (epoch_of(flown.spec) + time).iso(),
        "phase": h.phases[int(h["phase"][row])],
        "position_gcrs": _plain(h["position_gcrs"][row]),
        "velocity_gcrs": _plain(h["velocity_gcrs"][row]),
        "position_itrs": _plain(h["position_itrs"][row]),
        "velocity_itrs": _plain(velocity_itrs(h, row)),
        "latitude_deg": degrees(h["latitude"][row]),
        "longitude_deg": degrees(h["longitude"][row]),
        "height": float(h["height"][row]),
        "velocity_ned": _plain(h["velocity_ned"][row]),
        "quaternion": _plain(h["attitude"][row]),
        "matrix": [_plain(line) for line in matrix(h["attitude"][row])],
        "yaw_deg": degrees(h["yaw"][row]),
        "pitch_deg": degrees(h["pitch_body"][row]),
        "roll_deg": degrees(h["roll"][row]),
        "rate_body": _plain(h["rate_body"][row]),
        "mass": float(h["mass"][row]),
    }


def _plain(values: np.ndarray) -> list[float]:
    return [float(value) for value in values]


def velocity_itrs(history: History, row: int) -> np.ndarray:
    """Velocity against the turning Earth in ITRS [m/s]."""
    north, east, down = history["velocity_ned"][row]
    latitude, longitude = history["latitude"][row], history["longitude"][row]
    slat, clat = np.sin(latitude), np.cos(latitude)
    slon, clon = np.sin(longitude), np.cos(longitude)
    return (
        north * np.array([-slat * clon, -slat * slon, clat])
        + east * np.array([-slon, clon, 0.0])
        - down * np.array([clat * clon, clat * slon, slat])
    )


def matrix(q: np.ndarray) -> np.ndarray:
    """Direction cosines [3, 3] of a unit quaternion: GCRS components to body components."""
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def peaks(history: History) -> dict[str, Any]:
    """The largest dynamic pressure, load and rate, and the highest point."""
    h, rate = history, rate_of(history)
    q, load, turn = (int(np.argmax(v)) for v in (h["dynamic_pressure"], h["load"], rate))
    high = int(np.argmax(h["height"]))
    return {
        "dynamic_pressure": {
            "time": float(h["time"][q]),
            "value": float(h["dynamic_pressure"][q]),
            "mach": float(h["mach"][q]),
            "height": float(h["height"][q]),
        },
        "load": {"time": float(h["time"][load]), "value_g": float(h["load"][load])},
        "rate": {"time": float(h["time"][turn]), "value_deg": degrees(rate[turn])},
        "height": {"time": float(h["time"][high]), "value": float(h["height"][high])},
    }


def phase_rows(flown: FlownBody) -> list[dict[str, Any]]:
    """Each phase: what flew, how, from when to when, by what steps, and how it ended."""
    legs, spec = flown.legs, flown.spec
    return [
        {
            "phase": phase.name,
            "configuration": spec.configuration_of(phase),
            "motion": phase.motion,
            "pointing": phase.pointing or "stream" if phase.motion == "point" else None,
            "engine": phase.engine,
            "start": float(legs.start[k]),
            "end": float(legs.stop[k]),
            "steps": int(legs.steps[k]),
            "step": phase.step,
            "outcome": code.word,
        }
        for k, (phase, code) in enumerate(zip(spec.phases, flown.outcomes, strict=True))
    ]


def _ledger_verdict(body: dict[str, Any]) -> list[dict[str, Any]]:
    if not body["propellant"]:
        return []
    mass, closure = body["mass_ledger"][0]["mass"], body["mass_closure"]
    limit, words = f"{CLOSE:g} of the mass", "What the mass ledger leaves unexplained."
    value = f"{closure:.3g} kg of {mass:g} kg"
    return [verdict("ledgers close", closure <= CLOSE * mass, value, limit, words)]


def _published_verdict(body: dict[str, Any]) -> list[dict[str, Any]]:
    judged = [row for row in body["published"] if row["within"] is not None]
    if not judged:
        return []
    outside = [row["what"] for row in judged if not row["within"]]
    value = f"{len(judged) - len(outside)} of {len(judged)} within"
    words = f"Outside: {', '.join(outside)}." if outside else "Those with a tolerance."
    limit = "every one within its tolerance"
    return [verdict("published figures", not outside, value, limit, words)]


def models(spec: BodyFlightSpec) -> list[dict[str, str]]:
    """The models that flew, and what each ignores."""
    motions = {phase.motion for phase in spec.phases}
    told = world_models(spec.environment)
    if "rigid" in motions:
        text = "rigid body: quaternion and rate against GCRS; inertia linear in the propellant"
        ignored = "slosh, flexibility, the centre of mass moving within the body"
        told.append({"name": "body", "text": text, "ignores": ignored})
    if "point" in motions:
        text = "point mass whose axes are prescribed: into the stream, held, or kept to a frame"
        told.append({"name": "point", "text": text, "ignores": "moments, and what turns the axes"})
    if any(c.aerodynamics is not None for c in spec.body.configurations.values()):
        text = "coefficients by angle and Mach number, linear between nodes; damping by rate"
        ignored = "coupling of the two angles beyond the drag's, lag, Reynolds number"
        told.append({"name": "aerodynamics", "text": text, "ignores": ignored})
    if any(phase.engine == "on" for phase in spec.phases):
        text = "constant vacuum thrust less back pressure, at a fixed gimbal"
        told.append({"name": "engine", "text": text, "ignores": "build-up, tail-off, misalignment"})
    return [*told, _integrator(spec)]


def _integrator(spec: BodyFlightSpec) -> dict[str, str]:
    method = {"rk4": "Runge-Kutta 4", "dop853": "Dormand and Prince 8"}[spec.method]
    steps = ", ".join(dict.fromkeys(_step(phase) for phase in spec.phases))
    return {"name": "integrator", "text": f"{method}, fixed steps of {steps}", "ignores": ""}


def _step(phase: BodyPhaseSpec) -> str:
    return format_quantity(phase.step, "s")
