"""The air: density, pressure, temperature and speed of sound against geodetic height.

A standard, a table of one's own, one density everywhere, or none.

The US Standard Atmosphere 1976 is two standards in one. Below 86 km it is seven layers of the
molecular-scale temperature T_M, linear in *geopotential* height; above, it is a temperature curve
in geometric height and number densities that must be integrated, here read from a packaged table
(`builders/us76.py`). Both halves are carried as (ln p, T_M), since then

    density = p M0 / (R T_M)        speed of sound = sqrt(gamma R T_M / M0)

hold from the ground to 1,000 km with the sea-level molar mass M0.

Traps. Published tables are in either height; reading geopotential metres as geometric ones is wrong
by 2.2 K and 23 % in density at 86 km. The height which the standard knows is above mean sea level;
Yaan gives it the height above the ellipsoid (they differ by up to 110 m).
"""

import abc
from dataclasses import replace
from importlib import resources
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Real
from numpy.typing import ArrayLike
from typing_extensions import override

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.tables import Table
from yaan.base.units import format_quantity

# Constants of the standard, table 2: they define it and are no parameters.
G0 = 9.80665  # [m/s^2]
EFFECTIVE_RADIUS = 6356766.0  # [m] r0
MOLAR_MASS = 28.9644  # [kg/kmol] M0, sea level
GAS = 8314.32 / MOLAR_MASS  # [J/(kg K)] R / M0
GAMMA = 1.4  # ratio of specific heats
SEA_LEVEL_PRESSURE = 101325.0  # [Pa]
# Table 4: foot of each layer [m of geopotential height], T_M there [K], its slope [K/m].
LAYERS = (
    (0.0, 288.15, -6.5e-3),
    (11000.0, 216.65, 0.0),
    (20000.0, 216.65, 1.0e-3),
    (32000.0, 228.65, 2.8e-3),
    (47000.0, 270.65, 0.0),
    (51000.0, 270.65, -2.8e-3),
    (71000.0, 214.65, -2.0e-3),
)
SEAM = 86000.0  # [m] geometric, where the two halves meet
TOP = 1000000.0  # [m] geometric, where the standard ends

Lane = Real[Array, "*lanes"]


class Air(NamedTuple):
    """The state of the air; each field has the shape of the height."""

    density: Float[Array, "*lanes"]  # [kg/m^3]
    pressure: Float[Array, "*lanes"]  # [Pa]
    temperature: Float[Array, "*lanes"]  # [K] see the model for which temperature
    sound_speed: Float[Array, "*lanes"]  # [m/s]


def _about(text: str) -> Model:
    ignored = "weather, season, latitude and solar activity"
    return Model(name="atmosphere", text=text, ignores=ignored)


class AbstractAtmosphere(eqx.Module):
    """The air a vehicle meets, as a function of geodetic height."""

    about: ClassVar[Model]
    """What it is, for the summary of a flight."""
    # Heights [m] between which the model is what its source says; a table tells its own.
    valid_range: ClassVar[tuple[float, float]]

    @abc.abstractmethod
    def at(self, height: Lane) -> Air:
        """The air at `height` [m] above the ellipsoid: a scalar or lanes."""


class NoAtmosphere(AbstractAtmosphere):
    """A vacuum. Temperature and speed of sound are held at 300 K and 340 m/s.

    They mean nothing here; finite and positive, they keep a Mach number harmless.
    """

    about: ClassVar[Model] = _about("none")
    valid_range: ClassVar[tuple[float, float]] = (-np.inf, np.inf)

    @override
    def at(self, height: Lane) -> Air:
        zero = jnp.zeros_like(height, dtype=float)
        return Air(zero, zero, zero + 300.0, zero + 340.0)  # [K] [m/s]


class StandardAtmosphere1976(AbstractAtmosphere):
    """The US Standard Atmosphere 1976, -5 km to 1,000 km.

    Below 86 km the defining equations, exactly; `temperature` is T_M, which is the kinetic
    temperature up to 80 km and up to 0.08 K above it from there to 86 km (table 8). From 86 km
    cubics every 500 m through the integrated equations of section 1.3, within 1e-5 of the
    integration and 0.09 % of the published densities; `temperature` is kinetic.

    At 86 km temperature steps down by 0.079 K (T_M to kinetic), pressure and density up by 1.1e-5
    and 0.8e-5 of themselves (the standard rounds the number densities it starts from). At 150 km,
    where hydrogen enters, pressure steps up by 0.7e-5 and density by 3e-7. Above
    1,000 km density and pressure are zero, temperature and speed of sound are held. Below -5 km the
    first layer continues. The standard gives no speed of sound above 86 km (there are too few
    collisions): the continuation sqrt(gamma R T / M) with gamma 1.4 is ours, for Mach tables.

    Ignores: seasons, latitude, the Sun (above 200 km density varies by a factor of ten), weather.
    Source: U.S. Standard Atmosphere, 1976 (NOAA-S/T 76-1562): equations 18, 23, 33a, 33b, 42, 50.
    """

    cubic: Float[Any, "cells 12"] = eqx.field(converter=held)
    base: Float[Any, ""] = eqx.field(converter=held)  # [m] foot of the first cell
    spacing: Float[Any, ""] = eqx.field(converter=held)  # [m]

    about: ClassVar[Model] = _about("US76")
    valid_range: ClassVar[tuple[float, float]] = (-5000.0, TOP)  # [m]

    @override
    def at(self, height: Lane) -> Air:
        height = jnp.asarray(height, dtype=self.cubic.dtype)

        def high(height: Array) -> tuple[Array, Array, Array]:
            return self._table(jnp.clip(height, SEAM, TOP))

        def low(height: Array) -> tuple[Array, Array, Array]:
            log_pressure, scale = _layers(jnp.minimum(height, SEAM))
            return log_pressure, scale, scale

        if height.ndim == 0:  # of one lane only the side that it is on costs anything
            found = jax.lax.cond(height >= SEAM, high, low, height)
        else:
            pairs = zip(high(height), low(height), strict=True)
            found = tuple(jnp.where(height >= SEAM, above, below) for above, below in pairs)
        log_pressure, scale, temperature = found
        pressure = jnp.where(height > TOP, 0.0, jnp.exp(log_pressure))
        density = pressure / (GAS * scale)
        return Air(density, pressure, temperature, jnp.sqrt(GAMMA * GAS * scale))

    def _table(self, height: Array) -> tuple[Array, Array, Array]:
        """Give ln p, T_M and T from the cubics, for heights inside the table."""
        place = (height - self.base) * (1.0 / self.spacing)
        last = self.cubic.shape[0] - 1
        cell = jnp.clip(place.astype(jnp.int32), 0, last)
        row = jnp.asarray(self.cubic)[cell]
        w = place - cell.astype(place.dtype)

        def value(first: int) -> Array:
            c0, c1, c2, c3 = (row[..., first + k] for k in range(4))
            return c0 + w * (c1 + w * (c2 + w * c3))

        return value(0), value(8), value(4)


class UniformAtmosphere(AbstractAtmosphere):
    """One density at every height, at 288.15 K: for studies of drag that fly through it.

    Pressure and speed of sound are those of the ideal gas of the standard's sea level.
    """

    density: Float[Any, ""] = eqx.field(converter=held)  # [kg/m^3]

    valid_range: ClassVar[tuple[float, float]] = (-np.inf, np.inf)

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - with its density
        """What it is."""
        return _about(f"{format_quantity(float(self.density), 'kg/m3')} everywhere")

    @override
    def at(self, height: Lane) -> Air:
        zero = jnp.zeros_like(height, dtype=float)
        return _ideal(zero + self.density, zero + LAYERS[0][1])


class TableAtmosphere(AbstractAtmosphere):
    """A density against height whose logarithm is linear between rows.

    Beyond the first and the last row the nearest two rows continue, so that two rows are an
    exponential atmosphere; the flight that leaves `valid_range` is told so by its builder.
    Temperature is linear between its rows and held beyond them; it gives the speed of sound
    sqrt(gamma R T / M0) and the pressure of the ideal gas, and moves no drag but by Mach numbers.

    Ignores: all that is no function of height. Source: the table's.
    """

    height: Float[Any, " n"] = eqx.field(converter=held)  # [m]
    log_density: Float[Any, " n"] = eqx.field(converter=held)  # ln of [kg/m^3]
    temperature: Table  # [K] against height [m]

    about: ClassVar[Model] = _about("a table from the file")

    def __init__(
        self, height: ArrayLike, density: ArrayLike, temperature: Table | ArrayLike | None = None
    ):
        """Make the model from a table.

        Args:
            height: geodetic heights of the rows [m], rising strictly, at least two.
            density: densities there [kg/m^3], above zero.
            temperature: temperatures there [K], or a table of its own; without one that of the
                US Standard Atmosphere 1976, linear between 25 heights: within 0.05 K to 86 km,
                3 % to 500 km and 7 % to 1,000 km.

        Raises:
            ValueError: the columns differ in length, heights do not rise, a density is none.
        """
        rows, rho = np.asarray(height, dtype=float), np.asarray(density, dtype=float)
        if rows.ndim != 1 or rows.shape != rho.shape or rows.size < 2:
            raise ValueError("air table: height and density must be columns of one length, of 2 up")
        if np.any(np.diff(rows) <= 0.0) or np.any(rho <= 0.0):
            raise ValueError("air table: heights must rise, densities must be above zero")
        self.height = jnp.asarray(rows)
        self.log_density = jnp.log(jnp.asarray(rho))
        if temperature is None:
            self.temperature = _standard_temperature()
        elif isinstance(temperature, Table):
            self.temperature = temperature
        else:
            self.temperature = Table(rows, np.asarray(temperature, dtype=float))

    @property
    def valid_range(self) -> tuple[float, float]:  # pyright: ignore[reportIncompatibleVariableOverride] - a fact of the table, not of the class
        """Heights of the first and the last row [m]."""
        return float(self.height[0]), float(self.height[-1])

    @override
    def at(self, height: Lane) -> Air:
        h = jnp.asarray(height, dtype=self.height.dtype)
        slopes = jnp.diff(self.log_density) / jnp.diff(self.height)
        # Hinges, as in `Table`, but for the two ends, which are not flat.
        inner = self.height[1:-1]
        bends = jnp.diff(slopes) * jnp.maximum(h[..., None] - inner, 0.0)
        first = self.log_density[0] + slopes[0] * (h - self.height[0])
        return _ideal(jnp.exp(first + jnp.sum(bends, axis=-1)), self.temperature(h))


class ExponentialAtmosphere(AbstractAtmosphere):
    """Air whose density falls by the same factor over every scale height, of one temperature.

    The temperature is that at which gravity of the standard's sea level holds such air: H g0 M0 /
    R. Valid: as far as its numbers are; none is refused. Ignores: that no air is of one
    temperature, and that gravity falls with height. Source: barometric formula; the numbers are
    the user's.
    """

    density: Float[Any, ""] = eqx.field(converter=held)  # [kg/m^3] at `height`
    height: Float[Any, ""] = eqx.field(converter=held)  # [m]
    scale_height: Float[Any, ""] = eqx.field(converter=held)  # [m]

    valid_range: ClassVar[tuple[float, float]] = (-np.inf, np.inf)

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - with its numbers
        """What it is."""
        density = format_quantity(float(self.density), "kg/m3")
        height, scale = (
            format_quantity(float(length), "km") for length in (self.height, self.scale_height)
        )
        return _about(f"exponential, {density} at {height}, scale height {scale}")

    @override
    def at(self, height: Lane) -> Air:
        h = jnp.asarray(height, dtype=self.height.dtype)
        # Far below the reference height e-folds would overflow, where nothing flies.
        folds = jnp.clip((h - self.height) / self.scale_height, -200.0, 700.0)
        temperature = jnp.zeros_like(h) + G0 / GAS * self.scale_height
        return _ideal(self.density * jnp.exp(-folds), temperature)


class ScaledAtmosphere(AbstractAtmosphere):
    """Another atmosphere with its density and pressure times a factor, at its temperature.

    For air that is denser or thinner than the standard's everywhere. Ignores: that what makes air
    denser on one day makes it thinner at another height. Source: none; the factor is the user's.
    """

    base: AbstractAtmosphere
    scale: Float[Any, "*lanes"] = eqx.field(converter=held)

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - with its factor
        """What it is."""
        known = self.base.about
        return replace(known, text=f"{known.text}, its density times {float(self.scale):g}")

    @property
    def valid_range(self) -> tuple[float, float]:  # pyright: ignore[reportIncompatibleVariableOverride] - that of its base
        """Heights of its base [m]."""
        return self.base.valid_range

    @override
    def at(self, height: Lane) -> Air:
        air = self.base.at(height)
        return air._replace(density=air.density * self.scale, pressure=air.pressure * self.scale)


def _ideal(density: Array, temperature: Array) -> Air:
    """The air of the standard's sea level at another density and temperature."""
    sound = jnp.sqrt(GAMMA * GAS * temperature)
    return Air(density, density * GAS * temperature, temperature, sound)


def _standard_temperature() -> Table:
    """The molecular-scale temperature of the standard [K] at few heights [m] that tell it."""
    feet = np.array([foot for foot, *_ in LAYERS[1:]])
    low = [-5000.0, 0.0, *(EFFECTIVE_RADIUS * feet / (EFFECTIVE_RADIUS - feet))]
    high = [SEAM, 92e3, 100e3, 107e3, 112e3, 120e3, 135e3, 150e3, 175e3, 200e3]
    higher = [250e3, 300e3, 400e3, 500e3, 650e3, 800e3, TOP]
    heights = np.array([*low, *high, *higher])
    air = load_standard_atmosphere().at(jnp.asarray(heights))
    return Table(heights, np.asarray(air.sound_speed) ** 2 / (GAMMA * GAS))


def load_standard_atmosphere() -> StandardAtmosphere1976:
    """The US Standard Atmosphere 1976 with its packaged upper half.

    Returns:
        The model, its arrays in the precision that is active when it is built.
    """
    source = resources.files("yaan") / "library" / "tables" / "us76_high.npz"
    with source.open("rb") as file, np.load(file) as table:
        cubic = table["cubic"].reshape(-1, 12)
        return StandardAtmosphere1976(cubic, table["base"], table["step"])


def _pressure_terms() -> list[tuple[float, float, float]]:
    """For each layer (a, b, c) of ln p = a + b ln T_M + c H; equations 33a and 33b."""
    terms, log_foot = [], float(np.log(SEA_LEVEL_PRESSURE))
    for i, (foot, t, slope) in enumerate(LAYERS):
        if slope == 0.0:
            a, b, c = log_foot + G0 / GAS / t * foot, 0.0, -G0 / GAS / t
        else:
            a, b, c = log_foot + G0 / GAS / slope * np.log(t), -G0 / GAS / slope, 0.0
        terms.append((float(a), b, c))
        if i + 1 < len(LAYERS):
            head, t_head, _ = LAYERS[i + 1]
            log_foot = float(a + b * np.log(t_head) + c * head)
    return terms


PRESSURE_TERMS = _pressure_terms()


def _layers(height: Array) -> tuple[Array, Array]:
    """Give ln p and T_M below 86 km; equations 18, 23, 33a and 33b.

    T_M is a sum of hinges and the pressure takes one logarithm, with the constants of the layer
    picked by comparison: a third of the time of summing every layer's own logarithm.
    """
    height = EFFECTIVE_RADIUS * height / (EFFECTIVE_RADIUS + height)
    temperature = LAYERS[0][1] + LAYERS[0][2] * height
    a, b, c = (jnp.full_like(height, term) for term in PRESSURE_TERMS[0])
    slope_below = LAYERS[0][2]
    for (foot, _, slope), terms in zip(LAYERS[1:], PRESSURE_TERMS[1:], strict=True):
        temperature = temperature + (slope - slope_below) * jnp.maximum(height - foot, 0.0)
        inside = height >= foot
        a, b, c = (
            jnp.where(inside, term, below) for term, below in zip(terms, (a, b, c), strict=True)
        )
        slope_below = slope
    return a + b * jnp.log(temperature) + c * height, temperature
