"""Every number and every text of schema 1 stands in schema 2, where the map says."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from yaan.results import schema1, summary_of
from yaan.results.record import from_plain, to_plain
from yaan.results.summary import Summary

ROOT = Path(__file__).parents[3]
DATA = sorted((Path(__file__).parent / "data").glob("*.json"))


def old(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def older() -> dict[str, Any]:
    """How the touchdown was told before it had a key of its own."""
    document = old(DATA[0].with_name("gaganyaan.json"))
    document["descent"]["touchdown"] = document.pop("touchdown")
    return document


DOCUMENTS = {path.stem: old(path) for path in DATA} | {"older": older()}


def lost(document: dict[str, Any]) -> Iterator[tuple[schema1.Path, object]]:
    """What stands in a summary of schema 1 and not, with all its digits, at its new place."""
    new = to_plain(summary_of(document))
    for path, value in schema1.leaves_of(document):
        if path != ("schema",) and value not in (None, [], {}):
            place = schema1.new_place(path)
            if place is None or found(new, place) != (type(value), value):
                yield path, value


def found(tree: Any, place: tuple[object, ...]) -> tuple[type, object] | None:
    for segment in place:
        key: Any = segment
        if isinstance(segment, tuple):
            choice, key = segment
            name, value = choice.strip("{}").split("=")
            tree = [row for row in tree if row[name] == value]
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return None
    return type(tree), tree


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_of_schema_1_is_lost(name: str):
    assert list(lost(DOCUMENTS[name])) == []


@pytest.mark.parametrize("key", schema1.MAP)
def test_every_entry_of_the_map_is_needed(monkeypatch: pytest.MonkeyPatch, key: str):
    old = tuple(key.split("."))
    rest = [pattern for pattern in schema1._PATTERNS[old[0]] if pattern[0] != old]
    monkeypatch.setitem(schema1._PATTERNS, old[0], rest)
    whole_first = sorted(DOCUMENTS, key=lambda name: name != "gaganyaan")
    assert any(next(lost(DOCUMENTS[name]), None) for name in whole_first)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_read_from_schema_1_is_whole_in_schema_2(name: str):
    told = to_plain(summary_of(DOCUMENTS[name]))
    assert to_plain(from_plain(Summary, told, "summary.json")) == told


@pytest.mark.parametrize("name", DOCUMENTS)
def test_old_keys_are_answered_with_a_notice(name: str):
    document = deepcopy(DOCUMENTS[name])
    summary = summary_of(document)
    for key, value in document.items():
        if key == "schema" or name == "older":
            continue
        with pytest.warns(DeprecationWarning, match=r"read summary\."):
            assert holds(summary[key], value), key


def holds(told: Any, wanted: Any) -> bool:
    """Whether all that is wanted is told; new names may stand beside old ones."""
    if isinstance(wanted, dict):
        return all(holds(told[key] if told else None, value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(told) == len(wanted) and all(map(holds, told, wanted))
    return told == wanted


def test_the_table_of_keys_in_the_documentation_is_the_map():
    page = (ROOT / "docs" / "reference" / "run-folder.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", page, re.MULTILINE)
    assert dict(rows) == {old: new for old, new in schema1.MAP.items() if old != new}


def test_a_notice_names_the_new_place():
    summary = summary_of(DOCUMENTS["gaganyaan"])
    with pytest.warns(DeprecationWarning, match=r"read summary\.ascent\.orbit\.$"):
        assert summary["orbit"]
    with pytest.warns(DeprecationWarning, match=r"summary\.budgets\.velocity and summary\.bud"):
        assert summary["velocity_ledger"]
    with pytest.warns(DeprecationWarning, match=r"read \.name\.$"):
        assert summary.timeline[0]["event"] == "ignition"
    with pytest.warns(DeprecationWarning, match=r"read \.code\.$"):
        assert summary.outcome["code"] == "flown"
    with pytest.raises(KeyError):
        assert summary["landed"]
    with pytest.raises(KeyError):
        assert summary.outcome["colour"]


def test_places_have_their_angles_in_radians():
    summary = summary_of(DOCUMENTS["gaganyaan"])
    assert summary.landing is not None
    assert summary.landing.touchdown is not None
    assert summary.landing.touchdown.latitude == pytest.approx(0.203963, abs=1e-6)
    assert summary.opportunities[0].entry_angle is None
