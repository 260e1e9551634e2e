"""A body of a file of kind `body`: mass, centre of mass, inertia, box, sunlight, engine."""

import math
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from yaan.description.block import Block
from yaan.description.body_air import BodyAirSpec
from yaan.description.body_engine import MOST_MOTORS, BodyEngineSpec, BodyMotorSpec
from yaan.description.exactly import RANGE, TRIPLE, Exactly
from yaan.description.quantity import (
    BodyArea,
    BodyMass,
    Coordinate,
    Mistake,
    Moment,
    Name,
    Product,
    refuse,
)
from yaan.description.tensor import Matrix, diagonal, eigenvalues, product, transposed

Three = 3  # axes
_SLACK = 1e-9  # of the largest moment: a flat plate has A + B = C
_SQUARE = 1e-6  # of products between unit axes written with seven digits

Triple = Annotated[list[Coordinate], TRIPLE]
Row = Annotated[list[Annotated[float, Field(ge=-1.0, le=1.0)]], TRIPLE]
Box = Annotated[list[Coordinate], RANGE]
ORIGIN = [0.0, 0.0, 0.0]
_ELEMENTS = ("xx", "yy", "zz", "xy", "xz", "yz")


class InertiaSpec(Block):
    """The inertia tensor about the centre of mass, on body axes: its elements, or principal ones.

    Elements are those of the tensor: xy is minus the sum of m x y.
    """

    xx: Moment | None = Field(default=None, description="moment about x")
    yy: Moment | None = Field(default=None, description="moment about y")
    zz: Moment | None = Field(default=None, description="moment about z")
    xy: Product = Field(default=0.0, description="element xy: minus the sum of m x y")
    xz: Product = Field(default=0.0, description="element xz: minus the sum of m x z")
    yz: Product = Field(default=0.0, description="element yz: minus the sum of m y z")
    principal: Annotated[list[Moment], Exactly(Three, "three moments")] | None = Field(
        default=None, description="principal moments, in place of the elements"
    )
    axes: Annotated[list[Row], Exactly(Three, "three rows, one for each moment")] | None = Field(
        default=None, description="rows: the principal axes in body axes; left out, the body axes"
    )

    @model_validator(mode="after")
    def _physical(self) -> Self:
        """One form, axes at right angles, and moments that a body can have."""
        mistakes = self._form_mistakes() or self._axes_mistakes() or self._moment_mistakes()
        if mistakes:
            raise refuse(*mistakes)
        return self

    def tensor(self) -> Matrix:
        """The rows of the tensor in body axes [kg m^2]."""
        if self.principal is not None:
            axes = self.axes or diagonal([1.0] * Three)
            return product(transposed(axes), product(diagonal(self.principal), axes))
        xx, yy, zz = (value or 0.0 for value in (self.xx, self.yy, self.zz))
        xy, xz, yz = self.xy, self.xz, self.yz
        return [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]

    def _form_mistakes(self) -> list[Mistake]:
        written = [key for key in _ELEMENTS if key in self.model_fields_set]
        if self.principal is not None:
            hint = "principal moments stand in place of the elements"
            return [Mistake((key,), "nothing with principal", hint) for key in written]
        missing = [key for key in _ELEMENTS[:Three] if getattr(self, key) is None]
        found = [Mistake((key,), "required", "or principal") for key in missing]
        if self.axes is not None:
            found.append(Mistake(("axes",), "nothing without principal"))
        return found

    def _axes_mistakes(self) -> list[Mistake]:
        """The rows are of length 1 and at right angles."""
        if self.axes is None:
            return []
        gram = product(self.axes, transposed(self.axes))
        found: list[Mistake] = []
        for i in range(Three):
            if abs(gram[i][i] - 1.0) > _SQUARE:
                length = math.sqrt(gram[i][i])
                expected = f"a row of length 1, not {length:.9g}"
                found.append(Mistake(("axes", i), expected))
            for k in range(i):
                if abs(gram[i][k]) > _SQUARE:
                    expected = f"a row at a right angle to row {k}"
                    hint = f"their product is {gram[i][k]:.6g}, not 0"
                    found.append(Mistake(("axes", i), expected, hint))
        return found

    def _moment_mistakes(self) -> list[Mistake]:
        """All moments are positive, and none is more than the sum of the other two."""
        small, middle, large = eigenvalues(self.tensor())
        at = () if self.principal is None else ("principal",)
        told = f"the principal moments are {small:.6g}, {middle:.6g} and {large:.6g} kg m2"
        if small <= 0.0:
            return [Mistake(at, "an inertia that is positive about every axis", told)]
        if small + middle < large * (1.0 - _SLACK):
            expected = "principal moments of which none is more than the sum of the other two"
            return [Mistake(at, expected, told)]
        return []


class MassPropertiesSpec(Block):
    """Mass, centre of mass and inertia; positions are in structural axes."""

    mass: BodyMass = Field(description="mass")
    centre_of_mass: Triple = Field(
        default=ORIGIN, description="x forward, y right, z down, from the body's origin"
    )
    inertia: InertiaSpec | None = Field(
        default=None, description="inertia about the centre of mass; needed where it turns freely"
    )


class BodyBoxSpec(Block):
    """The box that the body fills, structural axes; the centre of mass lies inside."""

    x: Box = Field(description="[least, greatest] x")
    y: Box = Field(description="[least, greatest] y")
    z: Box = Field(description="[least, greatest] z")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """The lower end comes first."""
        wrong = [key for key in "xyz" if getattr(self, key)[0] >= getattr(self, key)[1]]
        if wrong:
            raise refuse(*(Mistake((key, 0), "the lower end first") for key in wrong))
        return self


class BodyRadiationSpec(Block):
    """What sunlight presses on, as a sphere."""

    area: BodyArea = Field(description="cross section")
    reflectivity: Annotated[float, Field(ge=0.0, le=4.0)] = Field(
        description="C_R: 1 absorbs all, 2 sends all back"
    )


class BodyConfigurationSpec(Block):
    """What flies in a phase: constant mass properties, or those empty and full of propellant."""

    mass: BodyMass | None = Field(default=None, description="mass that stays the same")
    centre_of_mass: Triple = Field(
        default=ORIGIN, description="x forward, y right, z down, from the body's origin"
    )
    inertia: InertiaSpec | None = Field(
        default=None, description="inertia about the centre of mass; needed where it turns freely"
    )
    empty: MassPropertiesSpec | None = Field(default=None, description="without propellant")
    full: MassPropertiesSpec | None = Field(
        default=None, description="as loaded; between the two all is linear in the propellant"
    )
    aerodynamics: BodyAirSpec | None = Field(
        default=None, description="force and moment coefficients; left out, no air force"
    )
    radiation: BodyRadiationSpec | None = Field(
        default=None, description="what sunlight presses on; left out, nothing"
    )
    engine: BodyEngineSpec | None = Field(default=None, description="an engine")
    motors: dict[Name, BodyMotorSpec] = Field(
        default_factory=dict,
        description="several, by name, in place of an engine; they burn the same propellant",
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        """Constant, or empty and full; both with an inertia or neither."""
        burning = [key for key in ("empty", "full") if getattr(self, key) is not None]
        mistakes: list[Mistake] = []
        if not burning and self.mass is None:
            mistakes.append(Mistake(("mass",), "required", "or empty and full"))
        if len(burning) == 1:
            other = "full" if burning == ["empty"] else "empty"
            mistakes.append(Mistake((other,), "required", f"goes with {burning[0]}"))
        if burning:
            alone = [k for k in ("mass", "centre_of_mass", "inertia") if k in self.model_fields_set]
            expected = "nothing with empty and full"
            mistakes += [Mistake((key,), expected, "each has its own") for key in alone]
        mistakes += self._motor_mistakes()
        if mistakes:
            raise refuse(*mistakes)
        return self

    def _motor_mistakes(self) -> Iterator[Mistake]:
        """An engine or motors; all curves share the propellant, or each says what it burns."""
        if self.engine is not None and self.motors:
            yield Mistake(("motors",), "either engine or motors, not both")
        if sum(motor.count for motor in self.motors.values()) > MOST_MOTORS:
            yield Mistake(("motors",), f"at most {MOST_MOTORS} motors, with their counts")
        if self.motors and self.full is None:
            hint = "with empty and full the difference of their masses is the propellant"
            yield Mistake(("motors",), "motors with propellant", hint)
        told = {k: m.specific_impulse or m.flow for k, m in self.motors.items()}
        if any(one is not None for one in told.values()):
            hint = "or none of them: then the curves burn all propellant together"
            for name in (k for k, one in told.items() if one is None):
                yield Mistake(("motors", name, "specific_impulse"), "required", hint)

    @property
    def engines(self) -> list[tuple[BodyEngineSpec, int]]:
        """The engine or the motors, and how many there are of each."""
        if self.engine is not None:
            return [(self.engine, 1)]
        return [(motor, motor.count) for motor in self.motors.values()]

    @property
    def burns(self) -> bool:
        """Whether it has an engine or motors."""
        return bool(self.engines)

    def exhaust(self, engine: BodyEngineSpec) -> float:
        """Vacuum thrust over flow [m/s] of one of its engines."""
        empty, full = self.ends()
        given = sum(one.given * count for one, count in self.engines)
        return engine.exhaust(full.mass - empty.mass, given)

    @property
    def mean_exhaust(self) -> float:
        """Vacuum thrust over flow [m/s] of all its engines together, at their peaks."""
        peaks = [(engine.peak * count, self.exhaust(engine)) for engine, count in self.engines]
        return sum(peak for peak, _ in peaks) / sum(peak / exhaust for peak, exhaust in peaks)

    def ends(self) -> tuple[MassPropertiesSpec, MassPropertiesSpec]:
        """Mass properties without propellant, and as loaded."""
        if self.empty is not None and self.full is not None:
            return self.empty, self.full
        assert self.mass is not None
        whole = MassPropertiesSpec.model_construct(
            mass=self.mass, centre_of_mass=self.centre_of_mass, inertia=self.inertia
        )
        return whole, whole


class BodySpec(Block):
    """The body that flies."""

    name: str = Field(default="", description="name of the body")
    box: BodyBoxSpec | None = Field(default=None, description="the box that it fills")
    configurations: dict[Name, BodyConfigurationSpec] = Field(
        min_length=1, description="what flies in a phase, by name"
    )
