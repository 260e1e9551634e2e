"""The errors of Yaan, each a sentence that says what is wrong and what to do.

`YaanError` is the root. `InputError` carries every mistake of a mission at once, `NoSolutionError`
says that the input is fine and the vehicle cannot, `FrameError` says that frames were mixed, and
`OutputError` that a result could not be written.
"""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LONGEST_VALUE: Final = 60  # characters of a value that are quoted
_LISTABLE: Final = 12  # names that are listed in a hint
_SURE: Final = 0.7  # likeness, 0 to 1, from which on one name is meant as another


class YaanError(Exception):
    """Any error that Yaan raises on purpose."""


class FrameError(YaanError):
    """Two quantities of different frames were combined."""


class NoSolutionError(YaanError):
    """The input is valid, and no flight meets its target."""


class OutputError(YaanError):
    """What was made cannot be written: the disk is full, or its place refuses.

    Attributes:
        folder: the run folder that holds what could be kept; None where there is none.
    """

    def __init__(self, text: str, folder: Path | None = None) -> None:
        super().__init__(text)
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the input.

    Attributes:
        file: the file as the user knows it, or "--set" for an override; "" if there is none.
        line: the line, from 1, of the key or of its nearest parent; None where there is none.
        key: dotted address of the value, as `vehicle.payload.mass`; "" for a whole file.
        value: the value as written; "" where it is missing.
        expected: what belongs there, with its unit and bounds.
        hint: the nearest valid name, or what to do; "" if nothing is known.
    """

    file: str
    line: int | None
    key: str
    value: str
    expected: str
    hint: str = ""

    def sentence(self) -> str:
        """The mistake in one line: `file:line: key: value, expected ... (hint)`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        head = ": ".join(part for part in (place, self.key) if part)
        what = f"{self.value}: expected {self.expected}" if self.value else self.expected
        hint = f" ({self.hint})" if self.hint else ""
        return _printable(f"{head}: {what}{hint}" if head else f"{what}{hint}")


class InputError(YaanError):
    """What the user wrote cannot be used.

    Attributes:
        problems: every mistake found, in the order of the input.
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """One line for each mistake."""
        return "\n".join(problem.sentence() for problem in self.problems)


class UnitError(InputError, ValueError):
    """A text is not a quantity of the dimension that was asked for."""

    def __init__(self, value: str, expected: str, hint: str = "") -> None:
        super().__init__(Problem("", None, "", value, expected, hint))

    def __reduce__(self) -> tuple[type["UnitError"], tuple[str, str, str]]:
        """Pickle by the three texts, so that a worker process can hand the error back."""
        problem = self.problems[0]
        return type(self), (problem.value, problem.expected, problem.hint)


def meant(name: str, names: Iterable[str]) -> str:
    """Return the hint that names the closest of `names`; "" where none is close."""
    known = list(names)
    folded = {candidate.casefold(): candidate for candidate in known}
    if name not in known and name.casefold() in folded:
        return f"did you mean {folded[name.casefold()]}?"
    for close in difflib.get_close_matches(name, known, cutoff=0.6):
        ratio = difflib.SequenceMatcher(None, close, name).ratio()
        # Short words share most of their letters by chance: `frame` is not meant as `name`.
        if ratio >= _SURE or name in close or close in name:
            return f"did you mean {close}?"
    return ""


def listed(names: Iterable[str]) -> str:
    """Return the hint that lists `names` when there are few, else ""."""
    known = list(names)
    return f"known: {', '.join(known)}" if 0 < len(known) <= _LISTABLE else ""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the hint that names the closest of `names`, or lists them when there are few."""
    known = list(names)
    return meant(name, known) or listed(known)


def quote(value: object) -> str:
    """Return a plain value as it would be written, shortened, safe for a terminal."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 3] + "..."
        text = json.dumps(short, ensure_ascii=False)
        return _printable(text)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def _printable(text: str) -> str:
    """Escape what is not printable, so that no file can move the cursor of its reader."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
