"""A chain of phases: what goes over a border, what branches off, what breaks."""

from typing import Any

import numpy as np
import pytest

from tests.physics.chains import CANOPY, ball, chain
from yaan.api import Flight
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.flight.chain import PathFlown
from yaan.results.summary_return import ParachuteStep
from yaan.results.summary_sequence import Sequence

pytestmark = pytest.mark.slow

THRUST, ISP, LOADED, DRY = 10e3, 250.0, 50.0, 20.0  # [N, s, kg, kg]
NOSE = 40.0  # [kg]
AIRLESS = {"gravity": {"field": "point"}, "atmosphere": "none", "wind": "none", "earth": "still"}
"""A world of which every answer is known in closed form."""

ROCKET = {
    "stages": {
        "motor": {
            "engine": {"thrust": "10 kN", "isp": "250 s"},
            "propellant": "50 kg",
            "dry_mass": "20 kg",
            "ballistic_coefficient": "300 kg/m2",
        }
    },
    "parts": {"nose": {"mass": "40 kg", "parachutes": CANOPY}},
}
UP = [
    {"name": "burn", "ignite": ["motor"], "steer": "vertical", "until": {"depleted": "motor"}},
    {"name": "up", "drop": ["motor"], "until": {"apex": True}},
]
PAD = {"pad": {"site": {"latitude": "0 deg", "longitude": "0 deg"}}}


def sequence(flight: Flight) -> Sequence:
    """Its phases and ends."""
    assert flight.summary.sequence is not None
    return flight.summary.sequence


def flown(flight: Flight) -> tuple[PathFlown, list[PathFlown]]:
    """The flight itself, and its branches."""
    chain = flight.flown.chain
    assert chain is not None
    assert chain.flight is not None
    return chain.flight, chain.branches


def ends(flight: Flight) -> dict[str, float]:
    """When each phase ended [s]."""
    return {phase.phase: phase.end for phase in sequence(flight).phases}


def steps(flight: Flight) -> tuple[ParachuteStep, ...]:
    """What became of its canopies."""
    assert flight.summary.descent is not None
    return flight.summary.descent.steps


def touchdown(flight: Flight) -> float:
    """Speed down at the ground [m/s]."""
    assert flight.landing is not None
    assert flight.landing.touchdown is not None
    assert flight.landing.touchdown.contact is not None
    return flight.landing.touchdown.contact.vertical


def test_what_burns_weighs_and_pushes_as_the_rocket_equation_says() -> None:
    flight = chain(start=PAD, vehicle=ROCKET, phases=UP, environment=AIRLESS).fly()
    assert flight.outcome.code == "flown"
    burn, up = sequence(flight).phases[:2]
    exhaust = ISP * STANDARD_GRAVITY
    whole = LOADED + DRY + NOSE
    assert burn.ideal == pytest.approx(exhaust * np.log(whole / (DRY + NOSE)), rel=1e-6)
    assert (burn.mass_start, burn.mass_end, up.mass_start) == pytest.approx(
        (whole, DRY + NOSE, NOSE), abs=1e-6
    )
    assert flight.budgets.mass_closure == pytest.approx(0.0, abs=1e-9)
    # The burn lasts as long as the flow says; the ramp of 1 ms delays it by half of that.
    assert burn.end == pytest.approx(LOADED * exhaust / THRUST, abs=2e-3)


def test_a_vertical_hop_rises_as_energy_says() -> None:
    flight = chain(start=PAD, vehicle=ROCKET, phases=UP, environment=AIRLESS).fly()
    history = flown(flight)[0].history
    first = int(np.flatnonzero(history["phase"] == 1)[0])
    r, v = (history[name][first] for name in ("position_gcrs", "velocity_gcrs"))
    energy = 0.5 * v @ v - EARTH_MU / np.linalg.norm(r)
    assert sequence(flight).end.height == pytest.approx(-EARTH_MU / energy - EARTH_RADIUS, abs=0.5)


def test_a_chain_cut_into_more_phases_is_the_same_flight() -> None:
    hang = {"name": "hang", "motion": "canopies"}
    vehicle = ball(parachutes=CANOPY)
    whole = chain(vehicle=vehicle, phases=[hang]).fly()
    pieces = [
        hang | {"name": "high", "until": {"height_below": "3 km"}},
        hang | {"name": "opening", "until": {"duration": "20 s"}},
        hang,
    ]
    cut = chain(vehicle=vehicle, phases=pieces).fly()
    assert ends(cut)["hang"] == pytest.approx(ends(whole)["hang"], abs=2e-3)
    loads = [steps(one)[0].peak_load for one in (whole, cut)]
    assert loads[1] == pytest.approx(loads[0], rel=1e-3)
    down = [touchdown(one) for one in (whole, cut)]
    assert down[1] == pytest.approx(down[0], abs=1e-5)


def test_what_is_dropped_starts_where_it_was_left() -> None:
    flight = chain(start=PAD, vehicle=ROCKET, phases=UP).fly()
    (motor,) = flown(flight)[1]
    main, fallen = flown(flight)[0].history, motor.history
    border = int(np.flatnonzero(main["phase"] == 0)[-1])
    for name in ("time", "position_gcrs", "velocity_gcrs"):
        assert np.array_equal(fallen[name][0], main[name][border]), name
    assert fallen["mass"][0] == DRY
    assert motor.code.word == "flown"
    assert abs(fallen["height"][-1]) < 1e-3


def test_an_orbit_by_its_elements_is_that_orbit() -> None:
    start = {"perigee": "300 km", "apogee": "700 km", "inclination": "51 deg", "node": "40 deg"}
    start |= {"argument_of_perigee": "70 deg", "true_anomaly": "10 deg"}
    phases = [{"name": "coast", "motion": "orbit", "until": {"duration": "2000 s"}}]
    world = AIRLESS | {"earth": "iers"}
    flight = chain(start={"orbit": start}, phases=phases, environment=world).fly()
    found = sequence(flight).end.orbit
    assert found is not None
    assert (found.perigee, found.apogee) == pytest.approx((300e3, 700e3), abs=0.5)
    # Against GCRS, from which the true equator of date is 0.15 deg away at most.
    assert found.inclination_deg == pytest.approx(51.0, abs=0.15)
    moved = found.true_anomaly_deg - 10.0
    assert 120.0 < moved < 140.0


def test_two_short_burns_are_hohmanns() -> None:
    low, high = EARTH_RADIUS + 300e3, EARTH_RADIUS + 800e3
    middle = 0.5 * (low + high)
    first = np.sqrt(EARTH_MU * (2.0 / low - 1.0 / middle)) - np.sqrt(EARTH_MU / low)
    second = np.sqrt(EARTH_MU / high) - np.sqrt(EARTH_MU * (2.0 / high - 1.0 / middle))
    orbit = {"orbit": {"perigee": "300 km", "apogee": "300 km", "inclination": "45 deg"}}
    phases: list[dict[str, Any]] = [
        {"name": "raise", "ignite": ["upper"], "steer": "prograde"},
        {"name": "coast", "shut_down": ["upper"], "step": "10 s", "until": {"apex": True}},
        {"name": "round", "ignite": ["upper"], "steer": "prograde", "until": {"circular": True}},
    ]
    phases[0]["until"] = {"apogee_above": "800 km"}
    engine = {"thrust": "200 kN", "isp": "320 s"}
    stage = {"engine": engine, "propellant": "900 kg", "dry_mass": "300 kg"}
    flight = chain(
        start=orbit, vehicle={"stages": {"upper": stage}}, phases=phases, environment=AIRLESS
    ).fly()
    assert flight.outcome.code == "flown"
    told = sequence(flight).phases
    assert (told[0].ideal, told[2].ideal) == pytest.approx((first, second), abs=1.0)


def test_engines_that_fail_are_not_foreknown_and_are_told() -> None:
    half = {"engine": "motor", "at": "2 s", "thrust_left": 0.5}
    sound = chain(start=PAD, vehicle=ROCKET, phases=UP, environment=AIRLESS).fly()
    weak = chain(start=PAD, vehicle=ROCKET, phases=UP, environment=AIRLESS, failures=[half]).fly()
    whole = ends(sound)["burn"]
    assert ends(weak)["burn"] == pytest.approx(2.0 + 2.0 * (whole - 2.0), abs=5e-3)


def test_an_engine_that_fails_at_an_event_does_so_as_that_comes() -> None:
    phases = [UP[0] | {"name": "low", "until": {"height_above": "500 m"}}]
    phases += [{"name": "burn", "steer": "vertical", "until": {"depleted": "motor"}}, UP[1]]
    dead = {"engine": "motor", "at": "low-end"}
    flight = chain(
        start=PAD, vehicle=ROCKET, phases=phases, environment=AIRLESS, failures=[dead]
    ).fly()
    told = {one.phase: one for one in sequence(flight).phases}
    assert told["burn"].end - told["low"].end < 0.01
    assert told["burn"].mass_end > DRY + NOSE + 1.0


def test_a_jettison_that_fails_leaves_the_mass_aboard() -> None:
    stuck = [{"jettison": "motor"}]
    flight = chain(start=PAD, vehicle=ROCKET, phases=UP, environment=AIRLESS, failures=stuck).fly()
    assert sequence(flight).end.mass == pytest.approx(DRY + NOSE)
    assert not flown(flight)[1]


def test_a_stage_that_does_not_light_stays_on_the_pad() -> None:
    cold = [{"ignition": "motor"}]
    flight = chain(start=PAD, vehicle=ROCKET, phases=UP, environment=AIRLESS, failures=cold).fly()
    assert flight.outcome.code == "no-lift-off"


def test_a_lost_canopy_is_a_faster_touchdown() -> None:
    hang = [{"name": "hang", "motion": "canopies"}]
    pair = {"steps": [CANOPY["steps"][0] | {"count": 2}]}
    vehicle = ball(parachutes=pair)
    speeds = [
        touchdown(chain(vehicle=vehicle, phases=hang, failures=lost).fly())
        for lost in ([], [{"canopy": "main", "lost": 1}])
    ]
    assert speeds[1] == pytest.approx(speeds[0] * np.sqrt(2.0), rel=1e-3)
