"""Can a spoilt cache harm a flight? It must end as it does with a whole one, byte for byte.

    python benchmarks/faults_cache.py --flips 50

A mission is flown by the command line, once to fill a cache and once more from it. Then each case
starts from a copy of that cache and spoils it: a random bit of a kept trace or of what JAX has
compiled is flipped; two files change places; one is cut short; the folder is open to others or
belongs to another user; a flight with an empty cache is killed on its way; there is no home
folder. Each flight must give the same `summary.json` and the same exit code, and tell nothing
more on standard error, but for one note where no folder may be used. Whatever else it does is
printed, and the script ends with 1.
"""

import argparse
import collections
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ANOTHER = 54_321  # a user without an account
FLIGHT = 120.0  # [s]: one that takes longer hangs

Spoil = Callable[[Path, random.Random], str]


class End(NamedTuple):
    """What a flight left: exit code, bytes of its summary, lines on standard error."""

    code: int
    summary: bytes
    told: collections.Counter[str]


def flip(cache: Path, dice: random.Random, kind: str) -> str:
    """Flip one bit of one file."""
    file = dice.choice(sorted(cache.glob(f"*-{kind}")))
    whole = bytearray(file.read_bytes())
    at = dice.randrange(8 * len(whole))
    whole[at // 8] ^= 1 << at % 8
    file.write_bytes(whole)
    return f"bit {at} of {file.name}"


def swap(cache: Path, dice: random.Random, kind: str) -> str:
    """Give two files each other's content."""
    one, other = dice.sample(sorted(cache.glob(f"*-{kind}")), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return f"{one.name} and {other.name}"


def cut(cache: Path, dice: random.Random, kind: str) -> str:
    """Cut a file short, as a full disk does."""
    file = dice.choice(sorted(cache.glob(f"*-{kind}")))
    size = dice.randrange(file.stat().st_size)
    os.truncate(file, size)
    return f"{file.name} at {size}"


def opened(cache: Path, dice: random.Random) -> str:
    """Let others write in the folder."""
    cache.chmod(dice.choice([0o770, 0o707, 0o777]))
    return oct(cache.stat().st_mode)


def given(cache: Path, dice: random.Random) -> str:
    """Give the folder to another user; only root can."""
    os.chown(cache, ANOTHER, ANOTHER)
    return f"to user {ANOTHER}"


def cases(flips: int) -> Iterator[tuple[str, Spoil]]:
    """All that is done to the cache, by name."""
    for kind in ("trace", "compiled"):
        for _ in range(flips // 2 if kind == "trace" else flips - flips // 2):
            yield f"flip {kind}", lambda cache, dice, kind=kind: flip(cache, dice, kind)
        for _ in range(3):
            yield f"swap {kind}", lambda cache, dice, kind=kind: swap(cache, dice, kind)
            yield f"cut {kind}", lambda cache, dice, kind=kind: cut(cache, dice, kind)
    yield "open folder", opened
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield "foreign folder", given


class Desk:
    """Where one mission is flown again and again by the command line."""

    def __init__(self, mission: str, folder: Path) -> None:
        self.mission = mission
        self.folder = folder

    def _command(self) -> list[str]:
        out = self.folder / "runs"
        shutil.rmtree(out, ignore_errors=True)
        return [sys.executable, "-m", "yaan", "fly", self.mission, "--quiet", "--out", str(out)]

    def fly(self, variables: dict[str, str]) -> End:
        """Fly to the end, with these environment variables."""
        environment = {key: value for key, value in os.environ.items() if key != "YAAN_CACHE"}
        ended = subprocess.run(
            self._command(),
            env=environment | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=FLIGHT,
        )
        kept = sorted((self.folder / "runs").glob("*/summary.json"))
        summary = kept[0].read_bytes() if kept else b""
        return End(ended.returncode, summary, collections.Counter(ended.stderr.splitlines()))

    def kill(self, cache: Path, after: float) -> None:
        """Start a flight and kill it `after` a time [s]."""
        flight = subprocess.Popen(
            self._command(),
            env=os.environ | {"YAAN_CACHE": str(cache)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(after)
        flight.kill()
        flight.wait()


def judge(whole: End, end: End, *, notes: int) -> str:
    """What is wrong with a flight, "" if nothing is."""
    more = list((end.told - whole.told).elements())
    told = [line for line in more if line.startswith("note: ")]
    wrong = {
        f"exit {end.code}": end.code != whole.code,
        "another summary": end.summary != whole.summary,
        f"{len(more)} lines told, at last {more[-1:]}": len(told) != notes or len(more) != notes,
    }
    return ", ".join(text for text, is_so in wrong.items() if is_so)


def flights(desk: Desk, flips: int, dice: random.Random) -> Iterator[tuple[str, str, str]]:
    """Name, what was done, and what is wrong, of each case."""
    pristine, cache = desk.folder / "pristine", desk.folder / "cache"
    first = desk.fly({"YAAN_CACHE": str(pristine)})
    whole = desk.fly({"YAAN_CACHE": str(pristine)})
    yield "whole", "first and second flight", judge(first, whole, notes=0)
    for name, spoil in cases(flips):
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(pristine, cache)
        done = spoil(cache, dice)
        notes = int(name.endswith("folder"))
        yield name, done, judge(whole, desk.fly({"YAAN_CACHE": str(cache)}), notes=notes)
    for _ in range(4):
        shutil.rmtree(cache, ignore_errors=True)
        after = dice.uniform(0.5, 8.0)  # [s]
        desk.kill(cache, after)
        end = desk.fly({"YAAN_CACHE": str(cache)})
        yield "killed", f"after {after:.2f} s", judge(whole, end, notes=0)
    for home in ("/nonexistent", str(Path(__file__))):
        end = desk.fly({"HOME": home, "XDG_CACHE_HOME": ""})
        yield "no home", home, judge(whole, end, notes=1)


def main() -> int:
    """Fly all cases, print a line for each that went wrong and the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mission", default="capsule-entry")
    parser.add_argument("--flips", type=int, default=50, help="how many bits, one a flight")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    held: collections.Counter[str] = collections.Counter()
    failed: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(chosen.mission, Path(folder))
        for name, done, wrong in flights(desk, chosen.flips, random.Random(chosen.seed)):
            (failed if wrong else held)[name] += 1
            if wrong:
                print(f"{name}: {done}: {wrong}", flush=True)
    for name in held | failed:
        print(f"{name}: {held[name]} as with a whole cache, {failed[name]} otherwise")
    print(f"in all: {held.total()} as with a whole cache, {failed.total()} otherwise")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
