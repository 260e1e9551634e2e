"""Rigid bodies through the air, many at once: Yaan beside Basilisk and RocketPy.

    python benchmarks/rigid_entry.py [--lanes N] [--basilisk PYTHON] [--rocketpy PYTHON]

Each side flies the capsule of `rigid_problem.py` at 50 Hz in a process of its own, one after the
other in one run. A peer is optional: give the Python of an environment that has it (`pip install
bsk`, `pip install rocketpy`), or it is told as not installed. How the problems differ is told at
the top of each side, and where each ended in its `end`.

What is compared is body steps per CPU-second: one step of one body, by the processor seconds of all
threads. Yaan flies all lanes in one batch, a peer one body at a time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lines import Line, machine, write

SIDES = Path(__file__).parent
DURATION = 100.0  # [s]
RUNS = 2
"""Of Yaan, after the first."""


@dataclass(frozen=True)
class Peer:
    """Another simulator: the module and script that fly it, and an interpreter that has it."""

    name: str
    module: str
    script: str
    python: str

    def installed(self) -> bool:
        """Whether its interpreter finds it."""
        asked = f"import importlib.util as u, sys; sys.exit(u.find_spec({self.module!r}) is None)"
        found = subprocess.run([self.python, "-c", asked], capture_output=True, check=False)
        return found.returncode == 0


def peers(basilisk: str = sys.executable, rocketpy: str = sys.executable) -> list[Peer]:
    """The peers, each in the interpreter given."""
    return [
        Peer("Basilisk", "Basilisk", "rigid_basilisk.py", basilisk),
        Peer("RocketPy", "rocketpy", "rigid_rocketpy.py", rocketpy),
    ]


def lines(others: list[Peer], lanes: int = 1000, duration: float = DURATION) -> Iterator[Line]:
    """Fly all sides; a line for each that another is compared with."""
    with tempfile.TemporaryDirectory() as folder:
        keep = {"YAAN_CACHE": folder}
        ours = ["rigid_yaan.py", str(duration), str(lanes)]
        equal = _flown(sys.executable, [*ours, "equal", str(RUNS)], keep)
        again = _flown(sys.executable, [*ours, "equal", "1"], keep)
        full = _flown(sys.executable, [*ours, "full", "1"], keep)
    rate = "body_steps_per_cpu_s"
    yield {
        "benchmark": f"rigid entry: body steps per CPU-second, {lanes} lanes",
        "value": equal[rate],
        "unit": "1/s",
        "parts": {"cold": equal, "warm": again, "full world": full},
    }
    for peer in others:
        line: Line = {
            "benchmark": f"rigid entry: body steps per CPU-second, Yaan over {peer.name}",
            "value": None,
            "unit": "1",
            "parts": {"Yaan": equal[rate], peer.name: "not installed"},
        }
        if peer.installed():
            theirs = _flown(peer.python, [peer.script, str(duration)], {})
            line["value"] = equal[rate] / theirs[rate]
            line["parts"][peer.name] = theirs
        yield line


def _flown(python: str, command: list[str], more: dict[str, str]) -> Line:
    environment = {**os.environ, **more, "BENCHMARK_BEGUN": repr(time.time())}
    ended = subprocess.run(
        [python, *command], cwd=SIDES, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr or ended.stdout)
    return json.loads(ended.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=int, default=1000)
    parser.add_argument("--duration", type=float, default=DURATION, help="of the flight [s]")
    parser.add_argument("--basilisk", default=sys.executable, help="a Python that has bsk")
    parser.add_argument("--rocketpy", default=sys.executable, help="a Python that has RocketPy")
    parser.add_argument("--out", type=Path, help="append the lines to this file too")
    options = parser.parse_args()
    others = peers(options.basilisk, options.rocketpy)
    write(lines(others, options.lanes, options.duration), machine(), options.out)


if __name__ == "__main__":
    main()
