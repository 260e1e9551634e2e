"""The `ground:` block: how high the surface lies on which a flight ends, and what it is."""

from typing import Literal

from pydantic import Field

from yaan.description.block import Block
from yaan.description.quantity import SiteHeight

Surface = Literal["water", "land"]


class BodyGroundSpec(Block):
    """The ground that no body passes; one height for all places."""

    height: SiteHeight = Field(default=0.0, description="height above the ellipsoid")


class GroundSpec(BodyGroundSpec):
    """The surface of a landing; one height for all places."""

    surface: Surface | None = Field(
        default=None, description="water or land; left out, water at a height of 0 m, else land"
    )

    @property
    def kind(self) -> Surface:
        """What it is."""
        if self.surface is not None:
            return self.surface
        return "water" if self.height == 0.0 else "land"
