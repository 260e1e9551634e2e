"""States by SGP4 from mean elements, against those of its reference."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from yaan.formats.record import ElementSet
from yaan.formats.sgp4_arc import Sgp4Error, states_teme
from yaan.formats.source import Source
from yaan.formats.tle import LENGTH, checksum, element_sets
from yaan.validation.case import Array, Case, Fly, Line, data, number

_MINUTE: Final = 60.0  # [s]
_ERRORS: Final = (1, 1, 6, 6, 4, 3, 6)
"""Codes of the sets that come to an end, in their order, as the carrier's tests have them."""


def cases() -> tuple[Case, ...]:
    """The verification set of SGP4."""
    return (
        Case(
            suite="sgp4",
            name="verification",
            title="SGP4, the 33 satellites of its verification set",
            files=(),
            about=(
                "Each state in TEME, by WGS 72 and the improved mode. Seven sets end in an error:"
                " its code is compared, and the states before it. One has none from the start, and"
                " the row that the reference prints of it all the same is left out. Three sets"
                " have wrong checksums, which a reader refuses; they are set right here."
            ),
            source="AIAA 2006-6753, files SGP4-VER.TLE and tcppver.out, as carried by sgp4 2.27",
            measure=verification,
        ),
    )


def verification(fly: Fly) -> Sequence[Line]:
    """Largest differences of position and velocity, and the codes of the errors."""
    del fly
    worst = {"position": (0.0, 0.0, 0.0), "velocity": (0.0, 0.0, 0.0)}
    codes = list[int]()
    rows = 0
    for one, span, truth in _sets():
        time = _MINUTE * truth[:, 0]
        try:
            found = states_teme(one, time)
        except Sgp4Error as error:
            codes.append(error.code)
            continue
        rows += len(time)
        for name, ours, theirs in zip(worst, found, (truth[:, 1:4], truth[:, 4:7]), strict=True):
            apart = np.linalg.norm(ours - 1e3 * theirs, axis=1)
            k = int(np.argmax(apart))
            if apart[k] >= worst[name][0]:
                lengths = [float(np.linalg.norm(values[k])) for values in (1e3 * theirs, ours)]
                worst[name] = (float(apart[k]), lengths[0], lengths[1])
        after = truth[-1, 0] + span[2]
        if after <= span[1]:  # the reference ends before its time
            codes.append(_code(one, _MINUTE * after))
    same = float(sum(a == b for a, b in zip(codes, _ERRORS, strict=False)))
    printed = "2e-7 km: eight digits are printed, and the carrier's own tests hold this"
    lines = [
        Line("position", "m", reference, ours, distance, 2e-4, printed)
        for distance, reference, ours in [worst["position"]]
    ]
    lines += [
        Line(
            "velocity", "m/s", reference, ours, distance, 2e-6, "2e-9 km/s: nine digits are printed"
        )
        for distance, reference, ours in [worst["velocity"]]
    ]
    missing = abs(len(codes) - len(_ERRORS))
    lines += [
        number("states", "", (666.0, rows), 0.0, "every row of the reference but that one"),
        number("errors with their code", "", (7.0, same - missing), 0.0, "all of them"),
    ]
    return lines


def _code(one: ElementSet, t: float) -> int:
    """The code of the error at an instant [s]; 0 where there is a state."""
    try:
        states_teme(one, t)
    except Sgp4Error as error:
        return error.code
    return 0


def _sets() -> Iterator[tuple[ElementSet, tuple[float, float, float], Array]]:
    """Each set, the span that was asked for [min], and rows of minutes, km and km/s."""
    lines = data("sgp4_ver.txt").read_text(encoding="ascii").splitlines()
    blocks = data("sgp4_tcppver.txt").read_text(encoding="ascii").split("xx\n")[1:]
    for first, second, block in zip(lines[::2], lines[1::2], blocks, strict=True):
        pair = [line[: LENGTH - 1] for line in (first, second)]
        text = "\n".join(f"{line}{checksum(line)}" for line in pair)
        (one,) = element_sets(Source("sgp4_ver.txt", text))
        rows = [line.split() for line in block.splitlines()]
        truth = np.array([row for row in rows if len(row) == 7], dtype=float)
        start, stop, step = (float(part) for part in second[LENGTH:].split())
        yield one, (start, stop, step), truth
