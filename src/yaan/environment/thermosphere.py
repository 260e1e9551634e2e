"""NRLMSISE-00 as the air of a flight: its place, its clock and what the Sun does.

The model itself takes what its authors' program takes (`nrlmsise00`); here it becomes an
atmosphere, in metres and radians, that knows the day of the year and Universal Time from the
epoch, and local solar time from the longitude.
"""

import math
from typing import Any, ClassVar, Final, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.trigonometry import sincos
from yaan.environment.atmosphere import GAMMA, Air
from yaan.environment.nrlmsise00 import NRLMSISE00, Gases, load_nrlmsise00
from yaan.environment.nrlmsise00_series import Drivers, Instant
from yaan.environment.placed import AbstractPlacedAtmosphere
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.time import Epoch

BOLTZMANN: Final = 1.380649e-23  # [J/K]
_DAY: Final = 86400.0  # [s]
_JULIAN: Final = 2451544.5  # [day] 2000-01-01 0 h
_HISTORY: Final = 7  # indices of a history of storms


class Clock(eqx.Module):
    """The time of the epoch as the model counts it: day of the year, and seconds of it."""

    day: Float[Any, ""] = eqx.field(converter=held)  # from 1, whole
    second: Float[Any, ""] = eqx.field(converter=held)  # [s] of UTC
    days: Float[Any, ""] = eqx.field(converter=held)  # of that year

    def at(self, t: Float[Array, ""]) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Day of the year, whole, and second of it, `t` [s] after the epoch.

        Ignores: leap seconds after the epoch, and that later years are of another length.
        """
        second = self.second + t
        whole = jnp.floor(second / _DAY)
        return jnp.mod(self.day - 1.0 + whole, self.days) + 1.0, second - whole * _DAY


class SolarActivity(NamedTuple):
    """The drivers of a thermosphere, held over a flight."""

    f107: float
    """Solar flux at 10.7 cm of the day before [1e-22 W/(m2 Hz)]."""
    f107a: float
    """Its mean over 81 days."""
    ap: tuple[float, ...]
    """Geomagnetic index of the day, or its history of seven; see `Drivers`."""


class NRLMSISE00Atmosphere(AbstractPlacedAtmosphere):
    """The air of NRLMSISE-00, for drag: its density has the anomalous oxygen (GTD7D).

    Pressure is n k T of the gases without that oxygen; the speed of sound sqrt(gamma p / rho) with
    gamma 1.4, which is ours and means nothing above some 90 km, for Mach tables. Local time is
    apparent, by Spencer's equation of time, within 40 s.

    Valid: 0 to 1,000 km. Above, the gases go on; below -5 km the air of -5 km is held. Steps of the
    model: those of `nrlmsise00`, and one at each midnight of UTC, since its day is whole (below 1 %
    of density).
    Ignores: changes of solar activity and of storms during the flight.
    """

    model: NRLMSISE00
    drivers: Drivers
    clock: Clock

    valid_range: ClassVar[tuple[float, float]] = (0.0, 1e6)  # [m]

    def __init__(self, clock: Clock, activity: SolarActivity, model: NRLMSISE00 | None = None):
        """Make it of the time at the epoch and of what the Sun does."""
        history = len(activity.ap) == _HISTORY
        self.model = load_nrlmsise00(history=history) if model is None else model
        ap = activity.ap if history else activity.ap[0]
        numbers = (activity.f107, activity.f107a, ap)
        self.drivers = Drivers(*(jnp.asarray(x, dtype=float) for x in numbers))
        self.clock = clock

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - with its drivers
        """What it is."""
        f107, f107a = float(self.drivers.f107), float(self.drivers.f107a)
        ap = np.ravel(self.drivers.ap)
        storm = f"{'Ap' if len(ap) == 1 else 'ap of'} {', '.join(f'{x:g}' for x in ap)}"
        return Model(
            name="atmosphere",
            text=f"NRLMSISE-00, F10.7 {f107:g} (81-day mean {f107a:g}), {storm}",
            ignores="weather, and changes of solar activity and of storms during the flight",
        )

    @override
    def over(self, place: Geodetic, t: Float[Array, "*lanes"]) -> Air:
        gases = self.gases(place, t)
        pressure = BOLTZMANN * jnp.sum(gases.number, axis=-1) * gases.temperature
        sound = jnp.sqrt(GAMMA * pressure / gases.density)
        return Air(gases.density_for_drag, pressure, gases.temperature, sound)

    def gases(self, place: Geodetic, t: Float[Array, "*lanes"]) -> Gases:
        """The gases at `place` (geodetic, [rad] and [m]), `t` [s] after the epoch."""
        parts = (place.height, place.latitude, place.longitude, t)
        columns = jnp.broadcast_arrays(*(jnp.asarray(part, dtype=float) for part in parts))
        ask = self._gases
        for _ in range(columns[0].ndim):
            ask = jax.vmap(ask)
        return ask(*columns)

    def _gases(self, height: Array, latitude: Array, longitude: Array, t: Array) -> Gases:
        day, second = self.clock.at(t)
        east = jnp.degrees(longitude)
        hour = second / 3600.0 + east / 15.0 + equation_of_time(day, second) / 3600.0
        instant = Instant(jnp.degrees(latitude), east, day, second, jnp.mod(hour, 24.0))
        return self.model(height / 1e3, instant, self.drivers)


def equation_of_time(day: Array, second: Array) -> Array:
    """Apparent less mean solar time [s] on a day of the year, `second` [s] after its 0 h UT.

    Valid: within 40 s. Source: J. W. Spencer, Search 2 (1971) 172, as commonly quoted.
    """
    angle = 2.0 * math.pi / 365.0 * (day - 1.0 + second / _DAY)
    sine, cosine = sincos(angle)
    once = 0.001868 * cosine - 0.032077 * sine
    sine, cosine = sincos(2.0 * angle)
    twice = 0.014615 * cosine + 0.040849 * sine
    return (0.000075 + once - twice) * _DAY / (2.0 * math.pi)


def clock_of(epoch: Epoch) -> Clock:
    """The clock of an epoch, on the host."""
    whole, part = epoch.utc()
    since = (whole - _JULIAN) + part
    day = math.floor(since)
    date = np.datetime64("2000-01-01") + np.timedelta64(day, "D")
    year = date.astype("datetime64[Y]")
    first, after = (one.astype("datetime64[D]") for one in (year, year + 1))
    return Clock(
        np.float64((date - first).astype(int) + 1),
        np.float64((since - day) * _DAY),
        np.float64((after - first).astype(int)),
    )


def year_of(epoch: Epoch) -> float:
    """An epoch as a year and its fraction, within a day: where it stands in a solar cycle."""
    whole, part = epoch.utc()
    return 2000.0 + float((whole - _JULIAN) + part) / 365.25
