"""Errors: one line each, safe to print, with the nearest name."""

import pickle
import subprocess
import sys

import pytest

from yaan.base import InputError, Problem, UnitError, YaanError, meant, nearest, quote


def test_a_sentence_tells_place_key_value_and_what_to_do() -> None:
    problem = Problem("a.yaml", 7, "vehicle.mass", '"3 km"', "a mass", "did you mean kg?")
    expected = 'a.yaml:7: vehicle.mass: "3 km": expected a mass (did you mean kg?)'
    assert problem.sentence() == expected


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem("a.yaml", None, "", "", "the file is empty"), "a.yaml: the file is empty"),
        (Problem("--set", None, "k", "1", "a text"), "--set: k: 1: expected a text"),
        (Problem("", None, "", '"x"', "a mission"), '"x": expected a mission'),
        (Problem("a.yaml", 2, "k", "", "required: mass"), "a.yaml:2: k: required: mass"),
    ],
)
def test_a_sentence_leaves_out_what_is_missing(problem: Problem, sentence: str) -> None:
    assert problem.sentence() == sentence


def test_an_input_error_has_one_line_for_each_problem_and_pickles() -> None:
    error = InputError([Problem("a", 1, "k", "1", "x"), Problem("b", 2, "l", "2", "y")])
    assert str(error).splitlines() == ["a:1: k: 1: expected x", "b:2: l: 2: expected y"]
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert isinstance(error, YaanError)
    assert issubclass(UnitError, ValueError)


def test_nearest_names() -> None:
    assert nearest("gagnyaan", ["gaganyaan", "lvm3-m5"]) == "did you mean gaganyaan?"
    assert nearest("MASS", ["mass", "area"]) == "did you mean mass?"
    assert nearest("q", ["mass", "area"]) == "known: mass, area"
    assert nearest("q", [str(i) for i in range(100)]) == ""
    assert nearest("q", []) == ""
    assert nearest("thrust", ["vacuum_thrust", "area"]) == "did you mean vacuum_thrust?"


def test_a_short_word_is_not_meant_as_any_other() -> None:
    assert meant("frame", ["name", "force"]) == ""
    assert nearest("frame", ["name", "force"]) == "known: name, force"
    assert meant("hole", ["whole", "name"]) == "did you mean whole?"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("205 t", '"205 t"'),
        ("\x1b[2J\n", '"\\u001b[2J\\n"'),
        ("\u202egnp", '"\\u202egnp"'),
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        ({}, "a mapping"),
        ([], "a list"),
        ("x" * 100, '"' + "x" * 57 + '..."'),
    ],
)
def test_values_are_quoted_as_written_and_cannot_move_the_cursor(value: object, text: str) -> None:
    assert quote(value) == text


def test_base_imports_no_array_library() -> None:
    code = "import sys, yaan.base; assert not {'numpy', 'jax', 'pydantic'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
