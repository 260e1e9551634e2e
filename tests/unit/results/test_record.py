"""Records are written and read by the types of their fields, and nothing else is taken."""

import math
from typing import Any, Literal

import pytest

from yaan.base.errors import InputError
from yaan.results.record import (
    Radians,
    RadiansOrNone,
    field_texts,
    from_plain,
    json_schema,
    record,
    to_plain,
)


@record
class Leaf:
    """A leaf.

    Attributes:
        angle_deg: of its stalk,
            in the wind.
        twist_deg: None of a flat one.
    """

    angle_deg: float
    twist_deg: float | None

    angle = Radians()
    twist = RadiansOrNone()


@record
class Tree:
    """A tree.

    Attributes:
        name: its own.
        leaves: all of them.
    """

    name: str
    kind: Literal["oak", "elm"]
    rings: int
    dead: bool
    leaves: tuple[Leaf, ...]
    place: tuple[float, float]
    crowns: dict[str, Leaf]


PLAIN: dict[str, Any] = {
    "name": "यान",
    "kind": "elm",
    "rings": 3,
    "dead": False,
    "leaves": [{"angle_deg": 180.0, "twist_deg": None}],
    "place": [1.0, None],
    "crowns": {"top": {"angle_deg": 1 / 3, "twist_deg": 90.0}},
}


def test_a_record_is_what_it_was_written_as():
    tree = from_plain(Tree, PLAIN, "f")
    assert to_plain(tree) == PLAIN
    assert math.isnan(tree.place[1])
    assert tree.leaves[0].angle == math.pi
    assert tree.leaves[0].twist is None
    assert tree.crowns["top"].twist == math.pi / 2.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": 1}, "f: name: 1: expected a text"),
        ({"kind": "ash"}, 'f: kind: "ash": expected one of oak, elm'),
        ({"rings": 3.0}, "f: rings: 3.0: expected a whole number"),
        ({"rings": True}, "f: rings: true: expected a whole number"),
        ({"rings": None}, "f: rings: null: expected a whole number"),
        ({"dead": 0}, "f: dead: 0: expected true or false"),
        ({"leaves": {}}, "f: leaves: a mapping: expected a list"),
        ({"leaves": [{}]}, "f: leaves.0.angle_deg: the key is missing, a number or null belongs"),
        ({"leaves": [None]}, "f: leaves.0: null: expected a mapping"),
        ({"place": [1.0]}, "f: place: a list: expected a list of 2"),
        ({"place": [1.0, "x"]}, 'f: place.1: "x": expected a number or null'),
        ({"crowns": []}, "f: crowns: a list: expected a mapping"),
        ({"crowns": {"top": {"angle_deg": 1.0, "twist_deg": "x"}}}, "f: crowns.top.twist_deg: "),
        ({"leafs": 1}, "f: leafs: 1: expected no key of this name (did you mean leaves?)"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(change: dict[str, Any], says: str):
    with pytest.raises(InputError) as told:
        from_plain(Tree, PLAIN | change, "f")
    assert str(told.value).startswith(says)


def test_what_an_older_file_lacks_is_nothing():
    tree = from_plain(Tree, {"leaves": [{"colour": 1}], "dead": None}, "f", partial=True)
    assert (tree.name, tree.kind, tree.rings, tree.dead, tree.crowns) == ("", "oak", 0, False, {})
    assert tree.leaves[0].twist_deg is None
    assert all(math.isnan(value) for value in (*tree.place, tree.leaves[0].angle_deg))


def test_a_schema_says_what_the_types_and_the_docstrings_say():
    schema: Any = json_schema(Tree)
    assert schema["$ref"] == "#/$defs/Tree"
    tree, leaf = schema["$defs"]["Tree"], schema["$defs"]["Leaf"]
    assert tree["required"] == list(PLAIN)
    assert tree["additionalProperties"] is False
    assert tree["properties"]["kind"] == {"enum": ["oak", "elm"]}
    assert tree["properties"]["rings"] == {"type": "integer"}
    assert tree["properties"]["place"]["maxItems"] == 2
    assert tree["properties"]["leaves"]["items"] == {"$ref": "#/$defs/Leaf"}
    assert leaf["description"] == "A leaf."
    assert leaf["properties"]["angle_deg"] == {
        "type": ["number", "null"],
        "description": "of its stalk, in the wind.",
    }
    assert field_texts(Leaf) == {
        "angle_deg": "of its stalk, in the wind.",
        "twist_deg": "None of a flat one.",
    }
