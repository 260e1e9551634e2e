"""The world of a file as models: Earth, air, wind, Sun and Moon, by plain tables of names.

A new atmosphere, wind or rotation is one entry or one branch here, and a key of the file.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from yaan.base.model import Model
from yaan.base.session import require_float64
from yaan.base.tables import Table
from yaan.description import (
    AtmosphereSpec,
    EarthSpec,
    EntryFlight,
    EnvironmentSpec,
    GravityFieldSpec,
    GroundSpec,
    Plan,
    ReturnFlight,
    WindSpec,
    degree_and_order,
)
from yaan.description.environment import DensityProfileSpec, WindProfileSpec
from yaan.dynamics.forces import World
from yaan.environment.atmosphere import (
    AbstractAtmosphere,
    ExponentialAtmosphere,
    NoAtmosphere,
    ScaledAtmosphere,
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
from yaan.environment.placed import (
    Atmosphere,
    ProfiledAtmosphere,
    ProfiledPlacedAtmosphere,
    ScaledPlacedAtmosphere,
    Wind,
    profiled,
    scaled,
    with_wind,
)
from yaan.environment.radiation import Radiation
from yaan.environment.solar_activity import LEVELS, in_cycle
from yaan.environment.thermosphere import (
    NRLMSISE00Atmosphere,
    SolarActivity,
    clock_of,
    year_of,
)
from yaan.environment.third_bodies import (
    MOON_MU,
    PLANET_MU,
    SUN_MU,
    AbstractThirdBodies,
    PointBodies,
    ThirdBody,
)
from yaan.environment.wind import (
    AbstractWind,
    AddedPlacedWind,
    AddedWind,
    ConstantWind,
    NoWind,
    PlacedTableWind,
    TableWind,
)
from yaan.flight.models.own import model_of
from yaan.spacetime.earth import (
    EarthRotation,
    Ellipsoid,
    about_earth,
    iau1980_rotation,
    iers_rotation,
    still_rotation,
    uniform_rotation,
)
from yaan.spacetime.ephemeris import (
    Ephemeris,
    apparent_sun_path,
    moon_path,
    planet_path,
    sun_path,
)
from yaan.spacetime.time import Epoch, bundled_orientation, parse_utc

HORIZON = 16_000.0
"""How long after lift-off the turning of the Earth is tabulated [s]: ascent and any abort; and
an entry from anywhere to the ground."""

_Profile = TypeVar("_Profile", DensityProfileSpec, WindProfileSpec)

_SCALED: Final = (
    ScaledAtmosphere,
    ScaledPlacedAtmosphere,
    ProfiledAtmosphere,
    ProfiledPlacedAtmosphere,
)

_AFTER: Final = 10_600.0
"""The world is tabulated this long beyond the last landing of the window [s]."""

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
    **{name: (partial(planet_path, name), mu) for name, mu in PLANET_MU.items()},
}


def horizon(asked: ReturnFlight | None) -> float:
    """How long after lift-off the world of a mission must be known [s]."""
    if asked is None:
        return HORIZON
    return max(HORIZON, asked.landing.time + asked.landing.window + _AFTER)


def build_world(plan: Plan, duration: float = HORIZON) -> World:
    """Earth, air and wind of a plan, valid for `duration` [s] from its epoch.

    Raises:
        YaanError: outside a 64-bit context.
        InputError: a model of the user's own that the plan names is not given.
    """
    require_float64()
    environment, epoch = plan.environment, epoch_of(plan)
    gravity = _gravity(plan)
    shape = Ellipsoid(environment.earth.shape.radius, environment.earth.shape.flattening)
    return World(
        gravity=gravity,
        atmosphere=_drawn_air(environment, _scaled(_atmosphere(plan), environment.density_scale)),
        wind=_drawn_wind(environment, _wind(plan, environment.wind)),
        earth=earth_of(environment.earth, epoch, duration),
        mu=np.asarray(gravity.mu),
        shape=shape,
        third_bodies=_third_bodies(environment, epoch, duration),
        radiation=_radiation(environment, epoch, duration, shape),
        ground=np.asarray(plan.surface),
    )


def build_worlds(plans: Sequence[Plan], duration: float = HORIZON) -> list[World]:
    """The worlds of plans that fly as lanes of one batch, as `build_world` makes each.

    A sky that plans have in common is built once. Air and wind are of one kind where any plan has
    it: no wind is then one of 0 m/s, and what is not scaled is scaled by 1, at all heights.
    """
    scaling = any(plan.environment.density_scale != 1.0 for plan in plans)
    winds = [plan.environment.wind for plan in plans]
    windy = any(not wind.calm for wind in winds)
    air_like = _first([plan.environment.density_profile for plan in plans])
    wind_like = _first([plan.environment.wind_profile for plan in plans])
    found: list[tuple[Plan, World, Atmosphere]] = []
    worlds: list[World] = []
    for plan, wind in zip(plans, winds, strict=True):
        known = next((one for one in found if _same_sky(one[0], plan)), None)
        if known is None:
            world = build_world(plan, duration)
            air = _atmosphere(plan)
            known = (plan, world, air)
            found.append(known)
        _, world, air = known
        if scaling:
            air = scaled(air, np.asarray(plan.environment.density_scale))
        air = _drawn_air(plan.environment, air, air_like)
        blows = _drawn_wind(plan.environment, _wind(plan, wind, always=windy), wind_like)
        worlds.append(replace(world, atmosphere=air, wind=blows, ground=np.asarray(plan.surface)))
    return worlds


def _same_sky(one: Plan, other: Plan) -> bool:
    """Whether two plans differ at most in what their air does."""
    ours, theirs = one.environment, other.environment
    names = ("wind", "wind_profile", "density_scale", "density_profile")
    drawn = {name: getattr(ours, name) for name in names}
    same = one.epoch == other.epoch and one.given == other.given
    return same and theirs.model_copy(update=drawn) == ours


def about_world(plan: Plan, world: World) -> list[Model]:
    """What the models of a world are, and what each ignores, by the names that the plan has."""
    environment, landing = plan.environment, plan.landing
    rotation = environment.earth.rotation
    wind = _owned(plan, "wind", world.wind.about)
    if landing is not None and landing.wind is not None:
        home = _wind(plan, landing.wind).about.text
        wind = replace(wind, text=f"{wind.text} in the ascent, {home} on the way home")
    found = [
        _about_gravity(plan),
        about_earth(_ROTATIONS[rotation], world.shape),
        _owned(plan, "atmosphere", world.atmosphere.about),
        wind,
    ]
    return found if world.radiation is None else [*found, world.radiation.about]


def _about_gravity(plan: Plan) -> Model:
    environment, field = plan.environment, plan.environment.gravity.field
    others = [body.capitalize() for body in environment.third_bodies]
    missed = missed_bodies(environment)
    if field.own is not None:
        told: Model = plan.given["gravity"].model.about
        text = f"{told.text}{', with ' if others else ''}{' and '.join(others)}"
        ignored = ", ".join(filter(None, [*missed, told.ignores]))
        return _owned(plan, "gravity", replace(told, text=text, ignores=ignored))
    name = field.name.upper() if field.name is not None else "a field from the file"
    return about_gravity(name, environment.gravity.degree, others, missed)


def _owned(plan: Plan, word: str, about: Model) -> Model:
    """What a model is, with its class where it is one of the user's own."""
    if word not in plan.environment.own_models:
        return about
    return replace(about, own=plan.given[word].own)


def missed_bodies(environment: EnvironmentSpec) -> list[str]:
    """Those of Sun and Moon that do not pull; planets, a ten-thousandth of them, are not told."""
    return [one.capitalize() for one in ("sun", "moon") if one not in environment.third_bodies]


def about_ground(ground: GroundSpec) -> Model:
    """What the surface of a landing is."""
    text = f"{ground.kind}, flat, {ground.height:g} m above the ellipsoid"
    return Model(name="ground", text=text, ignores="terrain, waves, geoid")


def _first(profiles: Sequence[_Profile | None]) -> _Profile | None:
    return next((one for one in profiles if one is not None), None)


def _drawn_air(
    environment: EnvironmentSpec, air: Atmosphere, like: DensityProfileSpec | None = None
) -> Atmosphere:
    """The air times the profile of its plan; where it has none, times 1 on the knots of `like`."""
    own = environment.density_profile
    if own is not None:
        return profiled(air, Table(np.asarray(own.height), np.asarray(own.scale)))
    if like is None:
        return air
    return profiled(air, Table(np.asarray(like.height), np.ones(len(like.height))))


def _drawn_wind(
    environment: EnvironmentSpec, wind: Wind, like: WindProfileSpec | None = None
) -> Wind:
    """The wind and the profile of its plan; where it has none, 0 m/s on the knots of `like`."""
    own = environment.wind_profile
    if own is not None:
        heights = np.asarray(own.height)
        return with_wind(wind, *(Table(heights, np.asarray(x)) for x in (own.east, own.north)))
    if like is None:
        return wind
    calm = Table(np.asarray(like.height), np.zeros(len(like.height)))
    return with_wind(wind, calm, calm)


def landing_world(world: World, entering: EntryFlight, *, windy: bool = False) -> World:
    """The world of a mission on its return: the zone's ground, and its wind if it has one.

    `windy`: no wind is one of 0 m/s, as where other lanes have one.
    """
    found = replace(world, ground=np.asarray(entering.ground.height))
    if entering.wind is None:
        return found
    wind, above = _wind(entering.plan, entering.wind, always=windy), world.wind
    if isinstance(above, AddedWind | AddedPlacedWind):  # of the day, which is that of the flight
        wind = with_wind(wind, above.east, above.north)
    return replace(found, wind=wind)


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
    while isinstance(air, _SCALED):
        air = air.base
    if isinstance(air, StandardAtmosphere1976):
        above = "The flight rises above 1000 km, where the atmosphere is taken as none."
        return above if np.max(flown) > high else None
    if low <= np.min(flown) and np.max(flown) <= high:
        return None
    ends = f"{low / 1e3:g} km to {high / 1e3:g} km"
    reached = f"flown is {np.min(flown) / 1e3:.1f} km to {np.max(flown) / 1e3:.1f} km"
    if isinstance(air, TableAtmosphere):
        return f"The table of the air goes from {ends} and is continued; {reached}."
    if isinstance(air, NRLMSISE00Atmosphere):
        return f"NRLMSISE-00 is known from {ends} and is continued; {reached}."
    return f"The user's own air is made for {ends}; {reached}."


def _gravity(plan: Plan) -> AbstractGravity:
    spec, field = plan.environment.gravity, plan.environment.gravity.field
    if field.own is not None:
        return model_of(plan, "gravity", field.own, AbstractGravity)
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


def _scaled(air: Atmosphere, scale: float) -> Atmosphere:
    return air if scale == 1.0 else scaled(air, np.asarray(scale))


def _atmosphere(plan: Plan) -> Atmosphere:
    spec = plan.environment.atmosphere
    if spec.own is not None:
        return model_of(plan, "atmosphere", spec.own, AbstractAtmosphere)
    if spec.model == "nrlmsise00":
        epoch = epoch_of(plan)
        return NRLMSISE00Atmosphere(clock_of(epoch), _activity(spec, epoch))
    if spec.model == "exponential":
        return ExponentialAtmosphere(spec.density, spec.height, spec.scale_height)
    if spec.density is not None:
        return UniformAtmosphere(spec.density)
    if spec.table is not None:
        return TableAtmosphere(spec.table.height, spec.table.density, spec.table.temperature)
    assert spec.model is not None  # the check has seen to it
    return _ATMOSPHERES[spec.model]()


def _activity(spec: AtmosphereSpec, epoch: Epoch) -> SolarActivity:
    """What the Sun does, by a level, by the date in a cycle, or by the file's own numbers."""
    asked = spec.solar_activity
    if asked is not None:
        at_level = LEVELS[asked.level] if asked.level is not None else None
        flux, ap = at_level or in_cycle(asked.cycle or "mean", year_of(epoch))
        return SolarActivity(flux, flux, (ap,))
    assert spec.f107 is not None  # the check has seen to it
    assert spec.ap is not None
    mean = spec.f107a if spec.f107a is not None else spec.f107
    return SolarActivity(spec.f107, mean, tuple(spec.ap))


def _wind(plan: Plan, spec: WindSpec, *, always: bool = False) -> Wind:
    if spec.own is not None:
        return model_of(plan, "wind", spec.own, AbstractWind)
    table = spec.table
    if table is not None and table.placed:
        axes = (table.height, table.latitude, table.time)
        return PlacedTableWind(axes, table.east, table.north)
    if table is not None:
        return TableWind(np.asarray(table.height), np.asarray(table.east), np.asarray(table.north))
    if spec.calm and not always:
        return NoWind()
    return ConstantWind(np.asarray(spec.east), np.asarray(spec.north))


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


def earth_of(spec: EarthSpec, epoch: Epoch, duration: float) -> EarthRotation:
    """How the Earth turns for `duration` [s] from an epoch, as it is described."""
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
