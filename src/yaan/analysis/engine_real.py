"""What a real engine would have of an ideal design point: the losses of families.

Reality lies between shifting and frozen flow, less losses that no equilibrium knows. Their measure
is what engines of a family (propellants and cycle) have of the ideal; see `propulsion.losses`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yaan.base.errors import InputError, Problem, nearest, quote
from yaan.propulsion.chamber import Design, Performance
from yaan.propulsion.losses import FAMILIES, Family, propellant_class
from yaan.propulsion.shipped import point_of


@dataclass(frozen=True)
class Real:
    """The vacuum specific impulse of one more engine of a family.

    Attributes:
        family: whose losses.
        low: end of the band of 95 % [s].
        mean: by the mean of the family [s].
        high: the other end [s].
    """

    family: Family
    low: float
    mean: float
    high: float


def real_isp(
    shifting: Performance | None, oxidiser: str | None, fuel: str, cycle: str | None = None
) -> tuple[Real, ...]:
    """The bands of all families of these propellants, or of one cycle of them.

    Args:
        shifting: the ideal in shifting equilibrium, which the families are measured against.
        oxidiser: its name; None where the fuel burns alone, of which no family is known.
        fuel: its name.
        cycle: as engine files call it.

    Raises:
        InputError: no family has that cycle.
    """
    kin = () if oxidiser is None else families_of(oxidiser, fuel)
    pair = fuel if oxidiser is None else f"{oxidiser}/{fuel}"
    if cycle is not None:
        known = [one.cycle for one in kin]
        kin = [one for one in kin if one.cycle == cycle]
        if not kin:
            expected = f"a cycle of which losses of {pair} are known"
            hint = nearest(cycle, known) or "none is known of these propellants"
            raise InputError(Problem("", None, "family", quote(cycle), expected, hint))
    if shifting is None:
        return ()
    isp = shifting.isp_vacuum
    return tuple(
        Real(one, one.band.low * isp, one.band.mean * isp, one.band.high * isp) for one in kin
    )


def beyond(real: Sequence[Real], design: Design) -> str:
    """A sentence where a design lies beyond all that the bands were measured on; empty if not."""
    if not real or design.mixture is None:
        return ""
    points = [point_of(name) for one in real for name in one.family.anchors]
    asked = (
        ("mixtures", "", design.mixture, [one.mixture for one in points]),
        ("pressures", " bar", design.pressure / 1e5, [one.pressure / 1e5 for one in points]),
        ("area ratios", "", design.area_ratios[-1], [one.area_ratio for one in points]),
    )
    out = [
        f"{words} of {min(known):.4g} to {max(known):.4g}{unit}, not {value:.4g}"
        for words, unit, value, known in asked
        if not min(known) <= value <= max(known)
    ]
    if not out:
        return ""
    return f"The bands of real engines are of {'; '.join(out)}: here they are extrapolated."


def families_of(oxidiser: str, fuel: str) -> Sequence[Family]:
    """The families of a pair of propellants; none of a pair that the catalogue has not."""
    kind = propellant_class(oxidiser, fuel)
    return [one for one in FAMILIES if one.propellants == kind]
