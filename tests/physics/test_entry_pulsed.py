"""An entry held by thrusters that are on or off: it holds what continuous moments hold, and tells
what it burns."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.test_entry_rigid import LANES, body, control, each, level, place
from yaan.base.constants import STANDARD_GRAVITY
from yaan.gnc import with_reversal
from yaan.gnc.thrusters import CONVERGED, DeadBand, couples
from yaan.motion import Handover, Leg, RigidEntry, fly
from yaan.motion.rigid_entry import Pulsing
from yaan.results import OutcomeCode

pytestmark = pytest.mark.slow

DEG = np.pi / 180.0
ISP = 290.0
ROWS = 4096

FINE, PULSED, BANDED = 0, 1, 2
"""Lanes: pulses of any length, of 20 ms, and those with a dead-band; the others are the first."""


def pulsing() -> Pulsing:
    least = np.full(LANES, 1e-6)
    least[[PULSED, BANDED]] = 0.02
    angle, rate = np.zeros(LANES), np.zeros(LANES)
    angle[BANDED], rate[BANDED] = 0.5 * DEG, 0.3 * DEG
    one = couples([300.0, 300.0, 300.0], 100.0, ISP, 0.02)
    thrusters = jax.tree.map(lambda leaf: jnp.stack([leaf] * LANES), one)
    thrusters = eqx.tree_at(lambda x: x.least, thrusters, jnp.asarray(least))
    return Pulsing(thrusters, DeadBand(angle, rate), each(0.1))


@eqx.filter_jit
def _fly(motion: RigidEntry, start: Any, stop: float) -> Leg:
    return fly(motion, start, stop=each(stop), step=motion.step, rows=ROWS)


@pytest.fixture(scope="module")
def flown() -> tuple[RigidEntry, Leg]:
    where = place()
    start = level(where, 95e3, 7800.0, -1.4)
    bank = with_reversal(np.full(LANES, 50.0 * DEG), 20.0, 15.0 * DEG, 1.0)
    until = jax.tree.map(each, Handover(height=0.0))
    motion = RigidEntry(where, body(), control(), bank, each(0.0), until, each(0.05), pulsing())
    return motion, _fly(motion, start, 60.0)


def rows(flown: tuple[RigidEntry, Leg], lane: int) -> Any:
    tape = flown[1].tape
    assert tape is not None
    count = int(tape.count[lane])
    assert 0 < count < ROWS
    return jax.tree.map(lambda leaf: np.asarray(leaf[lane, :count]), tape.state)


def test_pulses_hold_what_fine_ones_hold(flown: tuple[RigidEntry, Leg]):
    leg = flown[1]
    # Time ends it: no event of the entry does.
    assert np.all(leg.outcome != OutcomeCode.LEFT_TRIM)
    assert np.all(leg.inner.firing.left < CONVERGED)
    fine, pulsed, banded = (rows(flown, lane) for lane in (FINE, PULSED, BANDED))
    for one, most in ((pulsed, 0.6), (banded, 2.5)):
        count = min(len(one.rate.x), len(fine.rate.x))
        a, b = (
            np.stack([q.w[:count], q.x[:count], q.y[:count], q.z[:count]])
            for q in (one.attitude, fine.attitude)
        )
        cosine = (
            np.abs(np.sum(a * b, axis=0)) / np.linalg.norm(a, axis=0) / np.linalg.norm(b, axis=0)
        )
        # The least pulse of a pair, 6 N m s on 5 000 kg m2, is 0.07 deg/s, which lasts until the
        # control has seen it; the dead-band adds its own angle and rate.
        assert np.degrees(np.max(2.0 * np.arccos(np.minimum(cosine, 1.0)))) < most


def test_what_is_burnt_is_the_impulse(flown: tuple[RigidEntry, Leg]):
    firing = flown[1].inner.firing
    used = np.asarray(firing.used)
    assert np.all(used[[FINE, PULSED, BANDED]] > 0.0)
    moment = rows(flown, FINE).firing.moment
    held = np.abs(np.stack([moment.x, moment.y, moment.z]))
    # Rows come every 0.05 s; each pair gives 300 N m by two thrusters of 100 N.
    impulse = np.sum(held) * 0.05 / 300.0 * 2.0 * 100.0
    assert used[FINE] == pytest.approx(impulse / (ISP * STANDARD_GRAVITY), rel=0.02)


def test_a_dead_band_spares_pulses(flown: tuple[RigidEntry, Leg]):
    pulses = np.asarray(flown[1].inner.firing.pulses)
    assert 0 < pulses[BANDED] < pulses[PULSED] < pulses[FINE]
