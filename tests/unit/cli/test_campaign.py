"""The verbs of many flights show their page where they are asked to, and end as they did."""

from pathlib import Path
from typing import Any

import pytest
import xarray

from tests.unit.cli.conftest import Desk, PaperMission, Yaan
from yaan.cli.exits import ExitCode
from yaan.results.payloads import Point

POINTS = [Point(3e5, 0.9, 2000.0, 0.5, 3, "flown"), Point(5e5, 0.9, float("nan"), 0.5, 3, "lost")]


@pytest.fixture
def shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser was asked for."""
    found: list[str] = []
    monkeypatch.setattr("webbrowser.open", found.append)
    monkeypatch.setattr(PaperMission, "source", None, raising=False)
    return found


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Point]:
    """What the next capability finds."""
    made = list(POINTS)
    monkeypatch.setattr("yaan.campaign.capability.capability", lambda *_: made)
    monkeypatch.setattr("yaan.campaign.study.save_curve", lambda *_: tmp_path / "m-capability-1")
    return made


@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize("asked", [True, False])
def test_capability_opens_its_page_if_asked_to(
    shown: list[str], points: list[Point], yaan_cli: Yaan, lost: bool, asked: bool
) -> None:
    if not lost:
        del points[1]
    ended = yaan_cli("capability", "paper", "--height", "300 km", *(["--open"] if asked else []))
    assert ended.code == (ExitCode.NOT_FOUND if lost else ExitCode.OK)
    assert [Path(address).name for address in shown] == ["capability.html"] * asked
    assert "m-capability-1" in ended.out


@pytest.mark.parametrize("asked", [True, False])
def test_disperse_opens_its_page_and_ends_with_the_causes(
    shown: list[str], yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: bool
) -> None:
    words = {
        "outcome": ["flown", "skipped-out", "flown"],
        "phase": ["descent", "entry", "descent"],
        "text": ["", "It left.", ""],
    }
    found = xarray.Dataset(
        {name: ("draw", values) for name, values in words.items()}
        | {"peak_load": ("draw", [4.0, 9.0, 4.4])},
        attrs={"mission": "paper", "folder": str(tmp_path / "paper-dispersions-1")},
    )
    taken: list[Any] = []

    def draws(drawn: Any, **how: Any) -> xarray.Dataset:
        taken.append(drawn)
        return found

    monkeypatch.setattr("yaan.campaign.disperse.disperse", draws)
    told = ["-n", "3", "--seed", "7", "--scale", "2", "--nominal", *(["--open"] if asked else [])]
    ended = yaan_cli("disperse", "paper", *told)
    assert ended.code == 0
    assert (taken[0].count, taken[0].seed, taken[0].scale, taken[0].nominal) == (3, 7, 2.0, True)
    assert [Path(address).name for address in shown] == ["dispersions.html"] * asked
    assert "4.20" in ended.out  # of those that flew
    last = ended.out.strip().splitlines()[-1]
    assert last == "2 flown, 1 skipped-out in entry: 1 of 3 failed."


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ((), "a MISSION, or --resume FOLDER"),
        (("paper", "--resume", "x"), "a MISSION, or --resume FOLDER"),
        (("--resume", "x", "-n", "5"), "-n: nothing with --resume"),
        (("--resume", "x", "--nominal"), "--nominal: nothing with --resume"),
        (("--resume", "nowhere"), "no folder of a dispersed mission"),
    ],
)
def test_disperse_refuses(desk: Desk, yaan_cli: Yaan, told: tuple[str, ...], sentence: str) -> None:
    ended = yaan_cli("disperse", *told)
    assert ended.code != 0
    assert sentence in ended.err


@pytest.mark.parametrize("asked", [True, False])
def test_sweep_opens_its_page_if_asked_to(
    shown: list[str], yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: bool
) -> None:
    outcome: Any = ("a.b", ["flown", "skipped-out"])
    found = xarray.Dataset(
        {"outcome": outcome}, attrs={"mission": "paper", "folder": str(tmp_path / "paper-sweep-1")}
    )
    monkeypatch.setattr("yaan.campaign.study.study", lambda *_, **__: found)
    ended = yaan_cli("sweep", "paper", "--over", "a.b=1..2:2", *(["--open"] if asked else []))
    assert ended.code == 0
    assert [Path(address).name for address in shown] == ["sweep.html"] * asked
    assert "1 flown, 1 skipped-out" in ended.out
