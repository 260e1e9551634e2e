"""Bank programmes: linear between knots, held beyond; a reversal rolls through lift up."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.gnc import BankProfile, constant_bank, eased, rounded, with_reversal
from yaan.gnc.bank import eased_acceleration, steady_spin

RATE = np.radians(15.0)  # [rad/s]


def lane(profile: BankProfile, i: int) -> BankProfile:
    """One lane of a batch."""
    return jax.tree.map(lambda leaf: leaf[i], profile)


def test_it_is_linear_between_knots_and_held_beyond():
    profile = BankProfile([10.0, 20.0, 40.0], [0.0, 1.0, -1.0])
    asked = jnp.asarray([-5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 1e9])
    np.testing.assert_allclose(profile.at(asked), [0, 0, 0.5, 1, 0, -1, -1], atol=1e-15)


def test_a_constant_bank_is_constant_in_each_lane():
    profile = constant_bank(jnp.asarray([0.3, -2.0]))
    for i, angle in enumerate([0.3, -2.0]):
        np.testing.assert_allclose(lane(profile, i).at(jnp.asarray([-1.0, 0.5, 1e4])), angle)


def test_a_reversal_begins_when_told_and_rolls_at_the_rate_through_lift_up():
    profile = with_reversal(np.radians(60.0), 100.0, RATE, 1.0)
    asked = jnp.asarray([0.0, 100.0, 104.0, 108.0, 500.0])
    found = np.degrees(profile.at(asked))
    np.testing.assert_allclose(found, [60.0, 60.0, 0.0, -60.0, -60.0], atol=1e-9)


def test_lanes_have_their_own_reversals_and_sides():
    profile = with_reversal(
        jnp.radians(jnp.asarray([30.0, 60.0])), 50.0, RATE, jnp.asarray([1, -1])
    )
    assert profile.time.shape == (2, 2)
    np.testing.assert_allclose(np.degrees(lane(profile, 1).at(jnp.asarray(54.0))), 0.0, atol=1e-9)
    np.testing.assert_allclose(np.degrees(lane(profile, 0).at(jnp.asarray(54.0))), -30.0)


def test_a_bank_of_nothing_stays_finite_with_its_derivative():
    def after(magnitude: jax.Array) -> jax.Array:
        return with_reversal(magnitude, jnp.asarray(5.0), jnp.asarray(RATE), jnp.asarray(1.0)).at(
            jnp.asarray(5.0005)
        )

    assert float(after(jnp.asarray(0.0))) == 0.0
    assert np.isfinite(jax.grad(after)(0.0))


def eased_at(profile: BankProfile, times: np.ndarray, easing: float) -> np.ndarray:
    one = lane(profile, 0)
    return np.asarray(jax.vmap(lambda t: eased(one, t, jnp.asarray(easing)))(jnp.asarray(times)))


def test_an_eased_roll_keeps_its_middle_and_its_ends_and_takes_longer():
    profile = with_reversal(jnp.full(1, np.radians(60.0)), 100.0, RATE, 1.0)
    # Eight seconds of roll from 100 s, six of easing: it starts at 97 s and stops at 111 s.
    times = np.array([97.0, 100.0, 104.0, 108.0, 111.0])
    found = np.degrees(eased_at(profile, times, 6.0))
    # At a corner the mean is short of it by rate times easing over eight.
    np.testing.assert_allclose(found, [60.0, 48.75, 0.0, -48.75, -60.0], atol=1e-9)


def test_an_eased_roll_starts_and_stops_at_rate_over_easing():
    profile = with_reversal(jnp.full(1, np.radians(60.0)), 100.0, RATE, 1.0)
    one, h = lane(profile, 0), 1e-2
    times = np.array([90.0, 98.0, 104.0, 109.0, 120.0])
    second = sum(
        weight * eased_at(profile, times + shift, 6.0)
        for weight, shift in ((1.0, -h), (-2.0, 0.0), (1.0, h))
    )
    told = jax.vmap(lambda t: eased_acceleration(one, t, jnp.asarray(6.0)))(jnp.asarray(times))
    np.testing.assert_allclose(np.degrees(told), [0.0, -2.5, 0.0, 2.5, 0.0], atol=1e-9)
    np.testing.assert_allclose(second / h**2, told, atol=1e-8)


def test_what_is_not_eased_is_as_it_was():
    profile = with_reversal(jnp.full(1, np.radians(60.0)), 100.0, RATE, 1.0)
    times = np.linspace(90.0, 120.0, 31)
    whole = lane(profile, 0).at(jnp.asarray(times))
    # A thousandth of a second is the briefest easing, which at a corner is 0.002 deg.
    np.testing.assert_allclose(eased_at(profile, times, 0.0), whole, atol=1e-4)
    assert float(eased_acceleration(lane(profile, 0), jnp.asarray(100.0), jnp.asarray(0.0))) == 0.0


def test_a_rounded_profile_is_the_eased_one_in_chords():
    profile = with_reversal(jnp.radians(jnp.asarray([60.0, 30.0])), 100.0, RATE, 1.0)
    chords = rounded(profile, 6.0)
    assert chords.time.shape == (2, 129)
    times = np.linspace(90.0, 120.0, 500)
    found = np.degrees(lane(chords, 0).at(jnp.asarray(times)))
    # A chord of 14 s / 128 at 2.5 deg/s^2 is off its arc by a h^2 / 8.
    np.testing.assert_allclose(found, np.degrees(eased_at(profile, times, 6.0)), atol=4e-3)


def test_a_spin_is_a_straight_line_and_its_rate_is_told():
    bank = steady_spin(-0.5, 1000.0)
    assert float(bank.at(jnp.asarray(20.0))) == pytest.approx(-10.0, rel=1e-12)
    assert float(bank.rate(jnp.asarray(20.0))) == pytest.approx(0.5, rel=1e-12)
    assert float(bank.rate(jnp.asarray(1001.0))) == 0.0
    assert float(constant_bank(1.0).rate(jnp.asarray(0.5))) == 0.0
