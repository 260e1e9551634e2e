"""An engine from five numbers: what its design point says of keys that its file leaves out.

The ideal engine of `propulsion.surfaces`, times what the family of its cycle loses
(`propulsion.losses`). Each value is an assumption, with the band of the family as its range.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from yaan.base.constants import STANDARD_GRAVITY
from yaan.description.engine_design import EngineDesignSpec
from yaan.description.off_design import pair_of, surfaced

DESIGN_TELLS: Final = (
    "design tells it with chamber_pressure, mixture_ratio and area_ratio of a pair that has "
    "surfaces (LOX with LH2, RP-1 or CH4; N2O4 with UDMH, UH25 or MMH), within their range, and a "
    "cycle whose losses are known"
)


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that a design point gives.

    Attributes:
        value: [SI].
        low: of its range.
        high: of its range.
        why: how it was found, in words.
    """

    value: float
    low: float
    high: float
    why: str


@dataclass(frozen=True, slots=True)
class _Nozzle:
    """An ideal engine and what its family loses."""

    design: EngineDesignSpec
    isp: float  # [s]
    coefficient: float
    low: float
    mean: float
    high: float
    family: str

    @property
    def exhaust(self) -> Derived:
        """Vacuum specific impulse [s]."""
        why = (
            f"derived: ideal {self.isp:.1f} s of its design, times {self.mean:.3f} of the family "
            f"{self.family}"
        )
        return Derived(self.isp * self.mean, self.isp * self.low, self.isp * self.high, why)

    @property
    def pushes(self) -> tuple[float, float, float]:
        """Vacuum thrust coefficient: least, likely, greatest.

        How a loss is shared between characteristic velocity and nozzle is not known: half of it is
        the nozzle's, and the range goes from all of it to none.
        """
        half = self.coefficient * math.sqrt(self.mean)
        return self.coefficient * self.low, half, self.coefficient


def isp_of(design: EngineDesignSpec | None) -> Derived | None:
    """Vacuum specific impulse [s]; None where a design point does not tell it."""
    found = _nozzle(design)
    return None if found is None else found.exhaust


def thrust_of(design: EngineDesignSpec | None, isp: float) -> Derived | None:
    """Vacuum thrust [N] by flow and `isp` [s], or by a diameter; None where neither is told."""
    if design is None:
        return None
    if design.flow is not None and isp > 0.0:
        thrust = design.flow * isp * STANDARD_GRAVITY
        return Derived(thrust, thrust, thrust, "derived: flow of its design times isp")
    found, area = _nozzle(design), _throat(design)
    if found is None or area is None or design.chamber_pressure is None:
        return None
    low, likely, high = (design.chamber_pressure * area * push for push in found.pushes)
    why = "derived: chamber pressure and throat area of its design, times its thrust coefficient"
    return Derived(likely, low, high, why)


def exit_area_of(design: EngineDesignSpec | None, thrust: float | None) -> Derived | None:
    """Exit area [m^2] of all chambers, by a diameter or by `thrust` [N]; None if neither does."""
    if design is None or design.area_ratio is None:
        return None
    area = _throat(design)
    if area is not None:
        out = area * design.area_ratio
        return Derived(out, out, out, "derived: diameter of its design")
    found = _nozzle(design)
    if found is None or thrust is None or design.chamber_pressure is None:
        return None
    weak, likely, strong = found.pushes
    outs = [
        thrust / (design.chamber_pressure * push) * design.area_ratio for push in (strong, weak)
    ]
    out = thrust / (design.chamber_pressure * likely) * design.area_ratio
    why = "derived: thrust over chamber pressure and thrust coefficient, times area ratio"
    return Derived(out, outs[0], outs[1], why)


def _throat(design: EngineDesignSpec) -> float | None:
    """Throat area of all chambers [m^2]."""
    across = design.throat_diameter
    if across is None and design.exit_diameter is not None and design.area_ratio is not None:
        across = design.exit_diameter / math.sqrt(design.area_ratio)
    return None if across is None else design.chambers * 0.25 * math.pi * across**2


def _nozzle(design: EngineDesignSpec | None) -> _Nozzle | None:
    if design is None or surfaced(design) is None:
        return None
    # Here and not above: a file that needs none of it is checked without any array library.
    from yaan.propulsion.losses import family_of, propellant_class
    from yaan.propulsion.surfaces import ideal

    kind = propellant_class(design.oxidiser, design.fuel)
    family = family_of(kind, design.family or design.cycle)
    pair, pressure, ratio, area = (
        pair_of(design.oxidiser, design.fuel),
        design.chamber_pressure,
        design.mixture_ratio,
        design.area_ratio,
    )
    if family is None or pair is None or pressure is None or ratio is None or area is None:
        return None
    found, band = ideal(*pair, ratio, pressure, area), family.band
    push = float(found.thrust_coefficient)
    return _Nozzle(design, float(found.isp), push, band.low, band.mean, band.high, family.name)


class Found(float):
    """A number that no file has: whoever reads it next knows so without working it out again."""


def default_isp(data: Mapping[str, Any]) -> float:
    """Of an engine that does not say it [s]; zero where its design cannot tell."""
    found = isp_of(data.get("design"))
    return 0.0 if found is None else Found(found.value)


def default_thrust(data: Mapping[str, Any]) -> float | None:
    """Of an engine that does not say it [N]."""
    found = thrust_of(data.get("design"), data.get("isp") or 0.0)
    return None if found is None else Found(found.value)


def default_exit_area(data: Mapping[str, Any]) -> float:
    """Of an engine that does not say it [m^2]: zero, unless its specific impulse is derived too.

    A file with an isp of its own leaves back pressure out on purpose.
    """
    if not isinstance(data.get("isp"), Found):
        return 0.0
    found = exit_area_of(data.get("design"), data.get("thrust"))
    return 0.0 if found is None else found.value
