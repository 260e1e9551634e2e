"""Escapes in lanes: 200 instants times 100 draws to the splashdown, beside plain entries.

    python benchmarks/escapes.py [--instants 200] [--draws 100] [--out FILE]

The capsule alone leaves `gaganyaan`'s launcher from its escape system's jettison on, with a bank
drawn for each lane, and is flown to the water: entry and canopies, every step kept. The plain
entries are the same lanes by `flight.legs.enter` from the same states, of which only the ends are
kept. What is counted are steps that a live lane took, by processor seconds of all threads in one
run; both are compiled before.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from lines import Line, machine, write

MODE = "lifting"
AT_ONCE = 1_600  # lanes whose histories are held


def measured(instants: int, draws: int) -> Iterator[Line]:  # noqa: PLR0915 - one problem, one line
    """One line: both rates, and their ratio."""
    import yaan
    from yaan.base.session import computing
    from yaan.design.history import told
    from yaan.design.steer import solve
    from yaan.design.task import make_task
    from yaan.escape import modes
    from yaan.escape.flying import ENTRY_STEP, TOLERANCE
    from yaan.escape.instants import path_of
    from yaan.flight import legs
    from yaan.flight.models.craft import build_capsule, handover_of
    from yaan.flight.models.world import build_world
    from yaan.gnc.bank import BankProfile

    plan = yaan.load("gaganyaan").plan
    ascent, spec = plan.ascent, plan.escape
    assert ascent is not None
    assert spec is not None
    assert ascent.steering is not None
    with computing():
        world = build_world(plan)
        solved = solve(make_task(ascent, ascent.steering.profile, world), world)
        solved, history, _ = told(ascent, world, solved)
        path = path_of(world, solved.lane, history, solved.event_times)
    mode = spec.modes[MODE]
    first = path.events["escape-system-jettison"] + 1.0
    times = np.repeat(np.linspace(first, path.events["c25-cut-off"] - 30.0, instants), draws)
    banks = np.random.default_rng(17).uniform(-np.pi, np.pi, len(times))
    asked = modes.Asked(MODE, mode, times, banks)

    def escape(rows: np.ndarray) -> tuple[int, int]:
        with computing():
            flown = modes.fly_mode(world, plan, spec, path, asked.take(rows))
        moved = np.diff(flown.seen.time, axis=1) > 0.0
        return int(moved.sum()), int(flown.came_down.sum())

    def enter(rows: np.ndarray) -> int:
        steps = 0
        for part in np.split(rows, range(64, len(rows), 64)):
            with computing():
                start = path.states(times[part] + mode.separation_delay, mode.ahead)
                knots = np.repeat([[0.0, 1.0]], len(part), axis=0)
                bank = BankProfile(knots, np.repeat(banks[part, None], 2, axis=1))
                capsule = legs.in_lanes(build_capsule(spec.capsule), len(part))
                until = handover_of(spec.train(mode), floor=float(world.ground))
                what = (world, capsule, start, bank)
                leg = legs.enter(*what, until=until, step=ENTRY_STEP, tolerance=TOLERANCE)
            steps += int(np.sum(leg.steps))
        return steps

    few = np.arange(64)
    escape(few)
    enter(few)
    steps = down = plain = 0
    spent = spent_plain = 0.0
    for rows in np.split(np.arange(len(times)), range(AT_ONCE, len(times), AT_ONCE)):
        begun = time.process_time()
        some, landed = escape(rows)
        steps, down, spent = steps + some, down + landed, spent + time.process_time() - begun
        begun = time.process_time()
        plain, spent_plain = plain + enter(rows), spent_plain + time.process_time() - begun
    yield {
        "name": "escapes",
        "lanes": len(times),
        "came_down": down,
        "steps_per_cpu_second": steps / spent,
        "flights_per_cpu_second": len(times) / spent,
        "plain_entry_steps_per_cpu_second": plain / spent_plain,
        "ratio": steps / spent / (plain / spent_plain),
    }


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instants", type=int, default=200)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    write(measured(asked.instants, asked.draws), machine(), asked.out)


if __name__ == "__main__":
    main()
