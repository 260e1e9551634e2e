"""A propellant as a user names it: a name, a formula with its enthalpy, a mixture, or a file."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import util
from typing import Any, Final

from yaan.base.errors import InputError, Problem, YaanError, quote
from yaan.chemistry import Propellant, Reactant, names
from yaan.chemistry.reactants import mixture
from yaan.mission.propellants import load_propellant
from yaan.propulsion.propellants import Liquid, liquid

_FORMULA: Final = re.compile(r"(?:[A-Z][a-z]?(?:\d+\.?\d*|\.\d+)?)+")
_ELEMENT: Final = re.compile(r"([A-Z][a-z]?)(\d+\.?\d*|\.\d+)?")
_GIVEN: Final = re.compile(r"\s*(h|T|rho)\s*=\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([A-Za-z0-9/]*)")
_UNITS: Final = {
    "h": {"J/mol": 1.0, "kJ/mol": 1e3},
    "T": {"K": 1.0},
    "rho": {"kg/m3": 1.0, "g/cm3": 1e3},
}
_SHARE: Final = re.compile(r"\s*(?P<share>[\d.]+)\s*%\s*(?P<name>\S.*?)\s*")
_AT_REST: Final = 298.15  # [K], of an enthalpy whose temperature is not told
_SHORT: Final = 24  # letters of a title that stands for a name
_FEW: Final = ("LOX", "LH2", "RP-1", "LCH4", "N2O4", "UDMH", "UH25", "MMH")
_FORM: Final = 'a formula with its enthalpy, as "C12H24 h=-25.6kJ/mol T=298K rho=810kg/m3"'


@dataclass(frozen=True)
class Stuff:
    """A propellant.

    Attributes:
        name: as it is told.
        chemistry: what equilibrium takes.
        given: density that the user gave [kg/m^3].
        liquid: what the table knows of it.
        temperature: as it enters [K]; None for that at which it is stored.
    """

    name: str
    chemistry: Propellant
    given: float | None = None
    liquid: Liquid | None = None
    temperature: float | None = None

    @property
    def entering(self) -> str:
        """What enters the chamber: data, share of mass and temperature of each ingredient."""
        if not _installed():  # what NASA's data are is not known
            return self.name
        parts = mixture(self.chemistry)
        told = [
            ("" if len(parts) == 1 else f"{100.0 * share:.4g} % ")
            + f"{one.entry or one.name} at {one.temperature:.2f} K"
            for one, share in parts
        ]
        return ", ".join(told)

    @functools.cached_property
    def density(self) -> float | None:
        """In the tank [kg/m^3], the user's or that of the table; None where nobody knows."""
        # Not sooner: of a cryogen it loads CoolProp, which takes seconds.
        if self.given is not None or self.liquid is None:
            return self.given
        if _installed() and any(one.gas for one, _ in mixture(self.chemistry)):
            return None  # `H2` is the gas to chemistry, and to the table what tanks hold
        try:
            return self.liquid.density(self.temperature)
        except InputError:  # not known at all, or not so warm
            return None


def stuff_of(given: Any, temperature: float | None = None) -> Stuff:
    """The propellant that is meant.

    Args:
        given: a name as `LOX`, `C12H24 h=-25.6kJ/mol T=298K`, `75 % UDMH + 25 % N2H4` by mass, a
            YAML file, or a `Reactant`.
        temperature: as it enters [K]; its own if left out.

    Raises:
        InputError: nothing of these.
    """
    found = _meant(given, temperature)
    if _installed():  # without it whoever computes says so
        _known(given, found)
    return found


def _installed() -> bool:
    return util.find_spec("cea") is not None


def _known(given: Any, found: Stuff) -> None:
    """Refuse what chemistry does not know, naming what may be meant."""
    try:
        mixture(found.chemistry)
    except YaanError as error:
        near = get_close_matches(found.name, [*_FEW, *names()], 5, 0.6)
        # Of names of three letters those that begin alike are meant.
        near.sort(key=lambda name: name[:2].casefold() != found.name[:2].casefold())
        hint = f"did you mean {near[0]}?" if near else str(error)
        if not isinstance(found.chemistry, str) or hint == str(error):
            raise _wrong(given, "a propellant that chemistry takes", str(error)) from error
        expected = f"a propellant, as {', '.join(_FEW)}, NASA's name of a reactant, or {_FORM}"
        raise _wrong(given, expected, hint) from error


def _meant(given: Any, temperature: float | None) -> Stuff:
    if isinstance(given, Reactant):
        return Stuff(given.name, _warm(given, temperature))
    if not isinstance(given, str):
        raise _wrong(given, "a text, as LH2, or a yaan.chemistry.Reactant")
    text = given.strip()
    if text.endswith((".yaml", ".yml")):
        return _of_file(text, temperature)
    if "=" in text:
        return _of_formula(text, temperature)
    if "%" in text:
        return _of_shares(text, temperature)
    return _named(text, temperature)


def formula_of(text: str) -> dict[str, float]:
    """Elements and their numbers in `C12H24`.

    Raises:
        InputError: no formula.
    """
    if not _FORMULA.fullmatch(text):
        raise _wrong(text, "a formula of elements, as C12H24")
    found: dict[str, float] = {}
    for element, count in _ELEMENT.findall(text):
        found[element] = found.get(element, 0.0) + (float(count) if count else 1.0)
    return found


def _warm(one: Reactant, temperature: float | None) -> Reactant:
    if temperature is None:
        return one
    if one.formula is not None and temperature != (one.temperature or _AT_REST):
        # Its enthalpy would stay that of the other temperature.
        expected = f"{one.temperature or _AT_REST:g} K, at which its enthalpy of formation holds"
        raise _wrong(f"{temperature:g} K", expected, f"give the enthalpy of {one.name} there")
    return Reactant(one.name, one.formula, one.enthalpy, temperature)


def _of_formula(text: str, temperature: float | None) -> Stuff:
    word, _, rest = text.partition(" ")
    numbers: dict[str, float] = {}
    at = 0
    while at < len(rest):
        match = _GIVEN.match(rest, at)
        if match is None or match[1] in numbers or match[3] not in _UNITS[match[1]]:
            raise _wrong(text, _FORM, "h in kJ/mol or J/mol, T in K, rho in kg/m3 or g/cm3")
        numbers[match[1]] = float(match[2]) * _UNITS[match[1]][match[3]]
        at = match.end()
        at += len(rest[at:]) - len(rest[at:].lstrip(" ,"))
    if "h" not in numbers:
        raise _wrong(text, _FORM, "its enthalpy of formation h is missing")
    warm = numbers.get("T", _AT_REST)
    if temperature is not None and temperature != warm:
        raise _wrong(text, "one temperature: that at which its enthalpy holds, in the text itself")
    if not warm > 0.0 or not numbers.get("rho", 1.0) > 0.0:
        raise _wrong(text, "a temperature and a density above 0")
    made = Reactant(word, formula_of(word), numbers["h"], warm)
    return Stuff(word, made, numbers.get("rho"))


def _of_shares(text: str, temperature: float | None) -> Stuff:
    parts: list[tuple[Reactant, float]] = []
    for part in text.split("+"):
        match = _SHARE.fullmatch(part)
        if match is None:
            raise _wrong(text, "shares by mass, as 75 % UDMH + 25 % N2H4")
        parts.append((Reactant(match["name"], temperature=temperature), float(match["share"])))
    total = sum(share for _, share in parts)
    if abs(total - 100.0) > 1e-6 or min(share for _, share in parts) <= 0.0:
        raise _wrong(text, "shares above 0 % that add up to 100 %", f"they add up to {total:g} %")
    return Stuff(text, tuple((one, share / 100.0) for one, share in parts))


def _of_file(text: str, temperature: float | None) -> Stuff:
    found = load_propellant(text)
    reactant = found.reactant
    if reactant is None:
        raise _wrong(text, "a propellant with a block reactant, for chemistry")
    made = Reactant(reactant.name, reactant.formula, reactant.enthalpy, reactant.temperature)
    name = found.title if len(found.title) < _SHORT else found.name
    return Stuff(name, _warm(made, temperature), None, found, temperature)


def _named(text: str, temperature: float | None) -> Stuff:
    """By a name that chemistry knows, with the density of the table where it has one."""
    try:
        known = liquid(text)
    except InputError:
        known = None
    side = text if temperature is None else Reactant(text, temperature=temperature)
    return Stuff(text, side, None, known, temperature)


def _wrong(value: object, expected: str, hint: str = "") -> InputError:
    return InputError(Problem("", None, "", quote(value), expected, hint))


__all__: Sequence[str] = ["Stuff", "formula_of", "stuff_of"]
