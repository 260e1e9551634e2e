"""Escapes from a made-up ascent: what is conserved, what is near its neighbours, what is judged."""

import functools

import numpy as np
import pytest

import yaan
from tests.unit.escape.test_instants import straight_up
from yaan.analysis.escape.margins import Judge, recontact
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.session import computing
from yaan.crew import load_limits
from yaan.escape.instants import AscentPath, _across
from yaan.escape.modes import ModeFlown, asked_of, fly_mode
from yaan.flight.models.world import build_world
from yaan.spacetime.frame import components
from yaan.spacetime.path import Path

pytestmark = pytest.mark.slow


def ascent() -> AscentPath:
    """From the equator: up at 12 m/s2, then over to the east, to 60 km and 1.3 km/s at 110 s."""
    time = np.linspace(0.0, 110.0, 221)
    east, up = 5.0 * time**2 * (time / 110.0), 5.0 * time**2
    spin = 7.292115e-5
    angle = spin * time + east / 6.378e6
    radius = 6378137.0 + up
    position = np.stack([radius * np.cos(angle), radius * np.sin(angle), 0.0 * time], axis=1)
    velocity = np.gradient(position, time, axis=0, edge_order=2)
    tilt = angle + 0.5 * np.pi * (time / 110.0) ** 2 * 0.6
    axis = np.stack([np.cos(tilt), np.sin(tilt), 0.0 * time], axis=1)
    columns = {"height": up, "propellant": np.zeros((221, 1))}
    path = Path(time, position, velocity)
    return AscentPath(path, time, axis, _across(axis), columns, {}, ("motor",))


@functools.cache
def flown(name: str, first: float, last: float, step: float) -> ModeFlown:
    plan = yaan.load("gaganyaan").plan
    spec = plan.escape
    assert spec is not None
    with computing():
        world = build_world(plan, 8000.0)
        asked = asked_of(name, spec.modes[name], np.arange(first, last + 0.5 * step, step))
        one = asked.take(np.unique(asked.time, return_index=True)[1])
        return fly_mode(world, plan, spec, ascent(), one)


def test_neighbouring_seconds_give_neighbouring_results():
    found = flown("low-altitude", 0.0, 30.0, 1.0)
    assert found.came_down.all()
    for column, most in (
        (np.asarray(found.seen.height).max(axis=1), 0.05),
        (np.asarray(found.seen.time)[:, -1] - found.asked.time, 0.05),
        (np.abs(np.asarray(found.seen.load.x)).max(axis=1), 0.05),
    ):
        second = np.abs(np.diff(column, n=2))
        assert second.max() <= most * np.abs(column).max()


def test_nothing_jumps_at_a_separation_but_the_place_of_the_centre():
    """The capsule goes on from its own centre: by the arm, and at the speed that turning adds."""
    found = flown("low-altitude", 0.0, 30.0, 1.0)
    time, place = np.asarray(found.seen.time), components(found.seen.position)
    for lane in range(len(time)):
        border = int(np.argmax(found.phase[lane] >= 2))
        gap = np.linalg.norm(place[lane, border] - place[lane, border - 1])
        assert time[lane, border] == pytest.approx(time[lane, border - 1], abs=1e-9)
        arm = 3.101 - 1.2  # of the empty stack's centre of mass over the capsule's
        assert gap == pytest.approx(arm, abs=1e-3)


def test_the_load_of_the_motor_is_its_thrust_over_the_mass():
    found = flown("low-altitude", 0.0, 30.0, 1.0)
    burning = found.phase[0] == 0
    peak = np.asarray(found.seen.load.x)[0][burning].max()
    # 842 kN at most on 11.3 t that become 9.1 t, less the drag.
    assert 842e3 / 11.3e3 / STANDARD_GRAVITY * 0.9 < peak < 842e3 / 9.1e3 / STANDARD_GRAVITY


def test_a_launcher_that_thrusts_on_comes_nearer_than_one_that_stops():
    plan = yaan.load("gaganyaan").plan
    assert plan.escape is not None
    judge = Judge(plan.escape, {"": np.eye(3)}, load_limits(), ascent())
    found = flown("low-altitude", 0.0, 30.0, 1.0)
    stopped, thrusting = (recontact(judge, found, 20.0, thrusting=on)[1] for on in (False, True))
    assert (thrusting[5:] <= stopped[5:]).all()


def test_margins_know_what_does_not_apply():
    plan = yaan.load("gaganyaan").plan
    assert plan.escape is not None
    judge = Judge(plan.escape, {"": np.eye(3)}, load_limits(), ascent())
    margins = judge.margins(flown("ballistic", 100.0, 110.0, 2.0))
    column = dict(zip(margins.names, margins.margin.T, strict=True))
    assert np.isinf(column["dynamic_pressure"]).all()  # nothing rigid flies in it
    assert np.isfinite(column["crew_load"]).all()
    assert straight_up().end == 60.0
