"""The way home of the reference mission: steps, budgets, a main lost, wind.

It starts where the ascent of `gaganyaan` ends; the state is kept here as numbers, so that no
ascent is flown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.analysis import orbit
from yaan.analysis.budget import MassBudget, return_velocity
from yaan.analysis.flown import Flown as Analysed
from yaan.base.provenance import Provenance
from yaan.base.session import computing
from yaan.crew.couch import couch
from yaan.description import Ascent, ReturnFlight
from yaan.design.record import return_rows, whole_history
from yaan.design.return_flight import elevation_of
from yaan.design.return_plan import ReturnTask, make_return
from yaan.design.return_search import ReturnDesign, design_return
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.flight import legs
from yaan.flight.approach import Case, fly_approach
from yaan.flight.legs import Burns
from yaan.flight.models.launcher import MODULE, stack_of
from yaan.flight.models.world import build_world, horizon
from yaan.gnc.bank import with_reversal
from yaan.motion.base import Leg
from yaan.motion.descent import Descended

SEPARATED = (
    [953.4985554885849],
    [[193999.6731744, -6348096.69862625, -1605182.02597672]],
    [[4990.99202989, 1665.78317883, -5858.53086303]],
)
LOADED = 1_000.0  # [kg]
RAISED = (14_562.8, 213.3)  # ignition and duration [s]
LEFT = (252_423.0, 371.8)
BANK = (np.radians(57.0), 484.4)  # size [rad], reversal [s]


@dataclass(frozen=True)
class Steps:
    """Of the orbit, the entry and the openings [s]."""

    orbit: float
    entry: float
    opening: float


@dataclass(frozen=True)
class Flown:
    """Where each leg ended."""

    ends: dict[str, State]
    descent: Leg
    canopies: Descended


@pytest.fixture(scope="module", autouse=True)
def _session() -> Iterator[None]:
    with computing():
        yield


def _mission(**changes: Any) -> tuple[Ascent, ReturnFlight]:
    plan = yaan.load("gaganyaan", changes).plan
    assert plan.ascent is not None
    assert plan.return_flight is not None
    return plan.ascent, plan.return_flight


def _separated(ascent: Ascent) -> State:
    stack = stack_of(ascent)
    tanks, aboard = stack.empty
    tanks[stack.tank(MODULE)] = LOADED
    return state_of(*SEPARATED, tanks, aboard).dropping(*stack.launcher)


def _prepared(ascent: Ascent, asked: ReturnFlight) -> tuple[ReturnTask, World]:
    return make_return(ascent, asked), build_world(ascent.plan, horizon(asked))


def _fly(mission: tuple[Ascent, ReturnFlight], steps: Steps) -> Flown:
    """The same burns and the same bank, whatever the steps."""
    task, world = _prepared(*mission)
    assert task.train is not None
    way = replace(task.way, orbit_step=steps.orbit)
    burns = Burns.none(1).with_burn(0, *RAISED, 1.0)
    craft = task.raising.craft
    start = _separated(mission[0])
    kept = legs.coast(world, craft, start, burns, stop=252_000.0, step=steps.orbit)
    case = Case(world, task.craft, way)
    approach = fly_approach(case, kept.end, np.array([LEFT[0]]), np.array([LEFT[1]]))
    bank = with_reversal(*(jnp.asarray([x]) for x in (*BANK, task.bank.roll_rate, 1.0)))
    capsule, at = task.craft.capsule, approach.interface.end
    entry = legs.enter(world, capsule, at, bank, until=way.until, step=steps.entry)
    last = legs.descend(
        world, capsule.forebody, task.train, entry.end, entry.end.t, step=steps.opening
    )
    ends = {
        "orbit": kept.end,
        "separation": approach.burnt.end,
        "interface": at,
        "hand-over": entry.end,
    }
    return Flown(ends, last[0], jax.tree.map(lambda leaf: leaf[0], last[1]))


def test_halving_every_step_moves_no_event() -> None:
    # The gates of the ascent: 0.01 s, 1 m, 0.01 m/s, after three days in orbit and an entry.
    mission = _mission()
    steps = Steps(mission[1].orbit.step, mission[1].entry.step, legs.OPENING_STEP)
    halved = Steps(steps.orbit / 2.0, steps.entry / 2.0, steps.opening / 2.0)
    whole, fine = _fly(mission, steps), _fly(mission, halved)

    for name, one in whole.ends.items():
        other = fine.ends[name]
        assert abs(one.t - other.t)[0] < 0.01, name
        # At an event of height the instants differ, so places are compared along the motion.
        moved = one.position_gcrs + one.velocity_gcrs * (other.t - one.t)[:, None]
        assert np.linalg.norm(moved - other.position_gcrs) < 1.0, name
        assert np.linalg.norm(one.velocity_gcrs - other.velocity_gcrs) < 0.01, name
    time, other_time = (float(x.descent.end.t[0]) for x in (whole, fine))
    assert time == pytest.approx(other_time, abs=0.01)
    down, also = (float(x.canopies.vertical_speed) for x in (whole, fine))
    assert down == pytest.approx(also, abs=1e-4)


def test_with_a_main_lost_it_comes_down_faster_by_the_root_of_three_halves() -> None:
    steps = Steps(120.0, 0.5, legs.OPENING_STEP)
    speeds = []
    for working in (3, 2):
        changes = {"capsule.parachutes.steps.mains.working": working}
        speeds.append(float(_fly(_mission(**changes), steps).canopies.vertical_speed))

    assert 7.0 <= speeds[0] <= 9.0
    # The capsule's own drag, a fiftieth of the canopies', takes a little off the root.
    assert speeds[1] / speeds[0] == pytest.approx(np.sqrt(1.5), rel=0.01)


@pytest.fixture(scope="module")
def returned() -> tuple[Ascent, ReturnDesign]:
    """The way home in a wind of 10 m/s from the west."""
    ascent, asked = _mission(**{"environment.wind": {"east": "10 m/s"}})
    task, world = _prepared(ascent, asked)
    sun = elevation_of(ascent.plan)
    return ascent, design_return(world, task, _separated(ascent), sun, lambda text: None)


def test_the_touchdown_is_on_the_aim_in_daylight_whatever_the_wind_drifts(
    returned: tuple[Ascent, ReturnDesign],
) -> None:
    ascent, design = returned
    landing = ascent.plan.landing
    assert landing is not None
    assert design.chosen is not None
    assert design.landed is not None
    assert design.chosen.light == "day"
    assert design.landed.miss is not None
    assert design.landed.miss < 1e3
    time = design.landed.end[0]
    assert abs(time - landing.time) <= landing.window
    longitude = float(design.landed.entry.place.longitude[0])
    # Under the canopies for some six minutes: the wind carries it by kilometres.
    assert abs(design.landed.end[2] - longitude) * 6.3e6 > 2e3


def test_deorbit_and_entry_are_as_the_study_expects(returned: tuple[Ascent, ReturnDesign]) -> None:
    _, design = returned
    assert design.down is not None
    assert design.landed is not None
    assert 90.0 <= float(design.down.burnt.added.ideal[0]) <= 140.0
    assert np.degrees(design.down.entry_angle[0]) == pytest.approx(-1.4, abs=0.01)
    felt = design.landed.entry.inner
    assert 3.0 <= float(felt.peak_load[0]) <= 5.0
    assert 40e4 <= float(felt.peak_flux[0]) <= 55e4
    assert 90e6 <= float(felt.heat_load[0]) <= 130e6
    assert design.landed.ballistic_load > 7.0


def test_the_budgets_of_the_way_home_close(returned: tuple[Ascent, ReturnDesign]) -> None:
    ascent, design = returned
    rows = return_rows(design.world, design, couch((1.0, 0.0, 0.0)))
    history, nothing = whole_history(None, rows, loaded=LOADED), Provenance((), (), "")
    flown = Analysed(ascent.plan, nothing, design.world, history, [], [], [], return_design=design)
    phase, left = orbit.orbit_phase(flown), orbit.deorbit(flown)
    assert phase is not None
    assert left is not None

    budget = MassBudget(mass=ascent.vehicle.payload.mass)
    budget.add_return(design, history, [*phase.burns, left.burn], budget.mass)
    assert budget.closure < 1e-6
    # A thousandth of the mission's ideal velocity. Trapezoids over rows up to two minutes apart
    # leave 1 m/s; the work of the lift in the wind, which the budget does not tell, 4 m/s more.
    assert abs(return_velocity(design, history)[1].residual) < 10.0
