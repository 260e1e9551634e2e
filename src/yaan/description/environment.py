"""The `environment:` block: gravity, air, wind, the Earth's shape and turning, Sun and Moon.

Most of its keys hold a word or a mapping with numbers of one's own; a word is read as the mapping
that names it, so that whoever builds from the block meets one form only.
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from yaan.base import meant
from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS
from yaan.base.plain import is_mapping
from yaan.description.block import Block, or_word
from yaan.description.gravity import EarthRadius, GravitySpec
from yaan.description.quantity import (
    FIRST_YEAR,
    Mistake,
    Quantity,
    WindHeight,
    WindSpeed,
    check_rising,
    refuse,
)

TURNINGS: Final = ("iers", "uniform", "still", "iau1980")
_AIR: Final = ("us76", "none")
_SKY: Final = ("iers", "iau1980")  # rotations whose inertial axes are those of the sky

Spin = Annotated[float, Quantity("angular rate", "7.292115e-5 rad/s", low=0.0, high=1e-3)]
TaiUt1 = Annotated[float, Quantity("time", "32.469 s", low=-10.0, high=200.0)]
Density = Annotated[float, Quantity("density", "1.4e-12 kg/m3", above=0.0, high=10.0)]
AirHeight = Annotated[float, Quantity("length", "10 km", low=-5000.0, high=1e8)]
Temperature = Annotated[float, Quantity("temperature", "288.15 K", low=50.0, high=5000.0)]


class AirTableSpec(Block):
    """Density by height; its logarithm is linear between rows and goes on beyond them."""

    height: Annotated[list[AirHeight], Field(min_length=2), AfterValidator(check_rising)] = Field(
        description="heights, rising"
    )
    density: list[Density] = Field(description="density at each height")
    temperature: list[Temperature] | None = Field(
        default=None,
        description="temperature at each height, held beyond; that of us76 if left out",
    )

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One row for each height."""
        size = len(self.height)
        mistakes: list[Mistake] = []
        if len(self.density) != size:
            mistakes.append(Mistake(("density",), f"{size} densities, one for each height"))
        if self.temperature is not None and len(self.temperature) != size:
            expected = f"{size} temperatures, one for each height"
            mistakes.append(Mistake(("temperature",), expected))
        if mistakes:
            raise refuse(*mistakes)
        return self


class AtmosphereSpec(Block):
    """The air: a standard, one density everywhere, a table by height, or none."""

    model: Literal["us76", "none"] | None = Field(
        default=None, description="US Standard Atmosphere 1976, or none: the same as the word alone"
    )
    density: Density | None = Field(default=None, description="the same density at every height")
    table: AirTableSpec | None = Field(default=None, description="density by height")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """A word, a density, or a table."""
        given = [key for key in ("model", "density", "table") if getattr(self, key) is not None]
        if len(given) != 1:
            raise refuse(Mistake((), "one of density, table", "or the word us76, or none"))
        return self


class WindTableSpec(Block):
    """Wind by height; linear between, constant beyond the ends."""

    height: Annotated[list[WindHeight], Field(min_length=2), AfterValidator(check_rising)] = Field(
        description="heights, rising"
    )
    east: list[WindSpeed] = Field(description="wind towards the east")
    north: list[WindSpeed] = Field(description="wind towards the north")

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One wind for each height."""
        size = len(self.height)
        mistakes = [
            Mistake((key,), f"{size} speeds, one for each height")
            for key in ("east", "north")
            if len(getattr(self, key)) != size
        ]
        if mistakes:
            raise refuse(*mistakes)
        return self


class WindSpec(Block):
    """No wind, a constant one (east, north), or a table by height."""

    east: WindSpeed = Field(default=0.0, description="constant wind towards the east")
    north: WindSpeed = Field(default=0.0, description="constant wind towards the north")
    table: WindTableSpec | None = Field(default=None, description="wind by height")

    @property
    def calm(self) -> bool:
        """Whether it is none."""
        return self.table is None and self.east == self.north == 0.0

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """A table or a constant."""
        if self.table is not None and self.model_fields_set & {"east", "north"}:
            raise refuse(Mistake(("table",), "either a table, or east and north"))
        return self


def _read_wind(value: Any) -> Any:
    """`none` is still air."""
    if value == "none":
        return WindSpec()
    if is_mapping(value) or isinstance(value, WindSpec):
        return value
    hint = meant(value, ["none"]) if isinstance(value, str) else ""
    raise refuse(Mistake((), "none, {east: .., north: ..}, or {table: ..}", hint))


Wind = Annotated[WindSpec, BeforeValidator(_read_wind)]


class ShapeSpec(Block):
    """The ellipsoid that heights are above, instead of WGS 84; without flattening, a sphere."""

    radius: EarthRadius = Field(description="equatorial radius")
    flattening: float = Field(
        default=0.0, ge=0.0, le=0.01, description="(a - b) / a, of the equatorial radius"
    )


def _read_shape(value: Any) -> Any:
    """`wgs84` is the ellipsoid of WGS 84."""
    if value == "wgs84":
        return {"radius": f"{EARTH_RADIUS} m", "flattening": EARTH_FLATTENING}
    if is_mapping(value) or isinstance(value, ShapeSpec):
        return value
    hint = meant(value, ["wgs84"]) if isinstance(value, str) else ""
    raise refuse(Mistake((), "wgs84, or {radius: ..}", hint))


class EarthSpec(Block):
    """How the Earth turns, and what heights are above."""

    rotation: Literal["iers", "uniform", "still", "iau1980"] = Field(
        default="iers",
        description="IERS conventions; uniform about a fixed axis; none at all; or precession of "
        "1976 with nutation of 1980, whose inertial axes are those of J2000",
    )
    shape: Annotated[ShapeSpec, BeforeValidator(_read_shape)] = Field(
        default_factory=lambda: ShapeSpec.model_validate(_read_shape("wgs84")),
        description="wgs84 (the default), or {radius, flattening}",
    )
    spin: Spin | None = Field(
        default=None, description="angular velocity, uniform only; 7.292115e-5 rad/s if left out"
    )
    tai_ut1: TaiUt1 | None = Field(
        default=None, description="TAI - UT1, iau1980 only; the measured one if left out"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Numbers that the rotation does not use are not ignored in silence."""
        mistakes: list[Mistake] = []
        if self.spin is not None and self.rotation != "uniform":
            mistakes.append(Mistake(("spin",), "no spin but with rotation: uniform"))
        if self.tai_ut1 is not None and self.rotation != "iau1980":
            mistakes.append(Mistake(("tai_ut1",), "no tai_ut1 but with rotation: iau1980"))
        if mistakes:
            raise refuse(*mistakes)
        return self

    @property
    def measured(self) -> bool:
        """Whether the turning rests on measured UT1."""
        return self.rotation == "iers" or (self.rotation == "iau1980" and self.tai_ut1 is None)


class EnvironmentSpec(Block):
    """The world that is flown through."""

    gravity: GravitySpec = Field(default_factory=GravitySpec, description="gravity field")
    gravity_gradient: bool = Field(
        default=True, description="torque of the Earth's central field on bodies that turn"
    )
    atmosphere: Annotated[
        AtmosphereSpec, BeforeValidator(or_word(_AIR, "model", "{density: ..}, or {table: ..}"))
    ] = Field(
        default_factory=lambda: AtmosphereSpec(model="us76"),
        description="us76 (US Standard Atmosphere 1976, the default), none, one density, or a "
        "table",
    )
    wind: Wind = Field(default_factory=WindSpec, description="wind: none, constant, or a table")
    earth: Annotated[
        EarthSpec, BeforeValidator(or_word(TURNINGS, "rotation", "{rotation: .., shape: ..}"))
    ] = Field(
        default_factory=EarthSpec,
        description="rotation: iers (the default), uniform, still or iau1980; or with a shape "
        "and numbers",
    )
    third_bodies: list[Literal["sun", "moon"]] = Field(
        default_factory=list[Literal["sun", "moon"]],
        description="whose pull is felt besides the Earth's: sun, moon",
    )
    radiation: bool = Field(
        default=False, description="pressure of sunlight, on bodies that have a radiation area"
    )

    @model_validator(mode="after")
    def _sky_is_known(self) -> Self:
        """Sun and Moon stand where they are only over axes that are those of the sky."""
        mistakes: list[Mistake] = []
        twice = next((i for i, b in enumerate(self.third_bodies) if b in self.third_bodies[:i]), -1)
        if twice >= 0:
            mistakes.append(Mistake(("third_bodies", twice), "each body once"))
        if self.earth.rotation not in _SKY:
            expected = f"{' or '.join(_SKY)}, whose inertial axes are those of the sky"
            uses = "third_bodies" if self.third_bodies else "radiation" if self.radiation else ""
            if uses:
                mistakes.append(Mistake(("earth",), expected, f"{uses} needs it"))
        if mistakes:
            raise refuse(*mistakes)
        return self


def world_mistakes(
    environment: EnvironmentSpec, epoch: str, *, radiation: bool = False
) -> list[Mistake]:
    """What a world lacks for a flight at `epoch`, addressed from the root of the file.

    UTC and measured UT1 begin in 1972; sunlight presses on what has an area for it (`radiation`).
    """
    mistakes: list[Mistake] = []
    if environment.earth.measured and int(epoch[:4]) < FIRST_YEAR:
        expected = f"uniform or still for an epoch before {FIRST_YEAR}"
        mistakes.append(Mistake(("environment", "earth"), expected))
    if environment.radiation and not radiation:
        expected = "false: nothing in this file has an area for sunlight to press on"
        mistakes.append(Mistake(("environment", "radiation"), expected))
    return mistakes
