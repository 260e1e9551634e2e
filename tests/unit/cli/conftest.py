"""A mission and a flight made of paper, so that the verbs are tested in milliseconds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from yaan.cli.verbs import app
from yaan.results import Summary, summary_of

SUMMARY: dict[str, Any] = {
    "schema": 1,
    "kind": "flight",
    "mission": "paper",
    "title": "A mission of paper",
    "profile": "lofted",
    "outcome": {"code": "flown", "text": "The flight reached its orbit.", "shortfall": 0.0},
    "timeline": [
        {
            "event": "escape-system-jettison",
            "kind": "event",
            "phase": "",
            "time": 0.0,
            "height": 0.0,
            "speed_relative": 0.0,
            "speed_inertial": 451.7,
            "flight_path_angle_deg": 0.0,
            "mass_before": 649_800.0,
            "mass_after": 649_800.0,
            "dynamic_pressure": 0.0,
            "load_g": 1.42,
        }
    ],
    "propellant": [
        {"stage": "c25", "loaded": 28e3, "used": 27.2e3, "left": 831.0, "margin_velocity": 210.4}
    ],
    "velocity_ledger": {
        "phases": [],
        "total": {
            "ideal": 9400.0,
            "achieved": 7500.0,
            "gravity": 1500.0,
            "drag": 120.0,
            "steering": 200.0,
            "back_pressure": 80.0,
        },
    },
    "profiles": {"lofted": {"cut_off": 896.6, "propellant_left": 2720.0, "max_load_g": 3.07}},
    "verdicts": [
        {"name": "orbit", "passed": True, "value": "v", "limit": "l", "text": "within 1 km."},
        {"name": "crew", "passed": None, "value": "v", "limit": "l", "text": "ungraded."},
    ],
    "notes": ["Winds are ignored."],
    "assumptions": [],
}


@dataclass
class PaperFlight:
    document: dict[str, Any]
    timings: dict[str, float] = field(default_factory=lambda: {"solve": 1.25})

    @property
    def summary(self) -> Summary:
        return summary_of(self.document)

    def save(self, parent: Path) -> Path:
        folder = Path(parent) / "paper-1"
        folder.mkdir(parents=True)
        (folder / "report.html").write_text("<!doctype html>", encoding="utf-8")
        return folder


@dataclass
class PaperMission:
    overrides: dict[str, str]
    summary: dict[str, Any]
    failure: BaseException | None = None
    name: str = "paper"
    title: str = "A mission of paper"

    def fly(
        self, *, progress: Any, profile: str | None = None, commands: Any = None
    ) -> PaperFlight:
        for time, height in ((0.0, 0.0), (131.14, 62_300.0)):
            record = SimpleNamespace(
                stage="fly", text="", fraction=None, time=time, height=height, speed=2.0, phase="up"
            )
            progress(record)
        if self.failure is not None:
            raise self.failure
        return PaperFlight({**self.summary, "profile": profile or "lofted"})

    def assumptions(self) -> list[dict[str, Any]]:
        return [{"key": "step", "value": "1 s", "low": None, "high": None, "why": "a guess"}]

    def sources(self) -> list[dict[str, Any]]:
        return [{"key": "target", "source": "a page", "file": "missions/paper.yaml", "line": 3}]


@dataclass
class Desk:
    """What the next `yaan.load` gives, and what it was asked for."""

    summary: dict[str, Any] = field(default_factory=lambda: dict(SUMMARY))
    load_error: Exception | None = None
    fly_error: BaseException | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def load(self, name: str, overrides: dict[str, str] | None = None) -> PaperMission:
        self.asked.append((name, dict(overrides or {})))
        if self.load_error is not None:
            raise self.load_error
        return PaperMission(dict(overrides or {}), self.summary, self.fly_error)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Replace `yaan.load`, and work in an empty folder."""
    import yaan

    made = Desk()
    monkeypatch.setattr(yaan, "load", made.load, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    monkeypatch.setenv("XLA_FLAGS", "")
    return made


@dataclass
class Ended:
    code: int
    out: str
    err: str


Yaan = Callable[..., Ended]


@pytest.fixture
def yaan_cli(capsys: pytest.CaptureFixture[str]) -> Yaan:
    """Run `yaan ARGUMENTS` in this process."""

    def run(*arguments: str) -> Ended:
        code = 0
        try:
            app(list(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run
