"""What a notebook shows: figures of columns, and flights without a script."""

from typing import Any

import pytest

from tests.unit.report import synthetic
from tests.unit.report.test_report_page import read
from yaan.base.errors import YaanError
from yaan.report.notebook import comparison_html, comparison_text, flight_html, plot
from yaan.results import compare_runs, read_flight


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return read_flight(synthetic.write_run(tmp_path_factory.mktemp("runs") / "up-1"))


def drawn(record, names, between=None) -> dict[str, Any]:
    return plot(record.summary, record.history, names, between).to_dict()


def test_columns_are_panels_with_units_and_phases(record):
    figure = drawn(record, ("height", "propellant"))
    assert [trace["name"] for trace in figure["data"]] == [
        "Height", "Propellant, S200", "Propellant, L110", "Propellant, C25"
    ]  # fmt: skip
    height = record.history["height"]
    assert max(figure["data"][0]["y"]) == pytest.approx(height.max() / 1e3, rel=1e-4)
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert any("<b>Height</b>, km" in text for text in texts)
    assert any("Gravity turn" in text for text in texts)
    assert figure["layout"]["xaxis"]["title"]["text"] == "Time since ignition, s"


def test_without_names_the_usual_ones_are_drawn(record):
    figure = drawn(record, ())
    assert [trace["name"] for trace in figure["data"]] == ["Height", "Speed, relative", "Load"]


def test_a_span_cuts_the_rows(record):
    time = drawn(record, ("load",), (100.0, 200.0))["data"][0]["x"]
    assert min(time) >= 100.0
    assert max(time) <= 200.0
    with pytest.raises(YaanError, match=r"no two rows between 5000 s and 6000 s.*to 955\.5 s"):
        plot(record.summary, record.history, ("load",), (5e3, 6e3))


def test_every_column_that_cannot_be_drawn_is_told_at_once(record):
    with pytest.raises(YaanError) as told:
        plot(record.summary, record.history, ("hght", "load", "bank", "time", "speed"))
    text = str(told.value)
    assert "There is no column 'hght' (near: height)" in text
    assert "this flight has no 'bank' (bank, lift to the right of the motion)" in text
    assert "'time' is what the others are drawn against" in text
    assert "speed_relative, speed_inertial" in text
    assert "'load'" not in text


def test_every_column_can_be_drawn(record):
    for name in record.history.columns:
        if name != "time":
            assert drawn(record, (name,))["data"]


def test_a_flight_is_shown_without_a_script(record):
    text = flight_html(record)
    read(text)
    assert "<script" not in text
    for words in ("Peak load", "<polyline", "L110 separation"):
        assert words in text


def test_a_flight_that_left_nothing_is_shown(tmp_path):
    bare = read_flight(synthetic.write_run(tmp_path / "b", history=False, extra_groups={}))
    assert "<polyline" not in flight_html(bare)


def test_a_comparison_is_told_in_lines_and_tables(record):
    found = compare_runs([record, record], ("a", "<b>"))
    assert comparison_text(found) == "<b> against a"
    text = comparison_html(found)
    assert "<th>&lt;b&gt;</th>" in text
    assert "The same in result" in text
