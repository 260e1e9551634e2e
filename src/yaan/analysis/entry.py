"""The summary of an entry flown alone, from a file of kind `entry`."""

from importlib.metadata import version
from typing import Any

from yaan.analysis import landing
from yaan.analysis.conclusion import conclude
from yaan.analysis.integration import judge_integration, tell_integration
from yaan.analysis.landing import cut_to
from yaan.analysis.published import compare_published, judge_published
from yaan.analysis.return_phases import landed_at
from yaan.analysis.return_summary import entry_models, not_found
from yaan.analysis.sensitivity import ranked_by_place
from yaan.analysis.summary import SCHEMA, told_assumption, told_sources, world_models
from yaan.analysis.touchdown import tell_touchdown
from yaan.analysis.verdict_return import judge_return
from yaan.base.units import format_quantity
from yaan.description import EntryPhaseSpec
from yaan.description.notes import notes_of
from yaan.design.return_flight import Entered
from yaan.flight.models.world import epoch_of, left_table, orientation_notes
from yaan.results.extremes import peak
from yaan.results.outcome import OutcomeCode


def summarise_entry(entered: Entered) -> dict[str, Any]:
    """`summary.json` of an entry."""
    spec, landed, history = entered.spec, entered.landed, entered.history
    parachutes = spec.capsule.parachutes
    beyond = left_table(entered.world, history["height"])
    handed = float(landed.entry.end.t[0])
    spans = {"entry": [0.0, handed]}
    if landed.descent is not None:
        spans["descent"] = [handed, landed.end[0]]
    touchdown = tell_touchdown(history, entered.lander, landed, spec.capsule, spec.ground)
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "flight",
        "mission": spec.name,
        "title": spec.title,
        "yaan": version("yaan"),
        "epoch": spec.epoch,
        "spans": spans,
        "timeline": landing.landing_events(
            history, landed, parachutes, touched=touchdown is not None
        ),
        "entry": landing.told_entry(history, entered.lander, landed, spec.entry),
        "descent": landing.told_descent(history, landed, parachutes),
        "touchdown": touchdown,
        "landing": landed_at(epoch_of(spec), landed, entered.world, history),
        "peaks": _peaks(entered),
        "crew_return": None,
        "assumptions": [told_assumption(r) for r in ranked_by_place(entered.provenance)],
        "sources": told_sources(entered.provenance),
        "notes": [
            *notes_of(spec),
            *orientation_notes(spec),
            *([] if beyond is None else [beyond]),
        ],
        "integration": tell_integration(entered.errors, spec.integration),
        "models": [
            *world_models(spec.environment),
            *entry_models(spec.capsule, spec.entry, spec.ground),
            {
                "name": "integrator",
                "text": f"Runge-Kutta 4, steps of {_step(spec.entry)} at most",
                "ignores": "",
            },
        ],
    }
    if spec.crew is not None:
        body["crew_return"] = landing.told_crew(history, spec.crew.condition, "entry", "descent")
    lasted = float(history["time"][-1] - history["time"][0])
    body["outcome"] = not_found(landed) or outcome(body, lasted)
    body["published"] = compare_published(spec, body)
    body["verdicts"] = [
        *judge_return(body, hung=parachutes is not None, home=False),
        *judge_integration(body),
        *judge_published(body),
    ]
    body["outcome"] = conclude(body["outcome"], body["verdicts"], spec.title or spec.name)
    return body


def _step(spec: EntryPhaseSpec) -> str:
    if spec.motion == "rigid":
        return format_quantity(spec.attitude_step, "s")
    return f"{format_quantity(spec.step, 's')} in the air"


def _peaks(entered: Entered) -> dict[str, Any]:
    """The largest of the entry itself: what canopies do as they open is told with them."""
    h = cut_to(entered.history, "entry")
    q, load = (peak(h["time"], h[column]) for column in ("dynamic_pressure", "load"))
    return {
        "dynamic_pressure": {
            "time": q.time,
            "value": q.value,
            "mach": float(h["mach"][q.row]),
            "height": float(h["height"][q.row]),
        },
        "load": {
            "time": load.time,
            "value_g": load.value,
        },
    }


def outcome(body: dict[str, Any], lasted: float) -> dict[str, Any]:
    """How an entry ended that lasted so long [s], from what is told of its parts."""
    for part in ("entry", "descent"):
        told = body[part]
        if told is not None and told["outcome"] != OutcomeCode.REACHED.word:
            return {"code": told["outcome"], "text": told["text"], "shortfall": 0.0}
    if lasted <= 0.0:
        code = OutcomeCode.NOTHING_FLOWN
        return {"code": code.word, "text": code.sentence("entry"), "shortfall": 0.0}
    end = _ending(body)
    return {"code": OutcomeCode.REACHED.word, "text": end, "shortfall": 0.0}


def _ending(body: dict[str, Any]) -> str:
    entry, down = body["entry"], body["touchdown"]
    text = f"{entry['peak_load']['value_g']:.2f} g at most in the entry"
    if down is not None:
        text += f"; touchdown at {down['vertical']:.1f} m/s"
    miss = body["landing"]["miss"]
    return text + ("." if miss is None else f", {miss / 1e3:.1f} km from the aim.")
