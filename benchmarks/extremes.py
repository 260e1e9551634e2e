"""Five hundred flights of extreme numbers, each flown again with a tenth of its steps.

    python benchmarks/extremes.py --out FILE [--first 0] [--count 500] [--kind entry]
    python benchmarks/extremes.py --out FILE --report

One JSON line a flight is appended to the file; flights that are in it are not flown again, so that
a stopped run goes on where it was. What must hold of every flight: no traceback, nothing that is
not finite in the summary of what flew, no verdict that the finer flight takes back; and of all
together: in 95 of 100 told quantities the true error is below three times the told one.
"""

import argparse
import json
import math
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from extreme_missions import Tree, kind_of, mission

import yaan
from yaan.base import InputError
from yaan.description import EntryPhaseSpec, Plan
from yaan.results.record import plain

Line = dict[str, Any]

FINER = 10.0
"""Steps of the second flight are this much shorter."""

SURE = 3.0
"""A told error is right if the true one is below so many times of it."""

MOST_ROWS = 60_000
"""Flights of more rows are flown once: with a tenth of their steps they would take many minutes."""

_LEAST = {"mission": 1e-3, "entry": 1e-3, "body": 1e-4}  # [s] steps that the format takes
_DRAWS = 20  # until one is accepted
_EARTH = 6_371e3  # [m]
_BOUNDS = {"peak": 1e-5, "position": "0.1 m", "speed": "5e-4 m/s", "orbit": "0.01 m"}
"""Of the second flight, where steps are shortened to keep to bounds."""


def accepted(n: int) -> tuple[Tree, int]:
    """The first draw of mission `n` that the checks accept, and how many they refused."""
    for attempt in range(_DRAWS):
        tree = mission(n, attempt)
        try:
            load(tree)
        except InputError:
            continue
        return tree, attempt
    raise ValueError(f"mission {n}: none of {_DRAWS} draws is accepted")


def load(tree: Tree) -> yaan.Mission:
    """A mission by way of its file; JSON is YAML."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{tree['name']}.yaml"
        file.write_text(json.dumps(tree), encoding="utf-8")
        return yaan.load(file)


def finer(tree: Tree, steering: Line | None = None) -> Tree:
    """The same mission with a tenth of each of its steps, and tighter bounds where it has some.

    An ascent flies the constants that were found, so that no search is compared with another.
    """
    made: Tree = json.loads(json.dumps(tree))
    if steering is not None:
        made["launch"]["azimuth"] = f"{steering['azimuth_deg']!r} deg"
        profile = made["steering"]["profiles"][made["steering"]["profile"]]
        profile |= {k: f"{steering[f'{k}_deg']!r} deg" for k in ("kick", "yaw")}
        for name, found in steering["pitch_programmes"].items():
            abc = {letter: found[letter] for letter in "abc"}
            profile["programmes"][name]["coefficients"] = abc
    least = _LEAST[made["kind"]]
    blocks = [made, made.get("entry", {}), *made.get("phases", [])]
    for block in blocks:
        for key in ("step", "attitude_step", "canopy_step"):
            if key in block:
                block[key] = f"{max(seconds(block[key]) / FINER, least):.9g} s"
    if "canopy_step" in EntryPhaseSpec.model_fields and made["kind"] == "entry":
        made["entry"].setdefault("canopy_step", "0.005 s")
    if "integration" in Plan.model_fields:
        made["integration"] = _BOUNDS
    return made


def seconds(text: str) -> float:
    """A duration as these missions write it."""
    value, unit = text.split(" ")
    return float(value) * {"s": 1.0, "min": 60.0}[unit]


def fly(tree: Tree) -> Line:
    """One flight as a plain record; what it raises is kept as text."""
    begun = time.perf_counter()
    try:
        flight = load(tree).fly()
        told = record(flight)
    except InputError as error:
        told = {"refused": str(error)}
    except Exception:
        told = {"traceback": traceback.format_exc(limit=-8)}
    return told | {"seconds": round(time.perf_counter() - begun, 2)}


def record(flight: yaan.Flight) -> Line:
    """What is compared of a flight."""
    summary, h = flight.summary, flight.history
    entry, peaks, landing = summary.entry, summary.peaks, summary.landing
    load = entry.peak_load if entry else peaks.load
    flux = entry.peak_flux if entry else peaks.heat_flux
    contact = landing.touchdown.contact if landing and landing.touchdown else None
    values = {
        "load": load and load.value_g,
        "heat_flux": flux and flux.value,
        "dynamic_pressure": peaks.dynamic_pressure and peaks.dynamic_pressure.value,
        "heat_load": entry and entry.heat_load,
        "touchdown": contact and contact.vertical,
    }
    return {
        "outcome": summary.outcome.code,
        "text": summary.outcome.text,
        "rows": len(h["time"]),
        "values": {key: value for key, value in values.items() if value is not None},
        "phases": list(ends(h)),
        "verdicts": {v.name: [v.passed, v.value] for v in summary.verdicts},
        "steering": plain(summary.ascent and summary.ascent.steering),
        "integration": plain(summary.integration),
        "not_finite": list(not_finite(asdict(summary))),
    }


def ends(h: dict[str, np.ndarray]) -> Iterator[Line]:
    """Where and when each phase ends."""
    phase = np.asarray(h["phase"])
    for last in [*np.flatnonzero(np.diff(phase)), len(phase) - 1]:
        place = {k: float(h[k][last]) for k in ("time", "latitude", "longitude", "height")}
        speed = float(h["speed_relative"][last])
        yield place | {"speed": speed, "gcrs": [float(x) for x in h["position_gcrs"][last]]}


def not_finite(value: Any, at: str = "") -> Iterator[str]:
    """The addresses of numbers that are none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from not_finite(inner, f"{at}.{key}")
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from not_finite(inner, f"{at}.{i}")
    elif isinstance(value, float) and not math.isfinite(value):
        yield at.removeprefix(".")


def compare(first: Line, second: Line) -> list[Line]:
    """True and told errors of everything that both flights tell: rows of what, true, told."""
    if first.get("outcome") != second.get("outcome") or "phases" not in first:
        return []
    told = (first.get("integration") or {}).get("phases") or []
    rows = []
    for key, value in first["values"].items():
        other = second["values"].get(key)
        if other is not None:
            shares = [p.get(f"{key}_share") for p in told]
            known = [share for share in shares if share is not None]
            true = abs(value - other) / max(abs(other), 1e-300)
            rows.append({"what": key, "true": true, "told": max(known) if known else None})
    for i, (ours, theirs) in enumerate(zip(first["phases"], second["phases"], strict=False)):
        one = told[i] if i < len(told) else {}
        away = apart(ours, theirs)
        rows.append({"what": "position", "true": away, "told": one.get("position")})
        faster = abs(ours["speed"] - theirs["speed"])
        rows.append({"what": "speed", "true": faster, "told": one.get("speed")})
        rows.append({"what": "time", "true": abs(ours["time"] - theirs["time"]), "told": None})
    return rows


def apart(one: Line, other: Line) -> float:
    """Distance of two ends of a phase [m]: in space at one instant, else against the ground."""
    if abs(one["time"] - other["time"]) < 1e-9:
        return math.dist(one["gcrs"], other["gcrs"])
    north, east = other["latitude"] - one["latitude"], other["longitude"] - one["longitude"]
    east = (east + math.pi) % (2.0 * math.pi) - math.pi
    radius = _EARTH + other["height"]
    level = math.hypot(radius * north, radius * math.cos(one["latitude"]) * east)
    return math.hypot(level, other["height"] - one["height"])


def taken_back(first: Line, second: Line) -> list[str]:
    """Verdicts that held in the first flight and fail in the finer one, which ends alike."""
    if first.get("outcome") != second.get("outcome"):
        return []  # of too many steps, say, or on the constants of a search that had found nothing
    before, after = first.get("verdicts") or {}, second.get("verdicts") or {}
    return [
        f"{name}: {value} held, {after[name][1]} failed"
        for name, (passed, value) in before.items()
        if passed and name in after and after[name][0] is False and name != "integration"
    ]


def line(n: int, most: int = MOST_ROWS) -> Line:
    """One mission, flown twice; once if the first flight has more than `most` rows."""
    tree, refused = accepted(n)
    first = fly(tree)
    again = finer(tree, first.get("steering"))
    fine = first.get("rows", 0) <= most and again != tree
    second = fly(again) if fine and "traceback" not in first else {}
    return {
        "n": n,
        "kind": kind_of(n),
        "redrawn": refused,
        "first": first,
        "second": second,
        "compared": compare(first, second),
        "taken_back": taken_back(first, second),
        "mission": tree,
    }


def done(out: Path) -> dict[int, Line]:
    """The lines that a file holds."""
    if not out.exists():
        return {}
    texts = out.read_text(encoding="utf-8").splitlines()
    return {found["n"]: found for found in map(json.loads, texts)}


def faults(found: Line) -> Iterator[str]:
    """What must not be of one flight."""
    for which in ("first", "second"):
        told = found[which]
        if "traceback" in told:
            yield f"{which}: {told['traceback'].strip().splitlines()[-1]}"
        if told.get("outcome") == "flown" and told["not_finite"]:
            yield f"{which}: not finite: {', '.join(told['not_finite'][:4])}"
    if "refused" in found["second"]:  # of a tenth, which the format may not take
        yield f"second: {found['second']['refused'][:120]}"
    yield from found["taken_back"]


def report(lines: dict[int, Line]) -> None:
    """What holds of all of them, and what does not of some."""
    for kind in ("entry", "body", "ascent"):
        some = [one for one in lines.values() if one["kind"] == kind]
        ends = Counter(one["first"].get("outcome", "none") for one in some)
        spent = sum(one["first"]["seconds"] + one["second"].get("seconds", 0.0) for one in some)
        print(f"{kind}: {len(some)} flights, {dict(ends)}, {spent:.0f} s")
    for n, one in sorted(lines.items()):
        for fault in faults(one):
            print(f"  {n:3d} {one['kind']}: {fault}")
    ends = Counter(
        f"{one['first'].get('outcome')} -> {one['second']['outcome']}"
        for one in lines.values()
        if one["second"].get("outcome", one["first"].get("outcome")) != one["first"].get("outcome")
    )
    print(f"ended otherwise with a tenth of the steps: {dict(ends)}")
    rows = [row | {"n": n} for n, one in lines.items() for row in one["compared"]]
    told = [row for row in rows if row["told"] is not None and math.isfinite(row["true"])]
    for what in sorted({row["what"] for row in rows}):
        true = np.array([row["true"] for row in rows if row["what"] == what])
        some = [row for row in told if row["what"] == what]
        right = sum(row["true"] <= SURE * row["told"] for row in some)
        spread = np.nanquantile(true, [0.5, 0.9, 0.99])
        print(f"{what}: true errors {spread} at 50, 90, 99 %; told right {right} of {len(some)}")
    right = sum(row["true"] <= SURE * row["told"] for row in told)
    if told:
        print(f"all: told right {right} of {len(told)}, {100.0 * right / len(told):.1f} %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--kind", choices=("entry", "body", "ascent"))
    parser.add_argument("--report", action="store_true")
    asked = parser.parse_args()
    there = done(asked.out)
    if asked.report:
        report(there)
        return
    for n in range(asked.first, asked.first + asked.count):
        if n in there or asked.kind not in (None, kind_of(n)):
            continue
        made = line(n)
        with asked.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(made) + "\n")
        print(n, made["kind"], made["first"].get("outcome", "none"), *faults(made), flush=True)


if __name__ == "__main__":
    main()
