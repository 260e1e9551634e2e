"""From the orbit to the entry interface: a deorbit burn, and the capsule after its module has left.

Many at once, one a lane; nothing is searched here.
"""

from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import numpy as np

from yaan.description import Ascent, ReturnFlight
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Array, Burns, Save
from yaan.flight.models.craft import (
    DEORBIT,
    build_capsule,
    build_failed,
    build_spacecraft,
    handover_of,
)
from yaan.flight.models.launcher import MODULE, stack_of
from yaan.motion.base import Leg
from yaan.motion.entry import Handover
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.spacecraft import Spacecraft

LONGEST = 7_200.0
"""From ignition to the interface [s]: more is no deorbit."""

_NO_THRUST = 1.0  # [s] a specific impulse that nothing uses


class Craft(eqx.Module):
    """What flies before and after the service module is left; the models may have lanes."""

    whole: Spacecraft
    """With the engines of the deorbit burn."""
    capsule: Capsule
    module: tuple[tuple[int, ...], tuple[int, ...]] = eqx.field(static=True, default=((), ()))
    """Which parts and tanks of the vehicle the service module is."""

    @property
    def alone(self) -> Spacecraft:
        """The capsule between the service module and the interface."""
        c = self.capsule
        hypersonic = np.asarray(c.drag)[..., -1]
        nothing = 0.0 * hypersonic
        return Spacecraft(
            dry_mass=c.mass,
            drag_area=hypersonic * c.area,
            thrust=nothing,
            isp=nothing + _NO_THRUST,
            tank=np.zeros(hypersonic.shape, dtype=int),
        )


class Way(eqx.Module):
    """What the mission asks of the way down; its numbers may be one a lane."""

    entry_angle: Any
    """Inertial, negative downwards [rad]."""
    separation_height: Any  # [m]
    interface_height: Any  # [m]
    until: Handover
    """Where the entry ends."""
    orbit_step: Any  # [s]
    entry_step: Any  # [s]
    orbit_tolerance: Any = legs.ORBIT_TOLERANCE
    """Of `dynamics.accuracy`, as is that of the entry."""
    entry_tolerance: Any = 1.0


def craft_of(ascent: Ascent, asked: ReturnFlight) -> Craft:
    """What a return deorbits."""
    whole = build_spacecraft(ascent, asked, asked.deorbit.engines)
    return Craft(whole, build_capsule(asked.spacecraft.capsule), stack_of(ascent).of([MODULE]))


def craft_left(ascent: Ascent, asked: ReturnFlight, ignition: float) -> Craft:
    """The same with what is left of its engines in a deorbit that begins at `ignition` [s]."""
    craft = craft_of(ascent, asked)
    return replace(craft, whole=build_failed(ascent, asked, DEORBIT, ignition))


def way_of(asked: ReturnFlight) -> Way:
    """How a return comes down."""
    return Way(
        entry_angle=asked.deorbit.entry_angle,
        separation_height=asked.deorbit.separation_height,
        interface_height=asked.entry.interface_height,
        until=handover_of(asked.spacecraft.capsule.parachutes, asked.entry.floor),
        orbit_step=asked.orbit.step,
        entry_step=asked.entry.step,
    )


@dataclass(frozen=True)
class Case:
    """What all deorbits of a mission share."""

    world: World
    craft: Craft
    way: Way


@dataclass(frozen=True)
class Approach:
    """Deorbits flown down to the entry interface: each leg's lanes."""

    ignition: Array  # [s]
    duration: Array  # [s]
    burnt: Leg
    """From the orbit to the height of separation."""
    interface: Leg
    """The capsule from there to the entry interface."""

    @property
    def entry_angle(self) -> Array:
        """Inertial flight-path angle at the interface [rad]."""
        return flight_path_angle(self.interface.end)


def fly_approach(
    case: Case,
    start: State,
    ignition: Array,
    duration: Array,
    *,
    delta_v: Array | None = None,
    save: Save = Save.ENDS,
) -> Approach:
    """Fly deorbits from `start` to the entry interface; rows as `save` says.

    With a `delta_v` [m/s], to be gained against the velocity, burns end by it, not by `duration`.
    """
    world, craft, way, lanes = case.world, case.craft, case.way, len(start)
    if delta_v is None:
        burns = Burns.none(lanes).with_burn(0, ignition, duration, -1.0)
        none = Burns.none(lanes)
    else:
        burns = Burns.gaining(ignition, -delta_v)
        none = Burns.gaining(ignition, 0.0 * delta_v)
    burnt = legs.coast(
        world,
        craft.whole,
        start,
        burns,
        stop=ignition + LONGEST,
        floor=way.separation_height,
        step=way.orbit_step,
        tolerance=way.orbit_tolerance,
        save=save,
    )
    interface = legs.coast(
        world,
        craft.alone,
        burnt.end.dropping(*craft.module),
        none,
        stop=burnt.end.t + LONGEST,
        floor=way.interface_height,
        step=way.orbit_step,
        tolerance=way.orbit_tolerance,
        save=save,
    )
    return Approach(ignition, duration, burnt, interface)


def flight_path_angle(states: State) -> Array:
    """Inertial flight-path angle [rad], positive upwards."""
    r, v = states.position_gcrs, states.velocity_gcrs
    sine = np.einsum("ij,ij->i", r, v)
    return np.arcsin(sine / (np.linalg.norm(r, axis=1) * np.linalg.norm(v, axis=1)))
