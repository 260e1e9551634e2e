"""States that know their epoch, frame and centre."""

import numpy as np
import pytest

from yaan.base.constants import EARTH_MU
from yaan.base.errors import FrameError, YaanError
from yaan.spacetime.axes import convert
from yaan.spacetime.frame import Frame
from yaan.spacetime.keplerian import Keplerian
from yaan.spacetime.mean_elements import Oblate, mean_elements
from yaan.spacetime.state_vector import StateVector
from yaan.spacetime.time import bundled_orientation, parse_utc

EPOCH = parse_utc("2027-01-15T03:30:00 UTC")
PLACE, MOTION = np.array([5.2e6, -3.1e6, 3.3e6]), np.array([3.1e3, 6.5e3, 1.2e3])
ORBIT = Keplerian(*(np.asarray(x) for x in (7e6, 0.01, 0.9, 1.0, 2.0, 3.0)))


def of(frame: Frame = Frame.GCRS) -> StateVector:
    return StateVector(EPOCH, PLACE, MOTION, frame)


def test_a_state_in_another_frame_is_the_same_state():
    orientation = bundled_orientation()
    fixed = of().to(Frame.ITRS, orientation)
    wanted = convert(PLACE, MOTION, EPOCH, Frame.GCRS, Frame.ITRS, orientation)
    np.testing.assert_array_equal(fixed.position, wanted[0][0])
    np.testing.assert_array_equal(fixed.velocity, wanted[1][0])
    back = fixed.to(Frame.TEME, orientation).to(Frame.MOD, orientation).to(Frame.GCRS)
    position, velocity = back - of()
    assert np.abs(position).max() < 1e-8
    assert np.abs(velocity).max() < 1e-11
    assert of().to(Frame.GCRS) is not None


def test_mixing_raises():
    with pytest.raises(FrameError, match="one frame is GCRS, the other TOD"):
        _ = of() - of().to(Frame.TOD)
    moon = StateVector(EPOCH, PLACE, MOTION, Frame.GCRS, "Moon")
    with pytest.raises(FrameError, match="one centre is Earth, the other Moon"):
        _ = of() - moon
    with pytest.raises(FrameError, match="about Moon"):
        moon.to(Frame.TOD)
    with pytest.raises(YaanError, match="two epochs"):
        _ = of() - StateVector(EPOCH + 1.0, PLACE, MOTION, Frame.GCRS)
    with pytest.raises(YaanError, match="orientation"):
        of().to(Frame.TEME)


def test_what_is_no_state_is_refused():
    with pytest.raises(YaanError, match="the position of a state"):
        StateVector(EPOCH, PLACE[:2], MOTION, Frame.GCRS)
    with pytest.raises(YaanError, match="the velocity of a state"):
        StateVector(EPOCH, PLACE, MOTION * np.nan, Frame.GCRS)
    with pytest.raises(FrameError, match="RTN"):
        StateVector(EPOCH, PLACE, MOTION, Frame.RTN)
    with pytest.raises(ValueError, match="read-only"):
        of().position[0] = 0.0


def test_elements_of_states_and_states_of_elements():
    state = StateVector.of_keplerian(EPOCH, ORBIT, EARTH_MU, Frame.TOD)
    found = state.keplerian(EARTH_MU)
    assert float(found.true_anomaly[0]) == pytest.approx(3.0)
    assert state.equinoctial(EARTH_MU).semi_major_axis[0] == pytest.approx(7e6)
    assert state.frame is Frame.TOD
    mean = state.to(Frame.GCRS).mean_elements()
    wanted = mean_elements(state.position, state.velocity, Oblate())
    assert float(mean.semi_major_axis[0]) == pytest.approx(float(wanted.semi_major_axis[0]))


def test_elements_of_a_frame_that_turns_are_refused():
    fixed = of().to(Frame.ITRS, bundled_orientation())
    for ask in (fixed.keplerian, fixed.equinoctial):
        with pytest.raises(FrameError, match="ITRS turns"):
            ask(EARTH_MU)
    with pytest.raises(FrameError, match="ITRS turns"):
        StateVector.of_keplerian(EPOCH, ORBIT, EARTH_MU, Frame.ITRS)
    assert fixed.mean_elements(orientation=bundled_orientation()).eccentricity.shape == (1,)


def test_an_orbit_below_the_ground_is_refused():
    low = Keplerian(*(np.asarray(x) for x in (6.7e6, 0.1, 0.9, 1.0, 2.0, 3.0)))
    with pytest.raises(YaanError, match="below the ground"):
        StateVector.of_keplerian(EPOCH, low, EARTH_MU, Frame.TOD)
