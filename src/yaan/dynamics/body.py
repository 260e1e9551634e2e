"""What acts on a body at an instant: air, engine, pulses, sunlight and gravity.

Ignores: what `vehicle.body` and `aerodynamics.coefficients` ignore; thrust build-up.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from yaan.dynamics.forces import Surroundings, World
from yaan.dynamics.rigid import Exhaust, gravity_gradient
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import Configuration, MassProperties


class Pulses(eqx.Module):
    """Forces and torques from `start` to `stop` [s], in body axes; shared by all lanes."""

    start: Float[Array, " pulses"]
    stop: Float[Array, " pulses"]
    force: Vector  # [N]
    torque: Vector  # [N m]
    position: Vector
    """Where the force acts [m, structural axes]."""
    about_centre: Float[Array, " pulses"]
    """1 where it acts at the centre of mass instead."""
    flow: Float[Array, " pulses"]
    """Propellant that it burns [kg/s], of the configuration that flies."""


class BodyState(eqx.Module):
    """What is integrated, and what a step holds."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    attitude: Rotation  # GCRS to BODY
    rate: Vector  # [rad/s], against GCRS, BODY
    propellant: Float[Array, "*batch configurations"]
    """Left for each configuration [kg]."""
    lit: Float[Array, "*batch configurations"]
    """When the engine of each was lit [s]; `vehicle.body.NEVER` before that."""
    burning: Float[Array, "*batch"]
    """1 while the engine is on, from here to the end of the next step."""
    pulsing: Float[Array, "*batch pulses"]
    """1 for each pulse that is on, likewise."""


class Scene(eqx.Module):
    """What a body meets, and what it does."""

    world: World
    body: Configuration
    """The configuration that flies."""
    configuration: Int[Array, ""]
    """Its index, and that of its propellant."""
    pulses: Pulses
    gradient: bool = eqx.field(static=True)
    """Whether gravity turns the body."""


class Push(eqx.Module):
    """What one source does to a body, in body axes."""

    force: Vector  # [N]
    moment: Vector  # [N m] about the centre of mass


class Instant(eqx.Module):
    """Everything that acts at an instant."""

    around: Surroundings
    attitude: Rotation
    """GCRS to BODY."""
    properties: MassProperties
    stream: Vector
    """Velocity against the air [m/s], body axes."""
    air: Push
    engine: Push
    pulses: Push
    gravity: Vector
    """Its torque [N m], body axes."""
    force: Vector
    """Of air, engine, pulses and light [N], body axes."""
    torque: Vector
    """Of air, engine, pulses, gravity and control [N m], body axes."""
    exhaust: Exhaust
    control: Vector | None = None
    """Moment of the control [N m], body axes, where the body has one."""


def instant(
    around: Surroundings, t: Array, state: BodyState, scene: Scene, attitude: Rotation
) -> Instant:
    """Forces and torques at `t` [s] on a body at `attitude`, one lane."""
    world, body = scene.world, scene.body
    properties = body.properties(state.propellant[scene.configuration])
    centre = properties.centre
    spin = around.to_fixed.inverse().apply(world.earth.spin(t))
    turning = state.rate - attitude.apply(spin)
    stream = attitude.apply(around.stream)
    load = body.coefficients.load(stream, around.air.density, around.air.sound_speed, turning)
    arm = (body.coefficients.reference - centre) * (1.0 - body.coefficients.about_centre)
    air = Push(load.force, load.moment + arm.cross(load.force))
    nozzle = body.nozzle
    age = t - state.lit[scene.configuration]
    push = nozzle.push(age, around.air.pressure)
    thrust = nozzle.direction * (push * state.burning)
    exits = nozzle.position - centre
    engine = Push(_sum(thrust), _sum(exits.cross(thrust)))
    arms = (scene.pulses.position - centre) * (1.0 - scene.pulses.about_centre)
    pulses = _pulses(state, scene.pulses, arms)
    force, torque = air.force + engine.force + pulses.force, air.moment + engine.moment
    if world.radiation is not None:
        light = world.radiation.pressure(t, state.position)
        force = force + attitude.apply(light) * body.radiation_area
    zero = jnp.zeros_like(t)
    gravity = Vector(zero, zero, zero, Frame.BODY)
    if scene.gradient:
        down = attitude.apply(state.position)
        gravity = gravity_gradient(world.mu, down, properties.inertia)
    burnt = nozzle.burnt(age) * state.burning
    flow = jnp.append(scene.pulses.flow * state.pulsing, burnt)
    jets = jax.tree.map(jnp.append, arms, exits)
    # A jet from nobody knows where takes away the momentum that its mass had: it turns nothing.
    placed = flow * jnp.append(1.0 - scene.pulses.about_centre, jnp.ones_like(burnt))
    return Instant(
        around=around,
        attitude=attitude,
        properties=properties,
        stream=stream,
        air=air,
        engine=engine,
        pulses=pulses,
        gravity=gravity,
        force=force,
        torque=torque + pulses.moment + gravity,
        exhaust=Exhaust(flow, jets, body.inertia_rate(jnp.sum(placed))),
    )


def _pulses(state: BodyState, pulses: Pulses, arms: Vector) -> Push:
    """All pulses that are on."""
    on = state.pulsing
    force = pulses.force * on
    twist = arms.cross(force) + pulses.torque * on
    return Push(_sum(force), _sum(twist))


def _sum(v: Vector) -> Vector:
    """The sum of all that a vector holds."""
    return jax.tree.map(jnp.sum, v)
