"""A lifting entry keeps the books of energy, is a mirror image of itself, and converges."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import still_earth, world
from tests.validation.entry_models import capsule, motion, over
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import World
from yaan.environment import load_standard_atmosphere
from yaan.gnc import constant_bank, with_reversal
from yaan.motion import Entry, EntryObservation, enter, observe_entry
from yaan.motion.entering import Handover
from yaan.results import OutcomeCode
from yaan.spacetime import Geodetic, inertial_state
from yaan.vehicle import Capsule

LANES = 8
ROWS = 3000
FLOOR = 7e3  # [m]

look = eqx.filter_jit(jax.vmap(observe_entry, in_axes=(None, 0, 0, 0, 0)))


def place() -> World:
    """A still Earth of one mass, with air."""
    return world(atmosphere=load_standard_atmosphere(), earth=still_earth())


def body() -> Capsule:
    """A capsule like the crew module, with coefficients that change with Mach number."""
    return capsule(
        LANES,
        mass=5300.0,
        area=9.62,
        nose_radius=4.2,
        mach=[0.5, 2.0, 10.0, 25.0],
        lift=[0.24, 0.52, 0.42, 0.38],
        drag=[0.86, 1.28, 1.24, 1.30],
        angle=np.radians([12.0, 27.0, 22.6, 19.3]),
    )


@eqx.filter_jit
def _go(angle, bank, numbers) -> tuple[Entry, Any]:
    where, (speed, step, height, t) = place(), numbers
    start = inertial_state(
        where.earth,
        t * jnp.ones(LANES),
        over(0.0, 0.0, height, LANES),
        motion(speed, angle, 90.0, LANES),
    )
    t, floor = t * jnp.ones(LANES), jnp.full(LANES, FLOOR)
    return enter(where, body(), bank, t, *start, until=Handover(height=floor), step=step, rows=ROWS)


def entries(angle: Any = -1.4, *, bank=None, speed=7850.0, step=0.5, height=120e3, t=0.0):
    """Entries over the equator to the east; angles [deg] shared or a lane."""
    bank = constant_bank(np.zeros(LANES)) if bank is None else bank
    angle = jnp.broadcast_to(jnp.asarray(angle, float), (LANES,))
    return _go(angle, bank, jnp.asarray([speed, step, height, t]))


BANKS = np.radians([0.0, 60.0, -60.0, 45.0, -45.0, 90.0, 180.0, 30.0])


@pytest.fixture(scope="module")
def banked() -> tuple[Entry, EntryObservation, np.ndarray]:
    """Eight banks from one start; what is seen of all lanes, and which rows are written."""
    bank = constant_bank(BANKS)
    entry, tape = entries(bank=bank)
    start = jnp.zeros(LANES)
    seen = look(place(), body(), bank, start, tape)
    written = np.arange(ROWS) < np.asarray(tape.count)[:, None]
    assert np.all(np.asarray(tape.count) < ROWS)
    return entry, jax.tree.map(np.asarray, (seen, tape.t)), written


def test_every_bank_comes_down(banked: tuple):
    entry, _, _ = banked
    assert np.all(entry.outcome == OutcomeCode.REACHED)
    # The lift must be there at all: up is longer than to the side, down is the shortest.
    assert float(entry.t[0]) > float(entry.t[5]) > float(entry.t[6])
    assert float(entry.peak_load[0]) < float(entry.peak_load[1]) < float(entry.peak_load[6])


def test_a_positive_bank_turns_right_and_its_mirror_image_left(banked: tuple):
    entry, _, _ = banked
    south = np.degrees(entry.latitude)
    assert south[1] < -0.3  # heading east, the right is south
    np.testing.assert_allclose(south[1], -south[2], rtol=1e-9)
    np.testing.assert_allclose(south[3], -south[4], rtol=1e-9)
    np.testing.assert_allclose(entry.peak_load[1], entry.peak_load[2], rtol=1e-12)
    assert abs(south[0]) < 1e-9
    # Lift straight down dithers about the vertical at the end, to no side.
    assert abs(south[6]) < 1e-6


def test_only_drag_takes_energy(banked: tuple):
    # Lift is across the velocity, so the energy lost is drag along the way, lane by lane.
    # Margin: the trapezium rule over rows 0.5 s apart, 2e-5 for pulses tens of seconds wide.
    _, (seen, t), written = banked
    radius = np.sqrt(_radius_squared(seen))
    energy = 0.5 * seen.whereabouts.speed_inertial**2 - EARTH_MU / radius
    power = seen.drag / seen.mass * seen.whereabouts.speed_relative
    for lane in range(LANES):
        rows = written[lane]
        lost = energy[lane, 0] - energy[lane, rows][-1]
        assert lost == pytest.approx(np.trapezoid(power[lane, rows], t[lane, rows]), rel=5e-5)


def _radius_squared(seen: EntryObservation) -> np.ndarray:
    at = seen.whereabouts
    p = Geodetic(*map(jnp.asarray, (at.latitude, at.longitude, at.height))).position()
    return np.asarray(p.dot(p))


def test_what_is_kept_agrees_with_the_rows(banked: tuple):
    entry, (seen, t), written = banked
    for lane in range(LANES):
        rows = written[lane]
        load = seen.load[lane, rows]
        heat = np.trapezoid(seen.heat_flux_stagnation[lane, rows], t[lane, rows])
        assert float(entry.heat_load[lane]) == pytest.approx(heat, rel=5e-5)
        # The peak between rows is a little above the highest row.
        assert load.max() <= float(entry.peak_load[lane]) <= load.max() * 1.002
        flux = seen.heat_flux_stagnation[lane, rows].max()
        assert flux <= float(entry.peak_flux[lane]) <= flux * 1.002


def test_loads_by_axis_and_by_stream_are_one(banked: tuple):
    _, (seen, _), written = banked
    load = np.hypot(seen.load_axial, seen.load_normal)
    np.testing.assert_allclose(load[written], seen.load[written], rtol=1e-12, atol=1e-15)
    # Blunt side first, the couch is pressed into its back.
    assert np.all(seen.load_axial[written] > 0.95 * seen.load[written])
    np.testing.assert_allclose(seen.bank[1, written[1]], np.radians(60.0))
    # At hypersonic speed this table leaves a little force across the axis, away from the lift:
    # 1.24 sin 22.6 deg - 0.42 cos 22.6 deg is 0.07 of 1.31 at Mach 10.
    at = int(np.argmax(written[0] & (seen.mach[0] < 10.0) & (seen.whereabouts.height[0] < 100e3)))
    assert seen.load_normal[0, at] / seen.load[0, at] == pytest.approx(0.07, abs=0.01)


def test_the_scheme_is_of_fourth_order_and_its_default_step_is_fine():
    # In air without kinks each halving divides the error by 16; the standard's layers and the
    # tables have corners, which leave it between. What counts: 0.5 s is far below any input.
    angles = np.linspace(-1.2, -6.0, LANES)
    bank = with_reversal(np.radians(50.0), np.full(LANES, 150.0), np.radians(15.0), 1.0)
    fine, rough, coarse = (entries(angles, bank=bank, step=h)[0] for h in (0.125, 0.5, 2.0))
    for entry, far, load in ((rough, 20.0, 1e-5), (coarse, 500.0, 2e-3)):
        away = 6.4e6 * np.hypot(entry.latitude - fine.latitude, entry.longitude - fine.longitude)
        assert np.max(away) < far  # [m]
        np.testing.assert_allclose(entry.peak_load, fine.peak_load, rtol=load)
        np.testing.assert_allclose(entry.heat_load, fine.heat_load, rtol=1e-4)


def test_the_time_of_the_reversal_steers_to_the_side():
    # Later means longer on the first side: the landing moves from left to right, and one time in
    # between brings it back into the plane. The other sense is its mirror image.
    reversal = np.linspace(60.0, 500.0, LANES)
    sixty, rate = np.radians(60.0), np.radians(15.0)
    right, left = (
        entries(bank=with_reversal(sixty, reversal, rate, sense))[0].latitude
        for sense in (1.0, -1.0)
    )
    assert np.all(np.diff(right) < 0.0)
    assert float(right[0]) > 0.01  # [rad]
    assert float(right[-1]) < -0.01
    np.testing.assert_allclose(left, -np.asarray(right), rtol=1e-6)


def test_the_programme_counts_from_the_start_and_steps_end_on_its_knots():
    bank = with_reversal(np.radians(60.0), np.full(LANES, 151.3), np.radians(15.0), 1.0)
    entry, _ = entries(bank=bank)
    later, tape = entries(bank=bank, t=1000.0)
    np.testing.assert_allclose(later.t - 1000.0, entry.t, atol=1e-6)
    np.testing.assert_allclose(later.latitude, entry.latitude, rtol=1e-7)
    for knot in np.asarray(bank.time[0]):
        assert np.min(np.abs(np.asarray(tape.t[0]) - 1000.0 - knot)) < 1e-9


def test_too_fast_and_too_flat_skips_out_and_an_orbit_times_out():
    entry, _ = entries(np.linspace(-3.0, -4.5, LANES), speed=11.0e3)
    assert np.all(np.asarray(entry.outcome)[:4] == OutcomeCode.SKIPPED_OUT)
    assert np.all(np.asarray(entry.t)[:4] < 600.0)
    orbit, _ = entries(0.0, speed=7669.0, height=400e3)
    assert np.all(orbit.outcome == OutcomeCode.TIMED_OUT)


def test_a_climb_before_the_entry_is_no_skip():
    # From an aborted ascent: up at first, then down through the air.
    entry, _ = entries(8.0, speed=6.5e3, height=115e3)
    assert np.all(entry.outcome == OutcomeCode.REACHED)
    assert np.all(np.asarray(entry.t) > 300.0)
