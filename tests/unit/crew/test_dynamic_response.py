"""Responses to blows against closed forms, and the vectors that were made without this code."""

from dataclasses import replace

import numpy as np
import pytest

from yaan.crew import dynamic_response, event_window, load_limits

LIMITS = load_limits().response
VECTORS = [
    # axis, length of a half-sine of 10 g0 [s], response [g0]
    ("x", 0.05, 11.892),
    ("x", 0.10, 13.671),
    ("x", 0.20, 11.064),
    ("y", 0.10, 15.562),
    ("z", 0.05, 10.442),
    ("z", 0.10, 13.372),
    ("z", 0.20, 11.771),
]
STEPS = [("x", 15.266), ("y", 17.528), ("z", 14.857)]


def along(axis: str, time, load) -> tuple[np.ndarray, np.ndarray]:
    seat = np.zeros((1, len(time), 3))
    seat[0, :, "xyz".index(axis)] = load
    return np.asarray(time)[None], seat


@pytest.mark.parametrize(("axis", "length", "wanted"), VECTORS)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_half_sines(axis: str, length: float, wanted: float, sign: float):
    time = np.linspace(0.0, length, 501)
    history = along(axis, time, sign * 10.0 * np.sin(np.pi * time / length))
    found = dynamic_response(*history, LIMITS)
    reached = found.greatest if sign > 0.0 else -found.least
    assert reached[0, "xyz".index(axis)] == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize(("axis", "wanted"), STEPS)
def test_a_step_meets_its_closed_form(axis: str, wanted: float):
    # Three rows: nothing between them is wrong by how far they lie apart.
    found = dynamic_response(*along(axis, [0.0, 0.0, 2.0], [0.0, 10.0, 10.0]), LIMITS)
    reached = found.greatest[0, "xyz".index(axis)]
    zeta = LIMITS.oscillators["xyz".index(axis)].damping
    assert reached == pytest.approx(
        10.0 * (1.0 + np.exp(-np.pi * zeta / np.sqrt(1.0 - zeta**2))), rel=5e-5
    )
    assert reached == pytest.approx(wanted, rel=1e-3)


def test_a_body_under_a_steady_load_stays_where_it_is():
    found = dynamic_response(*along("x", [0.0, 0.3, 0.7], [3.0, 3.0, 3.0]), LIMITS)
    np.testing.assert_allclose(found.greatest[0], [3.0, 0.0, 0.0], rtol=1e-12)
    assert found.beta["low"][0] == pytest.approx(3.0 / 35.0)


def test_more_rows_on_the_same_lines_change_nothing():
    time, load = np.array([0.0, 0.02, 0.05, 0.3]), np.array([0.0, 20.0, 5.0, 0.0])
    more = np.linspace(0.0, 0.3, 3001)
    sparse = dynamic_response(*along("z", time, load), LIMITS)
    dense = dynamic_response(*along("z", more, np.interp(more, time, load)), LIMITS)
    np.testing.assert_allclose(sparse.greatest, dense.greatest, rtol=1e-5)
    np.testing.assert_allclose(sparse.time, dense.time, atol=3e-4)


def test_axes_join_in_beta_and_each_side_has_its_limit():
    # Steady, so that the response is the load.
    load = np.tile([[-14.0, 7.0, -6.7]], (2, 1))[None]
    found = dynamic_response([[0.0, 1.0]], load, LIMITS)
    assert found.beta["low"][0] == pytest.approx(np.sqrt(3.0) / 2.0)
    assert found.beta["high"][0] < found.beta["moderate"][0] < found.beta["low"][0]
    weak = dynamic_response([[0.0, 1.0]], load, LIMITS, "deconditioned")
    assert weak.beta["low"][0] == pytest.approx(found.beta["low"][0] / 0.86)


def test_recalled_limits_screen_and_do_not_grade():
    history = along("x", [0.0, 0.0, 1.0], [0.0, 50.0, 50.0])
    found = dynamic_response(*history, LIMITS)
    assert not found.graded
    assert np.isnan(found.margin("low")).all()
    assert found.text.startswith("screening")
    assert "ungraded" in found.text
    own = replace(LIMITS, status="primary")
    found = dynamic_response(*history, own)
    assert found.graded
    assert found.margin("low")[0] < 0.0
    assert found.text.startswith("screening")
    # The factor of the deconditioned is still recalled.
    assert not dynamic_response(*history, own, "deconditioned").graded


def test_a_limit_passes_just_below_and_fails_just_above():
    own = replace(LIMITS, status="second-hand", weaker_status="second-hand")
    for i in range(3):
        for side in range(2):
            for share, passes in ((0.999, True), (1.001, False)):
                load = np.zeros((1, 2, 3))
                load[0, :, i] = share * LIMITS.levels["low"][i][side]
                found = dynamic_response([[0.0, 1.0]], load, own)
                assert (found.margin("low")[0] >= 0.0) == passes


def test_lanes_do_not_meddle():
    draw = np.random.default_rng(3)
    time = np.cumsum(draw.uniform(0.0, 0.03, (5, 40)), axis=1)
    load = draw.normal(0.0, 5.0, (5, 40, 3))
    counts = np.array([40, 30, 20, 2, 1])
    found = dynamic_response(time, load, LIMITS, counts=counts)
    for lane, n in enumerate(counts):
        alone = dynamic_response(time[lane : lane + 1, :n], load[lane : lane + 1, :n], LIMITS)
        np.testing.assert_allclose(found.beta["low"][lane], alone.beta["low"][0], rtol=3e-4)


def test_a_window_is_cut_at_both_ends():
    time = np.array([[0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 0.5, 1.0, 1.5, 2.0]])
    load = np.zeros((2, 5, 3))
    load[:, :, 0] = time
    rows, felt = event_window(time, load, [0.5, 0.25], 2.0)
    np.testing.assert_allclose(rows[0], [0.5, 1.0, 2.0, 2.5, 2.5, 2.5])
    np.testing.assert_allclose(rows[1, :5], [0.25, 0.5, 1.0, 1.5, 2.0])
    # Beyond the last row the load stays.
    np.testing.assert_allclose(felt[0, :, 0], rows[0])
    np.testing.assert_allclose(felt[1, -1, 0], 2.0)


def test_bad_blows_are_refused():
    with pytest.raises(ValueError, match="expected"):
        dynamic_response([0.0, 1.0], np.zeros((2, 3)), LIMITS)
    with pytest.raises(ValueError, match="finite"):
        dynamic_response([[0.0, np.inf]], np.zeros((1, 2, 3)), LIMITS)
    with pytest.raises(ValueError, match="counts"):
        dynamic_response([[0.0, 1.0]], np.zeros((1, 2, 3)), LIMITS, counts=[5])
