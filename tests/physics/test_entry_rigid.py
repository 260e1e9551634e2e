"""A capsule that turns: it swings as its stiffness says, and held firmly it flies as a point."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import columns, still_earth, world
from tests.validation.entry_models import begun, capsule, enter, entry, motion, over
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.environment import NoAtmosphere, PointGravity, UniformAtmosphere, load_standard_atmosphere
from yaan.gnc import AttitudeControl, BankProfile, constant_bank, rounded, with_reversal
from yaan.motion import Handover, Leg, RigidEntry, fly
from yaan.motion.base import lanes_of
from yaan.results import OutcomeCode
from yaan.spacetime import Frame, Vector
from yaan.spacetime.rotation import about
from yaan.spacetime.zone import distance
from yaan.vehicle import RigidCapsule
from yaan.vehicle.body import Inertia

LANES = 8
ROWS = 16_384
FLOOR = 7e3  # [m]
EASING = 6.0  # [s]
LIMIT = 300.0  # [N m]


def each(value: Any) -> jax.Array:
    """A number a lane."""
    return jnp.broadcast_to(jnp.asarray(value, float), (LANES,))


def place() -> World:
    """A still Earth of one mass, with air."""
    return world(atmosphere=load_standard_atmosphere(), earth=still_earth())


def body(mass: float = 5300.0, *, stiffness: Any = 0.2, damping: Any = -0.2) -> RigidCapsule:
    """A capsule like the crew module, with coefficients that change with Mach number."""
    moments = (6200.0, 5500.0, 5000.0, 0.0, 0.0, 0.0)
    point = capsule(
        LANES,
        mass=mass,
        area=9.62,
        nose_radius=4.2,
        mach=[0.5, 2.0, 10.0, 25.0],
        lift=[0.24, 0.52, 0.42, 0.38],
        drag=[0.86, 1.28, 1.24, 1.30],
        angle=np.radians([12.0, 27.0, 22.6, 19.3]),
    )
    stiff, damped = each(stiffness), each(damping)
    inertia = Inertia(*(each(m) for m in moments))
    return RigidCapsule(point, inertia, each(3.5), stiff, stiff, 0.0 * damped, damped, damped)


def control(frequency: Any = 1.2, limit: Any = LIMIT, easing: Any = EASING) -> AttitudeControl:
    most = Vector(each(limit), each(limit), each(limit), Frame.BODY)
    return AttitudeControl(each(frequency), each(0.8), each(easing), most, body().inertia)


def turning(
    where: World,
    one: RigidCapsule,
    held: AttitudeControl,
    bank: BankProfile,
    step: float,
    floor: float = 0.0,
) -> RigidEntry:
    """The motion of lanes that start at t = 0, down to `floor` [m]."""
    until = jax.tree.map(each, Handover(height=floor))
    return RigidEntry(where, one, held, bank, each(0.0), until, each(step))


@eqx.filter_jit
def _turn(motion: RigidEntry, start: State, stop: float, rows: int | None = None) -> Leg:
    return fly(motion, start, stop=each(stop), step=motion.step, rows=rows)


def level(where: World, height: float, speed: float, angle: float = 0.0) -> State:
    """Over the equator to the east; no attitude is known."""
    return begun(where, over(0.0, 0.0, height, LANES), motion(speed, angle, 90.0, LANES))


@eqx.filter_jit
def trimmed(motion: RigidEntry, start: State) -> State:
    """The same in the attitude and at the rate with which the entry begins it."""
    begin = jax.vmap(lambda one, state: one.begin(state), in_axes=(lanes_of(motion), 0))
    inner = begin(motion, start)
    return eqx.tree_at(lambda s: (s.attitude, s.rate), start, (inner.attitude, inner.rate))


def apart(one: Leg, two: Leg) -> np.ndarray:
    """Distance of the ends over the ground [m]."""
    a, b = one.place, two.place
    return np.asarray(distance(a.latitude, a.longitude, b.latitude, b.longitude))


FREQUENCY = np.array([0.6, 1.2, 2.4, 4.8, 1.2, 4.8, 1.2, 1.2])
LIMITS = np.array([LIMIT, LIMIT, 3e4, 3e4, LIMIT, 3e4, 3e4, 150.0])
BANKS = np.radians([50.0, 50.0, 50.0, 50.0, -50.0, 0.0, 80.0, 50.0])


def both(
    bank: BankProfile, *, step: float = 0.05, **how: Any
) -> tuple[RigidEntry, Leg, np.ndarray]:
    """The same programme flown by a body and by a point, and how far apart they end."""
    where = place()
    start = level(where, 120e3, 7850.0, -1.4)
    way = turning(where, body(), control(**how), bank, step, FLOOR)
    turned = _turn(way, start, 3e3, ROWS)
    smooth = bank if "easing" in how else rounded(bank, EASING)
    point = entry(where, body().capsule, smooth, start, until=Handover(height=FLOOR), step=0.25)
    assert np.all(turned.outcome == OutcomeCode.REACHED)
    return way, turned, apart(turned, enter(point, start))


@pytest.fixture(scope="module")
def reversed_() -> tuple[RigidEntry, Leg, np.ndarray]:
    bank = with_reversal(np.abs(BANKS), np.full(LANES, 250.0), np.radians(15.0), np.sign(BANKS))
    return both(bank, frequency=FREQUENCY, limit=LIMITS)


@pytest.mark.slow
def test_held_firmly_the_body_lands_where_the_point_does():
    # No reversal: nothing but how closely the trim is kept. A range of 5 000 km moves by 5 km for
    # a thousandth of the lift, which is 0.02 deg of trim; 0.001 deg on the way is 100 m.
    _, _, far = both(constant_bank(BANKS), frequency=FREQUENCY, limit=3e4, easing=0.0)
    assert np.all(far[[2, 3, 5]] < 5.0)  # [m]
    assert np.all(far < 100.0)


def test_a_reversal_keeps_the_body_near_the_point(reversed_: tuple):
    _, _, far = reversed_
    # Rolling for 14 s asks for some 30 N m in pitch, which a tenth of a degree of trim gives; that
    # is a two-hundredth of the lift for a fiftieth of the way, and moves the end by 100 m. A
    # firmer control takes more of it; half the moment that the roll asks for is too little.
    assert np.all(far[:7] < 200.0)  # [m]
    assert np.all(np.diff(far[:4]) < 0.0)
    assert far[3] < 30.0
    assert far[5] < 5.0  # its bank is zero: it does not roll
    assert far[7] > 1e3


def test_its_mirror_image_lands_mirrored(reversed_: tuple):
    north = reversed_[1].place.latitude
    assert abs(float(north[1])) > 1e-3
    assert float(north[4]) == pytest.approx(-float(north[1]), rel=1e-6)


def test_half_the_step_ends_in_the_same_place(reversed_: tuple):
    bank = with_reversal(np.abs(BANKS), np.full(LANES, 250.0), np.radians(15.0), np.sign(BANKS))
    _, finer, _ = both(bank, frequency=FREQUENCY, limit=LIMITS, step=0.025)
    # Moments that saturate have corners, which leave the last lane some metres.
    far = apart(reversed_[1], finer)
    assert np.all(far[:7] < 0.5)  # [m]
    assert far[7] < 50.0


def test_rows_tell_the_body_as_it_is(reversed_: tuple):
    way, leg, _ = reversed_
    row = columns(way, leg, 1)
    np.testing.assert_allclose(np.linalg.norm(row["attitude"], axis=1), 1.0, atol=1e-12)
    # Loads by axis and by stream are one, and force over mass is the load.
    np.testing.assert_allclose(
        np.hypot(row["load_axial"], row["load_normal"]), row["load"], rtol=1e-9
    )
    force = np.linalg.norm(row["force_body"], axis=1)
    np.testing.assert_allclose(np.hypot(row["drag"], row["lift"]), force, rtol=1e-9)
    astray = (row["bank"] - row["bank_commanded"] + np.pi) % (2.0 * np.pi) - np.pi
    assert np.max(np.abs(astray)) < np.radians(0.5)
    assert np.max(np.abs(row["sideslip"])) < np.radians(0.1)
    assert np.max(np.abs(row["moment_control"])) <= LIMIT
    rolling = np.degrees(np.max(np.linalg.norm(row["rate_body"], axis=1)))
    assert rolling == pytest.approx(15.0, abs=0.3)
    trim = np.interp(row["mach"], [0.5, 2.0, 10.0, 25.0], np.radians([12.0, 27.0, 22.6, 19.3]))
    assert np.max(np.abs(row["angle_of_attack"] - trim)) < np.radians(0.5)
    np.testing.assert_allclose(row["incidence"], -row["angle_of_attack"], atol=1e-3)


@pytest.mark.slow
def test_an_attitude_that_is_handed_over_is_kept_and_an_unknown_one_is_the_trim():
    where = place()
    bare = level(where, 100e3, 7850.0, -1.4)
    way = turning(where, body(), control(), constant_bank(BANKS), 0.05)
    trim = trimmed(way, bare)
    pitch = about(Vector(each(0.0), each(0.1), each(0.0), Frame.BODY), Frame.BODY)
    pitched = (trim.attitude.then(pitch), trim.rate * 2.0)
    known = np.arange(LANES) % 2 == 0
    given = jax.tree.map(lambda x: jnp.where(known, x, jnp.nan), pitched)
    begin = trimmed(way, eqx.tree_at(lambda s: (s.attitude, s.rate), bare, given))
    kept = jax.tree.map(lambda a, b: jnp.where(known, a, b), pitched, (trim.attitude, trim.rate))
    for found, wanted in zip(
        *map(jax.tree.leaves, ((begin.attitude, begin.rate), kept)), strict=True
    ):
        np.testing.assert_array_equal(found, wanted)
    # Trimmed is on the commanded bank and without sideslip.
    seen = columns(way, _turn(way, bare, 0.05, 4), 1)
    assert seen["bank"][0] == pytest.approx(BANKS[1], abs=1e-12)
    assert seen["sideslip"][0] == pytest.approx(0.0, abs=1e-12)


SPEED, DENSITY = 3000.0, 1e-3
PRESSURE = 0.5 * DENSITY * SPEED**2


def swinging(
    stiffness: float, damping: float, off: float, step: float = 0.02
) -> tuple[RigidEntry, Leg]:
    """Let go `off` [rad] its trim in pitch, in even air without gravity, too heavy to slow."""
    where = world(PointGravity(0.0), atmosphere=UniformAtmosphere(DENSITY), earth=still_earth())
    one, free = body(1e12, stiffness=stiffness, damping=damping), control(limit=0.0)
    way = turning(where, one, free, constant_bank(np.zeros(LANES)), step)
    start = trimmed(way, level(where, 60e3, SPEED))
    pitched = about(Vector(each(0.0), each(off), each(0.0), Frame.BODY), Frame.BODY)
    none = Vector(each(0.0), each(0.0), each(0.0), Frame.BODY)
    let_go = (start.attitude.then(pitched), none)
    start = eqx.tree_at(lambda s: (s.attitude, s.rate), start, let_go)
    return way, _turn(way, start, 20.0, 1_100)


def off_trim(told: tuple[RigidEntry, Leg], trim: float) -> tuple[np.ndarray, np.ndarray]:
    """Times, and angles off the trim."""
    seen = columns(*told)
    assert len(seen["time"]) == 1001
    return seen["time"], seen["incidence"] + trim


def trim_there() -> float:
    sound = UniformAtmosphere(DENSITY).at(jnp.asarray(60e3)).sound_speed
    mach = jnp.asarray(SPEED) / sound
    one = jax.tree.map(lambda leaf: leaf[0], body().capsule)
    return float(one.trim(mach).angle)


@pytest.mark.slow
def test_let_go_it_swings_at_the_frequency_of_its_stiffness_and_keeps_its_swing():
    told = swinging(0.2, 0.0, 0.02)
    assert np.all(told[1].outcome == OutcomeCode.TIMED_OUT)
    t, off = off_trim(told, trim_there())
    w = np.sqrt(PRESSURE * 9.62 * 3.5 * 0.2 / 5500.0)
    # Turned nose up by 0.02 rad: the stream comes from below by so much more. The path is
    # straight and even, so the swing is a cosine; the scheme loses (w h)^5 / 144 of it a step.
    np.testing.assert_allclose(off, 0.02 * np.cos(w * t), atol=0.02 * 2e-4)


def test_damping_takes_the_swing_at_its_rate():
    damping = -50.0
    told = swinging(0.2, damping, 0.02)
    t, off = off_trim(told, trim_there())
    force = PRESSURE * 9.62 * 3.5
    w2, rate = force * 0.2 / 5500.0, -damping * force * 3.5 / (2.0 * SPEED) / 5500.0
    ring = np.sqrt(w2 - 0.25 * rate**2)
    decay = np.exp(-0.5 * rate * t) * (np.cos(ring * t) + 0.5 * rate / ring * np.sin(ring * t))
    assert decay[-1] < 0.5
    np.testing.assert_allclose(off, 0.02 * decay, atol=0.02 * 2e-4)


def test_far_off_its_trim_and_on_long_steps_it_says_so():
    _, leg = swinging(0.2, 0.0, 0.6)
    assert np.all(leg.outcome == OutcomeCode.LEFT_TRIM)
    _, leg = swinging(0.2, 0.0, 0.02, step=0.3)
    assert np.all(leg.outcome == OutcomeCode.STEP_TOO_LONG)


def test_in_a_vacuum_it_keeps_its_angular_momentum():
    where = world(PointGravity(0.0), atmosphere=NoAtmosphere(), earth=still_earth())
    one, free = body(), control(limit=0.0)
    way = turning(where, one, free, constant_bank(np.zeros(LANES)), 0.05)
    start = trimmed(way, level(where, 60e3, SPEED))
    rate = Vector(each(0.3), each(0.2), each(-0.1), Frame.BODY)
    start = eqx.tree_at(lambda s: s.rate, start, rate)

    def momentum(s: State) -> np.ndarray:
        h = s.attitude.inverse().apply(one.inertia.apply(s.rate))
        return np.array([float(c[0]) for c in (h.x, h.y, h.z)])

    before, after = momentum(start), momentum(_turn(way, start, 200.0).end)
    np.testing.assert_allclose(after, before, rtol=1e-7)
