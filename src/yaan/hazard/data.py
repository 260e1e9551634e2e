"""What is known of launchers that fail, each figure with its standing.

Propellants, fragments, cloth and detectors are data, read from the packaged file
`library/hazards/launcher.yaml` or one like it; SI from here on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from ruamel.yaml import YAML

from yaan.base.units import parse
from yaan.hazard.detection import Detector

Status = Literal["primary", "second-hand", "recalled", "assumed"]
Level = Literal["low", "mean", "high"]


class Spread(NamedTuple):
    """A value that is uncertain: its least, what is taken, its greatest."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True)
class Propellant:
    """What burns when a stage bursts.

    Attributes:
        name: in the file.
        fraction: of its mass that counts as TNT.
        emissive_power: of the flame [W/m^2].
        radiated: share of its heat that is radiated.
        heat: of its reaction [J/kg].
        fraction_status: how well `fraction` is known.
        status: how well the rest is known.
        source: where from.
    """

    name: str
    fraction: Spread
    emissive_power: Spread
    radiated: Spread
    heat: float
    fraction_status: Status
    status: Status
    source: str


@dataclass(frozen=True)
class FragmentKind:
    """The pieces of a stage, by kind.

    Attributes:
        name: in the file, "solid" or "liquid".
        per_mass: their number per mass of propellant (solid) or of dry stage (liquid) [1/kg].
        mass: of one [kg].
        speed: from the burst, that half of them exceed [m/s].
        fast: that one in twenty exceeds [m/s].
        ballistic_coefficient: mass over drag area [kg/m^2].
        burning: how long one burns [s]; 0 if it does not.
        status: how well known.
        source: where from.
    """

    name: str
    per_mass: float
    mass: float
    speed: float
    fast: float
    ballistic_coefficient: float
    burning: float
    status: Status
    source: str


@dataclass(frozen=True)
class Cloth:
    """The cloth of a canopy.

    Attributes:
        areal_density: of one layer [kg/m^2].
        heat_capacity: [J/(kg K)].
        absorptivity: of the radiation of a flame.
        emissivity: of its own, from both faces.
        limit: temperature that it bears [K].
        status: how well the limit is known; absorptivity and emissivity are assumed.
        source: where from.
    """

    areal_density: float
    heat_capacity: float
    absorptivity: Spread
    emissivity: float
    limit: float
    status: Status
    source: str


@dataclass(frozen=True)
class KnownDetector:
    """A detector of the file, and how well its threshold is known."""

    detector: Detector
    measures: str
    status: Status
    source: str


@dataclass(frozen=True)
class HazardData:
    """All of a file, by name."""

    propellants: Mapping[str, Propellant]
    fragments: Mapping[str, FragmentKind]
    cloth: Mapping[str, Cloth]
    detectors: Mapping[str, KnownDetector]


MEASURED: Mapping[str, str] = {
    "rate": "angular rate",
    "pressure": "pressure",
    "leak": "pressure rate",
}
"""What a detector measures: key of its threshold, and dimension. A broken wire has none."""


def load_hazards(file: Path | None = None) -> HazardData:
    """The data of a file, of the packaged one by default.

    Raises:
        UnitError: a text is not a quantity of its dimension.
        ValueError: the schema, a status or the order of a range is not what it must be.
    """
    source = file or resources.files("yaan") / "library" / "hazards" / "launcher.yaml"
    data = YAML(typ="safe", pure=True).load(source.read_text(encoding="utf-8"))
    if data.get("schema") != 1:
        raise ValueError(f"{source}: schema {data.get('schema')!r}: expected 1")
    return HazardData(
        {name: _propellant(name, one) for name, one in data["propellants"].items()},
        {name: _fragments(name, one) for name, one in data["fragments"].items()},
        {name: _cloth(name, one) for name, one in data["cloth"].items()},
        {name: _detector(name, one) for name, one in data["detectors"].items()},
    )


def _propellant(name: str, one: Mapping[str, Any]) -> Propellant:
    return Propellant(
        name,
        _spread(name, one["yield"]),
        _spread(name, one["emissive_power"], "heat flux"),
        _spread(name, one["radiated"]),
        parse(one["heat"], "specific energy"),
        _status(name, one["yield_status"]),
        _status(name, one["status"]),
        str(one["source"]),
    )


def _fragments(name: str, one: Mapping[str, Any]) -> FragmentKind:
    return FragmentKind(
        name,
        parse(one["per_mass"], "number per mass"),
        parse(one["mass"], "mass"),
        parse(one["speed"], "speed"),
        parse(one["fast"], "speed"),
        parse(one["ballistic_coefficient"], "mass per area"),
        parse(one["burning"], "time"),
        _status(name, one["status"]),
        str(one["source"]),
    )


def _cloth(name: str, one: Mapping[str, Any]) -> Cloth:
    return Cloth(
        parse(one["areal_density"], "mass per area"),
        parse(one["heat_capacity"], "heat capacity"),
        _spread(name, one["absorptivity"]),
        float(one["emissivity"]),
        parse(one["limit"], "temperature"),
        _status(name, one["status"]),
        str(one["source"]),
    )


def _detector(name: str, one: Mapping[str, Any]) -> KnownDetector:
    key = next((key for key in MEASURED if key in one), "broken")
    threshold = 0.5 if key == "broken" else parse(one[key], MEASURED[key])
    detector = Detector(
        threshold=threshold,
        noise=float(one["noise"]) * threshold,
        period=parse(one["period"], "time"),
        persistence=int(one["persistence"]),
        latency=parse(one["latency"], "time"),
        both_sides=key == "rate",
    )
    return KnownDetector(detector, key, _status(name, one["status"]), str(one["source"]))


def _spread(name: str, ends: list[Any], dimension: str = "") -> Spread:
    low, mean, high = (parse(x, dimension) if dimension else float(x) for x in ends)
    if not 0.0 <= low <= mean <= high:
        raise ValueError(f"{name}: {ends}: expected low, mean and high, rising from 0")
    return Spread(low, mean, high)


def _status(name: str, status: str) -> Status:
    known: tuple[Status, ...] = get_args(Status)
    for one in known:
        if status == one:
            return one
    raise ValueError(f"{name}: status {status!r}: expected one of {', '.join(known)}")
