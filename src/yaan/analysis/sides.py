"""Side products of a flight: what of them fails is told as a note, and the flight is kept."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")


class Sides:
    """Makes what is made beside a flight, and notes what could not be made."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def attempt(self, what: str, work: Callable[[], _Result]) -> _Result | None:
        """What `work` returns; None, and a note that names it by `what`, where it fails.

        Whatever fails here is a defect, so the note says where; an interrupt goes through.
        """
        try:
            return work()
        except Exception as error:
            self.add(f"Left out: {what}; it failed with {_words(error)}. Please report it.")
            return None

    def add(self, note: str) -> None:
        """One note, once."""
        if note not in self.notes:
            self.notes.append(note)


def _words(error: Exception) -> str:
    """Type and text of an error, and the innermost of our own lines that it went through."""
    ours = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "yaan" in Path(frame.filename).parts
    ]
    where = f" at {ours[-1]}" if ours else ""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}{where}" + (f": {text.rstrip('.')}" if text else "")
