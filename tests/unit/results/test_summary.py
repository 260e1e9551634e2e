"""Every field of the summary is told in a docstring; every angle has its radians beside it."""

import dataclasses
from collections.abc import Iterator
from typing import get_args, get_type_hints

import pytest

from yaan.results import Summary
from yaan.results.record import field_texts


def records(hint: object, known: set[object]) -> Iterator[type]:
    """The records that a type is made of."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and hint not in known:
        known.add(hint)
        yield hint
        for held in get_type_hints(hint).values():
            yield from records(held, known)
    for held in get_args(hint):
        yield from records(held, known)


RECORDS = [kind for kind in records(Summary, set()) if kind.__name__ != "Source"]


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_a_record_tells_its_fields_and_its_angles_in_radians(kind: type):
    names = [field.name for field in dataclasses.fields(kind)]
    assert list(field_texts(kind)) == names
    for name in names:
        assert not name.endswith("_deg") or name.removesuffix("_deg") in vars(kind)
