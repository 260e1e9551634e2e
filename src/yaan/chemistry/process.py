"""The one child process in which `cea` runs, so that its crash is a message, not an end.

Started when first asked, kept, and started again after a crash. A batch that kills the worker is
halved until the point that does it is known; that point alone fails.
"""

import atexit
import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from yaan.base.errors import YaanError
from yaan.chemistry.species import MISSING, installed

LIMIT: Final = 20.0
"""Longest time that one design point may take [s]; a thousand times what it takes."""

_PART: Final = 256  # points a message: the guard works on them while the next are solved
_SAID: Final = 500  # characters of what the library printed that are shown


class WorkerError(YaanError):
    """The library crashed, hung or refused: what it printed is part of the sentence."""


class _Worker:
    """A running child; raises `_Gone` when it has died."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.printed: IO[bytes] = tempfile.TemporaryFile()
        paths = os.pathsep.join(path for path in sys.path if path)
        self.child = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.printed,
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        )
        kind, detail = self._reply()
        if kind != "ready":
            raise WorkerError(f"cea did not start: {detail}")
        self.version: str = detail

    def ask(self, requests: Sequence[Any]) -> Iterator[Any]:
        """Send requests and hand out their replies, while the child works on the next.

        A thread writes: the child does not read while it works, and a full pipe would hold both.
        """
        writer = threading.Thread(target=self._write, args=(requests,), daemon=True)
        writer.start()
        left = len(requests)
        try:
            for _ in requests:
                word, detail = self._reply()
                left -= 1
                yield WorkerError(f"cea refused: {detail}") if word != "done" else detail
        finally:
            if left:  # crashed, or nobody wants the rest: its replies would answer others
                self.stop()
            writer.join()

    def _write(self, requests: Sequence[Any]) -> None:
        assert self.child.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            for request in requests:
                pickle.dump(request, self.child.stdin, protocol=5)
                self.child.stdin.flush()

    def _reply(self) -> tuple[str, Any]:
        assert self.child.stdout is not None
        try:
            return pickle.load(self.child.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise self._gone() from error

    def _gone(self) -> WorkerError:
        self.child.kill()
        code = self.child.wait()
        said = self.said()
        self.stop()
        how = f"crashed (signal {-code})" if code < 0 else f"ended with code {code}"
        if "Timeout" in said:
            how = "took too long and was stopped"
        return WorkerError(f"cea {how}{f'; it said: {said}' if said else ''}")

    def said(self) -> str:
        """What the library has printed since it was last asked, shortened."""
        if self.printed.closed:
            return ""
        self.printed.seek(0)
        text = self.printed.read().decode(errors="replace")
        self.printed.seek(0)
        self.printed.truncate()
        return " ".join(text.split())[:_SAID]

    def stop(self) -> None:
        """End the child and close its pipes."""
        for pipe in (self.child.stdin, self.child.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(1.0)
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.printed.close()


_lock = threading.RLock()
_worker: _Worker | None = None


def _running() -> _Worker:
    global _worker  # noqa: PLW0603 - the one child of this process
    if _worker is not None and _worker.pid != os.getpid():
        _worker = None  # forked: the child belongs to the parent
    if _worker is not None and _worker.child.poll() is not None:
        _worker.stop()
        _worker = None
    if _worker is None:
        if installed() is None:
            raise YaanError(MISSING)
        _worker = _Worker()
    return _worker


def version() -> str:
    """The version of `cea` that answers."""
    with _lock:
        return _running().version


def stop() -> None:
    """End the child; the next question starts another."""
    global _worker  # noqa: PLW0603
    with _lock:
        if _worker is not None and _worker.pid == os.getpid():
            _worker.stop()
        _worker = None


atexit.register(stop)


def solve(
    kind: str, system: Mapping[str, Any], points: Sequence[Any], limit: float = LIMIT
) -> Iterator[list[dict[str, Any] | WorkerError]]:
    """Answer all points of one system, in order, some at a time, while the next are solved.

    Yields:
        For each point its stations, or how the library failed.
    """
    parts = [points[i : i + _PART] for i in range(0, len(points), _PART)]
    with _lock:
        while parts:
            jobs = [(kind, limit, {"system": system, "points": list(part)}) for part in parts]
            try:
                for reply in _running().ask(jobs):
                    part = parts[0]
                    del parts[0]
                    yield [reply] * len(part) if isinstance(reply, WorkerError) else _split(reply)
            except WorkerError as error:
                # The first part killed it: find the point that does, and go on behind it.
                part = parts[0]
                del parts[0]
                if len(part) == 1:
                    yield [error]
                else:
                    parts[:0] = [part[: len(part) // 2], part[len(part) // 2 :]]


def _split(joined: dict[str, Any]) -> list[dict[str, Any] | WorkerError]:
    counts, errors = joined.pop("counts"), joined.pop("errors")
    answers: list[dict[str, Any] | WorkerError] = []
    start = 0
    for count, error in zip(counts, errors, strict=True):
        if isinstance(error, str):
            answers.append(WorkerError(f"cea refused: {error}"))
            continue
        stations = {name: values[start : start + count] for name, values in joined.items()}
        answers.append({**stations, "error": error})
        start += count
    return answers
