"""What the page of a dispersed mission says: verdicts, intervals, ellipses, and what matters."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.report.lanes_made import key, lanes
from tests.unit.report.test_report_colours import COLOUR, walk
from tests.unit.report.test_report_data import column
from tests.unit.report.test_report_page import figures_of, read
from yaan.report import page, write_sweep
from yaan.report.figures import landed as places
from yaan.report.figures.dark import DARK
from yaan.report.figures.hanging import BARS, hanging
from yaan.report.figures.landed import landed, ring
from yaan.report.figures.lanes import Drawing, Ellipse, Hanging, Lanes, Percentiles, Required, Said
from yaan.report.figures.style import BLUE, Figure
from yaan.report.sweep import sweep_head, sweep_sections
from yaan.spacetime.zone import MEAN_RADIUS

HELD = Required("zone", "miss below 5 km", "miss", "held", 39, 40, 0.95, 0.99, 0.9, 0, (7, 350.0))
FAILED = Required(
    "load", "peak load below 4 g", "peak_load", "failed", 9, 40, 0.1, 0.4, 0.99, 0, (5, 4.2)
)
OPEN = Required(
    "heat", "flux below 1 MW/m2", "peak_heat_flux", "open", 40, 40, 0.9, 1.0, 0.97, 80, None
)
RINGS = tuple(
    Ellipse(share, np.radians(11.0), np.radians(83.0), size, 0.4 * size, 0.3, share + 0.001)
    for share, size in ((0.5, 1e3), (0.95, 2e3), (0.997, 3e3))
)
MASS, WIND = "capsule.mass", "environment.wind.speed"
ABOVE, NOISE = Hanging(MASS, 0.6, 0.05, 0.35, 0.02), Hanging("a.speed", -0.1, 0.06, 0.001, 0.01)
TWO_SIDED = Hanging(WIND, 0.01, 0.06, 0.5, 0.03)
SAID = Said(
    confidence=0.95,
    replicates=0,
    required=(HELD, FAILED, OPEN),
    spreads={
        "miss": Percentiles(975.0, 10.0, ((0.003, 1.0, -np.inf, 40.0), (0.5, 9.0, 8.0, 11.0)))
    },
    footprints=RINGS,
    hanging={"miss": (ABOVE, NOISE, TWO_SIDED), "peak_load": (ABOVE,), "heat_load": (NOISE,)},
    lost=((MASS, 0.9, 0.1), (WIND, -0.31, 0.1), ("a.speed", 0.29, 0.1)),
)


def drawn(said: Said | None = SAID, count: int = 40, **more: Any) -> Lanes:
    made = Drawing(1, 1.0, False, {MASS: "normal", WIND: "normal"})
    masses = key(MASS, np.linspace(4.0, 6.0, count).tolist(), "t")
    speeds = key(WIND, np.cos(np.arange(count)).tolist(), "m s-1")
    return lanes(masses, speeds, zipped=True, drawing=made, said=said, **more)


def section(case: Lanes, name: str) -> list[tuple[str, Any]]:
    return [block for part in sweep_sections(case) if part.name == name for block in part.blocks]


def table(case: Lanes, name: str) -> list[list[str]]:
    rows = next(block for kind, block in section(case, name) if kind in ("table", "fold")).rows
    return [[str(cell) for cell in row] for row in rows]


def known(figure: Figure | None) -> Figure:
    assert figure is not None
    return figure


def figures(case: Lanes) -> list[Any]:
    parts = sweep_sections(case)
    return [block for part in parts for kind, block in part.blocks if kind == "figure"]


def test_requirements_come_first_each_with_its_verdict_and_its_worst_draw() -> None:
    case = drawn()
    assert sweep_sections(case)[0].name == "required"
    held, failed, unsure = table(case, "required")
    for row, state in ((held, "pass"), (failed, "fail"), (unsure, "ungraded")):
        assert f'"badge {state}"' in row[0]
    assert held[2] == "39 of 40"
    assert "95.00 to 99.00" in held[3]
    assert held[4] == "90"
    assert [row[5] for row in (held, failed, unsure)] == ["", "", "80"]
    assert "--lane 7" in held[6]
    assert "4.200 g" in failed[6]
    unknown = replace(SAID, required=(replace(OPEN, more=None),))
    assert table(drawn(unknown), "required")[0][5] == "not known"


def test_the_bar_lies_to_the_side_of_what_is_asked_that_the_verdict_says() -> None:
    spans = []
    for row in table(drawn(), "required"):
        found = re.search(r'width="(\d+)".*?M(\d+) 0v12.*?M([\d.]+) 3.5h([\d.]+)v', row[3])
        assert found is not None
        width, tick, start, size = map(float, found.groups())
        assert 0.0 <= start <= start + size <= width
        spans.append((start - tick, start + size - tick))
    held, failed, unsure = spans
    assert held[0] > 0.0
    assert failed[1] < 0.0
    assert unsure[0] < 0.0 < unsure[1]


def test_the_head_counts_verdicts_and_is_bad_where_one_failed() -> None:
    head = sweep_head(drawn())
    assert "Requirements: 1 held, 1 failed, 1 open." in head["outcome"]
    assert head["tone"] == "bad"
    assert sweep_head(drawn(replace(SAID, required=(HELD, OPEN))))["tone"] == ""
    assert sweep_head(drawn(replace(SAID, required=(HELD,))))["tone"] == "good"
    assert "Requirements" not in sweep_head(drawn(None))["outcome"]


def test_a_probability_near_one_is_told_with_the_digits_that_it_needs() -> None:
    one = replace(HELD, required=0.99999, low=0.999991, high=0.999999)
    row = table(drawn(replace(SAID, required=(one,))), "required")[0]
    assert row[4] == "99.999"
    assert "99.99910 to 99.99990" in row[3]


def test_without_anything_said_there_is_nothing_of_it() -> None:
    names = {part.name for part in sweep_sections(drawn(None))}
    assert not names & {"required", "hangs", "lost"}


def test_a_key_that_matters_to_both_sides_is_no_noise_and_comes_before_weaker_ones() -> None:
    figure = known(hanging(drawn(), SAID))
    miss = figure.data[0]
    assert column(miss, dict(miss["meta"]["columns"])["Key"]) == [WIND, MASS, "a.speed"]
    assert [colour == BLUE for colour in miss["marker"]["color"]] == [True, True, False]
    assert miss["error_x"]["array"] == [0.06, 0.05, 0.06]
    told = [note["text"] for note in figure.wide["annotations"]]
    assert any("Environment wind speed" in text and "50 ± 3 %" in text for text in told)


def test_the_quantities_are_those_that_requirements_name_else_the_usual_ones() -> None:
    case = drawn()

    def names(said: Said) -> list[str]:
        return [trace["name"] for trace in known(hanging(case, said)).data]

    usual = ["Distance from the aim", "Peak load of the entry"]
    assert names(SAID) == usual
    assert names(replace(SAID, required=(FAILED,))) == usual[1:]
    assert names(replace(SAID, required=())) == usual
    assert hanging(case, replace(SAID, hanging={})) is None
    many = tuple(replace(ABOVE, key=f"a.k{i}") for i in range(30))
    twelve = known(hanging(case, replace(SAID, hanging={"miss": many})))
    assert len(twelve.data[0]["x"]) == BARS


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(11.0, 83.0), (-5.0, 179.999), (89.995, 20.0), (-90.0, 0.0)]
)
def test_an_ellipse_is_one_on_the_sphere_wherever_it_lies(latitude: float, longitude: float):
    lat, lon = np.radians([latitude, longitude])
    one = Ellipse(0.95, lat, lon, 9e3, 2e3, np.radians(30.0), 0.95)
    north, east = ring(one)
    assert np.all(np.isfinite(north))
    assert np.all(np.abs(north) <= 0.5 * np.pi)
    towards = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    over = np.array([-np.sin(lon), np.cos(lon), 0.0])
    x, y = over @ towards, np.cross(up, over) @ towards
    arc = MEAN_RADIUS * np.arctan2(np.hypot(x, y), up @ towards)
    along = arc * np.cos(np.arctan2(x, y) - one.azimuth)
    across = arc * np.sin(np.arctan2(x, y) - one.azimuth)
    assert (along / 9e3) ** 2 + (across / 2e3) ** 2 == pytest.approx(1.0, abs=1e-6)
    assert np.max(np.abs(along)) == pytest.approx(9e3, rel=1e-6)


def outlines(figure: Figure) -> list[Any]:
    metas = [one.get("meta", {}).get("name", "") for one in figure.data]
    return [one for one, name in zip(figure.data, metas, strict=True) if "Ellipse" in name]


def test_ellipses_are_drawn_and_it_is_said_what_they_really_hold() -> None:
    near, far = known(landed(drawn())), known(landed(drawn(wide=900.0)))
    for figure in (near, far):
        assert [one["line"]["dash"] for one in outlines(figure)] == ["solid", "dash", "dot"]
        assert "they would hold 50, 95 and 99.7 %" in figure.caption
        assert "of these they hold 50.1, 95.1 and 99.8 %" in figure.caption
    widest = outlines(near)[-1]
    tall = 3.0 * np.hypot(np.cos(0.3), 0.4 * np.sin(0.3))
    assert np.ptp(widest["y"]) == pytest.approx(2.0 * tall, rel=1e-3)
    assert "Ellipse" not in known(landed(drawn(None))).caption
    rows = table(drawn(), "places")
    assert rows[2] == ["99.7", "99.80", "3.000", "1.200", "17.2"]
    everywhere = replace(SAID, footprints=(replace(RINGS[0], semi_major=9e6),))
    assert outlines(known(landed(drawn(everywhere)))) == []


def test_an_ellipse_across_the_date_line_lies_about_the_places_on_the_map() -> None:
    columns = dict(drawn().columns)
    columns["longitude"] = np.radians(180.0 + 2.0 * np.cos(np.arange(40)))
    rings = (replace(RINGS[2], longitude=np.radians(-179.9), semi_major=3e5),)
    figure = known(landed(drawn(replace(SAID, footprints=rings), columns=columns)))
    (one,) = outlines(figure)
    dots = [x for trace in figure.data if trace["mode"] == "markers" for x in trace["x"]]
    assert abs(np.mean(one["x"][:-1]) - np.mean(dots)) < 1.0
    assert np.max(np.abs(np.diff(one["x"]))) < 1.0


def test_places_around_a_pole_lie_around_it() -> None:
    count = 36
    columns = dict(drawn(count=count).columns)
    columns["latitude"] = np.full(count, np.radians(90.0 - 0.01))
    columns["longitude"] = np.linspace(-np.pi, np.pi, count, endpoint=False)
    figure = known(landed(drawn(None, count=count, columns=columns)))
    (trace,) = figure.data
    x, y = np.array(trace["x"]), np.array(trace["y"])
    assert np.hypot(x, y) == pytest.approx(np.radians(0.01) * MEAN_RADIUS / 1e3, rel=1e-4)
    assert np.mean(x) == pytest.approx(0.0, abs=1e-3)
    assert np.mean(y) == pytest.approx(0.0, abs=1e-3)


def test_percentiles_have_their_intervals_and_a_dash_where_draws_are_too_few() -> None:
    (row,) = table(drawn(), "spread")
    assert row[0] == "Distance from the aim, m"
    assert "\u2013 to 40.0" in row[3]
    assert "8.0 to 11.0" in row[4]
    none = Percentiles(975.0, 10.0, ((0.5, 9.0, np.nan, np.nan),))
    sobol = drawn(replace(SAID, replicates=4, spreads={"miss": none}))
    assert " to " not in table(sobol, "spread")[0][3]
    told = " ".join(str(block) for kind, block in section(sobol, "required") if kind == "text")
    assert "4 replicates" in told
    assert "exact" not in told


def test_what_lost_draws_have_in_common_is_what_lies_beyond_three_times_the_noise() -> None:
    rows = table(drawn(lost=(3, 4)), "lost")
    assert [row[0] for row in rows] == ["Capsule mass", "Environment wind speed"]
    assert [row[1] for row in rows] == ["larger values", "smaller values"]
    none = drawn(replace(SAID, lost=SAID.lost[2:]))
    ((kind, text),) = section(none, "lost")
    assert kind == "text"
    assert "nothing in common that can be told from chance" in text
    assert section(drawn(replace(SAID, lost=())), "lost") == []


def test_of_many_places_the_farthest_the_lost_and_the_worst_are_drawn() -> None:
    count, far, lost, worst = 20_001, 8_765, 4_321, 1_235
    columns = dict(drawn(count=count).columns)
    columns["latitude"] = columns["latitude"].copy()
    columns["latitude"][far] += np.radians(0.2)
    said = replace(SAID, required=(replace(HELD, worst=(worst, 1.0)),))
    figure = known(landed(drawn(said, count=count, columns=columns, lost=(lost,))))
    texts = [text for one in figure.data if one["mode"] == "markers" for text in one["text"]]
    assert 3_000 < len(texts) <= places._DRAWN + 1
    drawn_ = {int(text.split(":")[0].removeprefix("Lane ")) for text in texts}
    assert {far, lost, worst} <= drawn_
    assert "of 20\u202f001 places are drawn" in figure.caption


@pytest.mark.parametrize("count", [40, 20_000])
def test_the_page_is_whole_and_small(count: int, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))
    case = drawn(count=count, lost=(3,))
    path = write_sweep(case, tmp_path)
    assert path.name == "dispersions.html"
    assert path.stat().st_size < 1e6
    text = path.read_text("utf-8")
    assert {"required", "hangs", "lost"} <= set(read(text).ids)
    assert set(figures_of(text)) == {figure.name for figure in figures(case)}


def test_every_colour_has_one_for_dark_paper_and_data_are_columns_of_one_length() -> None:
    for figure in figures(drawn(lost=(3,))):
        layers = (figure.data, figure.wide, figure.narrow)
        found = {c for layer in layers for _, text in walk(layer) for c in COLOUR.findall(text)}
        assert found - DARK.keys() == set()
        for trace in (one for one in figure.data if one.get("meta", {}).get("columns")):
            columns = trace["meta"]["columns"]
            assert len({len(column(trace, source)) for _, source in columns}) == 1
            assert "".join(words for words, _ in columns).isascii()
