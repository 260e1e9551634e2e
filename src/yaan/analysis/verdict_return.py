"""Verdicts on the way home: the place, the loads, the canopies, the touchdown."""

from typing import Any

from yaan.analysis.touchdown import DOWN, judge_touchdown
from yaan.analysis.turning import turning_words
from yaan.analysis.verdict import judge_crew, not_reached, verdict
from yaan.results.outcome import OutcomeCode

MISS = 1e3
"""The touchdown is met within this [m] of its aim."""

_BOX = "every deployment in its box, every canopy that works open"


def judge_return(body: dict[str, Any], *, hung: bool, home: bool) -> list[dict[str, Any]]:
    """The verdicts on a return; `hung`: on parachutes, `home`: it is that of a mission.

    What did not come to its end is open, but for what has failed already.
    """
    entry, down, place = body.get("entry"), body.get("descent"), body.get("landing") or {}
    whole = all(part["outcome"] == OutcomeCode.REACHED.word for part in (entry, down) if part)
    whole = whole and entry is not None
    found: list[dict[str, Any]] = []
    if place.get("miss") is not None or home:
        found += _landing(place, entry, whole=whole, home=home)
    if entry:
        found.append(_entry_load(entry))
    elif home:
        found.append(not_reached("entry load", "entry.load_limit"))
    found += judge_crew(body.get("crew_return"), "crew load on return", whole=whole)
    if down:
        found.append(judge_parachutes(down, whole=whole))
    elif hung:
        found.append(not_reached("parachutes", _BOX))
    touched = body.get("touchdown")
    limit = "limits of the capsule or its class"
    return found + (judge_touchdown(touched) if touched else [not_reached(DOWN, limit)])


def _landing(
    place: dict[str, Any], entry: dict[str, Any] | None, *, whole: bool, home: bool
) -> list[dict[str, Any]]:
    """Near its aim if it was steered there; else, of a mission, inside its zone."""
    limit = f"within {MISS / 1e3:g} km of the aim"
    if place.get("miss") is None or entry is None:
        return [not_reached("landing", limit)]
    steered = entry["bank"]["kind"] == "solved"
    if not steered and not home:
        return []  # nobody has asked for its place
    passed, value = place["miss"] <= MISS, f"{place['miss']:.0f} m"
    if not steered:
        passed, limit = place["inside"], f"inside {place['zone']}, on the bank of the file"
        value = "inside" if passed else "outside"
    words = f"{place['light'].capitalize()} at {place['utc']}."
    if entry["turning"] is not None:
        words += f" {turning_words(entry['turning'])}"
    return [verdict("landing", passed if whole else None, value, limit, words)]


def _entry_load(entry: dict[str, Any]) -> dict[str, Any]:
    """Held only where the load has fallen again before the entry ended in the air."""
    peak, most = entry["peak_load"]["value_g"], entry["load_limit_g"]
    ended = entry["outcome"] == OutcomeCode.REACHED.word
    words = f"Without lift it would be {entry['ballistic_peak_g']:.1f} g."
    if ended and entry["peak_load"]["rising"]:
        ended, words = False, "The entry ended while its load still rose."
    passed = False if peak > most else True if ended else None
    return verdict("entry load", passed, f"{peak:.2f} g", f"at most {most:g} g", words)


def judge_parachutes(down: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """Every step deployed in its box and opened in full, and something that carries at the end.

    Open where a canopy that carries has no box: nobody has said where it may be deployed.
    """
    faults: list[str] = []
    working = [step for step in down["steps"] if step["working"]]
    for step in working:
        deployed = step["deploy"]
        if deployed is None:
            faults += [f"{step['name']} never deployed"] if whole else []
        elif deployed["outside"]:
            faults.append(f"{step['name']} outside its box: {deployed['outside']}")
        elif whole and step["carries"] and step["full_open"] is None:
            faults.append(f"{step['name']} not fully open")
    if whole and not any(step["carries_at_end"] for step in down["steps"]):
        faults.append("no canopy carries the capsule at the end")
    boxless = [step["name"] for step in working if step["carries"] and step["box"] is None]
    if faults:
        return verdict("parachutes", False, "; ".join(faults), _BOX, "")
    if not whole:
        return not_reached("parachutes", _BOX)
    if boxless:
        return verdict("parachutes", None, f"no box is told of {', '.join(boxless)}", _BOX, "")
    return verdict("parachutes", True, "all inside", _BOX, "")
