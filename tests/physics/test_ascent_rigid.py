"""An ascent of a body that turns: what is kept, what is followed, and what is lost and told.

All cases are lanes of one flight, since it takes long to compile.
"""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import force_tables, launcher, phases, still_earth, world
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.environment import PointGravity, UniformAtmosphere
from yaan.gnc.gimbal import Gimbals
from yaan.gnc.powered import Steering
from yaan.gnc.replay import Replay
from yaan.gnc.tracking import Tracking
from yaan.motion.base import Legs
from yaan.motion.powered_phases import Phases
from yaan.motion.rigid_ascent import (
    AscentControl,
    RigidLauncher,
    Told,
    Turned,
    ascend_turning,
    tell_turning,
)
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.attitude import normalised
from yaan.spacetime.frame import Frame, components, vector
from yaan.spacetime.rotation import about
from yaan.vehicle.cylinders import Cylinders

pytestmark = pytest.mark.slow

DEG = np.pi / 180.0
ROWS = 2048
STAGE = {"propellant": 40e3, "dry": 5e3, "thrust": 2e6, "isp": 280.0}
W, Z = 1.5, 0.8
OFF = 0.2 * DEG
SPIN = np.array([0.3, 0.05, -0.04])


class Case(NamedTuple):
    """One lane."""

    lit: bool = True
    misalignment: float = 0.0
    angle: float = 5.0 * DEG  # of the gimbals
    air: float = 0.0
    ramp: float = 0.0  # rad/s of the commanded turn from 5 to 15 s
    jump: float = 0.0  # rad at 5 s
    turn_rate: float = 10.0 * DEG


CASES = {
    "idle": Case(lit=False),
    "misaligned": Case(misalignment=OFF),
    "turn": Case(ramp=2.0 * DEG),
    "jump": Case(jump=0.5, turn_rate=3.0 * DEG),
    "weak": Case(misalignment=OFF, angle=0.01 * DEG, air=0.1),
    "strong": Case(misalignment=OFF, air=0.1),
}
NAMES = list(CASES)


def stacked(trees: list[Any]) -> Any:
    return jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(x) for x in leaves]), *trees)


def body(case: Case) -> RigidLauncher:
    """A stage of 20 m below a payload; the air's force acts 12 m ahead of its middle."""
    one = jnp.ones(1)
    return RigidLauncher(
        shapes=Cylinders(
            base=jnp.asarray([0.0, 20.0]),
            length=jnp.asarray([20.0, 5.0]),
            radius=jnp.asarray([1.5, 1.5]),
            offset=jnp.zeros(2),
        ),
        gimbals=Gimbals(case.angle * one, 20 * DEG * one, 0.05 * one, 0.0 * one, 0.5 * one),
        pressure_centre=jnp.asarray([22.0]),
        misalignment=case.misalignment * one,
    )


def models(case: Case) -> Turned:
    tables = force_tables(0.3 * case.air, 0.2 * case.air, 7.0)
    vehicle = launcher(STAGE, payload=3e3, table=tables)
    constants = Steering(*(jnp.asarray(x) for x in (case.ramp, 0.0, case.jump, np.zeros((1, 3)))))
    tracking = Tracking(W, Z, case.turn_rate)
    return vehicle, constants, body(case), AscentControl(tracking, 0.04)


def guide(steering: Steering, *_: Any) -> Replay:
    """From the vertical towards +y: a turn by `kick` [rad/s], a jump by `yaw` [rad]."""
    t = jnp.asarray(np.insert(np.linspace(0.0, 60.0, 1201), 100, 5.0))
    late = jnp.asarray(np.arange(1202) > 100)
    angle = steering.kick * jnp.clip(t - 5.0, 0.0, 10.0) + steering.yaw * late
    axes = jnp.stack([jnp.cos(angle), jnp.sin(angle), 0.0 * angle], axis=1)
    return Replay(t, vector(axes, Frame.GCRS))


def begun() -> State:
    """At rest on the x axis; the idle lane spins, the attitude of the others is not known."""
    count = len(CASES)
    one, zero = np.ones(count), np.zeros(count)
    state = state_of(
        zero,
        np.stack([6.5e6 * one, zero, zero], axis=1),
        np.zeros((count, 3)),
        np.full((count, 1), STAGE["propellant"]),
        np.ones((count, 2), dtype=bool),
    )
    known = np.array([name == "idle" for name in CASES])
    turned = about(vector(jnp.asarray([0.1, 0.2, 0.0]), Frame.GCRS), Frame.BODY)
    attitude = jax.tree.map(lambda q: np.where(known, q, np.nan), turned)
    rate = vector(jnp.asarray(np.where(known[:, None], SPIN, np.nan)), Frame.BODY)
    return eqx.tree_at(lambda s: (s.attitude, s.rate), state, (attitude, rate))


@eqx.filter_jit
def _ascend(where: World, made: Turned, sequence: Phases, start: State) -> Any:
    return ascend_turning(where, made, sequence, start, guide=guide, tolerance=jnp.inf, rows=ROWS)


@eqx.filter_jit
def _tell(where: World, made: Turned, sequence: Phases, went: Legs, tape: Any) -> Told:
    def one(made: Any, sequence: Any, went: Any, tape: Any) -> Told:
        return tell_turning(where, made, sequence, went, tape, guide=guide)

    return jax.vmap(one, in_axes=(0, 0, 1, 0))(made, sequence, went, tape)


class Flown(NamedTuple):
    """One lane of the flight; rows as far as they are written."""

    outcome: OutcomeCode
    t: np.ndarray
    state: Any
    told: Told


@pytest.fixture(scope="module")
def flown() -> dict[str, Flown]:
    where = world(PointGravity(0.0), atmosphere=UniformAtmosphere(1.2), earth=still_earth())
    made = stacked([models(case) for case in CASES.values()])
    burn = {"duration": 30.0, "ends": {}, "step": 0.25}
    sequence = stacked([phases(burn | {"ignite": np.array([case.lit])}) for case in CASES.values()])
    went, tape = _ascend(where, made, sequence, begun())
    told = _tell(where, made, sequence, went, tape)
    found: dict[str, Flown] = {}
    for i, name in enumerate(CASES):
        count = int(tape.count[i])
        assert count < ROWS
        states, shown = jax.tree.map(
            lambda x, i=i, n=count: np.asarray(x[i, :n]), (tape.state, told)
        )
        code = OutcomeCode(int(went.outcome[0, i]))
        found[name] = Flown(code, np.asarray(tape.t[i, :count]), states, shown)
    return found


def test_angular_momentum_is_kept_without_control_and_air(flown: dict[str, Flown]):
    one = flown["idle"]
    mass = jnp.asarray([STAGE["propellant"] + STAGE["dry"], 3e3])
    inertia = body(CASES["idle"]).shapes.properties(mass).inertia

    def momentum(row: int) -> np.ndarray:
        attitude, rate = jax.tree.map(
            lambda x: jnp.asarray(x[row]), (one.state.attitude, one.state.rate)
        )
        return components(normalised(attitude).inverse().apply(inertia.apply(rate)))

    before, after = momentum(0), momentum(-1)
    # Fourth order at steps of 0.04 s and 0.3 rad/s: (0.012)^5 / 120 a step, 750 steps.
    assert np.linalg.norm(after - before) < 1e-8 * np.linalg.norm(before)
    turned = components(one.state.rate)[-1]
    assert np.linalg.norm(turned - SPIN) > 1e-2  # while it has turned on
    assert len(one.t) > 100


def test_a_misalignment_is_held_at_its_closed_form(flown: dict[str, Flown]):
    one = flown["misaligned"]
    # The gimbal undoes the misalignment at an error of its moment over I w^2, in pitch and in yaw;
    # that grows as the stage empties, and lags behind by 2 z / w.
    mu = np.interp(one.t - 2.0 * Z / W, one.t, one.told.mu_control)
    expected = np.sqrt(2.0) * OFF * mu / W**2
    assert one.told.tracking_error[-1] == pytest.approx(expected[-1], rel=5e-3)
    assert one.state.gimbal.pitch[-1, 0] == pytest.approx(-OFF, rel=2e-2)
    assert one.state.gimbal.yaw[-1, 0] == pytest.approx(-OFF, rel=2e-2)
    assert np.max(np.abs(one.told.roll_rate)) < 1e-6


def test_a_turn_is_followed(flown: dict[str, Flown]):
    one = flown["turn"]
    # The reference's rate is fed forward: only start and stop are felt, rate / (w e) at most of a
    # critically damped loop, a little more of this one with its lag.
    assert np.max(one.told.tracking_error) < 2.0 * DEG / (W * np.e) * 1.5
    steady = (one.t > 12.0) & (one.t < 15.0)
    # What is left is the hold: the reference is that of the last sample.
    assert np.max(one.told.tracking_error[steady]) < 2.0 * DEG * 0.04


def test_a_jump_turns_no_faster_than_the_reference_may(flown: dict[str, Flown]):
    one = flown["jump"]
    assert np.max(one.told.turn_rate) < 1.5 * 3.0 * DEG  # it overshoots as its damping says
    arrives = 5.0 + 0.5 / (3.0 * DEG)
    assert np.max(one.told.attitude_error) == pytest.approx(0.5, abs=0.01)
    assert np.max(one.told.attitude_error[one.t > arrives + 6.0]) < 0.05 * DEG


def test_limits_of_the_gimbals_are_kept(flown: dict[str, Flown]):
    for name, one in flown.items():
        angle = CASES[name].angle
        assert np.max(one.told.gimbal) <= angle + 1e-9
        assert np.max(one.told.gimbal_rate) <= 20.0 * DEG + 1e-9


def test_without_authority_the_air_turns_it_over_and_that_is_told(flown: dict[str, Flown]):
    weak, strong = flown["weak"], flown["strong"]
    assert weak.outcome == OutcomeCode.LOST_ATTITUDE
    assert np.isfinite(weak.told.attitude_error).all()
    assert np.min(weak.told.authority) < 1.0
    assert strong.outcome == OutcomeCode.REACHED
    lit = strong.told.mu_control > 1e-3  # before thrust has built up nothing steers
    assert np.min(strong.told.authority[lit]) > 1.0
    mu = strong.told.mu_alpha
    assert 0.5 < np.max(mu) < W**2
    # The misalignment, with the air that turns it further away; a fifth for the way there.
    held = np.sqrt(2.0) * OFF * strong.told.mu_control / (W**2 - mu)
    assert np.max(strong.told.tracking_error) < 1.2 * np.max(held)
