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
from yaan.motion.body import BodyLeg, BodyPhases, Setting, now_of, turning
from yaan.motion.row import Whereabouts, whereabouts
from yaan.spacetime.attitude import angles_of, ned, orbital_rate, vvlh
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
    speed_air: Row
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
    yaw_vvlh: Row
    pitch_vvlh: Row
    roll_vvlh: Row
    """Against VVLH; not a number where the body falls straight to the Earth's centre."""
    rate_vvlh: Vector
    """Against VVLH, BODY."""
    force_body: Vector
    """Of the air, BODY."""
    moment_body: Vector
    """Of the air about the centre of mass, BODY; as are those that follow."""
    force_engine: Vector
    moment_engine: Vector
    force_pulses: Vector
    moment_pulses: Vector
    moment_gravity: Vector
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
        return _row(
            t, state, Setting(world, flying, pulses, phase, aim, jnp.asarray(0.0), gradient)
        )

    return jax.vmap(row)(tape.t, tape.label, tape.state)


def _row(t: Array, state: BodyState, setting: Setting) -> BodyObservation:
    now = now_of(t, state, setting)
    around, air, r = now.around, now.air.force, state.position
    stream = meet(now.stream, around.air.density, around.air.sound_speed)
    drag = -air.dot(now.stream) / stream.speed
    across = air + now.stream * (drag / stream.speed)
    level = ned(around.place)
    angles = angles_of(around.to_fixed.then(level).inverse().then(now.attitude))
    orbital = angles_of(vvlh(r, state.velocity).inverse().then(now.attitude))
    rate = turning(t, state, setting, now)
    return BodyObservation(
        whereabouts=whereabouts(around, r, state.velocity),
        mass=now.properties.mass,
        thrust=now.engine.force.norm(),
        drag=drag,
        lift=across.norm(),
        speed_air=stream.speed,
        dynamic_pressure=stream.pressure,
        mach=stream.mach,
        angle_of_attack=stream.angle,
        incidence=stream.incidence,
        sideslip=stream.sideslip,
        load=now.force.norm() / (now.properties.mass * STANDARD_GRAVITY),
        density=around.air.density,
        pressure=around.air.pressure,
        temperature=around.air.temperature,
        sound_speed=around.air.sound_speed,
        gravity=around.gravity.norm(),
        yaw=angles.yaw,
        pitch_body=angles.pitch,
        roll=angles.roll,
        yaw_vvlh=orbital.yaw,
        pitch_vvlh=orbital.pitch,
        roll_vvlh=orbital.roll,
        attitude=now.attitude,
        rate_body=rate,
        rate_vvlh=rate - now.attitude.apply(orbital_rate(r, state.velocity)),
        force_body=air,
        moment_body=now.air.moment,
        force_engine=now.engine.force,
        moment_engine=now.engine.moment,
        force_pulses=now.pulses.force,
        moment_pulses=now.pulses.moment,
        moment_gravity=now.gravity,
        velocity_ned=level.apply(around.to_fixed.apply(around.relative)),
        position_itrs=around.to_fixed.apply(r),
        inertia_pitch=now.properties.inertia.yy,
        centre_forward=now.properties.centre.x,
    )
