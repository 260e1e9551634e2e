"""Fly the cases and measure them."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from yaan.api import Flight, load
from yaan.base.errors import InputError, Problem, nearest
from yaan.base.session import computing
from yaan.validation.case import Case, Fly, Result, path
from yaan.validation.suites import CASES

Tell = Callable[[Case, int, int], None]

_WORKERS: Final = 2


def choose(suite: str | None = None, case: str | None = None) -> tuple[Case, ...]:
    """The cases of a suite, or one case by its name or by `suite/name`.

    Raises:
        InputError: if there is none.
    """
    found = tuple(c for c in CASES if suite in (None, c.suite))
    if not found:
        raise _unknown("--suite", str(suite), sorted({c.suite for c in CASES}))
    if case is None:
        return found
    named = tuple(c for c in found if case in (c.name, c.key))
    if not named:
        raise _unknown("--case", case, [c.key for c in found])
    return named


def _unknown(option: str, value: str, known: Sequence[str]) -> InputError:
    expected = f"one of {', '.join(known)}"
    return InputError((Problem(option, None, option, value, expected, nearest(value, known)),))


def run(cases: Iterable[Case], tell: Tell | None = None) -> list[Result]:
    """Measure `cases`, two at a time; `tell` hears which begins, its number, and how many.

    Most of the time goes into compiling, which two threads can do at once.
    """
    listed, fly = list(cases), flyer()

    def measured(index: int) -> Result:
        case = listed[index]
        if tell is not None:
            tell(case, index, len(listed))
        begun = time.perf_counter()
        lines = tuple(case.measure(fly))
        return Result(case, lines, time.perf_counter() - begun)

    # The session is open around the threads' own: the first to end must not close the cache.
    with computing(), ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(measured, range(len(listed))))


def flyer() -> Fly:
    """Flies files, each once: cases may ask for the same flight."""
    flown: dict[str, Flight] = {}

    def fly(file: str, changes: Mapping[str, Any]) -> Flight:
        key = repr((file, sorted(changes.items())))
        if key not in flown:
            flown[key] = load(path(file), changes).fly()
        return flown[key]

    return fly


def document(results: Sequence[Result]) -> dict[str, Any]:
    """Everything that was measured, for JSON; traces are left to the wall."""
    return {
        "held": all(result.held for result in results),
        "cases": [
            {
                "suite": result.case.suite,
                "case": result.case.name,
                "title": result.case.title,
                "files": list(result.case.files),
                "source": result.case.source,
                "held": result.held,
                "lines": [
                    {
                        "quantity": line.quantity,
                        "unit": line.unit,
                        "reference": line.reference,
                        "ours": line.ours,
                        "distance": line.distance,
                        "margin": line.margin,
                        "why": line.why,
                        "verdict": line.verdict,
                    }
                    for line in result.lines
                ],
            }
            for result in results
        ],
    }
