"""What of a state moves, and what its rates rest on."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

from yaan.dynamics.accuracy import Allowed
from yaan.dynamics.method import RK4
from yaan.dynamics.packing import packing_of
from yaan.dynamics.rates import rates_of
from yaan.dynamics.solve import Problem, solve

STATE = {
    "fuel": jnp.asarray([1.0, 2.0]),
    "peak": jnp.zeros((2, 3)),
    "place": jnp.asarray([[1.0, 0.0], [2.0, 1.0]]),
    "unused": jnp.zeros(2),
}


def evaluate(t: Array, state: dict[str, Array], p: Array) -> tuple[dict[str, Array], Array]:
    """Only the place moves, as the fuel says; the peaks are told to the event alone."""
    rate = {
        "fuel": jnp.zeros_like(state["fuel"]),
        "peak": jax.tree.map(jnp.zeros_like, state["peak"]),
        "place": p * state["place"] * jnp.where(state["fuel"] > 1.5, 2.0, 1.0) + t,
        "unused": jnp.asarray(0.0),
    }
    return rate, jnp.stack([jnp.sum(state["peak"]) - 1.0])


@pytest.mark.parametrize("lanes", [1, 2])
def test_what_moves_and_what_is_felt(lanes: int) -> None:
    state = jax.tree.map(lambda leaf: leaf[:lanes], STATE)
    t = jnp.arange(lanes, dtype=float)
    found = rates_of(evaluate, t, state, jnp.asarray(3.0), None)
    names = sorted(STATE)
    assert dict(zip(names, found.moving, strict=True)) == {
        "fuel": False,
        "peak": False,
        "place": True,
        "unused": False,
    }
    assert dict(zip(names, found.felt, strict=True)) == {
        "fuel": True,
        "peak": False,
        "place": True,
        "unused": False,
    }
    rate, events = found.evaluate(t, state)
    for lane in range(lanes):
        one, event = evaluate(
            t[lane], jax.tree.map(lambda x, i=lane: x[i], state), jnp.asarray(3.0)
        )
        np.testing.assert_array_equal(rate["place"][lane], one["place"])
        np.testing.assert_array_equal(events()[lane], event)


def test_events_that_never_happen_are_seen() -> None:
    def rates(t: Array, y: dict[str, Array], p: Any) -> tuple[dict[str, Array], Array]:
        del p
        never = jnp.full_like(t, -1.0)
        some = jnp.stack([never, y["a"], jnp.full_like(t, 0.5), 0.0 * t - 1.0])
        return y, jnp.concatenate([some, jax.jit(lambda: jnp.full(2, -3.0))(), y["a"][None]])

    found = rates_of(rates, jnp.zeros(1), {"a": jnp.ones(1)}, (), ())
    # What only happens to be below zero may happen; what is above it has happened.
    assert found.fixed == (-1.0, None, None, None, -3.0, -3.0, None)


@pytest.mark.parametrize("lanes", [1, 2])
def test_events_left_out_of_the_loop_are_told_by_their_places(lanes: int) -> None:
    def rates(t: Array, y: Array, p: Any) -> tuple[Array, Array]:
        never = jnp.full_like(t, -2.0)
        return jnp.ones_like(y), jnp.stack([never, t - p, never, y - 1.0])

    def switch(t: Array, y: Array, events: Array, fired: Array, p: Any) -> Array:
        # Of the events that are left out values and places are told as they are.
        return y + jnp.where(fired[1], 10.0, 0.0) + 0.0 * (events[0] + events[2] + 4.0)

    problem = Problem(rates, switch, lambda t, y, p: jnp.asarray(jnp.inf))
    arrival, _ = solve(
        problem,
        jnp.zeros(lanes),
        jnp.full(lanes, 0.25),
        start=jnp.zeros(lanes),
        stop=jnp.full(lanes, 3.0),
        step=jnp.full(lanes, 0.5),
        ending=jnp.tile(jnp.asarray([True, False, True, True]), (lanes, 1)),
        switching=jnp.asarray([False, True, False, False]),
        max_steps=50,
    )
    # At 0.25 s it leaps by ten, beyond its end, which is met at the next look.
    np.testing.assert_array_equal(arrival.fired, [[False, False, False, True]] * lanes)
    np.testing.assert_allclose(arrival.state, 10.25, rtol=0.0, atol=1e-9)


def test_a_rate_that_only_happens_to_be_zero_moves() -> None:
    def rates(t: Array, y: dict[str, Array], p: Any) -> tuple[dict[str, Array], Array]:
        del p
        return {"a": 0.0 * y["a"], "b": jnp.zeros(()), "c": jax.jit(jnp.zeros_like)(t)}, jnp.ones(0)

    state = dict.fromkeys("abc", jnp.ones(1))
    assert rates_of(rates, jnp.zeros(1), state, (), ()).moving == (True, False, False)


def test_what_is_felt_through_a_loop_or_a_branch_is_found() -> None:
    def rates(t: Array, y: dict[str, Array], p: Any) -> tuple[dict[str, Array], Array]:
        del p
        total = jax.lax.fori_loop(0, 3, lambda _, s: s + y["a"], t)
        chosen = jax.lax.cond(y["b"] > 0.0, lambda: total, lambda: 2.0 * total)
        return {"a": jnp.zeros(()), "b": jnp.zeros(()), "c": chosen}, jnp.ones(0)

    state = dict.fromkeys("abc", jnp.ones(1))
    assert rates_of(rates, jnp.zeros(1), state, (), ()).felt == (True, True, False)


def test_columns_are_taken_apart_and_put_together() -> None:
    packing = packing_of(STATE)
    packed = packing.pack(STATE)
    for chosen in ((False, True, False, True), (True,) * 4, (True, False, False, False)):
        columns = packing.columns(chosen)
        own = columns.of(packed)
        leaves = [leaf for leaf, taken in zip(STATE.values(), chosen, strict=True) if taken]
        assert own.shape[1] == sum(leaf[0].size for leaf in leaves)
        np.testing.assert_array_equal(columns.within(packed, own), packed)
        other = packing.unpack(columns.within(packed, own + 7.0))
        for (name, leaf), taken in zip(STATE.items(), chosen, strict=True):
            np.testing.assert_array_equal(other[name], leaf + 7.0 if taken else leaf)


def test_what_a_switch_changes_of_the_rates_is_heeded_and_the_rest_costs_nothing() -> None:
    """The fuel is switched at t = 1: from there on the rate is twice as large."""
    asked: list[int] = []

    def rates(t: Array, y: dict[str, Array], p: Any) -> tuple[dict[str, Array], Array]:
        del p
        jax.debug.callback(lambda: asked.append(1))
        moving = jnp.where(y["fuel"] > 1.5, 2.0, 1.0)
        return {"fuel": jnp.zeros(()), "place": moving, "peak": jnp.zeros(())}, t[None] - 1.0

    def switch(t: Array, y: dict[str, Array], g: Array, fired: Array, p: Any) -> dict[str, Array]:
        del g, p
        fuel = jnp.where(fired[0], 2.0, y["fuel"])
        return {"fuel": fuel, "place": y["place"], "peak": jnp.maximum(y["peak"], t)}

    problem = Problem(rates, switch, lambda t, y, p: jnp.asarray(jnp.inf))
    state = {"fuel": jnp.ones(1), "peak": jnp.zeros(1), "place": jnp.zeros(1)}

    def flown(switching: bool) -> Any:
        one = jnp.ones(1)
        end, _ = solve(
            problem,
            state,
            (),
            start=0.0 * one,
            stop=2.0 * one,
            step=0.25 * one,
            ending=jnp.zeros((1, 1), dtype=bool),
            switching=jnp.asarray([switching]),
            max_steps=100,
            axes=(),
            method=RK4,
        )
        return jax.block_until_ready(end)

    end = flown(switching=True)
    np.testing.assert_allclose(end.state["place"], 3.0, rtol=0, atol=1e-9)
    asked.clear()
    end = flown(switching=False)
    np.testing.assert_allclose(end.state["place"], 2.0, rtol=0, atol=1e-12)
    # The first pass goes nowhere; the peaks that each of the other eight carries are not asked of.
    assert len(asked) == 5 + 8 * 4


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_number_that_nobody_judges_and_no_event_sees_is_told_when_it_is_none(lanes: int) -> None:
    def rates(t: Array, y: dict[str, Array], p: Any) -> tuple[dict[str, Array], Array]:
        del p
        heat = jnp.where(t > 0.6, jnp.nan, 1.0)
        return {"far": jnp.zeros(()), "heat": heat, "place": t}, t[None] - 9.0

    def kept(t: Array, y: dict[str, Array], g: Array, fired: Array, p: Any) -> dict[str, Array]:
        del t, g, fired, p
        return y

    one = jnp.ones(lanes)
    # What has not come stands at infinity, and has no rate: that is no failure.
    state = {"far": jnp.inf * one, "heat": 0.0 * one, "place": 0.0 * one}
    bounds = Allowed(np.asarray([np.inf, np.inf, 1.0]), one)
    end, _ = solve(
        Problem(rates, kept, lambda t, y, p: jnp.asarray(jnp.inf)),
        state,
        (),
        start=0.0 * one,
        stop=2.0 * one,
        step=0.25 * one,
        ending=jnp.zeros((lanes, 1), dtype=bool),
        switching=jnp.asarray([False]),
        max_steps=100,
        axes=(),
        allowed=bounds,
    )
    assert not np.any(end.finite)
    assert np.all(end.done)
    assert np.all(end.t < 1.1)
