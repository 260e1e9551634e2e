"""Certified rocket performance against raw `cea`, on the same trimmed product list, in one run.

    python benchmarks/equilibrium.py [--points 512] [--out FILE]

N2O4 and UDMH, chamber, throat and an exit of area ratio 40, at pressures from 50 to 70 bar and
mixtures from 1.8 to 2.3. Certified: `yaan.propulsion.chamber.rocket_many`, warm, worker and guard
included, until each point can be asked for its specific impulse. Raw: `cea` in a loop in this
process, results not even read. Cantera, where it is installed, has no rocket problem: chamber,
throat and exit are sought by a loop around its equilibrium, as its users do, over its
`nasa_gas.yaml`.
"""

import argparse
import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from lines import Line, machine, write

from yaan.base.errors import YaanError
from yaan.chemistry import shifting
from yaan.chemistry.feed import feed
from yaan.chemistry.products import products
from yaan.propulsion.chamber import Design, rocket_many

AREA_RATIO = 40.0
TIMES = 3


def designs(count: int) -> list[Design]:
    """Points that fill the box, no neighbour like the next."""
    return [
        Design(
            fuel="UDMH",
            oxidiser="N2O4",
            pressure=(50.0 + 20.0 * i / count) * 1e5,
            mixture=1.8 + 0.5 * ((7 * i) % count) / count,
            area_ratios=(AREA_RATIO,),
        )
        for i in range(count)
    ]


def lines(count: int) -> Iterator[Line]:
    """Certified over raw, full product list over trimmed, Cantera over certified."""
    asked = designs(count)
    answers = rocket_many(asked)
    failed = [answer for answer in answers if isinstance(answer, YaanError)]
    searched = [a for a in answers if not isinstance(a, YaanError) and a.certificate.notes]
    if failed or searched:
        raise RuntimeError(f"{len(failed)} failed, {len(searched)} were searched: {failed[:1]}")
    listed = products(feed("UDMH", "N2O4", 2.0).system)
    raw = _raw(asked, listed.kept.names)
    whole = _raw(asked[: count // 8], listed.full.names)
    # In turns: what else the machine does meets both.
    spent = [(_spent(lambda: _read(asked)), _spent(raw)) for _ in range(TIMES)]
    certified = count / min(one["wall"] for one, _ in spent)
    bare = count / min(other["wall"] for _, other in spent)
    ratios = [other["wall"] / one["wall"] for one, other in spent]
    yield {
        "benchmark": "certified rocket cases a second over raw cea",
        "value": float(np.median(ratios)),
        "unit": "1",
        "parts": {
            "certified": certified,
            "raw": bare,
            "ratios": ratios,
            "on one core": float(
                np.median([other["cpu"] / (one["cpu"] + other["cpu"]) for one, other in spent])
            ),
            "species": len(listed.kept.names),
            "points": count,
        },
    }
    full = len(asked[: count // 8]) / _spent(whole)["wall"]
    yield {
        "benchmark": "raw cea, trimmed list over full list",
        "value": bare / full,
        "unit": "1",
        "parts": {"trimmed": bare, "full": full, "species": len(listed.full.names)},
    }
    yield _cantera(asked[: max(4, count // 64)], certified)


def _read(asked: list[Design]) -> None:
    for answer in rocket_many(asked):
        if isinstance(answer, YaanError):
            raise answer
        _ = answer.isp_vacuum


def _raw(asked: list[Design], names: tuple[str, ...]) -> Callable[[], None]:
    """The library alone, in this process, on the same points and products."""
    cea: Any = importlib.import_module("cea")
    cea.set_log_level(cea.LOG_NONE)
    mixed = [feed(one.fuel, one.oxidiser, one.mixture) for one in asked]
    reactants = cea.Mixture(
        [
            cea.Reactant(f"Reactant{i}", formula=dict(formula))
            for i, formula in enumerate(mixed[0].system.formulas)
        ]
    )
    solver = cea.RocketSolver(cea.Mixture(list(names)), reactants=reactants)
    answer = cea.RocketSolution(solver)
    points = [
        shifting.problem(shifting.Point(one, design.pressure, supersonic=design.area_ratios))
        for one, design in zip(mixed, asked, strict=True)
    ]

    def run() -> None:
        for point in points:
            rest = {key: value for key, value in point.items() if key not in ("weights", "pc")}
            solver.solve(answer, point["weights"], point["pc"], **rest)

    return run


def _spent(work: Callable[[], object]) -> dict[str, float]:
    begin, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - begin, "cpu": time.process_time() - cpu}


def _cantera(asked: list[Design], certified: float) -> Line:
    line: Line = {
        "benchmark": "Cantera's cases a second over certified",
        "value": None,
        "unit": "1",
    }
    if importlib.util.find_spec("cantera") is None:
        return {**line, "parts": {"Cantera": "not installed"}}
    cantera: Any = importlib.import_module("cantera")
    wanted = [
        one
        for one in cantera.Species.list_from_file("nasa_gas.yaml")
        if set(one.composition) <= {"C", "H", "N", "O"} and one.charge == 0
    ]
    gas = cantera.Solution(thermo="ideal-gas", species=wanted)
    impulses: list[float] = []
    spent = _spent(lambda: impulses.extend(_expand(gas, one) for one in asked))
    ours = [answer.isp_vacuum for answer in rocket_many(asked) if not isinstance(answer, YaanError)]
    rate = len(asked) / spent["wall"]
    apart = float(np.max(np.abs(np.array(impulses) / np.array(ours) - 1.0)))
    return {
        **line,
        "value": rate / certified,
        "parts": {
            "Cantera": rate,
            "version": cantera.__version__,
            "species": gas.n_species,
            "impulse apart": apart,
        },
    }


def _expand(gas: Any, design: Design) -> float:
    """Specific impulse in vacuum [s], by bisection on pressure around Cantera's equilibrium."""
    mixed = feed(design.fuel, design.oxidiser, design.mixture)
    atoms = dict(zip(mixed.system.elements, mixed.atoms.tolist(), strict=True))
    gas.TPX = 3000.0, design.pressure, {key: value for key, value in atoms.items() if value > 0.0}
    gas.equilibrate("TP")  # atoms alone have no state of this enthalpy
    gas.HP = mixed.enthalpy, design.pressure
    gas.equilibrate("HP")
    entropy, rest = gas.entropy_mass, gas.enthalpy_mass

    def flux(pressure: float) -> tuple[float, float]:
        gas.SP = entropy, pressure
        gas.equilibrate("SP")
        velocity = float(np.sqrt(max(2.0 * (rest - gas.enthalpy_mass), 0.0)))
        return gas.density * velocity, velocity

    low, high = np.log(0.4 * design.pressure), np.log(0.7 * design.pressure)
    while high - low > 1e-4:  # the largest flux, by golden sections
        third = 0.382 * (high - low)
        if flux(np.exp(low + third))[0] > flux(np.exp(high - third))[0]:
            high -= third
        else:
            low += third
    throat = flux(np.exp(0.5 * (low + high)))[0]
    low, high = np.log(1e-5 * design.pressure), np.log(0.4 * design.pressure)
    while high - low > 1e-5:
        middle = 0.5 * (low + high)
        if flux(np.exp(middle))[0] * design.area_ratios[0] > throat:
            high = middle
        else:
            low = middle
    pressure = float(np.exp(0.5 * (low + high)))
    through, velocity = flux(pressure)
    return (velocity + pressure / through) / 9.80665


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=512)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    write(lines(options.points), machine(), options.out)


if __name__ == "__main__":
    main()
