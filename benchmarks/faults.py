"""How `yaan fly` ends when it is killed, stopped, or cannot write.

    python benchmarks/faults.py [--kills 50] [--interrupts 200] [--terminations 50]

Signals come at random moments from the start of the process to its end, one process at a time. A
fault is an exit code that is not documented, a traceback, a file that is neither whole nor
absent, or a next flight that is not byte for byte the first. The counts are printed; the exit
code is 1 if there was a fault. It runs where there are POSIX signals.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from yaan.base.errors import YaanError
from yaan.results import read_flight

YAAN = (sys.executable, "-m", "yaan")
EXACT = ("mission.yaml", "flight.nc", "summary.json")  # the others hold times taken
COMPLETE = (*EXACT, "manifest.json")
FILES = (*COMPLETE, "report.html", "log.txt")
PATIENCE = 120.0  # [s]
# A signal that comes before Yaan has run its first lines ends Python in Python's own way.
FIRST_LINES = ("yaan/__init__.py", "yaan/__main__.py", "yaan/cli/app.py", "yaan/cli/stop.py")


@dataclass
class Bench:
    """One mission, its first flight, and what went wrong since."""

    mission: str
    place: Path
    seconds: float = 0.0  # wall time of a flight
    code: int = 0  # its exit code
    first: dict[str, bytes] = field(default_factory=dict[str, bytes])
    faults: list[str] = field(default_factory=list[str])

    def command(self, *more: str) -> list[str]:
        """The words of a flight into this place."""
        return [*YAAN, "fly", self.mission, "--out", str(self.place), *more]

    def fault(self, text: str) -> None:
        """Count and print a fault."""
        self.faults.append(text)
        print(f"FAULT  {text}", flush=True)

    def folders(self) -> list[Path]:
        """The run folders, oldest first."""
        return sorted(self.place.glob("*-*"), key=lambda path: int(path.name.rpartition("-")[2]))


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--mission", default="capsule-entry")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--interrupts", type=int, default=200)
    parser.add_argument("--terminations", type=int, default=50)
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(asked.mission, Path(place) / "runs")
        measure(bench)
        print(f"{bench.mission}: {bench.seconds:.2f} s, exit code {bench.code}")
        strike(bench, signal.SIGKILL, asked.kills)
        strike(bench, signal.SIGINT, asked.interrupts)
        strike(bench, signal.SIGTERM, asked.terminations)
        streams(bench)
        full_disk(bench)
    print(f"{len(bench.faults)} faults")
    return 1 if bench.faults else 0


def measure(bench: Bench) -> None:
    """Fly until nothing is compiled any more; keep the last flight as the first to compare with."""
    for _ in range(3):
        begun = time.perf_counter()
        bench.code, _ = finish(begin(bench.command("-q")))
        bench.seconds = time.perf_counter() - begun
    folder = bench.folders()[-1]
    bench.first = {name: (folder / name).read_bytes() for name in EXACT}


def strike(bench: Bench, number: signal.Signals, count: int) -> None:
    """Send a signal to `count` flights at random moments, and look at how they end."""
    draw, ends = random.Random(int(number)), Counter[int]()
    for index in range(count):
        child = begin(bench.command())
        moment = draw.uniform(0.0, 1.05 * bench.seconds)
        time.sleep(moment)
        child.send_signal(number)
        code, err = finish(child)
        ends[code] += 1
        what = f"{number.name} {index} at {moment:.3f} s"
        judge(bench, what, number, code, err)
        look(bench, what)
        if index % 10 == 9:
            same(bench, what)
    told = ", ".join(f"{code}: {times}" for code, times in sorted(ends.items()))
    print(f"{number.name}: {count} flights; exit code: times  {told or 'none'}", flush=True)


def judge(bench: Bench, what: str, number: signal.Signals, code: int, err: str) -> None:
    """Whether a flight that got a signal has ended as it may."""
    if number is signal.SIGKILL:
        if code not in (-number, bench.code):
            bench.fault(f"{what}: exit code {code}")
        return
    if code not in (128 + number, bench.code, -number):
        bench.fault(f"{what}: exit code {code}\n{err}")
    ours = [line for line in err.splitlines() if "yaan/" in line and "File " in line]
    late = [line for line in ours if not any(name in line for name in FIRST_LINES)]
    if "Traceback" in err and (code != -number or late):
        bench.fault(f"{what}: a traceback\n{err}")


def look(bench: Bench, what: str) -> None:
    """Whether all that lies in the run folders is whole; they are removed."""
    for folder in bench.folders():
        held = {path.name: path.read_bytes() for path in folder.iterdir()}
        for name in held.keys() & bench.first.keys():
            if held[name] != bench.first[name]:
                bench.fault(f"{what}: {name} is not that of the first flight")
        if not held.get("report.html", b"</html>").rstrip().endswith(b"</html>"):
            bench.fault(f"{what}: report.html is cut")
        if "summary.json" in held:
            if not held.keys() >= {*COMPLETE}:
                bench.fault(f"{what}: a summary beside {sorted(held)}")
            try:
                read_flight(folder)
            except YaanError as error:
                bench.fault(f"{what}: {error}")
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def same(bench: Bench, what: str) -> None:
    """Whether the next flight is the first, byte for byte."""
    code, _ = finish(begin(bench.command("-q")))
    if code != bench.code:
        bench.fault(f"after {what}: the next flight has exit code {code}")
    look(bench, f"after {what}: the next flight")


def streams(bench: Bench) -> None:
    """Readers that leave, full and closed streams, for a flight and for verbs that only print."""
    fly = " ".join(bench.command())
    verbs = [fly, f"{fly} --json", f"{fly} -q"]
    verbs += [f"{' '.join(YAAN)} {verb}" for verb in ("--help", "list", "schema", "doctor")]
    verbs += [f"{' '.join(YAAN)} {verb} {bench.mission}" for verb in ("check", "sources")]
    rows = {
        "| true": (141,),
        "| head -1": (0, 141),  # what fits into the pipe is written before its reader leaves
        "> /dev/full": (74,),
        ">&-": (74,),
        "2>&-": (0,),
        "2> /dev/full": (0,),
        ">&- 2>&-": (74,),
        "<&- >&- 2>&-": (74,),
        "2>&- | true": (141,),
    }
    for verb in verbs:
        for tail, codes in rows.items():
            line = f"{verb} {tail}; exit ${{PIPESTATUS[0]}}"
            code, err = finish(begin(["bash", "-c", line]))
            what = f"{verb.removeprefix(' '.join(YAAN))} {tail}"
            if code not in codes or "Traceback" in err:
                bench.fault(f"{what}: exit code {code}\n{err}")
            look(bench, what)
    print(f"streams: {len(verbs)} commands, {len(rows)} ways", flush=True)


def full_disk(bench: Bench) -> None:
    """A disk that fills at each of the files, and a limit of the size of files below each."""
    ways = {name: [sys.executable, "-c", _FULL_AT, name, *bench.command()[3:]] for name in FILES}
    for blocks in {len(content) // 1024 for content in bench.first.values()}:
        words = " ".join(bench.command())
        ways[f"files of {blocks} KiB"] = ["bash", "-c", f"ulimit -f {blocks}; exec {words}"]
    for what, command in ways.items():
        code, err = finish(begin(command))
        told = err.splitlines()[-1] if err else ""
        if code != 74 or "Traceback" in err or "ept" not in told:
            bench.fault(f"{what}: exit code {code}\n{err}")
        print(f"full at {what}: {told}", flush=True)
        look(bench, what)


_FULL_AT = """
import errno, os, sys
name, real = sys.argv.pop(1), os.replace
def replace(source, target, **more):
    if os.path.basename(target) == name:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    real(source, target, **more)
os.replace = replace
from yaan.cli.app import main
main()
"""


def begin(command: list[str]) -> "subprocess.Popen[str]":
    """Start a command whose output is read."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def finish(child: "subprocess.Popen[str]") -> tuple[int, str]:
    """Its exit code and what it wrote to standard error."""
    _, err = child.communicate(timeout=PATIENCE)
    return child.returncode, err


if __name__ == "__main__":
    sys.exit(main())
