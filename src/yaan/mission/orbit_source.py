"""What an orbit is propagated from: a file of its kind, one of others, or a run, as one tree."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from yaan.base.errors import InputError, Problem, quote
from yaan.formats import ElementSets, Oem, Opm, read
from yaan.formats.record import Spacecraft
from yaan.mission.file.tree import Tree
from yaan.mission.load import complete, load_tree, name_of, override, resolved, tree_of

USUAL: Final[Mapping[str, Any]] = {
    "gravity": {"field": "egm2008", "degree": 20},
    "third_bodies": ["sun", "moon"],
}
"""The world of what says nothing of a world, besides its air and its light."""

AIR: Final[Mapping[str, Any]] = {"model": "nrlmsise00", "solar_activity": {"cycle": "mean"}}
"""The air of what has an area for it: under the mean of past cycles, at the date."""


_WHY_FIELD: Final = "The file tells no forces: EGM2008 to 20x20 with Sun and Moon."
_WHY_AIR: Final = "The file tells no air: NRLMSISE-00 under the mean of past cycles at the date."


def orbit_tree(
    source: "str | Path | Mapping[str, Any]",
    at: str | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Tree:
    """The tree of what an orbit is propagated from; see `yaan.propagate`.

    Raises:
        InputError: no such file, or one that is no source of an orbit.
    """
    if isinstance(source, Mapping):
        return complete(override(resolved(tree_of(source, "orbit")), overrides or {}))
    path = Path(source)
    if path.is_dir():
        start: dict[str, Any] = {"run": {"folder": str(path), **({"at": at} if at else {})}}
        return _tree_from(path, start, {}, overrides)
    if not path.is_file():
        expected = "a file of kind orbit, an OEM, OPM, OMM or TLE, or a run folder"
        raise InputError(Problem(str(source), None, "", "", expected))
    if path.suffix.lower() in (".yaml", ".yml"):
        if at is not None:
            expected = "nothing with a file of kind orbit: start.at says it"
            raise InputError(Problem("--at", None, "", quote(at), expected))
        return load_tree(path, overrides)
    record = read(path)
    word = {Oem: "oem", Opm: "opm", ElementSets: "tle"}[type(record)]
    craft = Spacecraft() if isinstance(record, ElementSets) else record.spacecraft
    start = {word: str(path.resolve()), **({"at": at} if at else {})}
    if word == "oem" and at is None and isinstance(record, Oem):
        first = record.segments[0]
        start["at"] = (first.usable[0] or first.epoch).iso("UTC", 9)
    return _tree_from(path, start, _known_of(craft), overrides)


def _tree_from(
    path: Path,
    start: Mapping[str, Any],
    known: Mapping[str, Any],
    overrides: Mapping[str, Any] | None,
) -> Tree:
    """The tree of an orbit that begins there, in the usual world."""
    plain: dict[str, Any] = {
        "schema": 1,
        "kind": "orbit",
        "name": name_of(Path(path.name.removesuffix(".gz")).with_suffix("")),
        "start": start,
        "duration": "1 day",
        **known,
    }
    plain.setdefault("spacecraft", {})
    felt = "drag" in plain["spacecraft"]
    assumed = {"gravity": {"why": _WHY_FIELD}} | ({"atmosphere": {"why": _WHY_AIR}} if felt else {})
    plain["environment"] = {
        **USUAL,
        "radiation": "radiation" in plain["spacecraft"],
        "atmosphere": AIR if felt else "none",
        "assumed": assumed,
    }
    return complete(override(tree_of(plain, str(path)), overrides or {}))


def _known_of(craft: Spacecraft) -> dict[str, Any]:
    """What a file of others says of the craft, as an orbit has it."""
    told: dict[str, Any] = {}
    if craft.mass:
        told["mass"] = f"{craft.mass!r} kg"
    if craft.drag_area and craft.drag_coefficient:
        told["drag"] = {"area": f"{craft.drag_area!r} m2", "coefficient": craft.drag_coefficient}
    if craft.solar_area and craft.solar_coefficient:
        light = {"area": f"{craft.solar_area!r} m2", "coefficient": craft.solar_coefficient}
        told["radiation"] = light
    return {"spacecraft": told}
