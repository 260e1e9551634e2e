"""Flying home: the search and the flight of a mission that comes back, or of an entry alone."""

from dataclasses import dataclass, replace

import numpy as np

from yaan.base.constants import EARTH_RADIUS
from yaan.description import CrewSpec, EntrySpec, MissionSpec
from yaan.design.choice import Elevation
from yaan.design.landing import Landed, Lander, Tell, land, prepare_rounded
from yaan.design.record import (
    along_motion,
    couch,
    home_rows,
    landing_rows,
    path_rows,
    whole_history,
)
from yaan.design.return_plan import AFTER, bank_of, handover_of, make_plan, turning_of
from yaan.design.return_search import Home, fly_home, lander_of
from yaan.design.shadow import landing_errors, orbit_errors
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.flight import legs
from yaan.flight.accuracy import PhaseError, accurately
from yaan.flight.legs import Save
from yaan.flight.models.craft import build_capsule, build_interface, build_train
from yaan.flight.models.launcher import MODULE, stack_of
from yaan.flight.models.world import HORIZON, build_world, epoch_of
from yaan.results.provenance import Provenance
from yaan.results.trajectory import History
from yaan.spacetime.ephemeris import sun_elevation
from yaan.spacetime.frame import components
from yaan.spacetime.time import bundled_orientation


@dataclass(frozen=True)
class Entered:
    """An entry of its own, flown."""

    provenance: Provenance
    spec: EntrySpec
    world: World
    lander: Lander
    landed: Landed
    history: History
    errors: list[PhaseError]


def horizon(spec: MissionSpec) -> float:
    """How long after lift-off the world of a mission must be known [s]."""
    if spec.landing is None:
        return HORIZON
    return max(HORIZON, spec.landing.time + spec.landing.window + AFTER)


@dataclass(frozen=True)
class Returned:
    """The way home of a mission, flown."""

    home: Home
    history: History
    """Of the whole mission."""
    errors: list[PhaseError]


def go_home(
    world: World, spec: MissionSpec, ascent: History, inserted: State, tell: Tell
) -> Returned:
    """Fly home from `inserted`, the end of the ascent, as the spacecraft leaves its launcher."""
    stack = stack_of(spec)
    separated = inserted.dropping(*stack.launcher)
    loaded = float(separated.tanks[0, stack.tank(MODULE)])
    home = fly_home(world, make_plan(spec), separated, elevation_of(spec), tell)
    tell("flying its shadow, which tells its errors")
    errors, interface = orbit_errors(world, home)
    if home.landed is not None and interface is not None:
        known = home.landed

        def fly(tolerance: float) -> tuple[tuple[Lander, Landed], list[PhaseError]]:
            lander, landed = home.lander.finer(tolerance), known
            if tolerance != 1.0:
                landed = land(lander, known.interface, known.aim, home.nominal_bank, tell)
            return (lander, landed), landing_errors(lander, landed, interface)

        (lander, landed), more = accurately(fly, spec.integration)
        way = replace(home.plan.way, entry_tolerance=lander.tolerance)
        home = replace(home, plan=replace(home.plan, way=way), landed=landed)
        errors += more
    site = spec.launch.site
    rows = home_rows(world, home, couch(seat_of(spec.crew)))
    whole = whole_history(ascent, rows, (site.latitude, site.longitude), loaded)
    return Returned(home, whole, errors)


def prepare_home(world: World, spec: MissionSpec) -> None:
    """Compile every programme of the way home, or fetch it compiled, by legs that end at once."""
    plan = make_plan(spec)
    lander, seat = lander_of(world, plan), couch(seat_of(spec.crew))
    state = (np.zeros(1), np.array([[EARTH_RADIUS, 0.0, 0.0]]), np.array([[0.0, 7.5e3, 0.0]]))
    up = np.array([[1.0, 0.0, 0.0]])
    stack = stack_of(spec)
    high = state_of(state[0], state[1] + 400e3 * up, state[2], *stack.empty)
    low = state_of(state[0], state[1] + 100.0 * up, state[2] * 0.0 - 10.0 * up, *stack.empty)
    kept = legs.coast(
        world, plan.raising.craft, high, legs.Burns.none(1), stop=0.0, step=1.0, save=Save.STEPS
    )
    path_rows(world, plan.raising.craft, kept, seat)
    landed = land(lander, low, None, plan.bank.nominal, lambda text: None)
    prepare_rounded(lander, low)
    rows = landing_rows(lander, landed, seat)
    along_motion(world, whole_history(None, rows), np.zeros(1, dtype=int))


def enter_alone(spec: EntrySpec, provenance: Provenance, tell: Tell) -> Entered:
    """Fly a file of kind `entry`."""
    world = build_world(spec)
    parachutes = spec.capsule.parachutes
    lander = Lander(
        world=world,
        capsule=build_capsule(spec.capsule),
        train=None if parachutes is None else build_train(parachutes),
        bank=bank_of(spec.entry),
        until=handover_of(spec.capsule, spec.entry),
        step=spec.entry.step,
        turning=turning_of(spec.capsule, spec.entry),
    )
    position, velocity = build_interface(spec.interface, world)
    start = state_of(np.zeros(1), components(position)[None], components(velocity)[None])
    aim = None
    if spec.landing is not None:
        aim = (spec.landing.aim.latitude, spec.landing.aim.longitude)
    tell("flying the entry")

    def fly(tolerance: float) -> tuple[tuple[Lander, Landed], list[PhaseError]]:
        finer = lander.finer(tolerance)
        landed = land(finer, start, aim, finer.bank.nominal, tell)
        return (finer, landed), landing_errors(finer, landed)

    (finer, landed), errors = accurately(fly, spec.integration)
    rows = landing_rows(finer, landed, couch(seat_of(spec.crew)))
    return Entered(provenance, spec, world, finer, landed, whole_history(None, rows), errors)


def seat_of(crew: CrewSpec | None) -> tuple[float, float, float]:
    """The seat's axes that take the axial load; eyeballs in where no crew is named."""
    if crew is None:
        return (1.0, 0.0, 0.0)
    return (crew.seat.x, crew.seat.y, crew.seat.z)


def elevation_of(spec: MissionSpec) -> Elevation:
    """The elevation of the Sun over the ground, against the mission's time."""
    epoch, orientation = epoch_of(spec), bundled_orientation()

    def elevation(t: float, latitude: float, longitude: float) -> float:
        return float(sun_elevation(epoch, orientation, t, latitude, longitude)[0])

    return elevation
