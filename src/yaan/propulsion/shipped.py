"""Ideal performance of the catalogue's design points, shipped, so that none needs `cea`.

The table is made by `builders/engine_ideal.py` from certified equilibrium (`chamber`); a design
point that it has not is solved where `cea` is installed.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.errors import YaanError

NAME: Final = "engine_ideal.json"


@dataclass(frozen=True, slots=True)
class Point:
    """A design point: names of `yaan.chemistry`, chamber pressure [Pa], mixture, area ratio."""

    oxidiser: str
    fuel: str
    pressure: float
    mixture: float
    area_ratio: float

    @property
    def key(self) -> str:
        """The inputs as one text, to nine digits: what the table is asked by."""
        numbers = f"{self.pressure:.9g} Pa, {self.mixture:.9g}, {self.area_ratio:.9g}"
        return f"{self.oxidiser} / {self.fuel}, {numbers}"


@dataclass(frozen=True, slots=True)
class Ideal:
    """Ideal one-dimensional performance of a design point, with an infinite chamber.

    Attributes:
        point: the design point.
        temperature: of the chamber [K].
        cstar: characteristic velocity [m/s].
        shifting: vacuum specific impulse in shifting equilibrium [s].
        frozen: the same, frozen at the throat [s].
        exit_pressure: in shifting equilibrium [Pa].
        certificate: the proof of the equilibrium in short.
        origin: "shipped", or "cea" where it was solved now.
    """

    point: Point
    temperature: float
    cstar: float
    shifting: float
    frozen: float
    exit_pressure: float
    certificate: str
    origin: str

    @property
    def thrust_coefficient(self) -> float:
        """Vacuum thrust over chamber pressure and throat area, shifting."""
        return self.shifting * STANDARD_GRAVITY / self.cstar

    def shifting_at(self, ambient: float) -> float:
        """Specific impulse [s] against an ambient pressure [Pa], the nozzle flowing full."""
        lost = ambient / self.point.pressure * self.point.area_ratio * self.cstar
        return self.shifting - lost / STANDARD_GRAVITY


@functools.cache
def table() -> Mapping[str, Any]:
    """The shipped table: how it was `made`, its `engines`, and its `designs` by their keys."""
    path = resources.files("yaan") / "library" / "tables" / NAME
    return json.loads(path.read_text(encoding="utf-8"))


def point_of(engine: str) -> Point:
    """The design point of an engine of the catalogue, by its name, as it is shipped."""
    pair, pressure, mixture, area_ratio = table()["engines"][engine].split(", ")
    oxidiser, fuel = pair.split(" / ")
    return Point(
        oxidiser=oxidiser,
        fuel=fuel,
        pressure=float(pressure.removesuffix(" Pa")),
        mixture=float(mixture),
        area_ratio=float(area_ratio),
    )


def ideal(point: Point, *, solve: bool = True) -> Ideal | YaanError:
    """Ideal performance: shipped, or solved now; else why there is none."""
    row = table()["designs"].get(point.key)
    if row is not None:
        return Ideal(point, **row, origin="shipped")
    if not solve:
        return YaanError("not among the shipped design points")
    return solved([point])[0]


def solved(points: Sequence[Point]) -> list[Ideal | YaanError]:
    """Ideal performance by certified equilibrium: for each point, or why there is none."""
    # Here and not above: what is shipped must be read where there is no cea.
    from yaan.propulsion.chamber import Design, rocket_many

    def design(point: Point, flow: Any) -> Any:
        return Design(
            fuel=point.fuel,
            oxidiser=point.oxidiser,
            pressure=point.pressure,
            mixture=point.mixture,
            area_ratios=(point.area_ratio,),
            flow=flow,
        )

    try:
        shifting = rocket_many([design(point, "shifting") for point in points])
        frozen = rocket_many([design(point, "frozen") for point in points])
    except YaanError as error:  # no cea
        return [error] * len(points)
    return [_ideal(*each) for each in zip(points, shifting, frozen, strict=True)]


def _ideal(point: Point, shifting: Any, frozen: Any) -> Ideal | YaanError:
    for answer in (shifting, frozen):
        if isinstance(answer, YaanError):
            return answer
    proof = shifting.certificate
    return Ideal(
        point=point,
        temperature=shifting.stations[0].temperature,
        cstar=shifting.cstar,
        shifting=shifting.isp_vacuum,
        frozen=frozen.isp_vacuum,
        exit_pressure=shifting.stations[-1].pressure,
        certificate=f"elements {proof.element_balance:.0e}, energy {proof.energy_residual:.0e}, "
        f"worst absent phase {proof.worst_driving_force:.0e} ({proof.absent_phase or 'none'})",
        origin="cea",
    )
