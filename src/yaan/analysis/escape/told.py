"""Escapes in numbers: the summary, and the columns of every mode and failure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yaan.analysis import evidence
from yaan.analysis.escape.crew import blows, limits_of_chosen
from yaan.analysis.escape.failures import WARNING, FailureJudged
from yaan.analysis.escape.judged import Escaped, Judged, grades, size
from yaan.analysis.escape.margins import (
    END,
    Judge,
    Margins,
    largest,
    phase_is,
    ranks,
    separation,
)
from yaan.analysis.escape.returns import told_returns, with_returns
from yaan.analysis.sensitivity import ranked_by_place
from yaan.base.provenance import Provenance
from yaan.crew import water_limit
from yaan.description.escape import ConstraintSpec
from yaan.description.hazard import STANDING
from yaan.escape.modes import BURN
from yaan.results.escape import (
    SCHEMA,
    BlackZone,
    EscapeConstraint,
    EscapeFailure,
    EscapeMode,
    EscapeSummary,
    Groups,
)
from yaan.results.outcome import OutcomeCode

Array = NDArray[np.float64]

_ROWS: Final = 96
"""Rows of the histories that are kept of the best lane of each instant."""

_LIMITS: Final = ("limit", "height", "reserve")
"""Keys of a constraint that hold its limit."""

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    END: ("it comes to its end", ""),
    "crew_load": ("sustained loads of the crew", "1"),
    "canopies": ("every canopy is deployed within its box", "1"),
    "open": ("the last canopies are full at a height", "m"),
    "touchdown": ("speed down at the touchdown", "m s-1"),
    "water": ("it comes down on water", "m"),
    "heat_flux": ("heat flux at the stagnation point", "W m-2"),
    "heat_load": ("heat at the stagnation point in all", "J m-2"),
    "dynamic_pressure": ("dynamic pressure on the escape vehicle", "Pa"),
    "attack_pressure": ("dynamic pressure times incidence", "Pa rad"),
    "rate": ("turning as the capsule is left alone", "rad s-1"),
    "recontact": ("distance to a launcher that thrusts on", "m"),
    "deorbit": ("delta-v over what leaving its orbit needs", "m s-1"),
    "overpressure": ("warning before a burst, by its blast", "Pa"),
    "fragments": ("warning before a burst, by fragments that hit the capsule", "1"),
    "canopy_heat": ("heat of burning pieces on the canopies", "K"),
    "falling_pieces": ("burning pieces that fall through the canopies", "1"),
    "cabin": ("the crew is out before the cabin is not to be borne", "s"),
}


def groups_of(found: Escaped) -> Groups:
    """The columns of every mode, and of the choice at each instant."""
    margin, mode, binding = _choice(found, found.active)
    with ThreadPoolExecutor(max_workers=2) as pool:
        columns = pool.map(partial(_columns, found), found.judged)
        groups: Groups = {
            f"mode/{one.name}": each for one, each in zip(found.judged, columns, strict=True)
        }
    for one in found.failures:
        groups[f"failure/{one.name}"] = _failure_columns(one, found.active)
    groups["choice"] = {
        "time": found.every,
        "margin": margin,
        "mode": mode.astype(float),
        "constraint": binding.astype(float),
        "height": found.judge.path.column("height", found.every),
    }
    return with_returns(groups, found.returning)


def summary_of(found: Escaped, provenance: Provenance, step: float, profile: str) -> EscapeSummary:
    """Everything that is told in numbers."""
    plan, judge, spec, every = found.plan, found.judge, found.judge.spec, found.every
    margin, mode, binding = _choice(found, found.active)
    zones = tuple(_zones(found, margin, mode))
    failing = [zone for one in found.failures for zone in _zones_of(found, one)]
    black, open_ = int(np.sum(~(margin >= 0.0))), _open(found, mode)
    home = found.returning
    ranked = [one for one in ranked_by_place(provenance) if one.assumption.key.startswith("escape")]
    return EscapeSummary(
        schema=SCHEMA,
        kind="escape",
        mission=plan.name,
        title=plan.title,
        system=spec.title or spec.name,
        yaan=version("yaan"),
        epoch=plan.epoch,
        profile=profile,
        step=step,
        begin=float(every[0]),
        end=float(every[-1]),
        events=dict(judge.path.events),
        sentence=_sentence(len(every), black, zones, open_, _counted(found)),
        black=black,
        open=open_,
        instants=len(every),
        constraints=tuple(_constraint(found, k, binding) for k in range(len(found.names))),
        modes=tuple(_mode_told(found, k, mode) for k in range(len(found.judged))),
        failures=tuple(_failure_told(one, found.active) for one in found.failures),
        zones=(*zones, *failing),
        crew=limits_of_chosen(found, mode),
        returns=() if home is None or home.returns is None else told_returns(home.returns),
        assumptions=tuple(evidence.assumption(one) for one in ranked),
        sources=provenance.sources,
        notes=tuple([*_notes(judge), *([home.note] if home is not None and home.note else [])]),
    )


def _choice(
    found: Escaped, active: Sequence[bool]
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """At each instant the best margin, the index of its mode and of its worst constraint."""
    count = len(found.every)
    margin, best = np.full(count, np.nan), np.full(count, -1)
    mode, binding = np.full(count, -1), np.full(count, -1)
    every = [one.margins.margin for one in found.judged]
    rank = ranks(np.concatenate(every), active) if every else np.zeros(0, dtype=int)
    first = 0
    for k, one in enumerate(found.judged):
        worst, index = one.margins.worst(active)
        at, own = found.at(one), rank[first : first + len(worst)]
        better = own > best[at]
        for told, new in ((margin, worst), (best, own), (mode, k), (binding, index)):
            told[at] = np.where(better, new, told[at])
        first += len(worst)
    return margin, mode, binding


def _open(found: Escaped, mode: NDArray[np.int64]) -> int:
    """Instants whose best mode was not judged by all that is asked."""
    return sum(
        int(np.sum(one.margins.open(found.active) & (mode[found.at(one)] == k)))
        for k, one in enumerate(found.judged)
    )


def _zones(found: Escaped, margin: Array, mode: NDArray[np.int64]) -> Iterator[BlackZone]:
    """Instants in a row at which no mode is survivable of a command without a failure."""

    def reason(at: int) -> tuple[str, str, float]:
        one = found.judged[mode[at]]
        lane = int(np.searchsorted(one.time, found.every[at] - 1e-9))
        value, index = one.margins.worst(found.active)
        return one.name, one.margins.names[int(index[lane])], float(value[lane])

    yield from _black("", found.every, margin, mode, reason)


def _zones_of(found: Escaped, one: FailureJudged) -> Iterator[BlackZone]:
    """Likewise of one failure."""
    margin, mode, constraint = one.choice(found.active)

    def reason(at: int) -> tuple[str, str, float]:
        name = found.judged[mode[at]].name
        return name, found.names[int(constraint[at])], float(margin[at])

    yield from _black(one.name, one.time, margin, mode, reason)


def _black(
    failure: str,
    time: Array,
    margin: Array,
    mode: NDArray[np.int64],
    reason: Callable[[int], tuple[str, str, float]],
) -> Iterator[BlackZone]:
    dark = ~(margin >= 0.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(int)))
    for first, beyond in zip(edges[::2], edges[1::2], strict=True):
        rows = np.arange(first, beyond)
        worst = rows[int(np.argmin(np.where(np.isnan(margin[rows]), -9.0, margin[rows])))]
        name, constraint, least = "", "no mode has its window there", float("nan")
        if mode[worst] >= 0:
            name, constraint, least = reason(int(worst))
        words = _WORDS.get(constraint, (constraint, ""))[0]
        yield BlackZone(
            failure=failure,
            begin=float(time[first]),
            end=float(time[beyond - 1]),
            mode=name,
            constraint=constraint,
            margin=least,
            text=f"{words}: margin {least:.2f} in {name}" if name else constraint,
        )


def _sentence(
    instants: int, black: int, zones: Sequence[BlackZone], open_: int, failing: tuple[int, int]
) -> str:
    """What the map shows, in one sentence, and last of all what has failed of failures."""
    if not black:
        told = f"At each of {instants} instants a mode is survivable by all that colours the map"
    else:
        spans = ", ".join(_span(zone) for zone in zones[:4])
        more = f" and {len(zones) - 4} more" if len(zones) > 4 else ""
        told = f"{black} of {instants} instants have no survivable mode ({spans}{more})"
    if open_:
        told += f"; at {open_} the best was not judged by all that is asked"
    dark, judged = failing
    if judged:
        told += f"; out of failures, {dark} of {judged} instants judged have none"
    return told + "."


def _counted(found: Escaped) -> tuple[int, int]:
    """Instants of all failures without a survivable mode, and how many were judged."""
    margins = [one.choice(found.active)[0] for one in found.failures]
    return sum(int(np.sum(~(margin >= 0.0))) for margin in margins), sum(map(len, margins))


def _span(zone: BlackZone) -> str:
    return f"{zone.begin:g} to {zone.end:g} s" if zone.end > zone.begin else f"{zone.begin:g} s"


def _failure_told(one: FailureJudged, active: Sequence[bool]) -> EscapeFailure:
    margin, _, _ = one.choice(active)
    some = len(one.time) > 0
    told = f"detected by {one.spec.detector}" if one.spec.detector else "commanded by the crew"
    bursts = f"; {one.spec.bursts} bursts" if one.spec.bursts else ""
    return EscapeFailure(
        name=one.name,
        title=one.spec.title or one.name,
        begin=float(one.time[0]) if some else float("nan"),
        end=float(one.time[-1]) if some else float("nan"),
        instants=len(one.time),
        survivable=int(np.sum(margin >= 0.0)),
        detector=one.spec.detector or "",
        latency=one.latency,
        text=f"{told}{bursts}",
    )


def _failure_columns(one: FailureJudged, active: Sequence[bool]) -> dict[str, Array]:
    margin, mode, constraint = one.choice(active)
    at = (np.maximum(mode, 0), np.arange(len(one.time)))
    some = mode >= 0

    def best(values: Array) -> Array:
        return np.where(some, values[at], np.nan) if len(values) else np.full(len(mode), np.nan)

    return {
        "time": one.time,
        "margin": margin,
        "mode": mode.astype(float),
        "constraint": constraint.astype(float),
        "available": one.available,
        "required": best(one.required),
        "overpressure": best(one.overpressure),
    }


def _constraint(found: Escaped, index: int, binding: NDArray[np.int64]) -> EscapeConstraint:
    judge, name = found.judge, found.names[index]
    without = [on and k != index for k, on in enumerate(found.active)]
    margin, _, _ = _choice(found, without)
    dark = int(np.sum(~(margin >= 0.0)))
    dark += sum(int(np.sum(~(one.choice(without)[0] >= 0.0))) for one in found.failures)
    words, unit = _WORDS[name]
    one = None if name == END else judge.asked[name]
    limit = next((getattr(one, key) for key in _LIMITS if hasattr(one, key)), None)
    status, source = _standing(judge, name, one)
    return EscapeConstraint(
        name=name,
        words=words,
        limit=None if limit is None else float(limit),
        unit=unit,
        status=status,
        source=source,
        active=one is None or one.active,
        grades=name == END or grades(judge, name),
        binding=int(np.sum(binding == index)),
        black_without=dark,
    )


def _standing(judge: Judge, name: str, one: ConstraintSpec | None) -> tuple[str, str]:
    """How well a limit is known, and where it is from."""
    standing = ("", "")
    if name == "crew_load":
        condition = judge.spec.constraints.crew_load.condition
        graded = [c for c in judge.limits.curves if c.grades and c.condition in (condition, "all")]
        standing = (graded[0].status, graded[0].source) if graded else ("missing", "")
    elif name == "touchdown":
        known = water_limit()
        standing = known.status, known.source
    elif name in WARNING:
        standing = _hazard(judge, name)
    elif name == "canopies":
        standing = _boxes(judge)
    elif one is not None and name != "water":
        assumed = next((one.assumed[key] for key in _LIMITS if key in one.assumed), None)
        given = ("given" if one.source else "assumed"), one.source
        standing = given if assumed is None else ("assumed", assumed.why)
    return standing


def _boxes(judge: Judge) -> tuple[str, str]:
    """The standing of the boxes of the parachute train: that of the least known."""
    train = judge.spec.capsule.parachutes
    boxes = [step.box for step in ([] if train is None else train.steps) if step.box is not None]
    if not boxes:
        return "missing", "no step of the parachute train has a box"
    assumed = [one for box in boxes for one in box.assumed.values()]
    if assumed:
        return "assumed", assumed[0].why
    return "given", boxes[0].source


def _hazard(judge: Judge, name: str) -> tuple[str, str]:
    """The standing of what capsule and canopies bear."""
    key = {"fragments": "hit_chance", "canopy_heat": "cloth_temperature"}.get(name, name)
    if key not in STANDING:
        return "assumed", ""
    given = judge.spec.hazards is not None and key in judge.spec.hazards.limits.model_fields_set
    status, _, why = STANDING[key].partition(";")
    if given:
        return "given", judge.spec.hazards.limits.source if judge.spec.hazards else ""
    word = status.split(",")[0].split(":")[0].strip()
    return word, why.strip() or STANDING[key]


def _mode_told(found: Escaped, index: int, mode: NDArray[np.int64]) -> EscapeMode:
    one = found.judged[index]
    worst, constraint = one.margins.worst(found.active)
    least = int(np.argmin(worst))
    lost = ~one.flown.came_down
    text = ""
    if np.any(lost):
        lane = int(np.argmax(lost))
        last, phases = int(one.flown.last[lane]), one.flown.asked.mode.phases
        phase = "burn" if last == BURN else phases[last].name
        text = OutcomeCode(int(one.flown.outcome[lane])).sentence(phase)
    return EscapeMode(
        name=one.name,
        title=one.flown.asked.mode.title or one.name,
        begin=float(one.time[0]),
        end=float(one.time[-1]),
        instants=len(one.time),
        survivable=int(np.sum(worst >= 0.0)),
        chosen=int(np.sum(mode == index)),
        worst_time=float(one.time[least]),
        worst_margin=float(worst[least]),
        worst_constraint=found.names[int(constraint[least])],
        lost=int(np.sum(lost)),
        lost_text=text,
        error_load=one.error_load,
        error_place=one.error_place,
    )


def _notes(judge: Judge) -> Iterator[str]:
    """What a reader must know."""
    condition = judge.spec.constraints.crew_load.condition
    graded = {c.axis for c in judge.limits.curves if c.grades and c.condition in (condition, "all")}
    missing = [axis for axis in ("+x", "-x", "+y", "-y", "+z", "-z") if axis not in graded]
    if missing:
        yield f"Ungraded, for want of a curve for {condition}: loads along {', '.join(missing)}."


def _columns(found: Escaped, one: Judged) -> dict[str, Array]:
    """The columns of a mode: of each instant its best lane."""
    judge, flown, seen = found.judge, one.flown, one.flown.seen
    worst, index = one.margins.worst(found.active)
    time = np.asarray(seen.time)
    rigid = phase_is(flown, "rigid")
    pressure, incidence = np.asarray(seen.dynamic_pressure), np.abs(np.asarray(seen.incidence))
    apart = separation(judge, flown)
    columns: dict[str, Array] = {
        "time": one.time,
        "outcome": flown.outcome.astype(float),
        "margin": worst,
        "constraint": index.astype(float),
        "bank": flown.asked.bank,
        "latitude": np.asarray(seen.latitude)[:, -1],
        "longitude": np.asarray(seen.longitude)[:, -1],
        "duration": time[:, -1] - one.time,
        "highest": np.max(np.asarray(seen.height), axis=1),
        "peak_load": size(flown).max(axis=1),
        "peak_pressure": largest(np.where(rigid, pressure, np.nan)),
        "peak_attack": largest(np.where(rigid, pressure * incidence, np.nan)),
        "peak_rate": largest(np.asarray(seen.rate)),
        "peak_flux": largest(np.asarray(seen.heat_flux)),
        "heat_load": largest(np.asarray(seen.heat_load)),
        "recontact": _value(one.margins, "recontact"),
    }
    if flown.canopies is not None:
        met = flown.canopies.deployed
        columns |= {
            "drogue_mach": np.asarray(met.mach)[:, 0],
            "drogue_pressure": np.asarray(met.dynamic_pressure)[:, 0],
            "splash_speed": np.asarray(flown.canopies.vertical_speed),
        }
    if flown.burnt is not None and flown.asked.choice is not None:
        columns |= {
            "delta_v": np.asarray(flown.burnt.delta_v),
            "pitch": flown.asked.choice.pitch,
            "perigee": np.asarray(flown.burnt.perigee),
            "apogee": np.asarray(flown.burnt.apogee),
        }
    for k, name in enumerate(one.margins.names):
        columns[f"margin_{name}"] = one.margins.margin[:, k]
        columns[f"value_{name}"] = one.margins.value[:, k]
    return columns | blows(judge, one) | _paths(judge, one, apart)


def _value(margins: Margins, name: str) -> Array:
    if name not in margins.names:
        return np.full(len(margins.value), np.nan)
    return margins.value[:, margins.names.index(name)]


def _paths(judge: Judge, one: Judged, apart: Array) -> dict[str, Array]:
    """Histories thinned: rows evenly apart by number, which are dense where much happens."""
    seen, flown = one.flown.seen, one.flown
    time = np.asarray(seen.time)
    load = np.nan_to_num(np.stack([np.asarray(x) for x in (seen.load.x, seen.load.y, seen.load.z)]))
    felt = np.einsum("k,kij->ij", next(iter(judge.couches.values()))[0], load)
    peak = np.argmax(felt, axis=1)
    each = np.empty((len(time), _ROWS), dtype=int)
    for k, times in enumerate(time):
        # Rows that only fill a batch up repeat the one before them.
        own = np.flatnonzero(np.append(True, np.diff(times) > 0.0))
        each[k] = own[np.linspace(0, len(own) - 1, _ROWS).astype(int)]
    each[:, _ROWS // 2] = peak  # the largest load is always among them
    each.sort(axis=1)
    lane = np.arange(len(time))[:, None]

    def thin(values: object) -> Array:
        return np.asarray(values, dtype=float)[lane, each].astype(np.float32).astype(float)

    return {
        "path_time": thin(time) - flown.asked.time[:, None],
        "path_height": thin(seen.height),
        "path_speed": thin(seen.speed),
        "path_load": thin(felt),
        "path_pressure": thin(seen.dynamic_pressure),
        "path_attack": thin(seen.incidence),
        "path_apart": thin(apart),
    }
