"""A structure is read back as it was written, or refused."""

import dataclasses
import enum
import math
from collections import OrderedDict
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np
import pytest

from yaan.base import structure
from yaan.base.structure import UnwritableError, read, write


class Colour(enum.Enum):
    RED = 1


class Point(NamedTuple):
    x: Any
    y: Any


@dataclasses.dataclass(frozen=True)
class Constants:
    radius: float
    note: str = ""


class Model(eqx.Module):
    leaf: Any
    more: Any
    fixed: Any = eqx.field(static=True, default=None)

    class Inner(eqx.Module):
        leaf: Any


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(structure, "_ROOT", __name__.split(".")[0])


TREES = [
    1.0,
    None,
    (),
    [1.0, (2.0, None), {"b": 1.0, "a": [2.0]}],
    {1: 1.0, 0: {"": ()}},
    Point(1.0, Point(None, 2.0)),
    Model(1.0, (Model.Inner(2.0), None)),
    Model(1.0, 2.0, fixed=(True, 1, -0.0, 0.1, "leaf", '["leaf"]', None, [1], {"a": Colour.RED})),
    Model(1.0, 2.0, fixed=Constants(6378137.0)),
    Model(1.0, 2.0, fixed=jax.tree.structure(Model(1.0, Point(1.0, 2.0)))),
    Model(1.0, 2.0, fixed=math.inf),
]


@pytest.mark.parametrize("tree", TREES, ids=range(len(TREES)))
def test_a_structure_is_read_back(tree: Any):
    whole = jax.tree.structure(tree)
    again = read(write(whole))
    assert again == whole
    made, usual = (jax.tree.unflatten(s, range(s.num_leaves)) for s in (again, whole))
    assert str(made) == str(usual)


def test_no_two_constants_look_alike():
    alike = [1, 1.0, True, "1", (1,), [1], None, "None", 0.1 + 0.2, 0.3, 0.0, -0.0, {"a": 1}]
    assert len({write(thing) for thing in alike}) == len(alike)


class Lacking(eqx.Module):
    """One that its constructor leaves without a field, as Equinox allows of those unflattened."""

    leaf: Any


def bare() -> Lacking:
    return object.__new__(Lacking)


class More(Constants):
    """A dataclass by its parent that holds more than its fields."""

    def __init__(self) -> None:
        super().__init__(1.0)
        self.__dict__["more"] = 2.0


def local() -> Any:
    class Local(eqx.Module):
        leaf: Any

    return Local(1.0)


REFUSED = {
    "function": Model(1.0, 2.0, fixed=write),
    "lambda": Model(1.0, 2.0, fixed=lambda x: x),
    "method": Model(1.0, 2.0, fixed=Point(1, 2)._asdict),
    "class": Model(1.0, 2.0, fixed=Model),
    "number of NumPy": Model(1.0, 2.0, fixed=Constants(np.float64(1.0))),
    "ordered": OrderedDict(a=1.0),
    "object": Model(1.0, 2.0, fixed=object()),
    "set": Model(1.0, 2.0, fixed=frozenset((1,))),
    "local": local(),
    "lacking": bare(),
    "more": Model(1.0, 2.0, fixed=More()),
    "bytes": Model(1.0, 2.0, fixed=b"1"),
}


@pytest.mark.parametrize("tree", REFUSED.values(), ids=REFUSED)
def test_what_no_text_tells_is_refused(tree: Any):
    with pytest.raises(UnwritableError):
        write(jax.tree.structure(tree))


def test_classes_from_outside_are_refused(monkeypatch: pytest.MonkeyPatch):
    texts = [write(jax.tree.structure(tree)) for tree in (Model(1.0, 2.0), Point(1.0, 2.0))]
    monkeypatch.setattr(structure, "_ROOT", "yaan")
    for tree in (Model(1.0, 2.0), Point(1.0, 2.0), {"a": Point(1.0, 2.0)}):
        with pytest.raises(UnwritableError):
            write(jax.tree.structure(tree))
    for text in texts:
        with pytest.raises(UnwritableError):
            read(text)


@pytest.mark.parametrize("name", ["os:system", "yaan.base.structure:write", "yaan.api:absent"])
def test_a_text_names_nothing_but_classes_of_yaan(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setattr(structure, "_ROOT", "yaan")
    for text in (f'["fields", "{name}", {{}}]', f'["named", "{name}"]', f'["enum", "{name}", ""]'):
        with pytest.raises(UnwritableError):
            read(text)


class Shy:
    """A node of JAX whose maker looks at its leaves."""

    def __init__(self, leaf: Any) -> None:
        self.leaf = leaf + 1.0


jax.tree_util.register_pytree_node(Shy, lambda shy: ((shy.leaf,), None), lambda _, leaf: Shy(*leaf))


def test_a_node_that_wants_true_leaves_is_refused():
    with pytest.raises(UnwritableError):
        write(jax.tree.structure(Shy(1.0)))
