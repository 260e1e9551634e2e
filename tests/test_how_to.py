"""The how-tos are run as they are printed: files are saved, commands and Python are run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[1] / "docs" / "how-to"
ROCKET = "fly-your-own-rocket"
CAPSULE = "fly-your-own-capsule"


def _blocks(page: str, language: str) -> list[str]:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
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
@pytest.mark.parametrize(
    ("page", "name", "told"),
    [
        (ROCKET, "sparrow", ("second-cut-off", "fairing-jettison", "vehicle.payload.mass")),
        (CAPSULE, "plover", ("peak-load", "touchdown", "0.0 km from the aim", "mains.working")),
    ],
)
def test_the_page_works(page: str, name: str, told: tuple[str, ...], tmp_path: Path):
    (mission,) = _blocks(page, "yaml")
    (tmp_path / f"{name}.yaml").write_text(mission, encoding="utf-8")
    printed = ""
    for block in _blocks(page, "console"):
        for command in block.splitlines():
            verb, *arguments = shlex.split(command)
            assert verb == "yaan"
            printed += _run(["-m", "yaan", *arguments], tmp_path)
    for text in told:
        assert text in printed
    assert (tmp_path / "runs" / f"{name}-1" / "report.html").stat().st_size > 20_000
    for script in _blocks(page, "python"):
        _run(["-c", script], tmp_path)


@pytest.mark.parametrize(
    ("page", "right", "wrong", "told"),
    [
        (ROCKET, 'thrust: "24 kN"', 'thrust: "24 kg"', ("force", "thrust")),
        (CAPSULE, 'nose_radius: "2.9 m"', 'nose_radius: "2.9 kg"', ("length", "nose_radius")),
    ],
)
def test_the_wrong_unit_of_the_page_is_told(
    page: str, right: str, wrong: str, told: tuple[str, ...], tmp_path: Path
):
    (mission,) = _blocks(page, "yaml")
    assert right in mission
    (tmp_path / "wrong.yaml").write_text(mission.replace(right, wrong), encoding="utf-8")
    command = [sys.executable, "-m", "yaan", "check", "wrong.yaml"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    for text in told:
        assert text in ended.stderr
