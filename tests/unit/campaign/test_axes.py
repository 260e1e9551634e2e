"""What a sweep goes over, from words and from values."""

import numpy as np
import pytest

from yaan.base.errors import InputError
from yaan.campaign.axes import Axis, axes_of, lanes_of, parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("300..800km:6", ["300 km", "400 km", "500 km", "600 km", "700 km", "800 km"]),
        ("-4..-1 deg:4", ["-4 deg", "-3 deg", "-2 deg", "-1 deg"]),
        ("0.9..1.1:3", [0.9, 1.0, 1.1]),
        ("1e3..2e3 N:2", ["1000 N", "2000 N"]),
        ("4.8 t, 5.3 t", ["4.8 t", "5.3 t"]),
        ("solve", ["solve"]),
        ('{constant: "0 deg"}, {time: [1 s, 2 s]}', ['{constant: "0 deg"}', "{time: [1 s, 2 s]}"]),
    ],
)
def test_words_of_the_command_line(text: str, values: list[object]):
    assert parse_values(text) == values


def test_a_range_may_leave_its_number_to_the_verb():
    assert parse_values("300..800km", 3) == ["300 km", "550 km", "800 km"]
    assert parse_values("300..800km:2", 3) == ["300 km", "800 km"]


@pytest.mark.parametrize("text", ["300..800km", "300..800km:1", "a..b:3", "1..2:-3"])
def test_what_is_no_range_is_refused(text: str):
    with pytest.raises(InputError, match=r"range|FIRST\.\.LAST"):
        parse_values(text)


def test_all_combinations_with_the_last_key_fastest():
    axes = axes_of({"a": [1, 2], "b": ["x", "y", "z"]})
    rows = lanes_of(axes, zipped=False)
    assert rows[:4] == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 1, "b": "z"},
        {"a": 2, "b": "x"},
    ]
    assert len(rows) == 6


def test_side_by_side():
    rows = lanes_of(axes_of({"a": [1, 2], "b": [3, 4]}), zipped=True)
    assert rows == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]


def test_lengths_that_do_not_match_are_named():
    axes = axes_of({"a": [1, 2], "b": [3, 4], "c": [5]})
    with pytest.raises(InputError, match=r"c: .*1 values.*2 values, as many as a has"):
        lanes_of(axes, zipped=True)


@pytest.mark.parametrize("over", [{}, {"a": []}, {"a": "1, 2"}, {"a": 3}])
def test_what_is_no_list_of_values_is_refused(over: dict[str, object]):
    with pytest.raises(InputError, match="sweep"):
        axes_of(over)  # pyright: ignore[reportArgumentType]


def test_more_flights_than_anyone_waits_for_are_refused():
    axes = axes_of({"a": range(1000), "b": range(1000)})
    with pytest.raises(InputError, match="1,000,000 flights"):
        lanes_of(axes, zipped=False)


def test_numbers_of_one_unit():
    numbers = Axis("a", ("1 km", "2.5 km")).numbers
    assert numbers is not None
    assert numbers[0].tolist() == [1.0, 2.5]
    assert numbers[1] == "km"
    plain = Axis("a", (1, 2.5)).numbers
    assert plain is not None
    assert plain[1] == "1"


@pytest.mark.parametrize("values", [("1 km", "2 m"), ("solve", "1 km"), (True, 1.0), (1.0, "2 s")])
def test_what_has_no_common_unit_is_text(values: tuple[object, ...]):
    assert Axis("a", values).numbers is None


def test_arrays_are_values():
    (axis,) = axes_of({"a": np.linspace(0.0, 1.0, 3)})  # pyright: ignore[reportArgumentType]
    assert axis.values == (0.0, 0.5, 1.0)
