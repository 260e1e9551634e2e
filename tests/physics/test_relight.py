"""An upper stage that is lit again: Hohmann's transfer, and what burning for a time costs."""

import math
from functools import cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import yaan
from yaan.api import Flight, Mission
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.mission.load import tree_of
from yaan.results.summary_sequence import SequencePhase

LOW = EARTH_RADIUS + 200e3
"""Radius of the parking orbit [m]."""

NEAR, FAR = EARTH_RADIUS + 1_000e3, EARTH_RADIUS + 10_000e3
"""Radii of the orbit of the library's flight, and of one that takes all of the tanks [m]."""

THRUST, ISP = 19.61e3, 327.0 * STANDARD_GRAVITY
"""Of S5.92 [N, m/s]."""

DRY = 1_000.0 + 1_945.2
"""Mass of the stage and its payload without propellant [kg]."""

TANKS = {NEAR: 900.0, FAR: 5_250.0}
"""Propellant at the start [kg]."""


@cache
def flown(high: float, factor: float) -> Flight:
    """The library's flight to the end of its second burn, with a multiple of the thrust.

    Around a point mass, with engines at full thrust at once, and burns centred on the apsides.
    """
    data = yaan.load("upper-stage-relight").tree
    first, transfer, second = data["phases"][:3]
    engine = data["vehicle"]["stages"]["fregat"]["engine"]
    engine["assumed"] = {key: {"why": "of this test"} for key in engine["assumed"]}
    engine |= {"thrust": f"{factor * THRUST} N", "ignition_ramp": "0 s"}
    first["until"] = {"apogee_above": f"{high - EARTH_RADIUS} m"}
    transfer["until"] = {"duration": f"{_coast(high, factor)} s"}
    # Just short of a circle, which nothing reaches that does not burn exactly at the apsis.
    second["until"] = {"perigee_above": f"{high - EARTH_RADIUS - 15e3} m"}
    data |= {"phases": [first, transfer, second]}
    del data["start"]["assumed"], transfer["assumed"]
    data["start"]["tanks"] = {"fregat": f"{TANKS[high]} kg"}
    data["environment"]["gravity"] = {"field": "egm2008", "degree": 0}
    del data["branches"]
    return Mission(tree_of(data, "relight.yaml")).fly()


def _coast(high: float, factor: float) -> float:
    """Half a revolution without the half of each burn [s]."""
    flow, mass = factor * THRUST / ISP, DRY + TANKS[high]
    burns = 0.0
    for impulse in impulses(high, high):
        burnt = mass * (1.0 - math.exp(-impulse / ISP))
        burns, mass = burns + burnt / flow, mass - burnt
    return math.pi * math.sqrt((0.5 * (LOW + high)) ** 3 / EARTH_MU) - 0.5 * burns


def phase(flight: Flight, name: str) -> SequencePhase:
    """A phase of the flight, as it was flown."""
    sequence = flight.summary.sequence
    assert sequence is not None
    return next(one for one in sequence.phases if one.phase == name)


def impulses(near: float, far: float) -> tuple[float, float]:
    """Of the transfer from the parking orbit to `far`, and there to `near` x `far` [m/s]."""

    def speed(radius: float, other: float) -> float:
        return math.sqrt(EARTH_MU * (2.0 / radius - 2.0 / (radius + other)))

    first = speed(LOW, far) - speed(LOW, LOW)
    return first, speed(far, near) - speed(far, LOW)


def losses(flight: Flight) -> tuple[float, float]:
    """What the burns took beyond the impulses to the orbit that was reached [m/s]."""
    assert flight.summary.sequence is not None
    orbit = flight.summary.sequence.ends[0].orbit
    assert orbit is not None
    first, second = impulses(EARTH_RADIUS + orbit.perigee, EARTH_RADIUS + orbit.apogee)
    return phase(flight, "first-burn").ideal - first, phase(flight, "second-burn").ideal - second


@pytest.mark.parametrize(("high", "factor"), [(NEAR, 1.0), (NEAR, 10.0), (FAR, 10.0)])
def test_hohmann(high: float, factor: float) -> None:
    """Short burns are Hohmann's impulses: within a metre a second in all."""
    flight = flown(high, factor)
    assert flight.summary.sequence is not None
    assert {one.outcome for one in flight.summary.sequence.phases} == {"flown"}
    for burn, loss in zip(impulses(high, high), losses(flight), strict=True):
        assert abs(loss) < 1.0, burn
    assert 0.0 < sum(losses(flight)) < 1.0


def test_finite_burn_loss() -> None:
    """Eight minutes are no impulse: they cost 9 m/s of 2,600, some 10^2 of what 50 s cost."""
    true, short = (sum(losses(flown(FAR, factor))) for factor in (1.0, 10.0))
    assert 1.0 < true < 30.0
    assert 50.0 < true / short < 500.0


@pytest.mark.parametrize("high", [NEAR, FAR])
def test_first_burn_by_scipy(high: float) -> None:
    """The first burn against an independent integration in polar coordinates."""

    def rates(t: float, y: np.ndarray) -> list[float]:
        r, _, u, w = y
        level = min(t / 1e-3, 1.0)  # a jump in thrust is flown as a ramp of a millisecond
        spent = THRUST / ISP * (t - 0.5e-3 if t > 1e-3 else 0.5e3 * t * t)
        push = level * THRUST / (DRY + TANKS[high] - spent) / math.hypot(u, w)
        return [u, w / r, w * w / r - EARTH_MU / r**2 + push * u, -u * w / r + push * w]

    def apogee(t: float, y: np.ndarray) -> float:
        r, _, u, w = y
        a = -0.5 * EARTH_MU / (0.5 * (u * u + w * w) - EARTH_MU / r)
        return a * (1.0 + math.sqrt(max(1.0 - (r * w) ** 2 / (EARTH_MU * a), 0.0))) - high

    apogee.terminal = True  # type: ignore[attr-defined]
    start = np.array([LOW, 0.0, 0.0, math.sqrt(EARTH_MU / LOW)])
    ramp = solve_ivp(rates, (0.0, 1e-3), start, rtol=1e-12, atol=1e-9)
    burn = solve_ivp(
        rates, (1e-3, 2e3), ramp.y[:, -1], events=apogee, rtol=1e-12, atol=1e-6, first_step=1e-3
    )
    assert phase(flown(high, 1.0), "first-burn").end == pytest.approx(burn.t_events[0][0], abs=1e-5)
