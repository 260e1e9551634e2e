"""What a failing launcher does to those who leave it, described: bursts, detectors, limits."""

import functools
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from yaan.description.block import Block
from yaan.description.quantity import Mistake, Name, Quantity, refuse

# Here for the checker only: to check a file is to load no array library.
if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from yaan.hazard import Burst, Detector, HazardData

_DEG: Final = 0.017453292519943295  # [rad]

BurstDelay = Annotated[float, Quantity("time", "0.5 s", low=0.0, high=3600.0)]
Latency = Annotated[float, Quantity("time", "0.05 s", low=0.0, high=600.0)]
SamplePeriod = Annotated[float, Quantity("time", "0.02 s", low=1e-4, high=600.0)]
RateThreshold = Annotated[float, Quantity("angular rate", "4 deg/s", above=0.0, high=3600.0 * _DEG)]
PressureDrop = Annotated[float, Quantity("pressure", "2.5 MPa", above=0.0, high=1e8)]
LeakRate = Annotated[float, Quantity("pressure rate", "0.15 psi/min", above=0.0, high=1e6)]
Overpressure = Annotated[float, Quantity("pressure", "35 kPa", above=0.0, high=1e8)]
ClothTemperature = Annotated[float, Quantity("temperature", "523.15 K", low=300.0, high=3000.0)]
ClearDistance = Annotated[float, Quantity("length", "20 m", above=0.0, high=1e5)]
FrontalArea = Annotated[float, Quantity("area", "9.6 m2", above=0.0, high=1e4)]

Exploding = Literal["solid", "hypergolic", "lox-rp1", "lox-lh2"]
Level = Literal["low", "mean", "high"]
KnownDetectorName = Literal[
    "apollo-pitch-yaw", "apollo-roll", "chamber-pressure", "breakwire", "cabin-leak"
]

MEASURES: Final = {
    "apollo-pitch-yaw": "rate",
    "apollo-roll": "rate",
    "chamber-pressure": "pressure",
    "breakwire": "broken",
    "cabin-leak": "leak",
}
"""What the detectors of the library measure, by the key of their threshold."""

STANDING: Final = {
    "overpressure": "assumed; no limit of a capsule was found. 10 to 100 kPa: ears are hurt at 34, "
    "lungs at 69 to 103 (recalled), and a hull that bears its entry bears some tens",
    "cloth_temperature": "second-hand: 250 C as reported for the Gaganyaan set of canopies",
    "hit_chance": "assumed, 0.1 % to 10 %",
    "falling_pieces": "assumed, 0.01 to 1: a piece that burns through one canopy of a redundant "
    "set need not be the end",
    "recontact": "assumed, 5 to 100 m",
}
"""How well each default of `HazardLimitsSpec` is known."""


class ExplosionSpec(Block):
    """A stage that bursts."""

    propellant: Exploding = Field(description="what is in its tanks or its case")
    tnt_equivalent: Annotated[float, Field(ge=0.0, le=2.0)] | None = Field(
        default=None,
        description="share of the propellant left that counts as TNT; left out, that of its kind",
    )
    level: Level = Field(
        default="mean", description="which yield of its kind is taken, where none is given"
    )
    delay: BurstDelay = Field(default=0.0, description="from the failure to the burst")

    @property
    def fraction(self) -> float:
        """Of the propellant that counts as TNT."""
        if self.tnt_equivalent is not None:
            return self.tnt_equivalent
        return float(getattr(_library().propellants[self.propellant].fraction, self.level))

    def burst(
        self, mass: "ArrayLike", pressure: "ArrayLike", sound: "ArrayLike", *, ground: bool = False
    ) -> "Burst":
        """The burst of what is left in its tanks [kg], in air [Pa] of a speed of sound [m/s]."""
        import numpy as np

        from yaan.hazard import Burst

        left = np.asarray(mass, dtype=float)
        return Burst(self.fraction * left, left, pressure, sound, ground)


_KEYS: Final = ("rate", "pressure", "leak", "broken")


class DetectorSpec(Block):
    """What tells of a failure: a signal beyond a threshold, some samples in a row."""

    like: KnownDetectorName | None = Field(
        default=None, description="a detector of the library; keys that are given replace its own"
    )
    rate: RateThreshold | None = Field(
        default=None, description="threshold on an angular rate, to either side"
    )
    pressure: PressureDrop | None = Field(
        default=None, description="threshold on a loss of chamber pressure"
    )
    leak: LeakRate | None = Field(
        default=None, description="threshold on the fall of the cabin's pressure"
    )
    broken: Literal[True] | None = Field(
        default=None, description="a wire that is whole, 0, or broken, 1; told from a half on"
    )
    noise: Annotated[float, Field(ge=0.0, le=10.0)] | None = Field(
        default=None, description="standard deviation of one sample, over the threshold"
    )
    period: SamplePeriod | None = Field(default=None, description="between samples")
    persistence: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="samples in a row that must lie beyond the threshold"
    )
    latency: Latency | None = Field(
        default=None, description="from the last of them to the start of the escape"
    )

    @property
    def measures(self) -> str:
        """The key of its threshold: rate, pressure, leak or broken."""
        own = [key for key in _KEYS if getattr(self, key) is not None]
        return own[0] if own or self.like is None else MEASURES[self.like]

    def detector(self) -> "Detector":
        """The detector, its threshold in SI; that of a wire is a half of its break."""
        from dataclasses import replace

        from yaan.hazard import Detector

        if self.like is None:
            known = Detector(threshold=1.0, noise=0.0, period=1.0, both_sides=self.rate is not None)
        else:
            known = _library().detectors[self.like].detector
        own: float | None = 0.5 if self.measures == "broken" else getattr(self, self.measures)
        threshold = known.threshold if own is None else own
        noise = known.noise / known.threshold if self.noise is None else self.noise
        return replace(
            known,
            threshold=threshold,
            noise=noise * threshold,
            period=known.period if self.period is None else self.period,
            persistence=known.persistence if self.persistence is None else self.persistence,
            latency=known.latency if self.latency is None else self.latency,
        )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """One threshold, and what no library gives is given."""
        own = [key for key in _KEYS if getattr(self, key) is not None]
        mistakes: list[Mistake] = []
        if self.like is None:
            if not own:
                mistakes.append(Mistake((), f"one of {', '.join(_KEYS)}, or like"))
            mistakes += [
                Mistake((key,), "required without like")
                for key in ("noise", "period", "persistence", "latency")
                if getattr(self, key) is None
            ]
        elif own and own[0] != MEASURES[self.like]:
            mistakes.append(Mistake((own[0],), f"the threshold that {self.like} has"))
        if len(own) > 1:
            mistakes.append(Mistake((own[1],), f"one threshold, and {own[0]} is one"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class HazardLimitsSpec(Block):
    """What the capsule and its canopies bear; `STANDING` says how well each default is known."""

    overpressure: Overpressure = Field(
        default=35e3, description="peak load of a blast on the capsule"
    )
    cloth_temperature: ClothTemperature = Field(
        default=523.15, description="of the cloth of the canopies"
    )
    hit_chance: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        default=0.01, description="that a fragment hits the capsule"
    )
    falling_pieces: Annotated[float, Field(gt=0.0, le=1e3)] = Field(
        default=0.1, description="burning pieces that fall through the canopies, on average"
    )
    recontact: ClearDistance = Field(
        default=20.0, description="least distance from the launcher after parting"
    )


class HazardsSpec(Block):
    """Bursts, detectors and limits of an escape."""

    explosions: dict[Name, ExplosionSpec] = Field(
        default_factory=dict[str, ExplosionSpec], description="stages that may burst, by name"
    )
    detectors: dict[Name, DetectorSpec] = Field(
        default_factory=dict[str, DetectorSpec], description="what tells of failures, by name"
    )
    limits: HazardLimitsSpec = Field(
        default_factory=HazardLimitsSpec, description="what the capsule and its canopies bear"
    )
    frontal_area: FrontalArea | None = Field(
        default=None, description="of the capsule as the launcher sees it, that fragments hit"
    )


@functools.cache
def _library() -> "HazardData":
    """The packaged figures, read once."""
    from yaan.hazard import load_hazards

    return load_hazards()
