"""Verdicts: what the flight had to hold, and whether it did."""

from typing import Any

import numpy as np

from yaan.analysis import budget, search
from yaan.analysis.event import degrees
from yaan.base.units import format_quantity
from yaan.description import Ascent
from yaan.design.aim import ORBIT_HEIGHT, ORBIT_INCLINATION
from yaan.design.steer import Steered
from yaan.results.outcome import OutcomeCode


def outcome(ascent: Ascent, steered: Steered, *, stopped: bool = False) -> dict[str, Any]:
    """How the flight ended: a word, a sentence, and what velocity is missing [m/s].

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
        text = (
            f"{search.nearest(steered)} {broken} {search.tried(steered)} {search.advice(steered)}"
        )
        return _ended(OutcomeCode.NOT_FOUND, " ".join(text.split()))
    short = _shortfall(ascent, steered)
    if broken:
        return _ended(OutcomeCode.NO_SOLUTION, broken)
    if short > 0.0:
        return _overdrawn(steered, short)
    return _ended(OutcomeCode.REACHED, "")


def _overdrawn(steered: Steered, short: float) -> dict[str, Any]:
    """Of a flight that burns more than it carries, worth so much [m/s]."""
    stage = _last_stage(steered)
    if steered.task.aim.unknowns:
        text = f"The vehicle cannot: {stage} would have to burn more than it carries. "
        text += f"The shortfall is {short:.0f} m/s."
        return _ended(OutcomeCode.NO_SOLUTION, text, short)
    text = f"On the steering of the file {stage} would have to burn {short:.0f} m/s more than it"
    text += " carries. Nothing was searched for: leave something of the steering free."
    return _ended(OutcomeCode.RAN_DRY, text)


def _ended(code: OutcomeCode, text: str, shortfall: float = 0.0) -> dict[str, Any]:
    return {"code": code.word, "text": text, "shortfall": shortfall}


def _last_stage(steered: Steered) -> str:
    return steered.task.vehicle.stages[steered.task.aim.saves[1]]


def _shortfall(ascent: Ascent, steered: Steered) -> float:
    """Velocity that the overdrawn propellant is worth [m/s]."""
    rows = {row["stage"]: row for row in budget.propellant(ascent, steered)}
    return max(0.0, -rows[_last_stage(steered)]["margin_velocity"])


def judge(ascent: Ascent, steered: Steered, summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Every verdict on the ascent; what one that did not fly has not failed is open."""
    whole = outcome(ascent, steered)["code"] == OutcomeCode.REACHED.word
    reached = [_orbit(summary), _propellant(ascent, summary)]
    if not whole:
        reached = [v | {"passed": False if v["passed"] is False else None} for v in reached]
    verdicts = reached
    verdicts += [] if ascent.pad.site.azimuth_limits is None else [_azimuth(ascent, summary)]
    verdicts += judge_crew(summary["crew"], "crew load", whole=whole)
    return [*verdicts, _closure(summary)]


def verdict(name: str, passed: bool | None, value: str, limit: str, text: str) -> dict[str, Any]:
    """One verdict; `passed` is None where nothing could be graded."""
    return {"name": name, "passed": passed, "value": value, "limit": limit, "text": text}


def not_reached(name: str, limit: str) -> dict[str, Any]:
    """The open verdict on what the flight never came to."""
    return verdict(name, None, "not reached", limit, "")


def _orbit(summary: dict[str, Any]) -> dict[str, Any]:
    orbit, target = summary["orbit"], summary["target"]
    limit = (
        f"{target['perigee'] / 1e3:g} x {target['apogee'] / 1e3:g} km within 1 km, "
        f"{target['inclination_deg']:g} deg within {degrees(ORBIT_INCLINATION):g} deg"
    )
    if orbit is None:
        return not_reached("orbit", limit)
    misses = [orbit[k] - target[k] for k in ("perigee", "apogee")]
    tilt = orbit["inclination_deg"] - target["inclination_deg"]
    passed = max(abs(m) for m in misses) <= ORBIT_HEIGHT and abs(tilt) <= degrees(ORBIT_INCLINATION)
    value = (
        f"{orbit['perigee'] / 1e3:.1f} x {orbit['apogee'] / 1e3:.1f} km, "
        f"{orbit['inclination_deg']:.3f} deg"
    )
    return verdict("orbit", passed, value, limit, "Osculating orbit at cut-off.")


def _propellant(ascent: Ascent, summary: dict[str, Any]) -> dict[str, Any]:
    rows = {row["stage"]: row for row in summary["propellant"]}
    reserve = ascent.plan.reserve
    stage = reserve.stage if reserve is not None else list(ascent.vehicle.stages)[-1]
    wanted = reserve.propellant if reserve is not None else 0.0
    left = rows[stage]["left"]
    return verdict(
        "propellant",
        left >= wanted,
        f"{format_quantity(left, 't', digits=3)} left in {stage}",
        f"at least {format_quantity(wanted, 't', digits=3)}",
        f"Worth {rows[stage]['margin_velocity']:.0f} m/s at cut-off.",
    )


def _azimuth(ascent: Ascent, summary: dict[str, Any]) -> dict[str, Any]:
    limits = ascent.pad.site.azimuth_limits
    assert limits is not None
    low, high = (float(np.degrees(a)) for a in limits)
    azimuth = summary["liftoff"]["azimuth_deg"]
    return verdict(
        "launch azimuth",
        low <= azimuth <= high,
        f"{azimuth:.1f} deg",
        f"{low:g} to {high:g} deg at {ascent.pad.site.name}",
        "A dog-leg around the limit is not flown.",
    )


def judge_crew(crew: dict[str, Any] | None, what: str, *, whole: bool) -> list[dict[str, Any]]:
    """A verdict for each direction of the couch that was loaded; `what` names the loads.

    Unless the flight was flown as a `whole`, what passed so far is open.
    """
    words = {"pass": True, "provisional-pass": True, "fail": False, "provisional-fail": False}
    verdicts = []
    for axis in (crew or {"axes": []})["axes"]:
        if axis["verdict"] == "ungraded" and axis["peak_g"] < 0.05:
            continue  # nothing loads this direction, and nothing is known of it
        value = f"peak {axis['peak_g']:.2f} g"
        limit = axis["curve"] or "no curve"
        name = f"{what} {axis['axis']}"
        passed = words.get(axis["verdict"])
        passed = passed if whole or not passed else None
        found = verdict(name, passed, value, limit, axis["text"])
        open_ = passed is None
        verdicts.append(found | {"state": "ungraded" if open_ else axis["verdict"]})
    return verdicts


def _closure(summary: dict[str, Any]) -> dict[str, Any]:
    residual, total = summary["velocity_ledger"]["residual"], summary["velocity_ledger"]["total"]
    # The way home counts too; its own ideal velocity is small and of both signs.
    back = (summary.get("return_velocity_ledger") or {"residual": 0.0})["residual"]
    residual = abs(residual) + abs(back)
    share = residual / max(total["ideal"], 1.0)
    mass = summary["mass_closure"]
    passed = share <= 1e-3 and mass <= 1.0
    return verdict(
        "ledgers close",
        passed,
        f"{residual:.3f} m/s, {mass:.3g} kg",
        "0.1 % of the ideal velocity, 1 kg",
        "What the budgets leave unexplained.",
    )
