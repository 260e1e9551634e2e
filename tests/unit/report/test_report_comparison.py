"""The page of a comparison: every run in one colour, what is missing said, nothing loaded."""

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.report import homecoming, synthetic
from tests.unit.report.test_report_page import figures_of, read
from yaan.report import page, write_comparison
from yaan.report.figures.overlay import COLOURS
from yaan.results import compare_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    other = synthetic.summary()
    other["peaks"]["load"]["value_g"] = 9.9
    return {
        "up": synthetic.write_run(folder / "up-1"),
        "higher": synthetic.write_run(folder / "up-2", other),
        "down": homecoming.write_entry(folder / "down-1"),
        "whole": homecoming.write_mission(folder / "whole-1", 40),
    }


@pytest.fixture
def bare(monkeypatch):
    """Leaves plotly's script out, which takes most of the time."""
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


def drawn(runs, *names):
    text = page.render_comparison(compare_runs([runs[name] for name in names]))
    return read(text), figures_of(text)


def test_runs_of_one_kind_are_laid_over_each_other(runs, bare):
    reader, figures = drawn(runs, "up", "higher")
    assert set(figures) == {f"ascent-{name}" for name in ("motion", "air", "path", "track")}
    assert {"runs", "input", "results", "events", "verdicts"} <= set(reader.ids)
    text = " ".join(" ".join(reader.text).split())
    assert "Largest load peaks.load.value_g" in text
    assert all(len(label) > 60 for label in reader.labels)


def test_a_run_has_the_same_colour_in_every_curve(runs, bare):
    _, figures = drawn(runs, "up", "higher", "whole")
    for figure in figures.values():
        for trace in figure["data"]:
            for place, name in enumerate(("up-1", "up-2", "whole-1")):
                if trace.get("name", "").endswith(name) and trace["mode"] == "lines":
                    assert trace["line"]["color"] == COLOURS[place]


def test_tables_have_the_colours_of_the_curves(runs, bare):
    text = page.render_comparison(compare_runs([runs["up"], runs["higher"], runs["whole"]]))
    for colour in COLOURS[:3]:
        assert f'<span class="swatch" style="color:{colour};' in text
        assert text.count(f"color:{colour};color:light-dark({colour},") > 3
    assert f"color:{COLOURS[3]};" not in text


def test_what_two_runs_share_is_drawn_and_the_rest_is_said(runs, bare):
    reader, figures = drawn(runs, "up", "down", "whole")
    assert {name.split("-")[0] for name in figures} == {"ascent", "return"}
    text = " ".join(" ".join(reader.text).split())
    assert "Not drawn, for they have none: down-1." in text
    assert "up-1 has no orbit" in text
    motion = figures["return-motion"]
    first = [trace["x"][0] for trace in motion["data"] if trace["mode"] == "lines"]
    assert max(first) == 0.0  # the interface, whenever it was


def test_runs_without_a_shared_part_are_drawn_from_their_starts(runs, bare):
    _, figures = drawn(runs, "up", "down")
    assert {name.split("-")[0] for name in figures} == {"flight"}


def test_a_column_that_a_run_lacks_is_named(runs, bare):
    reader, _ = drawn(runs, "up", "down")
    assert "Propellant, all stages: not of down-1." in " ".join(reader.text)


def test_the_legend_makes_room_for_its_rows(runs):
    from yaan.report.comparison import comparison_sections

    found = compare_runs([runs["up"]] * 6, [f"a run with a long name, {i}" for i in range(6)])
    figures = [b for s in comparison_sections(found) for kind, b in s.blocks if kind == "figure"]
    for figure in figures:
        keys = [
            note
            for note in figure.narrow["annotations"]
            if "a run with a long name" in note["text"]
        ]
        assert len(keys) == 6
        assert len({note["y"] for note in keys}) == 6
        assert figure.narrow["margin"]["t"] > 6 * 17


def test_names_are_text_and_no_markup(runs, bare):
    found = compare_runs([runs["up"], runs["higher"]], ("<b>x</b>", "</script>"))
    text = page.render_comparison(found)
    assert "<b>x</b>" not in text
    read(text)


def test_the_page_is_written_where_it_is_asked_for(runs, bare, tmp_path):
    found = compare_runs([runs["up"], runs["higher"]])
    assert write_comparison(found, tmp_path) == tmp_path / "compare.html"
    path = write_comparison(found, tmp_path / "two.html")
    assert [
        v for v in read(path.read_text("utf-8")).loads if not v.startswith(("#", "data:,"))
    ] == []


def test_runs_without_histories_keep_their_tables(runs, bare, tmp_path):
    bare_run = synthetic.write_run(tmp_path / "bare", history=False, extra_groups={})
    text = page.render_comparison(compare_runs([bare_run, bare_run]))
    reader = read(text)
    assert "The runs do not differ" in " ".join(reader.text)
    assert figures_of(text) == {}


def test_a_path_over_ground_starts_at_zero_where_a_part_begins(runs, bare):
    _, figures = drawn(runs, "down", "whole")
    for trace in figures["return-path"]["data"]:
        assert trace["x"][0] == 0.0
        assert np.all(np.asarray(trace["x"]) >= 0.0)
