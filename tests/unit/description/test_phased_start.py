"""The frame of a state that a flight of phases begins with."""

import pytest

from yaan.base import InputError
from yaan.mission import check, load_tree

STATE = (
    '{position: {x: "7000 km", y: "0 km", z: "0 km"}, '
    'velocity: {x: "0 m/s", y: "7.5 km/s", z: "0 m/s"}FRAME}'
)


def told(frame: str, **others: str) -> list[str]:
    start = {"start": "{state: " + STATE.replace("FRAME", frame) + "}", **others}
    try:
        check(load_tree("upper-stage-relight", start))
    except InputError as error:
        return [p.sentence() for p in error.problems if "frame" in p.key]
    return []


@pytest.mark.parametrize("frame", ["gcrs", "eme2000", "mod", "tod", "teme", "itrs"])
def test_frames_of_a_state(frame: str) -> None:
    assert told(f", frame: {frame}") == []


def test_a_state_without_a_frame_is_refused() -> None:
    (sentence,) = told("")
    assert "start.state.frame" in sentence
    assert "gcrs or itrs, or eme2000, mod, tod, teme" in sentence


def test_an_earth_without_a_sky_has_no_frames_of_the_sky() -> None:
    (sentence,) = told(", frame: teme", **{"environment.earth": "uniform"})
    assert "expected gcrs or itrs, with earth: uniform" in sentence
