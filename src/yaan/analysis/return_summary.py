"""The way home in the summary of a mission: what it adds, and the models of it."""

from typing import Any

from yaan.analysis import landing, return_budget
from yaan.analysis import return_phases as told
from yaan.analysis.event import degrees, in_time
from yaan.analysis.flown import Flown
from yaan.analysis.return_phases import Told
from yaan.analysis.touchdown import tell_touchdown
from yaan.analysis.verdict_return import MISS
from yaan.description import CapsuleSpec, EntryPhaseSpec, GroundSpec, Plan
from yaan.design.landing import Landed
from yaan.design.return_search import Home
from yaan.flight.legs import LANES
from yaan.flight.models.world import epoch_of
from yaan.results.outcome import OutcomeCode


def tell_return(flown: Flown, body: dict[str, Any]) -> None:
    """Add the return to the summary of the ascent."""
    plan, home, climb = flown.plan, flown.home, flown.climb
    asked, entering = plan.homeward, plan.entering
    assert home is not None
    assert climb is not None
    assert asked is not None
    assert entering is not None
    history = flown.history
    separation = float(home.separated.t[0])
    back = Told(asked, epoch_of(plan), home, history)
    body["spans"] = told.spans(back, separation)
    body["orbit_phase"] = told.orbit_phase(back)
    body["opportunities"] = told.opportunities(back)
    place = told.landing(back)
    body["landing"] = place
    body["deorbit"] = told.deorbit(back)
    body["touchdown"] = None
    burns = [*body["orbit_phase"]["burns"]]
    events = told.home_events(back)
    if body["deorbit"] is not None and home.landed is not None:
        burns.append(body["deorbit"]["burn"])
        parachutes = entering.capsule.parachutes
        body["entry"] = landing.told_entry(history, home.lander, home.landed, entering.entry)
        body["descent"] = landing.told_descent(history, home.landed, parachutes)
        body["touchdown"] = tell_touchdown(
            history,
            home.lander,
            home.landed,
            entering.capsule,
            entering.ground,
            inside=place.get("inside"),
        )
        touched = body["touchdown"] is not None
        events += landing.landing_events(history, home.landed, parachutes, touched=touched)
        if plan.crew is not None:
            body["crew_return"] = landing.told_crew(
                history, plan.crew.return_condition, "entry", "descent"
            )
    body["timeline"] = in_time([*body["timeline"], *events])
    mass = climb.ascent.vehicle.payload.mass
    left_behind = body["mass_ledger"][-1]["mass"] - mass
    if left_behind:
        body["mass_ledger"].append(
            {
                "event": "separation",
                "item": "launcher's last stage",
                "change": -left_behind,
                "mass": mass,
            }
        )
    rows, worst = return_budget.mass_rows(back, burns, mass)
    body["mass_ledger"] += rows
    body["mass_closure"] = max(body["mass_closure"], worst)
    body["propellant"].append(return_budget.propellant_row(climb.ascent, back, burns))
    body["return_velocity_ledger"] = return_budget.velocity_ledger(back)
    body["outcome"] = _outcome(body, back)
    capsule, ground = entering.capsule, entering.ground
    body["models"] += [orbit_model(plan), *entry_models(capsule, entering.entry, ground)]


def _outcome(body: dict[str, Any], back: Told) -> dict[str, Any]:
    """How the mission ended: the ascent's word unless it flew, then the way home's."""
    home, before = back.home, body["outcome"]
    if before["code"] != OutcomeCode.REACHED.word:
        return before
    if home.landed is None:
        return _stayed(home)
    unmet = not_found(home.landed)
    if unmet is not None:
        return unmet
    for part in ("entry", "descent"):
        told_part = body.get(part)
        if told_part and told_part["outcome"] != OutcomeCode.REACHED.word:
            return {"code": told_part["outcome"], "text": told_part["text"], "shortfall": 0.0}
    place, down = body["landing"], body["touchdown"]
    when = place["time"] / 3600.0
    words = {"water": "Splashdown", "land": "Touchdown"}
    landed = "Entry ends" if down is None else words[down["surface"]]
    return before | {"text": f"{landed} after {when:.1f} h, {place['miss']:.0f} m from the aim."}


def _stayed(home: Home) -> dict[str, Any]:
    """The outcome of a craft that never left its orbit."""
    if home.lost is not None:
        code, text = home.lost.code, home.lost.text
    elif home.chosen is None:
        near = max(home.found, key=lambda o: o.passed.margin, default=None)
        words = "No pass comes near." if near is None else f"The nearest pass: {near.why}."
        code, text = OutcomeCode.NO_SOLUTION, f"No landing opportunity in the window. {words}"
    else:
        code = OutcomeCode.RAN_DRY
        text = "The propellant left does not last for the deorbit burn: it stays in orbit."
    return {"code": code.word, "text": text, "shortfall": 0.0}


def not_found(landed: Landed) -> dict[str, Any] | None:
    """The outcome of an entry whose bank was searched for in vain; None for any other."""
    banked = landed.banked
    down = landed.entry.outcome[0] == OutcomeCode.REACHED
    if banked is None or (down and (landed.miss or 0.0) <= MISS):
        return None
    tries = f"{banked.solution.batches * LANES} entries were tried; the nearest, banked "
    tries += f"{degrees(banked.magnitude):.1f} deg with its reversal {banked.reversal:.0f} s after "
    tries += "the interface,"
    if down:
        assert landed.miss is not None
        text = f"No bank was found that reaches the aim: {tries} comes down "
        text += f"{landed.miss / 1e3:.1f} km from it. Try a nearer aim, another pass, or a bank "
        text += "that leaves more lift: a smaller entry.nominal_bank or a higher entry.load_limit."
    else:
        code = OutcomeCode(int(landed.entry.outcome[0]))
        happened = landing.entry_sentence(code).split(". ")[0]
        text = f"No bank was found that brings the capsule down: {tries} does not. {happened}. "
        text += "Try a steeper entry."
    return {"code": OutcomeCode.NOT_FOUND.word, "text": text, "shortfall": 0.0}


def orbit_model(plan: Plan) -> dict[str, str]:
    """The model of the orbit that is kept, and what it ignores."""
    environment = plan.environment
    missed = [body for body in ("Sun", "Moon") if body.lower() not in environment.third_bodies]
    felt = [body for body in ("Sun", "Moon") if body not in missed]
    pulled = f", {' and '.join(felt)}" if felt else ""
    return {
        "name": "orbit",
        "text": f"gravity{pulled}, drag and finite burns along the motion; DOP853",
        "ignores": ", ".join([*missed, "radiation pressure", "attitude thrusters"]),
    }


def entry_models(
    capsule: CapsuleSpec, spec: EntryPhaseSpec, ground: GroundSpec
) -> list[dict[str, str]]:
    """The models of an entry and its landing that flew, and what each ignores."""
    found = [_RIGID if spec.motion == "rigid" else _POINT]
    if capsule.parachutes is not None:
        found.append(_HUNG)
    if spec.bank.solve:
        found.append(_AIMED)
    return [*found, {"name": "ground", "text": _ground(ground), "ignores": "terrain, waves, geoid"}]


def _ground(ground: GroundSpec) -> str:
    return f"{ground.kind}, flat, {ground.height:g} m above the ellipsoid"


_POINT = {
    "name": "entry",
    "text": "point mass at trim angle, lift turned by a bank programme; Sutton-Graves flux",
    "ignores": "motion about trim, rarefied flow, radiation, ablation",
}
_RIGID = {
    "name": "entry",
    "text": "rigid body held at trim and bank by a control, on the bank of a point; "
    "Sutton-Graves flux",
    "ignores": "thruster pulses and their propellant, slopes of the forces off trim, rarefied "
    "flow, radiation, ablation",
}
_HUNG = {
    "name": "parachutes",
    "text": "a train of reefed canopies that fill by Knacke's times, finite mass by motion",
    "ignores": "snatch, apparent mass, pendulum, lag within a cluster, lift of the capsule",
}
_AIMED = {
    "name": "landing point",
    "text": "bank size and one reversal solved for the aim with the wind's drift",
    "ignores": "guidance in flight, navigation errors, dispersions",
}
