"""How a flight ended, with its verdicts counted: the last line that is told of it."""

from collections.abc import Sequence
from typing import Any

from yaan.results.outcome import OutcomeCode

_MOST_NAMED = 6


def conclude(
    outcome: dict[str, Any], verdicts: Sequence[dict[str, Any]], title: str
) -> dict[str, Any]:
    """The outcome with how many verdicts held, failed and are open, in numbers and in words.

    Of a flight that flew, its text becomes "TITLE: flown; 8 held, 1 failed: NAME. TEXT".
    """
    groups = {word: [v["name"] for v in verdicts if v["passed"] is passed] for word, passed in _ALL}
    words = _words(groups)
    if outcome["code"] == OutcomeCode.REACHED.word:
        text = f"{title}: flown; {words}. {outcome['text']}".rstrip()
    else:
        text = f"{outcome['text']} Verdicts: {words}."
    counts = {word: len(names) for word, names in groups.items()}
    return outcome | {"text": text, "verdicts": counts}


_ALL = (("held", True), ("failed", False), ("open", None))


def _words(groups: dict[str, list[str]]) -> str:
    """How many held, failed and are open, and the names of what failed, or else of what is open."""
    counts = [f"{len(names)} {word}" for word, names in groups.items() if names]
    named = groups["failed"] or groups["open"]
    rest = len(named) - _MOST_NAMED
    names = named[:_MOST_NAMED] + ([f"{rest} more"] if rest > 0 else [])
    told = ", ".join(counts) or "no verdicts"
    return f"{told}: {', '.join(names)}" if names else told
