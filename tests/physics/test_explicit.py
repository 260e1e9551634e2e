"""Explicit guidance in the loop that flies: the reference ascent, on and off its design."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.base.constants import EARTH_J2, EARTH_MU, EARTH_RADIUS
from yaan.design.aim import Aim
from yaan.design.steer import Steered, solve, solve_beside
from yaan.design.task import Task, make_task
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.batches import Case, Ends
from yaan.flight.models.world import build_world
from yaan.gnc.explicit_burns import Field
from yaan.gnc.explicit_directions import AbstractDirection, Primer
from yaan.gnc.explicit_target import arrival
from yaan.motion.base import Legs
from yaan.motion.guided import Believed, ExplicitGuide, believed, guided, programmes
from yaan.motion.powered import Reached, ascend, reached
from yaan.motion.powered_phases import End

pytestmark = pytest.mark.slow

LANES = 8


class Designed(NamedTuple):
    world: World
    steered: Steered
    known: Believed
    guides: dict[str, ExplicitGuide]
    last: int


def design(profile: str, changes: Mapping[str, Any] | None = None) -> Designed:
    plan = yaan.load("gaganyaan", changes).plan
    assert plan.ascent is not None
    world = build_world(plan)
    steered = solve(make_task(plan.ascent, profile, world), world)
    assert steered.solution.met
    lane, last = steered.lane, steered.task.aim.saves[0]
    known = believed(lane.case.launcher, lane.case.phases, lane.legs, last)
    flown = steered.batch.elements(0, last)
    want = plan.ascent.target
    target = arrival(
        jnp.asarray(want.perigee),
        jnp.asarray(want.apogee),
        jnp.asarray(want.inclination),
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


def off(case: Case, thrust: float = 1.0, flow: float = 1.0, late: float = 0.0) -> Case:
    """Core and cryogenic stage off what is believed by factors; the latter lit late [s]."""
    engines = case.launcher.engines
    push, better = np.ones(len(engines.isp)), np.ones(len(engines.isp))
    push[1:], better[1:] = thrust, thrust / flow
    delay = np.array(engines.ignition_delay)
    delay[-1] += late
    return eqx.tree_at(
        lambda c: (
            c.launcher.engines.thrusts,
            c.launcher.engines.isp,
            c.launcher.engines.ignition_delay,
        ),
        case,
        (engines.thrusts * push[:, None], engines.isp * better, delay),
    )


OFF: dict[str, dict[str, float]] = {
    "as designed": {},
    "strong": {"thrust": 1.03, "flow": 1.03},
    "weak": {"thrust": 0.97, "flow": 0.97},
    "thirsty": {"flow": 1.01},
    "sparing": {"flow": 0.99},
    "late": {"late": 5.0},
}


@pytest.fixture(scope="module")
def made() -> Designed:
    return design("propellant-optimal")


@pytest.fixture(scope="module")
def flights(made) -> dict[str, tuple[Legs, Reached]]:
    case = jax.tree.map(np.asarray, made.steered.lane.case)
    cases = [off(case, **x) for x in OFF.values()]
    return {name: fly(made, guide, cases) for name, guide in made.guides.items()}


@pytest.fixture(params=["primer", "corrected"])
def guided_flights(request, flights) -> tuple[str, Legs, Reached]:
    return request.param, *flights[request.param]


# 25 m and 0.0005 deg: a twentieth of an insertion within 0.5 km, a tenth of 0.005 deg. The law is
# out by what its last update, up to 2 s before, believed of a thrust that is 1 % off its flow: 3 m.
def test_the_orbit_is_met_though_engines_are_not_as_believed(guided_flights, made):
    _, legs, ends = guided_flights
    orbit = jax.tree.map(lambda x: np.asarray(x)[made.last, : len(OFF)], ends.elements)
    np.testing.assert_allclose(orbit.perigee, 170e3, atol=25.0)
    np.testing.assert_allclose(orbit.apogee, 430e3, atol=25.0)
    np.testing.assert_allclose(orbit.inclination, np.radians(51.5), atol=np.radians(5e-4))
    memory = legs.inner.memory.second
    assert np.all(memory.converged[made.last, : len(OFF)] == 1.0)
    assert np.all(memory.shortfall[made.last, : len(OFF)] == 0.0)
    assert np.all(legs.outcome[:, : len(OFF)] == 0)


def test_it_burns_no_more_than_the_solved_optimum_of_the_steering(guided_flights, made):
    name, legs, _ = guided_flights
    stage = made.known.stage
    left = float(legs.inner.propellant[made.last, 0, stage])
    open_loop = float(made.steered.batch.ends.propellant[0, made.last, stage])
    loaded = float(np.asarray(made.steered.lane.case.launcher.propellant)[stage])
    more = (open_loop - left) / (loaded - open_loop)
    # 0.3 % is asked. The primer vector bends as no line does: 0.05 % less. Programmes are kept:
    # 0.1 kg of 25 t is what the prediction is out by on the way.
    low, high = {"primer": (-1e-3, 0.0), "corrected": (-4e-6, 4e-6)}[name]
    assert low < more < high


def test_with_nothing_off_corrected_programmes_fly_as_designed(flights, made):
    legs, _ = flights["corrected"]
    place = [
        np.stack([x.x, x.y, x.z], -1)
        for x in (legs.inner.position, made.steered.lane.legs.inner.position)
    ]
    apart = np.linalg.norm(place[0][: made.last, 0] - place[1][: made.last], axis=-1)
    # At the borders of the phases, before the cut-off. The drag of the first minute above the
    # strap-ons' separation, which the law does not know, is 20 m of it; what falls off by its heat
    # flux then does so 10 ms later.
    assert np.max(apart) < 50.0


def lacking(speed: Any, perigee: Any, apogee: Any) -> Any:
    """What an orbit lacks for the energy of 170 x 430 km at a `speed` [m/s]."""
    around = 2.0 * EARTH_RADIUS
    missing = EARTH_MU * (1.0 / (around + perigee + apogee) - 1.0 / (around + 600e3))
    return np.sqrt(speed**2 + 2.0 * missing) - speed


class LeastLacking(Aim):
    """Of what runs dry as it arrives: height, climb and plane are met, and least energy lacks."""

    def cost(self, ends: Ends) -> np.ndarray:
        leg = self.saves[0]
        short = lacking(ends.speed[:, leg], ends.perigee[:, leg], ends.apogee[:, leg])
        return short / 7.6  # a thousandth of the load is 28 kg, and 7.6 m/s


def dry(task: Task) -> Task:
    """The same that ends as its last stage has run dry."""
    leg, stage = task.aim.saves
    phases = task.case.phases
    ends, overdraws = np.array(phases.ends), np.array(phases.overdraws)
    ends[leg, End.ORBIT], ends[leg, len(End) + stage], overdraws[leg] = False, True, False
    aim: dict[str, Any] = {field.name: getattr(task.aim, field.name) for field in fields(Aim)}
    for targets in ("targets", "approach"):  # but that of the energy
        aim[targets] = tuple(one for one in aim[targets] if one.name != "apogee")
    case = eqx.tree_at(lambda c: (c.phases.ends, c.phases.overdraws), task.case, (ends, overdraws))
    return replace(task, aim=LeastLacking(**aim), case=case)


def test_it_lacks_no_more_than_a_steering_solved_again_where_propellant_falls_short():
    """Two tonnes more make it as designed, and with 3 % less thrust they cannot."""
    heavy = design("propellant-optimal", {"vehicle.payload.mass": "10.2 t"})
    case = jax.tree.map(np.asarray, heavy.steered.lane.case)
    again = heavy.steered
    for share in (0.985, 0.97):  # in steps, so that the nearest way leads there
        weak = replace(heavy.steered.task, case=off(case, thrust=share, flow=share))
        again = solve_beside(weak, heavy.world, again)
        assert again.solution.met
    case = again.task.case
    assert again.batch.ends.propellant[0, heavy.last, heavy.known.stage] < -500.0
    best = solve_beside(dry(again.task), heavy.world, again)
    assert best.solution.met
    ends, leg = best.batch.ends, heavy.last
    least = lacking(ends.speed[0, leg], ends.perigee[0, leg], ends.apogee[0, leg])
    assert least > 100.0
    for guide in heavy.guides.values():
        legs, reached = fly(heavy, guide, [case])
        orbit = jax.tree.map(lambda x: float(np.asarray(x)[leg, 0]), reached.elements)
        short = lacking(float(reached.speed[leg, 0]), orbit.perigee, orbit.apogee)
        assert least - 5.0 < short < least + 5.0
        assert float(legs.inner.propellant[leg, 0, heavy.known.stage]) == pytest.approx(0, abs=1e-6)
        # It told so, as its last update had it, and kept the plane.
        told = legs.inner.memory.second
        assert float(told.shortfall[leg, 0]) == pytest.approx(short, abs=2.0)
        assert orbit.inclination == pytest.approx(np.radians(51.5), abs=np.radians(1e-3))
