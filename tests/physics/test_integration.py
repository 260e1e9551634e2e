# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false
"""Flights whose steps are too long, flown as users fly them: right, or failed, never believed."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import yaan
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.cli.exits import ExitCode
from yaan.cli.fly import exit_code
from yaan.description import IntegrationSpec
from yaan.flight.accuracy import PhaseError, accurately, compare
from yaan.results.summary import Verdict
from yaan.results.trajectory import History

pytestmark = pytest.mark.slow

PLOVER = Path(__file__).parent / "data" / "plover.yaml"

FLAT = {
    "interface__flight_path_angle": "-2 deg",
    "interface__height": "120 km",
    "interface__speed": "7.8 km/s",
}

BALL = """\
schema: 1
kind: body
name: ball
source: invented for these tests
epoch: "2027-03-01T04:00:00 UTC"
body:
  configurations:
    whole:
      mass: "10 kg"
      source: invented
AIR
start:
  START
  source: invented
phases:
  - {name: flight, motion: point, pointing: held, until: UNTIL, step: "STEP"}
method: METHOD
environment:
  {gravity: {field: {mu: "398600.4418 km3/s2"}}, atmosphere: AIRY, wind: none, earth: still}
"""
DENSE = """\
      aerodynamics:
        {area: "0.05 m2", span: "0.25 m", chord: "0.25 m", drag: 0.5, source: invented}
"""
DOWN = """\
position: {latitude: "31.5 deg", longitude: "35.5 deg", height: "5 km"}
  velocity: {north: "0 m/s", east: "0 m/s", down: "3 km/s"}
  attitude: {yaw: "0 deg", pitch: "0 deg", roll: "0 deg", from: ned}"""


def ball(tmp_path: Path, **words: str) -> yaan.Flight:
    """A ball of that start, that end, that step and that method."""
    text = BALL
    for name, word in words.items():
        text = text.replace(name, word)
    path = tmp_path / "ball.yaml"
    path.write_text(text, encoding="utf-8")
    return yaan.load(path).fly()


def fallen(tmp_path: Path, step: str) -> yaan.Flight:
    """A ball thrown down at 3 km/s from 5 km into dense air."""
    until = '{duration: "200 s", height_below: "0 m"}'
    words = {"AIRY": "us76", "AIR": DENSE, "START": DOWN, "UNTIL": until}
    return ball(tmp_path, METHOD="rk4", STEP=step, **words)


def integration(flight: yaan.Flight) -> Verdict:
    """The verdict."""
    return next(v for v in flight.verdicts if v.name == "integration")


@pytest.mark.slow
def test_a_ball_in_dense_air_is_right_whatever_step_is_asked(tmp_path: Path):
    # 81.72 m/s after 27.4176 s, by SciPy's DOP853 at 1e-10 with an air of its own.
    coarse, fine = fallen(tmp_path, "20 s"), fallen(tmp_path, "0.002 s")
    for flight in (coarse, fine):
        end = flight.summary.body.end
        assert end.time == pytest.approx(27.4176, abs=2e-3)
        assert np.linalg.norm(end.velocity_ned) == pytest.approx(81.72, abs=0.02)
        assert flight.outcome.code == "flown"
        assert integration(flight).passed
    told = coarse.summary.integration.phases[0]
    away = abs(coarse.summary.body.end.time - fine.summary.body.end.time) * 82.0
    assert away < 3.0 * max(told.position or 0.0, 1e-3)
    assert told.shortest_step < 0.2
    assert told.load_share < 1e-3


@pytest.mark.parametrize("eccentricity", [0.001, 0.3, 0.8])
def test_apsides_are_found_to_a_microsecond_and_a_millimetre(tmp_path: Path, eccentricity: float):
    e, low = eccentricity, EARTH_RADIUS + 300e3
    a = low / (1.0 - e)
    nu, h = 2.0, np.sqrt(EARTH_MU * a * (1.0 - e**2))
    r = h**2 / EARTH_MU / (1.0 + e * np.cos(nu))
    place = [r * np.cos(nu), r * np.sin(nu)]
    speed = [-EARTH_MU / h * np.sin(nu), EARTH_MU / h * (e + np.cos(nu))]
    start = f"""frame: gcrs
  position: {{x: "{place[0]!r} m", y: "{place[1]!r} m", z: "0 m"}}
  velocity: {{x: "{speed[0]!r} m/s", y: "{speed[1]!r} m/s", z: "0 m/s"}}
  attitude: {{yaw: "0 deg", pitch: "0 deg", roll: "0 deg", from: gcrs}}""".replace("np.float64", "")
    start = start.replace("(", "").replace(")", "")
    period = 2.0 * np.pi * np.sqrt(a**3 / EARTH_MU)
    flight = ball(
        tmp_path,
        AIRY="none",
        AIR="",
        START=start,
        UNTIL=f'{{duration: "{1.1 * period:.3f} s"}}',
        STEP="60 s",
        METHOD="dop853",
    )
    eccentric = 2.0 * np.arctan(np.sqrt((1.0 - e) / (1.0 + e)) * np.tan(0.5 * nu))
    mean = eccentric - e * np.sin(eccentric)
    rows = {row.name: row for row in flight.timeline}
    for name, turned, radius in (("apogee-1", np.pi, a * (1 + e)), ("perigee-1", 2 * np.pi, low)):
        when = (turned - mean) / (2.0 * np.pi) * period
        assert rows[name].time == pytest.approx(when, abs=1e-6)
        assert rows[name].radius == pytest.approx(radius, abs=1e-3)
    assert integration(flight).passed


def entered(**overrides: str) -> yaan.Flight:
    """Plover from its interface."""
    return yaan.load(PLOVER, {k.replace("__", "."): v for k, v in overrides.items()}).fly()


def test_short_steps_begin_before_the_air_does_at_any_height_and_speed():
    # From 160 km at 12 km/s and 80 deg down: 417.5 g, by SciPy at 1e-10 with an air of its own.
    steep = entered().summary
    assert steep.entry.peak_load.value_g == pytest.approx(417.5, rel=1e-3)
    assert steep.entry.ballistic_peak_g == pytest.approx(417.5, rel=1e-3)
    assert steep.peaks.load.value_g == pytest.approx(417.5, rel=1e-3)


def test_light_capsules_come_to_their_terminal_speed():
    # 250 kg under three canopies: v = sqrt(2 m g / rho sum(CD S)), the capsule's own among them.
    light = entered(capsule__mass="250 kg", **FLAT)
    down = light.landing.touchdown
    canopies = 3.0 * 0.85 * 0.95 * 0.25 * np.pi * 15.0**2
    area = canopies + 0.85 * 0.25 * np.pi * 2.4**2
    gravity = 9.7803 - 0.0337  # at the equator, less the centrifugal part that turns with the air
    assert down.contact.vertical == pytest.approx(
        np.sqrt(2.0 * 250.0 * (gravity + 0.0337) / 1.225 / area), rel=2e-3
    )
    h = light.trajectory
    calm = h["time"].values > down.time - 100.0
    assert np.ptp(h["load"].values[calm]) < 0.01  # it swung between 0.13 and 0.51 g
    assert integration(light).passed


def test_the_ballistic_line_flies_the_steps_of_the_flight():
    steep = entered(interface__speed="7.8 km/s", interface__flight_path_angle="-89 deg").summary
    told = steep.entry
    assert told.ballistic_peak_g == pytest.approx(told.peak_load.value_g, rel=1e-4)


@pytest.mark.slow
def test_bounds_that_no_step_keeps_fail_their_verdict():
    tight = entered(integration__position="1e-5 m", **FLAT)
    verdict = integration(tight)
    assert verdict.passed is False
    assert "entry" in verdict.text
    assert exit_code(tight.summary) == ExitCode.VERDICT_FAILED


def history(time: np.ndarray, load: np.ndarray, place: float) -> History:
    """One phase of one body that does not move but for `place` [m] north at its end."""
    rows = len(time)
    still = np.zeros(rows)
    columns = {name: still.copy() for name in ("latitude", "longitude", "height")}
    columns["latitude"][-1] = place / 6371008.8
    columns |= {"time": time, "load": load, "dynamic_pressure": 10.0 + still}
    columns |= {"speed_relative": 1e-9 + still, "phase": still.astype(int)}
    columns |= {"position_gcrs": np.zeros((rows, 3)), "velocity_gcrs": np.zeros((rows, 3))}
    return History(columns, (), ("only",))


def test_an_error_is_two_thirds_of_what_the_shadow_differs_by():
    fine, coarse = np.linspace(0.0, 4.0, 41), np.linspace(0.0, 4.0, 21)
    ours = history(fine, 5.0 - (fine - 2.03) ** 2, 0.0)
    theirs = history(coarse, 5.3 - (coarse - 2.03) ** 2, 6.0)
    (error,) = compare(ours, theirs)
    assert error.position == pytest.approx(4.0, rel=1e-6)
    # Both peaks lie between rows: 5 and 5.3 at 2.03 s.
    assert error.peaks["load"] == pytest.approx(0.2 / 5.0, rel=1e-9)
    assert error.excess(IntegrationSpec()) == pytest.approx(40.0, rel=1e-9)


def errors_of(position: float) -> list[PhaseError]:
    return [PhaseError("only", 10, 0.1, position, 0.0, 0.0, {}, 100.0, airless=False)]


@contextmanager
def counted(answers: dict[int, float]) -> Generator[list[float]]:
    """Tolerances asked for; the answer is by their count."""
    asked: list[float] = []

    def fly(tolerance: float) -> tuple[int, list[PhaseError]]:
        asked.append(tolerance)
        return len(asked), errors_of(answers[len(asked)])

    asked_best = accurately(fly, IntegrationSpec())
    asked.append(float(asked_best[0]))
    yield asked


def test_a_flight_is_tightened_until_it_keeps_its_bounds_and_the_best_is_kept():
    with counted({1: 5.0}) as asked:
        assert asked == [1.0, 1.0]
    with counted({1: 20.0, 2: 9.0}) as asked:
        assert asked == [1.0, 1.0 / 16.0, 2.0]  # the steps are halved
    with counted({1: 100.0, 2: np.inf, 3: 75.0, 4: 55.0}) as asked:
        assert len(asked) == 5
        assert asked[-1] == 4.0


def test_a_flight_is_not_tightened_where_that_does_not_help():
    with counted({1: 100.0, 2: 60.0, 3: 55.0}) as asked:
        assert len(asked) == 4
        assert asked[-1] == 3.0
    with counted({1: 100.0, 2: 130.0}) as asked:
        assert asked[1:] == [1.0 / 16.0, 1.0]


@pytest.mark.slow
def test_the_abort_map_counts_the_load_at_the_release():
    flight = yaan.load("lvm3-leo", {"vehicle.payload.ballistic_coefficient": "177 kg/m2"}).fly()
    (told,) = flight.ascent.abort.profiles.values()
    q = flight.summary.peaks.dynamic_pressure.value
    wanted = q / 177.0 / STANDARD_GRAVITY
    assert told.release_load_g == pytest.approx(wanted, rel=2e-3)  # whole seconds
    assert told.peak_load_g >= told.release_load_g
    assert told.canopies_until > 20.0
    assert told.not_flown == 0
