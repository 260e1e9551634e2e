"""Propellants by their names or files, for who asks outside of a mission."""

from collections.abc import Iterator
from typing import Final

from yaan.base.plain import is_mapping
from yaan.description.block import note_mistakes
from yaan.description.propellant import (
    DensitySpec,
    HeatCapacitySpec,
    PropellantSpec,
    VapourPressureSpec,
    ViscositySpec,
)
from yaan.description.quantity import Mistake
from yaan.mission.file.library import is_path
from yaan.mission.file.tree import Tree
from yaan.mission.part import checked_part
from yaan.propulsion.propellants import Liquid, liquid, of_plain

_PROPERTIES: Final = {
    "density": DensitySpec,
    "vapour_pressure": VapourPressureSpec,
    "heat_capacity": HeatCapacitySpec,
    "viscosity": ViscositySpec,
}


def load_propellant(name: str) -> Liquid:
    """The propellant of the library of that name, or of the file at that path.

    Raises:
        InputError: the library has no such propellant, or every mistake of the file.
    """
    return of_plain(load_propellant_spec(name).plain()) if is_path(name) else liquid(name)


def load_propellant_spec(name: str) -> PropellantSpec:
    """The checked file of a propellant, of the library by its file's name or at a path.

    Raises:
        InputError: there is none, or every mistake of it.
    """
    return checked_part(name, "propellant", PropellantSpec, _notes)[0]


def _notes(tree: Tree) -> Iterator[Mistake]:
    """What is wrong with the notes of the file and of its properties."""
    plain = tree.data
    yield from note_mistakes(PropellantSpec, plain)
    for key, model in _PROPERTIES.items():
        if is_mapping(block := plain.get(key)):
            found = note_mistakes(model, block)
            yield from (Mistake((key, *one.at), one.expected, one.hint) for one in found)
