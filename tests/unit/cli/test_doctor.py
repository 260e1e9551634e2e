"""`yaan doctor` answers every check with a word and a sentence, whatever is broken."""

import json

import pytest

from tests.unit.cli.conftest import Desk, Yaan
from yaan.cli import doctor


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
