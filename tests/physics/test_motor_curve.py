"""A motor that burns along a thrust curve, in closed form, and what a file may say of it."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.bodies import (
    body,
    body_vector,
    end_of,
    fly,
    inertia,
    numbers,
    phases,
    space,
    state,
)  # fmt: skip
from yaan.base.tables import Table
from yaan.description import BodyEngineSpec
from yaan.dynamics.body import BodyState
from yaan.flight.models.body import stacked
from yaan.motion.body_phases import limits
from yaan.spacetime.frame import Frame
from yaan.vehicle.body import NEVER, Configuration, MassProperties, Nozzle

pytestmark = pytest.mark.slow

PLACE = body_vector(7e6, 0, 0, Frame.GCRS)
STILL = body_vector(0, 0, 0, Frame.GCRS)
LOAD, EXHAUST = 50.0, 2000.0  # [kg], [m/s]
TIMES, LEVELS = (0.0, 2.0, 5.0, 10.0), (0.2, 1.0, 0.6, 0.0)
AREA = 0.5 * (1.2 * 2.0 + 1.6 * 3.0 + 0.6 * 5.0)


def motor(last: float = 0.0) -> Nozzle:
    """A motor that burns `LOAD` in the 10 s of its curve."""
    flow = LOAD / AREA
    return Nozzle(
        jnp.asarray(flow * EXHAUST), jnp.asarray(0.0), jnp.asarray(flow),
        body_vector(0, 0, 0), body_vector(1, 0, 0),
        Table(jnp.asarray(TIMES), jnp.asarray([*LEVELS[:-1], last])), jnp.asarray(10.0),
    )  # fmt: skip


def rocket(nozzle: Nozzle) -> Configuration:
    full = MassProperties(jnp.asarray(30.0 + LOAD), body_vector(0, 0, 0), inertia(1, 1, 1))
    return body(inertia(1, 1, 1), mass=30.0, nozzle=nozzle, full=full)


def flown(duration: float, step: float, *, rows: int | None = None, left: float = LOAD) -> Any:
    begin = state(PLACE, STILL, propellant=left)
    plan = phases(duration, step=step, engine=True)
    return fly(space(mu=1e-9), rocket(motor()), plan, begin, rows=rows)


@pytest.mark.parametrize("step", [0.05, 0.5, 5.0])
def test_a_motor_gains_by_the_rocket_equation_whatever_the_step(step: float):
    end = end_of(flown(20.0, step)[0])
    assert float(end.propellant[0]) == pytest.approx(0.0, abs=1e-9)
    # Kinks are landed on, so error control sees smooth steps: 1 mm/s each, ten or so of them.
    assert float(end.velocity.x) == pytest.approx(EXHAUST * np.log(80.0 / 30.0), abs=0.01)


def test_the_propellant_follows_the_integral_of_the_curve_and_steps_end_on_its_kinks():
    legs, tape = flown(20.0, 0.7, rows=200)
    count = int(tape.count[0])
    t, rows = np.asarray(tape.t[0, :count]), tape.state
    left = np.asarray(rows.propellant[0, :count, 0])
    fine = np.linspace(0.0, 10.0, 100_001)
    level = np.interp(fine, TIMES, LEVELS)
    total = np.concatenate([[0.0], np.cumsum(0.5 * (level[1:] + level[:-1]) * np.diff(fine))])
    burnt = LOAD / AREA * np.interp(t, fine, total)
    assert left == pytest.approx(LOAD - burnt, abs=1e-6)
    assert all(np.min(np.abs(t - knot)) < 1e-6 for knot in TIMES)
    assert int(legs.steps[0, 0]) < 60


@pytest.mark.parametrize("burnt_at", [0.5, 2.0, 3.3, 9.0])
def test_a_motor_that_is_handed_over_goes_on_along_its_curve(burnt_at: float):
    half: BodyState = end_of(flown(burnt_at, 0.1)[0])
    begin = eqx.tree_at(
        lambda s: (s.position, s.velocity, s.t),
        state(PLACE, STILL, propellant=float(half.propellant[0])),
        (half.position, half.velocity, jnp.asarray(100.0)),
    )
    plan = phases(20.0, step=0.1, engine=True)
    legs, tape = fly(space(mu=1e-9), rocket(motor()), plan, begin, rows=400)
    whole = end_of(flown(20.0, 0.1)[0])
    assert numbers(end_of(legs).velocity) == pytest.approx(numbers(whole.velocity), abs=1e-3)
    assert tape is not None
    spent = np.asarray(tape.state.propellant[0, :, 0])[: int(tape.count[0])] <= 0.0
    over = np.asarray(tape.t[0, :])[: int(tape.count[0])][spent][0]
    assert over == pytest.approx(100.0 + 10.0 - burnt_at, abs=1e-4)


def test_the_end_of_the_curve_ends_a_phase_whatever_is_left():
    more = eqx.tree_at(lambda n: n.flow, motor(), 0.5 * motor().flow)
    plan = phases(60.0, step=0.1, engine=True)
    plan = eqx.tree_at(lambda p: p.limits, plan, jnp.stack([limits(depleted=1.0)] * 2))
    legs, _ = fly(space(mu=1e-9), rocket(more), plan, state(PLACE, STILL, propellant=LOAD))
    assert float(legs.stop[0, 0]) == pytest.approx(10.0, abs=1e-6)
    assert float(legs.inner.propellant[0, 0, 0]) == pytest.approx(0.5 * LOAD, rel=1e-9)


def test_back_pressure_falls_with_thrust_below_full_flow():
    nozzle = eqx.tree_at(
        lambda n: (n.exit_area, n.full_flow), motor(), (jnp.asarray(0.01), jnp.asarray(0.4))
    )
    push = [float(nozzle.push(jnp.asarray(t), jnp.asarray(1e5))) for t in (2.0, 9.0, 10.0)]
    thrust = float(nozzle.thrust)
    assert push[0] == pytest.approx(thrust - 1000.0)
    assert push[1] == pytest.approx(0.12 * thrust - 0.3 * 1000.0)
    assert push[2] == pytest.approx(0.0, abs=1e-9)


ENGINE: dict[str, Any] = {"thrust_curve": [[0.0, 100.0], [1.0, 300.0], [3.0, 0.0]]}


def engine(**keys: Any) -> BodyEngineSpec:
    return BodyEngineSpec.model_validate(ENGINE | keys)


def test_a_curve_has_thrusts_or_is_scaled_to_an_impulse():
    assert engine().peak == 300.0
    assert engine().given == pytest.approx(500.0)
    assert engine().exhaust(2.0, 500.0) == pytest.approx(250.0)  # the curve burns what is aboard
    assert engine(impulse=1000.0).peak == pytest.approx(600.0)
    assert engine(specific_impulse=100.0).exhaust(2.0, 500.0) == pytest.approx(980.665)


def test_a_model_of_a_curve_burns_what_is_aboard():
    from yaan.description import BodyConfigurationSpec

    ends = {"empty": {"mass": 8.0}, "full": {"mass": 10.0}}
    from yaan.base.session import computing

    with computing():
        spec = BodyConfigurationSpec.model_validate(ends | {"engine": engine()})
        nozzle = stacked([spec, BodyConfigurationSpec(mass=5.0)]).nozzle
    assert nozzle.level.nodes.shape == (2, 4)
    assert np.asarray(nozzle.thrust)[:, 0].tolist() == [300.0, 0.0]
    assert float(nozzle.flow[0, 0]) == pytest.approx(300.0 / 250.0)
    assert np.asarray(nozzle.lasts).tolist() == [3.0, NEVER]
