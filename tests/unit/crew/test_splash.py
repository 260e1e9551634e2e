"""The blow of the water: closed forms, another integration, what Apollo is said to have felt."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from yaan.base.constants import STANDARD_GRAVITY
from yaan.crew import WaterBody, couch_frame, load_limits, splash, splash_response

APOLLO = WaterBody(mass=5498.0, cap_radius=4.69, base_radius=1.955, centre=1.1)


@pytest.mark.parametrize(("theory", "patch"), [("von-karman", 2.0), ("wagner", 3.0)])
def test_the_largest_load_is_at_an_eighth_of_the_mass(theory, patch: float):
    depth = (APOLLO.mass / 8.0 / (4.0 / 3.0 * 1025.0)) ** (2.0 / 3.0) / (patch * 4.69)
    wanted = 1.5 * 9.1**2 / 8.0 / depth / (9.0 / 8.0) ** 3
    found = splash(APOLLO, 9.1, theory=theory)
    assert found.peak[0] == pytest.approx(wanted, rel=2e-3)


def test_it_is_the_motion_of_a_growing_mass():
    # SciPy on depth and momentum: d/dt ((m + m_a) V) = 0.
    def added(z: float) -> float:
        return 4.0 / 3.0 * 1025.0 * (3.0 * 4.69 * max(z, 0.0)) ** 1.5

    found = splash(APOLLO, 9.1)
    answer = solve_ivp(
        lambda _, z: [APOLLO.mass * 9.1 / (APOLLO.mass + added(z[0]))],
        (0.0, 0.05),
        [0.0],
        rtol=1e-10,
        atol=1e-12,
        dense_output=True,
    )
    inside = found.time[0] < 0.045
    speed = 9.1 / (
        1.0 + np.array([added(z) for z in answer.sol(found.time[0, inside])[0]]) / 5498.0
    )
    lost = 9.1 - speed
    rows = found.force[0, inside, 0]
    impulse = np.concatenate(
        [[0.0], np.cumsum(0.5 * (rows[1:] + rows[:-1]) * np.diff(found.time[0, inside]))]
    )
    np.testing.assert_allclose(impulse, lost, atol=2e-3 * 9.1)


def test_it_grows_with_the_square_of_the_speed():
    found = splash(APOLLO, [5.0, 10.0])
    assert found.peak[1] / found.peak[0] == pytest.approx(4.0, rel=1e-12)


def test_a_wave_s_face_takes_its_share_of_the_speed_across():
    slope = np.radians(12.0)
    flat = splash(APOLLO, 9.0 * np.cos(slope) + 8.0 * np.sin(slope))
    met = splash(APOLLO, 9.0, 8.0, slope=slope, pitch=-slope)  # leaning back onto the face
    assert met.peak[0] == pytest.approx(flat.peak[0], rel=1e-12)
    np.testing.assert_allclose(met.force[0, :, 1:], 0.0, atol=1e-12)
    away = splash(APOLLO, 9.0, 8.0, slope=-slope, pitch=slope)
    assert away.peak[0] < flat.peak[0]


def test_a_tilt_turns_the_force_in_the_vehicle():
    lean = np.radians(10.0)
    found = splash(APOLLO, 9.0, pitch=lean, heading=[0.0, 0.5 * np.pi])
    row = int(np.argmax(found.force[0, :, 0]))
    # Nose ahead, heads ahead: the water pushes back from under the forward edge, towards the feet.
    np.testing.assert_allclose(
        found.force[0, row] / found.peak[0], [np.cos(lean), 0.0, np.sin(lean)], atol=1e-12
    )
    np.testing.assert_allclose(
        found.force[1, row] / found.peak[1], [np.cos(lean), -np.sin(lean), 0.0], atol=1e-12
    )


def test_one_that_may_turn_is_hit_less_and_turns():
    turning = WaterBody(5498.0, 4.69, 1.955, 1.1, inertia=7000.0)
    flat, still, hit = (
        splash(turning, 9.0),
        splash(APOLLO, 9.0, pitch=0.3),
        splash(turning, 9.0, pitch=0.3),
    )
    np.testing.assert_array_equal(flat.acceleration, 0.0)
    assert hit.peak[0] < still.peak[0]
    # Moment of the force past the centre of mass over the inertia.
    arm = (4.69 - 1.1) * np.sin(0.3)
    assert np.abs(hit.acceleration[0, :, 1]).max() == pytest.approx(
        hit.peak[0] * 5498.0 * arm / 7000.0, rel=1e-9
    )
    # Momentum against the water and about the centre of mass: the contact's speed is shared.
    assert np.all(still.acceleration == 0.0)


def test_the_edge_is_told():
    found = splash(APOLLO, 9.0, pitch=np.radians([0.0, 10.0, 27.5]))
    np.testing.assert_array_equal(found.edge, [False, False, True])


def test_nothing_is_told_of_what_does_not_fall_into_the_water():
    with pytest.raises(ValueError, match="into the water"):
        splash(APOLLO, 2.0, 10.0, slope=-0.5)
    with pytest.raises(ValueError, match="into the water"):
        splash(APOLLO, np.nan)


def test_apollo_s_hardest_drop_lies_between_the_theories():
    # Boilerplate 28, 30 October 1964: the worst expected water landing under three mains; dummies
    # in the outer couches felt 25 g (astronautix.com, from the Apollo chronology; neither speed nor
    # tilt is told, and its heat shield broke). Three mains: 8.5 to 9.7 m/s, two public texts.
    low = splash(APOLLO, 8.5, theory="von-karman").peak_g[0]
    high = splash(APOLLO, 9.7, theory="wagner").peak_g[0]
    assert low == pytest.approx(14.4, abs=0.1)
    assert high == pytest.approx(28.1, abs=0.1)
    assert low < 25.0 < high


def test_the_pulse_goes_on_to_the_response():
    limits = load_limits().response
    blow = splash(APOLLO, [6.0, 9.0, 12.0])
    found = splash_response(blow, couch_frame("c"), limits, "deconditioned")
    assert np.all(np.diff(found.beta["low"]) > 0.0)
    assert not found.graded
    # The pulse is short against the body's period: the response is less than twice its peak.
    assert np.all(found.greatest[:, 0] < 2.0 * blow.peak / STANDARD_GRAVITY)
