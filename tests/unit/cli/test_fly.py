"""`yaan fly`: exit codes, what goes to which stream, and what is kept."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.unit.cli.conftest import SUMMARY, Desk, Yaan
from yaan.base.errors import InputError, NoSolutionError, Problem
from yaan.cli import fly
from yaan.cli.progress import heed
from yaan.cli.stop import Stop


def test_prints_the_flight_and_keeps_a_log(desk: Desk, yaan_cli: Yaan):
    ended = yaan_cli("fly", "paper")
    assert ended.code == 0
    for text in (
        "Timeline",
        "escape-system-jettison",
        "Propellant",
        "Velocity budget",
        "held",
        "runs",
    ):
        assert text in ended.out
    assert "T+ 0.0 s" in ended.err
    log = Path("runs/paper-1/log.txt").read_text(encoding="utf-8")
    assert "62.3 km" in log


def test_no_colour_codes_in_a_pipe(desk: Desk, yaan_cli: Yaan):
    assert "\x1b" not in yaan_cli("fly", "paper").out


def test_json_is_one_document_and_nothing_else(desk: Desk, yaan_cli: Yaan):
    ended = yaan_cli("fly", "paper", "--json")
    document = json.loads(ended.out)
    assert document["summary"]["mission"] == "paper"
    assert document["timings"]["solve"] == 1.25
    assert Path(document["folder"]).is_dir()
    assert ended.err == ""


def test_quiet_prints_the_folder_only(desk: Desk, yaan_cli: Yaan):
    ended = yaan_cli("fly", "paper", "--quiet")
    assert "Timeline" not in ended.out
    assert "paper-1" in ended.out
    assert ended.err == ""


def test_overrides_and_profile_reach_the_mission(desk: Desk, yaan_cli: Yaan):
    arguments = ("--set", "vehicle.payload.mass=8.4 t", "--set", "step = 1 s")
    ended = yaan_cli("fly", "paper", *arguments, "--profile", "shaped", "--json")
    assert desk.asked == [("paper", {"vehicle.payload.mass": "8.4 t", "step": "1 s"})]
    assert json.loads(ended.out)["summary"]["profile"] == "shaped"


def test_an_override_without_equals_is_bad_input(desk: Desk, yaan_cli: Yaan):
    ended = yaan_cli("fly", "paper", "--set", "step")
    assert ended.code == 2
    assert "step" in ended.err
    assert "KEY=VALUE" in ended.err


@pytest.mark.parametrize(
    ("outcome", "passed", "code"),
    [
        ("flown", True, 0),
        ("flown", None, 0),
        ("flown", False, 1),
        ("no-solution", True, 3),
        ("not-found", True, 4),
        ("ran-dry", False, 3),
        ("not-found", False, 4),
        ("interrupted", True, 130),
    ],
)
def test_exit_codes_of_a_flight(
    desk: Desk, yaan_cli: Yaan, outcome: str, passed: bool | None, code: int
):
    verdict = {"name": "orbit", "passed": passed, "value": "", "limit": "", "text": "so."}
    desk.summary |= {
        "outcome": {"code": outcome, "text": "Ended.", "shortfall": 12.5},
        "verdicts": [verdict],
    }
    ended = yaan_cli("fly", "paper")
    assert ended.code == code
    assert "12.5 m/s" in ended.out


def test_every_mistake_is_told_without_a_traceback(desk: Desk, yaan_cli: Yaan):
    desk.load_error = InputError(
        (
            Problem("m.yaml", 3, "target.perigee", "170", "a length with its unit"),
            Problem("m.yaml", 9, "stpe", "1 s", "a known key", "did you mean step?"),
        )
    )
    ended = yaan_cli("fly", "paper")
    assert ended.code == 2
    assert "m.yaml:3: target.perigee" in ended.err
    assert "did you mean step?" in ended.err
    assert "Traceback" not in ended.err
    document = json.loads(yaan_cli("fly", "paper", "--json").out)
    assert [problem["line"] for problem in document["error"]["problems"]] == [3, 9]
    assert document["error"]["exit"] == 2


def test_no_solution_is_three(desk: Desk, yaan_cli: Yaan):
    desk.fly_error = NoSolutionError("120 m/s short of the orbit")
    ended = yaan_cli("fly", "paper")
    assert ended.code == 3
    assert "120 m/s" in ended.err


def test_interrupt_keeps_the_log(desk: Desk, yaan_cli: Yaan):
    desk.fly_error = KeyboardInterrupt()
    ended = yaan_cli("fly", "paper")
    assert ended.code == 130
    assert "paper-1" in ended.err
    assert "Stopped by the user" in Path("runs/paper-1/log.txt").read_text(encoding="utf-8")


def test_an_interrupt_stops_whoever_tells_next():
    told: list[Any] = []
    stop, record = Stop(), cast(Any, SimpleNamespace(stage="rank"))
    tell = heed(told.append, stop)
    tell(record)
    stop.heard(signal.SIGINT)  # the ranking is begun, so it is only noted
    with pytest.raises(KeyboardInterrupt):
        tell(record)
    with ThreadPoolExecutor() as pool:
        ended = pool.submit(tell, record).exception()
    assert isinstance(ended, KeyboardInterrupt)
    assert len(told) == 1


def test_a_defect_is_told_apart(desk: Desk, yaan_cli: Yaan):
    desk.fly_error = ZeroDivisionError("oops")
    ended = yaan_cli("fly", "paper")
    assert ended.code == 70
    assert "Traceback" in ended.err


def test_a_folder_that_cannot_be_written_is_bad_input(desk: Desk, yaan_cli: Yaan):
    Path("taken").write_text("", encoding="utf-8")
    # It is told before the flight, which may take minutes.
    desk.fly_error = AssertionError("flown")
    for out in ("taken", "taken/runs/mine"):
        ended = yaan_cli("fly", "paper", "--out", out)
        assert ended.code == 2
        assert ended.err.splitlines() == [
            f'--out: "{out}": expected a folder that can be made or written in (taken is no folder)'
        ]


def test_a_folder_that_no_name_can_reach_is_bad_input(desk: Desk, yaan_cli: Yaan):
    desk.fly_error = AssertionError("flown")
    for out in ("a" * 400, f"{'a' * 400}/runs"):
        ended = yaan_cli("fly", "paper", "--out", out)
        assert ended.code == 2
        assert "File name too long" in ended.err
        assert ended.err.count("\n") == 1


def test_a_folder_that_refuses_is_bad_input(
    desk: Desk, yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch
):
    def refuse(dir: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    desk.fly_error = AssertionError("flown")
    ended = yaan_cli("fly", "paper", "--out", "new/runs")
    assert ended.code == 2
    assert "Permission denied" in ended.err
    assert not Path("new").exists()


def test_characters_beyond_the_code_page_do_not_fail(desk: Desk, yaan_cli: Yaan):
    desk.summary = {**SUMMARY, "title": "यान"}
    assert yaan_cli("fly", "paper").code == 0


def test_jax_is_prepared_only_where_the_user_did_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fly, "has_avx512", lambda: True)
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    monkeypatch.delenv("JAX_PLATFORMS", raising=False)
    fly.prepare_jax()
    assert os.environ["XLA_FLAGS"] == fly.WIDE_VECTORS
    assert os.environ["JAX_PLATFORMS"] == "cpu"
    monkeypatch.setenv("XLA_FLAGS", "--mine")
    fly.prepare_jax()
    assert os.environ["XLA_FLAGS"] == "--mine"


def test_no_wide_vectors_without_avx512(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fly, "has_avx512", lambda: False)
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    fly.prepare_jax()
    assert "XLA_FLAGS" not in os.environ
