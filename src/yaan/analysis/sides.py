"""What is made beside a flight: in threads of their own, and never at its cost."""

import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from yaan.base.session import computing

_Result = TypeVar("_Result")


class Sides:
    """Makes what is made beside a flight: what of it fails is a note, and the flight is kept."""

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

    def add_if(self, holds: bool, note: str) -> bool:
        """One note if something `holds`; returns whether it does."""
        if holds:
            self.add(note)
        return holds


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


def aside(work: Callable[[], _Result]) -> "Future[_Result]":
    """Do `work` in a thread of its own."""

    def done() -> _Result:
        with computing():
            return work()

    pool = ThreadPoolExecutor(max_workers=1)
    returning = pool.submit(done)
    pool.shutdown(wait=False)
    return returning


def interrupted(work: "Future[_Result] | None") -> bool:
    """Whether the thread of `work` was stopped by the user; waits for its end."""
    return work is not None and isinstance(work.exception(), KeyboardInterrupt)
