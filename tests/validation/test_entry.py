"""Entries against the world outside: studies, published differences, Stardust and Apollo 10."""

from typing import ClassVar

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float
from scipy.integrate import solve_ivp

from tests.physics.rockets import columns, still_earth, world
from tests.validation.entry_cases import (
    APOLLO10,
    APOLLO10_BANK,
    APOLLO10_HISTORY,
    GAP_AIR,
    GAPS,
    KFT,
    RETURN,
    RETURN_ANGLES,
    RETURN_ROWS,
    STARDUST,
)
from tests.validation.entry_models import (
    apollo10,
    begun,
    capsule,
    earth,
    enter,
    entry,
    motion,
    over,
)
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.environment import AbstractAtmosphere, Air, load_standard_atmosphere
from yaan.gnc import BankProfile, constant_bank
from yaan.motion import Handover, Leg
from yaan.results import OutcomeCode
from yaan.vehicle import Capsule


class Exponential(AbstractAtmosphere):
    """Isothermal air."""

    density: float
    scale: float

    valid_range: ClassVar[tuple[float, float]] = (0.0, 1e6)

    def at(self, height: Float[Array, "*lanes"]) -> Air:
        density = self.density * jnp.exp(-height / self.scale)
        one = jnp.ones_like(height)
        return Air(density, density * 8e4, 250.0 * one, 300.0 * one)


def test_returns_from_orbit_at_a_fixed_bank():
    # Both solve the same equations, so what is left is the table's last digit (0.05 g) and the
    # details it does not state (radius of the Earth, gravity): 0.3 g and 10 % were asked for,
    # 0.1 g is met. The heat load is met to 3 % with Apollo's nose radius, which the study leaves
    # out; with that of the mission file it is 6 % high throughout.
    angles = np.tile(RETURN_ANGLES, len(RETURN_ROWS))
    lanes = len(angles)
    ratio, bank = (np.repeat([row[i] for row in RETURN_ROWS], 3) for i in (0, 1))
    body = capsule(
        lanes,
        mass=RETURN["mass"],
        area=0.25 * np.pi * RETURN["diameter"] ** 2,
        nose_radius=4.69,
        mach=[0.0, 30.0],
        lift=(RETURN["drag"] * ratio)[:, None],
        drag=RETURN["drag"],
        angle=0.0,
    )
    place = world(atmosphere=load_standard_atmosphere(), earth=still_earth())
    start = begun(
        place, over(0.0, 0.0, RETURN["height"], lanes), motion(RETURN["speed"], angles, 90.0, lanes)
    )
    leg = flown(place, body, np.radians(bank), start, floor=7e3)
    assert np.all(leg.outcome == OutcomeCode.REACHED)
    peaks = np.asarray(leg.inner.peak_load).reshape(-1, 3)
    np.testing.assert_allclose(peaks, [row[2] for row in RETURN_ROWS], atol=0.1)
    heat = np.asarray(leg.added.heat_load).reshape(-1, 3)[:, 1]
    np.testing.assert_allclose(heat, [row[3] for row in RETURN_ROWS], rtol=0.03)


@pytest.fixture(scope="module")
def gap_loads() -> np.ndarray:
    """Peak loads of the entries that Allen and Eggers' closed form is compared with."""
    speed, angle, beta, _ = (np.array(column) for column in zip(*GAPS, strict=True))
    lanes = len(GAPS)
    air = Exponential(GAP_AIR["density"], GAP_AIR["scale"])
    body = capsule(
        lanes,
        mass=beta,
        area=1.0,
        nose_radius=1.0,
        mach=[0.0, 1.0],
        lift=0.0,
        drag=1.0,
        angle=0.0,
    )
    place = world(atmosphere=air, earth=still_earth())
    start = begun(
        place, over(0.0, 0.0, GAP_AIR["height"], lanes), motion(speed, angle, 90.0, lanes)
    )
    return np.asarray(flown(place, body, np.zeros(lanes), start, floor=0.0).inner.peak_load)


def test_the_closed_form_of_allen_and_eggers_is_off_by_what_is_published(gap_loads: np.ndarray):
    # One point of percentage, as asked; the air is inferred (see the cases).
    for load, (speed, angle, _, gap) in zip(gap_loads, GAPS, strict=True):
        slope = np.sin(np.radians(-angle))
        closed = speed**2 * slope / (2.0 * np.e * GAP_AIR["scale"] * STANDARD_GRAVITY)
        assert closed / load - 1.0 == pytest.approx(gap, abs=0.01)


def test_a_planar_integration_finds_the_same_peaks(gap_loads: np.ndarray):
    # Speed, angle and height over a circle, by SciPy: other variables, another method. Along the
    # equator the circle has the ellipsoid's radius. 2e-4: steps of 0.5 s around a sharp peak.
    for load, (speed, angle, beta, _) in zip(gap_loads, GAPS, strict=True):
        assert load == pytest.approx(planar_peak(speed, np.radians(angle), beta), rel=2e-4)


def planar_peak(speed: float, angle: float, beta: float) -> float:
    """Peak drag over mass, in standard gravities."""

    def drag(v: np.ndarray, h: np.ndarray) -> np.ndarray:
        return GAP_AIR["density"] * np.exp(-h / GAP_AIR["scale"]) * v**2 / (2.0 * beta)

    def rate(_: float, y: np.ndarray) -> list[float]:
        v, g, h = y
        gravity = EARTH_MU / (EARTH_RADIUS + h) ** 2
        turn = (v / (EARTH_RADIUS + h) - gravity / v) * np.cos(g)
        return [-drag(v, h) - gravity * np.sin(g), turn, v * np.sin(g)]

    def ground(_: float, y: np.ndarray) -> float:
        return y[2]

    ground.terminal = True  # pyright: ignore[reportFunctionMemberAccess]
    start = [speed, angle, GAP_AIR["height"]]
    path = solve_ivp(
        rate, (0.0, 2e3), start, "DOP853", events=ground, rtol=1e-10, dense_output=True
    )
    assert path.sol is not None
    v, _, h = path.sol(np.arange(0.0, path.t[-1], 0.01))
    return float(np.max(drag(v, h))) / STANDARD_GRAVITY


def test_stardust_was_slowed_by_32_89_g():
    # 3 %, as asked: the drag coefficient is known to about 2 %, the air of that night to some
    # percent (which moves the height of the peak, hardly its size), the heading to 5 deg (0.5 %).
    body = capsule(
        1,
        **{name: STARDUST[name] for name in ("mass", "area", "nose_radius", "mach", "drag")},
        lift=0.0,
        angle=0.0,
    )
    place = earth()
    start = begun(
        place,
        over(STARDUST["latitude"], STARDUST["longitude"], STARDUST["height"], 1),
        motion(STARDUST["speed"], STARDUST["angle"], STARDUST["heading"], 1),
    )
    leg = flown(place, body, np.zeros(1), start, floor=STARDUST["floor"])
    assert float(leg.inner.peak_load[0]) == pytest.approx(STARDUST["peak_load"], rel=0.03)
    # The heading was chosen for this, so it says only that the case is the one described.
    latitude, longitude = np.degrees([float(leg.place.latitude[0]), float(leg.place.longitude[0])])
    assert (latitude, longitude) == pytest.approx(STARDUST["landing"], abs=0.1)


def flown(place: World, body: Capsule, bank: np.ndarray, start: State, *, floor: float) -> Leg:
    """Entries at fixed banks [rad] down to `floor` [m]."""
    until = Handover(height=floor)
    return enter(entry(place, body, constant_bank(bank), start, until=until), start)


@pytest.fixture(scope="module")
def apollo() -> tuple[np.ndarray, dict[str, np.ndarray], Leg]:
    """Apollo 10 on its fitted bank: time since 400 kft [s], what is seen, and the entry."""
    place = earth()
    body, start = apollo10(place, 1)
    time, bank = APOLLO10_BANK.T
    profile = BankProfile(jnp.asarray(time[None]), jnp.asarray(np.radians(bank)[None]))
    way = entry(place, body, profile, start, until=Handover(height=2.5e3))
    leg = enter(way, start, rows=1500)
    seen = columns(way, leg)
    t, height = seen["time"], seen["height"]
    falling = int(np.argmax(height < 350 * KFT))
    clock = np.interp(-400 * KFT, -height[:falling], t[:falling])
    return t - clock, seen, leg


def test_apollo_10_meets_its_planned_interface(apollo: tuple):
    # No part of the fit. 10 ft/s and 0.05 deg: the plan's 400 kft is above another ellipsoid.
    t, seen, _ = apollo
    assert np.interp(0.0, t, seen["speed_inertial"]) == pytest.approx(
        APOLLO10["planned_speed"], abs=3.0
    )
    angle = np.degrees(np.interp(0.0, t, seen["flight_path_angle_inertial"]))
    assert angle == pytest.approx(APOLLO10["planned_angle"], abs=0.05)


def test_apollo_10_feels_the_air_when_planned(apollo: tuple):
    # No part of the fit: at 0.05 g the bank has done nothing yet.
    t, seen, _ = apollo
    sensed = t[int(np.argmax(seen["load"] > 0.05))]
    assert sensed == pytest.approx(APOLLO10["planned_sensed"], abs=10.0)
    assert sensed == pytest.approx(APOLLO10["planned_sensed"], abs=1.0)  # it does better


def test_apollo_10_flies_the_heights_of_its_history(apollo: tuple):
    # Fitted to them. 10 kft rms, as asked: 5 kft of digitising, and a clock of the history that
    # no flight from this interface can follow (see docs/models/entry.md).
    t, seen, _ = apollo
    falling = int(np.argmax(seen["height"] < 350 * KFT))
    kft = seen["height"] / KFT
    first = np.interp(-APOLLO10_HISTORY[0, 1], -kft[:falling], t[:falling])
    missed = np.interp(first + APOLLO10_HISTORY[:, 0], t, kft) - APOLLO10_HISTORY[:, 1]
    assert np.sqrt(np.mean(missed**2)) < 10.0


def test_apollo_10_has_its_planned_load_and_drogues(apollo: tuple):
    # Both were in the fit: this says that one programme serves the plan and the history.
    t, seen, leg = apollo
    assert float(leg.inner.peak_load[0]) == pytest.approx(APOLLO10["planned_peak_load"], abs=0.3)
    drogues = np.interp(-APOLLO10["drogue_height"], -seen["height"][-200:], t[-200:])
    assert drogues == pytest.approx(APOLLO10["planned_drogue"], abs=10.0)
