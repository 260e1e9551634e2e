"""What every motion shares, on one made from its documentation alone: a point that is pushed."""

from collections.abc import Callable
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float
from typing_extensions import override

from tests.physics.rockets import columns, free_space
from yaan.base.constants import EARTH_RADIUS
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.solve import Arrival, Tape
from yaan.dynamics.state import State, Sums, nothing_added, state_of
from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.navigation import Estimate, Perfect
from yaan.motion.base import AbstractMotion, Entered, Leg, Legs, chosen, fly, fly_in_turn, lanes_of
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector

LANES = 3
MASS, FLOW = 100.0, 0.5  # [kg], [kg/s]
FAST = 0
"""The event of a speed that is reached."""
STEP = 1.0  # [s]


class Outwards(AbstractGuidance):
    """Away from the centre; it remembers how many steps it has seen."""

    @override
    def start(self, t: Array, memory: Array) -> Array:
        return memory

    @override
    def update(self, look: Callable[[], Estimate], memory: Array) -> Array:
        return memory + 1.0

    @override
    def finish(self, t: Array, memory: Array) -> Array:
        return memory

    @override
    def command(self, estimate: Estimate, memory: Array) -> Command:
        return Command(estimate.position.unit())

    @override
    def deadline(self, t: Array, memory: Array) -> Array:
        return jnp.full_like(t, jnp.inf)

    @override
    def cut_off(self, memory: Array) -> Array:
        return jnp.full_like(memory, jnp.inf)


class Pushed(eqx.Module):
    """What is integrated."""

    position: Vector
    velocity: Vector
    burnt: Float[Array, "*lanes"]  # [kg]
    gained: Float[Array, "*lanes"]  # [m/s]
    memory: Float[Array, "*lanes"]


class Push(AbstractMotion):
    """A constant acceleration where guidance points; it ends at a speed."""

    world: World
    push: Float[Any, "*lanes"]  # [m/s^2]
    speed: Float[Any, "*lanes"]  # [m/s]
    guidance: Outwards = Outwards()

    most_steps: ClassVar[int] = 200

    @override
    def method(self) -> AbstractMethod:
        return RK4

    @override
    def begin(self, state: State) -> Pushed:
        none = jnp.zeros_like(state.t)
        memory = none if state.memory is None else state.memory
        memory = self.guidance.start(state.t, memory)
        return Pushed(state.position, state.velocity, none, none, memory)

    @override
    def evaluate(self, t: Array, inner: Pushed) -> tuple[Pushed, Array]:
        around = surroundings(self.world, t, inner.position, inner.velocity)
        estimate = Perfect().estimate(t, inner.position, inner.velocity, around)
        axis = self.guidance.command(estimate, inner.memory).axis
        rate = Pushed(
            position=inner.velocity,
            velocity=around.gravity + axis * self.push,
            burnt=jnp.full_like(t, FLOW),
            gained=self.push,
            memory=jnp.zeros_like(inner.memory),
        )
        return rate, (inner.velocity.norm() - self.speed)[None]

    @override
    def switch(self, t: Array, inner: Pushed, events: Array, fired: Array) -> Pushed:
        around = surroundings(self.world, t, inner.position, inner.velocity)

        def look() -> Estimate:
            return Perfect().estimate(t, inner.position, inner.velocity, around)

        memory = self.guidance.update(look, inner.memory)
        return eqx.tree_at(lambda s: s.memory, inner, memory)

    @override
    def deadline(self, t: Array, inner: Pushed) -> Array:
        return jnp.full_like(t, jnp.inf)

    @override
    def possible(self, t: Array, inner: Pushed, begun: Array) -> Array:
        return jnp.asarray(True)

    @override
    def ending(self) -> Array:
        return jnp.asarray([True])

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False,)

    @override
    def judged(self, inner: Pushed) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (1e-3, 1e-3)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        cases = [
            (~arrival.finite, OutcomeCode.NOT_FINITE),
            (arrival.fired[FAST], OutcomeCode.REACHED),
        ]
        return chosen(cases, OutcomeCode.TIMED_OUT)

    @override
    def end(self, t: Array, inner: Pushed, start: State) -> State:
        left = start.tanks.at[0].add(-inner.burnt)
        memory = self.guidance.finish(t, inner.memory)
        return eqx.tree_at(
            lambda s: (s.t, s.position, s.velocity, s.tanks, s.memory),
            start,
            (t, inner.position, inner.velocity, left, memory),
            is_leaf=lambda x: x is None,
        )

    @override
    def added(self, inner: Pushed) -> Sums:
        return eqx.tree_at(lambda s: s.ideal, nothing_added(inner.gained), inner.gained)

    @override
    def row(self, t: Array, inner: Pushed) -> Row:
        around = surroundings(self.world, t, inner.position, inner.velocity)
        none = jnp.zeros_like(t)
        mass = MASS - inner.burnt
        return row(
            around,
            inner.position,
            inner.velocity,
            mass=mass,
            thrust=mass * self.push,
            load=none,
            drag=none,
            dynamic_pressure=none,
            mach=none,
        )


_fly = eqx.filter_jit(fly)


def start() -> State:
    """At rest one Earth's radius from the middle of nothing; two tanks and two parts."""
    rest = np.zeros((LANES, 3))
    out = rest + np.array([EARTH_RADIUS, 0.0, 0.0])
    state = state_of(np.arange(3.0), out, rest, tanks=[50.0, 7.0], aboard=[True, False])
    return eqx.tree_at(lambda s: s.memory, state, np.zeros(LANES), is_leaf=lambda x: x is None)


def push(speed: Any = 1e9) -> Push:
    """Of 1, 2 and 3 m/s^2."""
    return Push(free_space(), np.arange(1.0, 4.0), np.broadcast_to(np.asarray(speed, float), LANES))


def flown(motion: Push, begin: State, seconds: float = 10.0, rows: int | None = None) -> Leg:
    stop, step = begin.t + seconds, jnp.full(LANES, STEP)
    return jax.device_get(_fly(motion, begin, stop=stop, step=step, rows=rows))


def same(one: Any, other: Any) -> None:
    """Whether all numbers are equal to the last bit, or both unknown."""
    for a, b in zip(*map(jax.tree.leaves, (one, other)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_leg_hands_over_all_that_it_has_changed_and_leaves_the_rest():
    leg = flown(push(), start())
    end, push_by = leg.end, np.arange(1.0, 4.0)
    assert leg.outcome.tolist() == [OutcomeCode.TIMED_OUT] * LANES
    assert end.t.tolist() == [10.0, 11.0, 12.0]
    np.testing.assert_allclose(end.velocity.x, 10.0 * push_by, rtol=1e-12)
    np.testing.assert_allclose(end.position.x, EARTH_RADIUS + 50.0 * push_by, rtol=1e-14)
    np.testing.assert_allclose(end.tanks[:, 0], 50.0 - 10.0 * FLOW, rtol=1e-12)
    assert end.memory.tolist() == leg.steps.tolist() == [10, 10, 10]
    # What the motion does not know is as it was.
    same(
        [end.attitude, end.rate, end.aboard], [leg.start.attitude, leg.start.rate, leg.start.aboard]
    )
    np.testing.assert_array_equal(end.tanks[:, 1:], leg.start.tanks[:, 1:])
    # One radius from the middle, in lanes as all the rest.
    np.testing.assert_allclose(leg.place.height, 50.0 * push_by, rtol=1e-6)


def test_a_second_leg_goes_on_where_the_first_ended_and_sums_add_up():
    first = flown(push(), start(), 4.0)
    second = flown(push(), first.end, 6.0)
    whole = flown(push(), start(), 10.0)
    same(first.end, second.start)
    np.testing.assert_array_equal(second.end.t, whole.end.t)
    np.testing.assert_allclose(second.end.position.x, whole.end.position.x, rtol=1e-14)
    np.testing.assert_allclose(second.end.tanks, whole.end.tanks, rtol=1e-12)
    np.testing.assert_array_equal(second.end.memory, whole.end.memory)
    # Of the flight since it began, and of each leg alone.
    np.testing.assert_allclose(second.end.sums.ideal, 10.0 * np.arange(1.0, 4.0), rtol=1e-12)
    np.testing.assert_allclose(second.added.ideal, 6.0 * np.arange(1.0, 4.0), rtol=1e-12)
    assert not np.any(second.end.sums.drag)


def test_the_first_event_or_the_time_ends_a_lane():
    leg = flown(push([5.0, 14.0, 1e9]), start())
    reached, late = OutcomeCode.REACHED, OutcomeCode.TIMED_OUT
    assert leg.outcome.tolist() == [reached, reached, late]
    assert leg.fired[:, FAST].tolist() == [True, True, False]
    np.testing.assert_allclose(leg.end.t - leg.start.t, [5.0, 7.0, 10.0], rtol=0.0, atol=1e-9)
    # A lane without time left stays as it is; its neighbours fly.
    stop = leg.end.t + np.array([0.0, 3.0, 0.0])
    again = _fly(push(), leg.end, stop=stop, step=jnp.full(LANES, STEP))
    assert again.steps.tolist() == [0, 3, 0]
    same(again.end.take([0, 2]), leg.end.take([0, 2]))
    np.testing.assert_allclose(again.end.t - leg.end.t, [0.0, 3.0, 0.0], atol=1e-12)


def test_a_lane_whose_event_has_happened_is_returned_as_it_is():
    leg = flown(push([-1.0, 5.0, -1.0]), start())
    assert leg.steps.tolist() == [0, 3, 0]
    assert leg.fired[:, FAST].tolist() == [True] * 3
    assert leg.outcome.tolist() == [OutcomeCode.REACHED] * LANES
    same(leg.end.take([0, 2]), leg.start.take([0, 2]))


def test_lanes_are_taken_of_a_leg_and_may_repeat():
    leg = flown(push(), start(), rows=16)
    one, some = leg.take(2), leg.take([2, 0, 2])
    assert len(one.end) == 1
    assert one.added.ideal.tolist() == [leg.added.ideal[2]]
    assert some.end.t.tolist() == [12.0, 10.0, 12.0]
    assert some.tape is not None
    assert some.tape.count.tolist() == [11, 11, 11]


def test_rows_show_every_step_from_the_first_to_the_last():
    motion = push()
    seen = columns(motion, flown(motion, start(), rows=16), 1)
    np.testing.assert_allclose(seen["time"], np.arange(1.0, 12.0), atol=1e-12)
    np.testing.assert_allclose(seen["speed_inertial"][1:], 2.0 * np.arange(1.0, 11.0), rtol=1e-12)
    np.testing.assert_allclose(seen["mass"], MASS - FLOW * np.arange(11.0), rtol=1e-12)
    # What a motion does not know has no column.
    assert "bank" not in seen
    assert seen["position_gcrs"].shape == (11, 3)


@pytest.mark.parametrize("rows", [None, 64])
def test_phases_are_flown_in_turn_and_a_failed_one_stops_its_lane(rows: int | None):
    legs, tape = _in_turn(push(), start(), rows)
    reached, late = OutcomeCode.REACHED, OutcomeCode.TIMED_OUT
    none = OutcomeCode.NO_SOLUTION
    # 1 m/s^2 comes to 8 m/s in 8 s, and not to 15 m/s in 5 s more.
    assert legs.outcome.T.tolist() == [[reached, late, none], [reached] * 3, [reached] * 3]
    np.testing.assert_allclose(legs.stop[:, 0], [8.0, 13.0, 13.0], atol=1e-9)
    np.testing.assert_array_equal(legs.start[1:], legs.stop[:-1])
    assert legs.steps[2, 0] == 0
    assert np.all(legs.inner.velocity.x[2, 1:] == pytest.approx(20.0))
    # What is settled is handed on, and each phase tells what it was entered with.
    assert np.all(legs.inner.memory >= 1000.0)
    assert legs.told.T.tolist() == [[8.0, 15.0, 20.0]] * 3
    if rows is None:
        assert tape is None
    else:
        assert tape is not None
        labels = [tape.label[i, : int(tape.count[i])] for i in range(LANES)]
        assert [sorted(set(np.asarray(lane).tolist())) for lane in labels] == [
            [0, 1],
            [0, 1, 2],
            [0, 1, 2],
        ]


@eqx.filter_jit
def _in_turn(motion: Push, begin: State, rows: int | None) -> tuple[Legs, Tape | None]:
    """To 8, 15 and 20 m/s, each within some seconds; `settle` marks what guidance remembers."""
    axes = lanes_of(motion)

    def enter(speed: Array, t: Array, inner: Pushed) -> Entered:
        faster = eqx.tree_at(lambda m: m.speed, motion, jnp.full(LANES, speed))
        timeout = jnp.where(speed == 15.0, 5.0, 10.0)
        return Entered(
            faster,
            axes,
            inner,
            t + timeout,
            jnp.full(LANES, STEP),
            jnp.zeros(LANES),
            told=faster.speed,
        )

    def settle(entered: Entered, t: Array, inner: Pushed) -> Pushed:
        del entered, t
        return eqx.tree_at(lambda s: s.memory, inner, inner.memory + 1000.0)

    inner = jax.vmap(lambda m, s: m.begin(s), in_axes=(axes, 0))(motion, begin)
    speeds, limit = jnp.asarray([8.0, 15.0, 20.0]), Push.most_steps
    return fly_in_turn(enter, settle, speeds, begin.t, inner, most_steps=limit, rows=rows)
