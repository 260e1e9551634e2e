"""Burns that end by the velocity they have gained, against the rocket equation."""

import numpy as np
import pytest

from tests.physics.crafts import ellipse
from tests.physics.rockets import still_earth, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.state import State, state_of
from yaan.flight import legs
from yaan.flight.legs import Burns
from yaan.motion.base import Leg
from yaan.results.outcome import OutcomeCode
from yaan.vehicle import Spacecraft

EXHAUST = 312.0 * STANDARD_GRAVITY  # [m/s]
DRY, TANK = 7_200.0, 1_000.0  # [kg]
THRUST = 2_200.0 * np.array([1.0, 0.8, 1.03, 0.97, 0.0, 1.0])  # [N] of each lane
GAINED = np.array([100.0, 100.0, 100.0, -100.0, 100.0, 0.0])  # [m/s]
STOP = 900.0  # [s]


def craft(thrust: np.ndarray) -> Spacecraft:
    one = np.ones(len(thrust))
    return Spacecraft(DRY * one, 0.0 * one, thrust, 312.0 * one, np.zeros(len(thrust), dtype=int))


def start(propellant: float = TANK) -> State:
    position, velocity = ellipse(EARTH_RADIUS + 400e3)
    lanes = len(THRUST)
    place, motion = (np.repeat(x[None], lanes, axis=0) for x in (position, velocity))
    return state_of(np.zeros(lanes), place, motion, tanks=[propellant])


def flown(
    ignition: float = 100.0, propellant: float = TANK, step: float = 60.0, thrust=THRUST
) -> Leg:
    burns = Burns.gaining(np.full(len(thrust), ignition), GAINED)
    place = world(earth=still_earth())
    return legs.coast(
        place, craft(thrust), start(propellant), burns, stop=STOP, step=step, save=legs.Save.STEPS
    )


@pytest.fixture(scope="module")
def leg() -> Leg:
    return flown()


def test_the_velocity_is_gained_whatever_the_thrust(leg: Leg) -> None:
    wanted = np.where(THRUST > 0.0, np.abs(GAINED), 0.0)
    # A microsecond of 0.3 m/s^2.
    np.testing.assert_allclose(leg.added.ideal, wanted, atol=1e-6)
    spent = (DRY + TANK) * -np.expm1(-wanted / EXHAUST)
    np.testing.assert_allclose(TANK - leg.end.tanks[:, 0], spent, atol=1e-5)
    assert np.all(leg.outcome == OutcomeCode.REACHED)


def test_a_weaker_engine_burns_longer_and_steps_end_where_it_does(leg: Leg) -> None:
    """The end is in closed form: a step is there, and the burn is as long as its propellant."""
    assert leg.tape is not None
    for lane in np.flatnonzero((THRUST > 0.0) & (GAINED != 0.0)):
        lasts = (TANK - leg.end.tanks[lane, 0]) / (THRUST[lane] / EXHAUST)
        t = np.asarray(leg.tape.t)[lane, : int(leg.tape.count[lane])]
        assert np.min(np.abs(t - (100.0 + lasts))) < 1e-5
        # The step before it is a millisecond earlier, the one before that a whole one or so: an
        # end that is felt for would have rows crowd before it.
        assert np.sum(np.abs(t - (99.99 + lasts)) < 0.5) <= 3


def test_its_sense_is_kept_and_nothing_burns_that_was_not_asked_to(leg: Leg) -> None:
    r = np.linalg.norm(leg.end.position_gcrs, axis=1)
    energy = 0.5 * np.sum(leg.end.velocity_gcrs**2, axis=1) - EARTH_MU / r
    assert energy[4] == pytest.approx(energy[5], rel=1e-12)
    assert np.sign(energy[:4] - energy[5]).tolist() == [1.0, 1.0, 1.0, -1.0]


def test_a_burn_that_is_cut_into_pieces_gains_no_more(
    monkeypatch: pytest.MonkeyPatch, leg: Leg
) -> None:
    monkeypatch.setattr(legs, "_PIECE", 3)  # of 60 s: two borders are inside the burn
    cut = flown()
    np.testing.assert_allclose(cut.added.ideal, leg.added.ideal, atol=1e-6)
    np.testing.assert_allclose(cut.end.position_gcrs, leg.end.position_gcrs, atol=1e-3)


def test_it_ends_with_its_propellant_and_says_so() -> None:
    leg = flown(propellant=50.0)
    dry = [OutcomeCode.RAN_DRY] * 4 + [OutcomeCode.REACHED] * 2
    assert leg.outcome.tolist() == dry
    assert np.all(np.isfinite(leg.end.position_gcrs))
    wanted = EXHAUST * np.log((DRY + 50.0) / DRY)
    np.testing.assert_allclose(leg.added.ideal[:4], wanted, atol=1e-6)
