"""A flight that begins at an event of another run: the event becomes the state that it was.

The resolved mission holds numbers alone, so that it flies again where the other run is gone. Time
goes on: the epoch is that of the other run, and the flight starts as long after it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from yaan.base import InputError, Problem, nearest, quote
from yaan.base.errors import YaanError
from yaan.base.plain import is_list, is_mapping
from yaan.mission.file.tree import Node, Tree, children

if TYPE_CHECKING:
    import numpy as np

    from yaan.results.store import FlightRecord
    from yaan.results.trajectory import History

END: Final = "end"

_TURNING: Final = ("attitude", "rate_body")
_CLOSE: Final = 1e-6  # [s] rows nearer than this are of one instant


def continued(tree: Tree) -> Tree:
    """The tree with `start.run` replaced by the state there; any other tree as it is.

    Raises:
        InputError: of a run that is not there, or has no such event, with its place in the file.
    """
    start = tree.root.child("start")
    asked = None if start is None else start.child("run")
    if start is None or asked is None or asked.value is None:
        return tree
    folder, at = asked.child("folder"), asked.child("at")
    if folder is None or not isinstance(folder.value, str):
        expected = "required: the run folder, as a path from this file"
        raise InputError(Problem(asked.source.label, asked.line, "start.run.folder", "", expected))
    for key in ("state", "time", "mass"):
        told = start.child(key)
        if told is not None and told.value is not None:
            place = (told.source.label, told.line, f"start.{key}", quote(told.plain()))
            raise InputError(Problem(*place, "nothing with start.run, which has it"))
    record = _record(folder)
    row = _row(record, at or folder.with_value(END))
    history = record.history
    assert history is not None
    source = f"{record.summary.mission}, {END if at is None else at.plain()}, of another run"
    made = _state(history, row) | {"source": source}
    rest = {key: node for key, node in children(start).items() if key != "run"}
    tanks = _tanks(history, row, children(tree.root).get("vehicle"))
    known: dict[str, object] = {
        "state": made,
        "time": f"{float(history['time'][row])!r} s",
        "mass": f"{float(history['mass'][row])!r} kg",
    }
    if tanks and "tanks" not in rest:
        known["tanks"] = tanks
    below = rest | {key: node_like(value, asked) for key, value in known.items()}
    top = children(tree.root) | {"start": start.with_value(below)}
    epoch = top.get("epoch")
    if epoch is not None and epoch.value not in (None, record.summary.epoch):
        hint = f"that of the run is {record.summary.epoch}"
        place = (epoch.source.label, epoch.line, "epoch", quote(epoch.plain()))
        raise InputError(Problem(*place, "nothing with start.run", hint))
    top["epoch"] = node_like(record.summary.epoch, asked)
    return replace(tree, root=tree.root.with_value(top))


def _record(folder: Node) -> "FlightRecord":
    """The run, from the folder that the file is in."""
    from yaan.results.store import read_flight

    text = str(folder.value)
    place = (folder.source.label, folder.line, "start.run.folder", quote(text))
    if folder.source.folder is None:
        raise InputError(Problem(*place, "no run: a file of the library has none beside it"))
    try:
        record = read_flight(folder.source.folder / text)
    except YaanError as error:
        raise InputError(Problem(*place, "a run folder that can be read", str(error))) from error
    if record.history is None or not len(record.history):
        raise InputError(Problem(*place, "a run that left a history"))
    return record


def _row(record: "FlightRecord", at: Node) -> int:
    """The row of the history at an event, after what happens there."""
    import numpy as np

    history, wanted = record.history, at.plain()
    assert history is not None
    time, events = history["time"], record.summary.timeline
    if wanted == END:
        return len(time) - 1
    found = [event.time for event in events if event.name == wanted]
    found = [t for t in found if np.min(np.abs(time - t)) < _CLOSE]
    if not found:
        # A peak or an apex is told between two rows: there is no state of it.
        told = (e.name for e in events if np.min(np.abs(time - e.time)) < _CLOSE)
        names = [END, *dict.fromkeys(told)]
        hint = nearest(str(wanted), names) or f"it has {', '.join(names)}"
        place = (at.source.label, at.line, "start.run.at", quote(wanted))
        raise InputError(Problem(*place, "an event of the run's timeline, or end", hint))
    return max(int(np.searchsorted(time, found[0] + _CLOSE, side="right")) - 1, 0)


def _state(history: "History", row: int) -> dict[str, object]:
    """The block `state` of a row, in all its digits."""
    import numpy as np

    place, motion = (history[f"{name}_gcrs"][row] for name in ("position", "velocity"))
    found: dict[str, object] = {
        "frame": "gcrs",
        "position": triple(place, "m"),
        "velocity": triple(motion, "m/s"),
    }
    if all(name in history and np.all(np.isfinite(history[name][row])) for name in _TURNING):
        turn = [float(part) for part in history["attitude"][row]]
        found["attitude"] = {"from": "gcrs", "quaternion": turn}
        found["rate"] = triple(history["rate_body"][row], "rad/s") | {"against": "gcrs"}
    return found


def triple(values: "np.ndarray", unit: str) -> dict[str, object]:
    """Three components as a block of a file, in all their digits."""
    return {axis: f"{float(v)!r} {unit}" for axis, v in zip("xyz", values, strict=True)}


def _tanks(history: "History", row: int, vehicle: Node | None) -> dict[str, object]:
    """What is left in the stages that this vehicle has too."""
    import numpy as np

    stages = None if vehicle is None else vehicle.child("stages")
    own = () if stages is None else children(stages)
    if "propellant" not in history:
        return {}
    pairs = zip(history.stages, history["propellant"][row], strict=True)
    return {name: f"{float(v)!r} kg" for name, v in pairs if name in own and np.isfinite(v)}


def node_like(value: object, like: Node) -> Node:
    """Plain data as nodes that stand where `like` does."""
    if is_mapping(value):
        return like.with_value({key: node_like(item, like) for key, item in value.items()})
    if is_list(value):
        return like.with_value([node_like(item, like) for item in value])
    assert isinstance(value, str | float)
    return like.with_value(value)
