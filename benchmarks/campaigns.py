"""How fast draws of a dispersed mission fly, and which share of the time their lanes take.

    python benchmarks/campaigns.py [--rounds 3]

In one process: draws of `capsule-entry`, and of `gaganyaan` from the pad to the sea, closed loop.
Medians of processor time after one call that compiles. `lanes` is the share of that time in which
native code flies lanes; the rest makes plans and models of draws, and columns of their ends.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from typing import Any

from lines import Line, machine, write

import yaan
from yaan.base.native.engine import Kernel

ROWS: dict[str, tuple[str, int]] = {
    "entries": ("capsule-entry", 1024),
    "whole missions": ("gaganyaan", 256),
}
"""By row: a mission, and how many draws."""


class Spent:
    """The processor time of native code, summed up."""

    def __init__(self) -> None:
        self.seconds = 0.0
        shared_out = Kernel._shared_out  # pyright: ignore[reportPrivateUsage] - it flies lanes

        def timed(kernel: Kernel, *given: Any) -> None:
            begun = time.perf_counter()
            shared_out(kernel, *given)
            self.seconds += time.perf_counter() - begun

        Kernel._shared_out = timed  # pyright: ignore


def flown(row: str, rounds: int, spent: Spent) -> Line:
    """One row: draws a processor-second, and the share of lanes."""
    name, count = ROWS[row]
    mission = yaan.load(name)
    mission.disperse(32)
    rates: list[float] = []
    shares: list[float] = []
    for _ in range(rounds):
        spent.seconds, begun = 0.0, time.process_time()
        mission.disperse(count)
        whole = time.process_time() - begun
        rates.append(count / whole)
        shares.append(spent.seconds / whole)
    parts = {"lanes": statistics.median(shares), "draws": count}
    value = statistics.median(rates)
    return {"benchmark": f"draws: {row}", "value": value, "unit": "1/CPU-s", "parts": parts}


def main() -> None:
    """Run all rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    spent = Spent()

    def lines() -> Iterator[Line]:
        for row in ROWS:
            yield flown(row, given.rounds, spent)

    write(lines(), machine(), None)


if __name__ == "__main__":
    main()
