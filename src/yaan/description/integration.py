"""What the integration of a flight may be out by."""

from typing import Annotated

from pydantic import Field

from yaan.description.block import Block
from yaan.description.quantity import Quantity

Share = Annotated[float, Field(gt=0.0, le=1.0)]
Away = Annotated[float, Quantity("length", "10 m", above=0.0, high=1e6)]
Faster = Annotated[float, Quantity("speed", "0.05 m/s", above=0.0, high=1e3)]


class IntegrationSpec(Block):
    """Bounds of the errors that a flight tells of itself; steps are shortened to keep them."""

    peak: Share = Field(default=1e-3, description="of each told peak, as a share of it")
    position: Away = Field(default=10.0, description="of the place at the end of a phase in air")
    speed: Faster = Field(default=0.05, description="of the speed there")
    orbit: Away = Field(default=1.0, description="of the place in orbit, for each day")
