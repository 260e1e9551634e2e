"""A propellant of a file: the liquid's properties, and what chemistry takes of it."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from yaan.description.block import Block
from yaan.description.quantity import (
    MissionName,
    Mistake,
    Quantity,
    check_rising,
    refuse,
)

_WHOLE: Final = 1e-6
"""Share of a mixture's mass that may be missing or too much."""

Temperature = Annotated[float, Quantity("temperature", "293.15 K", above=0.0, high=2000.0)]
Density = Annotated[float, Quantity("density", "870 kg/m3", above=0.0, high=3000.0)]
VapourPressure = Annotated[float, Quantity("pressure", "96 kPa", above=0.0, high=1e8)]
HeatCapacity = Annotated[float, Quantity("heat capacity", "2900 J/(kg K)", above=0.0, high=1e5)]
Viscosity = Annotated[float, Quantity("viscosity", "0.8 mPa s", above=0.0, high=10.0)]
MolarMass = Annotated[float, Quantity("molar mass", "46.07 g/mol", above=1e-3, high=10.0)]
MolarEnthalpy = Annotated[float, Quantity("molar enthalpy", "54.2 kJ/mol", low=-1e8, high=1e8)]
AirShare = Annotated[float, Quantity("share of air", "3 ppm", above=0.0, high=1.0)]
Share = Annotated[float, Field(gt=0.0, le=1.0)]
_Temperatures = Annotated[
    list[Temperature], Field(min_length=1, max_length=200), AfterValidator(check_rising)
]
_Range = Annotated[
    list[Temperature], Field(min_length=2, max_length=2), AfterValidator(check_rising)
]
_Grade = Literal["A", "B", "C"]


class _Property(Block):
    """What the properties have in common."""

    range: _Range | None = Field(
        default=None, description="temperatures from and to which it holds; of a table, its ends"
    )
    uncertainty: Annotated[float, Field(ge=0.0, le=10.0)] | None = Field(
        default=None, description="share of the value that it may be out by"
    )
    grade: _Grade = Field(
        default="C",
        description="trust of its source: A a handbook or report, B a compilation, C assumed",
    )

    def _mistakes(self, forms: Sequence[str], values: Sequence[float] | None) -> list[Mistake]:
        """One form, its range, and as many values as temperatures."""
        given = [form for form in forms if getattr(self, form) is not None]
        if len(given) != 1:
            return [Mistake((), f"one of {', '.join(forms)}")]
        points: Any = getattr(self, "table", None)
        if points is None or len(points.temperature) == 1:
            if self.range is None:
                return [Mistake(("range",), "required: the temperatures that it holds between")]
            return []
        if values is not None and len(values) != len(points.temperature):
            expected = f"{len(points.temperature)}, one for each temperature"
            return [Mistake(("table", "value"), expected)]
        if self.range is not None:
            inside = points.temperature[0] <= self.range[0] < self.range[1]
            if not (inside and self.range[1] <= points.temperature[-1]):
                return [Mistake(("range",), "temperatures within those of the table")]
        return []


class RackettSpec(Block):
    """Density of a saturated liquid by one point, as H. G. Rackett has it."""

    temperature: Temperature = Field(description="of the point")
    density: Density = Field(description="at the point")
    critical_temperature: Temperature = Field(description="where liquid and vapour are one")
    z: Annotated[float, Field(gt=0.1, lt=0.6)] = Field(description="its constant, about 0.27")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """The point lies below the critical temperature."""
        if self.temperature >= self.critical_temperature:
            raise refuse(Mistake(("temperature",), "a temperature below the critical one"))
        return self


class WagnerSpec(Block):
    """ln(p/pc) = (a t + b t^1.5 + c t^2.5 + d t^5) Tc/T with t = 1 - T/Tc."""

    critical_temperature: Temperature = Field(description="Tc")
    critical_pressure: VapourPressure = Field(description="pc")
    coefficients: Annotated[list[float], Field(min_length=4, max_length=4)] = Field(
        description="a, b, c, d"
    )


class DensityTableSpec(Block):
    """Densities at temperatures; between them cubics that keep the shape."""

    temperature: _Temperatures = Field(description="rising")
    value: list[Density] = Field(description="one for each")


class VapourPressureTableSpec(Block):
    """Pressures at temperatures; ln p goes with 1/T between them."""

    temperature: _Temperatures = Field(description="rising")
    value: list[VapourPressure] = Field(description="one for each")


class HeatCapacityTableSpec(Block):
    """Heat capacities at temperatures."""

    temperature: _Temperatures = Field(description="rising")
    value: list[HeatCapacity] = Field(description="one for each")


class ViscosityTableSpec(Block):
    """Dynamic viscosities at temperatures; the logarithm goes with 1/T between them."""

    temperature: _Temperatures = Field(description="rising")
    value: list[Viscosity] = Field(description="one for each")


class DensitySpec(_Property):
    """Density of the saturated liquid."""

    polynomial: Annotated[list[float], Field(min_length=1, max_length=6)] | None = Field(
        default=None, description="c0, c1 .. of c0 + c1 T + c2 T^2 .. [kg/m3], T in K"
    )
    rackett: RackettSpec | None = Field(default=None, description="from one point")
    table: DensityTableSpec | None = Field(default=None, description="points")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One form that fits."""
        mistakes = self._mistakes(
            ("polynomial", "rackett", "table"), self.table and self.table.value
        )
        if mistakes:
            raise refuse(*mistakes)
        return self


class VapourPressureSpec(_Property):
    """Pressure of the vapour over the liquid."""

    antoine: Annotated[list[float], Field(min_length=3, max_length=3)] | None = Field(
        default=None, description="a, b, c of ln p = a - b / (T + c), p in Pa and T in K"
    )
    wagner: WagnerSpec | None = Field(default=None, description="to the critical point")
    table: VapourPressureTableSpec | None = Field(default=None, description="points")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One form that fits."""
        mistakes = self._mistakes(("antoine", "wagner", "table"), self.table and self.table.value)
        if mistakes:
            raise refuse(*mistakes)
        return self


class HeatCapacitySpec(_Property):
    """Heat capacity at constant pressure."""

    table: HeatCapacityTableSpec | None = Field(default=None, description="points")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """A table that fits."""
        if mistakes := self._mistakes(("table",), self.table and self.table.value):
            raise refuse(*mistakes)
        return self


class ViscositySpec(_Property):
    """Dynamic viscosity."""

    table: ViscosityTableSpec | None = Field(default=None, description="points")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """A table that fits."""
        if mistakes := self._mistakes(("table",), self.table and self.table.value):
            raise refuse(*mistakes)
        return self


class ExposureSpec(Block):
    """How much of its vapour people may breathe, as share of the air by volume."""

    limit: AirShare | None = Field(default=None, description="mean over a working day")
    short_term: AirShare | None = Field(default=None, description="mean over a quarter of an hour")
    skin: bool = Field(default=False, description="whether it goes through the skin")


class ReactantSpec(Block):
    """What chemistry takes of it: a name that NASA's data have, or a formula with an enthalpy."""

    name: str = Field(default="", description="name in NASA's thermodynamic data")
    formula: dict[str, Annotated[float, Field(gt=0.0)]] | None = Field(
        default=None, description="atoms of each element, as {C: 1, H: 6, N: 2}"
    )
    enthalpy: MolarEnthalpy | None = Field(
        default=None, description="of a mole, from the elements at 298.15 K"
    )
    temperature: Temperature | None = Field(default=None, description="at which it has that")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """A name, or all of a formula, an enthalpy and its temperature."""
        own = (self.formula, self.enthalpy, self.temperature)
        if all(one is None for one in own):
            if not self.name:
                raise refuse(Mistake(("name",), "a name, or a formula with its enthalpy"))
            return self
        keys = ("formula", "enthalpy", "temperature")
        for key, value in zip(keys, own, strict=True):
            if value is None:
                raise refuse(Mistake((key,), "required beside " + ", ".join(keys)))
        return self


class PartSpec(Block):
    """A part of a mixture: a propellant of the library, or a gas that is dissolved in it."""

    propellant: str = Field(default="", description="name of a propellant of the library")
    dissolved: str = Field(default="", description="name of a gas that is dissolved")
    share: Share = Field(description="of the mass")
    density: Density | None = Field(default=None, description="that the gas adds its mass with")
    molar_mass: MolarMass | None = Field(default=None, description="of the gas")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One of the two; a gas has its density and its molar mass."""
        if bool(self.propellant) == bool(self.dissolved):
            raise refuse(Mistake((), "propellant or dissolved"))
        for key in ("density", "molar_mass"):
            if bool(self.dissolved) != (getattr(self, key) is not None):
                raise refuse(Mistake((key,), "required of what is dissolved, and of nothing else"))
        return self


class PropellantSpec(Block):
    """A liquid propellant."""

    name: MissionName = Field(description="short name")
    aliases: list[str] = Field(default_factory=list[str], description="its other names")
    role: Literal["oxidiser", "fuel", "monopropellant"] = Field(description="what it is for")
    storability: Literal["cryogenic", "space storable", "storable"] = Field(
        description="whether it stays liquid on a pad"
    )
    grade: str = Field(default="", description="specification or concentration")
    molar_mass: MolarMass = Field(description="of the mean molecule")
    freezing_point: Temperature = Field(description="where it freezes")
    boiling_point: Temperature = Field(description="where it boils at 101325 Pa")
    critical_temperature: Temperature | None = Field(default=None, description="above, no liquid")
    stored_at: Temperature = Field(description="temperature that it has in a tank")
    coolprop: str = Field(default="", description="its name at CoolProp, where that is right")
    mixture: list[PartSpec] | None = Field(default=None, description="what it is mixed of")
    density: DensitySpec | None = Field(default=None, description="of the saturated liquid")
    vapour_pressure: VapourPressureSpec | None = Field(default=None, description="over it")
    heat_capacity: HeatCapacitySpec | None = Field(default=None, description="of the liquid")
    viscosity: ViscositySpec | None = Field(default=None, description="of the liquid")
    exposure: ExposureSpec | None = Field(default=None, description="what people may breathe")
    hazard: str = Field(default="", description="what it does to people, in words")
    reactant: ReactantSpec | None = Field(default=None, description="what chemistry takes of it")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """A density from somewhere, temperatures in order, a mixture that adds up."""
        mistakes: list[Mistake] = []
        if self.density is None and self.mixture is None:
            mistakes.append(Mistake(("density",), "required, unless its parts are told"))
        if not self.freezing_point <= self.stored_at:
            mistakes.append(Mistake(("stored_at",), "a temperature above the freezing point"))
        if not self.freezing_point < self.boiling_point:
            mistakes.append(Mistake(("boiling_point",), "a temperature above the freezing point"))
        if self.mixture is not None:
            total = sum(part.share for part in self.mixture)
            if abs(total - 1.0) > _WHOLE:
                mistakes.append(Mistake(("mixture",), f"shares that add up to 1, not {total:g}"))
        if mistakes:
            raise refuse(*mistakes)
        return self

    def plain(self) -> dict[str, Any]:
        """Plain data in SI, of which `yaan.propulsion.propellants.of_plain` makes the liquid."""
        told = self.model_dump(exclude_none=True, exclude={"assumed", "calibrated"})
        for part in told.get("mixture", ()):
            for key in ("propellant", "dissolved"):
                if not part[key]:
                    del part[key]
        return told
