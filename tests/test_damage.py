"""A few of the ten thousand damaged files of `benchmarks/damage.py`: none is a surprise."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
FILES = range(150)
NEAR = 0.97  # of the mistakes are told in the damaged block


@pytest.fixture(scope="module")
def damage() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield import_module("damage")


def test_a_damaged_file_is_accepted_or_refused_at_its_line(damage: Any) -> None:
    tally = damage.run(FILES)
    assert [(found.case.number, found.fault) for found in tally.faults] == []
    assert tally.outcomes["refused"] > 100
    assert tally.outcomes["accepted"] > 5
    near, far = tally.outcomes["told near"], tally.outcomes["told elsewhere"]
    assert near > NEAR * (near + far)


def test_a_damaged_file_is_the_same_in_every_run(damage: Any) -> None:
    texts = damage.sources()
    assert damage.case(7, texts).raw == damage.case(7, texts).raw
    assert damage.case(7, texts).raw != damage.case(8, texts).raw
    damages = {name for n in range(600) for name in damage.case(n, texts).damages}
    assert damages == {each.__name__ for each in damage.DAMAGES}


def test_every_kind_of_fault_is_seen(damage: Any, monkeypatch: Any, tmp_path: Path) -> None:
    one = damage.case(7, damage.sources())

    def fails(error: BaseException) -> str:
        def load(path: Path) -> None:
            raise error

        monkeypatch.setattr(damage, "load_tree", load)
        return damage.look(one, tmp_path).fault

    def told(line: int | None, expected: str) -> str:
        problem = damage.Problem(str(tmp_path / "m.yaml"), line, "", "", expected)
        return fails(damage.InputError(problem))

    assert "KeyError" in fails(KeyError("phases"))
    assert fails(TimeoutError()) == "over 10 s"
    assert fails(damage.InputError([])) == "refused without a word"
    assert told(10**6, "a mass").startswith("no such line")
    assert told(None, "a mass").startswith("no line")
    assert told(1, "default factory not called").startswith("words of a library")
    assert told(1, "a mass") == ""
