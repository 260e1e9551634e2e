"""A computed engine as plain records, SI: what `engine.json` holds."""

import math
from collections.abc import Sequence
from typing import Any, Final

from yaan.engines.sweep import Best
from yaan.propulsion.chamber import Performance, Station
from yaan.propulsion.heat import ThroatHeat
from yaan.propulsion.nozzle import IGNORED, Judged, together

_LEAST: Final = 1e-6  # mole fraction of a species that is told


def station(row: Station) -> dict[str, Any]:
    """A station; what is not known is None."""
    numbers = (
        "area_ratio",
        "pressure",
        "temperature",
        "density",
        "enthalpy",
        "entropy",
        "molar_mass",
        "gamma",
        "heat_capacity",
        "sound_speed",
        "mach",
        "viscosity",
        "conductivity",
        "prandtl",
    )
    told: dict[str, Any] = {"name": row.name}
    for name in numbers:
        told[name] = _finite(getattr(row, name))
    shares = sorted(row.mole_fractions.items(), key=lambda one: -one[1])
    return told | {"mole_fractions": {key: x for key, x in shares if x >= _LEAST}}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def certificate(one: Performance) -> dict[str, Any]:
    """What an answer was checked for."""
    held = one.certificate
    return {
        "element_balance": held.element_balance,
        "energy_residual": held.energy_residual,
        "worst_driving_force": _finite(held.worst_driving_force),
        "absent_phase": held.absent_phase or None,
        "trace_left_out": held.trace_left_out,
        "stationarity": held.stationarity,
        "notes": list(held.notes),
    }


def separation(judged: Sequence[Judged]) -> dict[str, Any]:
    """Whether the nozzle runs full at the ground."""
    rows = [
        {
            "criterion": one.criterion,
            "limit": one.limit,
            "ratio": one.ratio,
            "margin": one.margin,
            "verdict": one.verdict,
            "area_ratio": one.area_ratio,
            "text": one.text,
            "source": one.source,
        }
        for one in judged
    ]
    return {"verdict": together(judged), "criteria": rows, "ignores": IGNORED}


def heat(heat: ThroatHeat) -> dict[str, Any]:
    """Heat flux at the throat."""
    return {
        "flux": heat.flux,
        "low": heat.low,
        "high": heat.high,
        "coefficient": heat.coefficient,
        "adiabatic_wall": heat.adiabatic_wall,
        "wall": heat.throat.wall,
        "curvature": heat.throat.curvature,
        "assumed": list(heat.assumed),
    }


def best(best: Best) -> dict[str, Any]:
    """An optimum."""
    return {
        "of": best.asked.optimum,
        "flow": best.flow,
        "mixture": best.mixture,
        "value": best.value,
        "within": best.within,
        "bounds": list(best.bounds),
        "inside": best.inside,
        "refused": best.refused,
        "text": best.text,
    }
