"""Attitude against speed, load relief, rate limits and the laws of phases, each by itself."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Array
from typing_extensions import override

from tests.physics.rockets import steering
from yaan.environment.atmosphere import load_standard_atmosphere
from yaan.environment.wind import TableWind
from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.gnc.powered import Law, OpenLoop
from yaan.gnc.speed_table import SpeedTable, speed_table, table_of
from yaan.gnc.steered import (
    Fastest,
    Limited,
    Part,
    Parts,
    Relieved,
    Steered,
    Turning,
    angle_between,
    ascent_guidance,
    ascent_memory,
    height_of,
    load_relief,
    turn_rate,
    turned,
    turning,
)
from yaan.spacetime.earth import WGS84
from yaan.spacetime.frame import Frame, Vector

# A place off every axis, with directions made by hand.
LATITUDE, LONGITUDE = 0.24, 1.4
UP = np.array(
    [
        np.cos(LATITUDE) * np.cos(LONGITUDE),
        np.cos(LATITUDE) * np.sin(LONGITUDE),
        np.sin(LATITUDE),
    ]
)
EAST = np.array([-np.sin(LONGITUDE), np.cos(LONGITUDE), 0.0])
NORTH = np.cross(UP, EAST)
HEIGHT = 12e3  # [m]
ROUND = 1e-12  # [rad]: some hundred roundings of a float64 angle

unit_vectors = st.tuples(*[st.floats(-1.0, 1.0)] * 3).filter(lambda x: np.linalg.norm(x) > 0.1)


def gcrs(v: Any) -> Vector:
    # Of NumPy numbers: JAX would compile each cut of an array.
    x, y, z = (jnp.asarray(float(one)) for one in np.asarray(v))
    return Vector(x, y, z, Frame.GCRS)


def place(height: float = HEIGHT) -> np.ndarray:
    flat = WGS84.eccentricity2
    radius = WGS84.equatorial_radius / np.sqrt(1.0 - flat * np.sin(LATITUDE) ** 2)
    level = (radius + height) * np.cos(LATITUDE)
    axis = (radius * (1.0 - flat) + height) * np.sin(LATITUDE)
    return np.array([level * np.cos(LONGITUDE), level * np.sin(LONGITUDE), axis])


def estimate(t: float = 50.0, relative: Any = (0.0, 0.0, 0.0), stream: Any = None) -> Estimate:
    """Velocities towards east, north and up [m/s]; without a `stream` there is no wind."""
    axes = np.stack([EAST, NORTH, UP])
    v = np.asarray(relative, dtype=float) @ axes
    air = v if stream is None else np.asarray(stream, dtype=float) @ axes
    here, moving, met, up, east, north = map(gcrs, (place(), v, air, UP, EAST, NORTH))
    return Estimate(jnp.asarray(t), here, moving, moving, met, up, east, north)


def local(axis: Vector) -> np.ndarray:
    return np.stack([EAST, NORTH, UP]) @ numbers(axis)


def numbers(v: Vector) -> np.ndarray:
    return np.array([float(v.x), float(v.y), float(v.z)])


def between(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))


class Aimed(AbstractGuidance):
    """Asks for what it remembers; counts its updates and legs."""

    axis: Vector

    @override
    def start(self, t: Array, memory: dict[str, Array]) -> dict[str, Array]:
        return memory | {"legs": memory["legs"] + 1.0}

    @override
    def update(self, look: Callable[[], Estimate], memory: dict[str, Array]) -> dict[str, Array]:
        return memory | {"updates": memory["updates"] + 1.0, "seen": look().t}

    @override
    def finish(self, t: Array, memory: dict[str, Array]) -> dict[str, Array]:
        return memory | {"finished": t}

    @override
    def command(self, estimate: Estimate, memory: dict[str, Array]) -> Command:
        return Command(self.axis)

    @override
    def deadline(self, t: Array, memory: dict[str, Array]) -> Array:
        return t + 2.0


def unaimed() -> dict[str, Array]:
    return {name: jnp.asarray(0.0) for name in ("legs", "updates", "seen", "finished")}


# Turning


@settings(max_examples=60, deadline=None, derandomize=True)
@given(unit_vectors, unit_vectors, st.floats(0.0, np.pi))
def test_a_vector_is_turned_by_the_angle_and_in_the_plane(a: Any, b: Any, angle: float):
    start, aim = (np.asarray(v) / np.linalg.norm(v) for v in (a, b))
    found = numbers(_turned(gcrs(start), gcrs(aim), jnp.asarray(angle)))
    assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-14)
    assert between(start, found) == pytest.approx(angle, abs=ROUND)
    if 1e-3 < between(start, aim) < np.pi - 1e-3:
        assert found @ np.cross(start, aim) == pytest.approx(0.0, abs=ROUND)


_turned, _angle = jax.jit(turned), jax.jit(angle_between)


@pytest.mark.parametrize("axis", np.concatenate([np.eye(3), -np.eye(3), [UP, NORTH]]).tolist())
def test_opposite_axes_are_turned_to_the_right_angle(axis: list[float]):
    a = np.asarray(axis)
    for b in (a, -a, -a + 1e-9 * np.roll(a, 1), -a + 1e-12 * np.roll(a, 1)):
        aim = b / np.linalg.norm(b)
        found = numbers(_turned(gcrs(a), gcrs(aim), jnp.asarray(0.3)))
        assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-14)
        assert between(a, found) == pytest.approx(0.3, abs=ROUND)


def test_angles_are_exact_at_both_ends():
    # An arc cosine would give 1e-8 for each.
    for tiny in (0.0, 1e-12, 1e-9):
        a, b = UP, UP + tiny * EAST
        assert float(_angle(gcrs(a), gcrs(b))) == pytest.approx(tiny, abs=2e-15)
        assert float(_angle(gcrs(a), gcrs(-b))) == pytest.approx(np.pi - tiny, abs=2e-15)


# The table


def pitching(speed: np.ndarray, azimuth: float = 2.4) -> np.ndarray:
    """Vertical to 50 m/s, then over by 1 rad until 1,500 m/s."""
    tilt = np.interp(speed, [50.0, 90.0, 1500.0], [0.0, 0.1, 1.0])
    level = np.sin(tilt)
    axis = [level * np.sin(azimuth), level * np.cos(azimuth), np.cos(tilt)]
    return np.stack(axis, axis=-1)


def test_a_table_of_a_flight_is_thin_and_tells_its_error():
    speed = np.linspace(0.0, 1500.0, 2001)
    axis = pitching(speed)
    made = speed_table(speed, axis, tolerance=1e-4)
    assert made.error <= 1e-4
    assert made.held == 0.0
    assert 4 <= made.table.speed.shape[0] <= 40
    # What it says of its error is so, and a coarser one says more.
    read = np.stack([local(_at(made.table, v)) for v in speed[::37]])
    worst = max(between(a, b) for a, b in zip(read, axis[::37], strict=True))
    assert worst <= made.error + ROUND
    coarse = speed_table(speed, axis, tolerance=1e-2)
    assert 1e-4 < coarse.error <= 1e-2
    assert coarse.table.speed.shape[0] < made.table.speed.shape[0]


def _at(table: SpeedTable, speed: float) -> Vector:
    return _read(table, jnp.asarray(speed), estimate())


_read = jax.jit(lambda table, speed, seen: table.at(speed, seen))


def test_where_the_speed_does_not_rise_the_last_value_holds_and_the_rest_is_told():
    # It rises, falls over a coast in which the axis turns by 0.2 rad, and rises again.
    speed = np.concatenate([np.linspace(0, 500, 51), np.linspace(499, 480, 20), [480, 510, 600]])
    tilt = np.concatenate([np.zeros(51), np.linspace(0.0, 0.2, 20), [0.2, 0.2, 0.2]])
    axis = np.stack([np.sin(tilt), 0.0 * tilt, np.cos(tilt)], axis=-1)
    made = speed_table(speed, axis)
    assert made.held == pytest.approx(0.2, abs=1e-12)
    assert made.error == made.held
    assert np.all(np.diff(made.table.speed) > 0.0)
    np.testing.assert_allclose(local(_at(made.table, 500.0)), [0, 0, 1], atol=1e-14)


def test_a_coast_that_holds_its_axis_leaves_nothing_out():
    # The speed falls back to where the axis was another one; what was last commanded serves.
    speed = np.concatenate([np.linspace(0, 500, 51), np.linspace(499, 400, 20)])
    tilt = np.concatenate([np.linspace(0.0, 0.2, 51), np.full(20, 0.2)])
    made = speed_table(speed, np.stack([np.sin(tilt), 0.0 * tilt, np.cos(tilt)], axis=-1))
    assert made.held < ROUND
    assert made.error <= 1e-4


def test_a_table_is_held_beyond_its_ends_and_may_be_padded():
    table = table_of([100.0, 200.0], [1.2, 0.8], [0.5, 0.5])
    for made in (table, table.padded(9)):
        for speed, high in ((0.0, 1.2), (100.0, 1.2), (150.0, 1.0), (200.0, 0.8), (9e3, 0.8)):
            found = local(_at(made, speed))
            assert np.arcsin(found[2]) == pytest.approx(high, abs=1e-12)
            assert np.arctan2(found[0], found[1]) == pytest.approx(0.5, abs=1e-12)
    np.testing.assert_allclose(table.elevation, [1.2, 0.8])
    np.testing.assert_allclose(table.azimuth, [0.5, 0.5])


def bad_tables() -> list[tuple[str, Callable[[], object]]]:
    up = np.tile([0.0, 0.0, 1.0], (3, 1))
    return [
        ("does not rise", lambda: speed_table([5.0, 5.0, 4.0], up)),
        ("finite", lambda: speed_table([0.0, np.nan, 4.0], up)),
        ("unit", lambda: speed_table([0.0, 1.0, 4.0], 2.0 * up)),
        ("three components", lambda: speed_table([0.0, 1.0], up)),
        ("tolerance", lambda: speed_table([0.0, 1.0, 4.0], up, tolerance=0.0)),
        ("must rise", lambda: table_of([0.0, 2.0, 2.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0])),
        ("one length", lambda: table_of([0.0, 2.0], [1.0, 1.0], [0.0])),
        ("two speeds", lambda: table_of([0.0], [1.0], [0.0])),
        ("90 deg", lambda: table_of([0.0, 2.0], [1.5, -1.5], [0.0, 0.0])),
        ("are more", lambda: table_of([0.0, 1.0, 2.0], [1.0] * 3, [0.0] * 3).padded(2)),
        ("above 0 Pa rad", lambda: load_relief(0.0)),
        ("above 0 Pa rad", lambda: load_relief(-5.0)),
        ("above 0 Pa rad", lambda: load_relief(np.inf)),
        ("below 1", lambda: load_relief(2e3, 1.0)),
        ("above 0 rad/s", lambda: turn_rate(0.0)),
        ("above 0 rad/s", lambda: turn_rate(np.nan)),
    ]


def test_bad_input_is_refused_in_a_sentence():
    for words, make in bad_tables():
        with pytest.raises(ValueError, match=words):
            make()


# By speed


def test_the_attitude_follows_the_speed_and_holds_while_it_falls():
    law = Steered(table_of([100.0, 200.0], [1.2, 0.8], [0.5, 0.5]))
    memory, seen = Fastest(jnp.asarray(0.0)), []
    step = jax.jit(
        lambda e, m: (law.command(e, m).axis, law.update(lambda: e, m)),
    )
    for speed in (0.0, 150.0, 120.0, 150.0, 200.0):
        axis, memory = step(estimate(relative=(speed * 0.6, 0.0, speed * 0.8)), memory)
        seen.append(float(np.arcsin(local(axis)[2])))
    np.testing.assert_allclose(seen, [1.2, 1.0, 1.0, 1.0, 0.8], atol=1e-12)


# Relief

RELIEF = load_relief(2e3, 0.7)
_height = jax.jit(height_of)
_density = jax.jit(lambda relief, height: relief.density(height))


def test_height_and_density_are_those_of_the_standard():
    for height in (0.0, 12e3, 60e3):
        seen = estimate()
        seen = eqx.tree_at(lambda e: e.position, seen, gcrs(place(height)))
        assert float(_height(seen)) == pytest.approx(height, abs=1e-6)
    standard = load_standard_atmosphere()
    air = jax.jit(lambda height: standard.at(height).density)
    low, high = np.arange(-500.0, 20e3, 250.0), np.arange(20e3, 80e3, 250.0)
    for heights, most in ((low, 2e-3), (high, 1.3e-2)):
        told = np.exp(np.asarray(_density(RELIEF, jnp.asarray(heights))))
        np.testing.assert_allclose(told, air(jnp.asarray(heights)), rtol=most)


_relieved = jax.jit(lambda relief, axis, seen: relief.relieved(axis, seen))
_pressure = jax.jit(lambda relief, seen: relief.pressure(seen))


def loaded(relief: Any, axis: Any, seen: Estimate) -> tuple[float, float, np.ndarray]:
    """The q alpha [Pa rad] of an axis as asked, and as relieved, and that axis."""
    stream, pressure = _pressure(relief, seen)
    ahead = numbers(stream)
    ahead, q = ahead / np.linalg.norm(ahead), float(pressure)
    wanted = np.asarray(axis, dtype=float)
    found = numbers(_relieved(relief, gcrs(wanted), seen))
    assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-14)
    return q * between(ahead, wanted), q * between(ahead, found), found


@settings(max_examples=80, deadline=None, derandomize=True)
@given(unit_vectors, unit_vectors, st.floats(0.0, 900.0))
def test_the_load_of_a_command_is_within_its_limit(a: Any, v: Any, speed: float):
    axis, way = (np.asarray(x) / np.linalg.norm(x) for x in (a, v))
    asked, flown, found = loaded(RELIEF, axis, estimate(stream=speed * way))
    # Rounding of q times that of an angle: q is below 130 kPa here.
    assert flown <= 2e3 + 1e-9
    if asked <= 0.7 * 2e3:
        np.testing.assert_array_equal(found, axis)
    else:
        assert 0.7 * 2e3 - 1e-9 <= flown <= asked + 1e-9


def test_relief_is_continuous_with_its_slope_where_it_begins():
    # At 400 m/s and 12 km, 25 kPa: the limit is 4.6 deg, and relief begins at 3.2 deg.
    seen = estimate(stream=(0.0, 0.0, 400.0))
    q = float(_pressure(RELIEF, seen)[1])
    begins = 0.7 * 2e3 / q
    angles = begins + np.array([-2e-6, -1e-6, 0.0, 1e-6, 2e-6])
    loads = [loaded(RELIEF, np.cos(x) * UP + np.sin(x) * EAST, seen)[1] for x in angles]
    slopes = np.diff(loads) / np.diff(angles) / q
    np.testing.assert_allclose(slopes, 1.0, atol=1e-6)
    # Far beyond, it is the limit; the axis stays on its own side.
    _, load, found = loaded(RELIEF, EAST, seen)
    assert load == pytest.approx(2e3, rel=1e-6)
    assert found @ EAST > 0.0
    assert found @ NORTH == pytest.approx(0.0, abs=ROUND)


SINGULAR = {
    "at rest": (0.0, 0.0, 0.0),
    "hardly moving": (1e-9, 0.0, 0.0),
    "vertical": (0.0, 0.0, 500.0),
    "from behind": (0.0, 0.0, -500.0),
    "from the side": (500.0, 0.0, 0.0),
    "enormous": (0.0, 0.0, 1e6),
}


@pytest.mark.parametrize("stream", SINGULAR.values(), ids=list(SINGULAR))
def test_no_stream_leaves_no_number(stream: tuple[float, float, float]):
    _, load, found = loaded(RELIEF, UP, estimate(stream=stream))
    assert np.all(np.isfinite(found))
    assert load <= 2e3 + 1e-9
    if np.linalg.norm(stream) < 1.0:
        np.testing.assert_array_equal(found, UP)


def test_a_wind_that_was_loaded_is_all_that_is_relieved():
    # The estimate meets 60 m/s from the side; what was loaded is half of it.
    wind = TableWind([0.0, 3e4], [30.0, 30.0], [0.0, 0.0])
    relief = load_relief(1e3, 0.0, wind)
    seen = estimate(relative=(0.0, 0.0, 400.0), stream=(-60.0, 0.0, 400.0))
    stream, _ = _pressure(relief, seen)
    np.testing.assert_allclose(local(stream), [-30.0, 0.0, 400.0], atol=1e-8)
    # Straight at the stream of the loaded wind nothing is to be relieved.
    calm = np.array([-30.0, 0.0, 400.0]) @ np.stack([EAST, NORTH, UP])
    asked, flown, _ = loaded(relief, calm / np.linalg.norm(calm), seen)
    assert flown == pytest.approx(asked, abs=1e-6)
    assert asked < 1e-6


def test_a_relieved_law_is_that_law_relieved():
    law, seen = Relieved(Aimed(gcrs(EAST)), RELIEF), estimate(stream=(0.0, 0.0, 400.0))
    found = numbers(_commanded(law, seen, unaimed()))
    np.testing.assert_allclose(found, loaded(RELIEF, EAST, seen)[2], atol=1e-13)
    assert float(law.start(jnp.asarray(3.0), unaimed())["legs"]) == 1.0
    assert float(law.finish(jnp.asarray(3.0), unaimed())["finished"]) == 3.0
    assert float(law.deadline(jnp.asarray(3.0), unaimed())) == 5.0


# The rate

RATE = 0.05  # [rad/s]
_commanded = jax.jit(lambda law, seen, memory: law.command(seen, memory).axis)


@jax.jit
def _step(axis: Vector, seen: Estimate, memory: Turning) -> tuple[Vector, Turning]:
    law = Limited(Aimed(axis), jnp.asarray(RATE))
    return law.command(seen, memory).axis, law.update(lambda: seen, memory)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(unit_vectors, st.floats(1e-6, 30.0)), min_size=2, max_size=12))
def test_no_step_turns_faster_than_the_rate(asked: list[tuple[Any, float]]):
    t, memory, before = 0.0, turning(jnp.asarray(0.0), unaimed()), None
    for wanted, h in asked:
        axis = np.asarray(wanted) / np.linalg.norm(wanted)
        t += h
        command, memory = _step(gcrs(axis), estimate(t), memory)
        found = numbers(command)
        assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-14)
        if before is not None:
            assert between(before, found) <= RATE * h + ROUND
            # And no slower than it may, where what is asked is further.
            left = between(before, axis)
            assert between(before, found) == pytest.approx(min(RATE * h, left), abs=1e-10)
        before = found
    assert float(memory.inner["updates"]) == len(asked)


def test_half_a_turn_takes_its_time_and_arrives():
    memory = Turning(gcrs(UP), jnp.asarray(0.0), unaimed())
    for k in range(1, 10):
        command, memory = _step(gcrs(-UP), estimate(10.0 * k), memory)
        turn = between(UP, numbers(command))
        assert turn == pytest.approx(min(np.pi, 0.5 * k), abs=ROUND)


def test_what_was_never_commanded_is_free_and_a_phase_goes_on_with_its_axis():
    law, never = Limited(Aimed(gcrs(EAST)), jnp.asarray(RATE)), turning(jnp.asarray(0.0), unaimed())
    first = _commanded(law, estimate(0.0), law.start(jnp.asarray(0.0), never))
    np.testing.assert_array_equal(numbers(first), EAST)
    memory = _step(gcrs(EAST), estimate(7.0), never)[1]
    other = Limited(Aimed(gcrs(NORTH)), jnp.asarray(RATE))
    handed = other.start(jnp.asarray(7.0), law.finish(jnp.asarray(7.0), memory))
    assert float(handed.inner["finished"]) == 7.0
    np.testing.assert_array_equal(numbers(_commanded(other, estimate(7.0), handed)), EAST)
    # Within the step it goes on smoothly from there.
    turns = [
        between(EAST, numbers(_commanded(other, estimate(7.0 + h), handed)))
        for h in (0.0, 0.1, 0.2, 0.4)
    ]
    np.testing.assert_allclose(turns, RATE * np.array([0.0, 0.1, 0.2, 0.4]), atol=ROUND)


# The laws of phases


def file_law(law: Law = Law.VERTICAL) -> OpenLoop:
    number, flag, began, stop = (jnp.asarray(x) for x in (0, False, 40.0, 80.0))
    constants = steering(kick=0.2, azimuth=2.4)
    return OpenLoop(constants, jnp.asarray(int(law)), number, flag, flag, began, stop)


TABLE = table_of([100.0, 200.0], [1.2, 0.8], [0.5, 0.5])


def flown(part: Array, **given: Any) -> AbstractGuidance:
    told: dict[str, Any] = {"table": TABLE, "explicit": Aimed(gcrs(EAST)), **given}
    return ascent_guidance(file_law(), part, **told)


def memory_of(like: Any = 0.0, *, rate: bool = False) -> Any:
    zeros = jnp.asarray(like)
    own = {name: jnp.zeros_like(zeros) for name in unaimed()}
    return ascent_memory(zeros, table=True, rate=rate, explicit=own)


@jax.jit
def _leg(law: AbstractGuidance, seen: Estimate) -> Any:
    return law.update(lambda: seen, law.start(jnp.asarray(40.0), memory_of()))


@pytest.mark.parametrize(
    ("part", "high"), [(Part.LAWS, np.pi / 2), (Part.TABLE, 1.0), (Part.EXPLICIT, 0.0)]
)
def test_each_phase_flies_its_law_and_updates_no_other(part: Part, high: float):
    law, seen = flown(jnp.asarray(int(part))), estimate(50.0, relative=(0.0, 150.0, 0.0))
    memory = _leg(law, seen)
    found = local(_commanded(law, seen, memory))
    assert np.arcsin(np.clip(found[2], -1.0, 1.0)) == pytest.approx(high, abs=1e-7)
    memory = law.finish(jnp.asarray(60.0), memory)
    own = 1.0 if part is Part.EXPLICIT else 0.0
    told = {"legs": own, "updates": own, "seen": 50.0 * own, "finished": 60.0 * own}
    assert {name: float(x) for name, x in memory.explicit.items()} == told
    assert float(memory.table.speed) == pytest.approx(150.0)
    assert float(law.deadline(jnp.asarray(1.0), memory)) == (3.0 if own else np.inf)


def test_a_law_that_there_is_not_leaves_that_of_the_file():
    law = ascent_guidance(file_law(), jnp.asarray(int(Part.EXPLICIT)), table=TABLE)
    memory = ascent_memory(jnp.asarray(0.0), table=True, rate=False)
    memory = law.finish(jnp.asarray(60.0), law.start(jnp.asarray(40.0), memory))
    seen = estimate(50.0, relative=(0.0, 150.0, 0.0))
    np.testing.assert_allclose(local(_commanded(law, seen, memory)), [0, 0, 1], atol=1e-14)


def test_single_and_batch_agree_in_all_parts():
    parts = jnp.asarray([int(p) for p in (Part.TABLE, Part.LAWS, Part.EXPLICIT, Part.TABLE)])
    seen = [estimate(50.0 + k, (20.0 * k, 150.0 + k, 300.0), (5.0, 190.0, 300.0)) for k in range(4)]
    many = jax.tree.map(lambda *x: jnp.stack(x), *seen)
    given = {"relief": RELIEF, "rate": turn_rate(0.01)}

    def step(part: Array, e: Estimate, memory: Any) -> Any:
        law = flown(part, **given)
        memory = law.update(lambda: e, law.start(jnp.asarray(40.0), memory))
        return law.command(e, memory).axis, memory

    start = memory_of(np.zeros(4), rate=True)
    together = jax.jit(jax.vmap(step))(parts, many, start)
    alone = jax.jit(step)
    for k in range(4):
        one = alone(parts[k], seen[k], memory_of(0.0, rate=True))
        for a, b in zip(jax.tree.leaves(together), jax.tree.leaves(one), strict=True):
            np.testing.assert_allclose(np.asarray(a)[k], b, rtol=1e-13, atol=1e-13)


def test_a_batch_asks_once_whether_any_lane_flies_the_explicit_law():
    # Under vmap a condition of a lane is a select; this one must be left a condition.
    def update(part: Array, e: Estimate, memory: Any) -> Any:
        return flown(part).update(lambda: e, memory)

    parts = jnp.asarray([int(Part.TABLE)] * 3)
    many = jax.tree.map(lambda x: jnp.stack([x] * 3), estimate())
    traced = jax.make_jaxpr(jax.vmap(update))(parts, many, memory_of(np.zeros(3)))
    assert " cond[" in str(traced)
    # And nothing moves where none flies.
    after = jax.jit(jax.vmap(update))(parts, many, memory_of(np.zeros(3)))
    np.testing.assert_array_equal(after.explicit["updates"], 0.0)


def test_parts_alone_need_no_estimate():
    def never() -> Estimate:
        raise AssertionError("nobody asked")

    law = Parts(file_law(), None, None, jnp.asarray(0))
    memory = ascent_memory(jnp.asarray(0.0), table=False, rate=False)
    assert law.update(never, memory) is memory


def test_an_estimate_that_is_no_number_is_not_hidden() -> None:
    # Bad numbers must end a flight with its sentence, not be flown on silently.
    law = flown(jnp.asarray(int(Part.TABLE)), relief=RELIEF)
    axis = _commanded(law, estimate(relative=(np.nan, 0.0, 0.0)), memory_of())
    assert not np.any(np.isfinite(numbers(axis)))
