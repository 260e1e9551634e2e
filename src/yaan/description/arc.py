"""An arc of one craft in orbit: its state, what presses on it, what it burns, and how far it goes.

Time is in seconds since the epoch, or a date in UTC; axes of burns are fixed to the sky, to the
Earth, or move along with the orbit.
"""

import math
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from yaan.base import meant
from yaan.base.plain import is_mapping
from yaan.description.block import Block
from yaan.description.body import PlaceSpec, StartVelocitySpec
from yaan.description.environment import EnvironmentSpec, world_mistakes
from yaan.description.exactly import TRIPLE
from yaan.description.quantity import (
    Epoch,
    Inclination,
    MissionName,
    Mistake,
    Name,
    Quantity,
    SpecificImpulse,
    Turn,
    read_epoch,
    refuse,
)
from yaan.description.starts import RunStartSpec
from yaan.description.stations import Stations, StationSpec

_DAY: Final = 86_400.0  # [s]
_LEAST_RADIUS: Final = 6.378137e6  # [m]
_ROWS: Final = 10_000  # that are written where the file does not say how often

CraftMass = Annotated[float, Quantity("mass", "1500 kg", above=0.0, high=1e7)]
CraftArea = Annotated[float, Quantity("area", "12 m2", low=0.0, high=1e5)]
ArcTime = Annotated[float, Quantity("time", "3 day", above=0.0, high=366 * _DAY)]
BurnLength = Annotated[float, Quantity("time", "300 s", above=0.0, high=30 * _DAY)]
BurnSpeed = Annotated[float, Quantity("speed", "1.5 m/s", above=0.0, high=20e3)]
BurnThrust = Annotated[float, Quantity("force", "10 N", above=0.0, high=1e8)]
Accuracy = Annotated[float, Quantity("length", "1 cm", low=1e-4, high=1e5)]
OutputStep = Annotated[float, Quantity("time", "60 s", low=1e-3, high=_DAY)]
Axis = Annotated[float, Quantity("length", "7000 km", low=-1e12, high=1e12)]
Spread = Annotated[float, Quantity("length", "100 m", low=0.0, high=1e8)]
SpreadSpeed = Annotated[float, Quantity("speed", "0.1 m/s", low=0.0, high=1e4)]

STATE_FRAMES: Final = ("gcrs", "eme2000", "itrs", "teme", "tod", "mod")
"""Frames that a state may be given in."""

ORBIT_FRAMES: Final = ("gcrs", "eme2000", "teme", "tod", "mod")
"""Frames that elements may be given in: those that do not turn with the Earth."""

ALONG: Final[dict[str, tuple[str, tuple[float, float, float]]]] = {
    "prograde": ("vnc", (1.0, 0.0, 0.0)),
    "retrograde": ("vnc", (-1.0, 0.0, 0.0)),
    "normal": ("vnc", (0.0, 1.0, 0.0)),
    "antinormal": ("vnc", (0.0, -1.0, 0.0)),
    "radial": ("rtn", (1.0, 0.0, 0.0)),
    "antiradial": ("rtn", (-1.0, 0.0, 0.0)),
}
"""Directions by a word: their frame and axis. Prograde is along the inertial velocity."""

AXES: Final = ("gcrs", "itrs", "rtn", "vvlh", "tnw", "vnc")
"""Frames that the direction of a burn may be kept to."""


def _read_instant(value: Any, info: ValidationInfo) -> Any:
    """A date in UTC stays text; a time since the epoch is a quantity."""
    if isinstance(value, str) and value.strip().endswith("UTC"):
        return read_epoch(value)
    if isinstance(value, str) or info.context is None:
        return _TIME.read(value, info)
    raise refuse(Mistake((), f'{_TIME.describe()}, or "2027-01-15T03:30:00 UTC"'))


_TIME: Final = Quantity("time", "3600 s", low=0.0, high=366 * _DAY)
Instant = Annotated[float | str, BeforeValidator(_read_instant)]
"""Seconds since the epoch, or a date in UTC."""


def _read_along(value: Any) -> Any:
    """A word of `ALONG`, or a frame with three components."""
    if isinstance(value, str):
        if value in ALONG:
            frame, axis = ALONG[value]
            return {"frame": frame, "axis": list(axis)}
        raise refuse(Mistake((), f"one of {', '.join(ALONG)}", meant(value, list(ALONG))))
    if is_mapping(value) and str(value.get("frame", "")).lower() == "lvlh":
        hint = "LVLH names two frames: rtn has x from the Earth's centre, vvlh z to it"
        raise refuse(Mistake(("frame",), f"one of {', '.join(AXES)}", hint))
    return value


class DirectionSpec(Block):
    """A direction on the axes of a frame; its length does not matter."""

    frame: Literal["gcrs", "itrs", "rtn", "vvlh", "tnw", "vnc"] = Field(
        description="frame that the direction is kept to: "
        "rtn (x from the Earth's centre, z along the angular momentum), vvlh (z to the Earth's "
        "centre, y against the angular momentum), tnw and vnc (x along the inertial velocity; "
        "z and y along the angular momentum)"
    )
    axis: Annotated[list[float], TRIPLE] = Field(description="x, y and z")

    @property
    def unit(self) -> tuple[float, float, float]:
        """The direction with length one."""
        size = math.hypot(*self.axis)
        x, y, z = (part / size for part in self.axis)
        return x, y, z

    @model_validator(mode="after")
    def _points(self) -> Self:
        """It points somewhere."""
        if not math.hypot(*self.axis) > 0.0:
            raise refuse(Mistake(("axis",), "a direction: one of the three is not zero"))
        return self


class ArcBurnSpec(Block):
    """A burn: impulsive (delta_v alone), or finite (thrust, with a duration or a delta_v)."""

    name: Name = Field(description="name of the burn")
    at: Instant = Field(description='start: since the epoch as "3600 s", or a date in UTC')
    along: Annotated[DirectionSpec, BeforeValidator(_read_along)] = Field(
        description="prograde, retrograde, normal, antinormal, radial, antiradial; or "
        "{frame: .., axis: [..]}"
    )
    delta_v: BurnSpeed | None = Field(default=None, description="change of velocity")
    thrust: BurnThrust | None = Field(default=None, description="of a finite burn")
    duration: BurnLength | None = Field(default=None, description="of a finite burn")
    specific_impulse: SpecificImpulse | None = Field(
        default=None, description="left out, the mass does not change"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """Impulsive, or finite by one of duration and delta_v."""
        mistakes: list[Mistake] = []
        if self.thrust is None:
            if self.delta_v is None:
                mistakes.append(Mistake(("delta_v",), "required", "or thrust and duration"))
            if self.duration is not None:
                mistakes.append(Mistake(("thrust",), "required", "a finite burn has a thrust"))
        elif (self.delta_v is None) == (self.duration is None):
            mistakes.append(Mistake(("duration",), "either duration or delta_v, with a thrust"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class PressedSpec(Block):
    """A cross-section and its coefficient."""

    area: CraftArea = Field(description="cross-section")
    coefficient: float = Field(gt=0.0, le=10.0, description="of drag (about 2.2), or of radiation")


class ArcCraftSpec(Block):
    """What flies: a mass, and what air and sunlight press on."""

    mass: CraftMass | None = Field(
        default=None, description="at the start; needed where anything presses on it, or burns"
    )
    drag: PressedSpec | None = Field(default=None, description="left out, no drag is felt")
    radiation: PressedSpec | None = Field(
        default=None, description="left out, sunlight does not press; see environment.radiation"
    )

    @property
    def weight(self) -> float:
        """The mass [kg]; one kilogram of what falls the same whatever it weighs."""
        return 1.0 if self.mass is None else self.mass


class ArcStateSpec(Block):
    """Position and velocity in one frame."""

    frame: Literal["gcrs", "eme2000", "itrs", "teme", "tod", "mod"] = Field(
        description="gcrs, eme2000, itrs, teme, tod or mod; of date is at the epoch"
    )
    position: PlaceSpec = Field(description="x, y and z")
    velocity: StartVelocitySpec = Field(description="x, y and z")

    @model_validator(mode="after")
    def _cartesian(self) -> Self:
        """Components, outside the Earth."""
        mistakes: list[Mistake] = []
        if self.position.x is None:
            mistakes.append(Mistake(("position",), "x, y and z"))
        elif math.hypot(self.position.x, self.position.y or 0.0, self.position.z or 0.0) < (
            _LEAST_RADIUS - 25e3
        ):
            mistakes.append(Mistake(("position",), "a place outside the Earth"))
        if self.velocity.x is None:
            mistakes.append(Mistake(("velocity",), "x, y and z, in the same frame"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class ElementsSpec(Block):
    """Osculating Keplerian elements at the epoch, with the field's gravitational parameter.

    An ellipse has a positive semi-major axis, a hyperbola a negative one and eccentricity above 1.
    """

    frame: Literal["gcrs", "eme2000", "teme", "tod", "mod"] = Field(
        description="whose equator and x axis they are against; of date is at the epoch"
    )
    semi_major_axis: Axis = Field(description="negative for a hyperbola")
    eccentricity: float = Field(ge=0.0, le=100.0, description="0 is a circle")
    inclination: Inclination = Field(description="against the equator of the frame")
    node: Turn = Field(default=0.0, description="right ascension of the ascending node")
    argument_of_perigee: Turn = Field(default=0.0, description="from the node")
    true_anomaly: Turn | None = Field(default=None, description="from the perigee")
    mean_anomaly: Turn | None = Field(default=None, description="instead of the true one")

    @model_validator(mode="after")
    def _an_orbit(self) -> Self:
        """It is a conic whose perigee is outside the Earth, and says where the craft is."""
        a, e = self.semi_major_axis, self.eccentricity
        mistakes: list[Mistake] = []
        if (self.true_anomaly is None) == (self.mean_anomaly is None):
            mistakes.append(Mistake(("true_anomaly",), "true_anomaly or mean_anomaly, one of them"))
        if e == 1.0:
            mistakes.append(Mistake(("eccentricity",), "not 1: a parabola has no semi-major axis"))
        elif (e < 1.0) != (a > 0.0):
            sign = "above zero" if e < 1.0 else "below zero"
            mistakes.append(Mistake(("semi_major_axis",), f"{sign}, at this eccentricity"))
        elif a * (1.0 - e) < _LEAST_RADIUS:
            hint = f"its perigee is {(a * (1.0 - e) - _LEAST_RADIUS) / 1e3:.6g} km above the ground"
            expected = "an orbit whose perigee is above the ground"
            mistakes.append(Mistake(("semi_major_axis",), expected, hint))
        elif e > 1.0 and self.true_anomaly is not None:
            limit = math.acos(-1.0 / e)
            if abs(math.remainder(self.true_anomaly, 2 * math.pi)) >= limit:
                expected = f"within {math.degrees(limit):.4g} deg, where the hyperbola ends"
                mistakes.append(Mistake(("true_anomaly",), expected))
        if mistakes:
            raise refuse(*mistakes)
        return self


class ArcStartSpec(Block):
    """Where the craft is at the epoch, by one of its keys."""

    state: ArcStateSpec | None = Field(default=None, description="position and velocity")
    elements: ElementsSpec | None = Field(default=None, description="Keplerian elements")
    oem: str | None = Field(
        default=None,
        description="an ephemeris, a path from this file; the state there stands for it",
    )
    opm: str | None = Field(default=None, description="a state message, likewise")
    tle: str | None = Field(default=None, description="element sets of one craft, likewise")
    run: RunStartSpec | None = Field(default=None, description="an event of a run, likewise")
    at: str | None = Field(
        default=None,
        description="with oem or tle, a time in UTC; left out, the epoch, or that of the last set",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        """It is in one place; what stood for a file is a state by now."""
        if (self.state is None) == (self.elements is None):
            raise refuse(Mistake((), "one of state, elements, oem, opm, tle, run"))
        if self.at is not None:
            raise refuse(Mistake(("at",), "nothing without oem or tle"))
        return self


class SpreadSpec(Block):
    """What is known of the state at the epoch: standard deviations, uncorrelated, on axes."""

    frame: Literal["gcrs", "rtn", "vvlh", "tnw", "vnc"] = Field(default="rtn", description="axes")
    position: Annotated[list[Spread], TRIPLE] = Field(description="x, y and z, one sigma")
    velocity: Annotated[list[SpreadSpeed], TRIPLE] = Field(description="x, y and z, one sigma")


class ArcSpec(Block):
    """A checked arc; every dimensional value is an SI float."""

    schema_: Literal[1] = Field(alias="schema", description="version of the format")
    kind: Literal["orbit"] = Field(description="kind of file")
    name: MissionName = Field(description="short name, used for the run folder")
    epoch: Epoch = Field(description='where time starts, as "2027-01-15T03:30:00 UTC"')
    start: ArcStartSpec = Field(description="state at the epoch")
    spacecraft: ArcCraftSpec = Field(default_factory=ArcCraftSpec, description="what flies")
    duration: ArcTime = Field(description="how far it is propagated")
    burns: list[ArcBurnSpec] = Field(
        default_factory=list[ArcBurnSpec], description="burns, by time"
    )
    covariance: SpreadSpec | None = Field(
        default=None, description="of the state at the epoch; it is propagated linearly"
    )
    accuracy: Accuracy = Field(
        default=0.1, description="what the integration may be out by in position"
    )
    step: OutputStep | None = Field(
        default=None, description="between rows that are written; left out, 60 s or 10,000 rows"
    )
    stations: Stations = Field(
        default_factory=list[StationSpec], description="stations whose contacts are told"
    )
    environment: EnvironmentSpec = Field(
        default_factory=EnvironmentSpec, description="gravity, air, Sun and Moon, rotation"
    )

    @property
    def rows_step(self) -> float:
        """Time between rows that are written [s]."""
        if self.step is not None:
            return self.step
        return max(60.0, 60.0 * math.ceil(self.duration / _ROWS / 60.0))

    @model_validator(mode="after")
    def _world_fits(self) -> Self:
        """The world is known at the epoch; what the file asks for is felt."""
        craft = self.spacecraft
        mistakes = world_mistakes(
            self.environment, self.epoch, radiation=craft.radiation is not None
        )
        state, elements = self.start.state, self.start.elements
        key, given = ("state", state) if state is not None else ("elements", elements)
        frame = "" if given is None else given.frame
        if frame not in ("gcrs", "itrs") and not self.environment.earth.sky:
            expected = "gcrs or itrs" if key == "state" else "gcrs"
            hint = f"over earth: {self.environment.earth.rotation} no axes are those of the sky"
            mistakes.append(Mistake(("start", key, "frame"), expected, hint))
        needs = craft.drag is not None or craft.radiation is not None or bool(self.burns)
        if craft.mass is None and needs:
            mistakes.append(Mistake(("spacecraft", "mass"), "required"))
        if craft.radiation is not None and not self.environment.radiation:
            hint = "set environment.radiation: true, or leave it out"
            mistakes.append(Mistake(("spacecraft", "radiation"), "nothing without light", hint))
        if mistakes:
            raise refuse(*mistakes)
        return self
