"""Summaries of schema 1, read as those of schema 2 by one map of their keys.

The map says where each key of schema 1 stands now; what is below a key goes with it. `*` is any
item of a list or any name of a mapping, in both paths the same one. A list of schema 2 may hold
what stood at several keys: `{part=return}` are its items whose `part` is that.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Final, cast

Path = tuple[str | int, ...]

MAP: Final = {
    "kind": "kind",
    "mission": "mission",
    "title": "title",
    "yaan": "yaan",
    "profile": "profile",
    "epoch": "epoch",
    "outcome": "outcome",
    "verdicts": "verdicts",
    "timeline": "timeline",
    "timeline.*.event": "timeline.*.name",
    "timeline.*.flight_path_angle_deg": "timeline.*.flight_path_angle_inertial_deg",
    "spans": "spans",
    "peaks": "peaks",
    "mass_ledger": "budgets.mass",
    "mass_closure": "budgets.mass_closure",
    "propellant": "budgets.propellant",
    "velocity_ledger.phases.*": "budgets.velocity.{part=ascent}",
    "velocity_ledger.total": "budgets.velocity_totals.{part=ascent}",
    "velocity_ledger.residual": "budgets.velocity_totals.{part=ascent}.residual",
    "velocity_ledger.relative_speed": "budgets.velocity_totals.{part=ascent}.convention",
    "return_velocity_ledger.phases.*": "budgets.velocity.{part=return}",
    "return_velocity_ledger.total": "budgets.velocity_totals.{part=return}",
    "return_velocity_ledger.residual": "budgets.velocity_totals.{part=return}.residual",
    "return_velocity_ledger.relative_speed": "budgets.velocity_totals.{part=return}.convention",
    "crew": "crew.{part=ascent}",
    "crew_return": "crew.{part=return}",
    "liftoff": "ascent.lift_off",
    "steering": "ascent.steering",
    "steering.programmes": "ascent.steering.pitch_programmes",
    "target": "ascent.target",
    "orbit": "ascent.orbit",
    "abort": "ascent.abort",
    "abort.profiles.*.peak_load_g_max": "ascent.abort.profiles.*.peak_load_g",
    "abort.profiles.*.time_of_max": "ascent.abort.profiles.*.peak_time",
    "abort.profiles.*.release_load_g_max": "ascent.abort.profiles.*.release_load_g",
    "abort.profiles.*.time_of_release_max": "ascent.abort.profiles.*.release_time",
    "profiles": "ascent.profiles",
    "profiles.*.abort_load_g": "ascent.abort.profiles.*.peak_load_g",
    "orbit_phase": "orbit_phase",
    "opportunities": "opportunities",
    "deorbit": "deorbit",
    "deorbit.interface": "entry.interface",
    "deorbit.ballistic_peak_g": "entry.ballistic_peak_g",
    "entry": "entry",
    "entry.turning.point_landing.0": "entry.turning.point_landing.latitude_deg",
    "entry.turning.point_landing.1": "entry.turning.point_landing.longitude_deg",
    "descent": "descent",
    "descent.touchdown": "landing.touchdown.contact",
    "descent.touchdown.time": "landing.touchdown.time",
    "descent.touchdown.inside": "landing.inside",
    "descent.touchdown.limits.class": "landing.touchdown.contact.limits.capsule_class",
    "landing": "landing",
    "landing.polygon.*.0": "landing.polygon.*.latitude_deg",
    "landing.polygon.*.1": "landing.polygon.*.longitude_deg",
    "landing.aim.0": "landing.aim.latitude_deg",
    "landing.aim.1": "landing.aim.longitude_deg",
    "landing.touchdown.0": "landing.touchdown.latitude_deg",
    "landing.touchdown.1": "landing.touchdown.longitude_deg",
    "landing.time": "landing.touchdown.time",
    "landing.utc": "landing.touchdown.utc",
    "landing.sun_elevation_deg": "landing.touchdown.sun_elevation_deg",
    "landing.light": "landing.touchdown.light",
    "touchdown": "landing.touchdown.contact",
    "touchdown.time": "landing.touchdown.time",
    "touchdown.inside": "landing.inside",
    "touchdown.limits.class": "landing.touchdown.contact.limits.capsule_class",
    "start": "body.start",
    "end": "body.end",
    "phases": "body.phases",
    "published": "published",
    "assumptions": "assumptions",
    "sources": "sources",
    "sources.*.source": "sources.*.text",
    "notes": "notes",
    "models": "models",
    "integration": "integration",
}
"""Key of schema 1 to key of schema 2. Where two lead to one, both told the same number."""

_CHOICE: Final = re.compile(r"\{(\w+)=(\w+)\}")
_PATTERNS: Final = {
    root: sorted(
        (
            (tuple(old.split(".")), tuple(new.split(".")))
            for old, new in MAP.items()
            if old.partition(".")[0] == root
        ),
        key=lambda pattern: -len(pattern[0]),
    )
    for root in {old.partition(".")[0] for old in MAP}
}
"""By first key of schema 1: old and new path, the longest old ones first."""


def upgraded(old: Mapping[str, object]) -> dict[str, object]:
    """A summary of schema 1, plain data, at the keys of schema 2; what the map lacks is left out.

    What schema 1 did not tell is missing from it.
    """
    leaves = sorted(leaves_of(old), key=lambda leaf: _empty(leaf[1]))
    tree: dict[object, object] = {}
    for path, value in leaves:
        place = new_place(path)
        if place is not None:
            _set(tree, place, value)
    return {"schema": 2, **cast(dict[str, object], _listed(tree))}


def leaves_of(tree: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every value that holds no other, empty lists and mappings too, with its path."""
    items = cast(
        list[tuple[str | int, object]],
        list(tree.items())
        if isinstance(tree, Mapping)
        else list(enumerate(tree))
        if isinstance(tree, list)
        else [],
    )
    for key, value in items:
        yield from leaves_of(value, (*path, key))
    if not items:
        yield path, tree


def new_place(path: Path) -> tuple[object, ...] | None:
    """Where a path of schema 1 stands: keys, indices, and (choice, index) for a chosen item.

    None where the map does not lead.
    """
    for old, new in _PATTERNS.get(str(path[0]), ()):
        pairs = list(zip(old, path, strict=False))
        if len(pairs) == len(old) and all(o in ("*", str(p)) for o, p in pairs):
            bound = [p for o, p in pairs if o == "*"]
            return (*_placed(new, bound), *path[len(old) :])
    return None


def _placed(new: Sequence[str], bound: list[str | int]) -> Iterator[object]:
    left = iter(bound)
    for segment in new:
        if _CHOICE.fullmatch(segment):
            yield segment, next(left, 0)
        else:
            yield next(left) if segment == "*" else segment


def _set(tree: dict[object, object], place: Sequence[object], value: object) -> None:
    """Put a value there, unless one is; what is nothing makes no place for itself."""
    empty = _empty(value)
    here = tree
    for segment in place[:-1]:
        if empty and segment not in here:
            return
        below = here.setdefault(segment, {})
        if not isinstance(below, dict):
            return
        here = cast(dict[object, object], below)
    if not (empty and isinstance(place[-1], tuple)):
        here.setdefault(place[-1], value)


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, list | dict) and not value)


def _listed(tree: object) -> object:
    """The tree with lists where its keys are numbers, or items chosen by a value of theirs."""
    if not isinstance(tree, dict):
        return tree
    found = cast(dict[object, object], tree)
    if not found or any(isinstance(key, str) for key in found):
        return {str(key): _listed(item) for key, item in found.items()}
    if all(isinstance(key, int) for key in found):
        return [_listed(found[key]) for key in sorted(cast(dict[int, object], found))]
    rows: list[object] = []
    for choice, index in sorted(cast(dict[tuple[str, int], object], found)):
        name, value = _parted(choice)
        row = _listed(found[choice, index])
        rows.append({name: value, **row} if isinstance(row, dict) else row)
    return rows


def _parted(choice: str) -> tuple[str, str]:
    matched = _CHOICE.fullmatch(choice)
    assert matched is not None
    return matched[1], matched[2]


def places(key: str) -> list[str]:
    """Where what stood at a first key of schema 1 stands now, as in Python.

    Raises:
        KeyError: if schema 1 had no such key.
    """
    found = _PATTERNS[key]
    whole = [new for old, new in found if len(old) == 1] or [new for _, new in found]
    return sorted({_spoken(new) for new in whole})


def _spoken(new: Sequence[str]) -> str:
    """A path up to the list that it chooses from."""
    kept: list[str] = []
    for segment in new:
        if segment == "*" or _CHOICE.fullmatch(segment):
            break
        kept.append(segment)
    return ".".join(kept)


def at(summary: object, key: str) -> object:
    """What stood at a first key of schema 1, from a summary of schema 2 in plain data.

    None where the flight has nothing there. Beside the old names it may have new ones.
    """
    tree: dict[str | int, object] = {}
    for old, new in sorted(_PATTERNS[key], key=lambda pattern: len(pattern[0])):
        for _, holder in _found(old[:-1], tree, ()):
            if isinstance(holder, dict) and not old[-1].isdigit():
                cast(dict[str, object], holder).setdefault(old[-1], None)
        for bound, value in _found(new, summary, ()):
            left = iter(bound)
            path = [next(left) if s == "*" else int(s) if s.isdigit() else s for s in old]
            _put(tree, path, deepcopy(value))
    return tree.get(key)


def _found(
    new: Sequence[str], here: object, bound: Path
) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """What a path of schema 2 leads to, with what its stars are."""
    if not new:
        yield bound, here
        return
    segment, rest = new[0], new[1:]
    choice = _CHOICE.fullmatch(segment)
    if isinstance(here, Mapping):
        named = cast(Mapping[str, object], here)
        for name in named if segment == "*" else [segment] if segment in named else []:
            yield from _found(rest, named[name], (*bound, name) if segment == "*" else bound)
    elif isinstance(here, list):
        items = cast(list[object], here)
        if choice:
            rows = cast(list[dict[str, object]], items)
            items = [row for row in rows if row[choice[1]] == choice[2]]
        for index, item in enumerate(items):
            yield from _found(rest, item, (*bound, index))


def _put(tree: dict[str | int, object], path: Sequence[str | int], value: object) -> None:
    """Put a value into a tree of mappings and lists; a number makes a list of what it is in."""
    here: dict[str | int, object] | list[object] = tree
    for segment, after in zip(path, [*path[1:], None], strict=True):
        holder = cast(dict[str | int, object], here)
        if isinstance(here, list) and segment == len(here):
            here.append(None)
        if after is None:
            holder[segment] = value
            return
        wanted = list if isinstance(after, int) else dict
        known = here[cast(int, segment)] if isinstance(here, list) else here.get(segment, wanted())
        if known is None:
            return
        below = known if isinstance(known, wanted) else wanted()
        holder[segment] = below
        here = cast("dict[str | int, object] | list[object]", below)
