"""The data button: every figure says what its numbers are, in columns that are there."""

from typing import Any

import pytest

from tests.unit.report import homecoming, synthetic
from yaan.report.figures import Figure
from yaan.report.figures.data import heading, titled, told
from yaan.report.sections import sections
from yaan.results import read_flight


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    parent = tmp_path_factory.mktemp("data")
    folders = homecoming.write_mission(parent / "m-1", 20), synthetic.write_run(parent / "g-1")
    parts = (part for folder in folders for part in sections(read_flight(folder)))
    return [block for part in parts for kind, block in part.blocks if kind == "figure"]


def column(trace: dict[str, Any], source: Any) -> list[Any]:
    """What the page's script takes for a column."""
    if isinstance(source, list):
        return source
    name, _, half = source.partition(".")
    values = trace[name]
    return [pair[int(half)] for pair in values] if half else values


def test_every_figure_has_data_and_every_column_is_as_long_as_the_others(
    drawn: list[Figure],
) -> None:
    assert len(drawn) > 15
    for figure in drawn:
        named = [t for t in figure.data if t.get("meta", {}).get("columns")]
        assert named, figure.name
        for trace in named:
            columns = trace["meta"]["columns"]
            lengths = {len(column(trace, source)) for _, source in columns}
            assert len(lengths) == 1, (figure.name, columns)
            words = [heading for heading, _ in columns]
            assert len(set(words)) == len(words)
            assert "," not in "".join(words)
            assert "".join(words).isascii()


def test_what_has_no_columns_is_scenery(drawn: list[Figure]) -> None:
    """Shores, pins and grids, the marks of a curve's own peaks, and what is drawn twice."""
    for figure in drawn:
        for trace in figure.data:
            if not trace.get("meta", {}).get("columns"):
                scenery = trace.get("hoverinfo") == "skip" or trace["type"] != "scatter"
                assert scenery, (figure.name, trace.get("name"))


def test_headings_carry_units_in_plain_letters() -> None:
    assert heading("Speed, inertial", "m/s") == "Speed inertial [m/s]"
    assert heading("Heat flux", "kW/m²") == "Heat flux [kW/m2]"
    assert heading("Torque of gravity", "µN m") == "Torque of gravity [uN m]"
    assert heading("Load", "10⁻⁹ g") == "Load [1e-9 g]"
    assert heading("Mach number") == "Mach number"
    assert titled("Time since ignition, s") == "Time since ignition [s]"
    assert titled("Mach number") == "Mach number"


def test_a_trace_says_no_more_than_it_has() -> None:
    assert told(("Load [g]", "y")) == {"meta": {"columns": [["Load [g]", "y"]]}}
    assert told(clock="customdata.0")["meta"] == {"columns": [], "clock": "customdata.0"}
