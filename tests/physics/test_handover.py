"""A return from orbit to the ground by legs, each from the state that the last one handed on."""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
import pytest

import yaan
from tests.physics.crafts import ellipse
from tests.physics.rockets import world
from yaan.base.constants import EARTH_RADIUS
from yaan.design.return_plan import make_return
from yaan.dynamics.state import State, state_of
from yaan.environment import load_standard_atmosphere
from yaan.flight import legs
from yaan.flight.legs import Burns, Save
from yaan.flight.models.launcher import MODULE, stack_of
from yaan.gnc import constant_bank
from yaan.motion import Descended, Leg
from yaan.results import OutcomeCode
from yaan.spacetime import uniform_rotation


@dataclass(frozen=True)
class Flown:
    """The legs in turn, and the states with which they were asked to begin."""

    asked: list[State]
    flown: list[Leg]
    canopies: Descended


@pytest.fixture(scope="module")
def down() -> Flown:
    plan = yaan.load("gaganyaan").plan
    assert plan.ascent is not None
    assert plan.return_flight is not None
    task, stack = make_return(plan.ascent, plan.return_flight), stack_of(plan.ascent)
    assert task.train is not None
    air, earth = load_standard_atmosphere(), uniform_rotation(duration=9_000.0)
    place, craft = world(atmosphere=air, earth=earth), task.craft
    r, v = ellipse(EARTH_RADIUS + 400e3)
    full, whole = np.array(stack.loads), np.ones(len(stack.parts), dtype=bool)
    begin = state_of(np.zeros(1), r[None], v[None], full, whole)
    asked, flown = [begin.dropping(*stack.launcher)], []
    burns = Burns.none(1).with_burn(0, 100.0, 400.0, -1.0)
    how: dict[str, Any] = {"stop": 6_000.0, "step": 60.0, "save": Save.STEPS}
    flown.append(legs.coast(place, craft.whole, asked[-1], burns, floor=170e3, **how))
    asked.append(flown[-1].end.dropping(*craft.module))
    flown.append(legs.coast(place, craft.alone, asked[-1], Burns.none(1), floor=120e3, **how))
    asked.append(flown[-1].end)
    bank, until = constant_bank(np.full(1, 0.9)), task.way.until
    entry = legs.enter(
        place, craft.capsule, asked[-1], bank, until=until, step=0.5, save=Save.STEPS
    )
    flown.append(entry)
    asked.append(entry.end)
    descent, canopies = legs.descend(
        place, craft.capsule.forebody, task.train, entry.end, asked[-2].t
    )
    flown.append(descent)
    canopies = jax.tree.map(lambda leaf: leaf[0], canopies)
    assert stack.tank(MODULE) == int(craft.whole.tank)
    return Flown(asked, flown, canopies)


def test_every_leg_begins_to_the_last_bit_where_the_one_before_ended(down: Flown):
    assert [int(leg.outcome[0]) for leg in down.flown] == [OutcomeCode.REACHED] * 4
    for asked, leg in zip(down.asked, down.flown, strict=True):
        for one, other in zip(*map(jax.tree.leaves, (asked, leg.start)), strict=True):
            np.testing.assert_array_equal(one, other)
        # What is integrated begins there, and what is handed on is its last row.
        assert leg.tape is not None
        last, inner = int(leg.tape.count[0]) - 1, leg.tape.state
        for row, state in ((0, leg.start), (last, leg.end)):
            assert leg.tape.t[0, row] == state.t[0]
            for name in ("position", "velocity"):
                mine, theirs = (jax.tree.leaves(getattr(x, name)) for x in (inner, state))
                assert [float(x[0, row]) for x in mine] == [float(x[0]) for x in theirs]


def test_sums_and_tanks_go_on_from_leg_to_leg(down: Flown):
    burnt, alone, entry, descent = down.flown
    end = descent.end
    total = jax.tree.map(lambda *added: np.sum(added, axis=0), *[x.added for x in down.flown])
    for found, wanted in zip(*map(jax.tree.leaves, (end.sums, total)), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-14)
    # Each where it belongs: the engines in orbit, the heat in the entry.
    assert end.sums.ideal == burnt.added.ideal > 90.0
    assert end.sums.heat_load == entry.added.heat_load > 5e7
    assert not np.any(alone.added.ideal)
    # The service module takes what is left in its tank along; the capsule lands alone.
    assert burnt.end.tanks.sum() > 0.0
    assert end.tanks.sum() == 0.0
    assert burnt.end.aboard.sum() == 2
    assert end.aboard.sum() == 1
