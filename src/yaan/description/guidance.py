"""Guidance and navigation: which law flies which part of a mission, on what it believes."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from yaan.description.block import Block, or_word
from yaan.description.own import OwnName
from yaan.description.quantity import Mistake, Quantity, RollAcceleration, SpinRate, refuse

_DEG = math.pi / 180.0

Period = Annotated[float, Quantity("time", "2 s", low=0.05, high=60.0)]
PredictionStep = Annotated[float, Quantity("time", "5 s", low=0.1, high=60.0)]
SlewRate = Annotated[float, Quantity("angular rate", "5 deg/s", above=0.0, high=180 * _DEG)]
DeadBand = Annotated[float, Quantity("angle", "6 deg", low=0.1 * _DEG, high=45 * _DEG)]
LoadProduct = Annotated[float, Quantity("load product", "100 kPa deg", above=0.0, high=1e6)]
FluxLimit = Annotated[float, Quantity("heat flux", "1 MW/m2", above=0.0, high=1e9)]

_OWN = "class of a law that is given from Python, or by --model; it is never loaded by this name"


class _LawSpec(Block):
    """A law by its name, or one of the user's own."""

    own: OwnName | None = Field(default=None, description=_OWN)

    @model_validator(mode="after")
    def _one_law(self) -> Self:
        """A law by its name, or one that is given."""
        if self.own is not None and "law" in self.model_fields_set:
            raise refuse(Mistake(("law",), "either a law, or own"))
        return self


class AscentGuidanceSpec(_LawSpec):
    """What guides the ascent.

    `open-loop` flies the constants that were solved for the nominal flight, by time. `explicit`
    flies the attitude of the nominal flight against speed in the air, and above it, in the phases
    of linear tangents, solves its steering anew every period, so that it arrives where the nominal
    flight did.
    """

    law: Literal["open-loop", "explicit"] = Field(
        default="explicit", description="open-loop: by time; explicit: solved anew in flight"
    )
    period: Period = Field(default=2.0, description="between solutions of the explicit law")
    shape: Literal["programme", "optimal"] = Field(
        default="programme",
        description="programme: the least change of the designed steering; optimal: a linear "
        "tangent in inertial space, whatever was designed",
    )
    plane: Literal["inclination", "node"] = Field(
        default="node", description="what is met of the plane: its inclination, or its node too"
    )
    turn_rate: SlewRate | None = Field(
        default=None, description="most that the axis turns; left out, it follows at once"
    )
    load_relief: LoadProduct | None = Field(
        default=None,
        description="dynamic pressure times angle of attack that no command exceeds; left out, "
        "there is no relief",
    )


class OrbitGuidanceSpec(_LawSpec):
    """What guides the burns in orbit.

    `designed` flies the burns of the design by the clock. `re-solved` solves each of them again
    from the estimate before it, and ends it when the estimate has the change of velocity.
    """

    law: Literal["designed", "re-solved"] = Field(
        default="re-solved", description="designed: by the clock; re-solved: from the estimate"
    )


class EntryGuidanceSpec(_LawSpec):
    """What guides the entry.

    `open-loop` flies the bank of the design. `predictor-corrector` predicts the rest of the entry
    every period and corrects the size of the bank; `analytic` corrects it by the derivatives of a
    reference flight; `spin` rolls at a constant rate whatever it believes: the degraded mode.
    """

    law: Literal["open-loop", "predictor-corrector", "analytic", "spin"] = Field(
        default="predictor-corrector", description="how the bank is found"
    )
    period: Period = Field(default=2.0, description="between solutions")
    prediction_step: PredictionStep = Field(default=5.0, description="longest step of a prediction")
    roll_acceleration: RollAcceleration = Field(
        default=15.0 * _DEG, description="most by which the rate of roll changes"
    )
    dead_band: DeadBand = Field(
        default=6.0 * _DEG, description="error of the heading at which the lift changes sides"
    )
    heat_limit: FluxLimit | None = Field(
        default=None, description="heat flux at the stagnation point that is kept; left out, none"
    )
    spin_rate: SpinRate = Field(default=13.0 * _DEG, description="of the roll of `spin`")

    @model_validator(mode="after")
    def _turns(self) -> Self:
        """A spin turns."""
        if self.law == "spin" and self.spin_rate == 0.0:
            raise refuse(Mistake(("spin_rate",), 'a rate other than 0, as "13 deg/s"'))
        return self


def _law(*words: str) -> Any:
    return BeforeValidator(or_word(words, "law", "{law: .., period: ..}"))


class GuidanceSpec(Block):
    """The laws of a mission, one for each part of it; what is left out flies open loop."""

    ascent: Annotated[AscentGuidanceSpec, _law("open-loop", "explicit")] | None = Field(
        default=None, description="of the ascent"
    )
    orbit: Annotated[OrbitGuidanceSpec, _law("designed", "re-solved")] | None = Field(
        default=None, description="of the burns in orbit"
    )
    entry: (
        Annotated[EntryGuidanceSpec, _law("open-loop", "predictor-corrector", "analytic", "spin")]
        | None
    ) = Field(default=None, description="of the entry")

    @property
    def resolves(self) -> bool:
        """Whether the burns in orbit are solved again in flight."""
        return self.orbit is not None and self.orbit.law == "re-solved"

    @property
    def own_names(self) -> dict[str, str]:
        """Classes of the user's own that it names, by the words of `OWN_KEYS`."""
        told = {"ascent": self.ascent, "entry": self.entry}
        return {
            f"guidance.{part}": spec.own
            for part, spec in told.items()
            if spec is not None and spec.own is not None
        }
