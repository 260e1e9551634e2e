"""The summary of an entry flown alone, from a file of kind `entry`."""

from importlib.metadata import version
from typing import Any

from yaan.analysis import landing
from yaan.analysis.conclusion import conclude
from yaan.analysis.flown import Flown
from yaan.analysis.integration import judge_integration, tell_integration
from yaan.analysis.landing import cut_to
from yaan.analysis.published import compare_published, judge_published
from yaan.analysis.return_phases import landed_at
from yaan.analysis.return_summary import entry_models, not_found
from yaan.analysis.summary import SCHEMA, told_assumption, told_sources, world_models
from yaan.analysis.touchdown import tell_touchdown
from yaan.analysis.verdict_return import judge_return
from yaan.base.units import format_quantity
from yaan.description import Entering, EntryPhaseSpec
from yaan.design.landing import Landed, Lander
from yaan.flight.models.world import epoch_of
from yaan.results.extremes import peak
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History


def summarise_entry(
    flown: Flown, entering: Entering, lander: Lander, landed: Landed
) -> dict[str, Any]:
    """`summary.json` of an entry."""
    plan, asked, history = flown.plan, entering.entry, flown.history
    parachutes = entering.capsule.parachutes
    handed = float(landed.entry.end.t[0])
    spans = {"entry": [0.0, handed]}
    if landed.descent is not None:
        spans["descent"] = [handed, landed.end[0]]
    touchdown = tell_touchdown(history, lander, landed, entering.capsule, entering.ground)
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "flight",
        "mission": plan.name,
        "title": plan.title,
        "yaan": version("yaan"),
        "epoch": plan.epoch,
        "spans": spans,
        "timeline": landing.landing_events(
            history, landed, parachutes, touched=touchdown is not None
        ),
        "entry": landing.told_entry(history, lander, landed, asked),
        "descent": landing.told_descent(history, landed, parachutes),
        "touchdown": touchdown,
        "landing": landed_at(epoch_of(plan), landed, flown.world, history),
        "peaks": _peaks(history),
        "crew_return": None,
        "assumptions": [told_assumption(r) for r in flown.ranked],
        "sources": told_sources(flown.provenance),
        "notes": flown.notes,
        "integration": tell_integration(flown.errors, plan.integration),
        "models": [
            *world_models(plan.environment),
            *entry_models(entering.capsule, asked, entering.ground),
            {
                "name": "integrator",
                "text": f"Runge-Kutta 4, steps of {_step(asked)} at most",
                "ignores": "",
            },
        ],
    }
    if plan.crew is not None:
        body["crew_return"] = landing.told_crew(history, plan.crew.condition, "entry", "descent")
    lasted = float(history["time"][-1] - history["time"][0])
    body["outcome"] = not_found(landed) or outcome(body, lasted)
    body["published"] = compare_published(plan, body)
    body["verdicts"] = [
        *judge_return(body, hung=parachutes is not None, home=False),
        *judge_integration(body),
        *judge_published(body),
    ]
    body["outcome"] = conclude(body["outcome"], body["verdicts"], plan.title or plan.name)
    return body


def _step(spec: EntryPhaseSpec) -> str:
    if spec.motion == "rigid":
        return format_quantity(spec.attitude_step, "s")
    return f"{format_quantity(spec.step, 's')} in the air"


def _peaks(history: History) -> dict[str, Any]:
    """The largest of the entry itself: what canopies do as they open is told with them."""
    h = cut_to(history, "entry")
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
