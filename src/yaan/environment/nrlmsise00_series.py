"""The series of NRLMSISE-00: how its parameters vary with place, season, hour, Sun and storms.

The model has 25 parameters that vary: the exospheric temperature, temperature and gradient at 120
km, a density for each gas, and below that the temperatures and gradients of nodes. Each is one sum
G of spherical harmonics in latitude, times harmonics of the year, of local time, of longitude and
of Universal Time, times the drivers. All 25 are one array programme here: 154 features of place and
time, multiplied by one array of coefficients, then by what differs from sum to sum beyond a
coefficient (seasons with phases of their own, saturation of the Sun's and of the storms' effect).

Two forms of the sum exist, the long one of the thermosphere (the Fortran's GLOBE7, equations A22 to
A24 of the MSIS-86 paper) and the short one below (GLOB7S). They share features; what one of them
lacks has a coefficient of zero. Phases are expanded on the host: cos(x - p) = cos x cos p + sin x
sin p.

Source: J. M. Picone, A. E. Hedin, D. P. Drob, A. C. Aikin, NRLMSISE-00 empirical model of the
atmosphere, JGR 107 (A12) 1468 (2002); the coefficients and what the paper leaves open from the
authors' Fortran of 2002-02-01. A. E. Hedin, MSIS-86 thermospheric model, JGR 92 (1987) 4649: the
numbers of equations are the Fortran's comments; the paper was not re-read.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from yaan.base.trigonometry import sincos

# Constants as the model has them, of few digits: they define it.
DEGREE: Final = 1.74533e-2  # [rad/deg]
YEAR: Final = 1.72142e-2  # [rad/day]
HOUR: Final = 0.2618  # [rad/h]
SECOND: Final = 7.2722e-5  # [rad/s]

TINF, SLOPE, TLB = 0, 1, 2
"""Rows of the sums: exospheric temperature, gradient at 120 km, temperature there."""
GASES: Final = slice(3, 10)
"""He, O, N2, O2, Ar, H, N."""
HOT_OXYGEN: Final = 10
NODES: Final = slice(11, 15)
"""Temperatures at 110, 100, 90 and 72.5 km, in the model's inverse form."""
NODE_SLOPE: Final = 15
"""Gradient at 72.5 km."""
LOWER: Final = slice(16, 23)
"""Temperatures at 55, 45, 32.5, 20, 15, 10 and 0 km."""
LOWER_SLOPES: Final = slice(23, 25)
"""Gradients at 32.5 and 0 km."""
ROWS: Final = 25
_LONG: Final = 11  # rows of the long form

_GAS_ROWS: Final = (0, 1, 2, 4, 5, 6, 7)  # of `pd`, whose fourth is the temperature at 120 km
_NITROGEN, _ATOMIC_NITROGEN = 5, 9  # rows whose saturation the short form borrows

_LEGENDRE: Final = [
    *((n, 0) for n in range(7)),
    *((n, 1) for n in range(1, 7)),
    *((2, 2), (3, 2), (4, 2), (5, 2), (7, 2)),
    *((3, 3), (4, 3), (6, 3)),
]
"""Degree and order of the associated Legendre functions, without the Condon-Shortley sign."""

_TIMES: Final = {
    name: index
    for index, name in enumerate(
        "1 a aa d da dd ct st c2 s2 c3 s3 cl sl cu su cw sw acw asw".split()
    )
}
"""Factors of features: mean flux a (from 150), its day d (from the mean), local time t (1 to 3
times), longitude l, Universal Time u, w = u + 2 l."""


def _pairs(orders: list[tuple[int, int]], *times: str) -> list[tuple[tuple[int, int], str]]:
    return [(order, time) for time in times for order in orders]


_ODD: Final = [(1, 0), (3, 0), (5, 0)]
_TILTED: Final = [(1, 1), (3, 1), (5, 1)]
_EVEN: Final = [(2, 1), (4, 1), (6, 1)]
_MIXED: Final = [(3, 2), (5, 2), (7, 2)]
_LONGITUDES: Final = [*_EVEN, *_TILTED]

_SLOTS: Final = {
    "mean": _pairs([(0, 0), (2, 0), (4, 0), (6, 0), (1, 0), (3, 0), (5, 0)], "1"),
    "flux": [*_pairs([(0, 0)], "a", "aa", "d", "da", "dd"), ((2, 0), "a")],
    "semiannual": _pairs([(0, 0), (2, 0), (4, 0)], "1"),
    "annual": _pairs([(0, 0), (2, 0), (4, 0)], "1"),
    "odd annual": _pairs(_ODD, "1"),
    "odd semiannual": _pairs([(1, 0)], "1"),
    "diurnal": _pairs(_TILTED, "ct", "st"),
    "semidiurnal": [*_pairs([(2, 2), (4, 2)], "c2", "s2"), *_pairs([(3, 3)], "s3", "c3")],
    "diurnal by season": [*_pairs([(2, 1)], "ct", "st"), *_pairs([(3, 2), (5, 2)], "c2", "s2")],
    "terdiurnal by season": _pairs([(4, 3), (6, 3)], "s3", "c3"),
    "storm": _pairs([(0, 0), (2, 0), (4, 0)], "1"),
    "storm by season": _pairs(_ODD, "1"),
    "storm by hour": _pairs(_TILTED, "ct", "st"),
    "longitude, cosine": _pairs(_LONGITUDES, "cl"),
    "longitude, sine": _pairs(_LONGITUDES, "sl"),
    "longitude by season": _pairs(_TILTED, "cl", "sl"),
    "universal time": _pairs(_ODD, "cu", "su"),
    "universal time and longitude": _pairs(_MIXED, "cw", "sw"),
    "the same by flux": _pairs(_MIXED, "acw", "asw"),
    "storm by longitude": _pairs(_EVEN, "cl", "sl"),
    "storm by longitude and season": _pairs(_TILTED, "cl", "sl"),
    "storm by universal time": _pairs(_ODD, "cu", "su"),
}
"""Features by slot: those of a slot have one factor per row in common."""

_WIDTH: Final = max(map(len, _SLOTS.values()))


def _feature_indices() -> tuple[np.ndarray, np.ndarray]:
    """Where features find their Legendre function and their factor, [slots, width]."""
    harmonic = np.zeros((len(_SLOTS), _WIDTH), dtype=np.int32)
    time = np.zeros_like(harmonic)
    for row, slot in enumerate(_SLOTS.values()):
        for column, (order, factor) in enumerate(slot):
            harmonic[row, column] = _LEGENDRE.index(order)
            time[row, column] = _TIMES[factor]
    return harmonic, time


_HARMONIC, _TIME = _feature_indices()


def _legendre_powers() -> np.ndarray:
    """Legendre functions as polynomials: coefficients of sin^k cos^m of latitude, [28, 21]."""
    powers = np.zeros((7, 4, len(_LEGENDRE)))
    for column, (degree, order) in enumerate(_LEGENDRE):
        rising = np.polynomial.Legendre.basis(degree).convert(kind=np.polynomial.Polynomial)
        found = rising.deriv(order).coef
        powers[: len(found), order, column] = found
    return powers.reshape(28, -1)


_POWERS: Final = _legendre_powers()

_HARMONICS: Final = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0])
"""Of the year, for the phases of a row in `_PHASES`."""

# Numbers of the model are its Fortran's, from 1; `_at` counts down.
_PHASES: Final = (14, 18, 32, 39)
_SEASONS_OF_LONGITUDE: Final = (82, 87, 85, 89)  # of the short form only
_GAINS: Final = (48, 50, 20, 21, 81, 82, 96, 120)  # of the long form only

_LONG_TERMS: Final = {
    "mean": (31, 2, 3, 23, 27),
    "semiannual": (16, 17),
    "annual": (19,),
    "odd annual": (10, 11),
    "odd semiannual": (38,),
    "diurnal": (4, 5, 28, 7, 8, 29),
    "semidiurnal": (6, 42, 9, 43, 40, 41),
    "diurnal by season": (12, 13, 24, 36, 34, 37),
    "terdiurnal by season": (94, 47, 95, 49),
    "longitude, cosine": (65, 66, 67, 104, 105, 106),
    "longitude, sine": (91, 92, 93, 107, 108, 109),
    "longitude by season": (110, 111, 112, 113, 114, 115),
}
_SHORT_TERMS: Final = {
    "mean": (0, 2, 3, 23, 27, 15, 60),
    "flux": (22,),
    "semiannual": (16, 17, 31),
    "annual": (19, 48, 30),
    "odd annual": (10, 11, 21),
    "odd semiannual": (38,),
    "diurnal": (4, 5, 0, 7, 8, 0),
    "semidiurnal": (6, 42, 9, 43, 40, 41),
    "diurnal by season": (12, 13, 24, 36, 34, 37),
    "longitude, cosine": (65, 66, 67, 75, 76, 77),
    "longitude, sine": (91, 92, 93, 78, 79, 80),
}


class _Storm(NamedTuple):
    """Which coefficients say what a storm does; those by hour, place and time have a phase."""

    mean: tuple[int, ...]
    season: tuple[int, ...]
    hour: tuple[int, ...]
    longitude: tuple[int, ...]
    longitude_season: tuple[int, ...]
    universal: tuple[int, ...]
    tilt: int
    short: tuple[int, int]
    saturation: tuple[int, ...]


_DAILY: Final = _Storm(
    mean=(33, 46, 35),
    season=(101, 102, 103),
    hour=(122, 123, 124, 125),
    longitude=(61, 62, 63, 64),
    longitude_season=(116, 117, 118, 119),
    universal=(84, 85, 86, 76),
    tilt=121,
    short=(33, 46),
    saturation=(44, 45),
)
_HISTORY: Final = _Storm(
    mean=(51, 97, 55),
    season=(126, 127, 128),
    hour=(129, 130, 131, 132),
    longitude=(53, 99, 68, 98),
    longitude_season=(134, 135, 136, 137),
    universal=(56, 57, 58, 59),
    tilt=133,
    short=(51, 97),
    saturation=(25, 26, 52, 139),
)


class Drivers(NamedTuple):
    """What moves the model besides place and time; each scalar, but for the history of Ap."""

    f107: Float[Array, ""]
    """Solar flux at 10.7 cm of the day before [1e-22 W/(m2 Hz)], at the distance of that day."""
    f107a: Float[Array, ""]
    """Its mean of 81 days about the day."""
    ap: Float[Array, "*history"]
    """Geomagnetic index of the day; or seven of them: the day's, those of now and of 3, 6 and 9 h
    before (3 h each), the means of 12 to 33 h and of 36 to 57 h before."""


class Instant(NamedTuple):
    """A place and a time, in the model's own units; each scalar."""

    latitude: Float[Array, ""]  # [deg] geodetic
    longitude: Float[Array, ""]  # [deg] east
    day: Float[Array, ""]  # of the year, from 1
    second: Float[Array, ""]  # [s] of Universal Time
    hour: Float[Array, ""]  # [h] local apparent solar time


class Series(eqx.Module):
    """The 25 sums of the model, made from its coefficients by `series`."""

    coefficients: Float[Array, "width rows slots"] = eqx.field(converter=jnp.asarray)
    seasons: Float[Array, "2 rows 8"] = eqx.field(converter=jnp.asarray)
    """Cosine and sine of the phases of the year."""
    gains: Float[Array, "rows 13"] = eqx.field(converter=jnp.asarray)
    saturation: Float[Array, "long terms"] = eqx.field(converter=jnp.asarray)
    history: bool = eqx.field(static=True)
    """Whether storms are told by seven indices, not by the day's."""

    def __call__(
        self, instant: Instant, drivers: Drivers, *, low: Bool[Array, ""]
    ) -> Float[Array, " rows"]:
        """The sums G of all rows.

        `low`: whether the place is below 62.5 km. The Fortran keeps what the last of its long sums
        made of the storm, and below that height another one is last.
        """
        features, legendre = _features(instant, drivers)
        # By hand over the short axis: faster than a sum or a product of matrices, in every batch.
        parts = (c * features[None, :, k] for k, c in enumerate(self.coefficients))
        return jnp.sum(sum(parts) * self._factors(instant, drivers, legendre, low), axis=-1)

    def _factors(
        self,
        instant: Instant,
        drivers: Drivers,
        legendre: Float[Array, " n"],
        low: Bool[Array, ""],
    ) -> Float[Array, "rows slots"]:
        """What differs from row to row within a slot."""
        day = YEAR * instant.day * _HARMONICS
        sine, cosine = sincos(day)
        season = cosine[None] * self.seasons[0] + sine[None] * self.seasons[1]
        odd = legendre[_LEGENDRE.index((1, 0))]
        a, d = drivers.f107a - 150.0, drivers.f107 - drivers.f107a
        by_mean, by_mean_day, by_day, by_day2, far, universal, north, tilt = self.gains[:, :8].T
        storm_tilt = self.gains[:, 8]
        year, half, second_year, second_half = season[:, :4].T
        of_day = by_day * d + by_day2 * d * d
        f1, f2 = 1.0 + by_mean * a + of_day, 1.0 + by_mean_day * a + of_day
        storm = self._storm(instant, drivers, low)
        one = jnp.ones_like(year)
        seasonal = self.gains[:, 9:] * season[:, 4:]
        place = 1.0 + far * a + odd * (seasonal[:, 0] + seasonal[:, 1])
        place = place + seasonal[:, 2] + seasonal[:, 3]
        time = (1.0 + north * odd) * (1.0 + universal * a) * (1.0 + tilt * odd * year)
        by_name = {
            "semiannual": half,
            "annual": second_year,
            "odd annual": f1 * year,
            "odd semiannual": second_half,
            "diurnal": f2,
            "semidiurnal": f2,
            "diurnal by season": f2 * year,
            "terdiurnal by season": f2 * year,
            "storm": storm,
            "storm by season": storm * year,
            "storm by hour": storm,
            "longitude, cosine": place,
            "longitude, sine": place,
            "longitude by season": place * year,
            "universal time": time,
            "storm by longitude": storm * (1.0 + storm_tilt * odd),
            "storm by longitude and season": storm * year,
            "storm by universal time": storm,
        }
        return jnp.stack([by_name.get(slot, one) for slot in _SLOTS], axis=-1)

    def _storm(
        self, instant: Instant, drivers: Drivers, low: Bool[Array, ""]
    ) -> Float[Array, " rows"]:
        """The index as each row feels it, which saturates: equation A24d, and A24a, c."""
        terms = self.saturation
        if not self.history:
            ap = jnp.ravel(drivers.ap)[0] - 4.0
            felt = _saturated(ap, terms[:, 0], terms[:, 1])
        else:
            index = drivers.ap[None, 1:] - 4.0
            each = _saturated(index, terms[:, :1], terms[:, 1:2])
            felt = jnp.sum(each * _memory(terms[:, 2], terms[:, 3], instant.latitude), axis=-1)
        last = jnp.where(low, felt[_NITROGEN], felt[_ATOMIC_NITROGEN])
        nodes = jnp.broadcast_to(felt[TLB], (5,))
        return jnp.concatenate([felt, nodes, jnp.broadcast_to(last, (9,))])


def _saturated(index: Array, rate: Array, share: Array) -> Array:
    return index + (share - 1.0) * (index + jnp.expm1(-rate * index) / rate)


def _memory(rate: Array, tilt: Array, latitude: Array) -> Float[Array, "long 6"]:
    """Weights of the indices of now to 57 h before."""
    decay = jnp.exp(-10800.0 * rate / (1.0 + tilt * (45.0 - jnp.abs(latitude))))  # [s] in 3 h
    x = jnp.minimum(decay, 0.99999)
    eight = (1.0 - x**8) / (1.0 - x)
    parts = [jnp.ones_like(x), x, x**2, x**3, x**4 * eight, x**12 * eight]
    total = 1.0 + (1.0 - x**19) / (1.0 - x) * jnp.sqrt(x)
    return jnp.stack(parts, axis=-1) / total[:, None]


def _features(
    instant: Instant, drivers: Drivers
) -> tuple[Float[Array, "slots width"], Float[Array, " n"]]:
    """The features, and the Legendre functions that they are made of."""
    sine, cosine = sincos(DEGREE * instant.latitude)
    square, across = sine * sine, cosine * cosine
    one = jnp.ones_like(sine)
    up = [one, sine, square, square * sine, square * square]
    up = jnp.stack([*up, up[4] * sine, up[4] * square])
    legendre = jnp.outer(up, jnp.stack([one, cosine, across, across * cosine])).ravel() @ _POWERS
    a, d = drivers.f107a - 150.0, drivers.f107 - drivers.f107a
    local, longitude = HOUR * instant.hour, DEGREE * instant.longitude
    universal = SECOND * instant.second
    angles = jnp.stack(
        [local, 2.0 * local, 3.0 * local, longitude, universal, universal + 2.0 * longitude]
    )
    waves = jnp.stack(sincos(angles)[::-1], axis=-1)
    flux = jnp.stack([one, a * one, a * a * one, d * one, a * d * one, d * d * one])
    times = jnp.concatenate([flux, waves.ravel(), a * waves[5]])
    return legendre[_HARMONIC] * times[_TIME], legendre


def series(tables: Mapping[str, np.ndarray], *, history: bool) -> Series:
    """The sums from the model's tables, on the host.

    Args:
        tables: `library/tables/nrlmsise00.npz`.
        history: whether storms are told by seven indices.
    """
    storm = _HISTORY if history else _DAILY
    pd, pma = tables["pd"], tables["pma"]
    long = np.stack([tables["pt"], tables["ps"], pd[3], *pd[list(_GAS_ROWS)], pd[8]])
    short = np.stack([*tables["ptl"], pma[8], *pma[:7], pma[9], pma[7]])
    coefficients = np.zeros((ROWS, len(_SLOTS), _WIDTH))
    _fill_long(coefficients[:_LONG], long, storm)
    _fill_short(coefficients[_LONG:], short, storm)
    phases = np.zeros((ROWS, 8))
    phases[:, :4] = np.concatenate([_at(long, *_PHASES), _at(short, *_PHASES)])
    phases[_LONG:, 4:] = _at(short, *_SEASONS_OF_LONGITUDE)
    angles = YEAR * _HARMONICS * phases
    gains = np.zeros((ROWS, 13))
    gains[:_LONG, :9] = _at(long, *_GAINS, storm.tilt)
    gains[_LONG:, 9:] = _at(short, 81, 86, 84, 88)
    saturation = _at(long, *storm.saturation)
    saturation[:, 0] = np.maximum(np.abs(saturation[:, 0]), 1e-4)
    seasons = np.stack([np.cos(angles), np.sin(angles)])
    return Series(np.moveaxis(coefficients, -1, 0), seasons, gains, saturation, history)


def _at(rows: np.ndarray, *numbers: int) -> np.ndarray:
    """Columns by the model's numbers, which start at one; a zero is no coefficient."""
    padded = np.concatenate([np.zeros((len(rows), 1)), rows], axis=1)
    return padded[:, list(numbers)]


def _waves(rows: np.ndarray, numbers: tuple[int, ...], rate: float) -> np.ndarray:
    """Coefficients of cosines and of sines from amplitudes and, last, a phase."""
    found = _at(rows, *numbers)
    amplitude, phase = found[:, :-1], rate * found[:, -1:]
    return np.concatenate([amplitude * np.cos(phase), amplitude * np.sin(phase)], axis=1)


def _put(coefficients: np.ndarray, slot: str, values: np.ndarray) -> None:
    coefficients[:, list(_SLOTS).index(slot), : values.shape[1]] = values


def _fill_long(coefficients: np.ndarray, p: np.ndarray, storm: _Storm) -> None:
    for slot, numbers in _LONG_TERMS.items():
        _put(coefficients, slot, _at(p, *numbers))
    flux = _at(p, 22, 30, 20, 20, 21, 15)
    flux[:, 3] *= _at(p, 60)[:, 0]
    _put(coefficients, "flux", flux)
    _put(coefficients, "universal time", _waves(p, (69, 70, 71, 72), SECOND))
    mixed = _waves(p, (77, 78, 79, 80), SECOND)
    _put(coefficients, "universal time and longitude", mixed)
    _put(coefficients, "the same by flux", mixed * _at(p, 138))
    # A row without a rate of decay knows no history of storms.
    known = (_at(p, storm.saturation[2]) != 0.0) if storm is _HISTORY else 1.0
    _put(coefficients, "storm", known * _at(p, *storm.mean))
    _put(coefficients, "storm by season", known * _at(p, *storm.season))
    by_phase = {
        "storm by hour": (storm.hour, HOUR),
        "storm by longitude": (storm.longitude, DEGREE),
        "storm by longitude and season": (storm.longitude_season, DEGREE),
        "storm by universal time": (storm.universal, SECOND),
    }
    for slot, (numbers, rate) in by_phase.items():
        _put(coefficients, slot, known * _waves(p, numbers, rate))


def _fill_short(coefficients: np.ndarray, p: np.ndarray, storm: _Storm) -> None:
    for slot, numbers in _SHORT_TERMS.items():
        _put(coefficients, slot, _at(p, *numbers))
    _put(coefficients, "storm", _at(p, *storm.short))
