"""What the recorded flight of a body shows."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.aerodynamics.coefficients import meet
from yaan.base.constants import STANDARD_GRAVITY
from yaan.dynamics.body import BodyState, Pulses
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.phases.body import BodyLeg, BodyPhases, Setting, now_of, turning
from yaan.phases.whereabouts import Whereabouts, whereabouts
from yaan.spacetime.attitude import angles_of, ned
from yaan.spacetime.frame import Vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import Configuration

Row = Float[Array, " rows"]


class BodyObservation(eqx.Module):
    """Rows of a history; names and units are those of `yaan.results.trajectory`."""

    whereabouts: Whereabouts
    mass: Row
    thrust: Row
    drag: Row
    """Air force against the stream."""
    lift: Row
    """Air force across it."""
    dynamic_pressure: Row
    mach: Row
    angle_of_attack: Row
    """Total."""
    incidence: Row
    sideslip: Row
    load: Row
    density: Row
    pressure: Row
    temperature: Row
    sound_speed: Row
    gravity: Row
    """Without the centrifugal acceleration."""
    yaw: Row
    pitch_body: Row
    roll: Row
    """Against north, east and down."""
    attitude: Rotation
    """GCRS to BODY."""
    rate_body: Vector
    """Against GCRS, BODY."""
    force_body: Vector
    """Of the air, BODY."""
    moment_body: Vector
    """Of the air about the centre of mass, BODY."""
    velocity_ned: Vector
    """Against the turning Earth."""
    position_itrs: Vector
    inertia_pitch: Row
    centre_forward: Row
    """Of the centre of mass, structural x axis."""


def observe_body(
    world: World,
    body: Configuration,
    phases: BodyPhases,
    pulses: Pulses,
    legs: BodyLeg,
    tape: Tape,
    *,
    gradient: bool = True,
) -> BodyObservation:
    """All rows of one lane's tape; the arguments are of that lane, legs [phases, ...]."""

    def row(t: Array, label: Array, state: BodyState) -> BodyObservation:
        phase, aim = jax.tree.map(lambda leaf: leaf[label], (phases, legs.pointed))
        flying = jax.tree.map(lambda leaf: leaf[phase.configuration], body)
        return _row(t, state, Setting(world, flying, pulses, phase, aim, gradient))

    return jax.vmap(row)(tape.t, tape.label, tape.state)


def _row(t: Array, state: BodyState, setting: Setting) -> BodyObservation:
    now = now_of(t, state, setting)
    around, r = now.around, state.position
    stream = meet(now.air, around.air.density, around.air.sound_speed)
    drag = -now.load.force.dot(now.air) / stream.speed
    across = now.load.force + now.air * (drag / stream.speed)
    level = ned(around.place)
    angles = angles_of(around.to_fixed.then(level).inverse().then(now.attitude))
    return BodyObservation(
        whereabouts=whereabouts(around, r, state.velocity),
        mass=now.properties.mass,
        thrust=_length(now.thrust),
        drag=drag,
        lift=_length(across),
        dynamic_pressure=stream.pressure,
        mach=stream.mach,
        angle_of_attack=stream.angle,
        incidence=stream.incidence,
        sideslip=stream.sideslip,
        load=_length(now.force) / (now.properties.mass * STANDARD_GRAVITY),
        density=around.air.density,
        pressure=around.air.pressure,
        temperature=around.air.temperature,
        sound_speed=around.air.sound_speed,
        gravity=around.gravity.norm(),
        yaw=angles.yaw,
        pitch_body=angles.pitch,
        roll=angles.roll,
        attitude=now.attitude,
        rate_body=turning(t, state, setting, now),
        force_body=now.load.force,
        moment_body=now.moment,
        velocity_ned=level.apply(around.to_fixed.apply(around.relative)),
        position_itrs=around.to_fixed.apply(r),
        inertia_pitch=now.properties.inertia.yy,
        centre_forward=now.properties.centre.x,
    )


def _length(v: Vector) -> Array:
    return jnp.sqrt(v.dot(v) + 1e-300)
