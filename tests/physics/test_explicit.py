"""Explicit guidance in the loop that flies: the reference mission, on and off its design."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.base.constants import EARTH_J2
from yaan.design.steer import Steered, solve
from yaan.design.task import make_task
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.batches import Case
from yaan.flight.models.world import build_world
from yaan.gnc.explicit_burns import Field
from yaan.gnc.explicit_directions import AbstractDirection, Primer
from yaan.gnc.explicit_target import arrival
from yaan.motion.base import Legs
from yaan.motion.guided import Believed, ExplicitGuide, believed, guided, programmes
from yaan.motion.powered import Reached, ascend, reached

pytestmark = pytest.mark.slow

LANES = 8


class Designed(NamedTuple):
    world: World
    steered: Steered
    known: Believed
    guides: dict[str, ExplicitGuide]
    last: int


def design(profile: str) -> Designed:
    plan = yaan.load("gaganyaan").plan
    assert plan.ascent is not None
    world = build_world(plan)
    steered = solve(make_task(plan.ascent, profile, world), world)
    assert steered.solution.met
    lane, last = steered.lane, steered.task.aim.saves[0]
    known = believed(lane.case.launcher, lane.case.phases, lane.legs, last)
    flown = steered.batch.elements(0, last)
    want = plan.ascent.target
    target = arrival(
        *(jnp.asarray(x) for x in (want.perigee, want.apogee, want.inclination)),
        jnp.asarray(flown.true_anomaly),
        node=None,
        of_date=world.earth.of_date,
        mu=world.mu,
    )
    field = Field(world.mu, target.pole, jnp.asarray(EARTH_J2))
    own: dict[str, AbstractDirection] = {
        "primer": Primer(),
        "corrected": programmes(lane.case.phases, lane.legs, lane.steering),
    }
    times = [jnp.asarray(x) for x in (2.0, 8.0, 3.0)]
    guides = {k: ExplicitGuide(d, known.burns, target, field, *times) for k, d in own.items()}
    return Designed(world, steered, known, guides, last)


@eqx.filter_jit
def _fly(world: World, case: Case, steering: Any, guide: ExplicitGuide) -> tuple[Legs, Reached]:
    begin = jax.vmap(lambda w, start, loads: start.state(w, loads), in_axes=(world.axes, 0, 0))
    start = begin(world, case.start, case.launcher.propellant)
    memory = jax.vmap(lambda g, t: g.memory(t))(guide, start.t)
    start = eqx.tree_at(lambda s: s.memory, start, memory, is_leaf=lambda x: x is None)
    flown = (case.launcher, case.phases, steering, start)
    legs, _ = ascend(world, *flown, guide=guide, tolerance=case.tolerance)
    each = jax.vmap(jax.vmap(reached, in_axes=(world.axes, 0, 0, 0)), in_axes=(None, 0, 0, 0))
    return legs, each(world, legs.stop, legs.inner.position, legs.inner.velocity)


def fly(made: Designed, guide: ExplicitGuide, cases: list[Case]) -> tuple[Legs, Reached]:
    """Cases of the designed flight, guided, on the host: [phases, lanes]."""
    full = [eqx.tree_at(lambda c: c.phases, c, guided(c.phases, made.known)) for c in cases]
    lanes = batches.stack(full, LANES)
    several = jax.tree.map(lambda x: jnp.broadcast_to(x, (LANES, *jnp.shape(x))), guide)
    flat = np.repeat(made.steered.flat[None], LANES, axis=0)
    steering = batches.steering_of(flat)
    return jax.device_get(_fly(made.world, lanes, steering, several))
