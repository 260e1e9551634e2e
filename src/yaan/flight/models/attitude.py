"""From the attitude block of a mission to what makes its ascent turn."""

import jax.numpy as jnp
import numpy as np

from yaan.description.attitude import AscentAttitudeSpec, CylinderSpec, GimbalSpec
from yaan.flight.models.launcher import Vehicle
from yaan.gnc.gimbal import Gimbals
from yaan.gnc.tracking import Tracking
from yaan.motion.rigid_ascent import AscentControl, RigidLauncher
from yaan.vehicle.cylinders import Cylinders

_FIXED = 1.0
"""Rate [rad/s] and lag [s] of engines without gimbals, which have no angle to move by."""


def build_rigid_launcher(spec: AscentAttitudeSpec, vehicle: Vehicle) -> RigidLauncher:
    """What makes the vehicle turn; the check has seen that all of it is told."""
    shapes = [spec.shapes[name] for name in (*vehicle.stages, *vehicle.items)]
    gimbals = [spec.gimbals.get(name) for name in vehicle.stages]
    fixed = [one is None for one in gimbals]

    def of(shape: str, cylinders: list[CylinderSpec]) -> jnp.ndarray:
        return jnp.asarray(np.array([float(getattr(one, shape)) for one in cylinders]))

    def gimbal(key: str, otherwise: float) -> jnp.ndarray:
        values = [otherwise if one is None else float(getattr(one, key)) for one in gimbals]
        return jnp.asarray(np.array(values))

    # Engines that are fixed push all the same, from where their stage begins.
    bases = [spec.shapes[name].base for name in vehicle.stages]
    pivots = np.where(fixed, bases, np.array(gimbal("pivot", 0.0)))
    return RigidLauncher(
        shapes=Cylinders(
            base=of("base", shapes),
            length=of("length", shapes),
            radius=0.5 * of("diameter", shapes),
            offset=of("offset", shapes),
        ),
        gimbals=Gimbals(
            angle=gimbal("angle", 0.0),
            rate=gimbal("rate", _FIXED),
            lag=gimbal("lag", _FIXED),
            pivot=jnp.asarray(pivots),
            radius=gimbal("radius", 0.0),
        ),
        pressure_centre=jnp.asarray([spec.pressure_centre[name] for name in vehicle.shapes]),
        misalignment=jnp.full(len(vehicle.stages), spec.misalignment),
    )


def build_ascent_control(spec: AscentAttitudeSpec) -> AscentControl:
    """What holds it."""
    tracking = Tracking(spec.frequency, spec.damping_ratio, spec.turn_rate)
    return AscentControl(tracking, spec.period)


def gimballed(spec: AscentAttitudeSpec, vehicle: Vehicle) -> list[GimbalSpec | None]:
    """The gimbals of each stage in the order of the vehicle."""
    return [spec.gimbals.get(name) for name in vehicle.stages]
