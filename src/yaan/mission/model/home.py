"""What comes home as models: spacecraft, capsule, parachutes, bank, the state at an interface."""

import jax.numpy as jnp
import numpy as np

from yaan.base.session import require_float64
from yaan.dynamics.forces import World
from yaan.gnc.bank import BankProfile, constant_bank
from yaan.mission.spec import (
    BankSpec,
    CapsuleSpec,
    InterfaceSpec,
    MissionSpec,
    ParachutesSpec,
    SpacecraftSpec,
    StepSpec,
)
from yaan.spacetime.earth import Ellipsoid
from yaan.spacetime.frame import Frame, Vector, vector
from yaan.spacetime.motion import Motion, inertial_state, relative_state
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.parachute import Reefing, Step, Train, stack
from yaan.vehicle.spacecraft import Spacecraft

_ROUNDS = 20  # each gains two digits or more: the ellipsoid is nearly a sphere


def build_capsule(spec: CapsuleSpec) -> Capsule:
    """The capsule at trim, its coefficients scaled.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    table = spec.aerodynamics
    return Capsule(
        mass=spec.mass,
        area=spec.area,
        nose_radius=spec.nose_radius,
        emissivity=spec.emissivity,
        mach=np.asarray(table.mach),
        lift=np.asarray(table.lift) * table.lift_scale,
        drag=np.asarray(table.drag) * table.drag_scale,
        # The file has the angle of attack of the apex; the model looks along the heat shield.
        angle=np.pi - np.asarray(table.angle_of_attack),
    )


def build_train(spec: ParachutesSpec) -> Train:
    """The parachutes in the order of their deployment.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    names = [step.name for step in spec.steps]
    return stack([_step(step, names) for step in spec.steps])


def _step(spec: StepSpec, names: list[str]) -> Step:
    release = spec.release
    cut = None if release is None else release.with_
    box = spec.box
    return Step(
        diameter=spec.diameter,
        drag_coefficient=spec.drag_coefficient,
        fill_constant=spec.fill_constant,
        opening_factor=spec.opening_factor,
        disreef_constant=spec.disreef_constant,
        working=spec.opened,
        cluster_factor=spec.cluster_factor,
        growth_exponent=spec.growth_exponent,
        carries=spec.drags == "capsule",
        deploy_height=spec.deploy.height,
        deploy_delay=spec.deploy.after,
        deploy_speed=spec.deploy.speed_below,
        release_height=None if release is None else release.height,
        release_delay=None if release is None else release.after,
        release_with=None if cut is None else names.index(cut),
        reefing=tuple(
            Reefing(stage.ratio, stage.duration, stage.fill_constant, stage.opening_factor)
            for stage in spec.reefing
        ),
        skip=tuple(spec.skip_reefing),
        mach=(0.0, np.inf) if box is None else (box.mach[0], box.mach[1]),
        dynamic_pressure=(
            (0.0, np.inf) if box is None else (box.dynamic_pressure[0], box.dynamic_pressure[1])
        ),
    )


def build_spacecraft(spec: MissionSpec, engines: int | None = None) -> Spacecraft:
    """The spacecraft in orbit with `engines` of its engines in use; all of them if left out.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    craft = spacecraft_of(spec)
    module = craft.service_module
    used = module.engines if engines is None else engines
    return Spacecraft(
        dry_mass=spec.vehicle.payload.mass - module.propellant,
        drag_area=craft.drag_coefficient * craft.drag_area,
        thrust=used * module.engine.thrust,
        isp=module.engine.isp,
    )


def spacecraft_of(spec: MissionSpec) -> SpacecraftSpec:
    """The spacecraft of a mission that comes home; the check has seen that there is one."""
    assert spec.spacecraft is not None
    return spec.spacecraft


def service_module_mass(spec: MissionSpec) -> float:
    """Dry mass of the service module [kg]: the payload less its capsule and its propellant."""
    craft = spacecraft_of(spec)
    return spec.vehicle.payload.mass - craft.capsule.mass - craft.service_module.propellant


def build_bank(spec: BankSpec) -> BankProfile | None:
    """The bank programme of one lane, time since the entry's start; None if it is to be solved.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    if spec.constant is not None:
        return constant_bank(spec.constant)
    if spec.time is None or spec.angle is None:
        return None
    if len(spec.time) == 1:
        return constant_bank(spec.angle[0])
    return BankProfile(time=jnp.asarray(spec.time), angle=jnp.asarray(spec.angle))


def build_interface(spec: InterfaceSpec, world: World) -> tuple[Vector, Vector]:
    """Position [m] and velocity [m/s] in GCRS of an entry's start, at the epoch.

    Angles are those of the catalogue: inertial ones against the plane across the radius,
    relative ones against the ellipsoid's horizon; headings are clockwise from north in it.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    place = vector(jnp.asarray(_place(spec, world.shape)), Frame.ITRS)
    motion = Motion(spec.speed, spec.flight_path_angle, spec.heading)
    if spec.velocity == "inertial":
        return inertial_state(world.earth, jnp.zeros(()), place, motion)
    return relative_state(world.earth, jnp.zeros(()), place, motion, world.shape)


def _place(spec: InterfaceSpec, shape: Ellipsoid) -> np.ndarray:
    """Position of an interface in ITRS [m], whatever latitude and distance it is told in."""
    latitude, height = spec.latitude, spec.height if spec.height is not None else 0.0
    for _ in range(_ROUNDS):
        rho, z = _meridian(shape, latitude, height)
        if spec.latitude_kind == "geocentric":
            latitude += spec.latitude - np.arctan2(z, rho)
        if spec.radius is not None:
            height += spec.radius - np.hypot(rho, z)
    rho, z = _meridian(shape, latitude, height)
    return np.array([rho * np.cos(spec.longitude), rho * np.sin(spec.longitude), z])


def _meridian(shape: Ellipsoid, latitude: float, height: float) -> tuple[float, float]:
    """Distance from the axis and from the equator [m] of a geodetic place."""
    flat = 1.0 - shape.eccentricity2
    normal = shape.equatorial_radius / np.sqrt(1.0 - (1.0 - flat) * np.sin(latitude) ** 2)
    across = (normal + height) * np.cos(latitude)
    return across, (normal * flat + height) * np.sin(latitude)
