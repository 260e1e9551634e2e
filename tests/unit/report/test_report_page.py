"""The page holds what the flight left, asks nobody for anything, and survives what is missing."""

import gzip
import json
import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from importlib import util
from pathlib import Path

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.report import synthetic
from yaan.base.errors import YaanError
from yaan.report import page, write_report
from yaan.results import make_history, read_flight, summary_of, write_flight
from yaan.results.record import to_plain

SECTIONS = (
    "numbers", "unknown", "verdicts", "timeline", "histories", "track", "budgets", "crew", "escape",
    "profiles", "published", "assumptions", "steering", "models", "notes", "sources", "provenance",
)  # fmt: skip
FIGURES = (
    "motion", "environment", "downrange", "track", "velocity", "exposure", "abort", "profiles",
    "tornado",
)  # fmt: skip
VOID = {"input", "meta", "link", "br", "wbr", "path", "circle", "use"}


class Reader(HTMLParser):
    """Collects what a browser would load, ids, text outside scripts, and tags left open."""

    def __init__(self):
        super().__init__()
        self.loads, self.ids, self.open, self.text, self.labels = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.loads += [v for k, v in attrs if k in ("src", "href", "srcset", "action", "data")]
        self.ids += [found["id"]] if "id" in found else []
        if found.get("role") == "img":
            self.labels.append(found["aria-label"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def unpacked(text: str, name: str) -> bytes:
    """What the page's own script unpacks before it draws; nothing where nothing is drawn."""
    found = re.search(f'<script type="application/gzip" id="{name}">(.*?)</script>', text)
    return gzip.decompress(b64decode(found[1])) if found else b""


def figures_of(text: str) -> dict:
    return json.loads(unpacked(text, "figures") or "{}")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return synthetic.write_run(tmp_path_factory.mktemp("runs") / "gaganyaan-1")


@pytest.fixture(scope="module")
def whole(run):
    return write_report(run).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def record(run):
    """The run with few rows, for tests that render it often."""
    found = read_flight(run)
    assert found.history is not None
    columns = {name: column[::25] for name, column in found.history.columns.items()}
    history = make_history(columns, stages=synthetic.STAGES, phases=synthetic.PHASES)
    return replace(found, history=history)


@pytest.fixture
def bare(monkeypatch):
    """Leaves plotly's script out, which takes most of the time."""
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


def test_the_page_has_every_section_and_figure(whole):
    reader = read(whole)
    assert [name for name in SECTIONS if name not in reader.ids] == []
    assert [f"figure-{name}" for name in FIGURES if f"figure-{name}" not in reader.ids] == []
    assert set(figures_of(whole)) == set(FIGURES)
    assert len(set(reader.ids)) == len(reader.ids)


def test_the_page_asks_the_network_for_nothing(whole):
    assert [v for v in read(whole).loads if not v.startswith(("#", "data:,"))] == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", whole, re.S))
    assert not re.search(r"url\(|@import", styles)
    assert not re.search(r"<script[^>]+src", whole)


def test_the_script_that_draws_is_the_packages_own_and_a_third_of_its_size(whole):
    found = util.find_spec("plotly")
    assert found is not None
    assert found.origin is not None
    script = (Path(found.origin).parent / "package_data" / "plotly.min.js").read_bytes()
    assert unpacked(whole, "plotly") == script
    assert len(whole) < 0.55 * len(script)


def test_a_page_that_cannot_unpack_says_so_and_keeps_its_tables(whole):
    script = whole[whole.rindex('"use strict"') :]
    assert '"DecompressionStream" in window' in script
    assert "The figures are not drawn" in script
    assert "<table" in whole


def test_no_figure_uses_a_trace_that_fetches_tiles_or_shores(whole):
    for figure in figures_of(whole).values():
        assert {trace["type"] for trace in figure["data"]} <= {"scatter", "bar"}


def test_every_figure_says_in_words_what_is_seen(whole):
    labels = read(whole).labels
    assert len(labels) == len(FIGURES)
    assert all(len(text) > 60 for text in labels)


def test_what_does_not_close_is_stated(whole):
    text = " ".join(" ".join(read(whole).text).split())
    assert "Lift-off mass does not close: 649.8 t here, 640 t published" in text
    assert "calibrated, so no evidence" in text
    assert "provisional" in text
    assert "16 values are assumed" in text


def test_the_same_run_gives_the_same_page(record, bare):
    assert page.render(record) == page.render(record)


NOTHING = summary_of({"schema": 1})


@pytest.mark.parametrize("key", sorted(to_plain(NOTHING).keys() - {"schema", "kind"}))
def test_each_part_may_be_missing(record, bare, key):
    without = replace(record.summary, **{key: getattr(NOTHING, key)})
    read(page.render(replace(record, summary=without)))


def test_all_parts_may_be_missing(record, bare):
    read(page.render(replace(record, summary=NOTHING)))


def test_a_flight_without_history_keeps_its_tables(tmp_path, bare):
    synthetic.write_run(tmp_path, history=False, extra_groups={})
    (tmp_path / "manifest.json").unlink()
    reader = read(page.render(read_flight(tmp_path)))
    assert {"timeline", "budgets", "assumptions"} <= set(reader.ids)
    assert "track" not in reader.ids


def test_nothing_but_a_schema_is_still_a_page(tmp_path, bare):
    write_flight(tmp_path, NOTHING)
    reader = read(page.render(read_flight(tmp_path)))
    assert "left no outcome" in " ".join(reader.text)


def test_no_solution_leads_with_the_shortfall(tmp_path, bare):
    document = synthetic.summary()
    text = "The vehicle cannot reach 170 x 430 km with this payload."
    document["outcome"] = {"code": "no-solution", "text": text, "shortfall": 312.4}
    for key in ("orbit", "abort", "crew", "profiles", "peaks"):
        del document[key]
    synthetic.write_run(tmp_path, document, extra_groups={})
    words = " ".join(" ".join(read(page.render(read_flight(tmp_path))).text).split())
    assert "312 m/s short of the target" in words
    assert words.index("312 m/s") < 600


def test_a_flight_that_ended_early_has_one_row_and_a_page(tmp_path, bare):
    document = {"schema": 1, "outcome": {"code": "no-lift-off", "text": "It stayed."}}
    history = make_history({"time": [0.0], "height": [0.0], "latitude": [0.1], "longitude": [1.0]})
    write_flight(tmp_path, summary_of(document), history)
    read(page.render(read_flight(tmp_path)))


def test_values_that_are_not_numbers_leave_gaps(tmp_path, bare):
    columns = synthetic.columns()
    for name in ("mach", "heat_flux", "load", "load_x"):
        columns[name] = np.full(len(columns["time"]), np.nan)
    history = make_history(columns, stages=synthetic.STAGES, phases=synthetic.PHASES)
    write_flight(tmp_path, summary_of(synthetic.summary()), history)
    text = page.render(read_flight(tmp_path))
    assert "NaN" not in json.dumps(figures_of(text))


def test_text_of_the_user_is_shown_and_not_obeyed(tmp_path, bare):
    nasty = '</script><script>alert("x")</script><img src=http://example.org/x.png>'
    document = synthetic.summary()
    document["title"] = document["mission"] = nasty
    document["notes"] = [nasty]
    document["outcome"]["text"] = nasty
    document["timeline"][1]["event"] = nasty
    document["assumptions"][0] |= {"key": nasty, "why": nasty, "low": nasty}
    document["published"][0] |= {"what": nasty, "source": nasty}
    document["crew"]["axes"][0] |= {"text": nasty, "status": nasty, "verdict": nasty}
    document["sources"][0]["source"] = nasty
    document["velocity_ledger"]["phases"][3]["phase"] = nasty
    synthetic.write_run(tmp_path, document)
    text = page.render(read_flight(tmp_path))
    reader = read(text)
    assert "<script>alert" not in text
    assert [v for v in reader.loads if "example.org" in v] == []
    assert nasty in "".join(reader.text)
    drawn = figures_of(text)
    for figure in drawn.values():  # what goes to a file of numbers is text there
        figure["data"] = [{**trace, "meta": None} for trace in figure["data"]]
    assert "<img" not in json.dumps(drawn)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(YaanError, match=r"no summary\.json"):
        write_report(tmp_path)
