"""Arcs propagated: against Kepler, alone and in a batch, with burns, and with their derivatives."""

import math
from typing import Any

import numpy as np
import pytest

from yaan.base.errors import InputError
from yaan.base.session import computing
from yaan.description.arc import ArcSpec
from yaan.description.quantity import FILE
from yaan.propagation import (
    Propagated,
    Scene,
    centre_of,
    changed_state,
    craft_of,
    propagate,
    start_of,
    world_of,
)
from yaan.propagation.fit import Seen, fit
from yaan.results.outcome import OutcomeCode

pytestmark = pytest.mark.slow  # each world compiles a loop of its own

MU = 398600.4418e9  # [m^3/s^2]
_POINT = {"gravity": {"field": "point"}, "atmosphere": "none", "earth": "uniform"}


def _spec(elements: dict[str, Any], **more: Any) -> ArcSpec:
    plain: dict[str, Any] = {
        "schema": 1,
        "kind": "orbit",
        "name": "arc",
        "epoch": "2027-01-15T03:30:00 UTC",
        "start": {"elements": {"frame": "gcrs"} | elements},
        "spacecraft": {"mass": "1000 kg"},
        "duration": "1 day",
        "environment": _POINT,
    }
    return ArcSpec.model_validate(plain | more, context=FILE)


def _flown(spec: ArcSpec, *, columns: bool = False, also: int = 0) -> list[Propagated]:
    with computing():
        world, craft = world_of(spec), craft_of(spec)
        position, velocity = centre_of(spec, world)
        changed = changed_state(craft) if columns else None
        starts = [
            (position, velocity * (1.0 + 1e-3 * i), spec.spacecraft.weight) for i in range(1 + also)
        ]
        scene = Scene(world, craft, start_of(spec), changed)
        return propagate(scene, starts, spec.duration, spec.accuracy)


def _kepler(a: float, e: float, mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity in the plane of the orbit, x to the perigee."""
    x = mean
    for _ in range(60):
        x -= (x - e * math.sin(x) - mean) / (1.0 - e * math.cos(x))
    b = a * math.sqrt(1.0 - e * e)
    rate = math.sqrt(MU / a**3) / (1.0 - e * math.cos(x))
    position = np.array([a * (math.cos(x) - e), b * math.sin(x), 0.0])
    velocity = np.array([-a * math.sin(x), b * math.cos(x), 0.0]) * rate
    return position, velocity


@pytest.mark.parametrize(("a", "e"), [(6.8e6, 0.0), (24.4e6, 0.73), (42.164e6, 1e-4)])
def test_an_ellipse_is_keplers(a: float, e: float):
    told = {
        "semi_major_axis": f"{a} m",
        "eccentricity": e,
        "inclination": "0 deg",
        "mean_anomaly": "0 deg",
    }
    (arc,) = _flown(_spec(told, accuracy="1 mm"))
    assert arc.outcome is OutcomeCode.REACHED
    assert arc.error <= 1e-3
    # Between rows too, which are far apart there: the dense output errs less than the steps.
    for t in np.linspace(0.0, 86_400.0, 97):
        position, velocity = _kepler(a, e, math.sqrt(MU / a**3) * t)
        r, v = arc.arc.at(t)
        assert np.linalg.norm(r[0] - position) < 1e-3
        assert np.linalg.norm(v[0] - velocity) < 2e-6


def test_a_hyperbola_leaves():
    told = {
        "semi_major_axis": "-20000 km",
        "eccentricity": 1.4,
        "inclination": "30 deg",
        "true_anomaly": "0 deg",
    }
    (arc,) = _flown(_spec(told))
    r, v = (x[-1] for x in (arc.arc.position, arc.arc.velocity))
    energy = 0.5 * v @ v - MU / np.linalg.norm(r)
    # 10 cm of 13,000 km away: 1e-8 of the pull there, which is a hundredth of the energy.
    assert energy == pytest.approx(MU / 2 / 20e6, rel=1e-10)
    assert arc.outcome is OutcomeCode.REACHED


_LOW = {
    "semi_major_axis": "6778 km",
    "eccentricity": 0.001,
    "inclination": "51.6 deg",
    "true_anomaly": "40 deg",
}


def test_a_lane_flies_as_it_does_alone():
    spec = _spec(_LOW, duration="6 h")
    (alone,) = _flown(spec)
    together = _flown(spec, also=2)
    assert together[0].steps == alone.steps
    away = together[0].arc.position - alone.arc.position
    assert np.max(np.abs(away)) < 1e-6  # [m]: of sums in another order
    assert np.linalg.norm(together[1].arc.position[-1] - alone.arc.position[-1]) > 1e3


def test_derivatives_are_those_of_the_flight():
    burns = [
        {"name": "a", "at": "600 s", "along": "radial", "delta_v": "3 m/s"},
        {"name": "b", "at": "1500 s", "along": "prograde", "thrust": "200 N", "duration": "300 s"},
    ]
    spec = _spec(_LOW, duration="1 h", burns=burns, accuracy="0.1 mm")
    (arc,) = _flown(spec, columns=True)
    with computing():
        world, craft = world_of(spec), craft_of(spec)
        r, v = centre_of(spec, world)
        moved = [
            (r + s * np.array([10.0, -5.0, 8.0]), v + s * np.array([0.01, 0.02, -0.01]), 1000.0)
            for s in (1.0, -1.0)
        ]
        plus, minus = propagate(Scene(world, craft, start_of(spec)), moved, 3600.0, 1e-4)
    change = np.array([10.0, -5.0, 8.0, 0.01, 0.02, -0.01])
    # After the kick, within the burn, between rows, at the end.
    times = np.array([700.0, 1611.1, 3600.0])
    told = arc.answer(times) @ change
    pairs = zip(plus.arc.at(times), minus.arc.at(times), strict=True)
    found = np.concatenate([(a - b) / 2 for a, b in pairs], axis=1)
    assert np.max(np.abs(told[:, :3] - found[:, :3])) < 1e-5  # [m], of 10 m
    assert np.max(np.abs(told[:, 3:] - found[:, 3:])) < 1e-8


def test_what_is_told_holds_between_steps_and_beside_burns():
    # Few steps and a short burn: a polynomial of low order through them was 92 m out once.
    burn = {"name": "b", "at": "60.2 s", "along": "prograde", "thrust": "2 N", "duration": "237 s"}
    fine, *coarse = (
        _flown(_spec(_LOW, duration="1728 s", burns=[burn], accuracy=accuracy))[0]
        for accuracy in ("0.1 mm", "10 m", "1 cm")
    )
    times = np.linspace(0.0, 1728.0, 1001)
    for arc in coarse:
        off = np.linalg.norm(arc.arc.at(times)[0] - fine.arc.at(times)[0], axis=1)
        assert np.max(off) <= arc.error + fine.error
        assert 0.0 < arc.error < 0.1


def test_burns_give_what_the_rocket_equation_says():
    isp, g0 = 300.0, 9.80665
    circle = {
        "semi_major_axis": "7000 km",
        "eccentricity": 0.0,
        "inclination": "28 deg",
        "true_anomaly": "0 deg",
    }
    speed = math.sqrt(MU / 7.0e6)
    transfer = speed * (math.sqrt(2 * 8.0 / 15.0) - 1.0)  # [m/s] to 8,000 km
    kick = {"name": "a", "at": "0 s", "along": "prograde", "delta_v": f"{transfer!r} m/s"}
    half = math.pi * math.sqrt(7.5e6**3 / MU)
    spec = _spec(circle, burns=[kick | {"specific_impulse": f"{isp} s"}], duration=f"{half!r} s")
    (arc,) = _flown(spec)
    assert np.linalg.norm(arc.arc.position[-1]) == pytest.approx(8.0e6, abs=0.01)
    assert arc.mass[-1] == pytest.approx(1000.0 * math.exp(-transfer / (isp * g0)), rel=1e-12)
    # A finite burn of a delta-v lasts as the rocket equation says, and burns as much.
    finite = {"name": "b", "at": "100 s", "along": "normal", "delta_v": "50 m/s", "thrust": "1 kN"}
    burns = [finite | {"specific_impulse": f"{isp} s"}]
    (arc,) = _flown(_spec(circle, burns=burns, duration="300 s"))
    assert arc.mass[-1] == pytest.approx(1000.0 * math.exp(-50.0 / (isp * g0)), rel=1e-9)


@pytest.mark.parametrize(
    ("burns", "words"),
    [
        ([{"at": "2 day"}], "a burn within the 1 days of the arc"),
        ([{"at": "10 s"}, {"at": "2027-01-15T03:31:00 UTC"}], "after the burn before has ended"),
        ([{"at": "10 s", "thrust": "90 kN"}], "leaves some of the mass"),
    ],
)
def test_burns_that_cannot_be(burns: list[dict[str, str]], words: str):
    base = {
        "name": "a",
        "along": "prograde",
        "thrust": "10 N",
        "duration": "300 s",
        "specific_impulse": "250 s",
    }
    spec = _spec(_LOW, burns=[base | burn for burn in burns])
    with computing(), pytest.raises(InputError, match=words):
        craft_of(spec)


def test_what_comes_down_says_so():
    low = _LOW | {"semi_major_axis": "6500 km", "eccentricity": 0.0}
    craft = {"mass": "1000 kg", "drag": {"area": "20 m2", "coefficient": 2.2}}
    air = {"gravity": {"field": "j2"}, "atmosphere": "us76", "earth": "uniform"}
    (arc,) = _flown(_spec(low, spacecraft=craft, environment=air, accuracy="10 m"))
    assert arc.outcome is OutcomeCode.STRUCK_GROUND
    assert 300.0 < arc.arc.stop < 7200.0


def test_a_fit_finds_the_orbit_and_its_drag():
    craft = {"mass": "1000 kg", "drag": {"area": "20 m2", "coefficient": 2.2}}
    air = {"gravity": {"field": "j2"}, "atmosphere": "us76", "earth": "uniform"}
    low = _LOW | {"semi_major_axis": "6678 km"}
    spec = _spec(low, spacecraft=craft, environment=air)
    with computing():
        world, known = world_of(spec), craft_of(spec)
        r, v = centre_of(spec, world)
        scene = Scene(world, known, start_of(spec))
        (true,) = propagate(scene, [(r, v, 1000.0)], 86_400.0, 1e-3)
        times = np.arange(0.0, 86_000.0, 900.0)
        noise = np.random.default_rng(7).normal(0.0, 5.0, (times.size, 3))
        seen = Seen(times, true.arc.at(times)[0] + noise, sigma=5.0)
        thin = craft_of(
            _spec(low, spacecraft=craft | {"drag": {"area": "14 m2", "coefficient": 2.2}})
        )
        guess = (r + np.array([300.0, -200.0, 100.0]), v + np.array([0.2, -0.1, 0.3]), 1000.0)
        found = fit(Scene(world, thin, start_of(spec)), guess, seen, ("drag_area",))
    sigma = np.sqrt(np.diag(found.covariance))
    # Five times the standard deviation: once in 1.7 million for each of seven.
    assert np.all(np.abs(found.start[0] - r) < 5.0 * sigma[:3])
    assert np.all(np.abs(found.start[1] - v) < 5.0 * sigma[3:6])
    assert found.factors["drag_area"] == pytest.approx(20.0 / 14.0, abs=5.0 * sigma[6])
    assert sigma[6] < 0.01
    assert found.rms == pytest.approx(5.0 * math.sqrt(3.0), rel=0.15)
