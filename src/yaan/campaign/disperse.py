"""A dispersed mission: draws of its `dispersions`, each flown by the commands of the nominal one.

A draw is a lane: a plan with the drawn values of its keys. What a mission needs and does not say
is designed once, for the mission as it is, and no draw is designed anew. What guides a draw takes
it for the mission as it is; where navigation has errors, each draw has its own.

Ignores, of each flight: what a single one tells beyond its end (`flight.run`); `yaan fly FOLDER
--lane K` flies one in full. Probabilities are those of the distributions, which are assumed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
import xarray

from yaan.base.errors import InputError, Problem, YaanError, quote
from yaan.campaign.draws import MOST_SEED, Array, Column, draw, told_kind
from yaan.campaign.folder import DRAWN, Folder
from yaan.campaign.study import cell, columns_told, kept_commands, netcdf
from yaan.campaign.sweep import Lane, Seeing, Watch, ends_told, fly_lanes, lanes_from
from yaan.description.dispersions import DispersionSpec
from yaan.description.own import GivenModels
from yaan.flight.models.navigation import orbit_estimates
from yaan.flight.run import BATCH, Seen
from yaan.mission.checks import check, drawn_of
from yaan.mission.dispersed import BLOCK, DENSITY, EPOCH, WHOLE, WIND, Drawn
from yaan.mission.expansion import shorthand
from yaan.mission.file.tree import Tree
from yaan.mission.load import override
from yaan.report import Drawing, Key, Lanes, write_sweep
from yaan.results.commands import Commands
from yaan.results.outcome import OutcomeCode
from yaan.results.store import own_models, write_bytes, write_manifest, write_text

SUBJECT: Final = "disperse"
"""What stands for the file in messages."""

MOST_DRAWS: Final = 100_000
MOST_SCALE: Final = 100

_ERRORS: Final = "navigation.draw"

_COMPONENTS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    DENSITY: (("scale",), "1"),
    WIND: (("east", "north"), "m s-1"),
}


@dataclass(frozen=True)
class Dispersed:
    """A dispersed mission as it was asked for."""

    tree: Tree
    count: int
    """How many draws."""
    seed: int = 1
    scale: float = 1.0
    """Times every sigma."""
    nominal: bool = False
    """Whether draw 0 is the mission as it is."""
    commands: Commands | None = None
    """Those that all fly by; None of what needs none."""

    def require(self) -> None:
        """See that the mission has something to draw, and the numbers can be.

        Raises:
            InputError: with all that cannot be.
        """
        wrong: list[Problem] = []
        for name, value, low, high in (
            ("n", self.count, 1, MOST_DRAWS),
            ("seed", self.seed, 0, MOST_SEED),
            ("scale", self.scale, 0, MOST_SCALE),
        ):
            if not low <= value <= high:  # NaN is neither
                expected = f"a number from {low} to {high}"
                wrong.append(Problem(SUBJECT, None, name, quote(value), expected))
        plan = check(self.tree)
        if not plan.dispersions:
            told = "a mission with dispersions: keys of it, and how their values are distributed"
            hint = 'as dispersions: {capsule.mass: {normal: "0.5 %"}}'
            wrong.append(Problem(plan.name, None, BLOCK, "", told, hint))
        if wrong:
            raise InputError(wrong)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """What is drawn of each key."""
        how: dict[str, Any] = {"scale": self.scale, "nominal": self.nominal}
        return draw(self._drawn, self.seed, 0, self.count, **how)

    @property
    def _drawn(self) -> tuple[Drawn, ...]:
        """The keys of its file, and which errors its navigation has."""
        told, spec = drawn_of(self.tree), check(self.tree).navigation
        if spec is None or spec.model == "perfect" or any(one.key == _ERRORS for one in told):
            return told
        return (*told, Drawn(_ERRORS, DispersionSpec(seed=True), WHOLE, float(spec.draw), None))

    def values(self, row: int) -> dict[str, Any]:
        """The values of one draw by dotted key, as a file has them.

        Raises:
            YaanError: no draw of that number.
        """
        if not 0 <= row < self.count:
            raise YaanError(f"There are draws 0 to {self.count - 1}; {row} is none of them.")
        return {column.drawn.key: column.written(row) for column in self.columns}

    @property
    def bare(self) -> Tree:
        """The mission without its dispersions, which draws replace values of."""
        word = self.tree.data.get("navigation")
        # A key below a word leads nowhere: the word is written out.
        spelt = {"navigation": {"model": word}} if isinstance(word, str) else {}
        return override(shorthand(self.tree), {BLOCK: None, **spelt})


def disperse(
    asked: Dispersed,
    *,
    parent: Path | str | None = None,
    batch: int | None = None,
    watch: Watch | None = None,
) -> xarray.Dataset:
    """Draw and fly, by the commands of the mission as it is; see `Mission.disperse`."""
    asked.require()
    if watch is not None:
        watch(0, 0, "designing the commands that all fly by")
    asked = replace(asked, commands=kept_commands(asked.bare))
    folder = None
    if parent is not None:
        told = {
            "mission": str(asked.tree.data["name"]),
            "draws": asked.count,
            "seed": asked.seed,
            "scale": asked.scale,
            "nominal": asked.nominal,
        }
        folder = Folder.begun(parent, DRAWN, asked.tree, told, asked.commands)
    return flown(asked, folder, batch=batch, watch=watch)


def resume(
    path: Path | str,
    given: GivenModels | None = None,
    *,
    batch: int | None = None,
    watch: Watch | None = None,
) -> xarray.Dataset:
    """Go on where a dispersed mission was stopped, with the models of the user's own it had.

    Raises:
        YaanError: no folder of a dispersed mission.
        InputError: a model that it had is not given, or is another one by now.
    """
    folder = Folder(Path(path))
    return flown(asked_of(folder, given), folder, batch=batch, watch=watch)


def asked_of(folder: Folder, given: GivenModels | None = None) -> Dispersed:
    """What was asked of the folder of a dispersed mission; see `resume`."""
    tree, told, commands = folder.read(DRAWN, given)
    try:
        numbers = int(told["draws"]), int(told["seed"]), float(told["scale"])
        nominal = bool(told["nominal"])
    except (KeyError, TypeError, ValueError) as error:
        raise YaanError(f"{folder.path / DRAWN} is damaged: {error}.") from error
    found = Dispersed(tree, *numbers, nominal, commands)
    found.require()
    return found


def prepare(asked: Dispersed) -> list[Lane]:
    """Every draw with its plan, none flown; one that the mission's rules refuse says why."""
    return lanes_from(asked.bare, map(asked.values, range(asked.count)))


def flown(
    asked: Dispersed,
    folder: Folder | None,
    *,
    batch: int | None = None,
    watch: Watch | None = None,
) -> xarray.Dataset:
    """Fly every draw that is not kept yet, and write what is made of them."""
    begun = perf_counter()
    if watch is not None:
        watch(0, asked.count, "drawing")
    lanes = prepare(asked)
    how: dict[str, Any] = {"folder": folder, "watch": watch, "seeing": _seeing(asked)}
    fly_lanes(lanes, asked.commands, batch=batch or BATCH, **how)
    found = dataset(asked, lanes)
    if folder is None:
        return found
    write_bytes(folder.path / "dispersions.nc", netcdf(found))
    write_text(folder.path / "dispersions.csv", table(asked, lanes))
    inputs = {"mission.yaml": folder.path / "mission.yaml", DRAWN: folder.path / DRAWN}
    spent = {"disperse": perf_counter() - begun}
    own = own_models((word, one.own) for word, one in asked.tree.given.items())
    write_manifest(folder.path, yaan=version("yaan"), inputs=inputs, timings=spent, extra=own)
    write_sweep(lanes_told(asked, lanes), folder.path)
    return found.assign_attrs(folder=str(folder.path))


def _seeing(asked: Dispersed) -> Seeing | None:
    """What the guidance of draws knows: the mission as it is, and what navigation tells."""
    nominal = check(asked.bare)
    if nominal.guidance is None:
        return None
    return lambda plans: Seen(nominal, orbit_estimates(plans))


def dataset(asked: Dispersed, lanes: Sequence[Lane]) -> xarray.Dataset:
    """The ends over `draw`; coordinates are the drawn numbers, variables the profiles too."""
    made = ends_told(lanes, ("draw",), (len(lanes),))
    coordinates: dict[str, Any] = {"draw": ("draw", np.arange(len(lanes)), {})}
    for name, unit, values in _numbers(asked.columns):
        coordinates[name] = ("draw", values, {"units": unit})
    for column in asked.columns:
        names, unit = _COMPONENTS.get(column.drawn.kind, ((), ""))
        key = column.drawn.key
        for place, name in enumerate(names):
            heights = f"{key}.height"
            coordinates[heights] = (heights, np.array(column.knots), {"units": "m"})
            made[f"{key}.{name}"] = (
                ("draw", heights),
                column.values[:, place],
                {"units": unit},
            )
    about = {
        "mission": str(asked.tree.data["name"]),
        "seed": asked.seed,
        "scale": asked.scale,
        "nominal": int(asked.nominal),
        "design": "kept" if asked.commands is not None else "none",
        "judged": "ends only: no verdicts, no errors of the integration",
    }
    return xarray.Dataset(made, coordinates, about)


def _numbers(columns: Sequence[Column]) -> Iterator[tuple[str, str, Array]]:
    """What was drawn as numbers: a name, a unit, and one number a draw; a name for each unit."""
    for column in columns:
        drawn, values = column.drawn, column.values
        if drawn.kind in _COMPONENTS:
            continue
        unit = "s" if drawn.kind == EPOCH else _spelt(drawn.unit)
        if values.ndim == 1:
            yield drawn.key, unit, values
            continue
        for place in range(values.shape[1]):
            yield f"{drawn.key}.{place + 1}", unit, values[:, place]


def _spelt(unit: str) -> str:
    """A unit as datasets have it: m s-1."""
    return re.sub(r"/(\w+?)(\d?)$", lambda found: f" {found[1]}-{found[2] or 1}", unit)


def table(asked: Dispersed, lanes: Sequence[Lane]) -> str:
    """One line a draw: its numbers and its profiles in SI, how it ended, its columns."""
    drawn: list[tuple[str, Array]] = [(name, values) for name, _, values in _numbers(asked.columns)]
    for column in asked.columns:
        names, _ = _COMPONENTS.get(column.drawn.kind, ((), ""))
        for place, name in enumerate(names):
            drawn += [
                (f"{column.drawn.key}.{name}@{height:g}m", column.values[:, place, knot])
                for knot, height in enumerate(column.knots)
            ]
    ends = list(dict.fromkeys(name for lane in lanes for name in lane.ends))
    heads = ["draw", *(name for name, _ in drawn), "outcome", "phase", *ends, "text"]
    lines = [",".join(heads)]
    for row, lane in enumerate(lanes):
        told = [f"{float(values[row]):.12g}" for _, values in drawn]
        columns = [f"{lane.ends[name]:.12g}" if name in lane.ends else "" for name in ends]
        text = cell(lane.text)
        lines.append(",".join([str(row), *told, lane.word, lane.phase, *columns, text]))
    return "\n".join(lines) + "\n"


def lanes_told(asked: Dispersed, lanes: Sequence[Lane]) -> Lanes:
    """The draws as their page takes them."""
    keys = [
        Key(name, tuple(f"{x:.7g}" for x in values.tolist()), values, unit)
        for name, unit, values in _numbers(asked.columns)
    ]
    drawn = {column.drawn.key: told_kind(column.drawn.spec) for column in asked.columns}
    return Lanes(
        mission=str(asked.tree.data["name"]),
        title=str(asked.tree.data.get("title") or ""),
        yaan=version("yaan"),
        keys=tuple(keys),
        zipped=True,
        design="kept" if asked.commands is not None else "none",
        words=tuple(lane.word for lane in lanes),
        phases=tuple(lane.phase for lane in lanes),
        texts=tuple(lane.text for lane in lanes),
        columns=columns_told(lanes),
        drawing=Drawing(asked.seed, asked.scale, asked.nominal, drawn),
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
