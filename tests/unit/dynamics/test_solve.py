"""The loop on problems with known answers: where events are landed, and what is reported."""

from collections.abc import Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve

LANDED = 1e-9  # [s]


class Clock(eqx.Module):
    """Polynomials of time as events; the state counts what `switch` was told."""

    events: Float[Array, "*batch events degree"]
    """Coefficients of each event, constant first."""
    kink: Float[Array, "*batch"]
    poison: Float[Array, "*batch"]
    """From this instant on the rate is not a number."""


class Count(eqx.Module):
    """What is integrated: a rate that rises from the kink on, and a counter of switched events."""

    x: Float[Array, "*batch"]
    fired: Float[Array, "*batch events"]


def _evaluate(t: Array, state: Count, clock: Clock) -> tuple[Count, Array]:
    powers = t ** jnp.arange(clock.events.shape[-1])
    rate = jnp.where(t < clock.kink, 0.0, t - clock.kink)
    rate = jnp.where(t > clock.poison, jnp.nan, rate)
    values = clock.events @ powers + 0.0 * rate
    return Count(rate, jnp.zeros_like(state.fired)), values


def _switch(t: Array, state: Count, events: Array, fired: Array, clock: Clock) -> Count:
    del t, events, clock
    return eqx.tree_at(lambda s: s.fired, state, state.fired + fired)


def _deadline(t: Array, state: Count, clock: Clock) -> Array:
    del state
    return jnp.where(clock.kink > t + 1e-9, clock.kink, jnp.inf)


def polynomial(*roots: float, sign: float = 1.0) -> list[float]:
    """Coefficients, constant first, of sign (t - r1)(t - r2)..., up to four roots."""
    coefficients = sign * np.polynomial.polynomial.polyfromroots(roots)
    return [*coefficients, *[0.0] * (5 - len(coefficients))]


NEVER = [-1.0, 0.0, 0.0, 0.0, 0.0]
Lane = Mapping[str, object]


@eqx.filter_jit
def _solve(state: Count, clock: Clock, tape: Tape, options: dict, max_steps: int):
    problem = Problem(_evaluate, _switch, _deadline)
    return solve(problem, state, clock, tape=tape, max_steps=max_steps, **options)


def run(*lanes: Lane, max_steps: int = 500) -> tuple[Arrival, Tape]:
    """Solve lanes given by their two `events` and what differs from the usual, padded to six."""
    filled = [*lanes, *[lanes[-1]] * (6 - len(lanes))]

    def column(name: str, usual: object) -> jax.Array:
        return jnp.asarray([lane.get(name, usual) for lane in filled])

    start = column("start", 0.0).astype(float)
    state = Count(jnp.zeros(6), jnp.zeros((6, 2)))
    clock = Clock(
        jnp.asarray([[*lane["events"], NEVER][:2] for lane in filled], dtype=float),  # type: ignore[misc]
        column("kink", np.inf),
        column("poison", np.inf),
    )
    options = {
        "start": start,
        "stop": column("stop", 10.0).astype(float),
        "step": column("step", 1.0).astype(float),
        "ending": column("ending", (True, False)),
        "switching": jnp.asarray([False, True]),
    }
    arrival, tape = _solve(state, clock, blank_tape(state, 64), options, max_steps)
    assert tape is not None
    return jax.tree.map(lambda leaf: leaf[: len(lanes)], (arrival, tape))


@pytest.mark.parametrize("step", [0.05, 1.0, 7.0])
def test_lanes_land_on_their_own_roots(step: float):
    roots = [0.37, 1.0, np.pi, 4.0 - 1e-7, 6.25]
    lanes: list[Lane] = [{"events": [polynomial(r)], "step": step} for r in roots]
    # A fifth-order zero is flat, a rational one steep: neither may be landed on loosely.
    lanes.append({"events": [polynomial(np.e, -1.0, 9.0, 9.0, sign=1.0)], "step": step})
    arrival, _ = run(*lanes)
    np.testing.assert_allclose(arrival.t, [*roots, np.e], rtol=0.0, atol=LANDED)
    assert np.all(arrival.fired[:, 0])
    assert np.all(arrival.finite)
    assert np.all(arrival.done)


def test_of_two_events_in_a_step_the_first_happens():
    both = [(2.6, 2.3), (2.3, 2.6), (2.3, 2.3)]
    arrival, _ = run(
        *[
            {"events": [polynomial(a), polynomial(b)], "ending": (True, True), "step": 4.0}
            for a, b in both
        ]
    )
    np.testing.assert_allclose(arrival.t, 2.3, rtol=0.0, atol=LANDED)
    assert arrival.fired.tolist() == [[False, True], [True, False], [True, True]]


def test_a_switching_event_before_an_ending_one_in_the_same_step():
    arrival, tape = run(
        {"events": [polynomial(2.6), polynomial(2.3)], "step": 4.0},
        {"events": [polynomial(2.6), polynomial(2.9)], "step": 4.0},
    )
    np.testing.assert_allclose(arrival.t, 2.6, rtol=0.0, atol=LANDED)
    assert arrival.state.fired[:, 1].tolist() == [1.0, 0.0]
    # The step ends on the switched event: the row is on the tape.
    assert np.min(np.abs(np.asarray(tape.t)[0] - 2.3)) < LANDED


def test_an_event_at_the_start_has_happened():
    arrival, _ = run(
        {"events": [polynomial(2.0)], "start": 2.0},
        {"events": [polynomial(2.0)], "start": 3.0},
        {"events": [polynomial(2.0)], "start": 2.0 - 1e-8},
    )
    np.testing.assert_allclose(arrival.t, [2.0, 3.0, 2.0], rtol=0.0, atol=LANDED)
    assert arrival.steps[:2].tolist() == [0, 0]
    assert np.all(arrival.fired[:, 0])


def test_a_tangent_and_a_falling_root_are_no_crossing():
    near = polynomial(3.3, 3.3, sign=-1.0)
    near[0] -= 1e-9
    arrival, _ = run({"events": [near], "step": 0.1}, {"events": [polynomial(20.0)]})
    np.testing.assert_allclose(arrival.t, 10.0, rtol=0.0, atol=LANDED)
    assert not np.any(arrival.fired)
    falling = polynomial(3.3, sign=-1.0)
    arrival, _ = run({"events": [NEVER, falling]})
    assert not np.any(arrival.fired)
    assert np.all(arrival.state.fired == 0.0)


def test_events_that_do_not_end_fire_each_time_they_rise():
    # Rises through zero at 1.1, 3.3 and 5.5; falls at 2.2 and 4.4 (order five is out of reach).
    twice = polynomial(1.1, 2.2, 3.3)
    arrival, tape = run({"events": [NEVER, twice], "step": 0.4})
    assert arrival.state.fired[0, 1] == 2.0
    assert arrival.t[0] == 10.0
    for root in (1.1, 3.3):
        assert np.min(np.abs(np.asarray(tape.t)[0] - root)) < LANDED


def test_unheeded_events_do_nothing():
    arrival, _ = run({"events": [polynomial(2.0), NEVER], "ending": (False, False)})
    assert arrival.t[0] == 10.0
    assert not np.any(arrival.fired)


def test_steps_end_on_a_deadline():
    arrival, tape = run(
        {"events": [NEVER], "kink": 2.7183, "step": 1.0},
        {"events": [NEVER], "kink": 0.1, "step": 4.0},
    )
    # Exact, since each side is a polynomial; a step across the bend would not be.
    np.testing.assert_allclose(arrival.state.x, [0.5 * 7.2817**2, 0.5 * 9.9**2], rtol=1e-13)
    assert np.min(np.abs(np.asarray(tape.t)[0] - 2.7183)) == 0.0


def test_the_stop_is_met_exactly():
    arrival, tape = run({"events": [NEVER], "step": 0.3, "stop": 7.7})
    assert arrival.t[0] == 7.7
    assert arrival.steps[0] == 26
    count = int(tape.count[0])
    assert count == 26
    assert np.all(np.diff(np.asarray(tape.t)[0, :count]) > 0.0)


def test_steps_whose_sum_falls_short_of_the_stop_still_meet_it():
    """A hundred times 0.1 s, added up, is 9.99999999999998 s."""
    arrival, _ = run(
        {"events": [NEVER], "step": 0.1}, {"events": [NEVER], "step": 0.7, "stop": 9.1}
    )
    assert arrival.t.tolist() == [10.0, 9.1]
    assert arrival.steps.tolist() == [100, 13]


def test_a_lane_that_leaves_the_numbers_is_reported_and_disturbs_no_other():
    good: Lane = {"events": [polynomial(5.5)], "step": 0.25}
    arrival, _ = run(good, {**good, "poison": 3.1}, good, {**good, "poison": -1.0})
    alone, _ = run(good)
    assert arrival.finite.tolist() == [True, False, True, False]
    np.testing.assert_array_equal(arrival.t[::2], alone.t[0])
    np.testing.assert_array_equal(arrival.steps[::2], alone.steps[0])
    assert arrival.t[1] < 3.5
    assert not np.any(arrival.fired[1])


def test_running_out_of_steps_is_reported():
    lanes: list[Lane] = [{"events": [polynomial(0.5)]}, {"events": [NEVER], "step": 0.01}]
    arrival, _ = run(*lanes, max_steps=30)
    assert arrival.done.tolist() == [True, False]
    assert arrival.finite.tolist() == [True, True]  # which is another trouble
    assert arrival.t[1] < 1.0


def test_a_lane_does_not_depend_on_its_neighbours():
    lanes: list[Lane] = [
        {"events": [polynomial(r), polynomial(0.5 * r)], "step": s}
        for r, s in [(0.9, 0.1), (4.4, 1.0), (7.7, 0.3)]
    ]
    together, _ = run(*lanes)
    for i, lane in enumerate(lanes):
        alone, _ = run(lane)
        one = jax.tree.map(lambda leaf, i=i: leaf[i], together)
        for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(alone), strict=True):
            np.testing.assert_array_equal(a, b[0])


def test_a_full_tape_keeps_its_first_rows_and_counts_on():
    arrival, tape = run({"events": [NEVER], "step": 0.05})
    assert int(arrival.steps[0]) == 200
    assert int(tape.count[0]) == 200
    np.testing.assert_allclose(np.asarray(tape.t)[0, :63], 0.05 * np.arange(1, 64), rtol=1e-12)
