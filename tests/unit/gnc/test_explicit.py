"""Explicit guidance alone: beside optima found without it, off its model, where nothing can be."""

from typing import Any

import numpy as np
import pytest

from tests.unit.gnc.explicit_flights import (
    Case,
    Flown,
    Leg,
    burns,
    field,
    law,
    motion,
    orbit,
    place,
    together,
)
from tests.unit.gnc.explicit_optima import coplanar
from yaan.base.constants import EARTH_J2, STANDARD_GRAVITY

# A core and a cryogenic stage like those of LVM3, from the separation of its strap-ons on.
CORE: dict[str, float] = {"thrust": 1.682e6, "isp": 293.0}
CRYO: dict[str, float] = {"thrust": 186.36e3, "isp": 442.0, "ramp": 3.0}
FLOW = {key: x["thrust"] / x["isp"] / STANDARD_GRAVITY for key, x in (("core", CORE), ("c", CRYO))}
START, SHED, CUT, GAP = 131.14, 210.0, 301.94, 5.16  # [s]
ABOVE = 45.49e3  # [kg], at the ignition of the cryogenic stage
LOADED = 28e3  # [kg]
WHOLE = 159.7e3  # [kg], at the start


def model(tail: float = 0.0) -> Any:
    return burns(
        CORE | {"mass": WHOLE, "stop": SHED, "dry": 63.8e3},
        CORE | {"fresh": False, "shed": 6e3, "stop": CUT, "dry": 57.8e3},
        CRYO | {"mass": ABOVE, "gap": GAP, "dry": ABOVE - LOADED, "tail_off": tail},
    )


def whole(
    target: Any = None, *, thrust: float = 1.0, flow: float = 1.0, late: float = 0.0,
    tail: float = 0.0, **last: Any,
) -> Case:  # fmt: skip
    """From the separation of the strap-ons to the orbit, off the model by factors."""
    target = orbit(170e3, 430e3, np.radians(51.5), anomaly=0.1) if target is None else target
    r = place(62.3e3, np.radians(13.7))
    angle = np.radians(23.4)
    v = motion(r, 2088.0 * np.sin(angle), 2088.0 * np.cos(angle), np.radians(136.0))
    core: dict[str, Any] = {"thrust": CORE["thrust"] * thrust, "flow": FLOW["core"] * flow}
    cryo: dict[str, Any] = {"thrust": CRYO["thrust"] * thrust, "flow": FLOW["c"] * flow}
    legs = [
        Leg(burn=0, mass=WHOLE, end=SHED, **core),
        Leg(burn=1, shed=6e3, end=CUT, **core),
        Leg(burn=2, lit=False, mass=ABOVE, lasts=GAP),
        Leg(burn=2, ramp=3.0, delay=late, dry=ABOVE - LOADED, **cryo | last),
        Leg(burn=2, tail=tail, lasts=max(tail, 1e-3), active=False, **cryo),
    ]
    return Case(law(model(tail), target, field=field(EARTH_J2)), legs, r, v, START)


MASS = 38.2e3  # [kg] of the upper stage alone, as it is lit
ALOFT = (168.5e3, 675.0, 4687.0)  # [m, m/s]
LEVEL = orbit(170e3, 430e3, 0.0, anomaly=0.1, node=0.0)


def upper(target: Any = LEVEL, start: tuple[float, float, float] = ALOFT, **truth: Any) -> Case:
    """The upper stage alone over a spherical Earth, without a ramp, along the equator."""
    rows = [{}, {}, CRYO | {"ramp": 0.0, "mass": MASS, "dry": MASS - LOADED}]
    r = place(start[0])
    v = motion(r, start[1], start[2], np.pi / 2)
    known = {"thrust": CRYO["thrust"], "flow": FLOW["c"], "mass": MASS, "dry": MASS - LOADED}
    legs = [Leg(burn=2, **known | truth)]
    return Case(law(burns(*rows), target), legs, r, v)


SLOW = (168.5e3, 900.0, 3500.0)  # [m, m/s], from where the propellant does not do
CASES = {
    "coplanar": upper(),
    "as believed": whole(),
    "strong": whole(thrust=1.03, flow=1.03),
    "weak": whole(thrust=0.97, flow=0.97),
    "thirsty": whole(flow=1.01),
    "sparing": whole(flow=0.99),
    "late": whole(late=5.0),
    "tail-off": whole(tail=4.0),
    "short": upper(start=SLOW),
    "dead": upper(fails=100.0, left=0.0, end=160.0),
    "behind": upper(start=(172e3, 10.0, 8500.0)),
    "off the plane": whole(orbit(170e3, 430e3, np.radians(8.0), anomaly=0.1), end=1000.0),
}


@pytest.fixture(scope="module")
def flights() -> dict[str, list[Flown]]:
    return together(CASES)


def cut(flights: dict[str, list[Flown]], name: str) -> Flown:
    """As the last burn was cut off, or ran dry."""
    legs = flights[name]
    return legs[3] if len(legs) == 5 else legs[0]


def missed(flights: dict[str, list[Flown]], name: str) -> dict[str, float]:
    """Of the target, where all tail-offs are over: radius [m], speed [m/s], angles [rad]."""
    end, target = kepler(flights[name][-1]), CASES[name].guide.target
    return {
        "radius": end["radius"] - float(target.radius),
        "speed": end["speed"] - float(target.speed),
        "angle": end["angle"] - float(target.flight_path_angle),
        "inclination": end["inclination"] - float(target.inclination),
    }


MET = ["coplanar", "as believed", "strong", "weak", "thirsty", "sparing", "late", "tail-off"]


# 50 m and 0.1 m/s: a tenth of an insertion within 0.5 km, whose perigee and apogee move by 1.7 and
# 3.5 km for 1 m/s. Seen failing with the tail-off left out of the prediction, and with the factor
# of the thrust held at 1.
@pytest.mark.parametrize("name", MET)
def test_the_target_is_met_though_the_truth_is_not_what_is_believed(name, flights):
    miss = missed(flights, name)
    assert abs(miss["radius"]) < 50.0
    assert abs(miss["speed"]) < 0.1
    assert abs(miss["angle"]) < 2e-5
    assert abs(miss["inclination"]) < np.radians(0.001)
    last = cut(flights, name)
    assert last.memory.converged == 1.0
    assert last.memory.shortfall == 0.0


@pytest.mark.parametrize("name", MET)
def test_every_update_of_a_flight_that_can_be_converges(name, flights):
    assert [float(leg.worst) for leg in flights[name]] == [0.0] * len(flights[name])
    assert sum(float(leg.updates) for leg in flights[name]) > 200


def test_what_is_burnt_is_the_least_that_the_calculus_of_variations_allows(flights):
    target = CASES["coplanar"].guide.target
    radius, speed, angle = (
        float(x) for x in (target.radius, target.speed, target.flight_path_angle)
    )
    best = coplanar(
        (EARTH_RADIUS + ALOFT[0], *ALOFT[1:]),
        (radius, speed * np.sin(angle), speed * np.cos(angle)),
        MASS,
        CRYO["thrust"],
        CRYO["isp"],
        (0.3, -3e-4, 480.0),
    )
    burnt = float(cut(flights, "coplanar").t)
    # 0.1 % is asked; what is less than the least beyond the miss of the target is an error.
    assert -2e-5 < burnt / best - 1.0 < 1e-3


def test_a_burn_that_lacks_propellant_holds_all_but_the_energy_and_tells_what_is_missing(flights):
    end, miss = cut(flights, "short"), missed(flights, "short")
    assert end.memory.shortfall > 50.0
    assert float(end.mass) == pytest.approx(MASS - LOADED, abs=1.0)
    assert abs(miss["radius"]) < 200.0
    assert abs(miss["angle"]) < 1e-4
    lacking = np.sqrt(float(CASES["short"].guide.target.speed) ** 2) - kepler(end)["speed"]
    assert float(end.memory.shortfall) == pytest.approx(lacking, abs=2.0)


@pytest.mark.parametrize("name", ["dead", "behind", "off the plane"])
def test_what_cannot_be_is_told_and_stays_a_number(name, flights):
    last = cut(flights, name)
    assert last.memory.converged == 0.0
    for leg in flights[name]:
        numbers = [*leg.position, *leg.velocity, leg.mass, *jax.tree.leaves(leg.memory.carried)]
        assert np.all(np.isfinite(np.stack(numbers)))


def test_faster_than_its_target_it_cuts_off_at_once(flights):
    assert float(cut(flights, "behind").t) < 1e-6


def test_a_plane_that_cannot_be_had_costs_no_height(flights):
    miss = missed(flights, "off the plane")
    assert abs(miss["radius"]) < 5e3
