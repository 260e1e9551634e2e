"""Couches by their angles, and what is felt away from the centre of mass."""

import numpy as np
import pytest

from yaan.base.constants import STANDARD_GRAVITY
from yaan.crew import body_force, couch_frame, nose_forward
from yaan.crew.couch import couch

G = STANDARD_GRAVITY
THRUST = np.array([10.0 * G, 0.0, 0.0])


def test_lying_flat_thrust_presses_the_chest_to_the_back():
    np.testing.assert_allclose(couch_frame("c").loads(THRUST), [10.0, 0.0, 0.0], atol=1e-12)


def test_sitting_upright_it_is_felt_head_to_foot():
    np.testing.assert_allclose(couch_frame("c", 0.0).loads(THRUST), [0.0, 0.0, 10.0], atol=1e-12)


def test_a_couch_of_soyuz():
    # Its seat is (0.97, 0, 0.24) in the mission file: a back at 76 deg.
    felt = couch_frame("c", np.radians(76.0)).loads(THRUST)
    np.testing.assert_allclose(felt, [9.7, 0.0, 2.42], atol=0.02)


@pytest.mark.parametrize("recline", [0.0, 40.0, 90.0, 110.0])
@pytest.mark.parametrize("cant", [-30.0, 0.0, 20.0])
@pytest.mark.parametrize("clocking", [-90.0, 0.0, 135.0])
def test_axes_are_those_of_a_person(recline: float, cant: float, clocking: float):
    x, y, z = couch_frame("c", *np.radians([recline, cant, clocking])).axes
    np.testing.assert_allclose(np.cross(z, x), y, atol=1e-12)
    np.testing.assert_allclose([x @ x, z @ z, x @ z], [1.0, 1.0, 0.0], atol=1e-12)
    # Along the vehicle's axis clocking changes nothing.
    flat = couch_frame("c", *np.radians([recline, cant])).axes
    np.testing.assert_allclose([x[0], y[0], z[0]], flat[:, 0], atol=1e-12)


def test_a_cant_to_the_left_feels_thrust_from_the_left():
    felt = couch_frame("c", cant=np.radians(30.0)).loads(THRUST)
    np.testing.assert_allclose(felt, [10.0 * np.cos(np.pi / 6.0), -5.0, 0.0], atol=1e-12)


def test_clocking_turns_the_head():
    head = couch_frame("c", clocking=0.5 * np.pi).axes[2]
    np.testing.assert_allclose(head, [0.0, 1.0, 0.0], atol=1e-12)


def test_a_point_mass_is_felt_as_by_the_seat_of_its_mission():
    seat, frame = couch((1.0, 0.0, 0.0)), couch_frame("c")
    axial, normal = np.array([3.0, -1.0]), np.array([0.5, 0.25])
    old = np.stack(list(seat.loads(axial, normal).values()), axis=1)
    np.testing.assert_allclose(frame.loads(body_force(axial, normal) * G), old, atol=1e-12)


def test_a_steady_spin_pulls_outwards_and_a_growing_one_sideways():
    # One metre off the axis to the right, turning about x: the seat pushes towards the axis.
    frame = couch_frame("c", position=[2.0, 1.0, 0.0])
    spin, growth = np.array([3.0, 0.0, 0.0]), np.array([0.5, 0.0, 0.0])
    still = frame.loads(np.zeros(3), spin, centre=[2.0, 0.0, 0.0]) * G
    np.testing.assert_allclose(frame.axes.T @ still, [0.0, -9.0, 0.0], atol=1e-12)
    grown = frame.loads(np.zeros(3), None, growth, [2.0, 0.0, 0.0]) * G
    np.testing.assert_allclose(frame.axes.T @ grown, [0.0, 0.0, 0.5], atol=1e-12)


def test_rows_and_a_moving_centre_of_mass():
    frame = couch_frame("c", position=[1.0, 0.0, 0.0])
    rate = np.tile([0.0, 2.0, 0.0], (3, 1))
    centre = np.array([[1.0, 0.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]])
    felt = frame.loads(np.zeros((3, 3)), rate, centre=centre)
    # Ahead of the centre by d: pulled back along x by rate^2 d.
    np.testing.assert_allclose(felt[:, 0] * G, [0.0, -2.0, -4.0], atol=1e-12)


def test_an_entry_s_body_is_turned_nose_forward():
    # Its x axis looks through the heat shield: drag is along -x there, and along +x to the nose.
    np.testing.assert_allclose(nose_forward([-5.0, 1.0, 2.0]), [5.0, 1.0, -2.0])
    np.testing.assert_allclose(
        nose_forward([[-5.0, 0.0, 2.0]]), body_force(np.array([5.0]), np.array([2.0]))
    )
