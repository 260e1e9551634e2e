"""The how-to is run as it is printed: its file is saved, its commands and its Python are run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "fly-your-own-rocket.md"


def _blocks(language: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def _run(arguments: list[str], folder: Path) -> str:
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, f"{arguments}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.mark.slow
def test_the_page_works(tmp_path: Path):
    (mission,) = _blocks("yaml")
    (tmp_path / "sparrow.yaml").write_text(mission, encoding="utf-8")
    printed = ""
    for block in _blocks("console"):
        for command in block.splitlines():
            verb, *arguments = shlex.split(command)
            assert verb == "yaan"
            printed += _run(["-m", "yaan", *arguments], tmp_path)
    for text in ("second-cut-off", "fairing-jettison", "vehicle.payload.mass"):
        assert text in printed
    assert (tmp_path / "runs" / "sparrow-1" / "report.html").stat().st_size > 20_000
    for script in _blocks("python"):
        _run(["-c", script], tmp_path)


def test_the_wrong_unit_of_the_page_is_told(tmp_path: Path):
    (mission,) = _blocks("yaml")
    wrong = mission.replace('thrust: "24 kN"', 'thrust: "24 kg"')
    assert wrong != mission
    (tmp_path / "sparrow.yaml").write_text(wrong, encoding="utf-8")
    command = [sys.executable, "-m", "yaan", "check", "sparrow.yaml"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "force" in ended.stderr
    assert "thrust" in ended.stderr
