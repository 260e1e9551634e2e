"""Laws of an entry, alone: what they see and foresee, how they search, what they never do."""

from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.base.constants import EARTH_MU, EARTH_SPIN
from yaan.environment import NoAtmosphere, load_standard_atmosphere
from yaan.gnc.bank import BankProfile
from yaan.gnc.entry_guidance import (
    AnalyticBank,
    Guided,
    Lateral,
    OpenLoopBank,
    PredictorCorrector,
    Relief,
    Remembered,
    Side,
    SpinUp,
)
from yaan.gnc.entry_prediction import (
    EntryModel,
    Foreseen,
    Planar,
    Ratios,
    Sight,
    aim_at,
    air_table,
    foresee,
    moved,
    pulls,
    sight,
)
from yaan.gnc.entry_reference import reference_of
from yaan.gnc.navigation import Estimate
from yaan.spacetime import Frame, Geodetic, Vector, still_rotation, uniform_rotation
from yaan.spacetime.zone import distance
from yaan.vehicle import Capsule

LANES = 16
HEIGHT = 7e3  # [m] where the entry ends


@cache
def model(*, air: bool = True, lift: float = 0.36, earth: str = "turning") -> EntryModel:
    """A crew module over the equator, its aim 3,500 km to the east; one lane."""
    turning = earth == "turning"
    atmosphere = load_standard_atmosphere() if air else NoAtmosphere()
    rotation = uniform_rotation(duration=3600.0) if turning else still_rotation()
    return EntryModel(
        aim=aim_at(rotation, 0.0, 3.5e6 / 6378137.0, 0.0, EARTH_SPIN if turning else 0.0),
        capsule=Capsule(
            mass=5300.0,
            area=9.62,
            nose_radius=4.2,
            emissivity=0.85,
            mach=[0.5, 2.0, 10.0, 25.0],
            lift=np.array([0.24, 0.52, 0.42, 0.38]) * lift / 0.36,
            drag=[0.86, 1.28, 1.24, 1.30],
            angle=np.radians([12.0, 27.0, 22.6, 19.3]),
        ),
        air=air_table(atmosphere),
        height=jnp.asarray(HEIGHT),
        speed=jnp.asarray(0.0),
        j2=jnp.asarray(0.0),
    )


def seen_from(
    height: float = 120e3,
    speed: float = 7.4e3,
    angle: float = -1.5,
    heading: float = 90.0,
    latitude: float = 0.0,
    longitude: float = 0.0,
    sensed: tuple[float, float, float] | None = None,
) -> Estimate:
    """What is believed at t = 0, moving against the ground at two angles [deg]."""
    north_of, east_of = (jnp.asarray(float(x)) for x in np.radians([latitude, longitude]))
    place = Geodetic(north_of, east_of, jnp.asarray(float(height)))

    def gcrs(v: Vector) -> Vector:
        return Vector(v.x, v.y, v.z, Frame.GCRS)  # one with ITRS at t = 0

    up, east, position = (gcrs(v) for v in (place.up(), place.east(), place.position()))
    north = up.cross(east)
    rise, bearing = np.radians([angle, heading])
    level = east * float(np.sin(bearing)) + north * float(np.cos(bearing))
    relative = (level * float(np.cos(rise)) + up * float(np.sin(rise))) * speed
    felt = None
    if sensed is not None:
        x, y, z = (jnp.asarray(value) for value in sensed)
        felt = Vector(x, y, z, Frame.GCRS)
    directions = (relative, relative, relative, up, east, north)
    return Estimate(jnp.asarray(0.0), position, *directions, sensed=felt)


def stacked(*trees: Any) -> Any:
    """Lanes of modules, the last one repeated up to `LANES`."""
    filled = [*trees, *[trees[-1]] * (LANES - len(trees))]
    return jax.tree.map(lambda *x: jnp.stack([jnp.asarray(v) for v in x]), *filled)


def law(**changes: Any) -> PredictorCorrector:
    """The predictor-corrector for the model."""
    return PredictorCorrector(model=changes.pop("model", model()), **changes)


@eqx.filter_jit
def once(laws: Any, estimates: Estimate, memory: Remembered) -> Remembered:
    """One more update."""
    return jax.vmap(lambda one, e, m: one.update(e, m.command, m))(laws, estimates, memory)


@eqx.filter_jit
def cycles(laws: Any, estimates: Estimate, count: int) -> Remembered:
    """Lanes of laws updated `count` times at the same estimates."""
    memory = jax.vmap(lambda one, e: one.start(e))(laws, estimates)

    def again(_: Any, memory: Remembered) -> Remembered:
        return once(laws, estimates, memory)

    return jax.lax.fori_loop(0, count, again, memory)


@eqx.filter_jit
def foreseen(known: EntryModel, seen: Sight, cosine: jax.Array, step: jax.Array) -> Foreseen:
    """An entry foreseen at a cosine of the bank."""
    one = jnp.ones(())
    return foresee(known, seen, Ratios(one, one), lambda y, pull: cosine, step)


seen_by = eqx.filter_jit(sight)
pulled = eqx.filter_jit(pulls)


# What is seen.


def test_an_aim_turns_with_the_earth():
    earth = uniform_rotation(duration=7200.0)
    aim = aim_at(earth, 0.3, 1.4, 600.0)
    for t in (0.0, 600.0, 4000.0):
        place = Geodetic(jnp.asarray(0.3), jnp.asarray(1.4), jnp.asarray(0.0)).position()
        there = earth.rotation(jnp.asarray(t)).inverse().apply(place)
        assert float((aim.at(jnp.asarray(t)) - there).norm()) < 1e-3  # [m]


def test_the_aim_is_seen_at_its_range_and_to_its_side():
    known = model()
    ahead = seen_by(known, seen_from())
    assert float(ahead.range) == pytest.approx(3.5e6, rel=1e-6)
    assert abs(float(ahead.error)) < 1e-9
    # Heading north of east the aim is to the right, to the south of it to the left.
    assert float(seen_by(known, seen_from(heading=80.0)).error) == pytest.approx(np.radians(10.0))
    assert float(seen_by(known, seen_from(heading=97.0)).error) == pytest.approx(np.radians(-7.0))
    behind = seen_by(known, seen_from(heading=270.0))
    assert float(behind.range) == pytest.approx(-3.5e6, rel=1e-6)
    here = seen_by(known, seen_from(longitude=np.degrees(3.5e6 / 6378137.0)))
    assert abs(float(here.range)) < 2.0  # [m]


def test_height_and_weight_are_those_of_the_ellipsoid():
    for latitude in (0.0, 35.0, -60.0):
        seen = seen_by(model(), seen_from(latitude=latitude, height=43e3))
        assert float(seen.height) == pytest.approx(43e3, abs=1e-6)
    still = seen_by(model(earth="still"), seen_from())
    assert float(still.weight) == pytest.approx(EARTH_MU / float(still.radius) ** 2)
    assert float(still.lifting) == 0.0
    assert float(still.turning) == 0.0
    # Eastward the Earth's rotation lifts, westward it presses.
    east, west = (float(seen_by(model(), seen_from(heading=h)).lifting) for h in (90.0, 270.0))
    assert east == pytest.approx(2.0 * EARTH_SPIN)
    assert west == pytest.approx(-2.0 * EARTH_SPIN)


def test_an_aim_is_moved_along_the_ground():
    latitude, longitude = moved(0.5, 1.0, 3e3, -4e3)
    assert distance(latitude, longitude, 0.5, 1.0) == pytest.approx(5e3, rel=4e-3)
    assert latitude < 0.5
    assert longitude > 1.0


def test_the_table_of_air_is_near_the_standard():
    table, standard = air_table(load_standard_atmosphere()), load_standard_atmosphere()
    heights = jnp.linspace(0.0, 89e3, 400)
    density, _, sound = jax.vmap(table.at)(heights)
    air = standard.at(heights)
    np.testing.assert_allclose(density, air.density, rtol=6e-3)
    np.testing.assert_allclose(sound, air.sound_speed, rtol=6e-3)


# What is foreseen.


def test_without_air_it_is_foreseen_to_fall_as_a_stone_does():
    # From rest over an Earth that stands still: 20 km to 7 km take sqrt(2 s / g) within what the
    # weight changes over 20 km, 0.6 %. Thrown across at 100 m/s it comes down so far on.
    still = model(air=False, earth="still")
    seen = seen_by(still, seen_from(height=20e3, speed=100.0, angle=0.0))
    end = foreseen(still, seen, jnp.asarray(0.0), jnp.asarray(1.0))
    lasts = np.sqrt(2.0 * 13e3 / 9.79)
    assert float(end.ended) == 1.0
    assert float(end.range) == pytest.approx(100.0 * lasts, rel=6e-3)


def test_longer_steps_foresee_the_same_entry():
    # Of 3,500 km: 2 km of the range and 2 % of the load at the default step.
    seen = seen_by(model(), seen_from())
    fine, default = (foreseen(model(), seen, jnp.asarray(0.5), jnp.asarray(h)) for h in (0.7, 6.0))
    assert float(fine.ended) == 1.0
    assert float(default.range) == pytest.approx(float(fine.range), abs=2e3)
    assert float(default.aside) == pytest.approx(float(fine.aside), rel=5e-3)
    assert float(default.load) == pytest.approx(float(fine.load), rel=2e-2)


def test_more_lift_up_goes_farther_and_is_felt_less():
    seen = seen_by(model(), seen_from())
    ends = [foreseen(model(), seen, jnp.asarray(c), jnp.asarray(6.0)) for c in (-0.5, 0.2, 0.8)]
    ranges, loads = ([float(getattr(e, name)) for e in ends] for name in ("range", "load"))
    assert ranges == sorted(ranges)
    assert loads == sorted(loads, reverse=True)


# How it searches.


def test_the_search_converges_wherever_the_aim_is_in_reach_and_says_where_it_is_not():
    # Aims from 500 to 6,000 km; what is in reach is what the prediction itself says of the two
    # largest banks. In reach: within 2 km after eight cycles, from any side.
    ranges = np.linspace(0.5e6, 6.0e6, LANES)
    aims = [aim_at(uniform_rotation(duration=9.0), 0.0, r / 6378137.0, 0.0) for r in ranges]
    models = [eqx.tree_at(lambda m: m.aim, model(), aim) for aim in aims]
    laws = stacked(*[law(model=m) for m in models])
    ended = cycles(laws, stacked(seen_from()), 8)
    seen = eqx.tree_at(lambda s: s.range, seen_by(model(), seen_from()), jnp.asarray(2e7))
    bounds = np.cos([float(law().largest_bank), float(law().least_bank)])
    near, far = (
        float(foreseen(model(), seen, jnp.asarray(c), jnp.asarray(6.0)).range) for c in bounds
    )
    within = (ranges > near + 5e3) & (ranges < far - 5e3)
    assert 3 <= np.sum(within) < LANES - 3
    assert np.all(np.abs(ended.miss[within]) < 2e3)
    # Above the air it holds its bank; the search stands beside the command.
    assert np.all(np.asarray(ended.status) == Guided.HOLDING)
    np.testing.assert_allclose(np.asarray(ended.cosine)[ranges > far], bounds[1])
    np.testing.assert_allclose(np.asarray(ended.cosine)[ranges < near], bounds[0])
    # In the air it says so.
    felt = cycles(laws, stacked(seen_from(height=75e3)), 8)
    status = np.asarray(felt.status)
    assert status[0] == Guided.LONG
    assert status[-1] == Guided.SHORT
    assert np.any(status == Guided.CONVERGED)
    assert np.all(np.abs(np.asarray(felt.miss)[status == Guided.CONVERGED]) < 2e3)


ODD: dict[str, Any] = {
    "vertical fall": {"angle": -90.0, "speed": 200.0, "height": 12e3},
    "vertical climb": {"angle": 90.0, "speed": 2e3, "height": 60e3},
    "at rest": {"speed": 0.0, "height": 30e3},
    "aim behind": {"heading": 270.0, "height": 60e3},
    "over the aim": {"longitude": np.degrees(3.5e6 / 6378137.0), "height": 30e3},
    "antipodes": {"longitude": 180.0 + np.degrees(3.5e6 / 6378137.0)},
    "over the pole": {"latitude": 90.0},
    "below the end": {"height": 1e3, "speed": 100.0, "angle": -60.0},
    "far too fast": {"speed": 13e3, "height": 60e3, "angle": -20.0},
    "leaving": {"speed": 11e3, "angle": 30.0},
}


@pytest.mark.parametrize("which", ["plain", "no lift", "no air"])
def test_nothing_that_is_odd_makes_a_command_that_is_not_finite(which: str):
    known = {"plain": model(), "no lift": model(lift=0.0), "no air": model(air=False)}[which]
    estimates = stacked(*[seen_from(**dict(odd)) for odd in ODD.values()])
    ended = cycles(stacked(law(model=known)), estimates, 8)
    for leaf in jax.tree.leaves(ended):
        assert np.all(np.isfinite(leaf))
    assert np.all(np.abs(ended.cosine) <= 1.0)
    # Far behind or beyond there is nothing to converge to.
    if which == "plain":
        assert np.asarray(ended.status)[list(ODD).index("aim behind")] == Guided.LONG


def test_what_is_not_finite_is_not_followed():
    sick = eqx.tree_at(lambda e: e.relative.x, seen_from(height=75e3), jnp.asarray(jnp.nan))
    good = seen_from(height=75e3)
    before = cycles(stacked(law()), stacked(good), 8)
    laws = stacked(law())
    after = once(laws, stacked(sick), before)
    assert np.all(np.asarray(after.status) == Guided.BLIND)
    np.testing.assert_array_equal(after.command, before.command)


def test_one_lane_and_a_batch_are_told_the_same():
    estimates = stacked(*[seen_from(height=h) for h in np.linspace(60e3, 80e3, LANES)])
    laws = stacked(law())
    batch = cycles(laws, estimates, 8)
    one, there = jax.tree.map(lambda x: x[3:4], (laws, estimates))
    alone = cycles(one, there, 8)
    for a, b in zip(jax.tree.leaves(batch), jax.tree.leaves(alone), strict=True):
        np.testing.assert_allclose(np.asarray(a)[3], np.asarray(b)[0], rtol=1e-11, atol=1e-11)


def test_measured_drag_and_lift_become_ratios():
    # What is measured is the model's own at the state, a fifth denser and with a tenth less lift.
    there = seen_from(height=70e3, angle=0.0)
    seen, one = seen_by(model(), there), jnp.ones(())
    y = _planar(seen)
    pull = pulled(model(), Ratios(one, one), y)
    drag, lift = 1.2 * float(pull.drag), 1.2 * 0.9 * float(pull.lift)
    # At t = 0 over the equator at longitude zero: up is x, ahead is y.
    measured = seen_from(height=70e3, angle=0.0, sensed=(lift, -drag, 0.0))
    ended = cycles(stacked(law(filter_time=0.5)), stacked(measured), 8)
    assert float(ended.drag_ratio[0]) == pytest.approx(1.2, rel=1e-6)
    assert float(ended.lift_ratio[0]) == pytest.approx(0.9, rel=1e-6)


def _planar(seen: Sight) -> Any:
    zero = jnp.zeros(())
    return Planar(seen.height, seen.across, seen.rise, zero, zero, zero)


# To which hand, and how much for the load's sake.


def test_it_changes_hands_beyond_the_dead_band_alone():
    seen, speed = seen_by(model(), seen_from()), jnp.asarray(7.4e3)
    lateral = Lateral(share=0.5, heading=1.0, least=100.0, roll_rate=1e9, roll_acceleration=1e20)

    def hand(passing: float, before: float, reach: float = 50e3) -> float:
        side = Side(*(jnp.asarray(x) for x in (reach, passing, 1.0, 3.0)))
        return float(lateral.hand(seen, side, jnp.asarray(before), speed))

    assert hand(24e3, 1.0) == 1.0
    assert hand(26e3, 1.0) == -1.0
    assert hand(26e3, -1.0) == -1.0
    assert hand(-26e3, -1.0) == 1.0
    # As the reach shrinks with the speed the band does, to its least.
    assert hand(1e3, 1.0, reach=1e3) == -1.0
    assert hand(90.0, 1.0, reach=0.0) == 1.0


def test_the_heading_bounds_the_dead_band():
    seen = seen_by(model(), seen_from(heading=97.0))  # the aim is 7 deg to the left
    side = Side(*(jnp.asarray(x) for x in (1e6, 0.0, 1.0, 0.0)))
    for limit, expected in ((8.0, 1.0), (6.0, -1.0)):
        lateral = Lateral(share=1.0, heading=np.radians(limit))
        assert float(lateral.hand(seen, side, jnp.asarray(1.0), jnp.asarray(7e3))) == expected


def test_a_limit_raises_the_lift_as_it_comes_near_and_no_limit_never_does():
    seen, one = seen_by(model(), seen_from(height=45e3, speed=3.5e3, angle=-4.0)), jnp.ones(())
    pull = pulled(model(), Ratios(one, one), _planar(seen))
    loads = np.array([0.0, 1.0, 2.95, 3.9, 4.5])
    relief = Relief(load=4.0, lead=0.0)
    raised = [float(relief.raised(jnp.asarray(x), seen.rise, pull)) for x in loads]
    assert raised[:3] == [0.0, 0.0, 0.0]
    assert 0.0 < raised[3] < raised[4]
    assert float(Relief().raised(jnp.asarray(1e6), seen.rise, pull)) == 0.0
    # A load that is still growing is met earlier.
    early = Relief(load=4.0, lead=6.0).raised(jnp.asarray(2.95), seen.rise, pull)
    assert float(pull.growing(seen.rise)[0]) > 0.0
    assert float(early) > 0.0
    hot = Relief(flux=0.9 * float(pull.flux), lead=0.0)
    assert float(hot.raised(jnp.asarray(0.0), seen.rise, pull)) > 0.0


# The others.


def test_the_analytic_law_knows_its_own_reference():
    # On the reference it asks for the reference's bank, and off it for more or less lift up.
    bank = 1.0
    reference = reference_of(model(), seen_from(), bank, nodes=8)
    assert np.all(np.diff(reference.energy) > 0.0)
    assert np.all(np.diff(reference.range) > 0.0)
    assert np.all(np.asarray(reference.by_cosine)[2:] > 0.0)
    at = 5
    height = float(jnp.interp(reference.energy[at], *_heights(reference, bank)))
    energy, rise = float(reference.energy[at]), float(reference.rise[at])
    speed = np.sqrt(2.0 * (energy - 9.80665 * height))
    cosines = []
    for off in (-50e3, 0.0, 50e3):
        aim = aim_at(
            uniform_rotation(duration=9.0), 0.0, (float(reference.range[at]) + off) / 6378137.0, 0.0
        )
        one = AnalyticBank(model=eqx.tree_at(lambda m: m.aim, model(), aim), reference=reference)
        estimate = seen_from(height, speed, float(np.degrees(np.arcsin(rise / speed))))
        cosines.append(float(one.update(estimate, jnp.asarray(0.0), one.start(estimate)).cosine))
    assert cosines[1] == pytest.approx(np.cos(bank), abs=0.02)
    assert cosines[0] < cosines[1] < cosines[2]


def _heights(reference: Any, bank: float) -> tuple[Any, Any]:
    """Height by energy of the reference: where its drag is the model's."""
    one = jnp.ones(())
    heights = jnp.linspace(8e3, 100e3, 2000)

    def drag(energy: Any, height: Any) -> Any:
        speed = jnp.sqrt(jnp.maximum(2.0 * (energy - 9.80665 * height), 1.0))
        zero = jnp.zeros(())
        return jnp.log(
            pulled(model(), Ratios(one, one), Planar(height, speed, zero, *[zero] * 3)).drag
        )

    del bank
    found = []
    for energy, log_drag in zip(reference.energy, reference.log_drag, strict=True):
        drags = jax.vmap(lambda h, e=energy: drag(e, h))(heights)
        found.append(float(heights[jnp.argmin(jnp.abs(drags - log_drag))]))
    return reference.energy, jnp.asarray(found)


def test_a_reference_that_does_not_come_down_is_refused():
    with pytest.raises(ValueError, match="does not come down"):
        reference_of(model(), seen_from(speed=11.5e3, angle=5.0), 0.0, nodes=4)


def test_open_loop_and_spin_know_the_time_alone():
    later = eqx.tree_at(lambda e: e.t, seen_from(), jnp.asarray(30.0))
    programme = OpenLoopBank(bank=BankProfile([10.0, 20.0], [0.5, 1.5]))
    memory = programme.start(eqx.tree_at(lambda e: e.t, seen_from(), jnp.asarray(15.0)))
    assert float(programme.command(later, memory)) == pytest.approx(1.0)
    spin = SpinUp(rate=0.2)
    assert float(spin.command(later, spin.start(seen_from()))) == pytest.approx(6.0)
