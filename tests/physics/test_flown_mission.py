"""A library mission, flown with the steering of one solved flight: steps, budgets, and a shortfall.

The steering is kept here as numbers so that only what is asked is flown: what the search finds is
the business of other tests. A vehicle that changes in the library flies a little aside of its
targets, which none of these tests minds.
"""

from dataclasses import replace

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.analysis.budget import MassBudget, ascent_propellant, ascent_velocity
from yaan.analysis.outcome import ascent_outcome
from yaan.design.history import history
from yaan.design.steer import Steered
from yaan.design.task import Task, make_task
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.batches import Batch, Case
from yaan.flight.models.world import build_world
from yaan.results.summary import Outcome, VelocityLosses
from yaan.results.trajectory import History
from yaan.search.unknowns import LANES, Attempt, Solution

# Kick, azimuth, yaw [rad]; a, b, c of the core's and of the cryogenic programme.
STEERING = np.array(
    [
        *[0.10820358944832828, 2.478367537831948, 0.09688206823847463],
        *[0.16217302938428907, -0.07257507323981938, 0.28771443367130506],
        *[0.0, 0.23554850274791553, -0.06556030192181288],
    ]
)
FACTORS = (1.0, 0.5, 2.0, 4.0)  # of the mission's steps, in the first lanes
ROWS = 4_096


def fly(world: World, cases: list[Case]) -> Batch:
    return batches.fly(world, batches.stack(cases), np.repeat(STEERING[None], LANES, axis=0), ROWS)


class Flown:
    """The mission, its models, and flights with different steps in the lanes of one batch."""

    def __init__(self) -> None:
        plan = yaan.load("gaganyaan").plan
        assert plan.ascent is not None
        self.ascent = plan.ascent
        self.world = build_world(plan)
        self.task: Task = make_task(plan.ascent, "crew-shaped", self.world)
        self.batch = fly(self.world, [batches.coarse(self.task.case, f) for f in FACTORS])

    def steered(self, lane: int) -> Steered:
        """One lane as a solved flight of its own."""
        task = replace(self.task, case=batches.coarse(self.task.case, FACTORS[lane]))
        return solved(task, LaneFirst(self.batch, lane))


class LaneFirst(Batch):
    """A batch of which another lane comes first."""

    def __init__(self, batch: Batch, lane: int) -> None:
        self.__dict__.update(batch.__dict__)
        self.__dict__["_first"] = lane

    def lane(self, i: int) -> batches.Lane:
        return super().lane(i + self.__dict__["_first"])


def solved(task: Task, batch: Batch) -> Steered:
    nothing = np.zeros(0)
    solution = Solution(nothing, nothing, 0.0, met=True, batches=0, jacobian=np.zeros((0, 0)))
    return Steered(task, solution, batch)


@pytest.fixture(scope="module")
def flown() -> Flown:
    return Flown()


@pytest.fixture(scope="module")
def histories(flown: Flown) -> list[History]:
    return [history(flown.ascent, flown.world, flown.steered(i)) for i in range(len(FACTORS))]


def test_every_phase_is_flown(flown: Flown):
    legs = len(flown.task.sequence.legs)
    assert np.all(flown.batch.ends.outcome[: len(FACTORS), :legs] == 0)
    assert flown.task.sequence.legs[legs - 1].event == "separation"


def test_halving_the_step_changes_no_event(flown: Flown):
    ends, legs = flown.batch.ends, len(flown.task.sequence.legs)

    def change(column: np.ndarray) -> float:
        return float(np.max(np.abs(column[0, :legs] - column[1, :legs])))

    changes = {name: change(getattr(ends, name)) for name in ("time", "height", "speed")}
    assert changes["time"] < 0.01
    assert changes["height"] < 1.0
    assert changes["speed"] < 0.01


def test_mass_closes_at_every_event(flown: Flown, histories: list[History]):
    budget = MassBudget()
    budget.add_ascent(histories[0], flown.steered(0))
    rows = budget.rows
    assert budget.closure < 1e-6
    items = {row.item for row in rows}
    assert {"s200", "s200 propellant", "escape_system", "l110", "c25 propellant"} <= items
    assert rows[-1].mass == pytest.approx(float(histories[0]["mass"][-1]), abs=1e-6)
    falls = [row.change for row in rows[1:]]
    assert all(change < 0.0 for change in falls)


def unexplained(row: VelocityLosses) -> float:
    """What the velocity budget of a phase leaves over [m/s]."""
    lost = row.gravity + row.drag + row.steering + row.back_pressure
    return abs(row.ideal - lost - row.achieved)


def test_the_velocity_budget_closes_and_better_with_shorter_steps(
    flown: Flown, histories: list[History]
):
    budgets = [ascent_velocity(h, flown.steered(i)) for i, h in enumerate(histories)]
    phases, total = budgets[0]
    assert abs(total.residual) < 1e-3 * total.ideal
    # The first step off the pad starts without a direction; all that follows is of the step.
    after = [sum(unexplained(row) for row in found[1:]) for found, _ in budgets]
    assert after[1] < after[0] < after[2] < after[3]
    assert after[0] < 1e-3
    assert min(total.gravity, total.drag, total.steering, total.back_pressure) > 0.0
    # Each phase closes too, not only their sum.
    assert all(unexplained(row) < 0.1 for row in phases)


def test_the_ideal_velocity_is_tsiolkovskys_where_one_stage_burns(
    flown: Flown, histories: list[History]
):
    phases, _ = ascent_velocity(histories[0], flown.steered(0))
    burn = next(row for row in phases if row.phase == "cryogenic")
    h = histories[0]
    mass = h["mass"][h["phase"] == h.phases.index("cryogenic")]
    isp = flown.ascent.vehicle.stages["c25"].engine.isp
    assert burn.ideal == pytest.approx(isp * 9.80665 * np.log(mass[0] / mass[-1]), rel=1e-9)


def said_of(flown: Flown, payload: float, propellant: float) -> Outcome:
    """The outcome with so much more payload and propellant of the last stage [kg]."""
    vehicle, launcher = flown.task.vehicle, flown.task.case.launcher
    item, stage = vehicle.items.index("payload"), vehicle.stages.index("c25")
    case = eqx.tree_at(
        lambda case: (case.launcher.item_mass, case.launcher.propellant),
        flown.task.case,
        (
            jnp.asarray(launcher.item_mass).at[item].add(jnp.asarray(payload)),
            jnp.asarray(launcher.propellant).at[stage].add(jnp.asarray(propellant)),
        ),
    )
    task = replace(flown.task, case=case)
    return ascent_outcome(flown.ascent, solved(task, fly(flown.world, [case])))


def test_a_stage_that_overdraws_has_the_shortfall_of_what_it_lacks(flown: Flown):
    # What moves from the tank to the payload leaves the flight as it is.
    moved = 2_000.0
    said = said_of(flown, moved, -moved)
    *_, row = ascent_propellant(flown.ascent, flown.steered(0))
    mass = float(flown.task.case.launcher.item_mass[-1]) + 5_790.0 + moved  # with C25 and its bay
    lacking = 442.0 * 9.80665 * np.log(mass / (mass + row.left - moved))
    assert said.code == "no-solution"
    assert "more than it carries" in said.text
    assert said.shortfall == pytest.approx(lacking, rel=0.02)  # as far as Isp is 442 s here


def test_an_orbit_that_is_never_reached_has_no_shortfall(flown: Flown):
    said = said_of(flown, 6e3, 0.0)
    assert said.code == "no-solution"
    assert said.shortfall == 0.0
    assert "m/s" not in said.text


def test_a_search_that_met_nothing_is_not_found_and_says_what_it_tried(flown: Flown):
    steered = flown.steered(0)
    misses = np.array([0.0] * (len(steered.task.aim.targets) - 1) + [7.0])
    tried = (Attempt("swept", 16, 0, 7.0), Attempt("60% of the payload: swept", 16, 0, 9.0))
    missed = replace(steered.solution, misses=misses, met=False, attempts=tried)
    said = ascent_outcome(flown.ascent, replace(steered, solution=missed))
    assert (said.code, said.shortfall) == ("not-found", 0.0)
    assert "apogee is missed most, by 7 km" in said.text
    assert "32 starts, also with 60% of the payload" in said.text
    nan = replace(missed, misses=misses * np.nan)
    said = ascent_outcome(flown.ascent, replace(steered, solution=nan))
    assert "no flight gave numbers" in said.text


def test_a_flight_that_meets_its_orbit_has_none(flown: Flown):
    good = ascent_outcome(flown.ascent, flown.steered(0))
    assert (good.code, good.shortfall) == ("flown", 0.0)


def test_what_the_ascent_has_added_up_is_handed_on(flown: Flown):
    steered = flown.steered(0)
    lost, sums = steered.lane.legs.inner.losses, steered.end.sums
    last = len(flown.task.sequence.legs) - 1
    assert sums.ideal[0] == lost.ideal[last] > 8e3
    assert (sums.drag[0], sums.gravity[0]) == (lost.drag[last], lost.gravity[last])
    assert sums.heat_load[0] == 0.0
