"""Gaganyaan's ascent flown as a body that turns: it meets its point at the separation of S200."""

import numpy as np
import pytest

import yaan
from yaan.base.session import computing
from yaan.design.task import make_task
from yaan.flight import batches
from yaan.flight.chain import known_for
from yaan.flight.models.world import build_world
from yaan.flight.rigid import fly_turning
from yaan.results import OutcomeCode
from yaan.search.unknowns import LANES
from yaan.spacetime.frame import components

pytestmark = pytest.mark.slow

PITCH = (0.16120692, -0.06948907, 0.28601538, 0.0, 0.23598928, -0.06561752)
FLAT = np.array([0.10820363, 2.47836754, 0.09688078, *PITCH])
"""The steering constants of the crew-shaped profile, as solved on 2026-11-29."""


def test_without_misalignment_it_meets_its_point():
    changed = {"attitude.misalignment": "0 deg", "attitude.until": "s200-separation"}
    ascent = yaan.load("gaganyaan", changed).plan.ascent
    assert ascent is not None
    plan, spec = ascent.plan, ascent.plan.attitude
    assert spec is not None
    with computing():
        world = build_world(plan, known_for(plan))
        task = make_task(ascent, ascent.steering.profile, world)
        flat = np.repeat(FLAT[None], LANES, axis=0)
        lane = batches.fly(world, batches.repeat(task.case), flat).lane(0)
        last = task.sequence.index("s200-separation")
        turned = fly_turning(world, spec, task.vehicle, lane, last + 1)
    assert turned.code is OutcomeCode.REACHED
    assert turned.ends[-1] == pytest.approx(131.14, abs=1e-6)
    point = components(lane.legs.inner.position)[last]
    # The pitch-over's start and stop are followed 0.2 deg late for a second or two: a metre or
    # two at its end, and some centimetres a second of drift until here.
    assert np.linalg.norm(turned.position[-1] - point) < 10.0
    told = turned.told
    assert np.degrees(np.max(told.attitude_error)) < 1.0
    assert np.max(told.gimbal) <= spec.gimbals["s200"].angle
    burning = np.asarray(told.mu_control) > 1e-3
    assert np.min(np.asarray(told.authority)[burning]) > 10.0
    # Where the air turns it away most it is held with twice what that takes.
    assert np.max(told.mu_alpha) < spec.frequency**2 / 2.0
    assert np.max(told.dynamic_pressure * told.angle_of_attack) < 300.0  # [Pa rad]
