"""What is being done, for whoever watches, and how long it took."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from yaan.description import Plan
from yaan.description.work import work_of


@dataclass(frozen=True)
class Progress:
    """What is being done now, for whoever watches."""

    stage: str
    text: str
    fraction: float | None = None
    time: float | None = None  # [s]
    height: float | None = None  # [m]
    speed: float | None = None  # [m/s]
    phase: str | None = None


Report = Callable[[Progress], None]


def before(plan: Plan) -> str:
    """What is said before a long flight begins, as the end of a line; nothing of a short one."""
    words = work_of(plan).words
    return words and f": {words}"


class Clock:
    """Time spent by stage of the computation [s]."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def on(self, stage: str) -> Generator[None]:
        """Count what is done inside towards `stage`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.spent[stage] = self.spent.get(stage, 0.0) + time.perf_counter() - start
