"""A capsule that turns, as the file has it: what is refused, and what is counted as assumed."""

from typing import Any

import numpy as np
import pytest

import yaan
from yaan.base import InputError
from yaan.base.session import computing
from yaan.description import EntryPhaseSpec, landing_cross
from yaan.design.return_plan import ReturnTask, make_return
from yaan.mission.provenance import assumptions
from yaan.motion import rigid_entry

RIGID = {"entry.motion": "rigid"}


def entry_of(name: str, changes: dict[str, Any]) -> EntryPhaseSpec:
    entry = yaan.load(name, changes).plan.entry
    assert entry is not None
    return entry


def task_of(changes: dict[str, Any]) -> ReturnTask:
    plan = yaan.load("gaganyaan", changes).plan
    assert plan.ascent is not None
    assert plan.return_flight is not None
    return make_return(plan.ascent, plan.return_flight)


GOOD = ("gaganyaan", "capsule-entry", "apollo10-entry")


@pytest.mark.parametrize("name", GOOD)
def test_the_library_flies_its_entries_rigid_when_asked(name: str):
    assert entry_of(name, RIGID).motion == "rigid"
    assert entry_of(name, {}).motion == "point"


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"entry.motion": "stiff"}, "entry.motion", "one of point, rigid"),
        ({"entry.attitude_step": "0.5 s"}, "entry.attitude_step", "at most 0.417 s"),
        ({"capsule.rigid": None}, "capsule.rigid", "entry.motion is rigid"),
        ({"capsule.rigid.inertia.xx": "20 t m2"}, "capsule.rigid.inertia.xx", ""),
        ({"capsule.rigid.inertia.xx": "20000 kg m2"}, "capsule.rigid.inertia", "sum of the other"),
        ({"capsule.rigid.inertia.xy": "9000 kg m2"}, "capsule.rigid.inertia", "positive about"),
        ({"capsule.rigid.pitch_stiffness": -0.2}, "capsule.rigid.pitch_stiffness", "at least 0"),
        ({"capsule.rigid.control.damping_ratio": 0.0}, "damping_ratio", "above 0"),
        ({"capsule.rigid.control.moment.roll": "300 N"}, "moment.roll", "torque"),
        (
            {"entry.bank": {"time": ["10 s", "12 s"], "angle": ["60 deg", "-60 deg"]}},
            "entry.bank.angle",
            "it asks for 60 deg/s",
        ),
    ],
)
def test_what_cannot_be_flown_is_refused(changes: dict[str, Any], key: str, words: str):
    with pytest.raises(InputError) as refused:
        yaan.load("capsule-entry", RIGID | changes)
    text = str(refused.value)
    assert key in text
    assert words in text


def test_a_point_may_have_a_bank_and_steps_that_a_body_may_not():
    bank = {"time": ["10 s", "12 s"], "angle": ["60 deg", "-60 deg"]}
    yaan.load("capsule-entry", {"entry.bank": bank, "entry.attitude_step": "0.5 s"})


def test_what_turns_a_capsule_is_assumed_only_where_it_turns():
    point, rigid = (assumptions(yaan.load("gaganyaan", c).source) for c in ({}, RIGID))
    more = {a.key for a in rigid} - {a.key for a in point}
    assert more
    assert all(".rigid." in key for key in more)
    assert len(rigid) == len(point) + len(more)


def test_the_check_knows_how_coarse_the_flight_lets_steps_be():
    assert landing_cross._COARSEST == rigid_entry.COARSEST


def test_the_capsule_is_built_as_written():
    with computing():
        turning = task_of(RIGID).turning
        assert task_of({}).turning is None
    assert turning is not None
    body, control = turning.body, turning.control
    assert [float(x) for x in (body.inertia.xx, body.inertia.yy, body.inertia.zz)] == [
        6200.0,
        5500.0,
        5000.0,
    ]
    assert float(body.length) == 3.5
    assert float(body.pitch_damping) == -0.2
    assert float(control.limit.y) == 300.0
    # 15 deg/s are reached at 2.5 deg/s2.
    assert float(control.easing) == pytest.approx(6.0)
    assert turning.step == 0.05
    assert float(np.asarray(control.frequency)) == 1.2
