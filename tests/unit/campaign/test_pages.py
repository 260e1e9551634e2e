"""Sweeps and capabilities leave their page beside their numbers; nothing is flown here."""

import math
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from yaan.campaign.axes import Axis
from yaan.campaign.capability import sun_synchronous
from yaan.campaign.folder import Folder
from yaan.campaign.study import _by_inclination, lanes_told, resume, save_curve
from yaan.campaign.sweep import Sweep, prepare
from yaan.mission.load import load_tree
from yaan.report import page
from yaan.results.payloads import Point

KEY = "interface.flight_path_angle"
AXES = (Axis(KEY, ("-3 deg", "-2 deg", "120 deg")), Axis("capsule.mass", ("4.8 t", "5.3 t")))


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


@pytest.fixture(scope="module")
def asked() -> Sweep:
    return Sweep(load_tree("capsule-entry"), AXES)


def ended(asked: Sweep) -> list[Any]:
    lanes = prepare(asked)
    for lane in lanes:
        if not lane.word:
            lane.word, lane.phase = "flown", "entry"
            lane.ends = {"peak_load": 4.0 + lane.index, "height": 7e3}
    return lanes


def test_values_that_are_refused_say_why_in_a_sentence(asked: Sweep) -> None:
    texts = [lane.text for lane in prepare(asked)]
    assert texts[:4] == [""] * 4
    for text in texts[4:]:
        assert text.startswith(f"{KEY}: ")
        assert "Problem(" not in text
        assert text.endswith(".")


def test_the_page_takes_every_flight_as_it_ended(asked: Sweep) -> None:
    told = lanes_told(asked, ended(asked))
    assert [key.key for key in told.keys] == [axis.key for axis in AXES]
    assert told.keys[0].numbers is not None
    assert told.keys[0].numbers.tolist() == [-3.0, -2.0, 120.0]
    assert told.keys[0].unit == "deg"
    assert told.counts == {"flown": 4, "refused": 2}
    assert told.columns["peak_load"][:4].tolist() == [4.0, 5.0, 6.0, 7.0]
    assert math.isnan(told.columns["peak_load"][4])
    assert told.design == "none"
    assert told.places.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    assert told.told(3) == "interface flight path angle \u22122\u00a0deg, capsule mass 5.3\u00a0t"


def test_a_finished_sweep_has_its_page(asked: Sweep, tmp_path: Path) -> None:
    folder = Folder.made(tmp_path, "paper", asked.tree, asked.axes, False, None)
    folder.keep([lane for lane in ended(asked) if lane.word == "flown"])
    found = resume(folder.path)
    text = (folder.path / "sweep.html").read_text("utf-8")
    assert "4 flown, 2 refused." in text
    assert found.attrs["folder"] == str(folder.path)
    assert (folder.path / "sweep.csv").is_file()


def test_designs_are_told_apart() -> None:
    launch = Sweep(load_tree("pslv-xl-sso"), (Axis("vehicle.payload.mass", ("1 t", "1.1 t")),))
    assert lanes_told(launch, prepare(launch)).design == "anew"


def points(*tilts: float) -> list[Point]:
    return [Point(h, tilt, 1e3, 0.0, 1, "flown") for h in (3e5, 5e5) for tilt in tilts]


def test_payloads_are_told_by_inclination() -> None:
    found = _by_inclination(points(0.9, 1.2))
    assert [one.name for one in found] == ["51.57°", "68.75°"]
    assert [[p.height for p in one.points] for one in found] == [[3e5, 5e5]] * 2
    sun = [Point(h, sun_synchronous(h), 1e3, 0.0, 1, "flown") for h in (3e5, 5e5)]
    assert [one.name for one in _by_inclination(sun)] == ["Sun-synchronous, 96.67° to 97.40°"]
    assert _by_inclination([]) == []


def test_a_capability_has_its_page(tmp_path: Path) -> None:
    folder = save_curve(tmp_path, load_tree("pslv-xl-sso"), points(0.9))
    text = (folder / "capability.html").read_text("utf-8")
    assert "not shown to be impossible" in text
    assert 'id="figure-payload"' in text
