"""Bank programmes: linear between knots, held beyond; a reversal rolls through lift up."""

import jax
import jax.numpy as jnp
import numpy as np

from yaan.gnc import BankProfile, constant_bank, with_reversal

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
