"""A lifting entry keeps the books of energy, is a mirror image of itself, and converges."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import columns, still_earth, world
from tests.validation.entry_models import begun, capsule, enter, entry, motion, over
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import World
from yaan.environment import load_standard_atmosphere
from yaan.gnc import BankProfile, constant_bank, with_reversal
from yaan.motion import Entry, Handover, Leg
from yaan.results import OutcomeCode
from yaan.spacetime import Geodetic
from yaan.vehicle import Capsule

LANES = 8
ROWS = 3000
FLOOR = 7e3  # [m]


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


def entries(
    angle: Any = -1.4,
    *,
    bank: BankProfile | None = None,
    speed: float = 7850.0,
    step: float = 0.5,
    height: float = 120e3,
    t: float = 0.0,
) -> tuple[Entry, Leg]:
    """Entries over the equator to the east; angles [deg] shared or a lane."""
    bank = constant_bank(np.zeros(LANES)) if bank is None else bank
    where = place()
    start = begun(where, over(0.0, 0.0, height, LANES), motion(speed, angle, 90.0, LANES), t)
    way = entry(where, body(), bank, start, until=Handover(height=FLOOR), step=step)
    return way, enter(way, start, rows=ROWS)


BANKS = np.radians([0.0, 60.0, -60.0, 45.0, -45.0, 90.0, 180.0, 30.0])


@pytest.fixture(scope="module")
def banked() -> tuple[Leg, list[dict[str, np.ndarray]]]:
    """Eight banks from one start, and what is seen of each lane."""
    way, leg = entries(bank=constant_bank(BANKS))
    return leg, [columns(way, leg, lane) for lane in range(LANES)]


def test_every_bank_comes_down(banked: tuple):
    leg, _ = banked
    assert np.all(leg.outcome == OutcomeCode.REACHED)
    # The lift must be there at all: up is longer than to the side, down is the shortest.
    assert float(leg.end.t[0]) > float(leg.end.t[5]) > float(leg.end.t[6])
    peaks = leg.inner.peak_load
    assert float(peaks[0]) < float(peaks[1]) < float(peaks[6])


def test_a_positive_bank_turns_right_and_its_mirror_image_left(banked: tuple):
    leg, _ = banked
    south = np.degrees(leg.place.latitude)
    assert south[1] < -0.3  # heading east, the right is south
    np.testing.assert_allclose(south[1], -south[2], rtol=1e-9)
    np.testing.assert_allclose(south[3], -south[4], rtol=1e-9)
    np.testing.assert_allclose(leg.inner.peak_load[1], leg.inner.peak_load[2], rtol=1e-12)
    assert abs(south[0]) < 1e-9
    # Lift straight down dithers about the vertical at the end, to no side.
    assert abs(south[6]) < 1e-6


def test_only_drag_takes_energy(banked: tuple):
    # Lift is across the velocity, so the energy lost is drag along the way, lane by lane.
    # Margin: the trapezium rule over rows 0.5 s apart, 2e-5 for pulses tens of seconds wide.
    _, seen = banked
    for rows in seen:
        energy = 0.5 * rows["speed_inertial"] ** 2 - EARTH_MU / _radius(rows)
        power = rows["drag"] / rows["mass"] * rows["speed_relative"]
        lost = energy[0] - energy[-1]
        assert lost == pytest.approx(np.trapezoid(power, rows["time"]), rel=5e-5)


def _radius(rows: dict[str, np.ndarray]) -> np.ndarray:
    at = (jnp.asarray(rows[name]) for name in ("latitude", "longitude", "height"))
    return np.asarray(Geodetic(*at).position().norm())


def test_what_is_kept_agrees_with_the_rows(banked: tuple):
    leg, seen = banked
    for lane, rows in enumerate(seen):
        load, flux = rows["load"], rows["heat_flux_stagnation"]
        heat = np.trapezoid(flux, rows["time"])
        assert float(leg.added.heat_load[lane]) == pytest.approx(heat, rel=5e-5)
        # The peak between rows is a little above the highest row.
        assert load.max() <= float(leg.inner.peak_load[lane]) <= load.max() * 1.002
        assert flux.max() <= float(leg.inner.peak_flux[lane]) <= flux.max() * 1.002


def test_loads_by_axis_and_by_stream_are_one(banked: tuple):
    _, seen = banked
    for rows in seen:
        load = np.hypot(rows["load_axial"], rows["load_normal"])
        np.testing.assert_allclose(load, rows["load"], rtol=1e-12, atol=1e-15)
        # Blunt side first, the couch is pressed into its back.
        assert np.all(rows["load_axial"] > 0.95 * rows["load"])
    np.testing.assert_allclose(seen[1]["bank"], np.radians(60.0))
    # At hypersonic speed this table leaves a little force across the axis, away from the lift:
    # 1.24 sin 22.6 deg - 0.42 cos 22.6 deg is 0.07 of 1.31 at Mach 10.
    first = seen[0]
    at = int(np.argmax((first["mach"] < 10.0) & (first["height"] < 100e3)))
    assert first["load_normal"][at] / first["load"][at] == pytest.approx(0.07, abs=0.01)


def test_the_scheme_is_of_fourth_order_and_its_default_step_is_fine():
    # In air without kinks each halving divides the error by 16; the standard's layers and the
    # tables have corners, which leave it between. What counts: 0.5 s is far below any input.
    angles = np.linspace(-1.2, -6.0, LANES)
    bank = with_reversal(np.radians(50.0), np.full(LANES, 150.0), np.radians(15.0), 1.0)
    fine, rough, coarse = (entries(angles, bank=bank, step=h)[1] for h in (0.125, 0.5, 2.0))
    there = fine.place
    for leg, far, load in ((rough, 20.0, 1e-5), (coarse, 500.0, 2e-3)):
        north, east = leg.place.latitude - there.latitude, leg.place.longitude - there.longitude
        away = 6.4e6 * np.hypot(north, east)
        assert np.max(away) < far  # [m]
        np.testing.assert_allclose(leg.inner.peak_load, fine.inner.peak_load, rtol=load)
        np.testing.assert_allclose(leg.added.heat_load, fine.added.heat_load, rtol=1e-4)


def test_the_time_of_the_reversal_steers_to_the_side():
    # Later means longer on the first side: the landing moves from left to right, and one time in
    # between brings it back into the plane. The other sense is its mirror image.
    reversal = np.linspace(60.0, 500.0, LANES)
    sixty, rate = np.radians(60.0), np.radians(15.0)
    right, left = (
        entries(bank=with_reversal(sixty, reversal, rate, sense))[1].place.latitude
        for sense in (1.0, -1.0)
    )
    assert np.all(np.diff(right) < 0.0)
    assert float(right[0]) > 0.01  # [rad]
    assert float(right[-1]) < -0.01
    np.testing.assert_allclose(left, -np.asarray(right), rtol=1e-6)


def test_the_programme_counts_from_the_start_and_steps_end_on_its_knots():
    bank = with_reversal(np.radians(60.0), np.full(LANES, 151.3), np.radians(15.0), 1.0)
    _, leg = entries(bank=bank)
    way, later = entries(bank=bank, t=1000.0)
    time = columns(way, later)["time"]
    np.testing.assert_allclose(later.end.t - 1000.0, leg.end.t, atol=1e-6)
    np.testing.assert_allclose(later.place.latitude, leg.place.latitude, rtol=1e-7)
    for knot in np.asarray(bank.time[0]):
        assert np.min(np.abs(time - 1000.0 - knot)) < 1e-9


def test_too_fast_and_too_flat_skips_out_and_an_orbit_times_out():
    _, leg = entries(np.linspace(-3.0, -4.5, LANES), speed=11.0e3)
    assert np.all(np.asarray(leg.outcome)[:4] == OutcomeCode.SKIPPED_OUT)
    assert np.all(np.asarray(leg.end.t)[:4] < 600.0)
    _, orbit = entries(0.0, speed=7669.0, height=400e3)
    assert np.all(orbit.outcome == OutcomeCode.TIMED_OUT)


def test_a_climb_before_the_entry_is_no_skip():
    # From an aborted ascent: up at first, then down through the air.
    _, leg = entries(8.0, speed=6.5e3, height=115e3)
    assert np.all(leg.outcome == OutcomeCode.REACHED)
    assert np.all(np.asarray(leg.end.t) > 300.0)
