"""The bank solved: aims that are met, aims that cannot be, and the drift under parachutes."""

from dataclasses import dataclass, replace

import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from tests.physics.rockets import world
from tests.validation.entry_models import begun, motion, over
from yaan.base.constants import EARTH_MU
from yaan.design import bank_search
from yaan.design.bank_search import Glider, reach_aim, side_reach
from yaan.design.landing import Landed, Lander, land, sizes_allowed
from yaan.design.return_plan import make_return
from yaan.dynamics.state import State
from yaan.environment import ConstantWind, PointGravity, load_standard_atmosphere
from yaan.flight import legs
from yaan.gnc import BankProfile, constant_bank, with_reversal
from yaan.motion import Leg
from yaan.spacetime.earth import uniform_rotation
from yaan.spacetime.zone import distance

SIZE, REVERSAL = np.radians(57.0), 400.0  # [s]
WIND = 10.0  # [m/s]


def lander(wind: float = 0.0) -> Lander:
    """Gaganyaan's capsule and parachutes, over one turning mass."""
    plan = yaan.load("gaganyaan").plan
    assert plan.ascent is not None
    assert plan.return_flight is not None
    task = make_return(plan.ascent, plan.return_flight)
    place = world(
        PointGravity(EARTH_MU),
        atmosphere=load_standard_atmosphere(),
        # One kind of wind, so that one programme serves both.
        wind=ConstantWind(jnp.asarray(wind), jnp.asarray(0.0)),
        earth=uniform_rotation(duration=9_000.0),
    )
    way = task.way
    return Lander(place, task.craft.capsule, task.train, task.bank, way.until, way.entry_step)


def interface(angle: float = -1.4) -> State:
    """At 120 km over 10 S 60 E, north-east."""
    return begun(lander().world, over(-10.0, 60.0, 120e3, 1), motion(7_850.0, angle, 50.0, 1))


def fly(bank: BankProfile, count: int = 1) -> Leg:
    one = lander()
    start = interface().take(np.zeros(count, dtype=int))
    return legs.enter(one.world, one.capsule, start, bank, until=one.until, step=0.5)


def steered(size: float, reversal: float, sense: float = 1.0) -> BankProfile:
    return with_reversal(
        *(jnp.full(1, x) for x in (size, reversal, lander().bank.roll_rate, sense))
    )


def beside(point: tuple[float, float], north: float, east: float) -> tuple[float, float]:
    """A point so many metres away."""
    return (
        point[0] + north / 6_371e3,
        point[1] + east / 6_371e3 / np.cos(point[0]),
    )


def place(leg: Leg) -> tuple[float, float]:
    """Where the first lane ended [rad]."""
    north, east = legs.place_of(leg)
    return float(north[0]), float(east[0])


@dataclass(frozen=True)
class Known:
    """Where a bank that is known lands."""

    point: tuple[float, float]


@pytest.fixture(scope="module")
def known() -> Known:
    return Known(place(fly(steered(SIZE, REVERSAL))))


def glider() -> Glider:
    one = lander()
    return Glider(one.world, one.capsule, interface(), one.until, one.bank.roll_rate, one.step)


def test_the_bank_that_landed_there_is_found(known: Known):
    banked = reach_aim(glider(), known.point, np.radians(60.0))

    assert banked.met
    # 100 m on the ground; a degree of bank is some 40 km, a second of reversal 0.7 km.
    assert banked.magnitude == pytest.approx(SIZE, abs=np.radians(0.02))
    assert banked.reversal == pytest.approx(REVERSAL, abs=0.5)
    assert distance(*place(banked.entry), *known.point) <= bank_search.MET


def test_an_aim_out_of_reach_is_not_met_and_says_by_how_much(known: Known):
    aim = beside(known.point, 500e3, -500e3)  # far to the left of the way
    banked = reach_aim(glider(), aim, np.radians(60.0))

    assert not banked.met
    miss = float(distance(*place(banked.entry), *aim))
    assert np.hypot(*banked.misses) == pytest.approx(miss, rel=0.01)
    assert banked.misses[1] > 0.0  # it lands to the right of it


def test_reach_is_the_same_to_either_side(known: Known):
    right, left = (fly(steered(SIZE, 1e5, sense)) for sense in (1.0, -1.0))
    reach = side_reach(right, left, 0)
    middle = [0.5 * (one + two) for one, two in zip(place(right), place(left), strict=True)]

    # Lift 0.25 of drag, banked 57 deg all the way.
    assert 80e3 < reach < 200e3
    for leg in (right, left):
        aside = distance(*place(leg), *middle)
        assert reach == pytest.approx(0.9 * float(aside), rel=0.01)


def test_a_bank_of_the_file_is_flown_as_it_is(known: Known):
    one = lander()
    given = constant_bank(0.3)
    bank = replace(one.bank, given=given)
    landed = land(replace(one, bank=bank), interface(), known.point, 1.0, lambda text: None)

    assert landed.banked is None
    assert np.all(np.asarray(landed.bank.angle) == 0.3)
    assert landed.miss is not None
    assert landed.miss > 10e3


def test_the_largest_bank_that_keeps_the_load_is_taken():
    one = lander()
    sizes, reaches = [], []
    for limit in (9.0, 3.8, 3.4):
        allowed = replace(one, bank=replace(one.bank, load_limit=limit))
        size, reach = sizes_allowed(allowed, interface())
        sizes.append(size)
        reaches.append(reach)
        if limit < 9.0:
            peak = float(fly(steered(size, 1e5)).inner.peak_load[0])
            assert limit - 0.3 < peak < limit - 0.05
    assert sizes[0] == one.bank.nominal
    assert sizes[0] > sizes[1] > sizes[2]
    impossible = replace(one, bank=replace(one.bank, load_limit=1.0))
    assert sizes_allowed(impossible, interface())[0] == pytest.approx(np.radians(15.0))


@pytest.fixture(scope="module")
def blown(known: Known) -> Landed:
    told: list[str] = []
    landed = land(lander(WIND), interface(), known.point, np.radians(60.0), told.append)
    assert told.count("descending under parachutes") >= 2
    return landed


def test_in_wind_the_touchdown_is_on_the_aim(blown: Landed):
    assert blown.miss is not None
    assert blown.miss <= bank_search.MET
    assert blown.descent is not None
    assert blown.end[0] == float(blown.descent.end.t[0])


def test_the_entry_ends_upwind_of_the_aim(blown: Landed, known: Known):
    """Some ten minutes under canopies at 10 m/s."""
    entry, descent = blown.entry, blown.descent
    assert descent is not None
    hanging = float(descent.end.t[0] - entry.end.t[0])
    east = np.cos(known.point[0]) * (known.point[1] - place(entry)[1]) * 6_371e3
    # The capsule brings 0.1 km/s of its own over the first seconds, and the wind takes it up soon.
    assert east == pytest.approx(WIND * hanging, abs=1.5e3)
    drift = distance(*place(entry), *known.point)
    assert float(drift) == pytest.approx(east, abs=1.0e3)


def test_without_a_correction_it_would_miss_by_the_drift(known: Known):
    one = lander(WIND)
    banked = reach_aim(glider(), known.point, np.radians(60.0))
    assert one.train is not None
    end = banked.entry.end
    descent, _ = legs.descend(one.world, one.capsule.forebody, one.train, end, end.t)
    miss = float(distance(*place(descent), *known.point))
    assert miss > 10.0 * bank_search.MET
