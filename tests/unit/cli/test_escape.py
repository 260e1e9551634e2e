"""`yaan escape`: what it asks for, what it says last, and how it ends."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Desk, PaperMission, Yaan
from tests.unit.report import escapes_made
from yaan.cli.exits import ExitCode
from yaan.escapes import Escapes
from yaan.results.escape import EscapeRecord, read_escape


@pytest.fixture
def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the next escapes are asked for; `record` is what they come to."""
    told: dict[str, Any] = {"record": escapes_made.escapes()}

    def escape(self: PaperMission, *, progress: Any, **options: Any) -> Escapes:
        del self, progress
        told.update(options)
        return Escapes(told["record"], {"modes": 1.0})

    monkeypatch.setattr(PaperMission, "escape", escape, raising=False)
    return told


def test_it_says_where_the_page_is_and_counts_last_what_failed(
    asked: dict[str, Any], yaan_cli: Yaan, tmp_path: Path
) -> None:
    ended = yaan_cli("escape", "paper", "--step", "2", "--without", "water", "--mode", "lifting")
    assert (asked["step"], asked["without"], asked["modes"]) == (2.0, ["water"], ["lifting"])
    folder = tmp_path / "runs" / "made-escape-1"
    record: EscapeRecord = asked["record"]
    last = ended.out.strip().splitlines()[-1]
    assert last == record.summary.sentence
    assert ended.code == ExitCode.VERDICT_FAILED  # an instant is black
    assert (folder / "escape.html").is_file()
    assert "FAILED no mode from 0 to 8 s" in ended.out
    assert "open water" in ended.out
    assert read_escape(folder).summary == record.summary


def test_without_a_black_zone_it_ends_well(asked: dict[str, Any], yaan_cli: Yaan) -> None:
    record: EscapeRecord = asked["record"]
    asked["record"] = replace(record, summary=replace(record.summary, black=0, zones=()))
    ended = yaan_cli("escape", "paper", "--json")
    assert ended.code == ExitCode.OK
    told = json.loads(ended.out)
    assert told["summary"]["black"] == 0
    assert Path(told["folder"], "escape.json").is_file()


def test_an_output_that_is_no_folder_is_refused_before_anything_flies(
    asked: dict[str, Any], yaan_cli: Yaan, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = yaan_cli("escape", "paper", "--out", "file")
    assert ended.code == ExitCode.BAD_INPUT
    assert "step" not in asked
