"""One instant of a history, whatever flies: a record with a field for each column.

What a motion does not know it leaves out; a history that joins legs has NaN there. Names and
units are those of `yaan.results.trajectory`.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.dynamics.forces import Surroundings
from yaan.spacetime.frame import Vector
from yaan.spacetime.rotation import Rotation

Column = Float[Array, "*rows"] | None


class Row(eqx.Module):
    """Columns of a history; those that begin with `load_` are along the vehicle's own axes."""

    latitude: Float[Array, "*rows"]
    longitude: Float[Array, "*rows"]
    height: Float[Array, "*rows"]
    speed_relative: Float[Array, "*rows"]
    speed_inertial: Float[Array, "*rows"]
    flight_path_angle_relative: Float[Array, "*rows"]
    flight_path_angle_inertial: Float[Array, "*rows"]
    position_gcrs: Vector
    velocity_gcrs: Vector
    mass: Float[Array, "*rows"]
    thrust: Float[Array, "*rows"]
    load: Float[Array, "*rows"]
    drag: Float[Array, "*rows"]
    dynamic_pressure: Float[Array, "*rows"]
    mach: Float[Array, "*rows"]
    heat_flux: Column = None
    angle_of_attack: Column = None
    load_axial: Column = None
    """Along the axis: of a launcher positive forward, of a capsule away from its heat shield."""
    load_normal: Column = None
    """Across the axis, positive away from the side to which the lift points."""
    pitch: Column = None
    bank: Column = None
    lift: Column = None
    heat_flux_stagnation: Column = None
    heat_load: Column = None
    wall_temperature: Column = None
    parachute_load: Column = None
    canopy_load: Float[Array, "*rows steps"] | None = None
    """Of one canopy of each step [N]; no column of the catalogue."""
    propellant: Float[Array, "*rows tanks"] | None = None
    """Of the tanks that this motion burns from."""
    bank_commanded: Column = None
    incidence: Column = None
    sideslip: Column = None
    yaw: Column = None
    pitch_body: Column = None
    roll: Column = None
    attitude: Rotation | None = None
    rate_body: Vector | None = None
    force_body: Vector | None = None
    moment_body: Vector | None = None
    moment_control: Vector | None = None
    speed_air: Column = None
    density: Column = None
    pressure: Column = None
    temperature: Column = None
    sound_speed: Column = None
    gravity: Column = None
    yaw_vvlh: Column = None
    pitch_vvlh: Column = None
    roll_vvlh: Column = None
    rate_vvlh: Vector | None = None
    force_engine: Vector | None = None
    moment_engine: Vector | None = None
    force_pulses: Vector | None = None
    moment_pulses: Vector | None = None
    moment_gravity: Vector | None = None
    velocity_ned: Vector | None = None
    position_itrs: Vector | None = None
    inertia_pitch: Column = None
    centre_forward: Column = None


def row(around: Surroundings, position: Vector, velocity: Vector, **known: Any) -> Row:
    """A row of a state in GCRS [m, m/s], what is around it, and what else is known there."""
    # At rest a velocity has no direction; the sine of nothing is zero.
    relative = jnp.sqrt(around.relative.dot(around.relative) + 1e-12)
    speed = jnp.sqrt(velocity.dot(velocity) + 1e-12)
    climb = around.relative.dot(around.up) / relative
    rise = position.dot(velocity) / (position.norm() * speed)
    return Row(
        latitude=around.place.latitude,
        longitude=around.place.longitude,
        height=around.place.height,
        speed_relative=relative,
        speed_inertial=speed,
        flight_path_angle_relative=jnp.arcsin(jnp.clip(climb, -1.0, 1.0)),
        flight_path_angle_inertial=jnp.arcsin(jnp.clip(rise, -1.0, 1.0)),
        position_gcrs=position,
        velocity_gcrs=velocity,
        **known,
    )
