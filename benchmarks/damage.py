"""Ten thousand damaged mission files: each is accepted, or refused at its line, and at once.

    python benchmarks/damage.py [--count 10000] [--first 0] [--also FOLDER] [--show 20]

Each file is one of the library (or of FOLDER), damaged in one or two of many ways by a seeded
draw: bytes flipped, lines cut, doubled or moved, values swapped, units and types changed, keys
deleted or misspelled, indents, quotes, tabs, nulls, deep nests, aliases. It is loaded and checked
as `yaan check` does; nothing is flown. A fault is any other exception than the one that tells
mistakes, a mistake at a line that the file does not have, words of a library, or more than ten
seconds. One JSON line tells the counts; the exit code is 1 if there was a fault.
"""

import argparse
import contextlib
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yaan.base import InputError, Problem
from yaan.mission import check, library_text, load_tree, names

LIMIT = 10.0
"""More than this [s] is a fault."""

_FOREIGN = re.compile(
    r"pydantic|ruamel|traceback|default.factory|while (parsing|scanning)|expected <|validator"
    r"|input should|object at 0x|errno|nonetype|not subscriptable|codec can|could not (find|deter)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"^(\s*(?:- )?[\w-]+:\s+)(\S.*)$")
_QUANTITY = re.compile(r"([-+]?[0-9][0-9.eE+-]*) ([a-zA-Z][\w/ ^]*)")
_UNITS = (
    "kg",
    "t",
    "km",
    "m",
    "deg",
    "rad",
    "s",
    "h",
    "N",
    "kN",
    "m2",
    "m/s",
    "K",
    "Pa",
    "furlong",
)
_NUMBERS = (
    *("1e308", "1e309", "-1e308", "9" * 400, "1e-320", "0", "-0.0", "-1", ".nan", ".inf", "0x1F"),
    *("1_000", "1,5", "\u0967\u0968\u0969", "1e", "--1", "+", "1.2.3", "1e99999", "NaN", "inf"),
)
_WRONG = (
    *("[]", "{}", "[1, 2]", "{a: 1}", "true", "null", "~", "2027-01-15", '""', "''", "text", "3"),
    *("[[[]]]", "{a: {b: {c: 1}}}", "|", ">", "|+9", "!!str 1", "!!python/name:os.system", "&a 1"),
    *("*a", "<<", "? ", "- 1", "@x", "`x`", "%x", "[", "{", "}", '"', "'", "# gone", "a: b: c"),
    *(
        '"\\x1b[2J"',
        '"\\u202e"',
        '"\\UFFFFFFFF"',
        '"\\ud800"',
        "\u0928\u092e\u0938\u094d\u0924\u0947",
    ),
    *("no-such-name", "../../etc/passwd", "/dev/zero.yaml", "no-such.yaml", "gaganyaan", "lvm3"),
)

Lines = list[str]
Span = tuple[int, int]  # first and last line of a damage, from 1; (0, 0) is everywhere
Damaged = tuple[Lines, Span]
Damage = Callable[[random.Random, Lines], Damaged]


def _at(rng: random.Random, lines: Lines, fit: re.Pattern[str] | None = None) -> int:
    """Index of a line that may be damaged: one with more than a comment."""
    able = [i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    fitting = [i for i in able if fit is None or fit.search(lines[i])]
    return rng.choice(fitting or able or [0])


def _replaced(lines: Lines, i: int, *new: str) -> Damaged:
    return [*lines[:i], *new, *lines[i + 1 :]], (i + 1, i + max(len(new), 1))


def _valued(rng: random.Random, lines: Lines, choose: Callable[[str], str]) -> Damaged:
    """Another value for a key."""
    i = _at(rng, lines, _VALUE)
    return _replaced(lines, i, _VALUE.sub(lambda m: m[1] + choose(m[2]), lines[i]))


def byte_flipped(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    raw = bytearray(lines[i].encode("utf-8", "surrogateescape"))
    for _ in range(rng.randint(1, 3)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    found = bytes(raw).decode("utf-8", "surrogateescape").split("\n")
    return _replaced(lines, i, *found)


def character_lost(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    k = rng.randrange(len(lines[i]))
    return _replaced(lines, i, lines[i][:k] + lines[i][k + 1 :])


def character_put_in(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    k = rng.randrange(len(lines[i]) + 1)
    some = "\0\x01\x1b\x7f\x85\u2028\ufeff\t\r:{}[],&*#?|-><%@`'\"!\\ 0aZ\u200b\u00e9\U0001f680"
    return _replaced(lines, i, lines[i][:k] + rng.choice(some) + lines[i][k:])


def cut(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    kept = lines[i][: rng.randrange(len(lines[i]) + 1)]
    return [*lines[:i], kept], (max(i, 1), i + 1)


def line_lost(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    return [*lines[:i], *lines[i + 1 :]], (max(i, 1), i + 1)


def lines_lost(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    k = i + rng.randint(2, 12)
    return [*lines[:i], *lines[k:]], (max(i, 1), i + 1)


def line_doubled(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    return _replaced(lines, i, lines[i], lines[i])


def block_doubled(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    k = _block_end(lines, i)
    return [*lines[:k], *lines[i:k], *lines[k:]], (i + 1, 2 * k - i)


def lines_swapped(rng: random.Random, lines: Lines) -> Damaged:
    i, k = sorted((_at(rng, lines), _at(rng, lines)))
    made = list(lines)
    made[i], made[k] = made[k], made[i]
    return made, (i + 1, k + 1)


def values_swapped(rng: random.Random, lines: Lines) -> Damaged:
    i, k = sorted((_at(rng, lines, _VALUE), _at(rng, lines, _VALUE)))
    one, two = _VALUE.match(lines[i]), _VALUE.match(lines[k])
    made = list(lines)
    if one and two and i != k:
        made[i], made[k] = one[1] + two[2], two[1] + one[2]
    return made, (i + 1, k + 1)


def unit_changed(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines, _QUANTITY)
    unit = rng.choice((*_UNITS, ""))
    return _replaced(lines, i, _QUANTITY.sub(lambda m: f"{m[1]} {unit}".strip(), lines[i], count=1))


def number_changed(rng: random.Random, lines: Lines) -> Damaged:
    i, number = _at(rng, lines, _QUANTITY), rng.choice(_NUMBERS)
    return _replaced(lines, i, _QUANTITY.sub(lambda m: f"{number} {m[2]}", lines[i], count=1))


def scaled(rng: random.Random, lines: Lines) -> Damaged:
    """A slip of a thousand, or of many."""
    i, factor = _at(rng, lines, _QUANTITY), rng.choice(("e3", "e-3", "e6", "e-9", "e30"))
    return _replaced(lines, i, _QUANTITY.sub(lambda m: f"{m[1]}{factor} {m[2]}", lines[i], count=1))


def value_changed(rng: random.Random, lines: Lines) -> Damaged:
    return _valued(rng, lines, lambda old: rng.choice((*_WRONG, *_NUMBERS)))


def value_wrapped(rng: random.Random, lines: Lines) -> Damaged:
    shape = rng.choice(("[{}]", "[{0}, {0}]", "{{value: {}}}", '"{}"', "'{}'", "{}]", "{{{}"))
    return _valued(rng, lines, shape.format)


def key_misspelled(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines, _VALUE)
    key = re.search(r"[\w-]+(?=:)", lines[i])
    if key is None:
        return _replaced(lines, i, lines[i] + "x")
    k = rng.randrange(len(key[0]))
    word = rng.choice(
        (key[0][:k] + key[0][k + 1 :], key[0].upper(), key[0] + "s", "x-" + key[0], "")
    )
    return _replaced(lines, i, lines[i][: key.start()] + word + lines[i][key.end() :])


def indent_changed(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    bare = lines[i].lstrip(" ")
    indent = rng.choice((" ", "  ", "   ", "\t", "", " " * 17)) + " " * rng.choice((0, 1, 2, 4))
    return _replaced(lines, i, indent + bare)


def colon_changed(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines, re.compile(":"))
    return _replaced(lines, i, lines[i].replace(":", rng.choice(("", " :", "::", "=", ":x")), 1))


def quote_lost(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines, re.compile("[\"']"))
    return _replaced(lines, i, re.sub("[\"']", "", lines[i], count=1))


def list_marked(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    bare = lines[i].lstrip(" ")
    made = bare[2:] if bare.startswith("- ") else f"- {bare}"
    return _replaced(lines, i, lines[i][: len(lines[i]) - len(bare)] + made)


def nested_deeply(rng: random.Random, lines: Lines) -> Damaged:
    depth = rng.choice((30, 100, 3000))
    opened, closed = rng.choice((("[", "]"), ("{a: ", "}"), ("[", "")))
    return _valued(rng, lines, lambda old: opened * depth + closed * depth)


def aliased(rng: random.Random, lines: Lines) -> Damaged:
    """A bomb of aliases in place of a line."""
    i = _at(rng, lines)
    bomb = [f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9) if n else 'x'}]" for n in range(12)]
    return _replaced(lines, i, *bomb)


def document_marked(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    mark = rng.choice(
        ("---", "...", "%YAML 1.1", "%TAG ! tag:x,2000:", "--- !x", "=", "<<: {a: 1}")
    )
    return _replaced(lines, i, mark, lines[i])


def lengthened(rng: random.Random, lines: Lines) -> Damaged:
    i = _at(rng, lines)
    many = rng.choice((2_000, 20_000))
    more = rng.choice((["x" * many], [f"k{n}: 1" for n in range(many // 10)], ["#" * many]))
    return _replaced(lines, i, lines[i], *more)


def based_on(rng: random.Random, lines: Lines) -> Damaged:
    """Another base: the file itself, one of the library, or none that there is."""
    base = rng.choice(("m.yaml", "./m.yaml", *names("mission"), "lvm3", "no.yaml", "", "[a]", "3"))
    i = _at(rng, lines)
    return [*lines[:i], f"from: {base}", *lines[i:]], (i + 1, i + 1)


def encoded(rng: random.Random, lines: Lines) -> Damaged:
    """Another end of lines, or another first character."""
    if rng.random() < 0.5:
        return [line + "\r" for line in lines], (0, 0)
    return ["\ufeff" * rng.choice((1, 2)) + lines[0], *lines[1:]], (0, 0)


DAMAGES: tuple[Damage, ...] = (
    *(byte_flipped, character_lost, character_put_in, cut, line_lost, lines_lost, line_doubled),
    *(block_doubled, lines_swapped, values_swapped, unit_changed, number_changed, scaled),
    *(value_changed, value_changed, value_wrapped, key_misspelled, indent_changed, colon_changed),
    *(quote_lost, list_marked, nested_deeply, aliased, document_marked, lengthened, based_on),
    encoded,
)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _block_end(lines: Lines, start: int) -> int:
    """Index behind the block that a line begins."""
    inner = (i for i in range(start + 1, len(lines)) if lines[i].strip())
    return next((i for i in inner if _indent(lines[i]) <= _indent(lines[start])), len(lines))


def around(lines: Lines, span: Span) -> Span:
    """The damaged lines, the block that they stand in, and the line where a parser stumbles."""
    first, last = span
    if first == 0:
        return 1, len(lines)
    lines = lines or [""]
    at = min(first, len(lines)) - 1
    above = [i for i in range(at) if lines[i].strip() and _indent(lines[i]) < _indent(lines[at])]
    top = above[-1] if above else 0
    return top + 1, max(last, _block_end(lines, top) if above else len(lines)) + 1


@dataclass
class Case:
    """One damaged file."""

    number: int
    source: str
    damages: tuple[str, ...]
    lines: Lines
    span: Span
    """Where it is damaged; everywhere after a second damage."""

    @property
    def raw(self) -> bytes:
        """What is written."""
        return ("\n".join(self.lines) + "\n").encode("utf-8", "surrogateescape")


def sources(also: Path | None = None) -> dict[str, Lines]:
    """Lines of the files to damage, by name."""
    texts = {name: library_text("mission", name) for name in names("mission")}
    for path in sorted(also.glob("*.yaml")) if also is not None else ():
        with contextlib.suppress(InputError):  # only what is whole can be damaged
            check(load_tree(path))
            texts[path.stem] = path.read_text(encoding="utf-8")
    return {name: text.rstrip("\n").split("\n") for name, text in texts.items()}


def case(number: int, texts: dict[str, Lines]) -> Case:
    """The damaged file of a number: the same in every run."""
    rng = random.Random(number)
    source = rng.choice(sorted(texts))
    first = rng.choice(DAMAGES)
    lines, span = first(rng, texts[source])
    done = [first.__name__]
    if rng.random() < 0.25:
        second = rng.choice(DAMAGES)
        lines, span = second(rng, lines or [""])[0], (0, 0)
        done.append(second.__name__)
    return Case(number, source, tuple(done), lines, span)


@dataclass
class Found:
    """What came of one file."""

    case: Case
    seconds: float
    problems: tuple[Problem, ...] = ()
    fault: str = ""
    file: str = ""

    @property
    def near(self) -> bool | None:
        """Whether the first mistake is told in the damaged block; None where that says nothing."""
        told = [p.line for p in self.problems if p.file == self.file and p.line is not None]
        if not told or self.case.span == (0, 0):
            return None
        first, last = around(self.case.lines, self.case.span)
        # A key that is missing at the left margin is told at the first line.
        return any(first <= line <= last or line == 1 for line in told)


@contextlib.contextmanager
def _within(seconds: float) -> Generator[None]:
    """Raise `TimeoutError` in what takes longer, where the system has such an alarm."""

    def stop(number: int, frame: Any) -> None:
        del number, frame
        raise TimeoutError

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def look(one: Case, folder: Path) -> Found:
    """Load and check a damaged file."""
    path = folder / "m.yaml"
    path.write_bytes(one.raw)
    begin = time.perf_counter()
    problems: tuple[Problem, ...] = ()
    fault = ""
    try:
        with _within(LIMIT):
            check(load_tree(path))
    except InputError as error:
        problems = error.problems
        fault = _wrong_words(problems, one, str(path))
    except TimeoutError:
        fault = f"over {LIMIT:g} s"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        fault = traceback.format_exc(limit=-3)
    return Found(one, time.perf_counter() - begin, problems, fault, str(path))


def _wrong_words(problems: tuple[Problem, ...], one: Case, path: str) -> str:
    """What is wrong with the mistakes as they are told; empty if nothing is."""
    if not problems:
        return "refused without a word"
    ends = len(re.split("\r\n|\r|\n", one.raw.decode("utf-8", "replace")))
    for problem in problems:
        words = problem.sentence()
        spoken = f"{problem.expected} {problem.hint}"
        if not words.isprintable():
            return f"not printable: {words!r}"
        if problem.file == path and problem.line is not None and not 1 <= problem.line <= ends:
            return f"no such line: {words}"
        if problem.file == path and problem.line is None and "and " not in words:
            return f"no line: {words}"
        if _FOREIGN.search(spoken):
            return f"words of a library: {words}"
    return ""


@dataclass
class Tally:
    """Counts of all that were looked at."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    slowest: float = 0.0
    faults: list[Found] = field(default_factory=list[Found])
    far: list[Found] = field(default_factory=list[Found])

    def add(self, found: Found) -> None:
        """Count one."""
        kind = "fault" if found.fault else "refused" if found.problems else "accepted"
        self.outcomes[kind] += 1
        self.slowest = max(self.slowest, found.seconds)
        if found.near is not None:
            self.outcomes["told near" if found.near else "told elsewhere"] += 1
        if found.near is False:
            self.far.append(found)
        if found.fault:
            self.faults.append(found)


def run(numbers: range, also: Path | None = None) -> Tally:
    """Look at the damaged files of some numbers."""
    texts, tally = sources(also), Tally()
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            tally.add(look(case(number, texts), Path(folder)))
    return tally


def main() -> int:
    """Run, print, and say by the exit code whether there was a fault."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--count", type=int, default=10_000)
    reader.add_argument("--first", type=int, default=0)
    reader.add_argument("--also", type=Path, help="a folder with more files to damage")
    reader.add_argument("--show", type=int, default=20, help="faults that are shown")
    asked = reader.parse_args()
    begin = time.perf_counter()
    tally = run(range(asked.first, asked.first + asked.count), asked.also)
    for found in tally.faults[: asked.show]:
        one = found.case
        print(f"{one.number} {one.source} {', '.join(one.damages)}: {found.fault}", file=sys.stderr)
    told = {"files": asked.count, **dict(sorted(tally.outcomes.items()))}
    spent = {"slowest_s": round(tally.slowest, 3), "seconds": round(time.perf_counter() - begin, 1)}
    print(json.dumps(told | spent))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
