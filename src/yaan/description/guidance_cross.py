"""Checks between guidance and what it guides, on the plain tree as those of `cross`.

A launch may have laws for a way home that it does not fly, and navigation without a law, so that a
file which starts from another may leave out a part of it. `notes` tells of what guides nothing.
"""

from collections.abc import Iterator
from typing import Any, Final

from yaan.base.plain import is_mapping, item, items, mapping
from yaan.description.quantity import Mistake

_EXPLICIT: Final = "explicit"
_AIMED: Final = ("predictor-corrector", "analytic")


def guidance_mistakes(data: Any) -> Iterator[Mistake]:
    """Mistakes between the laws of a file and its other blocks."""
    guidance = mapping(data, "guidance")
    launch = item(data, "steering") is not None
    if guidance.get("ascent") is not None:
        yield from _ascent_mistakes(data)
    if guidance.get("orbit") is not None and item(data, "orbit") is None and not launch:
        yield Mistake(("guidance", "orbit"), "nothing in a file without the block orbit")
    if guidance.get("entry") is not None and (is_mapping(item(data, "entry")) or not launch):
        yield from _entry_mistakes(data)


def _law(data: Any, part: str, default: str) -> str | None:
    """The law of a part as it is written; None of one of the user's own."""
    spec = item(mapping(data, "guidance"), part)
    if not is_mapping(spec):
        return spec if isinstance(spec, str) else default
    return None if item(spec, "own") is not None else str(spec.get("law", default))


def _ascent_mistakes(data: Any) -> Iterator[Mistake]:
    at = ("guidance", "ascent")
    if item(data, "steering") is None:
        yield Mistake(at, "nothing in a file without an ascent")
        return
    law = _law(data, "ascent", _EXPLICIT)
    if law != _EXPLICIT:
        return
    steered = [
        phase for phase in items(data, "phases") if item(mapping(phase, "steer"), "programme")
    ]
    ends = [phase for phase in steered if item(mapping(phase, "until"), "orbit") is not None]
    if not ends:
        hint = "as steer: {programme: ..} with until: {orbit: target}"
        expected = "a last burn that is steered by a programme into the target orbit"
        yield Mistake((*at, "law"), f"open-loop, or {expected}", hint)


def _entry_mistakes(data: Any) -> Iterator[Mistake]:
    at = ("guidance", "entry")
    entry = item(data, "entry")
    if not is_mapping(entry):
        yield Mistake(at, "nothing in a file without an entry")
        return
    law = _law(data, "entry", _AIMED[0])
    if law == "open-loop":
        return
    alone = item(data, "kind") == "entry"
    if law in _AIMED and alone and item(mapping(data, "landing"), "aim") is None:
        yield Mistake((*at, "law"), "open-loop or spin", f"{law} needs landing.aim")
