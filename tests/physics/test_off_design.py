"""Liquid engines off their design point, and what fails of them, against closed forms in vacuum."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.chains import chain
from tests.physics.rockets import fly, free_space, launcher, pad, phases, stacked, steering
from yaan.api import Flight
from yaan.base.constants import STANDARD_GRAVITY
from yaan.motion.base import Legs
from yaan.motion.powered_phases import End, Phases
from yaan.propulsion import Failures, Mixture, ThrottleMap
from yaan.vehicle import Launcher

pytestmark = pytest.mark.slow

LIT = np.array([True])
DRY = len(End)
LOAD, THRUST, ISP = 8_000.0, 2e5, 320.0  # [kg, N, s]
STAGE = {"propellant": LOAD, "dry": 1_000.0, "thrust": THRUST, "isp": ISP}
EXHAUST = ISP * STANDARD_GRAVITY  # [m/s]
FLOW = THRUST / EXHAUST  # [kg/s]
BURN = LOAD / FLOW + 0.5e-3  # [s] with the ramp of a millisecond
ROCKET = launcher(STAGE, payload=1_000.0)
EMPTY = 2_000.0  # [kg]


def with_engines(**parts: Any) -> Launcher:
    """The rocket with more of its engines."""
    made = ROCKET
    for name, value in parts.items():
        made = eqx.tree_at(
            lambda v, name=name: getattr(v.engines, name),
            made,
            value,
            is_leaf=lambda x: x is None,
        )
    return made


def lanes(plan: Phases, *rockets: Launcher) -> Legs:
    """Each rocket in a lane of its own, [phases, lanes]."""
    each = [(rocket, plan, steering(), pad()) for rocket in rockets]
    return fly(free_space(), *stacked(*each))


def ideal(legs: Legs, phase: int = -1) -> np.ndarray:
    """Ideal velocity at the end of a phase, of each lane [m/s]."""
    return np.asarray(legs.inner.losses.ideal)[phase]


def table(*values: list[float]) -> jnp.ndarray:
    return jnp.asarray(values)


def test_a_throttle_map_costs_specific_impulse_and_no_thrust():
    """At 0.6, 0.97 of it are left between [0.5, 0.96] and [0.7, 0.98]."""
    rocket = with_engines(throttle=ThrottleMap(table([0.5, 0.7, 1.0]), table([0.96, 0.98, 1.0])))
    plan = phases({"ignite": LIT, "throttle": [0.6], "ends": {DRY: 1.0}})
    legs = lanes(plan, rocket)
    assert ideal(legs)[0] == pytest.approx(EXHAUST * np.log(5.0) * 0.97, rel=1e-8)
    # Less thrust, and a little more flow than its share.
    wanted = LOAD / (0.6 * FLOW) * 0.97
    assert float(legs.stop[0, 0]) == pytest.approx(wanted, abs=1e-3)


def test_a_mixture_that_shifts_gives_the_integral_of_its_impulse():
    """Over the burnt mass, whatever the throttle does: isp g0 ln m, its factor being a line."""
    knots, thrust, isp = [0.0, 3_000.0, 6_000.0], [1.0, 1.04, 0.95], [1.0, 0.98, 1.03]
    loaded = jnp.asarray([LOAD])
    rocket = with_engines(mixture=Mixture(loaded, table(knots), table(thrust), table(isp)))
    plan = phases(
        {"ignite": LIT, "throttle": [0.7], "duration": 40.0},
        {"throttle": [1.0], "ends": {DRY: 1.0}},
    )
    legs = lanes(plan, rocket)
    burnt = np.linspace(0.0, LOAD, 200_001)
    mass = EMPTY + LOAD - burnt
    wanted = np.trapezoid(EXHAUST * np.interp(burnt, knots, isp) / mass, burnt)
    assert ideal(legs)[0] == pytest.approx(wanted, rel=2e-6)
    # And burns as long as its flow says.
    flow = FLOW * np.interp(burnt, knots, thrust) / np.interp(burnt, knots, isp)
    time = np.concatenate([[0.0], np.cumsum(0.5 * (1 / flow[1:] + 1 / flow[:-1]) * np.diff(burnt))])
    there = np.interp(40.0, time / 0.7, burnt)
    lasting = 40.0 + np.interp(LOAD, burnt, time) - np.interp(there, burnt, time)
    assert float(legs.stop[1, 0]) == pytest.approx(lasting, abs=2e-3)
    assert float(legs.inner.propellant[-1, 0, 0]) == 0.0


def test_engines_that_fail_one_after_the_other_leave_their_flow_to_the_others():
    """In two lanes: thrust falls to 3/4, then to 1/2 of it; and to 1/2 at once."""
    step = with_engines(failures=Failures(table([10.0, 20.0]), table([0.75, 0.375])))
    once = with_engines(failures=Failures(table([20.0, np.inf]), table([0.5, 0.5])))
    plan = phases({"ignite": LIT, "ends": {DRY: 1.0}})
    legs = lanes(plan, step, once)
    full = BURN
    wanted = [20.0 + (full - 10.0 - 7.5) / 0.375, 20.0 + (full - 20.0) / 0.5]
    # A millisecond of dying engines is flown as one of the mean of them.
    assert np.asarray(legs.stop[0]) == pytest.approx(wanted, abs=3e-3)
    assert ideal(legs) == pytest.approx(np.full(2, EXHAUST * np.log(5.0)), rel=1e-8)


def test_what_is_burnt_until_an_early_shut_down_is_what_it_gave():
    """Impulse over specific impulse is the propellant that is missing; the rest stays."""
    dead = with_engines(failures=Failures(table([30.0]), table([0.0])))
    plan = phases({"ignite": LIT, "duration": 60.0})
    legs = lanes(plan, dead)
    burnt = LOAD - float(legs.inner.propellant[0, 0, 0])
    assert burnt == pytest.approx(FLOW * 30.0, abs=FLOW * 1.1e-3)
    mass = EMPTY + LOAD
    assert ideal(legs)[0] == pytest.approx(EXHAUST * np.log(mass / (mass - burnt)), rel=1e-9)


def test_a_throttle_that_sticks_stays_where_it_is():
    """0.6 to 40 s, then 1.0, then 0.5: stuck at 30 s, at 50 s, at 80 s and not at all."""
    never = jnp.asarray([[np.inf]]), jnp.asarray([[1.0]])
    rockets = [
        with_engines(failures=Failures(*never, jnp.asarray([at])))
        for at in (30.0, 50.0, 80.0, np.inf)
    ]
    low = {"ignite": LIT, "throttle": [0.6], "ends": {}, "duration": 40.0}
    plan = phases(
        low,
        {"throttle": [1.0], "ends": {}, "duration": 30.0},
        {"throttle": [0.5], "ends": {DRY: 1.0}},
    )
    legs = lanes(plan, *rockets)
    first = 40.0 * 0.6
    burnt = np.array(
        [[first, x, y] for x, y in ((18.0, 0.6), (30.0, 1.0), (30.0, 0.5), (30.0, 0.5))]
    )
    left = LOAD / FLOW - burnt[:, 0] - burnt[:, 1]
    wanted = 70.0 + left / burnt[:, 2] + 0.5e-3
    assert np.asarray(legs.stop[2]) == pytest.approx(wanted, abs=2e-3)
    assert ideal(legs) == pytest.approx(np.full(4, EXHAUST * np.log(5.0)), rel=1e-8)


def test_a_throttle_that_sticks_lets_the_load_rise():
    """At 3 g0 the limit holds thrust over mass; from where it sticks thrust stands still."""
    limit = 3.0 * STANDARD_GRAVITY
    asked = {"ignite": LIT, "least": [0.3], "load_limit": limit, "ends": {DRY: 1.0}}
    never = jnp.asarray([[np.inf]]), jnp.asarray([[1.0]])
    begins = (EMPTY + LOAD - THRUST / limit) / FLOW  # [s] from where on thrust is held back
    at = begins + 20.0
    stuck = with_engines(failures=Failures(*never, jnp.asarray([at])))
    free = with_engines(failures=Failures(*never, jnp.asarray([np.inf])))
    legs = lanes(phases(asked), stuck, free)
    # Held back, mass falls as exp(-limit t / exhaust).
    mass = THRUST / limit * np.exp(-limit * 20.0 / EXHAUST)
    held = at + (mass - EMPTY) / (limit * mass / EXHAUST)
    loose = begins + EXHAUST / limit * np.log(THRUST / limit / EMPTY)
    assert np.asarray(legs.stop[0]) == pytest.approx([held, loose], abs=0.02)
    assert float(legs.inner.held[0, 0, 0]) == pytest.approx(limit * mass / THRUST, rel=1e-4)
    assert float(legs.inner.held[0, 1, 0]) == -1.0


def rocket(**engine: Any) -> dict[str, Any]:
    """A stage of a file that burns straight up from 100 km."""
    return {
        "stages": {
            "lift": {
                "engine": {
                    "thrust": "200 kN",
                    "isp": "320 s",
                    "propellants": "LOX / RP-1",
                    "throttle": [0.4, 1.0],
                    **engine,
                },
                "engine_count": 2,
                "propellant": "16 t",
                "dry_mass": "2 t",
            }
        },
        "payload": {"name": "box", "mass": "2 t"},
    }


def burn(engine: dict[str, Any] | None = None, *failures: dict[str, Any]) -> Flight:
    """That stage: throttled, then at full thrust until it is dry."""
    up = {"steer": {"fixed": {"elevation": "90 deg", "azimuth": "90 deg"}}}
    return chain(
        start={"drop": {"latitude": "0 deg", "longitude": "0 deg", "height": "100 km"}},
        vehicle=rocket(**(engine or {})),
        phases=[
            {
                "name": "low",
                "ignite": ["lift"],
                "steer": up["steer"],
                "throttle": {"lift": 0.5},
                "until": {"duration": "40 s"},
            },
            {"name": "high", "steer": up["steer"], "until": {"depleted": "lift"}},
        ],
        failures=list(failures),
    ).fly()


def test_a_throttled_stage_fades_from_where_it_was():
    up = {"fixed": {"elevation": "90 deg", "azimuth": "90 deg"}}
    flight = chain(
        start={"drop": {"latitude": "0 deg", "longitude": "0 deg", "height": "100 km"}},
        vehicle=rocket(tail_off="2 s"),
        phases=[
            {
                "name": "low",
                "ignite": ["lift"],
                "steer": up,
                "throttle": {"lift": 0.5},
                "until": {"duration": "20 s"},
            },
            {"name": "off", "shut_down": ["lift"], "steer": up, "until": {"duration": "5 s"}},
        ],
    ).fly()
    time, thrust = flight.history["time"], flight.history["thrust"]
    assert np.max(thrust[time > 20.0]) <= 200e3 * (1.0 + 1e-9)
    # Half of 200 kN for two seconds, in the air above 100 km, which is next to none.
    burnt = float(flight.history["mass"][time <= 20.0][-1] - flight.history["mass"][-1])
    assert burnt == pytest.approx(0.5 * 200e3 * 2.0 / (320.0 * STANDARD_GRAVITY), rel=1e-6)


def length(flight: Flight) -> float:
    """When it ran dry [s]."""
    return float(flight.timeline[-1].time)


FULL = 16e3 * 320.0 * STANDARD_GRAVITY / 400e3  # [s]


def test_a_flight_of_a_file_tells_the_throttle_that_sticks():
    whole, stuck = burn(), burn(None, {"throttle": "lift", "at": "30 s"})
    assert length(whole) == pytest.approx(40.0 + FULL - 20.0, abs=0.01)
    assert length(stuck) == pytest.approx(40.0 + (FULL - 20.0) / 0.5, abs=0.01)
    assert "The throttle of lift sticks at 30 s" in stuck.outcome.text
    late = burn(None, {"throttle": "lift", "at": "low-end"})
    assert length(late) == pytest.approx(length(stuck), abs=0.01)


def test_a_failure_after_the_flight_is_told_to_be_one():
    """What comes too late has taken nothing, and is not told as if it had."""
    late = burn(None, {"engine": "lift", "at": "5000 s"})
    assert "loses all of its engines at 5000 s, after this flight has ended." in late.outcome.text
    assert length(late) == pytest.approx(length(burn()), abs=1e-9)


def test_a_flight_of_a_file_loses_one_engine_after_the_other():
    """Half of 400 kN from 50 s, and four fifths of what is left from 60 s on."""
    flight = burn(
        None,
        {"engine": "lift", "at": "50 s", "lost": 1},
        {"engine": "lift", "at": "60 s", "thrust_left": 0.8},
    )
    left = FULL - 20.0 - 10.0 - 5.0
    assert length(flight) == pytest.approx(60.0 + left / 0.4, abs=0.01)
    assert "loses 1 of its engines at 50 s; lift keeps 80 % of its thrust" in flight.outcome.text


def test_a_flight_of_a_file_ends_when_the_first_propellant_is_gone():
    """Filled at 2.5, burnt at 3.0: all 11,429 kg of LOX take 3,810 of 4,571 kg of fuel."""
    factors = [[2.0, 1.0], [3.5, 1.0]]
    engine = {"mixture": {"ratio": 2.5, "shift": 0.5, "isp": factors}}
    flight = burn(engine)
    oxidiser = 16e3 * 2.5 / 3.5
    used = oxidiser * (1.0 + 1.0 / 3.0)
    assert length(flight) == pytest.approx(40.0 + FULL * used / 16e3 - 20.0, abs=0.01)
    assert flight.history["mass"][0] == pytest.approx(20e3, abs=1e-6)
    assert flight.history["mass"][-1] == pytest.approx(20e3 - used, abs=1e-3)
    (note,) = [note for note in flight.summary.notes if "mixture" in note]
    assert "LOX runs out first; 761.9 kg of RP-1 stay aboard" in note


def dart(*failures: dict[str, Any], curve: bool = False) -> Flight:
    """A body of 200 kg that burns 100 kg, rigid, in two phases, on its side in the air at 80 km."""
    engine: dict[str, Any] = {"vacuum_thrust": "10 kN", "specific_impulse": "200 s"}
    if curve:
        shape = [["0 s", "10 kN"], ["10 s", "10 kN"], ["30 s", "0 kN"]]
        engine = {"thrust_curve": shape, "specific_impulse": "300 s"}
    heavy: dict[str, Any] = {"centre_of_mass": ["0 m", "0 m", "0 m"], "inertia": {"xx": "9 kg m2"}}
    heavy["inertia"] |= {"yy": "90 kg m2", "zz": "90 kg m2"}
    until = {"step": "0.1 s", "motion": "rigid", "body": "dart", "engine": "on"}
    return chain(
        start={"drop": {"latitude": "0 deg", "longitude": "0 deg", "height": "80 km"}},
        vehicle={
            "bodies": {
                "dart": {
                    "empty": {"mass": "100 kg", **heavy},
                    "full": {"mass": "200 kg", **heavy},
                    "engine": engine,
                }
            },
        },
        phases=[
            {"name": "first", **until, "until": {"duration": "5 s"}},
            {"name": "second", **until, "until": {"depleted": "dart", "duration": "60 s"}},
        ],
        failures=list(failures),
    ).fly()


def test_the_engine_of_a_body_fails_as_that_of_a_stage():
    """Half of its thrust from 8 s on; all of it in its second phase; by a curve."""
    flow = 10e3 / (200.0 * STANDARD_GRAVITY)
    half = dart({"engine": "dart", "at": "8 s", "thrust_left": 0.5})
    assert length(half) == pytest.approx(8.0 + (100.0 / flow - 8.0) / 0.5, abs=0.01)
    dead = dart({"engine": "dart", "at": "first-end"})
    assert dead.history["mass"][-1] == pytest.approx(200.0 - 5.0 * flow, abs=0.01)
    assert "Dart loses all of its engines at first-end" in dead.outcome.text
    # 0.8 of the trapezoid from 20 s, where its thrust is 5 kN, until it is over at 30 s.
    bent = dart({"engine": "dart", "at": "20 s", "thrust_left": 0.8}, curve=True)
    burnt = (10.0 * 10e3 + 10.0 * 7.5e3 + 0.8 * 10.0 * 2.5e3) / (300.0 * STANDARD_GRAVITY)
    assert length(bent) == pytest.approx(30.0, abs=1e-3)
    assert bent.history["mass"][-1] == pytest.approx(200.0 - burnt, abs=0.01)
