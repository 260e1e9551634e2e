"""What a flight rests on: every assumption, and every source."""

import json
from dataclasses import dataclass
from typing import Any, Final

_LONGEST: Final = 60  # characters of a table that are shown


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that nobody published.

    Attributes:
        key: dotted address of the value; `load_tree` and `Mission.replace` take it.
        file: file that the value stands in, from the folder of the mission on; "--set" for an
            override.
        line: line of the value; None for an override.
        value: the value as text; a table is shortened.
        low: lower end of the plausible range as plain data that can replace the value, or None.
        high: upper end, likewise.
        why: reason in words.
        calibrated: the value was fitted to a flight, so it is frozen for all others.
    """

    key: str
    file: str
    line: int | None
    value: str
    low: Any
    high: Any
    why: str
    calibrated: bool

    @property
    def low_text(self) -> str | None:
        """Lower end as text; None without a range."""
        return None if self.low is None else text_of(self.low)

    @property
    def high_text(self) -> str | None:
        """Upper end as text; None without a range."""
        return None if self.high is None else text_of(self.high)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the values of a block come from: its dotted address, the text, file and line."""

    key: str
    text: str
    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a flight rests on, and the input that flies it again."""

    assumptions: tuple[tuple[Assumption, ...], ...]
    """Those of one place in a file that is used twice are taken together."""
    sources: tuple[Source, ...]
    text: str
    """The resolved input as YAML; it loads again as a mission of its own."""


def text_of(value: Any) -> str:
    """Plain data as short text: a text as it is, a table as the start of its list."""
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
