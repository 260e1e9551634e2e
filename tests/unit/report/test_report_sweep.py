"""The page of a sweep: what is drawn against what, what failed is marked, and what is counted."""

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.report.lanes_made import ANGLES, MASSES, key, lanes
from tests.unit.report.test_report_colours import COLOUR, walk
from tests.unit.report.test_report_data import column
from tests.unit.report.test_report_page import figures_of, read
from yaan.report import page, write_sweep
from yaan.report.figures import swept
from yaan.report.figures.dark import DARK
from yaan.report.figures.landed import landed
from yaan.report.figures.spread import spread, statistics
from yaan.report.figures.style import NARROW
from yaan.report.figures.swept import view
from yaan.report.sweep import sweep_head, sweep_sections

EIGHT = key("capsule.mass", np.linspace(4.0, 6.0, 8).tolist(), "t")
SEVEN = key("interface.flight_path_angle", np.linspace(-4.0, -1.0, 7).tolist())
CASES = {
    "one": lanes(ANGLES, lost=(1,)),
    "two": lanes(ANGLES, MASSES, lost=(3, 4)),
    "both many": lanes(SEVEN, EIGHT, lost=(9,)),
    "side by side": lanes(ANGLES, key("capsule.mass", [1.0, 2.0, 3.0, 4.0], "t"), zipped=True),
    "words": lanes(key("steering.profile", ["lofted", "low", "crew-shaped"])),
    "many": lanes(key("capsule.mass", np.linspace(4.0, 6.0, 300).tolist(), "t"), lost=(7,)),
    "far": lanes(ANGLES, MASSES, wide=900.0, lost=(2,)),
    "none flown": lanes(ANGLES, lost=(0, 1, 2, 3)),
}


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves plotly's script out, which takes most of the time."""
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


def figures(case: str) -> list:
    parts = sweep_sections(CASES[case])
    return [block for part in parts for kind, block in part.blocks if kind == "figure"]


def table(case: str, name: str) -> list[list[str]]:
    parts = [part for part in sweep_sections(CASES[case]) if part.name == name]
    found = next(block for part in parts for kind, block in part.blocks if kind == "table")
    return [[str(cell) for cell in row] for row in found.rows]


def lines(figure) -> list:
    return [trace for trace in figure.data if "lines" in trace["mode"]]


def crosses(figure) -> list:
    return [t for t in figure.data if t.get("marker", {}).get("symbol") == "x-thin"]


@pytest.mark.parametrize("case", CASES)
def test_the_page_is_whole_and_loads_nothing(case: str, bare: None, tmp_path) -> None:
    path = write_sweep(CASES[case], tmp_path)
    assert path == tmp_path / "sweep.html"
    text = path.read_text("utf-8")
    reader = read(text)
    assert [v for v in reader.loads if not v.startswith(("#", "data:,"))] == []
    assert {"swept", "ended", "flights", "files"} <= set(reader.ids)
    assert all(len(words) > 60 for words in reader.labels)
    assert set(figures_of(text)) == {figure.name for figure in figures(case)}


@pytest.mark.parametrize("case", CASES)
def test_every_colour_has_one_for_dark_paper(case: str) -> None:
    found = {
        colour
        for figure in figures(case)
        for layer in (figure.data, figure.wide, figure.narrow)
        for _, text in walk(layer)
        for colour in COLOUR.findall(text)
    }
    assert found - DARK.keys() == set()


@pytest.mark.parametrize("case", CASES)
def test_every_figure_has_data_in_columns_of_one_length(case: str) -> None:
    for figure in figures(case):
        named = [trace for trace in figure.data if trace.get("meta", {}).get("columns")]
        assert named
        for trace in named:
            words = [heading for heading, _ in trace["meta"]["columns"]]
            lengths = {len(column(trace, source)) for _, source in trace["meta"]["columns"]}
            assert len(lengths) == 1, words
            assert len(set(words)) == len(words)
            assert "," not in "".join(words)
            assert "".join(words).isascii()


def test_one_key_is_the_axis_and_what_failed_is_a_cross_on_it() -> None:
    entry, touchdown, _ = figures("one")
    assert entry.name == "swept-entry"
    (load, flux) = lines(entry)
    assert load["x"] == [-4.0, -3.0, -2.0, -1.0]
    assert load["y"][1] is None
    assert load["y"][0] == pytest.approx(4.0)
    assert flux["y"][2] == pytest.approx(402.0)
    assert entry.wide["xaxis"]["title"]["text"] == "Interface flight path angle, deg"
    (cross,) = crosses(touchdown)
    assert cross["x"] == [-3.0]
    assert cross["text"] == ["Skipped out, lane 1"]
    # Its axis lies over the lowest panel and begins at its foot.
    over = entry.wide[crosses(entry)[0]["yaxis"].replace("y", "yaxis")]
    assert over["overlaying"] == "y2"
    assert over["range"][0] == crosses(entry)[0]["y"][0]
    assert "1 flight that did not end as it should" in entry.caption


def test_of_two_keys_the_one_of_fewer_values_is_a_curve_each() -> None:
    entry = figures("two")[0]
    assert len(lines(entry)) == 2 * 3
    for trace in lines(entry):
        assert trace["x"] == [-4.0, -3.0, -2.0, -1.0]
    first = lines(entry)[0]
    assert first["name"].endswith("Capsule mass 4.8\u00a0t")
    expected = [4.0 + 0.3 * np.sin(0.1 * lane) for lane in (0, 6, 9)]
    assert first["y"][1] is None
    assert [y for y in first["y"] if y is not None] == pytest.approx(expected, abs=1e-5)
    keys = [note["text"] for note in entry.wide["annotations"] if "Capsule mass" in note["text"]]
    assert sum(text.count("Capsule mass") for text in keys) == 3
    # Two failed at one angle, with two masses: neither hides the other.
    places = {
        (x, y) for trace in crosses(entry) for x, y in zip(trace["x"], trace["y"], strict=True)
    }
    assert len(places) == 2


def test_the_curve_is_in_the_order_of_its_axis_however_it_was_asked_for() -> None:
    seen = view(lanes(key("a.b", [3.0, 1.0, 2.0])))
    assert seen.along[seen.lines[0].lanes].tolist() == [1.0, 2.0, 3.0]


def test_two_keys_of_many_values_make_maps_of_colours() -> None:
    entry = figures("both many")[0]
    heat = [trace for trace in entry.data if trace["type"] == "heatmap"]
    assert len(heat) == 2
    case = CASES["both many"]
    # The longer one stands along the axis: lane 9 is the second angle and the second mass.
    z = np.array([[np.nan if v is None else v for v in row] for row in heat[1]["z"]])
    assert z.shape == (7, 8)
    assert np.isnan(z[1, 1])
    assert int(np.isnan(z).sum()) == 1
    assert z[6, 7] == pytest.approx(float(case.columns["peak_heat_flux"][55]) / 1e3)
    assert z[0, 7] == pytest.approx(float(case.columns["peak_heat_flux"][7]) / 1e3)
    assert crosses(entry)[0]["x"] == pytest.approx([4.0 + 2.0 / 7.0], rel=1e-6)
    assert crosses(entry)[0]["y"] == pytest.approx([-3.5], rel=1e-6)
    right = [entry.wide[name]["colorbar"]["x"] for name in ("coloraxis", "coloraxis2")]
    assert entry.wide["xaxis"]["domain"][1] < right[0] < entry.wide["xaxis2"]["domain"][0]
    assert right[1] < 0.95
    assert "coloraxis2" in entry.narrow
    assert entry.narrow["xaxis2"]["domain"] == entry.narrow["xaxis"]["domain"]


@pytest.mark.parametrize("case", ["side by side", "words"])
def test_all_else_stands_against_the_number_of_the_lane(case: str) -> None:
    entry = figures(case)[0]
    assert {trace["mode"] for trace in entry.data} == {"markers"}
    assert entry.data[0]["x"] == [float(i) for i in range(len(CASES[case]))]
    assert entry.wide["xaxis"]["title"]["text"] == "Lane"


def test_values_of_two_units_or_twice_the_same_are_no_axis() -> None:
    twice = lanes(key("a.b", [1.0, 2.0, 2.0]))
    assert not view(twice).joined


def test_a_key_of_one_value_does_not_count() -> None:
    found = view(lanes(ANGLES, key("capsule.mass", [5.0], "t")))
    assert found.title == "Interface flight path angle, deg"
    assert found.joined


def test_what_does_not_vary_or_was_asked_for_is_not_drawn() -> None:
    case = CASES["two"]
    assert case.main == ("peak_load", "peak_heat_flux", "miss")
    told = np.radians(np.repeat([-4.0, -3.0, -2.0, -1.0], 3))
    again = lanes(ANGLES, MASSES, columns=dict(case.columns) | {"interface_angle": told})
    assert "interface_angle" not in again.main
    moved = lanes(ANGLES, MASSES, columns=dict(case.columns) | {"interface_angle": 1.01 * told})
    assert "interface_angle" in moved.main


def test_few_flights_have_no_histograms_and_many_are_all_counted() -> None:
    assert spread(CASES["two"]) is None
    figure = spread(CASES["many"])
    assert figure is not None
    assert len(figure.data) == 3
    for trace in figure.data:
        assert sum(trace["y"]) == 299
        assert min(trace["width"]) > 0.0


def test_the_spread_is_that_of_the_flights_that_flew() -> None:
    case = CASES["many"]
    mean, deviation, low, middle, high = statistics(case, "miss")
    known = np.delete(50.0 * np.arange(300), 7)
    assert mean == pytest.approx(known.mean())
    assert deviation == pytest.approx(known.std(ddof=1))
    assert (low, middle, high) == pytest.approx(tuple(np.percentile(known, (5, 50, 95))))
    assert table("many", "spread")[0][0] == "Peak load of the entry, g"


def test_more_points_than_a_page_should_hold_are_thinned_and_that_is_said() -> None:
    many = lanes(key("capsule.mass", np.linspace(4.0, 6.0, 5000).tolist(), "t"))
    figure = next(iter(swept.swept(many)))
    assert len(figure.data[0]["x"]) == 1667
    assert "One flight of every 3 is drawn." in figure.caption


def test_places_near_each_other_are_told_in_kilometres_and_others_on_a_map() -> None:
    near, far = landed(CASES["two"]), landed(CASES["far"])
    assert near is not None
    assert far is not None
    east = [x for trace in near.data for x in trace["x"]]
    assert len(east) == 12
    assert max(map(abs, east)) < 2.0
    assert near.wide["yaxis"]["scaleanchor"] == "x"
    assert "xaxis2" in far.wide
    squares = [t for t in far.data if t.get("marker", {}).get("symbol") == "square"]
    assert [len(trace["x"]) for trace in squares] == [1]
    assert "Squares" in far.caption
    assert landed(lanes(ANGLES, wide=0.0)) is None


def test_flights_that_ended_aloft_are_not_called_landed() -> None:
    columns = dict(CASES["two"].columns) | {"height": np.full(12, 7e3)}
    figure = landed(lanes(ANGLES, MASSES, columns=columns))
    assert figure is not None
    assert figure.caption.startswith("Where the flights ended at a height of 7.0 km.")


def test_places_on_both_sides_of_the_date_line_lie_beside_each_other() -> None:
    columns = dict(CASES["one"].columns)
    columns["longitude"] = np.radians([179.99, -179.99, 179.98, -179.98])
    figure = landed(lanes(ANGLES, columns=columns))
    assert figure is not None
    (trace,) = figure.data
    assert [x < 0.0 for x in trace["x"]] == [True, False, True, False]
    assert max(map(abs, trace["x"])) < 3.0


def test_outcomes_are_counted_with_their_sentences() -> None:
    (flown, skipped) = table("two", "ended")
    assert flown[1:3] == ["10", "83.3"]
    assert skipped[1:3] == ["2", "16.7"]
    assert "left the atmosphere again" in skipped[4]
    assert sweep_head(CASES["two"])["outcome"].endswith("10 flown, 2 skipped out.")
    assert sweep_head(CASES["two"])["tone"] == ""
    assert sweep_head(CASES["words"])["tone"] == "good"
    assert sweep_head(CASES["none flown"])["tone"] == "bad"


def test_reasons_beyond_a_few_are_counted() -> None:
    texts = ("a.", "b.", "c.", "d.")
    case = lanes(ANGLES, lost=(0, 1, 2, 3), texts=texts)
    part = next(part for part in sweep_sections(case) if part.name == "ended")
    (row,) = part.blocks[0][1].rows
    assert row[4] == "a. b. c. And 1 other reason, see sweep.nc."


def test_best_and_worst_are_those_of_flights_that_flew() -> None:
    rows = table("two", "flights")
    assert len(rows) == 12
    marked = {
        (i, row[6].split(">")[-2].split("<")[0]) for i, row in enumerate(rows) if "<" in row[6]
    }
    assert marked == {(0, "best"), (11, "worst")}
    assert "Skipped out" in rows[3][3]
    assert "loud" in rows[3][3]
    least = lanes(ANGLES, lost=(0,))
    part = next(part for part in sweep_sections(least) if part.name == "flights")
    told = [str(row[-1]) for row in part.blocks[0][1].rows]
    assert ["best" in text for text in told] == [False, True, False, False]


def test_the_table_has_two_hundred_flights_and_says_where_the_rest_is() -> None:
    part = next(part for part in sweep_sections(CASES["many"]) if part.name == "flights")
    (_, shown), (kind, folded) = part.blocks
    assert kind == "fold"
    assert len(shown.rows) + len(folded.rows) == 200
    assert shown.caption == "The first 200 of 300 flights, the rest is in sweep.csv"
    assert folded.rows[0][0] == "40"


@pytest.mark.parametrize(
    ("design", "says"), [("kept", "open loop"), ("anew", "Designed anew"), ("none", "Nothing had")]
)
def test_it_is_said_how_the_flights_were_designed(design: str, says: str) -> None:
    part = sweep_sections(lanes(ANGLES, design=design))[0]
    told = " ".join(str(block) for kind, block in part.blocks if kind == "text")
    assert says in told
    assert "were not judged" in told


def test_values_are_named_or_told_as_a_range() -> None:
    even = key("a.b", np.linspace(0.0, 1.0, 9).tolist())
    odd = key("a.b", [float(k**2) for k in range(9)])
    for given, says in (
        (even, "0\u00a0deg to 1\u00a0deg, evenly"),
        (odd, "9\u00a0deg, … 64\u00a0deg"),
    ):
        assert says in str(sweep_sections(lanes(given))[0].blocks[0][1].rows[0][2])


def test_names_are_text_and_no_markup(bare: None, tmp_path) -> None:
    nasty = "</script><b>x</b>"
    case = lanes(key(nasty, [nasty, "b"]), title=nasty, texts=(nasty, ""), lost=(0,))
    text = write_sweep(case, tmp_path).read_text("utf-8")
    assert "<b>x</b>" not in text
    read(text)


def test_a_legend_is_inside_on_a_phone() -> None:
    figure = figures("two")[0]
    for note in figure.narrow["annotations"]:
        if "Capsule mass" in note["text"]:
            shown = note["text"].count("Capsule mass") * len("━━ Capsule mass 4.8 t    ")
            assert 5.6 * shown < NARROW + 30
