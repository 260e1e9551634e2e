"""Engines for users: a design point, a sweep of them, the best mixture, an engine of the catalogue.

import yaan
made = yaan.engine(fuel="LH2", oxidiser="LOX", pressure="70 bar", mixture=6, area_ratio=40)
made.point.flows["shifting"].isp_vacuum     # [s]
yaan.engine(fuel="LH2", oxidiser="LOX", pressure="70 bar", mixture="4..8:9", area_ratio=40).data()
"""

import csv
import io
import math
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, Unpack

import numpy as np

from yaan.analysis.engine_point import EnginePoint, point
from yaan.analysis.engine_real import Real, beyond, real_isp
from yaan.base.errors import InputError, Problem, YaanError, quote
from yaan.engines import records
from yaan.engines.ask import Asked, EngineOptions, asked
from yaan.engines.entry import CatalogueEngine
from yaan.engines.sweep import COLUMNS, UNITS, Best, Swept, optimum, sweep
from yaan.mission.engines import catalogue as entries
from yaan.mission.engines import load_engine
from yaan.propulsion.chamber import Performance
from yaan.report.engine import EnginePage, write_engine
from yaan.results.store import new_run_folder, write_json, write_manifest, write_text

if TYPE_CHECKING:
    import xarray

SUMMARY: Final = "engine.json"
"""The file that makes a folder that of an engine; it is written last."""

Tell = Callable[[int, int], None]

_ALONE: Final = (
    "What burns alone is in equilibrium here; a catalyst leaves ammonia of hydrazine, so that its"
    " gas is hotter than this."
)


class EngineDesign:
    """One design point: the Python twin of `yaan engine --fuel ...`."""

    def __init__(self, question: Asked, made: EnginePoint, best: Best | None = None) -> None:
        self.asked, self.point, self.best = question, made, best
        self.folder: Path | None = None

    @property
    def name(self) -> str:
        """Short name."""
        return self.asked.name

    @property
    def title(self) -> str:
        """One line: propellants, pressure, mixture, area ratio."""
        design = self.point.main.design
        mixture = "" if design.mixture is None else f", mixture {design.mixture:.5g}"
        told = f"{self.asked.propellants}, {design.pressure / 1e5:g} bar{mixture}"
        return f"{told}, area ratio {design.area_ratios[-1]:g}"

    @property
    def shifting(self) -> Performance:
        """Performance with the composition in equilibrium everywhere."""
        return self._answer("shifting")

    @property
    def frozen(self) -> Performance:
        """Performance with the composition frozen."""
        return self._answer("frozen")

    def _answer(self, flow: str) -> Performance:
        if flow in self.point.flows:
            return self.point.flows[flow]
        why = self.point.refused.get(flow, "it was not asked for")
        raise YaanError(f"{self.title}: there is no {flow} flow: {why}")

    @property
    def entering(self) -> dict[str, str]:
        """By `fuel` and `oxidiser`, which data of chemistry they are, and how warm they enter."""
        sides = {"oxidiser": self.asked.oxidiser, "fuel": self.asked.fuel}
        return {key: side.entering for key, side in sides.items() if side is not None}

    @property
    def notes(self) -> list[str]:
        """What a reader should know."""
        found = [f"{flow} flow is refused: {why}" for flow, why in self.point.refused.items()]
        for one in self.point.flows.values():
            found += [note for note in one.certificate.notes if note not in found]
        extrapolated = beyond(self.real, self.point.main.design)
        found += [extrapolated] if extrapolated else []
        return found if self.asked.oxidiser is not None else [*found, _ALONE]

    @property
    def real(self) -> tuple[Real, ...]:
        """Vacuum Isp of real engines, by the families of these propellants."""
        shifting, asked = self.point.flows.get("shifting"), self.asked
        oxidiser = None if asked.oxidiser is None else asked.oxidiser.name
        return real_isp(shifting, oxidiser, asked.fuel.name, asked.family)

    def summary(self) -> dict[str, Any]:
        """What `engine.json` holds, SI."""
        made = self.point
        found: dict[str, Any] = {
            "schema": 1,
            "kind": "engine",
            "name": self.name,
            "title": self.title,
            "yaan": version("yaan"),
            "asked": dict(self.asked.words),
            "entering": self.entering,
            "flows": {flow: self._flow(one) for flow, one in made.flows.items()},
            "refused": made.refused,
            "real": [
                {"family": r.family.name, "low": r.low, "mean": r.mean, "high": r.high}
                for r in self.real
            ],
            "separation": None if not made.separation else records.separation(made.separation),
            "throat_diameter": made.throat,
            "mass_flow": made.mass_flow,
            "heat": None if made.heat is None else records.heat(made.heat),
            "notes": self.notes,
        }
        if self.best is not None:
            found["optimum"] = records.best(self.best)
        return found

    def _flow(self, one: Performance) -> dict[str, Any]:
        outside = self.point.outside
        return {
            "stagnation_pressure": one.stagnation_pressure,
            "cstar": one.cstar,
            "isp_vacuum": one.isp_vacuum,
            "isp": {where.words: self.point.isp(one.design.flow, where) for where in outside},
            "ambient": {where.words: where.pressure for where in outside},
            "thrust_coefficient_vacuum": one.thrust_coefficient(0.0),
            "thrust_coefficient": {
                where.words: one.thrust_coefficient(where.pressure) for where in outside
            },
            "freeze": one.design.freeze if one.design.flow == "frozen" else None,
            "stations": [records.station(row) for row in one.stations],
            "certificate": records.certificate(one),
        }

    def save(self, parent: str | Path = "runs") -> Path:
        """Write a folder with the page, the numbers and a manifest; returns it.

        Raises:
            OutputError: it cannot be written.
        """
        begun = perf_counter()
        path = new_run_folder(parent, f"{self.name}-engine")
        write_text(path / "stations.csv", self._csv())
        write_engine(self.page(), path)
        return self._finish(path, begun)

    def _finish(self, path: Path, begun: float) -> Path:
        spent = {"write": perf_counter() - begun}
        inputs = {"asked": repr(sorted(self.asked.words.items())).encode()}
        write_manifest(path, yaan=version("yaan"), inputs=inputs, timings=spent)
        write_json(path / SUMMARY, self.summary())
        self.folder = path
        return path

    def page(self) -> EnginePage:
        """What the page of it shows."""
        return EnginePage(
            name=self.name,
            title=self.title,
            yaan=version("yaan"),
            asked=self.asked.words,
            point=self.point,
            real=self.real,
            best=None if self.best is None else self.best.text,
            tried=() if self.best is None else self.best.tried,
            notes=tuple(self.notes),
        )

    def _csv(self) -> str:
        heads = (
            "flow",
            "station",
            "area_ratio",
            "pressure_Pa",
            "temperature_K",
            "density_kg_m3",
            "molar_mass_kg_mol",
            "gamma",
            "mach",
        )
        rows = [
            (
                flow,
                row.name,
                *(
                    f"{x:.9g}"
                    for x in (
                        row.area_ratio,
                        row.pressure,
                        row.temperature,
                        row.density,
                        row.molar_mass,
                        row.gamma,
                        row.mach,
                    )
                ),
            )
            for flow, stations in self.point.along.items()
            for row in stations
        ]
        return _table(heads, rows)

    def __repr__(self) -> str:
        told = ", ".join(f"{one.isp_vacuum:.2f} s {flow}" for flow, one in self.point.flows.items())
        return f"<engine {self.title}: vacuum Isp {told}>"


class EngineSweep:
    """Many design points: the Python twin of `yaan engine --mixture 4..8:9 ...`."""

    def __init__(self, swept: Swept) -> None:
        self.swept, self.asked = swept, swept.asked
        self.folder: Path | None = None

    @property
    def title(self) -> str:
        """One line: propellants, and what is swept."""
        keys = " and ".join(key.replace("_", " ") for key in self.asked.axes)
        return f"{self.asked.propellants} over {keys}"

    @property
    def columns(self) -> list[str]:
        """What is told of the points."""
        known = {name for row in self.swept.rows for name in row.numbers}
        return [name for name in COLUMNS if name in known]

    def data(self) -> "xarray.Dataset":
        """The points as arrays over the axes and `flow`; NaN where there is no answer."""
        import xarray

        keys = list(self.asked.axes)
        shape = (*(len(self.asked.axes[key]) for key in keys), len(self.asked.flows))
        size = math.prod(shape)
        found: dict[str, Any] = {}
        for name in self.columns:
            values = [row.numbers.get(name, math.nan) for row in self.swept.rows]
            values += [math.nan] * (size - len(values))
            unit, words = COLUMNS[name]
            told = {"units": unit, "long_name": words}
            found[name] = ((*keys, "flow"), np.array(values).reshape(shape), told)
        over: dict[str, Any] = {
            key: (key, list(self.asked.axes[key]), {"units": UNITS[key]}) for key in keys
        }
        return xarray.Dataset(found, over | {"flow": list(self.asked.flows)})

    def summary(self) -> dict[str, Any]:
        """What `engine.json` holds, SI."""
        return {
            "schema": 1,
            "kind": "engine-sweep",
            "title": self.title,
            "yaan": version("yaan"),
            "asked": dict(self.asked.words),
            "axes": {key: list(values) for key, values in self.asked.axes.items()},
            "units": {name: COLUMNS[name][0] for name in self.columns},
            "whole": self.swept.whole,
            "points": [
                dict(zip(self.asked.axes, row.values, strict=True))
                | {"flow": row.flow, "refused": row.text or None}
                | dict(row.numbers)
                for row in self.swept.rows
            ],
        }

    def save(self, parent: str | Path = "runs") -> Path:
        """Write a folder with the table, the page and a manifest; returns it."""
        begun = perf_counter()
        path = new_run_folder(parent, f"{self.asked.name}-engine-sweep")
        write_text(path / "sweep.csv", self._csv())
        if self.columns:
            write_engine(self.page(), path)
        spent = {"write": perf_counter() - begun}
        inputs = {"asked": repr(sorted(self.asked.words.items())).encode()}
        write_manifest(path, yaan=version("yaan"), inputs=inputs, timings=spent)
        write_json(path / SUMMARY, self.summary())
        self.folder = path
        return path

    def page(self) -> EnginePage:
        """What the page of it shows."""
        return EnginePage(
            name=self.asked.name,
            title=self.title,
            yaan=version("yaan"),
            asked=self.asked.words,
            axes=self.asked.axes,
            rows=tuple((row.values, row.flow, row.numbers, row.text) for row in self.swept.rows),
            notes=() if self.swept.whole else ("It was stopped before its end.",),
        )

    def _csv(self) -> str:
        keys = [f"{key}_{UNITS[key]}".removesuffix("_1") for key in self.asked.axes]
        names = [f"{name}_{COLUMNS[name][0].replace('/', '_')}" for name in self.columns]
        heads = (*keys, "flow", *(name.removesuffix("_1").replace(" ", "_") for name in names))
        rows = [
            (
                *(f"{x:.9g}" for x in row.values),
                row.flow,
                *(f"{row.numbers[n]:.9g}" if n in row.numbers else "" for n in self.columns),
                row.text,
            )
            for row in self.swept.rows
        ]
        return _table((*heads, "refused"), rows)

    def __repr__(self) -> str:
        return f"<engine sweep {self.title}: {len(self.swept.rows)} points>"


def engine(
    name: str | None = None,
    *,
    told: Tell = lambda done, of: None,
    **options: Unpack[EngineOptions],
) -> Any:
    """An engine of the catalogue by its name; or a design point, or many, of two propellants.

    Args:
        name: of the catalogue, as `ce-20`.
        told: is called with the points that are done, and of how many, in a sweep.
        options: see `EngineOptions`; texts with their unit or floats in SI.

    Returns:
        An entry of the catalogue; an `EngineDesign`; an `EngineSweep` where an option has many
        values.

    Raises:
        InputError: every mistake at once.
        YaanError: no certified answer, or `cea` is not installed; a sentence says which.
    """
    if name is not None:
        if options:
            first = next(iter(options))
            value = quote(options[first])  # type: ignore[literal-required]
            expected = f"nothing beside the name {name} of the catalogue"
            raise InputError(Problem("", None, first, value, expected))
        return named(name)
    question = asked(options)
    if question.optimum is not None:
        best = optimum(question, told)
        made = point(best.performance.design, question.flows, question.outside, question.size)
        return EngineDesign(question, made, best)
    if question.axes:
        return EngineSweep(sweep(question, told))
    try:
        made = point(question.design, question.flows, question.outside, question.size)
    except YaanError as error:
        if question.oxidiser is not None:
            raise
        raise YaanError(f"{question.propellants} alone, without an oxidiser: {error}") from error
    return EngineDesign(question, made)


def named(name: str, *, cycle: bool = False) -> CatalogueEngine:
    """An engine of the catalogue, or of a file of kind engine.

    Raises:
        InputError: there is none, the nearest name is told; or it has no design point.
    """
    entry = load_engine(name)
    if entry.spec.design is None:
        expected = "an engine with a block design, as yaan engine --list names them"
        raise InputError(Problem("", None, "", quote(name), expected, f"{entry.title} has none"))
    return CatalogueEngine(entry, with_cycle=cycle)


def catalogue() -> dict[str, CatalogueEngine]:
    """All engines of the catalogue that have a design point, by name."""
    return {name: CatalogueEngine(entry) for name, entry in entries().items()}


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return file.getvalue()
