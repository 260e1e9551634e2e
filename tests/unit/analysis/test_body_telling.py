"""What is told of a body: its turning points, its orbit, and whether its steps were short."""

import math
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from tests.unit.analysis.orbiting import BODY, MU, RADIUS, history, orbit, spec_of
from yaan.analysis.body import orbit_at
from yaan.analysis.models import body_models
from yaan.analysis.timeline import body_events, peaks_of
from yaan.analysis.verdict import COARSEST, judge_steps
from yaan.description import FreeFlight
from yaan.results import History
from yaan.results.summary import Event

LOW, HIGH = RADIUS + 400e3, RADIUS + 900e3
PERIOD = 2.0 * math.pi * math.sqrt((0.5 * (LOW + HIGH)) ** 3 / MU)


def flown(step: float = 20.0, *, revolutions: float = 3.2, **columns: np.ndarray) -> History:
    time = np.append(np.arange(0.0, revolutions * PERIOD, step), revolutions * PERIOD)
    return history(time, *orbit(time, LOW, HIGH, math.radians(52.0), -0.7), **columns)


def timeline(free: FreeFlight, history: History, *, orbits: bool) -> list[Event]:
    return sorted(body_events(free, history, orbits=orbits), key=lambda row: row.time)


def rows_named(told: list[Event], name: str) -> list[Event]:
    return [row for row in told if row.name.rsplit("-", 1)[0] == name]


def test_every_apogee_and_perigee_is_told_between_the_rows(tmp_path: Path) -> None:
    told = timeline(spec_of(tmp_path), flown(), orbits=True)
    first = 0.7 / (2.0 * math.pi) * PERIOD
    for name, when, height in (("perigee", first, 400e3), ("apogee", first + PERIOD / 2, 900e3)):
        found = rows_named(told, name)
        assert [row.name for row in found] == [f"{name}-{k}" for k in range(1, len(found) + 1)]
        times = [row.time for row in found]
        assert times == pytest.approx(when + PERIOD * np.arange(len(found)), abs=0.02)
        assert [row.height for row in found] == pytest.approx([height] * len(found), abs=0.1)
        angles = [row.flight_path_angle_inertial_deg for row in found]
        assert angles == pytest.approx([0.0] * len(found), abs=1e-4)
    assert len(rows_named(told, "perigee")) == 4
    assert len(rows_named(told, "apogee")) == 3
    assert "apex" not in {row.name for row in told}


def test_a_place_beyond_the_end_of_its_range_is_no_place_between(tmp_path: Path) -> None:
    (first, *_) = rows_named(timeline(spec_of(tmp_path), flown(), orbits=True), "apogee")
    shift = math.pi - math.radians(first.longitude_deg)
    east = (flown()["longitude"] + shift + math.pi) % (2.0 * math.pi) - math.pi
    (moved, *_) = rows_named(
        timeline(spec_of(tmp_path), flown(longitude=east), orbits=True), "apogee"
    )
    assert abs(moved.longitude_deg) == pytest.approx(180.0, abs=1e-6)


def test_of_many_apogees_the_first_and_the_last_are_told(tmp_path: Path) -> None:
    told = timeline(spec_of(tmp_path), flown(revolutions=12.2), orbits=True)
    assert [row.name for row in rows_named(told, "apogee")] == ["apogee-1", "apogee-12"]


def test_a_circle_has_no_apogee(tmp_path: Path) -> None:
    time = np.arange(0.0, 20e3, 20.0)
    position, velocity = orbit(time, LOW, LOW, 0.9, 0.0)
    rng = np.random.default_rng(4)
    noisy = position * (1.0 + 1e-15 * rng.standard_normal((len(time), 1)))
    told = timeline(spec_of(tmp_path), history(time, noisy, velocity), orbits=True)
    assert not rows_named(told, "apogee")


def test_the_noise_of_short_steps_is_no_turning_point(tmp_path: Path) -> None:
    time = np.arange(0.0, 0.7 * PERIOD, 0.05)
    position, velocity = orbit(time, LOW, HIGH, 0.9, -0.7)
    rng = np.random.default_rng(4)
    noisy = position * (1.0 + 3e-9 * rng.standard_normal((len(time), 1)))
    told = timeline(spec_of(tmp_path), history(time, noisy, velocity), orbits=True)
    assert len(rows_named(told, "perigee")) == len(rows_named(told, "apogee")) == 1


def test_the_apex_of_a_throw_lies_between_its_rows(tmp_path: Path) -> None:
    time = np.arange(0.0, 41.0, 3.0)
    up = 200.0 * time - 0.5 * 9.8 * time**2
    position = np.stack([RADIUS + up, 300.0 * time, 0.0 * time], axis=1)
    velocity = np.stack([200.0 - 9.8 * time, 300.0 + 0.0 * time, 0.0 * time], axis=1)
    told = timeline(spec_of(tmp_path), history(time, position, velocity), orbits=False)
    (apex,) = [row for row in told if row.name == "apex"]
    radius = math.hypot(RADIUS + 200.0**2 / 19.6, 300.0 * 200.0 / 9.8) - RADIUS
    assert apex.height == pytest.approx(radius, abs=0.1)
    assert apex.time == pytest.approx(200.0 / 9.8, abs=0.05)
    assert apex.kind == "event"
    top = peaks_of(history(time, position, velocity), turning=True).height
    assert top is not None
    assert (top.time, top.value) == (apex.time, apex.height)


def test_what_jumps_at_a_turning_point_is_not_drawn_between(tmp_path: Path) -> None:
    time = np.arange(0.0, 41.0, 3.0)
    position = np.stack([RADIUS + 200.0 * time - 4.9 * time**2, 300.0 * time, 0.0 * time], axis=1)
    velocity = np.stack([200.0 - 9.8 * time, 300.0 + 0.0 * time, 0.0 * time], axis=1)
    for later in (18.0, 21.0, 24.0):  # the apex is at 20.4 s
        load = np.where(time >= later, 5.0, 0.0)
        mass = np.where(time >= later, 40.0, 100.0)
        h = history(time, position, velocity, load=load, mass=mass)
        (apex,) = [r for r in timeline(spec_of(tmp_path), h, orbits=False) if r.name == "apex"]
        row = int(np.searchsorted(time, apex.time, side="right")) - 1
        assert (apex.load_g, apex.mass_before) == (load[row], mass[row])


def test_a_pulse_that_runs_dry_goes_off_where_it_does(tmp_path: Path) -> None:
    inertia = "inertia: {xx: 10 kg m2, yy: 20 kg m2, zz: 25 kg m2}"
    tank = f"{{empty: {{mass: 90 kg, {inertia}}}, full: {{mass: 100 kg, {inertia}}}}}"
    text = BODY.replace(BODY[BODY.index("{mass") : BODY.index("start:")], f"{tank}\n")
    text += (
        "pulses:\n"
        '  - {name: long, from: "40 s", to: "900 s", FORCE, flow: 1 kg/s}\n'
        '  - {name: late, from: "60 s", to: "80 s", FORCE, flow: 1 kg/s}\n'
        '  - {name: free, from: "60 s", to: "80 s", FORCE}\n'
    ).replace("FORCE", "force: [1 N, 0 N, 0 N]")
    time = np.array([0.0, 20.0, 40.0, 50.0, 60.0, 80.0, 900.0, 1000.0])
    left = np.clip(50.0 - time, 0.0, 10.0)[:, None]
    h = history(time, *orbit(time, LOW, HIGH, 0.9, 0.3), propellant=left)
    told = timeline(spec_of(tmp_path, text), h, orbits=True)
    found = {row.name: row.time for row in told if row.name[:4] in ("long", "late", "free")}
    assert found == {"long-on": 40.0, "long-off": 50.0, "free-on": 60.0, "free-off": 80.0}


def test_nothing_is_no_peak(tmp_path: Path) -> None:
    h = flown()
    bump = 1e-5 * np.exp(-(((h["time"] - 3000.0) / 300.0) ** 2))
    names = {row.name for row in timeline(spec_of(tmp_path), flown(load=bump), orbits=True)}
    assert "maximum load" not in names
    names = {row.name for row in timeline(spec_of(tmp_path), flown(load=100 * bump), orbits=True)}
    assert "maximum load" in names


def test_elements_are_told_of_an_orbit_and_of_nothing_else() -> None:
    told = orbit_at(flown(), 17, jnp.asarray(MU))
    assert told is not None
    assert told.perigee == pytest.approx(400e3, abs=1e-3)
    assert told.apogee == pytest.approx(900e3, abs=1e-3)
    assert told.inclination_deg == pytest.approx(52.0, abs=1e-9)
    time = np.array([0.0, 1.0])
    sinking = history(time, *orbit(time, RADIUS - 9e3, HIGH, 0.9, math.pi))
    assert orbit_at(sinking, 0, jnp.asarray(MU)) is None
    position, velocity = orbit(time, LOW, HIGH, 0.9, 0.0)
    assert orbit_at(history(time, position, 1.5 * velocity), 0, jnp.asarray(MU)) is None
    lost = history(time, position, np.full((2, 3), np.nan))
    assert orbit_at(lost, 0, jnp.asarray(MU)) is None


@pytest.mark.parametrize(("rate", "passed"), [(0.0249, True), (0.0251, False)])
def test_a_turn_of_half_a_radian_a_step_is_the_most(
    rate: float, passed: bool, tmp_path: Path
) -> None:
    h = flown()
    phase = (h["time"] > 10e3).astype(int)
    turning = np.zeros((len(h), 3))
    turning[30] = [0.0, 0.6 * rate, -0.8 * rate]
    turning[phase == 1] = 9.0  # a point turns as it is told, however fast
    (verdict,) = judge_steps(spec_of(tmp_path), flown(rate_body=turning, phase=phase))
    assert verdict.name == "turns little within a step"
    assert verdict.passed is passed
    assert f"{20.0 * rate:.3g} rad" in verdict.value
    assert f"{COARSEST:g} rad" in verdict.limit
    assert "phase drift" in verdict.text
    assert ("`step`" in verdict.text) is not passed


def test_a_point_is_not_judged_by_its_turn(tmp_path: Path) -> None:
    text = BODY.replace("motion: rigid", "motion: point, pointing: held")
    assert list(judge_steps(spec_of(tmp_path, text), flown())) == []


def test_models_tell_gravity_engine_and_pulses(tmp_path: Path) -> None:
    engine = (
        'empty: {mass: "50 kg", inertia: {xx: "10 kg m2", yy: "20 kg m2", zz: "25 kg m2"}},'
        ' full: {mass: "100 kg", inertia: {xx: "10 kg m2", yy: "20 kg m2", zz: "25 kg m2"}},'
        ' engine: {vacuum_thrust: "300 N", specific_impulse: "250 s"}}'
    )
    text = BODY.replace(
        'mass: "100 kg", inertia: {xx: "10 kg m2", yy: "20 kg m2", zz: "25 kg m2"}}', engine
    ).replace("motion: rigid", "motion: rigid, engine: on")
    text += (
        "pulses:\n"
        '  - {name: kick, from: "1000 s", to: "1010 s", force: ["0 N", "3 N", "0 N"],'
        ' torque: ["0 N m", "0 N m", "-2 N m"], at: ["1 m", "0 m", "0 m"]}\n'
        '  - {name: turn, from: "20 s", to: "30 s", torque: ["1 N m", "0 N m", "0 N m"],'
        ' flow: "0.002 kg/s"}\n'
    )
    made = list(body_models(spec_of(tmp_path, text)))
    told = {row.name: row.text for row in made}
    ignored = {row.name: row.ignores for row in made}
    assert "burns 0.002 kg/s" in told["pulse turn"]
    assert "mass" in ignored["pulse kick"]
    assert "mass" not in ignored["pulse turn"]
    assert "where its jets are" in ignored["pulse turn"]
    assert "gravity turns the body" in told["torque of gravity"]
    assert "300 N" in told["engine of whole"]
    assert "250 s" in told["engine of whole"]
    for part in ("1000 s to 1010 s", "(0, 3, 0) N", "(0, 0, -2) N m", "(1, 0, 0) m"):
        assert part in told["pulse kick"]
    still = text.replace("atmosphere: none", "atmosphere: none\n  gravity_gradient: false")
    told = {row.name: row.text for row in body_models(spec_of(tmp_path, still))}
    assert "does not turn" in told["torque of gravity"]
