"""What `speed.py` and `gpu.py` fly of Yaan: one row, in this process; prints its rate as JSON.

Its arguments: ROW LANES [FILE], into which the places go where the lanes end [lanes, 3, m].
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

MU = 3.986004415e14  # [m^3/s^2]

Flown = tuple[int, np.ndarray]
"""Steps of all lanes that count, and where each ended [lanes, 3, m]."""


def entry(lanes: int, gravity: Any, *, shadowed: bool = False) -> Callable[[], Flown]:
    """Entries of `capsule-entry` from 120 km to 7 km at 0.25 s, each lane off its interface.

    1976 air, Mach tables, a bank profile, the Earth as it turns, peaks, ends only. `shadowed`:
    each with its shadow on steps twice as long, which tells what it is out by and does not count.
    """
    import yaan
    from yaan.description import InterfaceSpec
    from yaan.design.return_flight import interface_of
    from yaan.dynamics.state import state_of
    from yaan.flight import legs
    from yaan.flight.models.craft import build_capsule
    from yaan.flight.models.world import build_world
    from yaan.gnc.bank import BankProfile
    from yaan.motion.entry import Handover

    changed = {"environment.gravity": gravity, "environment.earth": "iers"}
    mission = yaan.load("capsule-entry").replace(changed)
    world, flight = build_world(mission.plan), mission.plan.entry_flight
    assert flight is not None
    assert isinstance(mission.plan.start, InterfaceSpec)
    count = 2 * lanes if shadowed else lanes
    # Shadows need half the passes: they go side by side with each other.
    own = np.arange(count) % lanes
    capsule = legs.in_lanes(build_capsule(flight.capsule), count)
    first = interface_of(mission.plan.start, world)
    off = np.random.default_rng(1).standard_normal((2, lanes, 3))[:, own]
    place, motion = first.position_gcrs + 1e3 * off[0], first.velocity_gcrs + 2.0 * off[1]
    start = state_of(np.zeros(count), place, motion)
    times = np.repeat(np.linspace(0.0, 600.0, 11)[None], count, axis=0)
    angles = np.repeat(np.radians([[60.0, -60.0] * 5 + [60.0]]), count, axis=0)
    until = legs.in_lanes(Handover(height=7e3), count)
    longer = np.where(np.arange(count) < lanes, 0.25, 0.5)

    def fly() -> Flown:
        bank = BankProfile(times, angles)
        leg = legs.enter(world, capsule, start, bank, until=until, step=longer)
        return int(np.sum(leg.steps[:lanes])), _places(leg.end.position)

    return fly


def ascent(lanes: int) -> Callable[[], Flown]:
    """Ascents of `gaganyaan`, open loop, J2, all phases, ends only; each with a kick of its own."""
    import yaan
    from yaan.design.steer import solve
    from yaan.design.task import make_task
    from yaan.flight import batches
    from yaan.flight.models.world import build_world
    from yaan.mission import check_ascent

    gravity = {"field": "j2", "degree": 2}
    mission = yaan.load("gaganyaan").replace({"guidance": None, "environment.gravity": gravity})
    spec = check_ascent(mission.source)
    world = build_world(spec.plan)
    task = make_task(spec, spec.steering.profile, world)
    flat = np.repeat(solve(task, world).flat[None], lanes, axis=0)
    flat[:, 0] *= 1.0 + 1e-4 * np.random.default_rng(1).standard_normal(lanes)
    cases = batches.repeat(task.case, lanes)

    def fly() -> Flown:
        legs = batches.fly(world, cases, flat, rows=None).legs
        return int(np.sum(legs.steps)), _places(legs.inner.position)[-1]

    return fly


def orbit(lanes: int) -> Callable[[], Flown]:
    """A day at 400 km: EGM2008 to 20x20, 1976 air, Sun and Moon by DE440's fit, steps of 120 s.

    Within 0.4 mm of steps of 60 s, which is below 1e-10 of the radius.
    """
    import yaan
    from yaan.dynamics.state import state_of
    from yaan.flight import legs
    from yaan.flight.models.world import build_world
    from yaan.vehicle.spacecraft import Spacecraft

    field = {"field": "egm2008", "degree": 20}
    changed = {"environment.gravity": field, "environment.third_bodies": ["sun", "moon"]}
    world = build_world(yaan.load("gaganyaan").replace(changed).plan)
    place, motion = circular(lanes)
    start = state_of(np.zeros(lanes), place, motion, np.zeros((lanes, 1)))
    craft = Spacecraft(500.0, 8.8, 0.0, 300.0)
    burns = legs.Burns.none(lanes)

    def fly() -> Flown:
        leg = legs.coast(world, craft, start, burns, stop=86_400.0, step=120.0, tolerance=np.inf)
        return int(np.sum(leg.steps)), _places(leg.end.position)

    return fly


def circular(lanes: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions [m] and velocities [m/s] of circular orbits at 400 km, about the station's."""
    rng = np.random.default_rng(1)
    r = 6_778_136.0 + 1e3 * rng.standard_normal(lanes)
    tilt = np.radians(51.6 + 0.01 * rng.standard_normal(lanes))
    along, v = 2.0 * np.pi * rng.random(lanes), np.sqrt(MU / r)
    c, s = np.cos(along), np.sin(along)
    place = np.stack([r * c, r * s * np.cos(tilt), r * s * np.sin(tilt)], axis=1)
    motion = np.stack([-v * s, v * c * np.cos(tilt), v * c * np.sin(tilt)], axis=1)
    return place, motion


def body(lanes: int) -> Callable[[], Flown]:
    """Rigid capsules of `rigid_problem.py` at 50 Hz for 20 s."""
    from rigid_capsule import Capsules

    capsules = Capsules(lanes, "equal", 20.0)

    def fly() -> Flown:
        legs = capsules.fly()
        return int(np.sum(np.asarray(legs.steps))), _places(legs.inner.position)[-1]

    return fly


def _places(vector: Any) -> np.ndarray:
    return np.stack([np.asarray(x) for x in (vector.x, vector.y, vector.z)], axis=-1)


ROWS: dict[str, Callable[[int], Callable[[], Flown]]] = {
    "entry": lambda lanes: entry(lanes, {"field": "j2", "degree": 2}),
    "entry told": lambda lanes: entry(lanes, {"field": "j2", "degree": 2}, shadowed=True),
    "entry 8x8": lambda lanes: entry(lanes, {"field": "egm2008", "degree": 8}),
    "ascent": ascent,
    "orbit": orbit,
    "body": body,
}


def rates(
    make: Callable[[int], Callable[[], Flown]], lanes: int
) -> tuple[dict[str, float], np.ndarray]:
    """Steps and flights a second, of one batch after another that compiles; and where they end."""
    fly = make(lanes)
    begun = time.perf_counter()
    fly()
    first = time.perf_counter() - begun
    begin, wall = time.process_time(), time.perf_counter()
    steps, ends = fly()
    spent, lasted = time.process_time() - begin, time.perf_counter() - wall
    told = {"steps": steps / spent, "flights": lanes / spent}
    return told | {"wall": lanes / lasted, "first_s": first}, ends


def peak_mib() -> float:
    """Memory of this process at most [MiB]."""
    import resource

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    """Fly the row that is asked for."""
    from yaan.base.session import computing

    name, lanes = sys.argv[1], int(sys.argv[2])
    with computing():
        told, ends = rates(ROWS[name], lanes)
    if len(sys.argv) > 3:
        np.save(sys.argv[3], ends)
    print(json.dumps(told | {"peak_mib": peak_mib()}))


if __name__ == "__main__":
    main()
