"""What surrounds a rigid entry: rows that are thinned, a control that is made firm."""

import jax.numpy as jnp
import numpy as np
import pytest

from yaan.dynamics.solve import Tape, blank_tape
from yaan.flight.turning import FIRMER, firm, thinned
from yaan.gnc import AttitudeControl
from yaan.spacetime import Frame, vector
from yaan.vehicle.body import Inertia


def tape(count: int) -> Tape:
    """Two lanes of rows whose number is their state; the second lane has one more."""
    made = blank_tape({"x": jnp.zeros(2)}, 20)
    for i in range(count):
        row = jnp.full(2, float(i))
        made = made.write_state(0.1 * row, jnp.asarray(0), {"x": row}, jnp.asarray([True, True]))
    return made


@pytest.mark.parametrize(("count", "kept"), [(10, [0, 4, 8, 9]), (9, [0, 4, 8]), (1, [0])])
def test_thinned_rows_keep_the_first_and_the_last(count: int, kept: list[int]):
    few = thinned(tape(count), 4)
    assert int(few.count[0]) == len(kept)
    np.testing.assert_array_equal(np.asarray(few.state["x"])[0], kept)
    np.testing.assert_allclose(np.asarray(few.t)[0], 0.1 * np.array(kept))


def test_a_firm_control_is_faster_and_unlimited_and_eases_as_before():
    limit = vector(jnp.asarray([300.0, 200.0, 100.0]), Frame.BODY)
    inertia = Inertia(*(jnp.asarray(v) for v in (6200.0, 5500.0, 5000.0, 0.0, 0.0, 0.0)))
    held = firm(AttitudeControl(1.2, 0.8, 6.0, limit, inertia))
    assert float(held.frequency) == pytest.approx(1.2 * FIRMER)
    assert float(held.limit.z) >= 1e4
    assert float(held.easing) == 6.0
