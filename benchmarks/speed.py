"""How fast Yaan flies, row by row, beside yardsticks in the same run.

    python benchmarks/speed.py [ROW ...] [--rounds 3] [--before PYTHON] [--heyoka PYTHON]

Rows: entries of lanes beside hand-written lanes (`lanes.cpp`, where there is g++ and AVX-512),
ascents and rigid bodies beside Yaan at commit 3ed4725, orbits beside heyoka, whole missions
beside that commit, the second core, memory. Each side runs in a process of its own, pinned to one
core where the system lets us, in turn; what is told are medians of processor time, in steps of
live lanes. `--before` is the Python of an environment that has 3ed4725, its `benchmarks` folder
beside it given by `--before-benchmarks`; `--heyoka` of one that has heyoka.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lines import Line, machine, write

HERE = Path(__file__).parent
LANES, ABREAST = 2000, 1000


@dataclass(frozen=True)
class Side:
    """One program of a row."""

    name: str
    command: tuple[str, ...]
    beside: Path | None = None
    """Where modules of its own lie, in place of those here."""

    @property
    def environment(self) -> dict[str, str]:
        """That of its process."""
        if self.beside is None:
            return dict(os.environ)
        return {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": str(self.beside)}


def yaan(row: str, lanes: int = LANES) -> Side:
    """Yaan as it is here."""
    return Side("yaan", (sys.executable, str(HERE / "speed_flights.py"), row, str(lanes)))


def rounds(sides: list[Side], count: int, cores: int = 1) -> dict[str, dict[str, float]]:
    """The medians of what each side prints, flown in turn."""
    found: dict[str, list[dict[str, float]]] = {side.name: [] for side in sides}
    for _ in range(count):
        for side in sides:
            command = [*_pinned(cores), *side.command]
            ended = subprocess.run(
                command, env=side.environment, check=True, capture_output=True, text=True
            )
            found[side.name].append(json.loads(ended.stdout.splitlines()[-1]))
    return {
        name: {key: statistics.median(one[key] for one in each) for key in each[0]}
        for name, each in found.items()
    }


def _pinned(cores: int) -> list[str]:
    if not hasattr(os, "sched_getaffinity"):
        return []
    mine = sorted(os.sched_getaffinity(0))[:cores]
    return ["taskset", "-c", ",".join(map(str, mine))]


def has_lanes() -> bool:
    """Whether this machine builds and runs `lanes.cpp`."""
    info = Path("/proc/cpuinfo")
    wide = info.exists() and "avx512f" in info.read_text(encoding="utf-8")
    built = subprocess.run(["g++", "--version"], capture_output=True, check=False)
    return wide and built.returncode == 0


Row = Callable[[argparse.Namespace], Iterator[Line]]


def entries(given: argparse.Namespace) -> Iterator[Line]:
    """Entries over hand-written lanes."""
    if not has_lanes():
        yield {"benchmark": "entries", "value": None, "unit": "1", "parts": "no g++ with AVX-512"}
        return
    by_hand = Side("lanes", (sys.executable, str(HERE / "speed_lanes.py"), str(LANES)))
    for row in ("entry", "entry told", "entry 8x8"):
        both = rounds([yaan(row), by_hand], given.rounds)
        yield _line(f"{row}: steps over hand-written lanes", both, "lanes", "steps")


def before(row: str) -> Row:
    """A row over commit 3ed4725."""

    def lines(given: argparse.Namespace) -> Iterator[Line]:
        if given.before is None:
            yield {"benchmark": row, "value": None, "unit": "1", "parts": "no --before"}
            return
        script = (given.before, str(HERE / "speed_before.py"), row, str(ABREAST))
        old = Side("before", script, given.before_benchmarks or HERE)
        both = rounds([yaan(row, ABREAST), old], given.rounds)
        yield _line(f"{row}: flights over 3ed4725", both, "before", "flights")

    return lines


def orbits(given: argparse.Namespace) -> Iterator[Line]:
    """A day in orbit over heyoka."""
    sides = [yaan("orbit", 256)]
    if given.heyoka is not None:
        sides.append(Side("heyoka", (given.heyoka, str(HERE / "speed_heyoka.py"), "32")))
    found = rounds(sides, given.rounds)
    if given.heyoka is None:
        yield {"benchmark": "orbit", "value": None, "unit": "1", "parts": found}
        return
    yield _line("orbit: days over heyoka in batches", found, "heyoka", "flights")


def missions(given: argparse.Namespace) -> Iterator[Line]:
    """`gaganyaan` whole, open loop, with an empty and a full cache, over 3ed4725; and closed."""
    kinds: dict[str, list[str]] = {"open loop": ["--set", "guidance=null"], "closed loop": []}
    for kind, words in kinds.items():
        sides = {"yaan": [sys.executable, "-m", "yaan", "fly", "gaganyaan", "--quiet", *words]}
        if given.before is not None:
            sides["before"] = [given.before, "-m", "yaan", "fly", "gaganyaan", "--quiet"]
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(given.rounds):
            for name, command in sides.items():
                with tempfile.TemporaryDirectory() as folder:
                    found[name].append((_wall(command, folder), _wall(command, folder)))
        parts = {
            name: {
                "cold_s": statistics.median(cold for cold, _ in each),
                "warm_s": statistics.median(warm for _, warm in each),
            }
            for name, each in found.items()
        }
        for key in ("cold_s", "warm_s"):
            over = parts["yaan"][key] / parts["before"][key] if "before" in parts else None
            yield {
                "benchmark": f"gaganyaan, {kind}, {key[:4]}: wall over 3ed4725's open loop",
                "value": over,
                "unit": "1",
                "parts": parts,
            }


def _wall(command: list[str], folder: str) -> float:
    environment = {**os.environ, "YAAN_CACHE": f"{folder}/cache"}
    begin = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if ended.returncode not in (0, 1):
        raise RuntimeError(ended.stderr.decode())
    return time.perf_counter() - begin


def cores(given: argparse.Namespace) -> Iterator[Line]:
    """What a second core adds, by the clock."""
    one = rounds([yaan("entry", 8000)], given.rounds, 1)["yaan"]
    two = rounds([yaan("entry", 8000)], given.rounds, 2)["yaan"]
    yield {
        "benchmark": "entries a second of two cores over one",
        "value": two["wall"] / one["wall"],
        "unit": "1",
        "parts": {"one": one, "two": two},
    }


def memory(given: argparse.Namespace) -> Iterator[Line]:
    """The peak of a process that flies 10,000 lanes, ends only."""
    del given
    for row in ("entry", "ascent", "orbit"):
        found = rounds([yaan(row, 10_000)], 1)["yaan"]
        yield {
            "benchmark": f"{row}: memory of 10,000 lanes",
            "value": found["peak_mib"],
            "unit": "MiB",
            "parts": found,
        }


def _line(name: str, found: dict[str, dict[str, float]], other: str, key: str) -> Line:
    value = found["yaan"][key] / found[other][key]
    return {"benchmark": name, "value": value, "unit": "1", "parts": found}


ROWS: dict[str, Row] = {
    "entries": entries,
    "ascents": before("ascent"),
    "bodies": before("body"),
    "orbits": orbits,
    "missions": missions,
    "cores": cores,
    "memory": memory,
}


def main() -> None:
    """Run the rows that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("rows", nargs="*", default=list(ROWS), choices=[*ROWS, []], metavar="ROW")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", help="Python that has commit 3ed4725")
    parser.add_argument("--before-benchmarks", type=Path, help="the benchmarks of that commit")
    parser.add_argument("--heyoka", help="Python that has heyoka")
    parser.add_argument("--out", type=Path, help="append the lines to this file too")
    given = parser.parse_args()

    def lines() -> Iterator[Any]:
        for row in given.rows:
            yield from ROWS[row](given)

    write(lines(), machine(), given.out)


if __name__ == "__main__":
    main()
