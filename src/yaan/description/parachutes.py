"""A parachute train: steps that are deployed one after another."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from yaan.description.block import Block, Strict
from yaan.description.exactly import RANGE
from yaan.description.quantity import (
    BoxHeight,
    BoxPressure,
    DeployDelay,
    DeployHeight,
    DeploySpeed,
    Diameter,
    Mistake,
    Name,
    check_rising,
    refuse,
    rising,
)

_MOST_STAGES = 4

FillConstant = Annotated[float, Field(ge=0.0, le=100.0)]
OpeningFactor = Annotated[float, Field(ge=1.0, le=3.0)]


def _check_some(**choices: object) -> None:
    """Refuse a condition that nothing fulfils."""
    if all(value is None for value in choices.values()):
        raise refuse(Mistake((), f"at least one of {', '.join(choices)}"))


class DeploySpec(Strict):
    """What deploys a step in a fall: the first of these that holds, once the step before is out.

    `lag` and `climbing` say how; the others when.
    """

    apex: bool = Field(default=False, description="true: as the fall begins")

    height: DeployHeight | None = Field(default=None, description="geodetic height falls to this")
    speed_below: DeploySpeed | None = Field(
        default=None, description="speed against the air falls to this"
    )
    after: DeployDelay | None = Field(
        default=None,
        description="time since the previous step was deployed; of the first step, since the entry "
        "began",
    )
    lag: DeployDelay = Field(default=0.0, description="from then until it is deployed")
    climbing: bool = Field(default=False, description="true: deployed in a climb, too")

    @model_validator(mode="after")
    def _one(self) -> Self:
        """It is deployed; at the apex already, whatever else it might wait for."""
        others = {"height": self.height, "speed_below": self.speed_below, "after": self.after}
        if not self.apex:
            _check_some(**others, apex=None)
            return self
        climbing = self.climbing or None
        vain = [
            name for name, value in (others | {"climbing": climbing}).items() if value is not None
        ]
        if vain:
            raise refuse(*[Mistake((name,), "nothing beside apex: true") for name in vain])
        return self


class ReleaseSpec(Strict):
    """What cuts a step loose: the first of these that happens."""

    height: DeployHeight | None = Field(default=None, description="geodetic height falls to this")
    after: DeployDelay | None = Field(default=None, description="time since it was deployed")
    with_: str | None = Field(
        default=None, alias="with", description="cut as the step of this name is deployed"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        """It is cut."""
        _check_some(**{"height": self.height, "after": self.after, "with": self.with_})
        return self


class ReefingSpec(Strict):
    """A stage in which a line holds the canopy partly closed."""

    ratio: float = Field(gt=0.0, lt=1.0, description="share of the drag area when full open")
    duration: DeployDelay = Field(description="from the start of this stage until the line is cut")
    fill_constant: FillConstant | None = Field(
        default=None, description="of this opening; the step's if left out"
    )
    opening_factor: OpeningFactor | None = Field(
        default=None, description="of this opening; the step's if left out"
    )


class BoxSpec(Block):
    """Where a deployment was meant to happen; outside it is told, and flown."""

    mach: Annotated[
        list[Annotated[float, Field(ge=0.0, le=10.0)]],
        RANGE,
        AfterValidator(check_rising),
    ] = Field(description="[least, greatest] Mach number")
    dynamic_pressure: Annotated[list[BoxPressure], RANGE, AfterValidator(check_rising)] = Field(
        description="[least, greatest] dynamic pressure"
    )
    height: Annotated[list[BoxHeight], RANGE, AfterValidator(check_rising)] | None = Field(
        default=None, description="[least, greatest] geodetic height; left out, any"
    )


class StepSpec(Block):
    """Equal canopies that are deployed together."""

    name: Name = Field(description="name, once in a train")
    count: int = Field(default=1, ge=1, le=12, description="canopies")
    working: int | None = Field(
        default=None, ge=0, le=12, description="canopies that open; all of them if left out"
    )
    diameter: Diameter = Field(description="nominal diameter D0 of one canopy")
    drag_coefficient: float = Field(
        gt=0.0, le=3.0, description="of one canopy, on its nominal area pi D0^2 / 4"
    )
    cluster_factor: float = Field(
        default=1.0, gt=0.0, le=1.1, description="factor on drag by the neighbours in a cluster"
    )
    deploy: DeploySpec = Field(description="what deploys it")
    release: ReleaseSpec | None = Field(
        default=None, description="what cuts it loose; left out, it stays to the end"
    )
    drags: Literal["capsule", "nothing"] = Field(
        default="capsule", description="what it slows: nothing, if it pulls something else away"
    )
    fill_constant: FillConstant = Field(
        description="n of the fill time n D0 / v: diameters of travel, of the first opening; 0: it "
        "opens at once"
    )
    disreef_constant: FillConstant | None = Field(
        default=None, description="the same, of the openings after it; as the first if left out"
    )
    growth_exponent: float = Field(
        default=2.0, gt=0.0, le=10.0, description="j of the area growth (t / fill time)^j"
    )
    opening_factor: OpeningFactor = Field(
        default=1.0, description="Cx, peak over steady force of a mass that does not slow down"
    )
    reefing: list[ReefingSpec] = Field(
        default_factory=list[ReefingSpec], max_length=_MOST_STAGES, description="reefed stages"
    )
    skip_reefing: list[int] = Field(
        default_factory=list, description="reefed stages that fail, counted from 1"
    )
    box: BoxSpec | None = Field(default=None, description="where it is meant to be deployed")

    @property
    def opened(self) -> int:
        """Canopies that open."""
        return self.count if self.working is None else self.working

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """No more canopies work than there are; stages open step by step."""
        mistakes: list[Mistake] = []
        if self.opened > self.count:
            mistakes.append(Mistake(("working",), f"at most {self.count}, the count"))
        index = rising([stage.ratio for stage in self.reefing])
        if index is not None:
            mistakes.append(Mistake(("reefing", index, "ratio"), "more than the stage before it"))
        mistakes += [
            Mistake(("skip_reefing", k), f"a reefed stage, from 1 to {len(self.reefing)}")
            for k, stage in enumerate(self.skip_reefing)
            if not 1 <= stage <= len(self.reefing)
        ]
        if mistakes:
            raise refuse(*mistakes)
        return self


class ParachutesSpec(Block):
    """The steps of a train, in the order of their deployment."""

    name: str = Field(default="", description="name of the train")
    steps: list[StepSpec] = Field(
        min_length=1, max_length=12, description="steps, in the order of deployment"
    )

    @model_validator(mode="after")
    def _boxes_in_turn(self) -> Self:
        """The box of a step that carries lies lower than that of the one before it.

        It may begin above where that ends, since a step is deployed while the one before stands.
        """
        boxed = [
            (k, step.box.height)
            for k, step in enumerate(self.steps)
            if step.drags == "capsule" and step.box is not None and step.box.height is not None
        ]
        mistakes = [
            Mistake(
                ("steps", k, "box", "height"),
                f"a box that lies lower than that of {self.steps[before].name}, which it overlaps",
                "a step that carries is deployed after the one before it, and lower",
            )
            for (before, above), (k, height) in pairwise(boxed)
            if height[0] >= above[0] or height[1] > above[1]
        ]
        if mistakes:
            raise refuse(*mistakes)
        return self
