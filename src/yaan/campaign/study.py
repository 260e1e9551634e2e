"""From what is asked of a sweep to its dataset, and the files of its folder."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
import xarray

from yaan.base.errors import NoSolutionError
from yaan.campaign.axes import axes_of
from yaan.campaign.capability import curve, sun_synchronous
from yaan.campaign.folder import ASKED, Folder
from yaan.campaign.sweep import Lane, Sweep, Watch, dataset, folder_of, needs_design, prepare, sweep
from yaan.description.own import GivenModels
from yaan.design.commands import design
from yaan.flight.run import BATCH
from yaan.mission.checks import check
from yaan.mission.file.tree import Tree
from yaan.mission.provenance import text_of_tree
from yaan.report import Key, Lanes, Payloads, write_capability, write_sweep
from yaan.results.commands import Commands
from yaan.results.ends import ENDS
from yaan.results.outcome import OutcomeCode
from yaan.results.payloads import Point
from yaan.results.store import (
    new_run_folder,
    own_models,
    write_bytes,
    write_manifest,
    write_text,
)

_QUOTE: Final = '"'
_SAME: Final = 1e-7  # [rad], of an inclination as a file has it


def study(
    tree: Tree,
    over: Mapping[str, Sequence[Any]],
    *,
    zipped: bool = False,
    redesign: bool = True,
    parent: Path | str | None = None,
    batch: int | None = None,
    watch: Watch | None = None,
) -> xarray.Dataset:
    """Fly a sweep; see `Mission.sweep`."""
    asked = Sweep(tree, axes_of(over), zipped)
    prepare(asked)  # whatever is wrong is told before anything flies
    if not redesign:
        if watch is not None:
            watch(0, 0, "designing the commands that all fly by")
        asked = Sweep(tree, asked.axes, zipped, kept_commands(tree))
    folder = None if parent is None else folder_of(parent, asked)
    return flown(asked, folder, batch=batch, watch=watch)


def resume(
    path: Path | str,
    given: GivenModels | None = None,
    *,
    batch: int | None = None,
    watch: Watch | None = None,
) -> Any:
    """Go on with a sweep where it was stopped, with the models of the user's own that it had.

    Returns its dataset.

    Raises:
        YaanError: no folder of a sweep.
        InputError: a model that it had is not given, or is another one by now.
    """
    folder = Folder(Path(path))
    return flown(Sweep(*folder.asked(given)), folder, batch=batch, watch=watch)


def flown(
    asked: Sweep, folder: Folder | None, *, batch: int | None = None, watch: Watch | None = None
) -> xarray.Dataset:
    """Fly a sweep, and write what is made of it."""
    begun = perf_counter()
    lanes = sweep(asked, batch=batch or BATCH, folder=folder, watch=watch)
    about = {"mission": str(asked.tree.data["name"])}
    about |= {"design": "kept" if asked.commands is not None else "each anew"}
    about["judged"] = "ends only: no verdicts, no errors of the integration"
    found = dataset(asked, lanes, about)
    if folder is None:
        return found
    write_bytes(folder.path / "sweep.nc", netcdf(found))
    write_text(folder.path / "sweep.csv", table(asked, lanes))
    inputs = {"mission.yaml": folder.path / "mission.yaml", ASKED: folder.path / ASKED}
    spent = {"sweep": perf_counter() - begun}
    own = own_models((word, one.own) for word, one in asked.tree.given.items())
    write_manifest(folder.path, yaan=version("yaan"), inputs=inputs, timings=spent, extra=own)
    write_sweep(lanes_told(asked, lanes), folder.path)
    return found.assign_attrs(folder=str(folder.path))


def lanes_told(asked: Sweep, lanes: Sequence[Lane]) -> Lanes:
    """The flights of a sweep as its page takes them."""
    keys: list[Key] = []
    for axis in asked.axes:
        numbers, unit = axis.numbers or (None, "")
        keys.append(Key(axis.key, axis.labels, numbers, unit))
    searched = asked.commands is None and any(needs_design(lane.plan) for lane in lanes)
    return Lanes(
        mission=str(asked.tree.data["name"]),
        title=str(asked.tree.data.get("title") or ""),
        yaan=version("yaan"),
        keys=tuple(keys),
        zipped=asked.zipped,
        design="kept" if asked.commands is not None else "anew" if searched else "none",
        words=tuple(lane.word for lane in lanes),
        phases=tuple(lane.phase for lane in lanes),
        texts=tuple(lane.text for lane in lanes),
        columns=columns_told(lanes),
    )


def columns_told(lanes: Sequence[Lane]) -> dict[str, np.ndarray]:
    """What lanes ended in by the names of `results.ends`, NaN of what one did not come to."""
    return {
        name: np.array([lane.ends.get(name, np.nan) for lane in lanes])
        for name in ENDS
        if any(name in lane.ends for lane in lanes)
    }


def save_curve(parent: Path | str, tree: Tree, points: Sequence[Point]) -> Path:
    """Write a folder with the payloads of a launcher; returns it.

    Raises:
        OutputError: it cannot be written.
    """
    name = str(tree.data["name"])
    path = new_run_folder(parent, f"{name}-capability")
    text = text_of_tree(tree)
    write_text(path / "mission.yaml", text)
    lines = ["height_m,inclination_rad,payload_kg,left_kg,outcome,text"]
    lines += [
        f"{p.height:.12g},{p.inclination:.12g},{p.payload:.12g},{p.left:.12g},{p.word},{cell(p.text)}"
        for p in points
    ]
    write_text(path / "capability.csv", "\n".join(lines) + "\n")
    write_bytes(path / "capability.nc", netcdf(curve(points, name)))
    inputs = {"mission.yaml": text.encode()}
    made = version("yaan")
    write_manifest(path, yaan=made, inputs=inputs, timings={})
    title = str(tree.data.get("title") or "")
    write_capability(_by_inclination(points), path, mission=name, title=title, yaan=made)
    return path


def _by_inclination(points: Sequence[Point]) -> list[Payloads]:
    """The points of each inclination that was asked for, which stand side by side at a height."""
    count = len(points) // max(len({point.height for point in points}), 1)
    found: list[Payloads] = []
    for place in range(count):
        these = tuple(points[place::count])
        degrees = [float(np.degrees(point.inclination)) for point in these]
        low, high = (f"{angle:.2f}" for angle in (min(degrees), max(degrees)))
        name = f"{low}°" if low == high else f"{low}° to {high}°"
        if all(_turns_with_sun(point) for point in these):
            name = f"Sun-synchronous, {name}"
        found.append(Payloads(name, these))
    return found


def _turns_with_sun(point: Point) -> bool:
    try:
        return abs(sun_synchronous(point.height) - point.inclination) < _SAME
    except ValueError:
        return False


def kept_commands(tree: Tree) -> Commands | None:
    """The commands of the mission as it is; None of what flies without any.

    Raises:
        NoSolutionError: none were found.
    """
    plan = check(tree)
    if not needs_design(plan):
        return None
    found = design(plan)
    if found.code != OutcomeCode.REACHED:
        raise NoSolutionError(f"{plan.name} has no commands to keep. {found.text}")
    return found.commands


def netcdf(found: xarray.Dataset) -> bytes:
    """The dataset as the bytes of a netCDF file."""
    texts = {
        name: values.astype(str)
        for name, values in found.variables.items()
        if values.dtype == object
    }
    made = found.assign({name: texts[name] for name in found.data_vars if name in texts})
    made = made.assign_coords({name: texts[name] for name in found.coords if name in texts})
    return bytes(made.to_netcdf(engine="scipy"))


def table(asked: Sweep, lanes: Sequence[Lane]) -> str:
    """One line a flight: its values, how it ended, its columns."""
    names = list(dict.fromkeys(name for lane in lanes for name in lane.ends))
    heads = ["lane", *(axis.key for axis in asked.axes), "outcome", "phase", *names]
    lines = [",".join(heads)]
    for lane in lanes:
        values = [cell(lane.values[axis.key]) for axis in asked.axes]
        ends = [f"{lane.ends[name]:.12g}" if name in lane.ends else "" for name in names]
        lines.append(",".join([str(lane.index), *values, lane.word, lane.phase, *ends]))
    return "\n".join(lines) + "\n"


def cell(value: Any) -> str:
    """A value as a line of a table has it."""
    text = value if isinstance(value, str) else repr(value)
    special = any(letter in text for letter in f",{_QUOTE}\n")
    return _QUOTE + text.replace(_QUOTE, 2 * _QUOTE) + _QUOTE if special else text


def words_of(found: xarray.Dataset) -> dict[str, int]:
    """How many flights ended how."""
    words, counts = np.unique(found["outcome"].values.astype(str), return_counts=True)
    return dict(zip(words.tolist(), counts.tolist(), strict=True))
