"""What a flight in the making shows: a live line or plain lines, a log, and a way to stop it."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from yaan.cli import console
from yaan.cli.stop import STOP, Stop

if TYPE_CHECKING:
    from yaan.flight.progress import Progress

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
        """Write what is kept to the folder's `log.txt`."""
        from yaan.results import write_text

        write_text(folder / "log.txt", "\n".join(self._lines) + "\n")

    def keep(self, parent: Path, name: str) -> Path:
        """Write the log of an unfinished flight to a folder of its own."""
        from yaan.results import new_run_folder

        folder = new_run_folder(parent, name)
        self.write(folder)
        return folder


def heed(tell: Tell, stop: Stop = STOP) -> Tell:
    """`tell`, which also stops the flight in the thread that tells, once a signal has asked.

    A mission keeps its ascent from the ranking on, so from there on a signal waits for this.
    """

    def told(record: "Progress") -> None:
        if stop.asked():
            raise KeyboardInterrupt
        tell(record)
        if record.stage == "rank":
            stop.hold()

    return told


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
def hidden_cursor() -> Generator[None]:
    """Whoever leaves in the middle of a live line shows the cursor again, on a line of its own."""
    STOP.before = "\x1b[?25h\n"
    try:
        yield
    finally:
        STOP.before = ""


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
    with hidden_cursor(), Progress(*columns, console=console.err()) as bars:

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
