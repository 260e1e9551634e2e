"""Sections of a summary made without flying: what is not given is nothing."""

from typing import Any

from yaan.results.record import from_plain
from yaan.results.summary import Summary
from yaan.results.summary_return import Contact, Entry


def entry(*, solved: bool, outcome: str = "flown") -> Entry:
    """An entry of 3 g, whose bank was solved or given."""
    told = {
        "outcome": outcome,
        "bank": {"kind": "solved" if solved else "given"},
        "peak_load": {"value_g": 3.0},
        "load_limit_g": 4.0,
        "ballistic_peak_g": 8.0,
    }
    return from_plain(Entry, told, "", partial=True)


def contact(down: float = 8.0, **limits: Any) -> Contact:
    """A touchdown on water at a speed down [m/s]."""
    of_class = {"vertical": 9.7, "horizontal": 15.5, "status": "assumed", "source": "many"}
    known = {"vertical": 9.7, "vertical_from": "class", "capsule_class": of_class}
    told = {"vertical": down, "horizontal": 0.0, "speed": down, "surface": "water"}
    return from_plain(Contact, told | {"limits": known | limits}, "", partial=True)


def summary(**sections: Any) -> Summary:
    """A summary of these sections, as plain data."""
    return from_plain(Summary, sections, "", partial=True)
