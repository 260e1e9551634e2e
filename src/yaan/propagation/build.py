"""Models of an arc from its description: the world that it meets, the craft, its state."""

import math
from collections.abc import Sequence
from typing import Any, Final

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array as Traced
from numpy.typing import NDArray

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.errors import InputError, Problem, quote
from yaan.description.arc import ArcBurnSpec, ArcSpec, DirectionSpec, PressedSpec
from yaan.description.plan import Plan
from yaan.dynamics.forces import World
from yaan.flight.models.sky import sky_axes
from yaan.flight.models.world import build_world
from yaan.propagation.motion import Burns, Craft, Kicks
from yaan.spacetime.anomaly import true_from_mean
from yaan.spacetime.elements import Elements, state_of_elements
from yaan.spacetime.frame import Frame, Vector, components, frame_named, vector
from yaan.spacetime.time import Epoch, parse_utc

Array = NDArray[np.float64]

_BEYOND: Final = 1200.0  # [s] the world is tabulated beyond the end


def world_of(spec: ArcSpec) -> World:
    """The world of an arc, for its whole length."""
    # A plan of nothing but a world: what builds one for flights builds it here.
    plan = Plan.model_construct(
        name=spec.name, epoch=spec.epoch, environment=spec.environment, start=None
    )
    return build_world(plan, spec.duration + _BEYOND)


def start_of(spec: ArcSpec) -> Epoch:
    """The epoch of an arc."""
    return parse_utc(spec.epoch)


def craft_of(spec: ArcSpec) -> Craft:
    """What air and sunlight press on, and the burns.

    Raises:
        InputError: burns that overlap, lie outside the arc, or burn more than there is.
    """
    epoch, mass = start_of(spec), spec.spacecraft.weight
    problems: list[Problem] = []
    finite: list[tuple[float, float, float, float, Vector]] = []
    kicks: list[tuple[float, float, float, Vector]] = []
    free = 0.0  # [s] when the burn before has ended
    order = sorted(range(len(spec.burns)), key=lambda i: burn_start(spec.burns[i], epoch))
    for i in order:
        burn = spec.burns[i]
        start = burn_start(burn, epoch)
        exhaust = math.inf
        if burn.specific_impulse is not None:
            exhaust = burn.specific_impulse * STANDARD_GRAVITY
        lasts = burn_length(burn, mass, exhaust)
        where = ("the arc", None, f"burns.{i}.at", quote(burn.at))
        if not 0.0 <= start <= spec.duration or start + lasts > spec.duration:
            length = f"{spec.duration / 86_400.0:g} days of the arc"
            problems.append(Problem(*where, f"a burn within the {length}"))
        if start < free:
            problems.append(Problem(*where, "a start after the burn before has ended"))
        free = start + lasts
        direction = _direction(burn.along)
        if burn.thrust is None:
            assert burn.delta_v is not None  # the check has seen to it
            kicks.append((start, burn.delta_v, exhaust, direction))
            mass *= math.exp(-burn.delta_v / exhaust)
            continue
        flow = burn.thrust / exhaust
        finite.append((start, start + lasts, burn.thrust, flow, direction))
        mass -= flow * lasts
        if mass <= 0.0:
            where = ("the arc", None, f"burns.{i}.thrust", quote(burn.thrust))
            problems.append(Problem(*where, "a burn that leaves some of the mass"))
            break
    if problems:
        raise InputError(problems)
    return Craft(
        drag_area=_pressed(spec.spacecraft.drag),
        radiation_area=_pressed(spec.spacecraft.radiation),
        burns=Burns(
            start=_column(finite, 0),
            stop=_column(finite, 1),
            thrust=_column(finite, 2),
            flow=_column(finite, 3),
            direction=tuple(row[4] for row in finite),
        ),
        kicks=Kicks(
            time=_column(kicks, 0),
            delta_v=_column(kicks, 1),
            exhaust=_column(kicks, 2),
            direction=tuple(row[3] for row in kicks),
        ),
    )


def _column(rows: Sequence[tuple[Any, ...]], i: int) -> Traced:
    return jnp.asarray([row[i] for row in rows], dtype=float)


def _pressed(spec: PressedSpec | None) -> Traced:
    return jnp.asarray(0.0 if spec is None else spec.area * spec.coefficient)


def burn_start(burn: ArcBurnSpec, epoch: Epoch) -> float:
    """Start of a burn [s] since the epoch."""
    if not isinstance(burn.at, str):
        return burn.at
    at = parse_utc(burn.at)
    return (at.whole - epoch.whole) + (at.fraction - epoch.fraction)


def burn_length(burn: ArcBurnSpec, mass: float, exhaust: float) -> float:
    """How long a burn lasts [s]; by its delta-v that of the rocket equation."""
    if burn.thrust is None:
        return 0.0
    if burn.duration is not None:
        return burn.duration
    assert burn.delta_v is not None  # the check has seen to it
    if math.isinf(exhaust):
        return burn.delta_v * mass / burn.thrust
    return mass * exhaust / burn.thrust * -math.expm1(-burn.delta_v / exhaust)


def _direction(spec: DirectionSpec) -> Vector:
    x, y, z = (jnp.asarray(part) for part in spec.unit)
    return Vector(x, y, z, Frame[spec.frame.upper()])


def centre_of(spec: ArcSpec, world: World) -> tuple[Array, Array]:
    """Position [3, m] and velocity [3, m/s] at the epoch, in GCRS."""
    state, elements = spec.start.state, spec.start.elements
    if state is not None:
        r = np.array([state.position.x, state.position.y, state.position.z], dtype=float)
        v = np.array([state.velocity.x, state.velocity.y, state.velocity.z], dtype=float)
        return to_gcrs(r, v, state.frame, spec, world)
    assert elements is not None  # the check has seen to it
    anomaly = elements.true_anomaly
    if anomaly is None:
        assert elements.mean_anomaly is not None
        anomaly = float(true_from_mean(elements.mean_anomaly, elements.eccentricity))
    told = (
        elements.semi_major_axis,
        elements.eccentricity,
        elements.inclination,
        elements.node,
        elements.argument_of_perigee,
        anomaly,
    )
    orbit = Elements(*(jnp.asarray(x) for x in told))
    r, v = (components(x) for x in state_of_elements(orbit, world.mu, Frame.GCRS))
    return to_gcrs(r, v, elements.frame, spec, world)


def to_gcrs(
    position: Array, velocity: Array, frame: str, spec: ArcSpec, world: World
) -> tuple[Array, Array]:
    """A state at the epoch in GCRS, from the axes of a frame of `description.arc`."""
    if frame == "itrs":
        to_fixed = world.earth.rotation(jnp.asarray(0.0))
        spin = components(world.earth.spin(jnp.asarray(0.0)))
        inverse = to_fixed.inverse()
        moved = velocity + np.cross(spin, position)
        fixed = (vector(jnp.asarray(x), Frame.ITRS) for x in (position, moved))
        r, v = (components(inverse.apply(x)) for x in fixed)
        return r, v
    if frame == "gcrs":
        return position, velocity
    named = frame_named(frame)
    matrix = sky_axes(named, start_of(spec), spec.environment.earth.rotation)
    return matrix.T @ position, matrix.T @ velocity
