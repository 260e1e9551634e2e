"""How fast lanes fly as native code, and as XLA compiles them: steps of a lane a processor-second.

Usage: python benchmarks/native.py [--lanes 2000] [--rounds 3]

Entries of `capsule-entry` with the field J2, the air of 1976 and a bank profile, at 0.25 s, ends
only, each lane off the interface by some km and m/s. Each compiler runs in a process of its own,
the two in turn, on one core where the system lets us choose. Only the ratio of one run means
anything on a machine that others use.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

COMPILERS = ("native", "xla")


def measure(lanes: int) -> dict[str, float]:
    """Steps and flights a processor-second of one batch, after one to compile."""
    import yaan
    from yaan.base.session import computing
    from yaan.description import InterfaceSpec
    from yaan.design.return_flight import interface_of
    from yaan.dynamics.state import state_of
    from yaan.flight import legs
    from yaan.flight.models.craft import build_capsule
    from yaan.flight.models.world import build_world
    from yaan.gnc.bank import BankProfile
    from yaan.motion.entry import Handover

    mission = yaan.load("capsule-entry").replace({"environment.gravity.field": "j2"})
    with computing():
        world = build_world(mission.plan)
        flight = mission.plan.entry_flight
        assert flight is not None
        assert isinstance(mission.plan.start, InterfaceSpec)
        capsule = legs.in_lanes(build_capsule(flight.capsule), lanes)
        first = interface_of(mission.plan.start, world)
        off = np.random.default_rng(1).standard_normal((2, lanes, 3))
        place, motion = first.position_gcrs + 1e3 * off[0], first.velocity_gcrs + 2.0 * off[1]
        start = state_of(np.zeros(lanes), place, motion)
        times = np.repeat(np.linspace(0.0, 600.0, 11)[None], lanes, axis=0)
        angles = np.repeat(np.radians([[60.0, -60.0] * 5 + [60.0]]), lanes, axis=0)
        until = legs.in_lanes(Handover(height=7e3), lanes)

        def fly() -> int:
            bank = BankProfile(times, angles)
            leg = legs.enter(world, capsule, start, bank, until=until, step=0.25)
            return int(np.sum(leg.steps))

        fly()
        begin = time.process_time()
        steps = fly()
        spent = time.process_time() - begin
    return {"steps": steps / spent, "flights": lanes / spent}


def main() -> None:
    """Run both in turn and print their medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lanes", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.lanes)))
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in COMPILERS}
    for _ in range(given.rounds):
        for name in COMPILERS:
            command = [sys.executable, str(Path(__file__)), "--one", "--lanes", str(given.lanes)]
            if hasattr(os, "sched_getaffinity"):
                command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *command]
            ended = subprocess.run(
                command,
                env={**os.environ, "YAAN_COMPILER": name},
                check=True,
                capture_output=True,
                text=True,
            )
            found[name].append(json.loads(ended.stdout.splitlines()[-1]))
    medians = {
        name: {key: statistics.median(one[key] for one in each) for key in ("steps", "flights")}
        for name, each in found.items()
    }
    for name, each in medians.items():
        print(
            f"{name:7s} {each['steps'] / 1e6:6.3f} M steps, {each['flights']:5.0f} flights a CPU-s"
        )
    print(f"native over XLA: {medians['native']['steps'] / medians['xla']['steps']:.2f}")


if __name__ == "__main__":
    main()
