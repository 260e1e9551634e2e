"""A flight that begins from somebody else's file: its state becomes the state that is flown.

`start.oem`, `start.opm` and `start.tle` name a file beside the mission, read as the mission is
loaded. The resolved mission holds numbers alone, so that it flies again where the file is gone, and
says in `source` which file it was, and its digest.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yaan.base import InputError, Problem, quote
from yaan.base.errors import YaanError
from yaan.mission.continued import node_like, triple
from yaan.mission.file.tree import Node, Tree, children

if TYPE_CHECKING:
    import numpy as np

    from yaan.formats import Oem, Opm
    from yaan.formats.file import Record
    from yaan.formats.record import ElementSet
    from yaan.spacetime.time import Epoch

KINDS: Final = ("oem", "opm", "tle")

_PLACES: Final = ("pad", "orbit", "interface", "drop", "state", "run")
_CLOSE: Final = 1e-9  # [s] instants nearer than this are one


@dataclass(frozen=True)
class _Found:
    """What a file says of the start."""

    epoch: "Epoch"
    position: "np.ndarray"
    velocity: "np.ndarray"
    told: str
    """The file's own words about itself."""
    mass: float | None = None


def given(tree: Tree) -> Tree:
    """The tree with the file of `start` replaced by the state in it; any other tree as it is.

    Raises:
        InputError: of a file that cannot be read, or does not hold the instant; with its place.
    """
    start = tree.root.child("start")
    named = {key: start.child(key) for key in KINDS} if start is not None else {}
    asked = {
        key: node for key, node in named.items() if node is not None and node.value is not None
    }
    if start is None or not asked:
        return tree
    kind, node = next(iter(asked.items()))
    _check_alone(start, [*asked, *_PLACES][1:], kind)
    at, epoch = start.child("at"), tree.root.child("epoch")
    found = _found(kind, node, at, epoch)
    rest = {key: one for key, one in children(start).items() if key not in (kind, "at")}
    known: dict[str, object] = {
        "state": {
            "frame": "gcrs",
            "position": triple(found.position, "m"),
            "velocity": triple(found.velocity, "m/s"),
            "source": found.told,
        }
    }
    begun = _instant(epoch)
    after = 0.0 if begun is None else found.epoch - begun
    if after < -_CLOSE:
        place = at or node
        hint = f"it is {-after:.6g} s before the epoch; leave the epoch out to begin there"
        raise _problem(place, f"start.{'at' if at else kind}", "an instant after the epoch", hint)
    if after > _CLOSE:
        known["time"] = f"{after!r} s"
    if found.mass and "mass" not in rest:
        known["mass"] = f"{found.mass!r} kg"
    below = rest | {key: node_like(value, node) for key, value in known.items()}
    top = children(tree.root) | {"start": start.with_value(below)}
    if begun is None:
        from yaan.formats.clock import write_time

        top["epoch"] = node_like(f"{write_time(found.epoch)} UTC", node)
    return replace(tree, root=tree.root.with_value(top))


def _problem(node: Node, key: str, expected: str, hint: str = "") -> InputError:
    place = (node.source.label, node.line, key, quote(node.plain()))
    return InputError(Problem(*place, expected, hint))


def _check_alone(start: Node, others: list[str], kind: str) -> None:
    """The file says where it begins: nothing else does."""
    for key in (*others, "time"):
        told = start.child(key)
        if told is not None and told.value is not None:
            raise _problem(told, f"start.{key}", f"nothing with start.{kind}, which says it")


def _instant(node: Node | None) -> "Epoch | None":
    """The instant of a node; None where there is none, or none that can be read.

    What is wrong with an epoch the check of the mission tells.
    """
    from yaan.spacetime.time import parse_utc

    if node is None or not isinstance(node.value, str):
        return None
    try:
        return parse_utc(node.value)
    except YaanError:
        return None


def _found(kind: str, node: Node, at: Node | None, epoch: Node | None) -> _Found:
    """The state in the file at the instant that is asked for."""
    record = _record(kind, node)
    asked = _instant(at)
    if at is not None and at.value is not None and asked is None:
        expected = 'a time in UTC, as "2027-01-15T03:30:00 UTC"'
        raise _problem(at, "start.at", expected)
    from yaan.formats import Oem, Opm

    if isinstance(record, Opm):
        return _of_opm(record, at, asked)
    when = asked or _instant(epoch)
    return (
        _of_oem(record, node, at, when)
        if isinstance(record, Oem)
        else _of_sets(record.sets, node, at, when)
    )


def _record(kind: str, node: Node) -> "Record":
    """The file, from the folder of the mission, and of the kind that its key says."""
    from yaan.formats import ElementSets, Oem, Opm, read

    text = str(node.value)
    key = f"start.{kind}"
    if not isinstance(node.value, str):
        raise _problem(node, key, "the path of a file, from this one")
    if node.source.folder is None:
        raise _problem(node, key, "no file: a mission of the library has none beside it")
    path = node.source.folder / text
    if not path.is_file():
        raise _problem(
            node, key, "a file that is there", "its path is from the folder of this file"
        )
    record = read(path, _label(node, text))
    wanted = {"oem": Oem, "opm": Opm, "tle": ElementSets}[kind]
    if type(record) is not wanted:
        words = {Oem: "oem", Opm: "opm", ElementSets: "tle"}
        what = {"oem": "an ephemeris", "opm": "one state", "tle": "element sets"}[kind]
        raise _problem(node, key, f"a file of {what}", f"it goes with start.{words[type(record)]}")
    return record


def _label(node: Node, text: str) -> str:
    """The file as the user knows it, beside the mission as the user knows that."""
    return str(Path(node.source.label).parent / text)


def _of_opm(record: "Opm", at: Node | None, asked: "Epoch | None") -> _Found:
    from yaan.formats import gcrs_of

    if at is not None and asked is not None and abs(asked - record.epoch) > _CLOSE:
        hint = "the file holds one state, and no more"
        raise _problem(at, "start.at", f"{record.epoch.iso()}, or nothing", hint)
    told = _told("OPM", record.source, record.digest, record.header.originator)
    told += f", {record.name} in {record.frame}"
    return _Found(record.epoch, *gcrs_of(record), told, record.spacecraft.mass)


def _of_oem(record: "Oem", node: Node, at: Node | None, when: "Epoch | None") -> _Found:
    from yaan.formats import arc_at

    when = _required(when, node, "oem")
    try:
        arc = arc_at(record, when)
    except YaanError as error:
        key = "start.oem" if at is None else "start.at"
        raise _problem(at or node, key, "an instant that the file holds", str(error)) from error
    position, velocity = arc.at(when - arc.epoch)
    told = _told("OEM", record.source, record.digest, record.header.originator)
    told += f", {record.segments[0].name} in {record.segments[0].frame}, at {when.iso()}"
    return _Found(when, position[0], velocity[0], told)


def _required(when: "Epoch | None", node: Node, kind: str) -> "Epoch":
    if when is None:
        expected = "required: the instant in the file at which the flight begins"
        place = (node.source.label, node.line, "start.at", "")
        raise InputError(
            Problem(*place, expected, f"start.{kind} holds many, and there is no epoch")
        )
    return when


def _of_sets(
    sets: "tuple[ElementSet, ...]", node: Node, at: Node | None, when: "Epoch | None"
) -> _Found:
    from yaan.formats import sgp4_arc

    names = {one.number for one in sets}
    if len(names) > 1:
        raise _problem(node, "start.tle", "a file of one craft", f"it has {len(names)}")
    when = when or sets[-1].epoch
    nearest = min(sets, key=lambda one: abs(when - one.epoch))
    try:
        arc = sgp4_arc(nearest, when, when)
        position, velocity = arc.at(arc.start)
    except YaanError as error:
        key = "start.tle" if at is None else "start.at"
        raise _problem(
            at or node, key, "an instant at which SGP4 has a state", str(error)
        ) from error
    who = f"{nearest.name or 'craft'} ({nearest.number})"
    told = f"element set of {who}, epoch {nearest.epoch.iso()}, by SGP4 at {when.iso()}"
    return _Found(when, position[0], velocity[0], told)


def _told(kind: str, source: str, digest: str, originator: str) -> str:
    """What the provenance says of a file: its name, its digest, and who wrote it."""
    name = Path(source).name
    who = f" by {originator}" if originator else ""
    return f"{kind} {name} (SHA-256 {digest[:16]}){who}"
