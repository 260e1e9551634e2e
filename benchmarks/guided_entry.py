"""Guided entries in lanes: what guidance costs, and what it buys.

    python benchmarks/guided_entry.py [--lanes 256] [--out FILE]

Apollo 10's entry from its planned interface, each lane off it by some km and m/s and its air by
some percent of density. The analytic law at its default period is the unit of cost; the
predictor-corrector is flown over periods and prediction steps: a curve of cost against miss.
Processor seconds of all threads, of the second call: everything is compiled then. Every line tells
the misses and the largest load too; at the default period the cost must be at most ten units.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from lines import Line, machine, write

CURVE = ((1.0, 6.0), (2.0, 3.0), (2.0, 6.0), (2.0, 12.0), (4.0, 6.0), (8.0, 6.0), (16.0, 12.0))
"""Period and prediction step [s]; 2 s and 6 s are the defaults."""
MOST = 10.0


def measured(lanes: int) -> Iterator[Line]:  # noqa: PLR0915 - one problem, then its lines
    """A line a law."""
    import equinox as eqx
    import jax
    import jax.numpy as jnp

    import yaan
    from yaan.base.session import computing
    from yaan.description import InterfaceSpec
    from yaan.design.return_flight import aim_of, interface_of, lander_alone
    from yaan.dynamics.forces import surroundings, together
    from yaan.dynamics.state import state_of
    from yaan.environment.placed import scaled
    from yaan.flight import legs
    from yaan.flight.models.world import build_world
    from yaan.gnc import Perfect
    from yaan.gnc.entry_guidance import AnalyticBank, PredictorCorrector, Relief
    from yaan.gnc.entry_prediction import EntryModel, aim_at, air_table
    from yaan.gnc.entry_reference import reference_of
    from yaan.gnc.roll import RollLimits
    from yaan.gnc.sensing import PerfectSensing
    from yaan.spacetime.zone import distance

    with computing():
        plan = yaan.load("apollo10-entry").plan
        entering, begins = plan.entry_flight, plan.start
        assert entering is not None
        assert isinstance(begins, InterfaceSpec)
        world = build_world(plan)
        lander, first = lander_alone(world, entering), interface_of(begins, world)
        aim = aim_of(entering)
        assert aim is not None
        random = np.random.default_rng(10)
        off = random.standard_normal((2, lanes, 3))
        start = state_of(
            np.zeros(lanes),
            first.position_gcrs + 1e3 * off[0],
            first.velocity_gcrs + 2.0 * off[1],
        )
        factors = 1.0 + 0.05 * random.standard_normal(lanes)
        airs = [
            replace(world, atmosphere=scaled(world.atmosphere, jnp.asarray(f))) for f in factors
        ]
        worlds = together([jax.tree.map(np.asarray, one) for one in airs])
        model = EntryModel(
            aim_at(world.earth, aim[0], aim[1], 0.0),
            lander.capsule,
            air_table(world.atmosphere, aim[0], aim[1]),
            jnp.asarray(float(lander.until.height)),
            jnp.asarray(0.0),
        )
        one = jax.tree.map(lambda x: jnp.asarray(x)[0], (first.t, first.position, first.velocity))
        t, position, velocity = one
        around = surroundings(world, t, position, velocity)
        seen = Perfect().estimate(t, position, velocity, around)
        relief = Relief(load=10.0)
        # The bank that meets the aim in the standard air, as the predictor-corrector finds it.
        reference = reference_of(model, seen, np.radians(59.0))
        analytic = AnalyticBank(model=model, reference=reference, start_bank=0.0, relief=relief)
        plain = PredictorCorrector(model=model, start_bank=0.0, relief=relief)
        limits = RollLimits(*np.radians([15.0, 15.0]))

        def flown(law: Any) -> tuple[float, Any]:
            def once() -> Any:
                return legs.enter_guided(
                    worlds,
                    lander.capsule,
                    start,
                    law,
                    PerfectSensing(),
                    limits,
                    until=lander.until,
                    step=0.5,
                )

            once()
            begun = time.process_time()
            leg = once()
            return time.process_time() - begun, leg

        def line(name: str, law: Any, unit: float | None) -> tuple[Line, float]:
            spent, leg = flown(law)
            missed = distance(leg.place.latitude, leg.place.longitude, *aim) / 1e3
            parts = {
                "lanes": lanes,
                "cpu_seconds": spent,
                "entries_per_cpu_second": lanes / spent,
                "period": float(law.period),
                "prediction_step": float(getattr(law, "prediction_step", np.nan)),
                "miss_km_median": float(np.median(missed)),
                "miss_km_95": float(np.percentile(missed, 95)),
                "load_g_largest": float(np.max(leg.inner.peak_load)),
                "reached": int(np.sum(leg.outcome == 0)),
            }
            return {
                "benchmark": name,
                "value": spent / (unit or spent),
                "unit": "analytic law's flights",
                "parts": parts,
            }, spent

        told, unit = line("analytic entry guidance", analytic, None)
        yield told
        for period, step in CURVE:
            law = eqx.tree_at(
                lambda x: (x.period, x.prediction_step),
                plain,
                (jnp.asarray(period), jnp.asarray(step)),
            )
            told, _ = line("predictor-corrector entry guidance", law, unit)
            if (period, step) == (2.0, 6.0):
                told["within"] = bool(told["value"] <= MOST)
            yield told


def main() -> None:
    """Measure, and write the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=int, default=256)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    write(measured(asked.lanes), machine(), asked.out)


if __name__ == "__main__":
    main()
