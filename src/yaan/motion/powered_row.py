"""What a recorded flight shows: quantities of interest from recorded states."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.aerodynamics.heating import free_stream_flux
from yaan.base.constants import STANDARD_GRAVITY
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.gnc.powered import Steering
from yaan.motion.phases import Phases
from yaan.motion.powered import Leg, Setting, State, instant, setting_of
from yaan.motion.row import Whereabouts, whereabouts
from yaan.spacetime.earth import geodetic
from yaan.spacetime.elements import Elements, elements
from yaan.spacetime.frame import Vector
from yaan.vehicle.launcher import Launcher


class Observation(eqx.Module):
    """Rows of a history; names and units are those of `yaan.results.trajectory`."""

    whereabouts: Whereabouts
    mass: Float[Array, " rows"]
    thrust: Float[Array, " rows"]
    drag: Float[Array, " rows"]
    dynamic_pressure: Float[Array, " rows"]
    mach: Float[Array, " rows"]
    heat_flux: Float[Array, " rows"]
    angle_of_attack: Float[Array, " rows"]
    load: Float[Array, " rows"]
    load_axial: Float[Array, " rows"]
    """Load along the vehicle's axis, positive forward."""
    pitch: Float[Array, " rows"]


class End(eqx.Module):
    """How a leg ended, for targets: a light part of an observation."""

    height: Float[Array, "*batch"]
    speed: Float[Array, "*batch"]
    flight_path_angle: Float[Array, "*batch"]
    elements: Elements
    """Against the true equator of date."""


def observe(
    world: World, launcher: Launcher, phases: Phases, steering: Steering, legs: Leg, tape: Tape
) -> Observation:
    """All rows of one lane's tape; the arguments are of that lane, legs [phases, ...]."""

    def row(t: Array, label: Array, state: State) -> Observation:
        phase = jax.tree.map(lambda leaf: leaf[label], phases)
        leg = (legs.start[label], legs.coefficients[label], legs.origin[label])
        setting = setting_of(world, launcher, steering, phase, leg)
        return _row(t, state, setting)

    return jax.vmap(row)(tape.t, tape.label, tape.state)


def _row(t: Array, state: State, setting: Setting) -> Observation:
    now = instant(t, state, setting)
    around, r, v = now.around, state.position, state.velocity
    stream = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    return Observation(
        whereabouts=whereabouts(around, r, v),
        mass=now.mass,
        thrust=jnp.sum(now.firing.vacuum_thrust - now.firing.back_pressure),
        drag=-now.air.force.dot(around.stream) / stream,
        dynamic_pressure=now.air.dynamic_pressure,
        mach=now.air.mach,
        heat_flux=free_stream_flux(around.air.density, stream),
        angle_of_attack=now.air.angle,
        load=now.sensed.norm() / STANDARD_GRAVITY,
        load_axial=now.sensed.dot(now.axis) / STANDARD_GRAVITY,
        pitch=jnp.arcsin(jnp.clip(now.axis.dot(r) / r.norm(), -1.0, 1.0)),
    )


def end(world: World, t: Array, position: Vector, velocity: Vector) -> End:
    """The end of a leg, of one lane."""
    place = geodetic(world.earth.rotation(t).apply(position), world.shape)
    of_date = world.earth.of_date
    speed = velocity.norm()
    return End(
        height=place.height,
        speed=speed,
        flight_path_angle=jnp.arcsin(position.dot(velocity) / (position.norm() * speed)),
        elements=elements(of_date.apply(position), of_date.apply(velocity), world.mu),
    )
