"""A sweep: one mission flown with many values of its keys, each designed anew or by kept commands.

Every flight has an outcome, and none stops the others. What is finished is kept at once, so that a
sweep that was stopped goes on where it was.

Ignores, of each flight: what a single one tells beyond its end (`flight.run`); `yaan fly FOLDER
--lane K` flies one in full.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray

from yaan.base.errors import InputError, YaanError
from yaan.base.session import computing
from yaan.campaign.axes import Axis, lanes_of
from yaan.campaign.folder import Folder
from yaan.description import BankSpec, InterfaceSpec, Plan
from yaan.design.commands import Designed, design
from yaan.flight.run import BATCH, Seen, run
from yaan.mission.checks import check
from yaan.mission.file.tree import Tree
from yaan.mission.load import override
from yaan.results.commands import Commands
from yaan.results.ends import ENDS, Ends
from yaan.results.outcome import OutcomeCode

REFUSED: Final = "refused"
"""The outcome of values that the mission's own rules refuse."""

_CHUNK: Final = 4
"""Batches that are flown before what they ended in is kept."""

_DESIGNED: Final = 16
"""Lanes of the batch that one designed flight takes: no more than its search had."""

_PARALLEL: Final = 2  # designs that are searched for side by side

Seeing = Callable[[Sequence[Plan]], Seen]
"""What guidance knows of plans that fly together."""

Watch = Callable[[int, int, str], None]
"""Told how many of how many flights have ended, and of what is being done."""


@dataclass
class Lane:
    """One flight of a sweep."""

    index: int
    values: dict[str, Any]
    plan: Plan | None
    """None of values that are refused."""
    word: str = ""
    """How it ended; empty before."""
    text: str = ""
    ends: dict[str, float] = field(default_factory=dict[str, float])
    phase: str = ""


@dataclass(frozen=True)
class Sweep:
    """A sweep as it was asked for."""

    tree: Tree
    axes: tuple[Axis, ...]
    zipped: bool = False
    commands: Commands | None = None
    """Those that all fly by; None, and each is designed anew."""


def sweep(
    asked: Sweep, *, batch: int = BATCH, folder: Folder | None = None, watch: Watch | None = None
) -> list[Lane]:
    """Fly all of it, but for what the `folder` has already; returns the flights in their order.

    Raises:
        InputError: a key or values that no flight can have.
        OutputError: what is finished cannot be kept.
    """
    lanes = prepare(asked)
    fly_lanes(lanes, asked.commands, batch=batch, folder=folder, watch=watch)
    return lanes


def fly_lanes(
    lanes: Sequence[Lane],
    commands: Commands | None,
    *,
    batch: int = BATCH,
    folder: Folder | None = None,
    watch: Watch | None = None,
    seeing: Seeing | None = None,
) -> None:
    """Fly lanes that are prepared, but for what the `folder` has already.

    Args:
        lanes: in their order; how each ended is written into it.
        commands: those that all fly by; None, and each is designed anew that needs a design.
        batch: lanes that fly together.
        folder: keeps what is finished.
        watch: told of the progress.
        seeing: what guidance knows of plans that fly together; None, and it knows everything.

    Raises:
        OutputError: what is finished cannot be kept.
    """
    done = {} if folder is None else folder.finished()
    for lane in lanes:
        known = done.get(lane.index)
        if known is not None:
            lane.word, lane.text, lane.phase, lane.ends = known
    tell = watch or (lambda done, of, text: None)
    left = [lane for lane in lanes if not lane.word]
    for chunk in _fly(commands, left, batch, lanes, tell, seeing):
        if folder is not None:
            folder.keep(chunk)
        tell(sum(bool(lane.word) for lane in lanes), len(lanes), "")


def prepare(asked: Sweep) -> list[Lane]:
    """Every flight with its plan, none flown.

    Raises:
        InputError: a key that the mission has not, or of which it refuses every value.
    """
    rows = lanes_of(asked.axes, zipped=asked.zipped)
    for axis in asked.axes:
        _known(asked.tree, axis)
    return lanes_from(asked.tree, rows)


def lanes_from(
    tree: Tree,
    rows: Iterable[Mapping[str, Any]],
    make: Callable[[Mapping[str, Any]], Plan] | None = None,
) -> list[Lane]:
    """A lane for each row of values by dotted key; one that is refused says why.

    `make`: the plan with values in the place of those of the `tree`, where there is a quicker way.
    """
    lanes: list[Lane] = []
    made = make or (lambda values: check(override(tree, values), beside=True))
    for index, row in enumerate(rows):
        values = dict(row)
        try:
            lanes.append(Lane(index, values, made(values)))
        except InputError as error:
            # They are no line of a file, so that the keys say where.
            told = (replace(one, file="", line=None).sentence() for one in error.problems)
            text = f"{'; '.join(told)}."
            lanes.append(Lane(index, values, None, REFUSED, text))
    return lanes


def _known(tree: Tree, axis: Axis) -> None:
    """Refuse a key that takes none of its values: it is no key, or it is meant otherwise."""
    refused: InputError | None = None
    for value in axis.values:
        try:
            check(override(tree, {axis.key: value}))
        except InputError as error:
            refused = refused or error
        else:
            return
    assert refused is not None
    raise refused


def _fly(
    commands: Commands | None,
    lanes: Sequence[Lane],
    batch: int,
    every: Sequence[Lane],
    tell: Watch,
    seeing: Seeing | None,
) -> Iterator[list[Lane]]:
    """Fly `lanes`, chunk by chunk; those that were refused are chunks of their own."""
    searched = [lane for lane in lanes if commands is None and needs_design(lane.plan)]
    ready = [lane for lane in lanes if lane not in searched]
    count = len(every)

    def ended() -> int:
        return sum(bool(lane.word) for lane in every)

    for first in range(0, len(ready), _CHUNK * batch):
        chunk = ready[first : first + _CHUNK * batch]
        plans = [lane.plan for lane in chunk if lane.plan is not None]
        already = ended()
        ends = run(
            plans,
            commands,
            batch=min(batch, max(len(plans), 1)),
            seen=None if seeing is None else seeing(plans),
            watch=lambda done, of, already=already: tell(already + done, count, "flying"),
        )
        for row, lane in enumerate(chunk):
            _end(lane, ends, row)
        yield chunk

    def one(lane: Lane) -> Lane:
        assert lane.plan is not None
        with computing():
            _designed(lane, design(lane.plan))
        return lane

    with ThreadPoolExecutor(max_workers=_PARALLEL) as pool:
        try:
            for lane in pool.map(one, searched):
                yield [lane]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def needs_design(plan: Plan | None) -> bool:
    """Whether a flight must be searched for before it flies."""
    if plan is None:
        return False
    if plan.ascent is not None:
        return True
    entering = plan.entry_flight
    banked = entering is not None and entering.entry.bank
    return isinstance(plan.start, InterfaceSpec) and isinstance(banked, BankSpec) and banked.solve


def _designed(lane: Lane, found: Designed) -> None:
    """Fly a lane by what was found for it; as far as that goes where something is missing."""
    assert lane.plan is not None
    if found.code == OutcomeCode.REACHED:
        _end(lane, run([lane.plan], found.commands, batch=_DESIGNED), 0)
        return
    lane.word, lane.text = found.code.word, found.text


def _end(lane: Lane, ends: Ends, row: int) -> None:
    """Write down how a lane ended."""
    code = OutcomeCode(int(ends["outcome"][row]))
    lane.phase = str(ends["phase"][row])
    lane.word = code.word
    lane.text = "" if code == OutcomeCode.REACHED else code.sentence(lane.phase)
    lane.ends = {
        name: float(ends[name][row])
        for name in ENDS
        if name != "outcome" and np.isfinite(ends[name][row])
    }


def dataset(asked: Sweep, lanes: Sequence[Lane], about: Mapping[str, str]) -> xarray.Dataset:
    """The ends as a dataset: a dimension a key, or one named `lane` of values side by side.

    A coordinate holds the numbers of a key's values in their own unit, which is its attribute, or
    the values as text.
    """
    shape = (len(lanes),) if asked.zipped else tuple(len(axis.values) for axis in asked.axes)
    dims = ("lane",) if asked.zipped else tuple(axis.key for axis in asked.axes)
    made = ends_told(lanes, dims, shape)
    coordinates = {axis.key: _coordinate(axis, zipped=asked.zipped) for axis in asked.axes}
    if asked.zipped:
        coordinates["lane"] = ("lane", np.arange(len(lanes)), {})
    return xarray.Dataset(made, coordinates, dict(about))


def ends_told(
    lanes: Sequence[Lane], dims: tuple[str, ...], shape: tuple[int, ...]
) -> dict[str, Any]:
    """The ends of lanes as variables of a dataset of those dimensions."""
    made: dict[str, Any] = {}
    for name, column in ENDS.items():
        if name == "outcome":
            continue
        values = np.array([lane.ends.get(name, np.nan) for lane in lanes])
        if np.any(np.isfinite(values)):
            told = {"units": column.unit, "long_name": column.long_name}
            told |= {"frame": column.frame} if column.frame else {}
            made[name] = (dims, values.reshape(shape), told)
    for name, words in (
        ("outcome", [lane.word for lane in lanes]),
        ("phase", [lane.phase for lane in lanes]),
        ("text", [lane.text for lane in lanes]),
    ):
        made[name] = (dims, np.array(words, dtype=object).reshape(shape))
    return made


def _coordinate(axis: Axis, *, zipped: bool) -> tuple[str, Any, dict[str, str]]:
    numbers = axis.numbers
    where = "lane" if zipped else axis.key
    if numbers is None:
        return where, np.array(axis.labels, dtype=object), {}
    return where, numbers[0], {"units": numbers[1]}


def lane_of(asked: Sweep, index: int) -> dict[str, Any]:
    """The values of one flight.

    Raises:
        YaanError: no flight of that number.
    """
    rows = lanes_of(asked.axes, zipped=asked.zipped)
    if not 0 <= index < len(rows):
        raise YaanError(f"The sweep has lanes 0 to {len(rows) - 1}; {index} is none of them.")
    return rows[index]


def folder_of(parent: Path | str, asked: Sweep) -> Folder:
    """A new folder of a sweep below `parent`."""
    name = str(asked.tree.data["name"])
    return Folder.made(parent, name, asked.tree, asked.axes, asked.zipped, asked.commands)
