"""`yaan doctor` answers every check with a word and a sentence, whatever is broken."""

import json
import warnings
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Desk, Yaan
from yaan.base.kept import CacheWarning
from yaan.cli import console, doctor


def test_every_check_answers(desk: Desk, yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YAAN_CACHE", "cache")
    ended = yaan_cli("doctor", "--json")
    checks = json.loads(ended.out)["checks"]
    assert [check["name"] for check in checks] == list(doctor.CHECKS)
    assert {check["state"] for check in checks} <= {"ok", "warn"}
    assert all(check["text"].endswith(".") for check in checks)
    assert ended.code == 0


def test_a_check_that_raises_is_a_finding(
    desk: Desk, yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch
):
    def broken() -> tuple[str, str]:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor, "CHECKS", {"engine": broken})
    ended = yaan_cli("doctor")
    assert ended.code == 1
    assert "fail engine: RuntimeError: no such thing" in ended.out


def test_a_cache_that_is_not_used_is_told(
    desk: Desk, yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("YAAN_CACHE", "cache")
    monkeypatch.setattr(doctor, "CHECKS", {"cache": doctor._cache})
    assert "ok cache: Compiled programmes are kept in cache: 0 files" in yaan_cli("doctor").out
    Path("cache").rmdir()
    Path("cache").touch()
    ended = yaan_cli("doctor")
    assert ended.code == 0
    assert "warn cache: Nothing compiled is kept, and each run takes longer" in ended.out
    assert "since cache is not a folder: set YAAN_CACHE" in ended.out


def test_a_note_about_the_cache_is_one_plain_line(monkeypatch: pytest.MonkeyPatch):
    usual = warnings.formatwarning
    monkeypatch.setattr(warnings, "formatwarning", usual)
    console.tell_notes()
    shown = warnings.formatwarning(CacheWarning("Nothing is kept."), CacheWarning, "file", 1)
    assert shown == "note: Nothing is kept.\n"
    other = (UserWarning("Another."), UserWarning, "file", 1)
    assert warnings.formatwarning(*other) == usual(*other)
