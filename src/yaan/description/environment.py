"""The `environment:` block: gravity, air, wind, the Earth's shape and turning, Sun and Moon.

Most of its keys hold a word or a mapping with numbers of one's own; a word is read as the mapping
that names it, so that whoever builds from the block meets one form only.
"""

from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

from yaan.base import meant
from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS
from yaan.base.plain import is_mapping
from yaan.description.block import Block, or_word
from yaan.description.gravity import EarthRadius, GravitySpec
from yaan.description.own import OwnName
from yaan.description.quantity import (
    FIRST_YEAR,
    Latitude,
    Mistake,
    Quantity,
    TableTime,
    WindHeight,
    WindSpeed,
    check_rising,
    refuse,
)

TURNINGS: Final = ("iers", "uniform", "still", "iau1980")
_AIR: Final = ("us76", "none")
ACTIVITIES: Final = ("low", "mean", "high")
_SHARE: Final = 2.0  # between the flux of a day and its mean: days since 1947 stay within
_STORMS: Final = 7  # indices of a history of storms
_SKY: Final = ("iers", "iau1980")  # rotations whose inertial axes are those of the sky

ThirdBody = Literal["sun", "moon", "venus", "mars", "jupiter", "saturn"]
Spin = Annotated[float, Quantity("angular rate", "7.292115e-5 rad/s", low=0.0, high=1e-3)]
TaiUt1 = Annotated[float, Quantity("time", "32.469 s", low=-10.0, high=200.0)]
Density = Annotated[float, Quantity("density", "1.4e-12 kg/m3", above=0.0, high=10.0)]
DensityScale = Annotated[float, Field(gt=0.0, le=100.0)]
AirHeight = Annotated[float, Quantity("length", "10 km", low=-5000.0, high=1e8)]
ScaleHeight = Annotated[float, Quantity("length", "7.2 km", above=0.0, high=1e7)]
SolarFlux = Annotated[float, Field(ge=50.0, le=400.0)]
Storm = Annotated[float, Field(ge=0.0, le=400.0)]
Activity = Literal["low", "mean", "high"]
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


class SolarActivitySpec(Block):
    """What the Sun does: a level, or the date's place in a cycle."""

    level: Activity | None = Field(
        default=None, description="low, mean or high; the same as the word alone"
    )
    cycle: Activity | None = Field(
        default=None,
        description="the mean of past cycles at the same time after the minimum, or what one in "
        "twenty stays below (low) or above (high)",
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        """A level, or a cycle."""
        if (self.level is None) == (self.cycle is None):
            raise refuse(Mistake((), f"one of {', '.join(ACTIVITIES)}, or {{cycle: mean}}"))
        return self


def _read_storms(value: Any) -> Any:
    """One index as the list of it; or the seven of a history."""
    if type(value) in (int, float):
        return [value]
    if isinstance(value, list) and len(cast(list[Any], value)) in (1, _STORMS):
        return value
    raise refuse(Mistake((), f"one number, or a list of {_STORMS}"))


_STORMS_WRITTEN: Final = {
    "anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]
}


class AtmosphereSpec(Block):
    """The air: a standard, a thermosphere of a date, an exponential, one density, a table, none."""

    model: Literal["us76", "none", "nrlmsise00", "exponential"] | None = Field(
        default=None,
        description="us76 or none, the same as the word alone; nrlmsise00, with solar_activity, or "
        "with f107 and ap; exponential, with density, height and scale_height",
    )
    density: Density | None = Field(
        default=None,
        description="the same density at every height; of an exponential, that at `height`",
    )
    height: AirHeight | None = Field(
        default=None, description="exponential only: where the density is what it says"
    )
    scale_height: ScaleHeight | None = Field(
        default=None, description="exponential only: over which density falls by a factor of e"
    )
    solar_activity: (
        Annotated[SolarActivitySpec, BeforeValidator(or_word(ACTIVITIES, "level", "{cycle: mean}"))]
        | None
    ) = Field(
        default=None,
        description="nrlmsise00 only: low, mean or high, levels of ECSS-E-ST-10-04C (F10.7 65, "
        "140, 250; Ap 0, 15, 45); or {cycle: mean}, that of the date",
    )
    f107: SolarFlux | None = Field(
        default=None,
        description="nrlmsise00 only: solar flux at 10.7 cm of the day before, in 1e-22 W/(m2 Hz)",
    )
    f107a: SolarFlux | None = Field(
        default=None, description="its mean over 81 days about the day; f107 if left out"
    )
    ap: (
        Annotated[list[Storm], BeforeValidator(_read_storms), WithJsonSchema(_STORMS_WRITTEN)]
        | None
    ) = Field(
        default=None,
        description="nrlmsise00 only: geomagnetic index of the day; or seven: the day's, now, 3, 6 "
        "and 9 h before, means of 12 to 33 h and of 36 to 57 h before",
    )
    table: AirTableSpec | None = Field(default=None, description="density by height")
    own: OwnName | None = Field(
        default=None,
        description="class of a model that is given from Python, or by --model; it is never "
        "loaded by this name",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """A word, a density, a table, or a model that is given; each with its own keys."""
        given = {key for key in _AIR_KEYS if getattr(self, key) is not None}
        mine = _MODEL_KEYS.get(self.model or "", frozenset[str]())
        kinds = given & {"model", "table", "own"} | (given & {"density"} - mine)
        if len(kinds) != 1:
            raise refuse(Mistake((), "one of density, table, model", "or the word us76, or none"))
        wrong = [
            Mistake((key,), f"no {key} but with model: {_MODEL_OF[key]}")
            for key in _AIR_KEYS
            if key in given - kinds - mine
        ]
        if self.model == "exponential":
            wrong += [
                Mistake((key,), f"a {key} of the exponential") for key in sorted(mine - given)
            ]
        if self.model == "nrlmsise00":
            wrong += self._driver_mistakes(given)
        if wrong:
            raise refuse(*wrong)
        return self

    def _driver_mistakes(self, given: set[str]) -> list[Mistake]:
        """Either a level or numbers; nothing is taken for granted of the Sun."""
        numbers = given & {"f107", "f107a", "ap"}
        if self.solar_activity is not None:
            return [
                Mistake((key,), "either solar_activity, or f107 and ap") for key in sorted(numbers)
            ]
        if not numbers:
            hint = "mean, low, high, or {cycle: mean}"
            return [Mistake((), "solar_activity, or f107 and ap", hint)]
        if self.f107 is not None and self.f107a is not None:
            share = self.f107 / self.f107a
            if not 1.0 / _SHARE <= share <= _SHARE:
                expected = f"a flux between {1.0 / _SHARE:g} and {_SHARE:g} times f107a"
                return [Mistake(("f107",), expected, "beyond, the model has no answer")]
        return [
            Mistake((), f"{key} too, with {' and '.join(sorted(numbers))}")
            for key in ("f107", "ap")
            if key not in numbers
        ]


_MODEL_KEYS: Final = {
    "exponential": frozenset({"density", "height", "scale_height"}),
    "nrlmsise00": frozenset({"solar_activity", "f107", "f107a", "ap"}),
}
_MODEL_OF: Final = {key: model for model, keys in _MODEL_KEYS.items() for key in keys}
_AIR_KEYS: Final = ("model", "table", "own", *_MODEL_OF)


class _Speeds(Quantity):
    """A speed, or lists of speeds, as deep as a table has axes."""

    @override
    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, list):
            return Quantity.read(self, value, info)
        found: list[Any] = []
        mistakes: list[Mistake] = []
        for index, one in enumerate(cast(list[Any], value)):
            try:
                found.append(self.read(one, info))
            except PydanticCustomError as error:
                told: list[Mistake] = (error.context or {})["mistakes"]
                mistakes += [m._replace(at=(index, *m.at)) for m in told]
        if mistakes:
            raise refuse(*mistakes)
        return found

    @override
    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        speed = Quantity.__get_pydantic_json_schema__(self, schema, handler)
        return {"anyOf": [speed, {"type": "array"}], "description": speed["description"]}


class DensityProfileSpec(Block):
    """A factor on density and pressure by height; linear between, held beyond."""

    height: Annotated[list[WindHeight], Field(min_length=2), AfterValidator(check_rising)] = Field(
        description="heights, rising"
    )
    scale: list[DensityScale] = Field(description="factor at each height")

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One factor for each height."""
        size = len(self.height)
        if len(self.scale) != size:
            raise refuse(Mistake(("scale",), f"{size} factors, one for each height"))
        return self


class WindProfileSpec(Block):
    """A wind that is added to any other by height; linear between, held beyond."""

    height: Annotated[list[WindHeight], Field(min_length=2), AfterValidator(check_rising)] = Field(
        description="heights, rising"
    )
    east: list[WindSpeed] = Field(description="wind towards the east at each height")
    north: list[WindSpeed] = Field(description="wind towards the north at each height")

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One wind for each height."""
        size = len(self.height)
        wrong = [
            Mistake((key,), f"{size} speeds, one for each height")
            for key in ("east", "north")
            if len(getattr(self, key)) != size
        ]
        if wrong:
            raise refuse(*wrong)
        return self


WindSpeeds = list[Annotated[Any, _Speeds("speed", "10 m/s", low=-300.0, high=300.0)]]


def _shaped(values: Any, shape: tuple[int, ...], names: tuple[str, ...]) -> list[Mistake]:
    """What is wrong with the shape of nested lists."""
    if not shape:
        many = isinstance(values, list)
        return [Mistake((), "one speed, not a list", "an axis for it is missing")] if many else []
    if not isinstance(values, list) or len(cast(list[Any], values)) != shape[0]:
        what = "speeds" if len(shape) == 1 else f"lists of {names[1]}"
        return [Mistake((), f"{shape[0]} {what}, one for each {names[0]}")]
    return [
        Mistake((index, *one.at), one.expected, one.hint)
        for index, value in enumerate(cast(list[Any], values))
        for one in _shaped(value, shape[1:], names[1:])
    ]


class WindTableSpec(Block):
    """Wind by height, and by latitude and time where it has them; linear between, held beyond."""

    height: Annotated[list[WindHeight], Field(min_length=2), AfterValidator(check_rising)] = Field(
        description="heights, rising"
    )
    latitude: (
        Annotated[list[Latitude], Field(min_length=2), AfterValidator(check_rising)] | None
    ) = Field(default=None, description="geodetic latitudes, rising; left out, all the same")
    time: Annotated[list[TableTime], Field(min_length=2), AfterValidator(check_rising)] | None = (
        Field(default=None, description="times after the epoch, rising; left out, all the same")
    )
    east: WindSpeeds = Field(
        description="wind towards the east: one speed for each height; with latitudes, a list of "
        "speeds for each height; with times, the innermost lists"
    )
    north: WindSpeeds = Field(description="wind towards the north, in the same lists")

    @property
    def placed(self) -> bool:
        """Whether it depends on more than the height."""
        return self.latitude is not None or self.time is not None

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One wind for each height, latitude and time."""
        axes = {"height": self.height, "latitude": self.latitude, "time": self.time}
        known = {name: len(axis) for name, axis in axes.items() if axis is not None}
        mistakes = [
            Mistake((key, *one.at), one.expected, one.hint)
            for key in ("east", "north")
            for one in _shaped(getattr(self, key), tuple(known.values()), tuple(known))
        ]
        if mistakes:
            raise refuse(*mistakes)
        return self


class WindSpec(Block):
    """No wind, a constant one (east, north), a table by height, or a model that is given."""

    east: WindSpeed = Field(default=0.0, description="constant wind towards the east")
    north: WindSpeed = Field(default=0.0, description="constant wind towards the north")
    table: WindTableSpec | None = Field(default=None, description="wind by height")
    own: OwnName | None = Field(
        default=None,
        description="class of a model that is given from Python, or by --model; it is never "
        "loaded by this name",
    )

    @property
    def calm(self) -> bool:
        """Whether it is none."""
        return self.table is None and self.own is None and self.east == self.north == 0.0

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """A constant, a table, or a model that is given."""
        numbers = self.model_fields_set & {"east", "north"}
        if self.table is not None and numbers:
            raise refuse(Mistake(("table",), "either a table, or east and north"))
        if self.own is not None and (numbers or self.table is not None):
            raise refuse(Mistake(("own",), "a model that is given, without other keys"))
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
    def sky(self) -> bool:
        """Whether the inertial axes are those of the sky, so that Sun and Moon stand in it."""
        return self.rotation in _SKY

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
        AtmosphereSpec,
        BeforeValidator(or_word(_AIR, "model", "{density: ..}, {table: ..}, or {model: ..}")),
    ] = Field(
        default_factory=lambda: AtmosphereSpec(model="us76"),
        description="us76 (US Standard Atmosphere 1976, the default), none, one density, a table, "
        "nrlmsise00 with solar activity, or an exponential",
    )
    density_scale: DensityScale = Field(
        default=1.0, description="times the density and pressure of the atmosphere, everywhere"
    )
    density_profile: DensityProfileSpec | None = Field(
        default=None, description="times density and pressure, by height; beside density_scale"
    )
    wind: Wind = Field(default_factory=WindSpec, description="wind: none, constant, or a table")
    wind_profile: WindProfileSpec | None = Field(
        default=None, description="added to the wind by height, and to that of a landing"
    )
    earth: Annotated[
        EarthSpec, BeforeValidator(or_word(TURNINGS, "rotation", "{rotation: .., shape: ..}"))
    ] = Field(
        default_factory=EarthSpec,
        description="rotation: iers (the default), uniform, still or iau1980; or with a shape "
        "and numbers",
    )
    third_bodies: list[ThirdBody] = Field(
        default_factory=list[ThirdBody],
        description="whose pull is felt besides the Earth's: sun, moon, venus, mars, jupiter, "
        "saturn",
    )
    radiation: bool = Field(
        default=False, description="pressure of sunlight, on bodies that have a radiation area"
    )

    @property
    def own_models(self) -> dict[str, str]:
        """Classes of the user's own that it names, by the words of `OWN_KEYS`."""
        names = {
            "atmosphere": self.atmosphere.own,
            "wind": self.wind.own,
            "gravity": self.gravity.field.own,
        }
        return {word: name for word, name in names.items() if name is not None}

    @model_validator(mode="after")
    def _sky_is_known(self) -> Self:
        """Sun and Moon stand where they are only over axes that are those of the sky."""
        mistakes: list[Mistake] = []
        twice = next((i for i, b in enumerate(self.third_bodies) if b in self.third_bodies[:i]), -1)
        if twice >= 0:
            mistakes.append(Mistake(("third_bodies", twice), "each body once"))
        if not self.earth.sky:
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
