"""How many ideal engines a processor second gives: surfaces in a programme, beside equilibria.

    python benchmarks/engine_surfaces.py [--out FILE]

One evaluation is a mixture ratio, a chamber pressure and an area ratio in; characteristic velocity,
vacuum specific impulse, exit pressure and whether it lies in range out. Each batch is evaluated
for two seconds after its compilation, on as many threads as XLA takes, and counted by the processor
time of all of them. With the extra `engines` certified equilibria of the same points are beside it.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from lines import Line, machine, write

from yaan.base.session import computing
from yaan.propulsion.surfaces import AREA_RATIOS, PAIRS, PRESSURES, surface

LEAST = 2.0  # [s] of each measurement
BATCHES = (100, 1_000, 10_000)
PASSES = 100


def points(pair: tuple[str, str], count: int) -> list[jax.Array]:
    """Random points of a surface."""
    rng = np.random.default_rng(15)
    ranges = (surface(*pair).mixtures, np.log(PRESSURES), np.log(AREA_RATIOS))
    mixture, pressure, ratio = (rng.uniform(low, high, count) for low, high in ranges)
    return [jnp.asarray(x) for x in (mixture, np.exp(pressure), np.exp(ratio))]


def evaluated(pair: tuple[str, str], count: int) -> Line:
    """One line: a batch of `count` lanes in a loop of a programme, as a flight is one.

    Each pass has other points, and adds up all that it is given, so that none may be left out.
    """
    table = surface(*pair)
    given = points(pair, count)
    middle = 0.5 * sum(table.mixtures)

    def of(*given: jax.Array) -> jax.Array:
        def passed(k: jax.Array, total: jax.Array) -> jax.Array:
            part = 1.0 - 1e-3 * k
            near = middle + (given[0] - middle) * part
            found = table(near, given[1] * part, given[2] * part)
            return total + found.isp + found.cstar + found.exit_pressure + found.inside

        return jax.lax.fori_loop(0, PASSES, passed, jnp.zeros(count))

    begun = time.perf_counter()
    compiled = jax.jit(of)
    jax.block_until_ready(compiled(*given))
    compiling = time.perf_counter() - begun
    runs, processor, begun = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() - begun < LEAST:
        jax.block_until_ready(compiled(*given))
        runs += 1
    spent = time.process_time() - processor
    return {
        "what": "ideal engines by surfaces",
        "pair": " / ".join(pair),
        "lanes": count,
        "evaluations_per_cpu_s": runs * PASSES * count / spent,
        "wall_s": time.perf_counter() - begun,
        "compile_s": compiling,
    }


def solved(pair: tuple[str, str], count: int = 300) -> Line | None:
    """One line: the certified equilibria of points, where the extra is installed."""
    try:
        from yaan.propulsion.chamber import Design, rocket_many
    except ImportError:
        return None
    oxidiser, fuel = pair
    designs = [
        Design(fuel=fuel, oxidiser=oxidiser, pressure=p, mixture=r, area_ratios=(a,))
        for r, p, a in zip(*(x.tolist() for x in points(pair, count)), strict=True)
    ]
    rocket_many(designs[:10])  # the worker, and the products of the pair
    begun = time.perf_counter()
    rocket_many(designs)
    spent = time.perf_counter() - begun
    return {
        "what": "ideal engines by certified equilibria",
        "pair": " / ".join(pair),
        "batch": count,
        "evaluations_per_s": count / spent,
        "wall_s": spent,
    }


def lines() -> Iterator[Line]:
    """All of it."""
    for pair in PAIRS:
        if pair in (("LOX", "LH2"), ("N2O4", "UDMH")):
            yield from (evaluated(pair, count) for count in BATCHES)
            beside = solved(pair)
            if beside is not None:
                yield beside


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    with computing():
        write(lines(), machine(), parser.parse_args().out)
