"""The ERFA that is installed gives what SOFA's own test program expects of what Yaan calls."""

import json
import re
from pathlib import Path
from typing import Any

import erfa
import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
DATA = Path(__file__).parent / "data" / "erfa_expected.json"
STEPS = {row["test"]: row["steps"] for row in json.loads(DATA.read_text(encoding="utf-8"))}
UNTOLD = {"d2dtf", "gc2gd", "sp00"}
"""Called by Yaan, with no expectation that could be parsed."""

pytestmark = pytest.mark.validation


def value(argument: str, known: dict[str, Any]) -> Any:
    """An argument of a call: a number, a text, or what was set before."""
    if argument.startswith('"'):
        return argument.strip('"')
    try:
        return float(argument) if re.search(r"[.e]", argument) else int(argument)
    except ValueError:
        return known[argument]


def gathered(given: dict[str, float]) -> dict[str, Any]:
    """Numbers that were set, the elements of a matrix as one array."""
    known: dict[str, Any] = {}
    for name, number in given.items():
        base, *index = re.findall(r"\w+", name)
        if index:
            known.setdefault(base, np.zeros((3,) * len(index)))[tuple(map(int, index))] = number
        else:
            known[base] = number
    return known


def called(name: str, text: str, known: dict[str, Any]) -> dict[str, Any]:
    """What a call gives, by the names of its outputs; alone under "" too."""
    arguments = [one.strip() for one in text.split(",")]
    takes = [one for one in arguments if not one.startswith("&")]
    inputs = [value(one, known) for one in takes if one in known or re.match(r'[-\d."]', one)]
    names = [one.lstrip("&") for one in arguments if one.startswith("&") or one not in known]
    names = [one for one in names if not re.match(r'[-\d."]', one)] or [takes[-1]]
    found = getattr(erfa, name)(*inputs)
    outputs = found if isinstance(found, tuple) else (found,)
    return dict(zip(names, outputs, strict=False)) | {"": outputs[0]}


def read(name: str, outputs: dict[str, Any]) -> float:
    """One expected number, as `rb[0][1]` or `pvh[1][2]` or `u1+u2`."""
    if "+" in name:
        return sum(float(outputs[one]) for one in name.split("+"))
    base, *index = re.findall(r"\w+", name)
    found = outputs.get(base, outputs[""])
    if found.dtype.names == ("p", "v"):
        return float(found["pv"[int(index[0])]][int(index[1])])
    return float(found[tuple(map(int, index))]) if index else float(found)


@pytest.mark.filterwarnings("ignore::erfa.ErfaWarning")
@pytest.mark.parametrize("name", sorted(set(STEPS) - {"gd2gc"}))  # `test_earth` has that one
def test_erfa_is_that_of_sofa(name: str):
    given: dict[str, float] = {}
    outputs: dict[str, Any] = {}
    seen = 0
    for kind, *rest in STEPS[name]:
        if kind == "set":
            given[rest[0]] = rest[1]
        elif kind == "call":
            try:
                outputs = called(name, rest[1], gathered(given))
            except erfa.ErfaError:
                outputs = {}  # a call that must fail
        elif kind == "expect" and outputs:
            wanted, margin = rest[1], rest[2]
            assert abs(read(rest[0], outputs) - wanted) <= margin + 1e-15 * abs(wanted), rest[0]
            seen += 1
    assert seen > 0


def test_all_that_is_called_has_a_truth():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(r"erfa\.([a-z0-9]+)\(", text))
    assert used - UNTOLD <= set(STEPS)
