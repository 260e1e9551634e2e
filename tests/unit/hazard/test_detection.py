import itertools
from dataclasses import replace

import numpy as np
import pytest

from yaan.hazard import Detector, detection, false_alarms, load_hazards


def _chain(p: float, run: int) -> float:
    """Mean number of samples to `run` in a row, of the linear equations of the chain."""
    matrix = np.eye(run)
    for count in range(run):
        matrix[count, 0] -= 1.0 - p
        if count + 1 < run:
            matrix[count, count + 1] -= p
    return float(np.linalg.solve(matrix, np.ones(run))[0])


@pytest.mark.parametrize("run", [1, 2, 5])
@pytest.mark.parametrize("noise", [0.4, 1.0, 4.0])
@pytest.mark.parametrize("both", [False, True])
def test_false_alarms_are_those_of_the_chain(run: int, noise: float, both: bool):
    detector = Detector(1.0, noise, 0.1, run, 0.0, both)
    p = float(detector.beyond(0.0))
    assert false_alarms(detector) == pytest.approx(36_000.0 / _chain(p, run), rel=1e-6)


def test_false_alarms_against_seeded_noise():
    detector = Detector(1.0, 0.7, 0.1, 3)
    beyond = np.random.default_rng(17).normal(scale=0.7, size=2_000_000) > 1.0
    held, alarms = 0, 0
    for one in beyond.tolist():
        held = held + 1 if one else 0
        if held == 3:
            alarms, held = alarms + 1, 0
    told = alarms / (beyond.size * 0.1 / 3600.0)
    assert told == pytest.approx(false_alarms(detector), rel=4.0 / np.sqrt(alarms))


def test_longer_persistence_and_less_noise_alarm_less():
    rates = [false_alarms(Detector(1.0, 0.5, 0.02, run)) for run in (1, 2, 3, 30)]
    assert all(b < 0.1 * a for a, b in itertools.pairwise(rates))
    assert false_alarms(Detector(1.0, 0.0, 0.02)) == 0.0
    # Always beyond, were it that loud: every `persistence` samples.
    assert false_alarms(Detector(1e-12, 1.0, 0.02, 2, 0.0, True)) == pytest.approx(
        90_000.0, rel=1e-9
    )


def test_a_silent_detector_tells_a_step_after_its_samples():
    detector = Detector(1.0, 0.0, 0.1, 3, 0.25)
    found = detection(detector, step=[2.0, 0.5], duration=2.0)
    # The first sample comes within a period, the third two periods later.
    assert found.mean[0] == pytest.approx(0.25 + 0.2 + 0.05)
    assert found.late[0] == pytest.approx(0.25 + 0.3, abs=0.013)
    assert found.probability[0, -1] == pytest.approx(1.0)
    assert found.probability[1, -1] == 0.0
    assert np.isnan(found.mean[1])
    assert found.late[1] == np.inf


def test_a_silent_detector_tells_a_ramp_as_it_crosses():
    detector = Detector(4.0, 0.0, 0.01, 1)
    found = detection(detector, ramp=[0.4, 4.0, 40.0], duration=20.0)
    np.testing.assert_allclose(found.mean, np.array([10.0, 1.0, 0.1]) + 0.005, atol=0.002)
    assert (np.diff(found.late) < 0.0).all()


def test_detection_against_seeded_noise():
    detector = Detector(1.0, 0.5, 0.1, 2, 0.3)
    rng = np.random.default_rng(17)
    runs, count = 40_000, 60
    first = rng.random((runs, 1)) * 0.1
    time = first + 0.1 * np.arange(count)
    beyond = 0.3 * time + rng.normal(scale=0.5, size=time.shape) > 1.0
    both = beyond[:, 1:] & beyond[:, :-1]
    told = np.where(both.any(axis=1), time[np.arange(runs), 1 + np.argmax(both, axis=1)], np.inf)
    told += 0.3
    found = detection(detector, ramp=0.3, duration=6.0)
    for at in (1.0, 2.0, 3.0, 4.0):
        chance = np.interp(at, found.time, found.probability[0])
        assert chance == pytest.approx(np.mean(told <= at), abs=0.015)
    assert found.mean[0] == pytest.approx(np.mean(told[np.isfinite(told)]), rel=0.01)
    assert found.late[0] == pytest.approx(np.quantile(told, 0.99), rel=0.02)


def test_either_side_counts_where_it_is_asked_for():
    one = Detector(1.0, 0.1, 0.1)
    two = Detector(1.0, 0.1, 0.1, both_sides=True)
    assert detection(one, step=-2.0, duration=1.0).probability[0, -1] < 1e-12
    assert detection(two, step=-2.0, duration=1.0).probability[0, -1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("threshold", 0.0),
        ("noise", -0.1),
        ("period", 0.0),
        ("persistence", 0),
        ("persistence", -3),
        ("latency", -1.0),
        ("latency", np.nan),
    ],
)
def test_detectors_that_cannot_be(key: str, value: float):
    right = Detector(1.0, 0.1, 0.1, 2)
    with pytest.raises(ValueError, match=key):
        replace(right, **{key: value})
    with pytest.raises(ValueError, match="duration"):
        detection(right, duration=0.0)
    with pytest.raises(ValueError, match="duration"):
        detection(right, duration=1e9)


def test_detectors_of_the_library():
    known = load_hazards().detectors
    assert known["apollo-pitch-yaw"].detector.threshold == pytest.approx(np.radians(4.0))
    assert known["apollo-roll"].detector.threshold == pytest.approx(np.radians(20.0))
    assert known["cabin-leak"].detector.threshold == pytest.approx(6894.757 * 0.15 / 60.0)
    assert known["apollo-roll"].status == "recalled"
    for one in known.values():
        assert one.source
        assert false_alarms(one.detector) < 1e-6  # an hour
        told = detection(one.detector, step=2.0 * one.detector.threshold, duration=30.0)
        assert told.late[0] < 10.0
