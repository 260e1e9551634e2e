"""What a flight in the making shows: a live line or plain lines, a log, and a way to stop it."""

import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from yaan.cli import console

if TYPE_CHECKING:
    from yaan.mission.flight.fly import Progress

Tell: TypeAlias = Callable[["Progress"], None]


class Log:
    """Lines with the seconds since the start, kept in memory until the run folder exists."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._lines: list[str] = []

    def add(self, text: str) -> None:
        """Keep one line."""
        self._lines.append(f"{time.perf_counter() - self._start:8.2f} s  {text}")

    def write(self, folder: Path) -> None:
        """Append what is kept to the folder's `log.txt`."""
        text = "\n".join(self._lines) + "\n"
        with (folder / "log.txt").open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def keep(self, parent: Path, name: str) -> Path:
        """Write the log of an unfinished flight to a folder of its own."""
        from yaan.results import new_run_folder

        folder = new_run_folder(parent, name)
        self.write(folder)
        return folder


@contextmanager
def stoppable() -> Generator[Callable[[Tell], Tell]]:
    """Make Ctrl-C reach worker threads: the next time one of them tells something, it stops.

    Only the main thread gets the interrupt, and a pool would let its workers finish first.
    """
    stopped = threading.Event()
    main = threading.main_thread()

    def stop(signum: int, frame: object) -> None:
        del signum, frame
        stopped.set()
        raise KeyboardInterrupt

    def heed(tell: Tell) -> Tell:
        def told(record: "Progress") -> None:
            if stopped.is_set() and threading.current_thread() is not main:
                raise KeyboardInterrupt
            tell(record)

        return told

    if threading.current_thread() is not main:  # signals belong to the main thread
        yield heed
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield heed
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def watch(log: Log, *, show: bool, verbose: bool) -> Generator[Tell]:
    """Show the progress of a flight: a live line on a terminal, plain lines elsewhere."""
    if not show:
        yield lambda record: log.add(sentence(record))
    elif console.err().is_terminal and not verbose:
        with _live(log) as update:
            yield update
    else:
        yield _plain(log, verbose)


def sentence(record: "Progress") -> str:
    """One progress record as one line."""
    parts = [record.stage]
    if record.phase:
        parts.append(record.phase)
    if record.time is not None:
        parts.append(f"T+ {record.time:.1f} s")
    if record.height is not None:
        parts.append(f"{record.height / 1e3:.1f} km")
    if record.speed is not None:
        parts.append(f"{record.speed:.0f} m/s")
    return ", ".join(parts) + (f": {record.text}" if record.text else "")


def _plain(log: Log, verbose: bool) -> Tell:
    """Print a line for each new stage or phase; every record if verbose."""
    seen: set[tuple[str, str | None]] = set()

    def update(record: "Progress") -> None:
        log.add(sentence(record))
        # Profiles are solved side by side, so records of two phases come in turns.
        if verbose or (record.stage, record.phase) not in seen:
            console.err().print(sentence(record), soft_wrap=True)
        seen.add((record.stage, record.phase))

    return update


@contextmanager
def _live(log: Log) -> Generator[Tell]:
    """One line a stage of the computation, the last one moving."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[where]}", markup=False),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=console.err()) as bars:

        def update(record: "Progress") -> None:
            log.add(sentence(record))
            if record.stage not in tasks:
                for task in tasks.values():
                    bars.update(task, total=1, completed=1)
                tasks[record.stage] = bars.add_task(record.stage, total=None, where="")
            where = sentence(record).removeprefix(record.stage).lstrip(",: ")
            bars.update(tasks[record.stage], where=where)
            if record.fraction is not None:
                bars.update(tasks[record.stage], total=1, completed=record.fraction)

        yield update
        for task in tasks.values():
            bars.update(task, total=1, completed=1)
