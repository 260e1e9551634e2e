"""How a flight ended, in a word, a sentence and the verdicts counted."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from yaan.analysis import budget, steering
from yaan.analysis.entry import entry_sentence
from yaan.analysis.flown import Climb, Flown
from yaan.analysis.history import degrees
from yaan.description import Ascent, FreeFlight, Plan
from yaan.design.landing import Landed
from yaan.design.return_search import ReturnDesign
from yaan.design.steer import Steered
from yaan.flight.body import FlownBody
from yaan.flight.chain import ChainFlown, PathFlown
from yaan.results.outcome import OutcomeCode
from yaan.results.summary import Outcome, Verdict, VerdictCounts
from yaan.results.summary_return import Descent, Entry, Landing
from yaan.results.trajectory import History

FLOWN: Final = OutcomeCode.REACHED.word
"""The word of what came to its end."""

MISS: Final = 1e3
"""The touchdown is met within this [m] of its aim."""

_MOST_NAMED = 6
_SPENT = 1e-3  # [kg] with less a tank is empty
_KILOMETRES = 1e4  # [m] heights above it are told so
_SURFACES = {"water": "Splashdown", "land": "Touchdown"}
_ADVICE = {
    OutcomeCode.STRUCK_GROUND: "End the phase earlier, or at a height with `until.height_below`",
    OutcomeCode.OUT_OF_STEPS: "Enlarge the phase's `step`, or give its `until` a duration",
}


def outcome(
    flown: Flown, entry: Entry | None, descent: Descent | None, landing: Landing | None
) -> Outcome:
    """How a flight ended: by its ascent unless that flew, else by its return, entry or body."""
    free, body = flown.plan.free_flight, flown.body
    if flown.climb is not None:
        return _launched(flown, flown.climb, entry, descent, landing)
    if free is not None and body is not None:
        return body_outcome(free, body)
    if flown.chain is not None:
        ended = chain_outcome(flown.chain)
        return replace(ended, text=f"{_what_breaks(flown)} {ended.text}".lstrip())
    assert flown.landed is not None
    lasted = float(flown.history["time"][-1] - flown.history["time"][0])
    return _not_found(flown.plan, flown.landed) or entry_outcome(entry, descent, landing, lasted)


def _launched(
    flown: Flown,
    climb: Climb,
    entry: Entry | None,
    descent: Descent | None,
    landing: Landing | None,
) -> Outcome:
    """How a launch ended, with what followed it."""
    ended = ascent_outcome(climb.ascent, climb.steered, stopped=flown.stopped)
    if ended.code != FLOWN:
        return ended
    if flown.plan.failures:
        return _broken(flown, ended, entry, descent, landing)
    if flown.lost and flown.return_design is None:
        return _ended(OutcomeCode.NOT_FOUND, flown.lost)
    if flown.return_design is not None:
        return _return_outcome(flown.plan, flown.return_design, entry, descent, landing)
    chain = flown.chain
    return ended if chain is None or chain.flight is None else chain_outcome(chain)


def _broken(
    flown: Flown,
    ended: Outcome,
    entry: Entry | None,
    descent: Descent | None,
    landing: Landing | None,
) -> Outcome:
    """How a launch ended in which something breaks: what broke, and what became of it."""
    told = _what_breaks(flown)
    if flown.return_design is not None:
        after = _return_outcome(flown.plan, flown.return_design, entry, descent, landing)
        return replace(after, text=f"{told} {after.text}")
    paths = [] if flown.chain is None else flown.chain.branches
    fallen = next((path.history for path in paths if path.name == "payload"), None)
    if fallen is not None:
        north, east = (degrees(fallen[name][-1]) for name in ("latitude", "longitude"))
        told += f" No orbit is reached: the payload comes down {float(fallen['time'][-1]):.0f} s"
        told += f" after ignition at {abs(north):.2f} deg {'north' if north >= 0.0 else 'south'},"
        told += f" {abs(east):.2f} deg {'east' if east >= 0.0 else 'west'}."
    return replace(ended, text=f"{told} {flown.lost}".rstrip())


def _what_breaks(flown: Flown) -> str:
    """What a plan says breaks, as a sentence; empty where nothing does."""
    end = float(flown.history["time"][-1])
    told = []
    for failure in flown.plan.failures:
        late = isinstance(failure.at, float) and failure.at > end
        told.append(f"{failure.words}, after this flight has ended" if late else failure.words)
    words = "; ".join(told)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _ended(code: OutcomeCode, text: str, shortfall: float = 0.0) -> Outcome:
    """An outcome before its verdicts are counted."""
    none = VerdictCounts(held=0, failed=0, open=0)
    return Outcome(code=code.word, text=text, shortfall=shortfall, verdicts=none)


def ascent_outcome(ascent: Ascent, steered: Steered, *, stopped: bool = False) -> Outcome:
    """How an ascent ended.

    A shortfall is told only of a flight that meets its targets by burning more than it carries.
    """
    if stopped:
        text = "Stopped by the user: the ascents are kept; aborts and ranking are not complete."
        return _ended(OutcomeCode.INTERRUPTED, text)
    codes = np.asarray(steered.lane.legs.outcome)[: len(steered.task.sequence.legs)]
    bad = np.flatnonzero(codes != OutcomeCode.REACHED)
    broken = ""
    if len(bad):
        code, leg = OutcomeCode(int(codes[bad[0]])), steered.task.sequence.legs[int(bad[0])]
        broken = code.sentence(leg.phase.name)
        if code == OutcomeCode.NO_LIFT_OFF:
            return _ended(OutcomeCode.NO_SOLUTION, broken)
    if not steered.solution.met:
        sentences = (steering.nearest(steered), broken, steering.tried(steered))
        text = " ".join((*sentences, steering.advice(steered)))
        return _ended(OutcomeCode.NOT_FOUND, " ".join(text.split()))
    short = _shortfall(ascent, steered)
    if broken:
        return _ended(OutcomeCode.NO_SOLUTION, broken)
    if short > 0.0:
        return _overdrawn(steered, short)
    return _ended(OutcomeCode.REACHED, "")


def _overdrawn(steered: Steered, short: float) -> Outcome:
    """Of a flight that burns more than it carries, worth so much [m/s]."""
    stage = _last_stage(steered)
    if steered.task.aim.unknowns:
        text = f"The vehicle cannot: {stage} would have to burn more than it carries. "
        text += f"The shortfall is {short:.0f} m/s."
        return _ended(OutcomeCode.NO_SOLUTION, text, short)
    text = f"On the steering of the file {stage} would have to burn {short:.0f} m/s more than it"
    text += " carries. Nothing was searched for: leave something of the steering free."
    return _ended(OutcomeCode.RAN_DRY, text)


def _last_stage(steered: Steered) -> str:
    return steered.task.vehicle.stages[steered.task.aim.saves[1]]


def _shortfall(ascent: Ascent, steered: Steered) -> float:
    """Velocity that the overdrawn propellant is worth [m/s]."""
    uses = {use.stage: use for use in budget.ascent_propellant(ascent, steered)}
    return max(0.0, -(uses[_last_stage(steered)].margin_velocity or 0.0))


def _return_outcome(
    plan: Plan,
    design: ReturnDesign,
    entry: Entry | None,
    descent: Descent | None,
    landing: Landing | None,
) -> Outcome:
    if design.landed is None:
        return _stayed(design)
    unmet = _not_found(plan, design.landed) or _unfinished(entry, descent)
    if unmet is not None:
        return unmet
    assert landing is not None
    assert landing.touchdown is not None
    contact, when = landing.touchdown.contact, landing.touchdown.time / 3600.0
    landed = "Entry ends" if contact is None else _SURFACES[contact.surface]
    text = f"{landed} after {when:.1f} h, {landing.miss:.0f} m from the aim."
    return _ended(OutcomeCode.REACHED, text)


def _unfinished(entry: Entry | None, descent: Descent | None) -> Outcome | None:
    """The outcome of the first part that did not come to its end."""
    for part in (entry, descent):
        if part is not None and part.outcome != FLOWN:
            return _ended(OutcomeCode.from_word(part.outcome), part.text)
    return None


def _stayed(design: ReturnDesign) -> Outcome:
    """The outcome of a craft that never left its orbit."""
    if design.lost is not None:
        return _ended(design.lost.code, design.lost.text)
    if design.chosen is None:
        near = max(design.found, key=lambda o: o.passed.margin, default=None)
        words = "No pass comes near." if near is None else f"The nearest pass: {near.why}."
        text = f"No landing opportunity in the window. {words}"
        return _ended(OutcomeCode.NO_SOLUTION, text)
    text = "The propellant left does not last for the deorbit burn: it stays in orbit."
    return _ended(OutcomeCode.RAN_DRY, text)


def _not_found(plan: Plan, landed: Landed) -> Outcome | None:
    """The outcome of an entry whose bank was searched for in vain; None for any other."""
    banked = landed.banked
    if banked is None:
        return None
    down = landed.entry.outcome[0] == OutcomeCode.REACHED
    # Canopies that were lost afterwards drift otherwise: no fault of the bank.
    met = banked.met if plan.failures else (landed.miss or 0.0) <= MISS
    if down and met:
        return None
    tries = f"{banked.solution.batches} batches of entries were tried; the nearest, banked "
    tries += f"{degrees(banked.magnitude):.1f} deg with its reversal {banked.reversal:.0f} s after "
    tries += "the interface,"
    if down:
        assert landed.miss is not None
        text = f"No bank was found that reaches the aim: {tries} comes down "
        text += f"{landed.miss / 1e3:.1f} km from it. Try a nearer aim, another pass, or a bank "
        text += "that leaves more lift: a smaller entry.nominal_bank or a higher entry.load_limit."
    else:
        happened = entry_sentence(OutcomeCode(int(landed.entry.outcome[0]))).split(". ")[0]
        text = f"No bank was found that brings the capsule down: {tries} does not. {happened}. "
        text += "Try a steeper entry."
    return _ended(OutcomeCode.NOT_FOUND, text)


def entry_outcome(
    entry: Entry | None, descent: Descent | None, landing: Landing | None, lasted: float
) -> Outcome:
    """How an entry flown alone ended that lasted so long [s]."""
    unfinished = _unfinished(entry, descent)
    if unfinished is not None:
        return unfinished
    if lasted <= 0.0 or entry is None:
        return _ended(OutcomeCode.NOTHING_FLOWN, OutcomeCode.NOTHING_FLOWN.sentence("entry"))
    text = f"{entry.peak_load.value_g:.2f} g at most in the entry"
    contact = landing and landing.touchdown and landing.touchdown.contact
    if contact is not None:
        text += f"; touchdown at {contact.vertical:.1f} m/s"
    miss = landing and landing.miss
    text += "." if miss is None else f", {miss / 1e3:.1f} km from the aim."
    return _ended(OutcomeCode.REACHED, text)


def body_outcome(free: FreeFlight, flown: FlownBody) -> Outcome:
    """How the flight of a body ended."""
    for phase, code in zip(free.phases, flown.outcomes, strict=True):
        if code is OutcomeCode.REACHED:
            continue
        text = _advised(code, phase.name)
        undefined = _undefined(flown.history)
        if code is OutcomeCode.NOT_FINITE and undefined:
            text = (
                f"Phase {phase.name!r} left the numbers at once: {', '.join(undefined)} cannot be"
                " told at its first instant. Check `start` and where the phase points."
            )
        return _ended(code, text)
    h = flown.history
    if h["time"][-1] <= h["time"][0]:
        code, name = OutcomeCode.NOTHING_FLOWN, free.phases[-1].name
        return _ended(code, code.sentence(name))
    end = float(h["height"][-1])
    height = f"{end / 1e3:.3f} km" if abs(end) >= 1e4 else f"{end:.2f} m"
    text = (
        f"After {float(h['time'][-1]):g} s it is at a height of {height}, at"
        f" {float(h['speed_relative'][-1]):.2f} m/s against the Earth."
    )
    return _ended(OutcomeCode.REACHED, text)


def chain_outcome(chain: ChainFlown) -> Outcome:
    """How a chain of phases ended: as the flight itself, then as the first branch that did not."""
    for path in chain.paths:
        if path.code != OutcomeCode.REACHED:
            name = f"{path.name}: {path.phases[-1].phase.name}".removeprefix(": ")
            return _ended(path.code, _unlit(chain, path, name) or _advised(path.code, name))
    assert chain.flight is not None
    h = chain.flight.history
    lasted = float(h["time"][-1] - h["time"][0])
    if lasted <= 0.0:
        return _ended(OutcomeCode.NOTHING_FLOWN, OutcomeCode.NOTHING_FLOWN.sentence())
    # Added to zero, what rounds to nothing has no sign.
    height, speed = round(float(h["height"][-1]), 1) + 0.0, float(h["speed_relative"][-1])
    where = f"{height / 1e3:.3f} km" if abs(height) >= _KILOMETRES else f"{height:.1f} m"
    text = f"After {lasted:.1f} s it is at {where}, at {speed:.2f} m/s against the Earth."
    return _ended(OutcomeCode.REACHED, text)


def _advised(code: OutcomeCode, name: str) -> str:
    """What happened in a phase and what to try, where nothing of it is solved."""
    text = code.sentence(name)
    return f"{text.split('. ')[0].rstrip('.')}. {_ADVICE[code]}." if code in _ADVICE else text


def _unlit(chain: ChainFlown, path: PathFlown, name: str) -> str:
    """Of a phase that has waited for thrust with propellant aboard, what it was; else nothing."""
    left = np.asarray(path.end.tanks)[0, : len(chain.parts.tanks)]
    if path.code != OutcomeCode.RAN_DRY or not np.any(left > _SPENT):
        return ""
    return (
        f"Phase '{name}' had no engine that burns before its end condition, though there is "
        "propellant aboard. Light one, or give its `until` a `time` or a `duration` to go on after."
    )


def _undefined(history: History) -> list[str]:
    """Columns that are no numbers from the start, which then is all that there is."""
    if len(history) > 1:
        return []
    return [
        name
        for name, values in history.columns.items()
        if not name.endswith("_vvlh") and not np.all(np.isfinite(values[0]))
    ]


def conclude(ended: Outcome, verdicts: Sequence[Verdict], title: str) -> Outcome:
    """The outcome with how many verdicts held, failed and are open, in numbers and in words.

    Of a flight that flew, its text becomes "TITLE: flown; 8 held, 1 failed: NAME. TEXT".
    """
    held, failed, undecided = (
        [v.name for v in verdicts if v.passed is passed] for passed in (True, False, None)
    )
    words = _words(held, failed, undecided)
    text = f"{ended.text} Verdicts: {words}."
    if ended.code == FLOWN:
        text = f"{title}: flown; {words}. {ended.text}".rstrip()
    counts = VerdictCounts(held=len(held), failed=len(failed), open=len(undecided))
    return replace(ended, text=text, verdicts=counts)


def _words(held: list[str], failed: list[str], undecided: list[str]) -> str:
    """How many held, failed and are open, and the names of what failed, or else of what is open."""
    groups = (("held", held), ("failed", failed), ("open", undecided))
    counts = [f"{len(names)} {word}" for word, names in groups if names]
    named = failed or undecided
    rest = len(named) - _MOST_NAMED
    names = named[:_MOST_NAMED] + ([f"{rest} more"] if rest > 0 else [])
    told = ", ".join(counts) or "no verdicts"
    return f"{told}: {', '.join(names)}" if names else told
