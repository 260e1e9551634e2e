"""What `speed.py` flies of Yaan as it was at commit 3ed4725; needs an environment that has it.

Its arguments: ROW LANES
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np


def ascent(lanes: int) -> Callable[[], int]:
    """As in `speed_flights.py`; that Yaan always records."""
    import yaan

    # By their names of then.
    flyer, steer, world_of, checks = (
        import_module(f"yaan.mission.{name}")
        for name in ("flight.flyer", "flight.steer", "model.world", "spec")
    )
    gravity = {"field": "j2", "degree": 2}
    mission: Any = yaan.load("gaganyaan")
    spec = checks.check_mission(mission.replace("environment.gravity", gravity).source)
    world = world_of.build_world(spec)
    task = steer.make_task(spec, spec.steering.profile, world)
    flat = np.repeat(steer.solve(task, world).flat[None], lanes, axis=0)
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
