"""What navigation makes of states before burns in orbit: by the draw, whatever flies beside it."""

import numpy as np

import yaan
from yaan.dynamics.state import state_of
from yaan.flight.models.navigation import orbit_estimates

LANES = 400


def test_estimates_are_out_by_what_their_own_draw_says():
    mission = yaan.load("gaganyaan").replace(
        {"guidance.orbit": "re-solved", "navigation": {"model": "inertial"}}
    )
    plan = mission.plan
    assert plan.navigation is not None
    plans = [
        plan.model_copy(update={"navigation": plan.navigation.model_copy(update={"draw": k})})
        for k in range(LANES)
    ]
    place = np.tile([7e6, 1e5, 0.0], (LANES, 1))
    motion = np.tile([0.0, 7.5e3, 10.0], (LANES, 1))
    state = state_of(np.zeros(LANES), place, motion, np.ones((LANES, 1)))
    seen = orbit_estimates(plans)
    found = seen(state, "phasing", lanes=np.arange(LANES))
    off = found.position_gcrs - place, found.velocity_gcrs - motion
    assert not np.any(off[0][0])
    assert not np.any(off[1][0])
    assert abs(np.std(off[0][1:]) - 15.0) < 1.0
    assert abs(np.std(off[1][1:]) - 0.1) < 0.01
    # Lanes that fly in another batch, and in another order, see the same.
    some = np.array([17, 3, 3])
    again = seen(state.take(some), "phasing", lanes=some)
    assert np.array_equal(again.position_gcrs, found.position_gcrs[some])
    other = seen(state, "deorbit", lanes=np.arange(LANES))
    assert np.all(other.position_gcrs[1:, 0] != found.position_gcrs[1:, 0])
    assert np.array_equal(found.t, state.t)
    perfect = orbit_estimates([yaan.load("gaganyaan").plan])(
        state.take(0), "phasing", lanes=np.array([0])
    )
    assert np.array_equal(perfect.position_gcrs, place[:1])
