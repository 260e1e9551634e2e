"""SGP4: mean elements to states, by the package `sgp4` (Rhodes, after AIAA 2006-6753)."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from sgp4.api import SGP4_ERRORS, WGS72, Satrec
from typing_extensions import override

from yaan.base.constants import SECONDS_PER_DAY
from yaan.base.errors import YaanError
from yaan.formats.blocks import KM
from yaan.formats.record import Array, ElementSet
from yaan.spacetime.arc import AbstractArc
from yaan.spacetime.axes import convert
from yaan.spacetime.frame import Frame
from yaan.spacetime.time import Epoch, bundled_orientation

MU_72: Final = 3.986008e14
"""[m^3/s^2], WGS 72, with which element sets are made (AIAA 2006-6753, table 2; not re-read)."""

EARTH_RADIUS_72: Final = 6_378_135.0
"""[m], WGS 72, likewise."""

_MINUTE: Final = 60.0  # [s]
_DAY_1950: Final = 2_433_281.5  # [day], Julian date of 1949-12-31, from which SGP4 counts


class Sgp4Error(YaanError):
    """SGP4 has no state: of a decayed craft, mostly.

    Attributes:
        code: its number, 1 to 6.
    """

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text, code)
        self.code = code

    def __str__(self) -> str:
        """The sentence."""
        return str(self.args[0])


def satellite(one: ElementSet, mode: str = "i") -> Satrec:
    """The model of a set, by WGS 72; `mode` "i" is the improved one, "a" that of the Air Force.

    Raises:
        Sgp4Error: elements that it cannot start from.
    """
    made = Satrec()
    day, part = one.epoch.jd("UTC")
    made.sgp4init(
        WGS72,
        mode,
        min(one.number, 339_999),  # more than Alpha-5 has; the model does not use it
        # Added up first, to 40 us: the published states were made so, and a Moon that stands
        # otherwise moves some of them by millimetres.
        (day + part) - _DAY_1950,
        one.bstar,
        one.mean_motion_dot * _MINUTE**2,
        one.mean_motion_ddot * _MINUTE**3,
        one.eccentricity,
        one.argument_of_perigee,
        one.inclination,
        one.mean_anomaly,
        one.mean_motion * _MINUTE,
        one.node,
    )
    if made.error:
        raise Sgp4Error(_sentence(made.error), made.error)
    return made


def _sentence(code: int) -> str:
    """What an error code means: decayed, mostly."""
    return f"SGP4 gives no state: {SGP4_ERRORS.get(code, f'error {code}')}"


def states_teme(one: ElementSet, t: ArrayLike, mode: str = "i") -> tuple[Array, Array]:
    """Position [n, 3, m] and velocity [n, 3, m/s] in TEME at `t` [n, s] after the set's epoch.

    Raises:
        Sgp4Error: an instant at which SGP4 has no state, as after a decay; with the instant.
    """
    return _states(satellite(one, mode), one, np.atleast_1d(np.asarray(t, dtype=float)))


def _states(model: Satrec, one: ElementSet, t: Array) -> tuple[Array, Array]:
    # Whole days and their part since the epoch: their difference is `t` again.
    whole, rest = np.divmod(t / SECONDS_PER_DAY, 1.0)
    dates = model.jdsatepoch + whole, model.jdsatepochF + rest
    wrong, position, velocity = model.sgp4_array(*dates)
    if np.any(wrong):
        first = int(np.flatnonzero(wrong)[0])
        when = (one.epoch + float(t[first])).iso()
        name = one.name or str(one.number)
        code = int(wrong[first])
        raise Sgp4Error(f"{name} at {when}: {_sentence(code)}", code)
    return position * KM, velocity * KM


@dataclass(frozen=True)
class Sgp4Arc(AbstractArc):
    """An arc by SGP4 from one element set; `start` and `stop` [s] count from the set's epoch.

    Valid: as far from its epoch as its user trusts it: a kilometre at the epoch, some a day later,
    in low orbits (AIAA 2006-6753). TEME is turned to GCRS by `spacetime.axes`.
    """

    name: str
    epoch: Epoch
    start: float
    stop: float
    elements: ElementSet
    model: Satrec = field(repr=False)

    @override
    def _at(self, t: Array) -> tuple[Array, Array]:
        motion = _states(self.model, self.elements, t)
        return convert(*motion, (self.epoch, t), Frame.TEME, Frame.GCRS, bundled_orientation())


def sgp4_arc(one: ElementSet, start: Epoch, stop: Epoch) -> Sgp4Arc:
    """The arc of a set between two instants.

    Raises:
        YaanError: elements that it cannot start from, or a span that ends before it begins.
    """
    name = one.name or str(one.number)
    first, last = ((at - one.epoch) for at in (start, stop))
    if first > last:
        raise YaanError(f"{name}: a span from {start.iso()} that ends before, {stop.iso()}")
    return Sgp4Arc(name, one.epoch, first, last, one, satellite(one))
