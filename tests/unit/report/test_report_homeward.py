"""What assumptions change on the way home: told where any does, and drawn where it can be seen."""

from itertools import pairwise
from typing import Any

import pytest

from yaan.report import evidence
from yaan.report.figures import homeward, tornado
from yaan.report.text import MINUS, NONE
from yaan.results import Summary, summary_of

STILL = {"low": None, "high": None}


def end(miss: float, load: float = 0.0, speed: float | None = 0.0) -> dict[str, Any]:
    told = {"miss": miss, "entry_load_g": load, "touchdown_speed": speed}
    return told | {"canopy_load": None if speed is None else 1500.0, "propellant_left": -3.0}


def summary(**rows: Any) -> Summary:
    given = [
        {"key": f"capsule.{key}", "low": "1 kg", "high": "2 kg", "effect": STILL, "rank": rank}
        | {"value": "1.5 kg", "on_return": effects}
        for rank, (key, effects) in enumerate(rows.items(), 1)
    ]
    return summary_of({"schema": 1, "assumptions": given})


HOME = summary(
    lift={"low": end(280e3, 0.99), "high": end(190e3, -0.28)},
    drag={"low": end(87e3, -0.09), "high": end(75e3, 0.08)},
    mains={"low": end(20.0, 0.0, 0.26), "high": end(40.0, 0.0, -0.45)},
    epoch=None,
)


def test_each_quantity_has_a_panel_with_the_largest_change_first() -> None:
    figure = homeward(HOME)
    assert figure is not None
    assert len(figure.data) == 6
    landing, load, speed = figure.data[0], figure.data[2], figure.data[4]
    assert landing["x"] == [280.0, 87.0]  # 40 m are nothing beside 280 km
    assert load["x"] == [0.99, -0.09]
    assert speed["x"] == [0.26]
    assert speed["meta"]["columns"][0][1] == ["capsule.mains"]
    titles = [figure.wide[name]["title"]["text"] for name in ("xaxis", "xaxis2", "xaxis3")]
    assert titles[0] == "Landing moved by, km"
    assert titles[2] == "Change of the touchdown speed, m/s"
    assert "+0.26 and \u22120.45 m/s" in figure.alt


@pytest.mark.parametrize("name", ["wide", "narrow"])
def test_the_panels_and_their_names_keep_apart(name: str) -> None:
    figure = homeward(HOME)
    assert figure is not None
    made = getattr(figure, name)
    domains = [made[axis]["domain"] for axis in ("yaxis", "yaxis2", "yaxis3")]
    plot = made["height"] - made["margin"]["t"] - made["margin"]["b"]
    for (low, _), (_, high) in pairwise(domains):
        assert (low - high) * plot > 45.0  # numbers of the axis and its title
    assert domains[0][1] == 1.0
    assert domains[2][0] == pytest.approx(0.0, abs=1e-9)
    assert {note["yref"] for note in made["annotations"]} == {"y", "y2", "y3"}
    # A distance has no sign, and its bars begin at the edge.
    assert made["xaxis"]["range"][0] == 0.0
    assert made["xaxis2"]["range"][0] < 0.0


def test_nothing_on_the_way_home_is_no_figure_and_no_column() -> None:
    still = summary(epoch=None)
    assert homeward(still) is None
    found, more = evidence.assumptions(still), evidence.assumptions(HOME)
    assert found is not None
    assert more is not None
    assert len(more.columns) == len(found.columns) + 5
    assert {len(row) for row in more.rows} == {len(more.columns)}


def test_the_table_tells_both_ends_and_dashes_for_what_moves_nothing() -> None:
    made = evidence.assumptions(HOME)
    assert made is not None
    assert [str(cell) for cell in made.rows[0][-5:]] == [
        "280.0<br>190.0",
        f"+0.99<br>{MINUS}0.28",
        "0.00<br>0.00",
        "+1.50<br>+1.50",
        f"{MINUS}3<br>{MINUS}3",
    ]
    assert set(made.rows[3][-5:]) == {NONE}


def test_an_end_that_does_not_come_down_says_so_and_one_that_is_not_given_does_not() -> None:
    lost = evidence.assumptions(summary(lift={"low": None, "high": end(5e3)}))
    assert lost is not None
    assert str(lost.rows[0][-5]) == "not down<br>5.0"
    given = summary_of(
        {
            "schema": 1,
            "assumptions": [
                {"key": "a", "low": None, "high": "2 kg", "effect": STILL}
                | {"on_return": {"low": None, "high": end(5e3)}}
            ],
        }
    )
    made = evidence.assumptions(given)
    assert made is not None
    assert str(made.rows[0][-5]) == f"{NONE}<br>5.0"


def test_a_capsule_without_canopies_has_no_panel_of_its_touchdown() -> None:
    figure = homeward(summary(lift={"low": end(3e3, 0.5, None), "high": end(2e3, -0.5, None)}))
    assert figure is not None
    assert len(figure.data) == 4
    assert "xaxis3" not in figure.wide


def test_the_ascent_keeps_its_own_figure() -> None:
    effect = {"propellant_left": -70.0, "cut_off": 1.0, "max_load_g": 0.0, "abort_load_g": None}
    rows = [{"key": "a.b", "low": "1", "high": "2", "effect": {"low": effect, "high": None}}]
    figure = tornado(summary_of({"schema": 1, "assumptions": rows}))
    assert figure is not None
    assert [trace["x"] for trace in figure.data] == [[-70.0], [None]]
    assert figure.wide["xaxis"]["range"] == pytest.approx([-1.18 * 70.0, 1.18 * 70.0])
    assert homeward(summary_of({"schema": 1, "assumptions": rows})) is None
