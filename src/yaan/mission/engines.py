"""The engine catalogue: engines of the library, or of a file, for who asks outside of a mission."""

from collections.abc import Iterator
from pathlib import Path

from yaan.description.block import note_mistakes
from yaan.description.catalogue import Entry, entry_of
from yaan.description.engine_design import EngineDesignSpec
from yaan.description.quantity import Mistake
from yaan.description.vehicle import EngineSpec
from yaan.mission.file.library import names
from yaan.mission.file.tree import Tree
from yaan.mission.part import checked_part


def catalogue() -> dict[str, Entry]:
    """The engines of the library that have a design point, by name; motors have none."""
    entries = (load_engine(name) for name in names("engine"))
    return {one.name: one for one in entries if one.spec.design is not None}


def load_engine(name: str) -> Entry:
    """The engine of the library of this name, or of the file at this path.

    Raises:
        InputError: no such engine, or every mistake of its file, each with its line.
    """
    spec, tree = checked_part(name, "engine", EngineSpec, _more)
    return entry_of(spec.name or Path(name).stem, spec, tree.origin(("thrust",))[0])


def _more(tree: Tree) -> Iterator[Mistake]:
    yield from _unknown_nulls(tree)
    yield from note_mistakes(EngineSpec, tree.data)
    design = tree.data.get("design")
    if isinstance(design, dict):
        found = note_mistakes(EngineDesignSpec, design)
        yield from (Mistake(("design", *m.at), m.expected, m.hint) for m in found)


def _unknown_nulls(tree: Tree) -> Iterator[Mistake]:
    """A key without a value is left out, which would hide that nobody knows the key."""
    for at in tree.nulls():
        model = EngineDesignSpec if at[0] == "design" else EngineSpec
        if len(at) <= len(("design", "key")) and at[-1] not in model.model_fields:
            yield Mistake(at, "a known key")
