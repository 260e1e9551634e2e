"""Verdicts: what a flight had to hold, and whether it did.

What one that did not fly has not failed is open, and so is what it never came to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from yaan.analysis.flown import Flown
from yaan.analysis.history import degrees, phases_flown
from yaan.analysis.outcome import FLOWN, MISS, ascent_outcome
from yaan.analysis.tables import Excursions
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.units import format_quantity
from yaan.description import Ascent, FreeFlight, Plan
from yaan.description.steering import PhaseSpec
from yaan.design.aim import ORBIT_HEIGHT, ORBIT_INCLINATION
from yaan.flight.chain import ChainFlown
from yaan.results import summary_ascent, summary_return
from yaan.results.outcome import OutcomeCode
from yaan.results.summary import Budgets, CrewLoads, Summary, Verdict
from yaan.results.summary_evidence import Integration, PhaseError, PublishedFigure
from yaan.results.trajectory import History

CLOSE: Final = 1e-9
"""The mass budget of a body closes within this share of the mass."""

LOAD_HELD: Final = 0.01
"""What a load may be above the limit of its phase [g0]: engines follow it at once."""

COARSEST: Final = 0.5  # [rad]
"""Largest turn within a step: RK4 is then out by up to some 1e-4 rad a step, DOP853 by 1e-9."""

_BOX = "every deployment in its box, every canopy that works open"
_STILL = 0.05  # [m/s] across: with less there is nothing to judge
_UNLOADED = 0.05  # [g0] with less nothing loads a direction of the couch


def verdict(
    name: str, passed: bool | None, value: str, limit: str, text: str = "", state: str | None = None
) -> Verdict:
    """One verdict; `passed` is None where nothing could be graded."""
    return Verdict(name=name, passed=passed, value=value, limit=limit, text=text, state=state)


def _not_reached(name: str, limit: str) -> Verdict:
    """The open verdict on what the flight never came to."""
    return verdict(name, None, "not reached", limit)


def verdicts(flown: Flown, summary: Summary, left: Excursions | None) -> Iterator[Verdict]:
    """Every verdict on a flight, of a summary that lacks them; `left`: tables that a body left."""
    climb, plan, free = flown.climb, flown.plan, flown.plan.free_flight
    if climb is not None and summary.ascent is not None:
        whole = ascent_outcome(climb.ascent, climb.steered).code == FLOWN
        yield from _judge_ascent(climb.ascent, summary.ascent, summary.budgets, whole=whole)
        yield from judge_crew(summary.couches_in("ascent"), "crew load", whole=whole)
        yield _budgets_close(summary.budgets)
    yield from judge_load_limits(plan, flown.history)
    if plan.entry_flight is not None:
        hung, returning = (
            plan.entry_flight.capsule.parachutes is not None,
            plan.return_flight is not None,
        )
        yield from judge_return(summary, hung=hung, returning=returning)
        yield from judge_commands(summary.entry)
    if flown.chain is not None and climb is None:
        yield from _judge_chain(flown.chain, summary)
    if free is not None and left is not None:
        yield from judge_tables(free, left)
        yield from judge_steps(free, flown.history)
    if summary.integration is not None:
        yield from _judge_integration(summary.integration)
    if free is not None and summary.budgets.propellant:
        yield _body_budget_closes(summary.budgets)
    yield from _judge_published(summary.published)


def _judge_chain(chain: ChainFlown, summary: Summary) -> Iterator[Verdict]:
    """The verdicts on a chain of phases: loads, canopies, touchdown, budgets."""
    whole = all(path.code == OutcomeCode.REACHED for path in chain.paths)
    yield from judge_crew(summary.couches_in("ascent"), "crew load", whole=whole)
    down, place = summary.descent, summary.landing
    if down is not None:
        yield judge_parachutes(down, whole=whole and down.outcome == FLOWN)
    contact = place and place.touchdown and place.touchdown.contact
    last = chain.flight and chain.flight.phases[-1]
    if contact is not None and last and chain.parts.capsule(last.flies) is not None:
        yield from judge_touchdown(contact, inside=None)
    closure, mass = summary.budgets.mass_closure, summary.budgets.mass
    if closure is not None and mass and chain.parts.massive:
        limit, words = f"{CLOSE:g} of the mass", "What the mass budget leaves unexplained."
        value = f"{closure:.3g} kg of {mass[0].mass:g} kg"
        yield verdict("budgets close", closure <= CLOSE * mass[0].mass, value, limit, words)


def _judge_ascent(
    asked: Ascent, ascent: summary_ascent.Ascent, budgets: Budgets, *, whole: bool
) -> Iterator[Verdict]:
    for found in (_orbit(ascent), _propellant(asked, budgets)):
        yield found if whole or not found.passed else replace(found, passed=None)
    limits = asked.pad.site.azimuth_limits
    if limits is not None:
        low, high = (float(np.degrees(a)) for a in limits)
        azimuth = ascent.lift_off.azimuth_deg
        yield verdict(
            "launch azimuth",
            low <= azimuth <= high,
            f"{azimuth:.1f} deg",
            f"{low:g} to {high:g} deg at {asked.pad.site.name}",
            "A dog-leg around the limit is not flown.",
        )


def _orbit(ascent: summary_ascent.Ascent) -> Verdict:
    orbit, target = ascent.orbit, ascent.target
    limit = (
        f"{target.perigee / 1e3:g} x {target.apogee / 1e3:g} km within 1 km, "
        f"{target.inclination_deg:g} deg within {degrees(ORBIT_INCLINATION):g} deg"
    )
    if orbit is None:
        return _not_reached("orbit", limit)
    miss = max(abs(orbit.perigee - target.perigee), abs(orbit.apogee - target.apogee))
    tilt = orbit.inclination_deg - target.inclination_deg
    passed = miss <= ORBIT_HEIGHT and abs(tilt) <= degrees(ORBIT_INCLINATION)
    value = f"{orbit.perigee / 1e3:.1f} x {orbit.apogee / 1e3:.1f} km, "
    value += f"{orbit.inclination_deg:.3f} deg"
    return verdict("orbit", passed, value, limit, "Osculating orbit at cut-off.")


def _propellant(asked: Ascent, budgets: Budgets) -> Verdict:
    reserve = asked.plan.reserve
    stage = reserve.stage if reserve is not None else list(asked.vehicle.stages)[-1]
    wanted = reserve.propellant if reserve is not None else 0.0
    use = next(use for use in budgets.propellant if use.stage == stage)
    return verdict(
        "propellant",
        use.left >= wanted,
        f"{format_quantity(use.left, 't', digits=3)} left in {stage}",
        f"at least {format_quantity(wanted, 't', digits=3)}",
        f"Worth {use.margin_velocity:.0f} m/s at cut-off.",
    )


def judge_crew(couches: Sequence[CrewLoads], what: str, *, whole: bool) -> Iterator[Verdict]:
    """A verdict for each direction of each couch that was loaded; `what` names the loads.

    Unless the flight was flown as a `whole`, what passed so far is open.
    """
    words = {"pass": True, "provisional-pass": True, "fail": False, "provisional-fail": False}
    for loads in couches:
        of = f"{what} {loads.couch}".rstrip()
        for axis in loads.axes:
            if axis.verdict == "ungraded" and axis.peak_g < _UNLOADED:
                continue  # nothing loads this direction, and nothing is known of it
            passed = words.get(axis.verdict)
            passed = passed if whole or not passed else None
            state = "ungraded" if passed is None else axis.verdict
            value, limit = f"peak {axis.peak_g:.2f} g", axis.curve or "no curve"
            yield verdict(f"{of} {axis.axis}", passed, value, limit, axis.text, state)


def _budgets_close(budgets: Budgets) -> Verdict:
    """The return counts too; its own ideal velocity is small and of both signs."""
    residual = sum(abs(total.residual) for total in budgets.velocity_totals)
    share, mass = residual / max(budgets.velocity_totals[0].ideal, 1.0), budgets.mass_closure or 0.0
    return verdict(
        "budgets close",
        share <= 1e-3 and mass <= 1.0,
        f"{residual:.3f} m/s, {mass:.3g} kg",
        "0.1 % of the ideal velocity, 1 kg",
        "What the budgets leave unexplained.",
    )


def judge_load_limits(plan: Plan, history: History) -> Iterator[Verdict]:
    """The verdict on the loads of the phases with a limit, none where there are none."""
    limits = {p.name: p.load_limit for p in plan.phases if isinstance(p, PhaseSpec)}
    found: list[tuple[float, float, str]] = []
    for index, first, last in phases_flown(history):
        name = history.phases[index]
        limit = limits.get(name)
        if limit is not None:
            load = float(np.max(history["load"][first : last + 1]))
            found.append((load - limit / STANDARD_GRAVITY, load, name))
    if not found:
        return
    over, load, name = max(found)
    words = "" if over <= LOAD_HELD else "No engine that burns can be throttled as deep as this."
    value, limit = f"{load:.2f} g in {name}", f"{load - over:.3g} g within {LOAD_HELD:g} g"
    yield verdict("load limit", over <= LOAD_HELD, value, limit, words)


def _body_budget_closes(budgets: Budgets) -> Verdict:
    mass, closure = budgets.mass[0].mass, budgets.mass_closure or 0.0
    limit, words = f"{CLOSE:g} of the mass", "What the mass budget leaves unexplained."
    value = f"{closure:.3g} kg of {mass:g} kg"
    return verdict("budgets close", closure <= CLOSE * mass, value, limit, words)


def judge_return(summary: Summary, *, hung: bool, returning: bool) -> Iterator[Verdict]:
    """The verdicts from the interface down; `hung`: on parachutes, `returning`: from an orbit."""
    entry, down, place = summary.entry, summary.descent, summary.landing
    whole = entry is not None and entry.outcome == FLOWN
    whole = whole and (down is None or down.outcome == FLOWN)
    if returning or (place is not None and place.miss is not None):
        yield from _landing(place, entry, whole=whole, returning=returning)
    if entry is not None:
        yield _entry_load(entry)
    elif returning:
        yield _not_reached("entry load", "entry.load_limit")
    yield from judge_crew(summary.couches_in("return"), "crew load on return", whole=whole)
    if down is not None:
        yield judge_parachutes(down, whole=whole)
    elif hung:
        yield _not_reached("parachutes", _BOX)
    contact = place and place.touchdown and place.touchdown.contact
    if place is None or contact is None:
        yield _not_reached("touchdown speed", "limits of the capsule or its class")
    else:
        yield from judge_touchdown(contact, inside=place.inside)


def judge_commands(entry: summary_return.Entry | None) -> Iterator[Verdict]:
    """The failure of a guidance law that asked for what is no number; none where all was heard.

    What came of such an entry came of the command before: no other verdict tells of the law.
    """
    told = None if entry is None else entry.guidance
    if told is None or told.unheard_first is None:
        return
    value = f"{told.unheard} of {told.commands} not heard"
    words = f"The first at {told.unheard_first:.1f} s; the command before went on each time."
    yield verdict("guidance commands", False, value, "every one a finite number", words)


def _landing(
    place: summary_return.Landing | None,
    entry: summary_return.Entry | None,
    *,
    whole: bool,
    returning: bool,
) -> Iterator[Verdict]:
    """Near its aim if it was steered there; else, of a return, inside its zone."""
    limit = f"within {MISS / 1e3:g} km of the aim"
    if place is None or place.miss is None or place.touchdown is None or entry is None:
        yield _not_reached("landing", limit)
        return
    steered = entry.bank.kind == "solved"
    if not steered and not returning:
        return  # nobody has asked for its place
    passed, value = place.miss <= MISS, f"{place.miss:.0f} m"
    if not steered:
        passed, limit = place.inside, f"inside {place.zone}, on the bank of the file"
        value = "inside" if passed else "outside"
    words = f"{place.touchdown.light.capitalize()} at {place.touchdown.utc}."
    turning = entry.turning
    if turning is not None:
        words += " The point entry on the same bank comes down "
        words += f"{turning.landing_distance:.0f} m away"
        if turning.firm_distance is not None:
            words += "; held firmly, the body ends its entry "
            words += f"{turning.firm_distance:.0f} m from it"
        words += "."
    yield verdict("landing", passed if whole else None, value, limit, words)


def _entry_load(entry: summary_return.Entry) -> Verdict:
    """Held only where the load has fallen again before the entry ended in the air."""
    peak, most = entry.peak_load.value_g, entry.load_limit_g
    ended = entry.outcome == FLOWN
    words = f"Without lift it would be {entry.ballistic_peak_g:.1f} g."
    if ended and entry.peak_load.rising:
        ended, words = False, "The entry ended while its load still rose."
    passed = False if peak > most else True if ended else None
    return verdict("entry load", passed, f"{peak:.2f} g", f"at most {most:g} g", words)


def judge_parachutes(down: summary_return.Descent, *, whole: bool) -> Verdict:
    """Every step deployed in its box and opened in full, and something that carries at the end.

    Open where a canopy that carries has no box: nobody has said where it may be deployed.
    """
    faults: list[str] = []
    working = [step for step in down.steps if step.working]
    for step in working:
        if step.deploy is None:
            faults += [f"{step.name} never deployed"] if whole else []
        elif step.deploy.outside:
            faults.append(f"{step.name} outside its box: {step.deploy.outside}")
        elif whole and step.carries and step.full_open is None:
            faults.append(f"{step.name} not fully open")
    if whole and not any(step.carries_at_end for step in down.steps):
        faults.append("no canopy carries the capsule at the end")
    boxless = [step.name for step in working if step.carries and step.box is None]
    if faults:
        return verdict("parachutes", False, "; ".join(faults), _BOX)
    if not whole:
        return _not_reached("parachutes", _BOX)
    if boxless:
        return verdict("parachutes", None, f"no box is told of {', '.join(boxless)}", _BOX)
    return verdict("parachutes", True, "all inside", _BOX)


def judge_touchdown(contact: summary_return.Contact, *, inside: bool | None) -> Iterator[Verdict]:
    """The verdicts on the speeds of a touchdown; `inside`: its zone, if it has one.

    More than the class bears on water fails on every surface; on land less is open unless the
    capsule says what it bears, and so is what came down where nobody knows the surface.
    """
    found, across, limits = [_down(contact)], contact.horizontal, contact.limits
    if limits.horizontal is not None or across > _STILL:
        most = limits.capsule_class.horizontal
        assumed = "horizontal" in limits.assumed
        passed, limit, words = _within(across, limits.horizontal, most, assumed=assumed)
        limit = f"{limit} on {contact.surface}"
        found.append(verdict("touchdown speed across", passed, f"{across:.1f} m/s", limit, words))
    outside = "It came down outside its zone, on a surface that is not known."
    for one in found:
        known = inside is not False or one.passed is False
        yield one if known else replace(one, passed=None, text=outside)


def _down(contact: summary_return.Contact) -> Verdict:
    down, total, limits = contact.vertical, contact.speed, contact.limits
    own, usual = limits.vertical, limits.capsule_class
    passed, limit, words = _within(down, own, usual.vertical, assumed="vertical" in limits.assumed)
    if own is not None and limits.vertical_from == "class":
        passed, limit = down <= own, f"at most {own:g} m/s"
        words = f"The limit is {usual.status}: what capsules of the class came down with."
    limit += " down" if limit.startswith("at most") else ""
    if limits.total is not None:
        limit += f", {limits.total:g} m/s in all"
        passed = False if total > limits.total else passed
    if contact.canopy_lost:
        words = f"A canopy was lost. {words}".strip()
    value = f"{down:.1f} m/s down, {contact.horizontal:.1f} across, {total:.1f} in all"
    return verdict("touchdown speed", passed, value, f"{limit} on {contact.surface}", words)


def _within(
    speed: float, own: float | None, most: float, *, assumed: bool
) -> tuple[bool | None, str, str]:
    """Whether a speed is within the capsule's `own` limit and its class's, which, and whose."""
    words = "An assumed limit of the capsule." if assumed else ""
    if own is None and speed <= most:
        words = f"The capsule's own limit is needed; above {most:g} m/s it fails."
        return None, "no limit is known", words
    if own is None or own > most:
        own, words = most, "No capsule of the class bears more, on any surface."
    return speed <= own, f"at most {own:g} m/s", words


def judge_tables(free: FreeFlight, left: Excursions) -> Iterator[Verdict]:
    """The verdict on the tables that a body rests on, none where there are none."""
    notes, airs = left.left, [c.aerodynamics for c in free.body.configurations.values()]
    if free.plan.environment.atmosphere.model == "none" or not (notes or any(airs)):
        return
    value = f"left in {len(notes)} places" if notes else "inside"
    if len(notes) == 1:
        value = "left in one place"
    words = notes[0] if notes else "Air and coefficients were known wherever it flew."
    limit = "air and coefficients inside their tables"
    yield verdict("inside its tables", not notes, value, limit, words)


def judge_steps(free: FreeFlight, history: History) -> Iterator[Verdict]:
    """The verdict on the turn within a step of the rigid phases, none where there are none."""
    turned = [
        (_turn(history, first, last), free.phases[index].name)
        for index, first, last in phases_flown(history)
        if free.phases[index].motion == "rigid" and last > first
    ]
    if not turned:
        return
    most, name = max(turned)
    passed = most <= COARSEST
    error = "1e-4" if free.plan.method == "rk4" else "1e-9"
    words = f"In phase {name}; at the limit the attitude is out by up to {error} rad a step."
    if not passed:
        words = f"Shorten the `step` of phase {name}, or compare its attitude with half of it."
    value, limit = f"{most:.3g} rad at most", f"at most {COARSEST:g} rad"
    yield verdict("turns little within a step", passed, value, limit, words)


def _turn(history: History, first: int, last: int) -> float:
    """The largest turn within a step of a phase [rad]: the step times the faster of its ends."""
    rows = slice(first, last + 1)
    rate = np.linalg.norm(history["rate_body"][rows], axis=1)
    faster = np.maximum(rate[1:], rate[:-1])
    return float(np.max(np.diff(history["time"][rows]) * faster))


def _judge_integration(integration: Integration) -> Iterator[Verdict]:
    """Whether every phase keeps to the bounds; open where nothing flew."""
    rows, bounds = integration.phases, integration.bounds
    if not rows:
        return
    limit = (
        f"{bounds.position:g} m and {bounds.speed:g} m/s in air, {bounds.orbit:g} m a day"
        f" in orbit, {100.0 * bounds.peak:g} % of a peak"
    )
    over = [row.phase for row in rows if row.excess is None or row.excess > 1.0]
    words = "Estimated from the same flight on longer steps."
    if over:
        words = f"Too large in {', '.join(over)}: shorten the steps there. {words}"
    values = [_largest([row.position for row in rows], "m")]
    values.append(_largest([row.speed for row in rows], "m/s"))
    shares = [share for row in rows for share in _shares(row) if share is not None]
    if shares:
        values.append(f"{100.0 * max(shares):.2g} % of a peak")
    yield verdict("integration", not over, f"{', '.join(values)} at most", limit, words)


def _shares(row: PhaseError) -> tuple[float | None, ...]:
    return row.load_share, row.dynamic_pressure_share, row.heat_flux_share


def _largest(values: list[float | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    return f"{max(known):.2g} {unit}" if len(known) == len(values) else f"no {unit} known"


def _judge_published(figures: tuple[PublishedFigure, ...]) -> Iterator[Verdict]:
    """Whether every figure that has a tolerance is within it; open where an event never came."""
    judged = [row for row in figures if row.tolerance is not None]
    if not judged:
        return
    outside = [row.what for row in judged if row.within is False]
    absent = [row.what for row in judged if row.within is None]
    value = f"{len(judged) - len(outside) - len(absent)} of {len(judged)} within"
    words = [f"Outside: {', '.join(outside)}."] if outside else []
    words += [f"Never came: {', '.join(absent)}."] if absent else []
    passed = False if outside else None if absent else True
    text, limit = " ".join(words) or "Those with a tolerance.", "every one within its tolerance"
    yield verdict("published figures", passed, value, limit, text)
