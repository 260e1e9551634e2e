"""What `speed.py` flies of Yaan as it was at commit 3ed4725; needs an environment that has it.

Its arguments: ROW LANES
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np


def ascent(lanes: int) -> Callable[[], int]:
    """As in `speed_flights.py`; that Yaan always records."""
    from yaan.mission.flight import flyer
    from yaan.mission.flight.steer import make_task, solve
    from yaan.mission.model.world import build_world
    from yaan.mission.spec import check_mission

    import yaan

    gravity = {"field": "j2", "degree": 2}
    spec = check_mission(yaan.load("gaganyaan").replace("environment.gravity", gravity).source)
    world = build_world(spec)
    task = make_task(spec, spec.steering.profile, world)
    flat = np.repeat(solve(task, world).flat[None], lanes, axis=0)
    flat[:, 0] *= 1.0 + 1e-4 * np.random.default_rng(1).standard_normal(lanes)
    cases = flyer.repeat(task.case, lanes)
    return lambda: int(np.sum(flyer.fly(world, cases, flat).legs.steps))


def body(lanes: int) -> Callable[[], int]:
    """As in `speed_flights.py`: by the `rigid_capsule.py` of that commit, which lies beside."""
    from rigid_capsule import Capsules

    capsules = Capsules(lanes, "equal", 20.0)
    return lambda: int(np.sum(np.asarray(capsules.fly().steps)))


def main() -> None:
    """Fly the row that is asked for."""
    from yaan.base.session import computing

    name, lanes = sys.argv[1], int(sys.argv[2])
    with computing():
        fly = {"ascent": ascent, "body": body}[name](lanes)
        fly()
        begin = time.process_time()
        steps = fly()
        spent = time.process_time() - begin
    print(json.dumps({"steps": steps / spent, "flights": lanes / spent}))


if __name__ == "__main__":
    main()
