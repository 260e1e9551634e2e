"""One field of a valid file is broken: the right key, file and line are named.

And whole structures are broken: the answer is an `InputError` or a valid mission, never another
exception, never a hang.
"""

import copy
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.unit.mission.mutants import Mutant, is_body, is_home, mutants, sample
from yaan.base import InputError, Problem
from yaan.mission import Tree, check, library_text, load_tree, override
from yaan.mission.file import library, resolve
from yaan.mission.file.read import read
from yaan.mission.file.tree import Origin, dotted

ASCENT = sample(300, lambda mutant: not (is_home(mutant) or is_body(mutant)))
HOME = sample(300, is_home)
BODY = sample(120, is_body)
FIELDS = [*ASCENT, *HOME, *BODY]
LIMIT = 10.0  # [s] of processor time for one check: none goes on and on


def test_there_are_enough_of_every_kind() -> None:
    for some, files in ((ASCENT, 11), (HOME, 8)):
        assert len(some) == 300
        assert len({mutant.change for mutant in some}) >= 16
        assert len({mutant.file for mutant in some}) == files
    assert len(BODY) == 120
    assert len({mutant.change for mutant in BODY}) >= 16
    assert len(mutants()) > 5000


@pytest.mark.parametrize("mutant", FIELDS, ids=str)
def test_a_broken_field_is_named(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    def node_of(kind: str, name: str) -> Any:
        if (kind, name) == (mutant.kind, mutant.name):
            return read(mutant.text, Origin(mutant.file, None))
        return library.library_node(kind, name)

    monkeypatch.setattr(resolve, "library_node", node_of)
    tree, problems = fly_through(lambda: load_tree(mutant.mission))
    wanted = dotted(mutant.key, tree.data if tree else {})
    told = {problem.key: problem for problem in problems}
    # A wrong type may be told at the item that is wrong within it.
    near = [key for key in told if key == wanted or key.startswith(f"{wanted}.")]
    assert near, f"{wanted} not in {list(told)}"
    problem = told[near[0]]
    assert problem.file == mutant.file
    assert problem.expected
    # A missing key has no line of its own: its block is where it should be written.
    lines = {mutant.line, 1, tree.origin(mutant.key[:-1])[1] if tree else 1}
    assert problem.line in (lines if not problem.value else {mutant.line})


def fly_through(load: Callable[[], Tree]) -> tuple[Tree | None, tuple[Problem, ...]]:
    """Load and check: the tree as far as it came, and its problems, each fit to be printed."""
    tree = None
    try:
        tree = load()
        check(tree)
    except InputError as error:
        if not error.problems or not all(p.sentence().isprintable() for p in error.problems):
            pytest.fail(f"unfit to be printed: {error.problems}")
        return tree, error.problems
    return tree, ()


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        yield (*at, key)
        if isinstance(item, (dict, list)):
            yield from paths(item, (*at, key))


def changed(data: Any, path: tuple[Any, ...], how: str) -> Any:
    """Copy of a tree with one node deleted, swapped or replaced."""
    data = copy.deepcopy(data)
    here = data
    for step in path[:-1]:
        here = here[step]
    old, last = here[path[-1]], path[-1]
    if how == "delete":
        del here[last]
    elif how == "swap" and isinstance(old, dict):
        here[last] = [{"key": key, "value": value} for key, value in old.items()]
    elif how == "swap":
        here[last] = dict(enumerate(old)) if isinstance(old, list) else [old]
    elif how == "wrap":
        here[last] = {str(last): old}
    elif how == "double" and isinstance(here, list):
        here.insert(last, copy.deepcopy(old))
    else:
        here[last] = WEIRD[how] if how in WEIRD else None
    return data


WEIRD: dict[str, Any] = {
    "empty-map": {},
    "empty-list": [],
    "deep": [[[[[[[[1]]]]]]]],
    "huge": 10**300,
    "negative": -1,
    "true": True,
    "unicode": "\u202e\u0000\x1b[2J",
    "long": "x" * 100_000,
    "null-list": [None],
    "odd-keys": {"": 1, " ": 2, ".": {}},
}


def structures() -> list[Any]:
    """A fixed choice of structural changes of the resolved trees."""
    generator = random.Random(7)
    cases: list[Any] = []
    home = {"spacecraft", "orbit", "landing", "deorbit", "entry"}
    for mission, roots in (
        ("gaganyaan", set(load_tree("gaganyaan").data) - home),
        ("gaganyaan", home),
        ("soyuz-fg-leo", None),
        ("apollo10-entry", None),
        ("tumbling-brick", None),
    ):
        tree = load_tree(mission).data
        places = [path for path in paths(tree) if roots is None or path[0] in roots]
        for how in ("delete", "swap", "wrap", "double", *WEIRD):
            for path in generator.sample(places, 12)[:5]:
                name = f"{mission}-{how}-{'.'.join(map(str, path))}"
                cases.append(pytest.param(mission, path, how, id=name))
    return list({case.id: case for case in cases}.values())


@pytest.mark.parametrize(("mission", "path", "how"), structures())
def test_a_broken_structure_is_refused_or_valid(
    mission: str, path: tuple[Any, ...], how: str
) -> None:
    tree = load_tree(mission)
    data = changed(tree.data, path, how)
    # Texts at the top stay texts: as overrides they would be read as YAML.
    values = {key: data.get(key) for key in {*tree.data, *data}}
    plain = {key: json.dumps(v) if isinstance(v, str) else v for key, v in values.items()}
    start = time.process_time()
    fly_through(lambda: override(tree, plain))
    assert time.process_time() - start < LIMIT


FLOWN = ("gaganyaan", "apollo10-entry", "tumbling-brick")
EVERY_BLOCK = [(m, k) for m in FLOWN for k in load_tree(m).data]


@pytest.mark.parametrize(("mission", "key"), EVERY_BLOCK)
def test_every_block_may_be_missing(mission: str, key: str) -> None:
    tree = load_tree(mission, {key: None})
    optional = {"title", "source", "crew", "environment", "step", "reserve", "published", "assumed"}
    optional |= {"attitude", "dispersions", "escape", "guidance", "navigation", "requirements"}
    if key in optional and (mission, key) != ("apollo10-entry", "environment"):
        check(tree)
        return
    if (mission, key) == ("apollo10-entry", "landing"):
        check(tree)  # its bank is given, so no aim is needed
        return
    with pytest.raises(InputError) as caught:
        check(tree)
    # Without its environment an old entry would turn with an Earth that is not known so far back.
    assert key in {problem.key.split(".")[0] for problem in caught.value.problems}


def texts() -> list[Any]:
    """Broken texts: cut, flipped, weird, binary."""
    whole = library_text("mission", "gaganyaan").encode("utf-8")
    generator = random.Random(11)
    cases = [(f"cut-{n}", whole[:n]) for n in generator.sample(range(len(whole)), 15)]
    for n in range(15):
        at = generator.randrange(len(whole))
        flipped = bytes([generator.randrange(256)])
        cases.append((f"flip-{n}-{at}", whole[:at] + flipped + whole[at + 1 :]))
    for n in range(12):
        first, last = sorted(generator.sample(range(len(whole)), 2))
        cases.append((f"hole-{n}-{first}-{last}", whole[:first] + whole[last:]))
    for n in range(8):
        lines = whole.splitlines(keepends=True)
        generator.shuffle(lines)
        cases.append((f"shuffle-{n}", b"".join(lines)))
    cases += [
        ("binary", bytes(range(256)) * 40),
        ("zeros", b"\0" * 5000),
        ("utf-16", whole.decode().encode("utf-16")),
        ("deep-flow", b"a: " + b"[" * 20_000),
        ("deeper-flow", b"a: " + b"[" * 500_000),
        ("deep-map", b"{a: " * 20_000),
        ("deep-block", b"".join(b" " * n + b"a:\n" for n in range(600))),
        ("bomb", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        ("merge-key", b"a: &a {b: 1}\nc: {<<: *a}\n"),
        ("tag", b"schema: !!python/name:os.system\n"),
        ("directive", b"%YAML 1.1\n---\nschema: 1\nkind: mission\n"),
        ("wrong-directive", b"%YAML 9.9\n---\nschema: 1\n"),
        ("bad-escape", b'a: "\\UFFFFFFFF"\n'),
        ("huge-number", b"schema: " + b"9" * 10_000),
        ("odd-keys", b"schema: 1\nkind: mission\n1: 2\nnull: 3\n1.5: [4]\ntrue: {a: b}\n"),
        ("question", b"?\n?\n?\n"),
        ("colon", b":\n:\n"),
        ("block-scalar", b"schema: |+9\n x\n"),
        ("many-keys", b"".join(b"k%d: 1\n" % n for n in range(2000))),
    ]
    return [pytest.param(raw, id=name) for name, raw in cases]


@pytest.mark.parametrize("raw", texts())
def test_a_broken_text_is_refused_or_valid(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(raw)
    start = time.process_time()
    fly_through(lambda: load_tree(path))
    assert time.process_time() - start < LIMIT


def test_the_mutants_start_from_files_that_are_valid() -> None:
    for mutant in {(m.kind, m.name, m.mission): m for m in FIELDS}.values():
        check(load_tree(mutant.mission))
        assert YAML(typ="safe", pure=True).load(library_text(mutant.kind, mutant.name))
