"""What hangs from canopies, made of a capsule, of a table of a stage, of one number."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.aerodynamics import ForceTable
from yaan.vehicle import Capsule, Forebody, along_stream, blunt

MACH = np.array([0.0, 0.8, 1.2, 5.0])
DRAG = np.array([0.9, 1.1, 1.4, 1.2])


def drag_area(body: Forebody, mach: float) -> float:
    return float(body.drag_coefficient(jnp.asarray(mach)) * body.area)


@pytest.mark.parametrize("mach", [0.0, 0.4, 1.0, 7.0])
def test_a_capsule_hangs_with_the_drag_of_its_trim(mach: float):
    capsule = Capsule(5e3, 9.6, 4.0, 0.85, MACH, 0.3 * DRAG, DRAG, 0.0 * DRAG + 0.4)
    body = capsule.forebody
    wanted = float(capsule.trim(jnp.asarray(mach)).drag * capsule.area)
    assert drag_area(body, mach) == wanted
    assert float(body.mass) == 5e3


def test_a_stage_falls_with_its_axial_force():
    table = ForceTable(
        angles=jnp.asarray([0.0, 1.0]),
        mach=jnp.asarray(MACH),
        axial=jnp.asarray([DRAG, 10.0 * DRAG]),
        normal=jnp.zeros((2, 4)),
        reference_area=jnp.asarray(0.25),
    )
    body = along_stream(120.0, table)
    assert drag_area(body, 1.0) == pytest.approx(0.25 * 1.25, rel=1e-14)


def test_a_blunt_body_has_one_drag_area_one_a_lane():
    assert drag_area(blunt(20.0, 0.02), 3.0) == pytest.approx(0.02, rel=1e-14)
    lanes = blunt(np.array([5.0, 10e3]), np.array([1.0, 8.0]))
    mach = jnp.asarray([0.3, 6.0])
    areas = jax.vmap(lambda body, m: body.drag_coefficient(m) * body.area)(lanes, mach)
    np.testing.assert_allclose(areas, [1.0, 8.0], rtol=1e-14)
