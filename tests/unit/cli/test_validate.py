"""`yaan validate` with cases of paper."""

import errno
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Yaan
from yaan.validation.case import Case, Fly, Line
from yaan.validation.wall import verdicts


def _measure(fly: Fly) -> Sequence[Line]:
    del fly
    return [
        Line("height", "m", 100.0, 100.5, 0.5, 1.0, "a metre"),
        Line("density", "kg/m³", 1.0, 2.0, 1.0, None, "not modelled"),
    ]


def _miss(fly: Fly) -> Sequence[Line]:
    del fly
    return [Line("speed", "m/s", 10.0, 12.0, 2.0, 1.0, "one")]


def _case(suite: str, name: str, good: bool) -> Case:
    measure = _measure if good else _miss
    return Case(suite, name, f"{name} of paper", (), "about it", "nobody", measure)


@pytest.fixture(autouse=True)
def _paper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    cases = (_case("good", "one", True), _case("good", "two", True), _case("bad", "three", False))
    # The package offers its function `run` by the name of this module.
    monkeypatch.setattr(sys.modules["yaan.validation.run"], "CASES", cases)
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    monkeypatch.setenv("XLA_FLAGS", "")
    monkeypatch.chdir(tmp_path)


def test_all_held_is_zero_and_told(yaan_cli: Yaan):
    ended = yaan_cli("validate", "--suite", "good")
    assert ended.code == 0
    assert "2 of 2 gated lines held, 2 reported." in ended.out
    assert "good/one: one of paper" in ended.out
    assert "held" in ended.out
    assert "1/2  good/one" in ended.err


def test_one_that_fails_is_one(yaan_cli: Yaan):
    ended = yaan_cli("validate")
    assert ended.code == 1
    assert "FAILED" in ended.out
    assert "2 of 3 gated lines held" in ended.out


def test_one_case_by_its_name(yaan_cli: Yaan):
    ended = yaan_cli("validate", "--case", "good/two", "--json")
    assert (ended.code, ended.err) == (0, "")
    told = json.loads(ended.out)
    assert told["held"] is True
    (case,) = told["cases"]
    assert (case["suite"], case["case"]) == ("good", "two")
    assert [line["verdict"] for line in case["lines"]] == ["held", "reported"]
    assert case["lines"][0]["margin"] == 1.0


def test_the_page_is_written(yaan_cli: Yaan, tmp_path: Path):
    ended = yaan_cli("validate", "--html", "wall.html")
    assert ended.code == 1
    page = (tmp_path / "wall.html").read_text(encoding="utf-8")
    assert verdicts(page)["bad/three"] == {"speed": "FAILED"}
    assert "The wall: wall.html" in ended.out


@pytest.mark.parametrize(
    ("html", "reason"), [("no/wall.html", "no is no folder"), (".", ". is a folder")]
)
def test_a_page_that_cannot_be_written_is_told_first(
    yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch, html: str, reason: str
):
    monkeypatch.setattr("yaan.validation.run", lambda *_: pytest.fail("it was run"))
    ended = yaan_cli("validate", "--html", html)
    assert ended.code == 2
    assert reason in ended.err


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [("--suite", "goo", "did you mean good?"), ("--case", "good/tow", "did you mean good/two?")],
)
def test_an_unknown_name_is_bad_input(yaan_cli: Yaan, option: str, value: str, hint: str):
    ended = yaan_cli("validate", option, value)
    assert ended.code == 2
    assert hint in ended.err


def test_a_page_that_finds_no_room_does_not_take_the_results_with_it(
    yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch
):
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    ended = yaan_cli("validate", "--html", "wall.html")
    assert ended.code == 74
    assert "2 of 3 gated lines held" in ended.out
    assert "The wall" not in ended.out
    assert ended.err.endswith("Cannot write wall.html: No space left on device.\n")
    told = json.loads(yaan_cli("validate", "--html", "wall.html", "--json").out)
    assert (told["held"], told["error"]["exit"]) == (False, 74)
