"""What draws ended in: their columns as a dataset, as a table and as their page takes them.

A column has a number or a word for each draw. The numbers that were drawn come first, profiles knot
by knot; then every column of `results.ends`, NaN of what a draw did not come to; then how it ended.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray
from numpy.typing import NDArray

from yaan.campaign.draws import Array, Column, told_kind
from yaan.campaign.study import cell
from yaan.campaign.sweep import Lane
from yaan.mission.dispersed import DENSITY, EPOCH, WIND
from yaan.report import Drawing, Key, Lanes
from yaan.report.figures.lanes import FLOWN, Ellipse, Hanging, Percentiles, Required, Said
from yaan.results.ends import ENDS
from yaan.results.outcome import OutcomeCode

if TYPE_CHECKING:
    from yaan.campaign.disperse import Dispersed
    from yaan.campaign.summary import CampaignSummary

Columns = dict[str, NDArray[Any]]

WORDS: Final = ("outcome", "phase", "text")
"""How a draw ended, in which phase, and what there is to say of it."""

_COMPONENTS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = MappingProxyType(
    {DENSITY: (("scale",), "1"), WIND: (("east", "north"), "m s-1")}
)


def columns_of(drawn: Sequence[Column], lanes: Sequence[Lane], first: int) -> Columns:
    """The columns of draws `first` and on, from what was drawn and how each ended."""
    found: Columns = {"draw": np.arange(first, first + len(lanes))}
    for name, _, values in numbers(drawn):
        found[name] = np.asarray(values, dtype=float)
    for name, values in _profiles(drawn):
        found[name] = np.asarray(values, dtype=float)
    for name in ENDS:
        if name != "outcome":
            found[name] = np.array([lane.ends.get(name, np.nan) for lane in lanes])
    told = [(lane.word, lane.phase, lane.text) for lane in lanes]
    for name, words in zip(WORDS, zip(*told, strict=True), strict=True):
        found[name] = np.array(words, dtype=object)
    return found


def flown(columns: Columns) -> NDArray[np.bool_]:
    """Which draws ended as they should [draws]."""
    return np.asarray(columns["outcome"] == FLOWN, dtype=bool)


def numbers(drawn: Sequence[Column]) -> Iterator[tuple[str, str, Array]]:
    """What was drawn as numbers: a name, a unit, and one number a draw; a name for each unit."""
    for column in drawn:
        one, values = column.drawn, column.values
        if one.kind in _COMPONENTS:
            continue
        unit = "s" if one.kind == EPOCH else _spelt(one.unit)
        if values.ndim == 1:
            yield one.key, unit, values
            continue
        for place in range(values.shape[1]):
            yield f"{one.key}.{place + 1}", unit, values[:, place]


def _profiles(drawn: Sequence[Column]) -> Iterator[tuple[str, Array]]:
    """What was drawn over height: a name for each component and knot."""
    for column in drawn:
        names, _ = _COMPONENTS.get(column.drawn.kind, ((), ""))
        for place, name in enumerate(names):
            for knot, height in enumerate(column.knots):
                values = column.values[:, place, knot]
                yield f"{column.drawn.key}.{name}@{height:g}m", values


def _spelt(unit: str) -> str:
    """A unit as datasets have it: m s-1."""
    return re.sub(r"/(\w+?)(\d?)$", lambda found: f" {found[1]}-{found[2] or 1}", unit)


def dataset(asked: "Dispersed", columns: Columns) -> xarray.Dataset:
    """The ends over `draw`; coordinates are the drawn numbers, variables the profiles too."""
    made: dict[str, Any] = {}
    for name, column in ENDS.items():
        if name != "outcome" and np.any(np.isfinite(columns[name])):
            told = {"units": column.unit, "long_name": column.long_name}
            told |= {"frame": column.frame} if column.frame else {}
            made[name] = ("draw", columns[name], told)
    for name in WORDS:
        made[name] = ("draw", columns[name])
    coordinates: dict[str, Any] = {"draw": ("draw", columns["draw"], {})}
    for name, unit, _ in numbers(asked.first):
        coordinates[name] = ("draw", columns[name], {"units": unit})
    for column in asked.first:
        names, unit = _COMPONENTS.get(column.drawn.kind, ((), ""))
        key = column.drawn.key
        for name in names:
            heights = f"{key}.height"
            coordinates[heights] = (heights, np.array(column.knots), {"units": "m"})
            knots = [columns[f"{key}.{name}@{height:g}m"] for height in column.knots]
            made[f"{key}.{name}"] = (("draw", heights), np.stack(knots, axis=1), {"units": unit})
    about = {
        "mission": str(asked.tree.data["name"]),
        "seed": asked.seed,
        "scale": asked.scale,
        "nominal": int(asked.nominal),
        "replicates": asked.replicates,
        "design": "kept" if asked.commands is not None else "none",
        "judged": "ends only: no verdicts, no errors of the integration",
    }
    return xarray.Dataset(made, coordinates, about)


def table(columns: Columns) -> str:
    """One line a draw: its numbers and its profiles in SI, how it ended, its columns."""
    ends = [name for name in ENDS if name != "outcome" and np.any(np.isfinite(columns[name]))]
    drawn = [name for name in columns if name not in ENDS and name not in ("draw", *WORDS)]
    heads = ["draw", *drawn, "outcome", "phase", *ends, "text"]
    each = [
        columns["draw"].astype(str),
        *(_written(columns[name]) for name in drawn),
        columns["outcome"],
        columns["phase"],
        *(_written(columns[name]) for name in ends),
        [cell(text) for text in columns["text"]],
    ]
    lines = (",".join(row) for row in zip(*each, strict=True))
    return "\n".join([",".join(heads), *lines]) + "\n"


def _written(values: Array) -> list[str]:
    return ["" if np.isnan(value) else f"{value:.12g}" for value in values.tolist()]


def said(summary: "CampaignSummary", replicates: int = 0) -> Said:
    """What the draws say, as their page takes it."""
    required = [
        Required(
            *(one.name, one.text, one.quantity, one.verdict, one.met, one.draws),
            *(one.low, one.high, one.required, one.more),
            worst=None if one.worst is None else (one.worst.draw, one.worst.value),
        )
        for one in summary.requirements
    ]
    spreads = {
        one.name: Percentiles(
            one.mean,
            one.deviation,
            tuple((at.share, at.value, at.low, at.high) for at in one.percentiles),
        )
        for one in summary.spreads
    }
    hanging = {
        name: tuple(Hanging(**vars(one)) for one in every)
        for name, every in summary.influences.items()
    }
    return Said(
        confidence=summary.confidence,
        replicates=replicates,
        required=tuple(required),
        spreads=spreads,
        footprints=tuple(Ellipse(**vars(one)) for one in summary.footprints),
        hanging=hanging,
        lost=tuple((one.key, one.delta, one.noise) for one in summary.lost),
    )


def lanes_told(
    asked: "Dispersed", columns: Columns, summary: "CampaignSummary | None" = None
) -> Lanes:
    """The draws as their page takes them, with what they say."""
    keys = [
        Key(name, tuple(f"{x:.7g}" for x in columns[name].tolist()), columns[name], unit)
        for name, unit, _ in numbers(asked.first)
    ]
    drawn = {column.drawn.key: told_kind(column.drawn.spec) for column in asked.first}
    return Lanes(
        mission=str(asked.tree.data["name"]),
        title=str(asked.tree.data.get("title") or ""),
        yaan=version("yaan"),
        keys=tuple(keys),
        zipped=True,
        design="kept" if asked.commands is not None else "none",
        words=tuple(columns["outcome"].tolist()),
        phases=tuple(columns["phase"].tolist()),
        texts=tuple(columns["text"].tolist()),
        columns={
            name: columns[name]
            for name in ENDS
            if name != "outcome" and not np.all(np.isnan(columns[name]))
        },
        drawing=Drawing(asked.seed, asked.scale, asked.nominal, drawn),
        said=None if summary is None else said(summary, asked.replicates),
    )


def causes(found: xarray.Dataset) -> str:
    """How many flew, and how many failed by which cause, in one line."""
    rows = zip(
        *(found[name].values.astype(str).tolist() for name in ("outcome", "phase", "text")),
        strict=True,
    )
    counts: dict[tuple[str, str], list[str]] = {}
    for word, phase, text in rows:
        counts.setdefault((word, phase if word != "flown" else ""), []).append(text)
    lacking = _lacking(found)
    order = sorted(counts, key=lambda one: (one[0] != "flown", -len(counts[one]), one))
    told = [
        f"{len(counts[one])} {one[0]}" + (f" in {one[1]}" if one[1] else "")
        + (f" ({counts[one][0]})" if one[0] == "refused" else lacking.get(one, ""))
        for one in order
    ]  # fmt: skip
    total = int(found.sizes["draw"])
    failed = total - len(counts.get(("flown", ""), []))
    return f"{', '.join(told)}: {failed} of {total} failed."


def _lacking(found: xarray.Dataset) -> dict[tuple[str, str], str]:
    """What propellant lacked of the draws that did not reach their orbit for it, by the cause."""
    if "velocity_lacking" not in found:
        return {}
    spans: dict[tuple[str, str], list[float]] = {}
    words, phases = (found[name].values.astype(str).tolist() for name in ("outcome", "phase"))
    for word, phase, lacked in zip(words, phases, found["velocity_lacking"].values, strict=True):
        if word == OutcomeCode.RAN_DRY.word and lacked > 0.0:
            spans.setdefault((word, phase), []).append(float(lacked))
    return {
        cause: f" (lacking {min(span):.0f} to {max(span):.0f} m/s)" for cause, span in spans.items()
    }
