"""The world of a file as models: Earth, air, wind, Sun and Moon, by plain tables of names.

A new atmosphere, wind or rotation is one entry or one branch here, and a key of the file.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from yaan.base.model import Model
from yaan.base.session import require_float64
from yaan.description import (
    AtmosphereSpec,
    EarthSpec,
    EntryFlight,
    EnvironmentSpec,
    GravityFieldSpec,
    GravitySpec,
    GroundSpec,
    Plan,
    WindSpec,
    degree_and_order,
)
from yaan.dynamics.forces import World
from yaan.environment.atmosphere import (
    AbstractAtmosphere,
    NoAtmosphere,
    StandardAtmosphere1976,
    TableAtmosphere,
    UniformAtmosphere,
    load_standard_atmosphere,
)
from yaan.environment.fields import harmonic_gravity, load_gravity
from yaan.environment.gravity import (
    AbstractGravity,
    PointGravity,
    ZonalJ2Gravity,
    about_gravity,
)
from yaan.environment.radiation import Radiation
from yaan.environment.third_bodies import (
    MOON_MU,
    SUN_MU,
    AbstractThirdBodies,
    PointBodies,
    ThirdBody,
)
from yaan.environment.wind import AbstractWind, ConstantWind, NoWind, TableWind
from yaan.spacetime.earth import (
    EarthRotation,
    Ellipsoid,
    about_earth,
    iau1980_rotation,
    iers_rotation,
    still_rotation,
    uniform_rotation,
)
from yaan.spacetime.ephemeris import Ephemeris, apparent_sun_path, moon_path, sun_path
from yaan.spacetime.time import Epoch, bundled_orientation, parse_utc

HORIZON = 16_000.0
"""How long after lift-off the turning of the Earth is tabulated [s]: ascent and any abort; and
an entry from anywhere to the ground."""

_ATMOSPHERES: dict[str, Callable[[], AbstractAtmosphere]] = {
    "us76": load_standard_atmosphere,
    "none": NoAtmosphere,
}

_ROTATIONS: Final[dict[str, Callable[..., EarthRotation]]] = {
    "iers": iers_rotation,
    "uniform": uniform_rotation,
    "still": still_rotation,
    "iau1980": iau1980_rotation,
}

_BODIES: dict[str, tuple[Callable[[Epoch, float], Ephemeris], float]] = {
    "sun": (sun_path, SUN_MU),
    "moon": (moon_path, MOON_MU),
}


def build_world(plan: Plan, duration: float = HORIZON) -> World:
    """Earth, air and wind of a plan, valid for `duration` [s] from its epoch.

    Raises:
        YaanError: outside a 64-bit context.
    """
    require_float64()
    environment, epoch = plan.environment, epoch_of(plan)
    gravity = _gravity(environment.gravity)
    shape = Ellipsoid(environment.earth.shape.radius, environment.earth.shape.flattening)
    return World(
        gravity=gravity,
        atmosphere=_atmosphere(environment.atmosphere),
        wind=_wind(environment.wind),
        earth=_earth(environment.earth, epoch, duration),
        mu=jnp.asarray(gravity.mu),
        shape=shape,
        third_bodies=_third_bodies(environment, epoch, duration),
        radiation=_radiation(environment, epoch, duration, shape),
        ground=jnp.asarray(plan.surface),
    )


def about_world(plan: Plan, world: World) -> list[Model]:
    """What the models of a world are, and what each ignores, by the names that the plan has."""
    environment, landing = plan.environment, plan.landing
    field, rotation = environment.gravity.field, environment.earth.rotation
    name = field.name.upper() if field.name is not None else "a field from the file"
    others = [body.capitalize() for body in environment.third_bodies]
    wind = world.wind.about
    if landing is not None and landing.wind is not None:
        texts = f"{wind.text} in the ascent, {_wind(landing.wind).about.text} on the way home"
        wind = replace(wind, text=texts)
    found = [
        about_gravity(name, environment.gravity.degree, others, missed_bodies(environment)),
        about_earth(_ROTATIONS[rotation], world.shape),
        world.atmosphere.about,
        wind,
    ]
    return found if world.radiation is None else [*found, world.radiation.about]


def missed_bodies(environment: EnvironmentSpec) -> list[str]:
    """Those of Sun and Moon that do not pull."""
    return [body.capitalize() for body in _BODIES if body not in environment.third_bodies]


def about_ground(ground: GroundSpec) -> Model:
    """What the surface of a landing is."""
    text = f"{ground.kind}, flat, {ground.height:g} m above the ellipsoid"
    return Model(name="ground", text=text, ignores="terrain, waves, geoid")


def landing_world(world: World, entering: EntryFlight) -> World:
    """The world of a mission on its return: the zone's ground, and its wind if it has one."""
    found = replace(world, ground=jnp.asarray(entering.ground.height))
    return found if entering.wind is None else replace(found, wind=_wind(entering.wind))


def epoch_of(plan: Plan) -> Epoch:
    """Where time starts: the first ignition of a launch, or what the plan calls its epoch."""
    return parse_utc(plan.epoch)


def orientation_notes(plan: Plan) -> list[str]:
    """A note where the turning of the Earth is not measured at the epoch of a plan."""
    if not plan.environment.earth.measured:
        return []
    mjd = sum(epoch_of(plan).utc()) - 2_400_000.5
    note = bundled_orientation().note(mjd)
    return [note] if note else []


def left_table(world: World, heights: ArrayLike) -> str | None:
    """A sentence for a flight whose `heights` [m] leave what its air is known for; or None."""
    air, flown = world.atmosphere, np.asarray(heights, dtype=float)
    low, high = air.valid_range
    if isinstance(air, StandardAtmosphere1976) and np.max(flown) > high:
        return "The flight rises above 1000 km, where the atmosphere is taken as none."
    if isinstance(air, TableAtmosphere) and (np.min(flown) < low or np.max(flown) > high):
        ends = f"{low / 1e3:g} km to {high / 1e3:g} km"
        reached = f"{np.min(flown) / 1e3:.1f} km to {np.max(flown) / 1e3:.1f} km"
        return f"The table of the air goes from {ends} and is continued; flown is {reached}."
    return None


def _gravity(spec: GravitySpec) -> AbstractGravity:
    field = spec.field
    if field.name is not None:
        return load_gravity(field.name, spec.degree)
    assert field.mu is not None  # the check has seen to it
    if field.radius is None or spec.degree < 2:
        return PointGravity(field.mu)
    if field.j2 is not None:
        return ZonalJ2Gravity(field.mu, field.radius, field.j2)
    c, s = _coefficients(field)
    return harmonic_gravity(field.mu, field.radius, c, s, spec.degree)


def _coefficients(field: GravityFieldSpec) -> tuple[np.ndarray, np.ndarray]:
    """Fully normalised C and S, each [degree + 1, degree + 1]."""
    size = field.highest + 1
    c, s = np.zeros((size, size)), np.zeros((size, size))
    c[0, 0] = 1.0
    for key, pair in (field.coefficients or {}).items():
        at = degree_and_order(key)
        c[at], s[at] = pair
    return c, s


def _atmosphere(spec: AtmosphereSpec) -> AbstractAtmosphere:
    if spec.density is not None:
        return UniformAtmosphere(spec.density)
    if spec.table is not None:
        return TableAtmosphere(spec.table.height, spec.table.density, spec.table.temperature)
    assert spec.model is not None  # the check has seen to it
    return _ATMOSPHERES[spec.model]()


def _wind(spec: WindSpec) -> AbstractWind:
    if spec.table is not None:
        return TableWind(
            jnp.asarray(spec.table.height),
            jnp.asarray(spec.table.east),
            jnp.asarray(spec.table.north),
        )
    if spec.east == 0.0 and spec.north == 0.0:
        return NoWind()
    return ConstantWind(jnp.asarray(spec.east), jnp.asarray(spec.north))


def _third_bodies(
    environment: EnvironmentSpec, epoch: Epoch, duration: float
) -> AbstractThirdBodies | None:
    found = [_BODIES[name] for name in environment.third_bodies]
    bodies = tuple(ThirdBody(path(epoch, duration), mu) for path, mu in found)
    return PointBodies(bodies) if bodies else None


def _radiation(
    environment: EnvironmentSpec, epoch: Epoch, duration: float, shape: Ellipsoid
) -> Radiation | None:
    if not environment.radiation:
        return None
    return Radiation(apparent_sun_path(epoch, duration), shape=shape)


def _earth(spec: EarthSpec, epoch: Epoch, duration: float) -> EarthRotation:
    if spec.rotation == "still":
        return still_rotation()
    if spec.rotation == "uniform" and spec.spin is not None:
        return uniform_rotation(duration=duration, spin=spec.spin)
    if spec.rotation == "uniform":
        return uniform_rotation(duration=duration)
    if spec.rotation == "iau1980":
        return iau1980_rotation(
            epoch, bundled_orientation(), tai_ut1=spec.tai_ut1, duration=duration
        )
    return iers_rotation(epoch, bundled_orientation(), duration=duration)
