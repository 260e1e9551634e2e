"""Thrusters: any moment of the hull, nearest beyond it, least pulses, and a quiet dead-band."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import lsq_linear

from yaan.base.constants import STANDARD_GRAVITY
from yaan.gnc import thrusters as rcs
from yaan.spacetime.frame import Frame, Vector, components

PAIRS = rcs.couples([300.0, 240.0, 270.0], 100.0, 290.0, 0.02)


def canted(seed: int, forces: bool = False) -> rcs.Thrusters:
    """Twelve thrusters on a cone, each pushing its own way, with no symmetry at all."""
    draw = np.random.default_rng(seed)
    places = draw.normal(size=(12, 3)) * [0.5, 1.5, 1.5]
    pushes = np.concatenate([draw.normal(size=(6, 3)), np.zeros((6, 3))])
    pushes[6:] = -pushes[:6] + 0.3 * draw.normal(size=(6, 3))
    return rcs.placed(places, pushes, 100.0, 290.0, 0.02, forces=forces)


_alone = jax.jit(rcs.allocate)
_solve = jax.jit(jax.vmap(rcs.allocate, in_axes=(None, 0)))


def within(thrusters: rcs.Thrusters, count: int, seed: int = 0) -> np.ndarray:
    """Moments of the hull: some deep in it, some on its faces."""
    draw = np.random.default_rng(seed)
    shares = draw.uniform(size=(count, thrusters.thrust.shape[0]))
    shares[count // 2 :] = np.round(shares[count // 2 :])
    return shares @ np.asarray(thrusters.effect).T


@pytest.mark.parametrize("which", ["pairs", "canted 1", "canted 3", "forces"])
def test_any_moment_of_the_hull_is_given(which: str):
    kind, _, seed = which.partition(" ")
    thrusters = {"pairs": PAIRS, "forces": canted(4, True)}.get(kind) or canted(int(seed or 0))
    wanted = within(thrusters, 200)
    found = _solve(thrusters, jnp.asarray(wanted))
    assert np.max(found.left) < rcs.CONVERGED
    assert np.min(found.share) >= 0.0
    assert np.max(found.share) <= 1.0
    # No answer costs more than the exact one, of which twelve shares are one at most.
    scale = np.max(np.linalg.norm(np.asarray(thrusters.effect)[:3], axis=0))
    bound = np.sqrt(12.0 * rcs.SOFTNESS) * scale
    assert np.max(np.linalg.norm(found.missed, axis=1)) < bound


@pytest.mark.parametrize("seed", [1])
def test_beyond_the_hull_it_is_no_worse_than_least_squares(seed: int):
    thrusters = canted(seed)
    wanted = np.random.default_rng(seed).normal(size=(40, 3)) * 1500.0
    found = _solve(thrusters, jnp.asarray(wanted))
    assert np.max(found.left) < rcs.CONVERGED
    effect = np.asarray(thrusters.effect)
    for row, missed in zip(wanted, np.asarray(found.missed), strict=True):
        best = lsq_linear(effect, row, bounds=(0.0, 1.0), tol=1e-13)
        least = np.linalg.norm(effect @ best.x - row)
        # s |u|^2 at most, twelve thrusters full on, against the square of the rest.
        scale = np.max(np.linalg.norm(effect, axis=0))
        bound = np.sqrt(least**2 + 12.0 * rcs.SOFTNESS * scale**2)
        assert np.linalg.norm(missed) <= bound * (1 + 1e-9) + 1e-9


def test_no_two_fire_against_each_other():
    wanted = jnp.asarray([[120.0, 0.0, 0.0], [0.0, -30.0, 0.0], [0.0, 0.0, 0.0]])
    share = np.asarray(_solve(PAIRS, wanted).share)
    assert share[0] == pytest.approx([0.4, 0.4, *[0.0] * 10], abs=1e-5)
    assert share[1] == pytest.approx([*[0.0] * 6, 0.125, 0.125, *[0.0] * 4], abs=1e-5)
    assert np.all(share[2] == 0.0)


def test_without_thrusters_that_may_fire_nothing_is_given():
    none = jnp.zeros(12, dtype=bool)
    found = _alone(PAIRS, jnp.asarray([100.0, 0.0, 0.0]), none)
    assert np.all(np.asarray(found.share) == 0.0)
    assert np.asarray(found.missed) == pytest.approx([100.0, 0.0, 0.0])
    assert float(found.left) < rcs.CONVERGED
    one_out = jnp.arange(12) != 0
    half = _alone(PAIRS, jnp.asarray([100.0, 0.0, 0.0]), one_out)
    assert np.asarray(half.missed) == pytest.approx([0.0, 0.0, 0.0], abs=0.01)


def test_no_number_asks_for_nothing():
    found = _alone(PAIRS, jnp.asarray([np.nan, np.inf, 50.0]))
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(found))
    assert np.asarray(found.share)[:8] == pytest.approx(np.zeros(8))


def test_thrusters_need_a_direction_and_levers():
    with pytest.raises(ValueError, match="length"):
        rcs.placed([[1.0, 0.0, 0.0]], [[0.0, 0.0, 0.0]], 100.0, 290.0, 0.02)
    with pytest.raises(ValueError, match="above zero"):
        rcs.couples([300.0, 0.0, 300.0], 100.0, 290.0, 0.02)


def test_a_batch_is_its_lanes():
    wanted = within(PAIRS, 6)
    batch = _solve(PAIRS, jnp.asarray(wanted))
    for k, row in enumerate(wanted):
        alone = _alone(PAIRS, jnp.asarray(row))
        assert np.allclose(alone.share, batch.share[k], rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.004, 0.1, 0.37, 0.5, 0.83, 0.97, 1.0])
def test_pulses_have_a_least_length_and_the_right_mean(share: float):
    period, count = 0.1, 400
    owed, on = jnp.zeros(12), []
    step = jax.jit(rcs.pulses)
    for _ in range(count):
        fired = step(PAIRS, jnp.full(12, share), owed, jnp.asarray(period))
        owed = fired.owed
        on.append(float(fired.on[0]))
    times = np.array(on)
    assert np.all((times == 0.0) | (times >= 0.02 - 1e-15))
    assert np.all((times <= period - 0.02 + 1e-15) | (times == period))
    # Nothing but what is owed at the end is missing: one least pulse.
    assert abs(np.sum(times) - share * period * count) <= 0.02 + 1e-12


def test_propellant_is_impulse_over_exhaust_speed():
    on = jnp.asarray([0.05, 0.03, *[0.0] * 10])
    used = float(rcs.burnt(PAIRS, on))
    assert used == pytest.approx(100.0 * 0.08 / (290.0 * STANDARD_GRAVITY))
    given = components(rcs.moment_of(PAIRS, on, jnp.asarray(0.1)))
    assert given == pytest.approx([150.0 * 0.5 + 150.0 * 0.3, 0.0, 0.0])


def same(x: float) -> Vector:
    v = jnp.asarray(x)
    return Vector(v, v, v, Frame.BODY)


def test_the_dead_band_is_quiet_within_and_awake_without():
    band = rcs.DeadBand(0.01, 0.005)

    def asks(angle: float, rate: float) -> float:
        return float(rcs.quiet(band, same(angle), same(rate)).y)

    assert asks(0.0, 0.0) == 0.0
    assert asks(0.009, 0.0) == 0.0
    assert asks(0.011, 0.0) == 1.0
    assert asks(0.0, 0.006) == 1.0
    # Far off and turning back it waits; far off and turning away it does not.
    assert asks(0.009, -0.004) == 0.0
    assert asks(0.009, 0.004) == 1.0
    none = rcs.DeadBand(0.0, 0.0)
    assert float(rcs.quiet(none, same(0.0), same(0.0)).x) == 0.0
