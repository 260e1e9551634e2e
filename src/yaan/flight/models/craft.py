"""What comes home as models: spacecraft, capsule, parachutes, bank, the state at an interface."""

import jax.numpy as jnp
import numpy as np

from yaan.base.programme import programme
from yaan.base.session import require_float64
from yaan.description import (
    Ascent,
    BankSpec,
    CapsuleSpec,
    InertiaSpec,
    InterfaceSpec,
    ParachutesSpec,
    ReturnFlight,
    RigidCapsuleSpec,
    StepSpec,
)
from yaan.description.broken import Running, running
from yaan.description.failures import BURNS
from yaan.dynamics.forces import World
from yaan.flight.models.launcher import MODULE, stack_of
from yaan.gnc.attitude import AttitudeControl
from yaan.gnc.bank import BankProfile, constant_bank, steady_spin
from yaan.gnc.thrusters import DeadBand, couples
from yaan.motion.entry import NEVER, TIMEOUT, Handover
from yaan.motion.rigid_entry import Pulsing
from yaan.spacetime.earth import EarthRotation, Ellipsoid
from yaan.spacetime.frame import Frame, Vector, vector
from yaan.spacetime.motion import Motion, inertial_state, relative_state
from yaan.vehicle.body import Inertia
from yaan.vehicle.capsule import Capsule, RigidCapsule
from yaan.vehicle.parachute import APEX, Reefing, Step, Train, stack
from yaan.vehicle.spacecraft import Spacecraft

CIRCULARISE, DEORBIT = BURNS

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


def build_rigid(spec: CapsuleSpec) -> RigidCapsule:
    """The capsule as a body that turns; its `rigid` block is there.

    Raises:
        YaanError: outside a 64-bit context.
    """
    assert spec.rigid is not None
    rigid = spec.rigid
    return RigidCapsule(
        capsule=build_capsule(spec),
        inertia=build_inertia(rigid.inertia),
        length=spec.diameter,
        pitch_stiffness=rigid.pitch_stiffness,
        yaw_stiffness=rigid.yaw_stiffness,
        roll_damping=rigid.damping.roll,
        pitch_damping=rigid.damping.pitch,
        yaw_damping=rigid.damping.yaw,
    )


def build_control(spec: RigidCapsuleSpec, roll_rate: float) -> AttitudeControl:
    """The control of a capsule that rolls from side to side at `roll_rate` [rad/s].

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    control = spec.control
    most = control.moment
    return AttitudeControl(
        frequency=control.frequency,
        damping_ratio=control.damping_ratio,
        easing=roll_rate / control.roll_acceleration,
        limit=vector(np.asarray([most.roll, most.pitch, most.yaw]), Frame.BODY),
        inertia=build_inertia(spec.inertia),
    )


def build_pulsing(spec: RigidCapsuleSpec) -> Pulsing | None:
    """Its thrusters where they are on or off, each pair as strong as the control's moment."""
    control, given = spec.control, spec.control.thrusters
    if given is None:
        return None
    most = (control.moment.roll, control.moment.pitch, control.moment.yaw)
    return Pulsing(
        couples(most, given.thrust, given.isp, given.least_pulse),
        DeadBand(given.dead_angle, given.dead_rate),
        np.asarray(given.period),
    )


def build_inertia(spec: InertiaSpec) -> Inertia:
    """The inertia tensor."""
    t = np.asarray(spec.tensor())
    return Inertia(t[0, 0], t[1, 1], t[2, 2], t[0, 1], t[0, 2], t[1, 2])


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
        deploy_height=APEX if spec.deploy.apex else spec.deploy.height,
        deploy_delay=spec.deploy.after,
        deploy_speed=spec.deploy.speed_below,
        lag=spec.deploy.lag,
        climbing=spec.deploy.climbing,
        release_height=None if release is None else release.height,
        release_delay=None if release is None else release.after,
        release_with=None if cut is None else names.index(cut),
        reefing=tuple(
            Reefing(stage.ratio, stage.duration, stage.fill_constant, stage.opening_factor)
            for stage in spec.reefing
        ),
        skip=tuple(spec.skip_reefing),
        mach=_box(box and box.mach),
        dynamic_pressure=_box(box and box.dynamic_pressure),
        height=_box(box and box.height),
    )


def _box(ends: list[float] | None) -> tuple[float, float]:
    """One side of a box of deployment; without ends anything is inside."""
    return (-np.inf, np.inf) if ends is None else (ends[0], ends[1])


def build_spacecraft(ascent: Ascent, asked: ReturnFlight, engines: int | None = None) -> Spacecraft:
    """The spacecraft in orbit with `engines` of its engines in use; all of them if left out.

    Raises:
        YaanError: outside a 64-bit context.
    """
    module = asked.spacecraft.service_module
    return _spacecraft(ascent, asked, Running(module.engines if engines is None else engines))


def build_failed(ascent: Ascent, asked: ReturnFlight, burn: str, ignition: float) -> Spacecraft:
    """The spacecraft with what is left of its engines in a `burn` that begins at `ignition` [s].

    Raises:
        YaanError: outside a 64-bit context.
    """
    module, deorbit = asked.spacecraft.service_module, asked.deorbit
    count = deorbit.engines if burn == DEORBIT else module.engines
    return _spacecraft(ascent, asked, running(asked.plan, burn, count, ignition))


def _spacecraft(ascent: Ascent, asked: ReturnFlight, left: Running) -> Spacecraft:
    require_float64()
    craft, module = asked.spacecraft, asked.spacecraft.service_module
    return Spacecraft(
        dry_mass=ascent.vehicle.payload.mass - module.propellant,
        drag_area=craft.drag_coefficient * craft.drag_area,
        thrust=left.engines * left.share * module.engine.thrust,
        isp=module.engine.isp,
        tank=stack_of(ascent).tank(MODULE),
    )


def service_module_mass(ascent: Ascent, asked: ReturnFlight) -> float:
    """Dry mass of the service module [kg]: the payload less its capsule and its propellant."""
    craft = asked.spacecraft
    return ascent.vehicle.payload.mass - craft.capsule.mass - craft.service_module.propellant


def build_bank(spec: BankSpec) -> BankProfile | None:
    """The bank programme of one lane, time since the entry's start; None if it is to be solved.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    if spec.constant is not None:
        return constant_bank(spec.constant)
    if spec.spin is not None:
        return steady_spin(spec.spin, TIMEOUT)
    if spec.time is None or spec.angle is None:
        return None
    if len(spec.time) == 1:
        return constant_bank(spec.angle[0])
    return BankProfile(time=np.asarray(spec.time), angle=np.asarray(spec.angle))


def handover_of(parachutes: ParachutesSpec | None, floor: float = -NEVER) -> Handover:
    """Where an entry is given to its parachutes, as the first is due, or ends: at `floor` [m]."""
    if parachutes is None:
        return Handover(height=floor)
    first = parachutes.steps[0].deploy
    height = APEX if first.apex else first.height
    given = {"height": height, "speed": first.speed_below, "delay": first.after}
    known = {name: value for name, value in given.items() if value is not None}
    return Handover(**known, climbing=float(first.climbing))


def build_interface(spec: InterfaceSpec, world: World) -> tuple[Vector, Vector]:
    """Position [m] and velocity [m/s] in GCRS of an entry's start, at the epoch.

    Angles are those of the catalogue: inertial ones against the plane across the radius,
    relative ones against the ellipsoid's horizon; headings are clockwise from north in it.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    place = vector(np.asarray(_place(spec, world.shape)), Frame.ITRS)
    motion = Motion(spec.speed, spec.flight_path_angle, spec.heading)
    inertial = spec.velocity == "inertial"
    return _interface(world.earth, place, motion, shape=world.shape, inertial=inertial)


@programme
def _interface(
    earth: EarthRotation, place: Vector, motion: Motion, *, shape: Ellipsoid, inertial: bool
) -> tuple[Vector, Vector]:
    now = jnp.zeros(())
    if inertial:
        return inertial_state(earth, now, place, motion)
    return relative_state(earth, now, place, motion, shape)


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
