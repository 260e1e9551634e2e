"""Bodies, phases and states to fly by hand."""

from collections.abc import Iterable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from yaan.aerodynamics.coefficients import Coefficients
from yaan.dynamics.body import BodyState, Pulses
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State, nothing_added
from yaan.environment.atmosphere import load_standard_atmosphere
from yaan.environment.gravity import PointGravity
from yaan.environment.wind import NoWind
from yaan.gnc.pointing import Pointing
from yaan.motion.base import Legs
from yaan.motion.body import fly_body
from yaan.motion.body_phases import BodyPhases, limits
from yaan.spacetime.attitude import normalised
from yaan.spacetime.earth import still_rotation
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import Configuration, Inertia, MassProperties, Nozzle

MU = 3.986004418e14  # [m^3/s^2]


def body_vector(x: float, y: float, z: float, frame: Frame = Frame.BODY) -> Vector:
    """Three numbers as a vector."""
    return Vector(jnp.asarray(float(x)), jnp.asarray(float(y)), jnp.asarray(float(z)), frame)


def quaternion(four: Iterable[float], source: Frame, target: Frame) -> Rotation:
    """Four numbers, scalar first, as a rotation."""
    w, x, y, z = (jnp.asarray(float(v)) for v in four)
    return Rotation(w, x, y, z, source, target)


def inertia(xx: float, yy: float, zz: float, xy: float = 0.0, xz: float = 0.0, yz: float = 0.0):
    """A tensor [kg m^2]."""
    return Inertia(*(jnp.asarray(float(i)) for i in (xx, yy, zz, xy, xz, yz)))


def coefficients(
    *,
    area: float = 1.0,
    length: float = 1.0,
    drag: float = 0.0,
    lift_slope: float = 0.0,
    side_slope: float = 0.0,
    pitch_slope: float = 0.0,
    yaw_slope: float = 0.0,
    damping: float = 0.0,
    reference: Vector | None = None,
) -> Coefficients:
    """Coefficients linear in the angles within a radian; slopes per radian."""
    angle = jnp.asarray([-1.0, 1.0])
    line = angle[:, None]
    flat = jnp.zeros((2, 1))
    return Coefficients(
        area=jnp.asarray(area),
        span=jnp.asarray(length),
        chord=jnp.asarray(length),
        reference=body_vector(0, 0, 0) if reference is None else reference,
        about_centre=jnp.asarray(1.0 if reference is None else 0.0),
        angle=angle,
        mach=jnp.zeros(1),
        drag=flat + drag,
        lift=lift_slope * line,
        side=side_slope * line,
        roll=flat,
        pitch=pitch_slope * line,
        yaw=yaw_slope * line,
        damping=body_vector(damping, damping, damping),
    )


def no_nozzle() -> Nozzle:
    """No engine."""
    zero = jnp.asarray(0.0)
    return Nozzle(zero, zero, zero, body_vector(0, 0, 0), body_vector(1, 0, 0))


def body(
    tensor: Inertia,
    *,
    mass: float = 1.0,
    air: Coefficients | None = None,
    nozzle: Nozzle | None = None,
    full: MassProperties | None = None,
) -> Configuration:
    """A body of one configuration; `full` if it carries propellant."""
    empty = MassProperties(jnp.asarray(float(mass)), body_vector(0, 0, 0), tensor)
    table = coefficients() if air is None else air
    return Configuration(empty, full or empty, table, nozzle or no_nozzle(), jnp.asarray(0.0))


def phases(
    *durations: float,
    step: float,
    rigid: Sequence[bool] = (True,),
    pointing: Sequence[Pointing] = (Pointing.STREAM,),
    engine: bool = False,
) -> BodyPhases:
    """One or two phases of one configuration."""
    # Always two, so that all flights of one method are one compilation.
    durations, count = (*durations, 0.0)[:2], 2
    rigid, pointing = (*rigid, rigid[-1])[:2], (*pointing, pointing[-1])[:2]
    return BodyPhases(
        rigid=jnp.asarray(rigid),
        pointing=jnp.asarray([int(p) for p in pointing]),
        configuration=jnp.zeros(count, dtype=int),
        engine=jnp.full(count, engine),
        duration=jnp.asarray(durations, dtype=float),
        time=jnp.full(count, jnp.inf),
        limits=jnp.stack([limits()] * count),
        step=jnp.full(count, float(step)),
    )


def pulses(
    *,
    start: float = 0.0,
    stop: float = 0.0,
    force: Vector | None = None,
    torque: Vector | None = None,
    at: Vector | None = None,
    flow: float = 0.0,
) -> Pulses:
    """One pulse; none happens where it has no length."""
    begin, end, burnt = (jnp.asarray([float(x)]) for x in (start, stop, flow))
    push, twist, place = (
        jax.tree.map(jnp.atleast_1d, v or body_vector(0, 0, 0)) for v in (force, torque, at)
    )
    free = jnp.asarray([1.0 if at is None else 0.0])
    return Pulses(begin, end, push, twist, place, free, burnt)


def space(*, mu: float = MU) -> World:
    """A point mass that does not turn, and standard air: a body without an area feels none."""
    air = load_standard_atmosphere()
    return World(PointGravity(mu), air, NoWind(), still_rotation(), jnp.asarray(mu))


def state(
    position: Vector,
    velocity: Vector,
    *,
    attitude: Rotation | None = None,
    rate: Vector | None = None,
    propellant: float = 0.0,
) -> State:
    """A state to start from at t = 0, its axes along those of GCRS unless told."""
    one, zero = jnp.asarray(1.0), jnp.asarray(0.0)
    along = Rotation(one, zero, zero, zero, Frame.GCRS, Frame.BODY)
    return State(
        t=zero,
        position=position,
        velocity=velocity,
        attitude=along if attitude is None else normalised(attitude),
        rate=body_vector(0, 0, 0) if rate is None else rate,
        tanks=jnp.asarray([propellant]),
        aboard=jnp.ones(1, dtype=bool),
        sums=nothing_added(zero),
    )


@eqx.filter_jit
def fly(
    world: World,
    flown: Configuration,
    plan: BodyPhases,
    start: State,
    *,
    pulse: Pulses | None = None,
    gradient: bool = False,
    method: AbstractMethod = RK4,
    rows: int | None = None,
) -> tuple[Legs, Tape | None]:
    """One lane; `flown` is one configuration."""
    lanes = jax.tree.map(lambda leaf: leaf[None, None], flown)
    begin = jax.tree.map(lambda leaf: leaf[None], start)
    return fly_body(
        world, (lanes, plan, pulse or pulses()), begin,
        gradient=gradient, method=method, rows=rows,
    )  # fmt: skip


def end_of(legs: Legs) -> BodyState:
    """The last state of one lane."""
    return jax.tree.map(lambda leaf: leaf[-1, 0], legs.inner)


def numbers(v: eqx.Module) -> np.ndarray:
    """Components."""
    return np.array([np.asarray(leaf) for leaf in jax.tree.leaves(v)])


def momentum(tensor: Inertia, attitude: Rotation, rate: Vector) -> Array:
    """Angular momentum in GCRS, however long the quaternion has become."""
    held = normalised(attitude).inverse().apply(tensor.apply(rate))
    return jnp.stack([held.x, held.y, held.z])
