"""Make `library/tables/engine_ideal.json`: ideal performance of the catalogue's design points.

    python builders/engine_ideal.py

needs `pip install -e ".[engines]"`. Each engine's adopted point is solved, and each with one
value replaced by that of a claim, so that the audit can judge claims without cea.
"""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from yaan.analysis.engine_audit import points_of
from yaan.base.errors import YaanError
from yaan.mission.engines import catalogue
from yaan.propulsion.shipped import NAME, solved

TARGET = Path(__file__).parents[1] / "src" / "yaan" / "library" / "tables" / NAME
DIGITS = 7


def main() -> None:
    """Solve all points once, and write them by their keys."""
    asked = {name: points_of(entry) for name, entry in catalogue().items()}
    points = {point.key: point for found in asked.values() for point in found.values()}
    designs = {}
    for ideal in solved(list(points.values())):
        if isinstance(ideal, YaanError):
            raise SystemExit(str(ideal))
        row = asdict(ideal)
        del row["point"], row["origin"]
        designs[ideal.point.key] = {
            key: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
            for key, value in row.items()
        }
    engines = {name: found["adopted"].key for name, found in asked.items() if "adopted" in found}
    made = {"with": f"cea {version('cea')}", "by": "builders/engine_ideal.py"}
    told = {"made": made, "engines": engines, "designs": dict(sorted(designs.items()))}
    TARGET.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
