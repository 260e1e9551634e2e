"""Liquid propellants: what a tank, a pump and the people beside them must know of each.

`liquid("N2O4").density(298.15)`: SI in, SI out, an error beyond the range in which a property is
known. The library's files (`library/propellants`) hold the numbers with their sources. Oxygen,
para-hydrogen and methane are asked of CoolProp where it is installed (extra `engines`), and of the
library's own saturated values where it is not; they agree within 1e-3. Mixtures follow from their
parts by the rules of `mixed`, unless their own file says better.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Final

from yaan.base import InputError, Problem, nearest, parse, quote
from yaan.base.plain import is_list, is_mapping
from yaan.propulsion import saturated
from yaan.propulsion.liquid_property import LiquidProperty, of
from yaan.propulsion.mixed import Part, mixed

UNITS: Final = {
    "density": "kg/m3",
    "vapour_pressure": "Pa",
    "heat_capacity": "J/(kg K)",
    "viscosity": "Pa s",
}
"""Properties that go with the temperature, and their units."""

STORABILITY: Final = ("cryogenic", "space storable", "storable")
"""Boils below 150 K; kept for weeks in space with care; liquid at the temperatures of a pad."""

# Key of a file -> dimension of its text; what stands below a property has that of its `value`.
_DIMENSIONS: Final = {
    "molar_mass": "molar mass",
    "freezing_point": "temperature",
    "boiling_point": "temperature",
    "stored_at": "temperature",
    "critical_temperature": "temperature",
    "temperature": "temperature",
    "range": "temperature",
    "critical_pressure": "pressure",
    "density": "density",
    "limit": "share of air",
    "short_term": "share of air",
    "enthalpy": "molar enthalpy",
}
_VALUES: Final = {
    "density": "density",
    "vapour_pressure": "pressure",
    "heat_capacity": "heat capacity",
    "viscosity": "viscosity",
}


@dataclass(frozen=True)
class Exposure:
    """How much of its vapour people may breathe.

    Attributes:
        limit: mean over a working day, share of the air by volume; None where none is set.
        short_term: mean over a quarter of an hour, likewise.
        skin: it goes through the skin.
        source: who set it.
    """

    limit: float | None
    short_term: float | None
    skin: bool
    source: str


@dataclass(frozen=True)
class Reacting:
    """What chemistry takes of a propellant; the fields of `yaan.chemistry.Reactant`.

    Attributes:
        name: NASA's name, or one of its own where a formula is given.
        formula: atoms of each element in a mole of it.
        enthalpy: of a mole, from the elements at 298.15 K [J/mol].
        temperature: at which it has that [K].
    """

    name: str
    formula: dict[str, float] | None = None
    enthalpy: float | None = None
    temperature: float | None = None


@dataclass(frozen=True)
class Liquid:
    """A liquid propellant.

    Attributes:
        name: of its file.
        title: for people.
        role: oxidiser, fuel or monopropellant.
        storability: a word of `STORABILITY`.
        molar_mass: [kg/mol]; of a mixture that of its mean molecule.
        freezing_point: [K].
        boiling_point: at 101325 Pa [K].
        stored_at: temperature that it usually has in a tank [K].
        critical_temperature: [K]; None where nobody measured it.
        grade: what exactly it is: a specification, a concentration.
        exposure: None where its vapour is no poison.
        hazard: in words.
        parts: what it is mixed of.
        reactant: what chemistry takes of it; None where it knows none.
        source: where the constants are from.
        aliases: other names.
        fluid: name of it at CoolProp; empty where CoolProp does not know it, or knows it wrongly.
    """

    name: str
    title: str
    role: str
    storability: str
    molar_mass: float
    freezing_point: float
    boiling_point: float
    stored_at: float
    critical_temperature: float | None = None
    grade: str = ""
    exposure: Exposure | None = None
    hazard: str = ""
    parts: tuple[Part, ...] = ()
    reactant: Reacting | None = None
    source: str = ""
    aliases: tuple[str, ...] = ()
    fluid: str = ""
    _properties: Mapping[str, LiquidProperty] = field(default_factory=dict, repr=False)

    def density(self, temperature: float | None = None) -> float:
        """Of the saturated liquid [kg/m^3], at a temperature [K]; left out, as it is stored."""
        return self.at("density", temperature)

    def vapour_pressure(self, temperature: float | None = None) -> float:
        """[Pa] over the liquid, likewise."""
        return self.at("vapour_pressure", temperature)

    def heat_capacity(self, temperature: float | None = None) -> float:
        """At constant pressure [J/(kg K)], likewise."""
        return self.at("heat_capacity", temperature)

    def viscosity(self, temperature: float | None = None) -> float:
        """Dynamic [Pa s], likewise."""
        return self.at("viscosity", temperature)

    def at(self, name: str, temperature: float | None = None) -> float:
        """A property by its name in `UNITS`.

        Raises:
            InputError: it is not known of this liquid, or not at that temperature.
        """
        return self.curve(name)(self.stored_at if temperature is None else float(temperature))

    def curve(self, name: str) -> LiquidProperty:
        """A property with its range, its source and what it may be out by.

        Raises:
            InputError: nobody told this property of this liquid.
        """
        if self.fluid and name in saturated.OUTPUTS and saturated.installed():
            return saturated.of(self.fluid, name, UNITS[name], self.name)
        if name not in self._properties:
            expected = f"a property that is known of {self.name}"
            raise InputError(
                Problem("", None, "", quote(name), expected, nearest(name, self._properties))
            )
        return self._properties[name]

    @property
    def known(self) -> tuple[str, ...]:
        """Names of the properties that are known."""
        return tuple(self._properties)


def names() -> list[str]:
    """Names of the library's propellants, sorted."""
    folder = resources.files("yaan") / "library" / "propellants"
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml"))


def liquid(name: str) -> Liquid:
    """A propellant of the library by its name, in any case, or by one of its other names.

    Raises:
        InputError: there is none; the nearest name is the hint.
    """
    wanted = _folded(name)
    known = names()
    if wanted in known:
        return _of_library(wanted)
    others = {_folded(alias): one for one in known for alias in _of_library(one).aliases}
    if wanted in others:
        return _of_library(others[wanted])
    hint = nearest(wanted, [*known, *others])
    raise InputError(Problem("", None, "", quote(name), "a propellant of the library", hint))


def bulk_density(
    fuel: Liquid,
    oxidiser: Liquid,
    mixture_ratio: float,
    fuel_temperature: float | None = None,
    oxidiser_temperature: float | None = None,
) -> float:
    """Mass of a pair over the volume of both tanks' liquids [kg/m^3].

    Args:
        fuel: the fuel.
        oxidiser: the oxidiser.
        mixture_ratio: mass of oxidiser for one of fuel.
        fuel_temperature: [K]; left out, as it is stored.
        oxidiser_temperature: likewise.

    Raises:
        InputError: a mixture ratio that is none, or a density that is not known.
    """
    if not 0.0 <= mixture_ratio < float("inf"):
        expected = "a mass of oxidiser for one of fuel, 0 or above"
        raise InputError(Problem("", None, "mixture_ratio", f"{mixture_ratio:g}", expected))
    volume = mixture_ratio / oxidiser.density(oxidiser_temperature)
    return (1.0 + mixture_ratio) / (volume + 1.0 / fuel.density(fuel_temperature))


def of_plain(plain: Mapping[str, Any]) -> Liquid:
    """The liquid that a checked file makes; its quantities are in SI."""
    parts = tuple(_part(one) for one in plain.get("mixture") or ())
    properties = {
        name: of(plain[name], name.replace("_", " "), unit, str(plain["name"]))
        for name, unit in UNITS.items()
        if plain.get(name) is not None
    }
    if parts:
        ruled = mixed(str(plain["name"]), parts, UNITS)
        properties = {**ruled, **properties}
    ordered = {name: properties[name] for name in UNITS if name in properties}
    exposure, reactant = plain.get("exposure"), plain.get("reactant")
    return Liquid(
        name=plain["name"],
        title=plain.get("title") or plain["name"],
        role=plain["role"],
        storability=plain["storability"],
        molar_mass=plain["molar_mass"],
        freezing_point=plain["freezing_point"],
        boiling_point=plain["boiling_point"],
        stored_at=plain["stored_at"],
        critical_temperature=plain.get("critical_temperature"),
        grade=plain.get("grade") or "",
        exposure=None if exposure is None else _exposure(exposure),
        hazard=plain.get("hazard") or "",
        parts=parts,
        reactant=None if reactant is None else _reacting(reactant, str(plain["name"])),
        source=plain.get("source") or "",
        aliases=tuple(plain.get("aliases") or ()),
        fluid=plain.get("coolprop") or "",
        _properties=ordered,
    )


def _exposure(block: Mapping[str, Any]) -> Exposure:
    return Exposure(
        limit=block.get("limit"),
        short_term=block.get("short_term"),
        skin=bool(block.get("skin")),
        source=block.get("source") or "",
    )


def _reacting(block: Mapping[str, Any], name: str) -> Reacting:
    formula = block.get("formula")
    return Reacting(
        name=block.get("name") or name,
        formula=None if formula is None else {key: float(n) for key, n in formula.items()},
        enthalpy=block.get("enthalpy"),
        temperature=block.get("temperature"),
    )


def _part(block: Mapping[str, Any]) -> Part:
    name = block.get("propellant")
    if name is None:
        known = (block["density"], block["molar_mass"])
        return Part(str(block["dissolved"]), block["share"], None, *known)
    inside = liquid(name)
    return Part(inside.name, block["share"], inside.curve, None, inside.molar_mass)


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")


@functools.cache
def _of_library(name: str) -> Liquid:
    """A file of the library, read once in a process."""
    from ruamel.yaml import YAML

    file = resources.files("yaan") / "library" / "propellants" / f"{name}.yaml"
    tree = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    return of_plain(dict(_in_si(tree, "")))


def _in_si(tree: Mapping[str, Any], of_property: str) -> Iterator[tuple[str, Any]]:
    """A file's mapping with its texts of quantities in SI; what people wrote beside is left out."""
    for key, value in tree.items():
        if key == "assumed":
            continue
        if is_mapping(value):
            yield key, dict(_in_si(value, key if key in _VALUES else of_property))
            continue
        dimension = _DIMENSIONS.get(key, "")
        if key == "value":
            dimension = _VALUES[of_property]
        yield key, _one_in_si(value, dimension)


def _one_in_si(value: Any, dimension: str) -> Any:
    if is_list(value):
        items: Sequence[Any] = value
        return [dict(_in_si(x, "")) if is_mapping(x) else _one_in_si(x, dimension) for x in items]
    return parse(value, dimension) if dimension and isinstance(value, str) else value
