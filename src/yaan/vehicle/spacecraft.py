"""A spacecraft as an orbit sees it: what it weighs, what it drags, how it burns."""

from typing import Any

import equinox as eqx
from jaxtyping import Float, Int

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.lanes import held


class Spacecraft(eqx.Module):
    """A point with one set of engines, each field shared by all lanes or one a lane.

    Ignores: attitude, the build-up and tail-off of thrust (a 440 N engine is there in a few
    hundredths of a second), attitude thrusters and what they use.
    """

    dry_mass: Float[Any, "*batch"] = eqx.field(converter=held)
    """Everything but the propellant of the service module [kg]; the capsule is in it."""
    drag_area: Float[Any, "*batch"] = eqx.field(converter=held)
    """Drag coefficient times reference area, in free-molecular flow [m^2]."""
    thrust: Float[Any, "*batch"] = eqx.field(converter=held)
    """Vacuum thrust of all the engines that a burn uses together [N]."""
    isp: Float[Any, "*batch"] = eqx.field(converter=held)
    """Specific impulse in vacuum [s], not zero."""

    tank: Int[Any, "*batch"] = eqx.field(default=0, converter=held)
    """Which of the vehicle's tanks it burns from."""

    def propellant(self, tanks: Float[Any, "*batch tanks"]) -> Any:
        """What is left in its own tank of all [kg]; `tank` is shared."""
        return tanks[..., self.tank]

    @property
    def flow(self) -> Float[Any, "*batch"]:
        """Propellant used a second while it burns [kg/s]."""
        return self.thrust / (self.isp * STANDARD_GRAVITY)
