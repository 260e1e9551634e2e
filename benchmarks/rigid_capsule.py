"""The capsule of `rigid_problem.py` as Yaan's models, and one compiled flight of all its lanes.

Air tables are by angle, every 5 degrees (within 0.1 % of the cosine); lanes differ in the rate at
which they start, so that none does another's arithmetic.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rigid_problem import (
    AREA,
    BEHIND,
    DRAG,
    HEIGHT,
    INERTIA,
    MASS,
    RATE,
    SCALE_HEIGHT,
    SEA_LEVEL_DENSITY,
    STEP,
    axes,
    velocity,
)

from yaan.aerodynamics.coefficients import Coefficients
from yaan.base.programme import programme
from yaan.dynamics.body import Pulses
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, nothing_added
from yaan.environment.atmosphere import TableAtmosphere, load_standard_atmosphere
from yaan.environment.fields import load_gravity
from yaan.environment.gravity import PointGravity
from yaan.environment.wind import NoWind
from yaan.motion.base import Legs
from yaan.motion.body import Cast, fly_body, of_body
from yaan.motion.body_phases import BodyPhases, limits
from yaan.spacetime.attitude import from_axes
from yaan.spacetime.earth import WGS84, Ellipsoid, still_rotation, uniform_rotation
from yaan.spacetime.frame import Frame, Vector
from yaan.vehicle.body import NEVER, Configuration, Inertia, MassProperties, Nozzle, steady

ANGLES = np.radians(np.arange(0.0, 91.0, 5.0))  # [rad]
WORLDS = ("equal", "full")


def world(name: str, duration: float) -> World:
    """`equal` is the world of the peers: a point mass, a sphere that does not turn, their air.

    `full` is that of a mission: the turning ellipsoid, EGM2008 to degree and order 8, and the US
    Standard Atmosphere 1976.
    """
    gravity = load_gravity("egm2008", 8 if name == "full" else 0)
    return World(
        gravity=gravity if name == "full" else PointGravity(jnp.asarray(gravity.mu)),
        atmosphere=load_standard_atmosphere() if name == "full" else exponential(),
        wind=NoWind(),
        earth=uniform_rotation(duration=duration) if name == "full" else still_rotation(),
        mu=jnp.asarray(gravity.mu),
        shape=WGS84 if name == "full" else Ellipsoid(WGS84.equatorial_radius),
    )


def exponential() -> TableAtmosphere:
    """The air of the problem: two rows of a table are an exponential."""
    density = [SEA_LEVEL_DENSITY, SEA_LEVEL_DENSITY / np.e]
    return TableAtmosphere([0.0, SCALE_HEIGHT], density, [250.0, 250.0])  # [K] moves nothing


def body(lanes: int) -> Configuration:
    """The capsule in every lane, in one configuration; it has no engine."""

    def spread(value: Any) -> jax.Array:
        value = jnp.asarray(value, dtype=float)
        return jnp.broadcast_to(value, (lanes, 1, *value.shape))

    def vector(x: float, y: float, z: float) -> Vector:
        return Vector(spread(x), spread(y), spread(z), Frame.BODY)

    inertia = Inertia(*map(spread, INERTIA), *map(spread, (0.0, 0.0, 0.0)))
    mass = MassProperties(spread(MASS), vector(0.0, 0.0, 0.0), inertia)
    none = spread(np.zeros((len(ANGLES), 1)))
    coefficients = Coefficients(
        area=spread(AREA),
        span=spread(1.0),
        chord=spread(1.0),
        reference=vector(-BEHIND, 0.0, 0.0),
        about_centre=spread(0.0),
        angle=spread(ANGLES),
        mach=spread([0.0]),
        drag=spread(DRAG * np.cos(ANGLES)[:, None]),
        lift=none,
        side=none,
        roll=none,
        pitch=none,
        yaw=none,
        damping=vector(0.0, 0.0, 0.0),
    )
    nothing = spread(0.0)
    at = vector(0.0, 0.0, 0.0)
    level = jax.tree.map(spread, steady())
    nozzle = Nozzle(
        nothing, nothing, nothing, at, vector(1.0, 0.0, 0.0), level, spread(NEVER), nothing
    )
    return Configuration(mass, mass, coefficients, nozzle, nothing)


def start(lanes: int, around: World) -> State:
    """The lanes at the epoch, when the axes of the Earth are those of the sky."""
    radius = WGS84.equatorial_radius + HEIGHT
    each = jnp.ones(lanes)

    def sky(east: float, north: float, up: float) -> Vector:
        return Vector(each * up, each * east, each * north, Frame.GCRS)

    spin = float(around.earth.spin(jnp.asarray(0.0)).z)
    east, north, up = velocity()
    rows = [sky(axis[0], axis[1], axis[2]) for axis in axes()]
    still = from_axes(rows[0], rows[1], rows[2], Frame.BODY)
    share = jnp.linspace(0.5, 1.5, lanes) if lanes > 1 else each
    turning = still.apply(sky(0.0, spin, 0.0))
    rate = Vector(share * RATE[0], share * RATE[1], share * RATE[2], Frame.BODY) + turning
    return State(
        t=0.0 * each,
        position=sky(0.0, 0.0, radius),
        velocity=sky(east + spin * radius, north, up),
        attitude=still,
        rate=rate,
        tanks=jnp.zeros((lanes, 1)),
        aboard=jnp.ones((lanes, 1), dtype=bool),
        sums=nothing_added(each),
    )


def phases(duration: float) -> BodyPhases:
    """One phase, rigid, of the problem's step."""
    return BodyPhases(
        rigid=jnp.asarray([True]),
        pointing=jnp.asarray([0]),
        configuration=jnp.asarray([0]),
        engine=jnp.asarray([False]),
        duration=jnp.asarray([duration]),
        time=jnp.asarray([jnp.inf]),
        limits=limits()[None],
        step=jnp.asarray([STEP]),
    )


class Capsules:
    """All lanes, ready to be flown for `duration` [s] in a world by its name."""

    def __init__(self, lanes: int, name: str, duration: float) -> None:
        none = jnp.zeros(0)
        nowhere = Vector(none, none, none, Frame.BODY)
        pulses = Pulses(none, none, nowhere, nowhere, nowhere, none, none)
        around = world(name, duration)
        cast = (body(lanes), phases(duration), pulses)
        self.world = around
        self.arguments = (around, cast, start(lanes, around))

    def fly(self) -> Legs:
        """How the one phase went, all of it worked out."""
        return jax.block_until_ready(_fly(*self.arguments)[0])


# Compiled as Yaan compiles its flights.
@programme(lanes=of_body)
def _fly(world: World, cast: Cast, start: State) -> tuple[Legs, Any]:
    return fly_body(world, cast, start)


def ends(legs: Legs, around: World) -> dict[str, np.ndarray]:
    """Heights above the sphere, speeds against the Earth, rates and steps at the end, by lane."""
    state = jax.tree.map(lambda leaf: np.asarray(leaf)[0], legs.inner)
    spin = float(around.earth.spin(jnp.asarray(0.0)).z)
    at, v, rate = state.position, state.velocity, state.rate
    return {
        "height_m": np.sqrt(at.x**2 + at.y**2 + at.z**2) - WGS84.equatorial_radius,
        "speed_m_s": np.sqrt((v.x + spin * at.y) ** 2 + (v.y - spin * at.x) ** 2 + v.z**2),
        "rate_rad_s": np.sqrt(rate.x**2 + rate.y**2 + rate.z**2),
        "steps": np.asarray(legs.steps)[0],
    }
