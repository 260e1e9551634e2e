"""The page of escapes: it says what the record says, and leaves out what is absent."""

import json
import re
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.report import escapes_made, test_report_browser
from tests.unit.report.test_report_colours import COLOUR, walk
from tests.unit.report.test_report_data import column
from tests.unit.report.test_report_page import figures_of, read, unpacked
from yaan.base.errors import YaanError
from yaan.report import escape_tables, page, write_escape_report
from yaan.report.escape import ESCAPE_FIGURES, escape_head, escape_sections
from yaan.report.figures import Figure
from yaan.report.figures.dark import DARK
from yaan.report.figures.escape_flights import escapes, picked
from yaan.report.figures.escape_map import best_rows, cells_of, coverage, judged
from yaan.report.figures.escape_strips import BLACK, EDGES, MOST, NOT_ASKED, OPEN, OUTSIDE
from yaan.report.notebook import plot_escapes
from yaan.results.escape import EscapeRecord

SECTIONS = ["coverage", "zones", "last-minute", "modes", "loads", "crew", "failures", "parting",
            "entry", "landing", "returns", "constraints", "assumptions", "notes",
            "sources"]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> EscapeRecord:
    return escapes_made.escapes()


@pytest.fixture
def no_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


def names_of(record: EscapeRecord) -> set[str]:
    found: set[str] = set()
    for part in escape_sections(record):
        for kind, block in part.blocks:
            if kind == "figure":
                found.add(block.name)
            elif kind == "beside":
                found.add(block.figure.name)
    return found


def text_of(record: EscapeRecord) -> str:
    return page.compose(escape_head(record), escape_sections(record))


def test_it_has_every_section_and_every_figure(made: EscapeRecord) -> None:
    assert [part.name for part in escape_sections(made)] == SECTIONS
    assert names_of(made) == set(ESCAPE_FIGURES)
    assert next(iter(ESCAPE_FIGURES)) == "coverage"


def test_the_page_is_small_and_asks_the_network_for_nothing(
    made: EscapeRecord, tmp_path: Path
) -> None:
    text = write_escape_report(tmp_path, made).read_text(encoding="utf-8")
    assert len(text) < 3_000_000
    reader = read(text)
    assert [v for v in reader.loads if not v.startswith(("#", "data:,"))] == []
    assert not re.search(r"<script[^>]+src", text)
    assert not re.search(r"url\(|@import", "".join(re.findall(r"<style>(.*?)</style>", text, re.S)))
    assert len(set(reader.ids)) == len(reader.ids)
    assert all(len(label) > 60 for label in reader.labels)
    assert set(figures_of(text)) == set(ESCAPE_FIGURES)
    assert unpacked(text, "plotly")


@pytest.mark.usefixtures("no_plotly")
def test_titles_are_shown_and_not_obeyed(made: EscapeRecord) -> None:
    nasty = '</script><script>alert("x")</script>'
    modes = tuple(replace(one, title=nasty) for one in made.summary.modes)
    failures = tuple(replace(one, title=nasty, text=nasty) for one in made.summary.failures)
    asked = tuple(replace(one, words=nasty) for one in made.summary.constraints)
    summary = replace(
        made.summary, title=nasty, sentence=nasty, modes=modes, failures=failures,
        constraints=asked, notes=(nasty,),
    )  # fmt: skip
    text = text_of(replace(made, summary=summary))
    assert "alert" in unescape(text)
    assert "<script>alert" not in text
    for figure in figures_of(text).values():
        shown = [t for layer in ("wide", "narrow") for t in figure[layer].get("annotations", [])]
        assert not any("<script" in one["text"] for one in shown)
        for trace in figure["data"]:
            hover = [trace.get("hovertemplate", "")]
            hover += [cell for row in trace.get("text", []) for cell in np.atleast_1d(row)]
            assert not any("<script" in one for one in hover if one), trace["type"]


@pytest.mark.usefixtures("no_plotly")
def test_the_numbers_beside_the_map_are_those_of_the_record(made: EscapeRecord) -> None:
    text = text_of(made)
    summary = made.summary
    assert summary.sentence in unescape(text)
    rows = re.findall(r'<li[^>]*><label><input type="checkbox" name="(\w+)"(.*?)</li>', text, re.S)
    assert {name for name, _ in rows} == {one.name for one in summary.constraints}
    for name, row in rows:
        one = next(c for c in summary.constraints if c.name == name)
        told = re.sub(r"<[^>]+>", " ", row)
        assert f"worst at  {one.binding}" in told
        assert (" checked" in row) == one.coloured
        assert (" disabled" in row) == (not one.grades)
        if one.coloured:
            assert re.search(rf"black without it\s+{one.black_without}\b", told)
        else:
            assert "colours nothing" in told
        assert one.status in told
    failing = sum(f.instants - f.survivable for f in summary.failures)
    words = f"{summary.black} of {summary.instants} instants black, and {failing} over all failures"
    assert words in text


def test_what_matters_most_stands_first(made: EscapeRecord) -> None:
    (block,) = (b for part in escape_sections(made) for kind, b in part.blocks if kind == "beside")
    rows = block.switches.rows
    on = [row.on for row in rows]
    assert on == sorted(on, reverse=True)
    without = [int(re.sub("<[^>]+>", "", str(row.without))) for row in rows if row.on]
    assert without == sorted(without)


def test_the_map_is_black_where_no_margin_is_above_zero(made: EscapeRecord) -> None:
    figure = coverage(made)
    assert figure is not None
    trace = figure.data[0]
    choice, drawn = made.groups["choice"], trace["meta"]["map"]
    top = trace["z"][drawn["best"]]
    for code, margin in zip(top, choice["margin"], strict=True):
        assert code == (int(np.digitize(margin, EDGES)) if margin >= 0.0 else BLACK)
    assert top.count(BLACK) == made.summary.black
    for k, one in enumerate(made.summary.modes):
        row, held = trace["z"][drawn["modes"][k]], made.groups[f"mode/{one.name}"]
        at = np.searchsorted(choice["time"], held["time"])
        assert [row[i] for i in at] == np.digitize(held["margin"], EDGES).tolist()
        assert {row[i] for i in range(len(row)) if i not in at} <= {OUTSIDE}
        below = trace["z"][drawn["modes"][k] - 1]
        unknown = np.isnan(held["margin_water"])
        assert [below[i] for i in at] == [OPEN if one else None for one in unknown]


def test_zero_is_survivable_and_what_is_less_is_not() -> None:
    assert np.digitize([-1e-12, 0.0], EDGES).tolist() == [4, 5]
    assert all(low < high for low, high in pairwise(EDGES))


@pytest.mark.parametrize("name", ["crew_load", "canopies", "water"])
def test_without_a_constraint_the_map_is_what_its_margins_say(
    made: EscapeRecord, name: str
) -> None:
    cells, summary = cells_of(made), made.summary
    names = [one.name for one in summary.constraints]
    on = [one.coloured and one.name != name for one in summary.constraints]
    margin, worst, _ = judged(made, cells, on)
    best = best_rows(cells, margin, summary.instants)
    for i, time in enumerate(made.groups["choice"]["time"]):
        least = []
        for one in summary.modes:
            held = made.groups[f"mode/{one.name}"]
            row = np.flatnonzero(held["time"] == time)
            if row.size:
                each = [held[f"margin_{c}"][row[0]] for c, w in zip(names, on, strict=True) if w]
                least.append(min(m for m in each if not np.isnan(m)))
        assert (best[i] < 0) == (not least)
        if least:
            assert margin[best[i]] == max(least)
            assert names[worst[best[i]]] != name


def test_of_many_instants_a_column_shows_the_worst(made: EscapeRecord) -> None:
    times = np.arange(0.0, 300.0, 0.1)
    margin = np.full(len(times), 0.3)
    margin[1001] = -0.3
    mode = {"time": times, "margin": margin, "constraint": np.zeros(len(times)),
            "margin_end": margin}  # fmt: skip
    choice = {"time": times, "margin": margin, "mode": np.zeros(len(times)),
              "constraint": np.zeros(len(times))}  # fmt: skip
    one = replace(made.summary.modes[0], begin=0.0, end=300.0)
    end = replace(made.summary.constraints[0], name="end")
    summary = replace(
        made.summary, modes=(one,), constraints=(end,), instants=len(times), step=0.1, failures=(),
        end=float(times[-1]),
    )  # fmt: skip
    figure = coverage(EscapeRecord(summary, {f"mode/{one.name}": mode, "choice": choice}))
    assert figure is not None
    trace = figure.data[0]
    assert len(trace["z"][0]) <= MOST
    assert len(trace["x"]) == len(trace["z"][0]) + 1
    assert trace["z"][trace["meta"]["map"]["best"]].count(BLACK) == 1
    assert "worst of 3 instants" in figure.caption


def test_what_does_not_apply_is_not_what_was_not_judged(made: EscapeRecord) -> None:
    figure = coverage(made)
    assert figure is not None
    columns = dict(figure.data[0]["meta"]["columns"])
    assert set(columns["Margin end"]) == {NOT_ASKED}
    assert None in columns["Margin water"]
    assert NOT_ASKED not in columns["Margin water"]


def test_every_column_is_as_long_as_the_others_and_plainly_headed(made: EscapeRecord) -> None:
    for name, make in ESCAPE_FIGURES.items():
        figure = make(made)
        assert isinstance(figure, Figure)
        assert figure.name == name
        named = [t for t in figure.data if t.get("meta", {}).get("columns")]
        assert named, name
        for trace in named:
            columns = trace["meta"]["columns"]
            assert len({len(column(trace, source)) for _, source in columns}) == 1, name
            words = [heading for heading, _ in columns]
            assert len(set(words)) == len(words)
            assert "," not in "".join(words)
            assert "".join(words).isascii()


def test_every_colour_has_one_for_dark_paper(made: EscapeRecord) -> None:
    for make in ESCAPE_FIGURES.values():
        figure = make(made)
        assert figure is not None
        drawn = [{k: v for k, v in trace.items() if k != "meta"} for trace in figure.data]
        layers = (drawn, figure.wide, figure.narrow)
        assert json.dumps(layers, allow_nan=False)
        found = {c for one in layers for _, text in walk(one) for c in COLOUR.findall(text)}
        assert found - DARK.keys() == set(), figure.name


@pytest.mark.slow
def test_each_group_and_each_column_may_be_absent(made: EscapeRecord) -> None:
    for name in made.groups:
        groups = {key: columns for key, columns in made.groups.items() if key != name}
        assert len(escape_sections(replace(made, groups=groups))) > 8, name
    every = {column for columns in made.groups.values() for column in columns}
    for column_ in every - {"time"}:
        groups = {
            key: {k: v for k, v in columns.items() if k != column_}
            for key, columns in made.groups.items()
        }
        assert len(escape_sections(replace(made, groups=groups))) > 6, column_


@pytest.mark.usefixtures("no_plotly")
def test_without_columns_the_tables_stand(made: EscapeRecord) -> None:
    text = text_of(replace(made, groups={}))
    assert "Modes: instants flown" in text
    assert figures_of(text) == {}


def test_what_has_no_data_is_left_out() -> None:
    found = names_of(escapes_made.escapes(bare=True))
    absent = {"response", "failures", "warning", "overpressure", "splash", "returns"}
    assert found == set(ESCAPE_FIGURES) - absent


def test_escapes_a_minute_apart_and_the_worst_are_picked(made: EscapeRecord) -> None:
    found = escapes(made)
    chosen, worst = picked(found)
    assert worst is not None
    assert worst.load == max(one.load for one in found)
    assert worst in chosen
    times = [one.time for one in chosen if one is not worst]
    assert all(later - one >= 60.0 - 1e-9 for one, later in pairwise(times))
    assert len(chosen) < len(found)


def test_a_figure_is_one_call_and_an_unknown_one_names_the_nearest(made: EscapeRecord) -> None:
    drawn = plot_escapes(made, "coverage")
    assert drawn.to_dict()["data"][0]["type"] == "heatmap"
    with pytest.raises(YaanError, match=r"near: landing"):
        plot_escapes(made, "landings")
    with pytest.raises(YaanError, match="no data for the figure 'splash'"):
        plot_escapes(escapes_made.escapes(bare=True), "splash")


def test_black_zones_tell_when_and_why(made: EscapeRecord) -> None:
    table = escape_tables.zones(made.summary)
    assert table is not None
    assert table.rows[0][0] == "0 to 8"
    told = escape_tables.told_zone(made.summary, made.summary.zones[0])
    assert "every canopy is in its box" in told
    assert "&lt;low&gt;" in told
    assert escape_tables.margin(-1e-5) == "> \u22120.01"
    assert escape_tables.margin(-0.4) == "\u22120.40"
    assert escape_tables.zones(replace(made.summary, zones=())) is None


def test_every_limit_of_the_crew_has_its_clause_standing_and_verdict(made: EscapeRecord) -> None:
    table = escape_tables.crew(made.summary)
    assert table is not None
    graded, ungraded = (" ".join(map(str, row)) for row in table.rows)
    assert "provisional pass" in graded
    assert "A &lt;standard&gt; Rev C, 6.5, a note" in graded
    assert "second-hand" in graded
    assert table.rows[0][3] == "84"
    assert ">ungraded<" in ungraded
    assert "missing" in ungraded
    assert escape_tables.crew(replace(made.summary, crew=())) is None


def test_limits_of_angles_are_shown_in_degrees(made: EscapeRecord) -> None:
    one = made.summary.constraints[0]
    turning = replace(one, limit=float(np.radians(60.0)), unit="rad s-1")
    assert escape_tables.limit(turning) == "60\u00a0deg/s"
    attack = replace(one, limit=float(np.radians(800e3)), unit="Pa rad")
    assert escape_tables.limit(attack) == "800\u00a0kPa deg"


@pytest.mark.slow
def test_a_switch_colours_the_map_anew(made: EscapeRecord, tmp_path: Path) -> None:
    on = [one.coloured and one.name != "crew_load" for one in made.summary.constraints]
    cells = cells_of(made)
    margin, _, _ = judged(made, cells, on)
    best = best_rows(cells, margin, made.summary.instants)
    black = sum(row < 0 or margin[row] < 0.0 for row in best)
    assert black < made.summary.black
    path = write_escape_report(tmp_path, made)
    probe = test_report_browser.PROBE
    clicked = """
  document.querySelector('.switches input[name="crew_load"]').click();
  const heat = document.querySelector('[data-figure="coverage"]');
  for (let i = 0; i < 20; i++) await new Promise((r) => setTimeout(r, 50));
  const top = heat.data[0].z[heat.data[0].meta.map.best];
  told.black = top.filter((code) => code === 10).length;
  told.words = document.querySelector(".switches .count").textContent;
  document.querySelector('.switches input[name="crew_load"]').click();
  told.back = document.querySelector(".switches .count").textContent;
"""
    changed = probe.replace("  told.first = look();", f"{clicked}  told.first = look();")
    assert changed != probe
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_report_browser, "PROBE", changed)
        told = test_report_browser.opened(path)
    assert told["drawn"] == "yes"
    assert told["black"] == black
    assert f"{black} of {made.summary.instants} instants" in told["words"]
    assert told["back"].startswith(f"{made.summary.black} of {made.summary.instants}")
    assert told["figure-coverage"].startswith("Mode,Time [s],Margin,")
