"""The process that runs NASA's `cea`: started by `yaan.chemistry.process`, never imported.

It needs nothing of Yaan, so that it starts fast: only the standard library, NumPy and `cea`.
Requests come pickled on standard input and replies go out on what was standard output; what the
library prints lands in the file that the parent gave as standard error. It ends with its input,
that is, with its parent, and a watchdog ends it where one problem takes too long.
"""

import faulthandler
import importlib
import os
import pickle
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_SOLVERS: dict[Any, tuple[Any, Any, int]] = {}
_FIELDS = ("T", "P", "cp_eq", "cp_fr", "gamma_s", "Mach")
_TRANSPORT = ("viscosity", "conductivity_eq", "conductivity_fr", "Pr_eq", "Pr_fr")
_EACH = 0.05  # [s] that a point more may take
_MAX_SOLVERS = 64  # the library holds memory for each


def main() -> None:
    """Answer requests until the input ends."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    # Ctrl-C goes to all processes of a terminal; the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cea: Any = importlib.import_module("cea")  # of the extra `engines`; its parent has looked
    cea.set_log_level(cea.LOG_NONE)
    pickle.dump(("ready", cea.__version__), replies)
    replies.flush()
    while True:
        try:
            kind, limit, job = pickle.load(requests)
        except EOFError:
            return
        try:
            # One thread for all points: starting one a point takes longer than the point.
            faulthandler.dump_traceback_later(limit + _EACH * len(job["points"]), exit=True)
            reply = ("done", _KINDS[kind](cea, job))
        except Exception as error:  # whatever the library raises is a message to the parent
            reply = ("failed", f"{type(error).__name__}: {error}")
        finally:
            faulthandler.cancel_dump_traceback_later()
        pickle.dump(reply, replies, protocol=5)
        replies.flush()


def _solver(cea: Any, system: Mapping[str, Any], kind: str) -> tuple[Any, Any, int]:
    """The solver of a system of reactants and products, made once."""
    key = (kind, pickle.dumps(system))
    if key not in _SOLVERS:
        if len(_SOLVERS) >= _MAX_SOLVERS:
            _SOLVERS.clear()
        ions = bool(system["ions"])
        reactants = cea.Mixture(
            [
                cea.Reactant(f"Reactant{i}", formula=dict(formula))
                for i, formula in enumerate(system["formulas"])
            ],
            ions=ions,
        )
        products = cea.Mixture(list(system["products"]), ions=ions)
        if list(products.species_names) != list(system["products"]):
            raise ValueError("the library has put the products into another order")
        options = {
            "reactants": reactants,
            "transport": bool(system["transport"]),
            "ions": ions,
            "insert": list(system["insert"]),
        }
        made = (cea.RocketSolver if kind == "rocket" else cea.EqSolver)(products, **options)
        answer = (cea.RocketSolution if kind == "rocket" else cea.EqSolution)(made)
        _SOLVERS[key] = made, answer, len(system["products"])
    return _SOLVERS[key]


def _rocket(cea: Any, job: Mapping[str, Any]) -> dict[str, Any]:
    """Rocket problems of one system: the stations of all points, joined."""
    solver, answer, _ = _solver(cea, job["system"], "rocket")
    fields = _FIELDS + (_TRANSPORT if job["system"]["transport"] else ())
    columns: dict[str, list[Any]] = {name: [] for name in (*fields, "nj")}
    counts, errors = [], []
    for point in job["points"]:
        rest = {key: value for key, value in point.items() if key not in ("weights", "pc")}
        try:
            solver.solve(answer, point["weights"], point["pc"], **rest)
        except RuntimeError as error:  # what the library refuses of one point
            counts.append(0)
            errors.append(str(error))
            continue
        count = int(answer.num_pts)
        counts.append(count)
        errors.append(int(answer.last_error) or (0 if answer.converged else -1))
        for name, values in columns.items():
            values.append(np.array(getattr(answer, name), float)[:count])
    return _joined(columns, counts, errors)


def _equilibrium(cea: Any, job: Mapping[str, Any]) -> dict[str, Any]:
    """Equilibria of one system: one station a point."""
    solver, _, _ = _solver(cea, job["system"], "equilibrium")
    kinds = {"tp": cea.TP, "hp": cea.HP, "sp": cea.SP}
    fields = (("T", "P", "cp_eq", "cp_fr", "gamma_s")) + (
        _TRANSPORT if job["system"]["transport"] else ()
    )
    columns: dict[str, list[Any]] = {name: [] for name in (*fields, "nj")}
    counts, errors = [], []
    for kind, first, second, weights in job["points"]:
        # A fresh answer: the library starts from what the last one held.
        answer = cea.EqSolution(solver)
        try:
            solver.solve(answer, kinds[kind], first, second, weights)
        except RuntimeError as error:
            counts.append(0)
            errors.append(str(error))
            continue
        counts.append(1)
        errors.append(int(answer.last_error) or (0 if answer.converged else -1))
        for name, values in columns.items():
            value = np.array(getattr(answer, name), float)
            values.append(value.reshape((1, -1) if name == "nj" else 1))
    return _joined(columns, counts, errors)


def _joined(
    columns: Mapping[str, Sequence[Any]], counts: Sequence[int], errors: Sequence[Any]
) -> dict[str, Any]:
    joined: dict[str, Any] = {
        name: np.concatenate(values) if values else np.zeros(0) for name, values in columns.items()
    }
    return {**joined, "counts": list(counts), "errors": list(errors)}


_KINDS = {"rocket": _rocket, "equilibrium": _equilibrium}

if __name__ == "__main__":
    main()
