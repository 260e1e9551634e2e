"""The wall of the docs, and what every case of it must do: hold, and say what the page says."""

from pathlib import Path

from yaan.validation import Case
from yaan.validation.case import Fly
from yaan.validation.wall import verdicts

ROOT = Path(__file__).parents[2]
PUBLISHED = verdicts((ROOT / "docs" / "wall.html").read_text(encoding="utf-8"))


def check(case: Case, fly: Fly) -> None:
    """Measure a case: no gate fails, and the published verdicts are these."""
    lines = case.measure(fly)
    failed = [line for line in lines if line.held is False]
    assert not failed
    found = {line.quantity: line.verdict for line in lines}
    assert len(found) == len(lines), "two lines of one name"
    assert PUBLISHED[case.key] == found, "stale: yaan validate --html docs/wall.html"
