"""Explicit guidance alone: beside optima found without it, off its model, where nothing can be."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.unit.gnc.explicit_flights import (
    Case,
    Flown,
    Leg,
    burns,
    estimate,
    field,
    flown,
    kepler,
    law,
    motion,
    orbit,
    place,
    together,
)
from tests.unit.gnc.explicit_optima import Burnt, coplanar, direct
from yaan.base.constants import EARTH_J2, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.gnc.explicit import no_memory
from yaan.gnc.explicit_directions import Corrected, Primer
from yaan.gnc.explicit_target import Target
from yaan.spacetime.frame import Frame, vector

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
        CORE | {"mass": WHOLE, "stop": SHED, "dry": 58e3},
        CORE | {"fresh": False, "shed": 6e3, "stop": CUT, "dry": 52e3},
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
        Leg(burn=2, tail=tail, lasts=tail, active=False, **cryo if tail else {}),
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


SLOW = (168.5e3, 900.0, 2800.0)  # [m, m/s], from where the propellant does not do
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
    "fuller": upper(start=(168.5e3, 900.0, 2800.0), dry=MASS - LOADED - 1000.0),
    "dead": upper(fails=100.0, left=0.0, end=160.0),
    "behind": upper(start=(172e3, 10.0, 8500.0)),
    "off the plane": upper(orbit(170e3, 430e3, np.radians(60.0), anomaly=0.1, node=1.5)),
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
@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("name", MET)
def test_every_update_of_a_flight_that_can_be_converges(name, flights):
    assert [float(leg.worst) for leg in flights[name]] == [0.0] * len(flights[name])
    assert sum(float(leg.updates) for leg in flights[name]) > 200


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_burn_that_lacks_propellant_holds_all_but_the_energy_and_tells_what_is_missing(flights):
    end, miss = cut(flights, "short"), missed(flights, "short")
    assert end.memory.shortfall > 50.0
    assert float(end.mass) == pytest.approx(MASS - LOADED, abs=0.01)
    assert abs(miss["radius"]) < 50.0
    assert abs(miss["angle"]) < 2e-5
    lacking = float(CASES["short"].guide.target.speed) - kepler(end)["speed"]
    assert float(end.memory.shortfall) == pytest.approx(lacking, abs=0.1)


# Seen failing by 30 m/s with a cut-off that waited for the next update.
@pytest.mark.slow
def test_a_burn_with_more_propellant_than_is_believed_ends_as_it_has_the_energy(flights):
    end, miss = cut(flights, "fuller"), missed(flights, "fuller")
    assert float(end.mass) > MASS - LOADED - 999.0
    assert float(end.mass) < MASS - LOADED - 10.0
    assert abs(miss["speed"]) < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dead", "behind", "off the plane"])
def test_what_cannot_be_is_told_and_stays_a_number(name, flights):
    assert cut(flights, name).memory.converged == 0.0
    for leg in flights[name]:
        numbers = [*leg.position, *leg.velocity, leg.mass, *jax.tree.leaves(leg.memory.carried)]
        assert np.all(np.isfinite(np.stack(numbers)))


@pytest.mark.slow
def test_faster_than_its_target_it_cuts_off_at_once(flights):
    assert float(cut(flights, "behind").t) == 0.0


def cold(case: Case, r: np.ndarray, v: np.ndarray) -> Any:
    """What is found at a state from nothing known."""
    t = jnp.asarray(case.t)
    begun = case.guide.start(t, no_memory(case.guide.direction, t))
    place, moving = (vector(jnp.asarray(x), Frame.GCRS) for x in (r, v))
    return case.guide.solve(estimate(t, place, moving), begun)


def upper_law() -> Case:
    case = upper()
    return case._replace(guide=eqx.tree_at(lambda g: g.burn, case.guide, jnp.asarray(2)))


def grid() -> tuple[np.ndarray, np.ndarray]:
    """States around that of the upper stage: 60 km, 400 m/s of climb, 400 m/s of speed, a side."""
    case, sides = upper_law(), (-1.0, -0.5, 0.0, 0.5, 1.0)
    errors = np.array(np.meshgrid(sides, sides, sides)).reshape(3, -1).T
    r = np.stack([place(ALOFT[0] + 60e3 * e[0]) for e in errors])
    v = np.stack(
        [motion(case.r, ALOFT[1] + 400 * e[1], ALOFT[2] + 400 * e[2], np.pi / 2) for e in errors]
    )
    return r, v


@pytest.fixture(scope="module")
def found() -> Any:
    """What is found from nothing, from each state of the grid, in one batch."""
    case, (r, v) = upper_law(), grid()
    return jax.jit(jax.vmap(lambda r, v: cold(case, r, v)))(r, v)


def test_it_converges_from_nothing_over_a_wide_region(found):
    assert np.all(found.converged == 1.0)
    assert np.max(found.looks) < 20


@pytest.mark.slow
def test_what_is_found_alone_is_what_is_found_in_a_batch(found):
    case, (r, v) = upper_law(), grid()
    one = jax.jit(lambda r, v: cold(case, r, v))
    for k in (0, 62, 124):
        alone = one(r[k], v[k])
        # 1e-6 m at 8 km/s is 1e-10 s.
        assert float(alone.cut_off) == pytest.approx(float(found.cut_off[k]), abs=1e-10)
        ours = [float(x) for x in jax.tree.leaves(alone.carried)]
        np.testing.assert_allclose(ours, [x[k] for x in jax.tree.leaves(found.carried)], atol=1e-12)


def test_corrected_programmes_without_correction_are_the_designed_ones():
    own = Corrected(
        jnp.asarray([[0.5, 0.2, -0.1], [0.4, -0.1, 0.02]]),
        jnp.asarray([100.0, 250.0]),
        jnp.asarray(0.1),
    )
    r, v = (
        vector(jnp.asarray([7e6, 0.0, 0.0]), Frame.GCRS),
        vector(jnp.asarray([10.0, 0.0, 7e3]), Frame.GCRS),
    )
    for t, s, (a, b, c) in ((180.0, 0.8, (0.5, 0.2, -0.1)), (300.0, 0.5, (0.4, -0.1, 0.02))):
        now = jnp.asarray(t)
        axis = own.axis(own.nothing(now), now, r, v)
        assert float(axis.x / jnp.hypot(axis.y, axis.z)) == pytest.approx(a + b * s + c * s * s)
        # Yaw turns to the right of a motion to the north: to the east.
        assert float(axis.y / axis.z) == pytest.approx(np.tan(0.1))


def test_constants_of_the_primer_vector_are_those_that_it_was_made_of():
    case, law_of = whole(), Primer()
    r, v = vector(jnp.asarray(case.r), Frame.GCRS), vector(jnp.asarray(case.v), Frame.GCRS)
    normal = case.guide.target.plane(r, v)
    given = jnp.asarray([0.3, -1e-3, 0.05, 2e-4])
    carried = law_of.carried(given, r, v, normal)
    np.testing.assert_allclose(law_of.constants(carried, r, normal), given, rtol=1e-10)
    # Along the normal of the plane the constant of the motion vanishes.
    primer, rate = carried
    constant = r.cross(rate) - v.cross(primer)
    assert abs(float(constant.dot(normal))) < 1e-9 * float(v.norm())


def goal_of(target: Target) -> tuple[float, float, float, float]:
    """Radius [m], speed [m/s], flight-path angle and inclination [rad]."""
    angles = float(target.flight_path_angle), float(target.inclination)
    return float(target.radius), float(target.speed), *angles


@pytest.mark.slow
def test_the_ascent_of_two_stages_is_within_a_thousandth_of_a_direct_optimum(flights):
    case, last = CASES["as believed"], cut(flights, "as believed")
    target = case.guide.target
    goal = goal_of(target)
    shed = WHOLE - 6e3 - (SHED - START) * FLOW["core"]
    parts = [
        Burnt(START, SHED, WHOLE, CORE["thrust"], CORE["isp"]),
        Burnt(SHED, CUT, shed, CORE["thrust"], CORE["isp"]),
        Burnt(CUT + GAP, np.inf, ABOVE, CRYO["thrust"], CRYO["isp"], CRYO["ramp"]),
    ]
    nodes = (3, 3, 7)
    pitch = [np.full(3, 0.5), np.full(3, 0.48), np.full(7, 0.4)]
    guess = np.concatenate([*pitch, np.full(13, 0.05), [float(last.t)]])
    best, _ = direct(parts, (START, case.r, case.v), goal, guess, nodes)
    burnt = float(last.t) - CUT - GAP
    # Its direction follows no oblateness, and the broken lines no curve.
    assert -2e-4 < (float(last.t) - best) / burnt < 1e-3


@pytest.mark.slow
def test_without_enough_propellant_it_lacks_no_more_than_the_optimum_does(flights):
    case, last = CASES["short"], cut(flights, "short")
    target = case.guide.target
    goal = goal_of(target)
    parts = [Burnt(0.0, np.inf, MASS, CRYO["thrust"], CRYO["isp"])]
    guess = np.concatenate([np.full(7, 0.3), np.zeros(7), [300.0]])
    dry = LOADED / FLOW["c"]
    state = (0.0, case.r, case.v)
    best, _ = direct(parts, state, goal, guess, (7,), j2=0.0, dry=dry)
    assert best - 0.1 < float(last.memory.shortfall) < best + 5.0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["as believed", "late"])
def test_a_flight_alone_is_that_of_a_batch(name, flights):
    alone = flown(CASES[name])
    for ours, theirs in zip(alone, flights[name], strict=True):
        np.testing.assert_allclose(ours.position, theirs.position, rtol=0.0, atol=1e-6)
        np.testing.assert_allclose(ours.velocity, theirs.velocity, rtol=0.0, atol=1e-9)
