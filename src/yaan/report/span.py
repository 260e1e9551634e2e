"""Parts of a mission by time, so that a section shows its own part and no other."""

import math
from dataclasses import replace
from typing import Any, Final

import numpy as np

from yaan.results import FlightRecord, History, Summary

Span = tuple[float, float]

HOME: Final = ("orbit", "deorbit", "entry", "descent")
"""The parts after the ascent, in the order in which they are flown."""


def span(summary: Summary, *names: str) -> Span | None:
    """First and last instant [s] of the parts called `names`; None if none of them was flown."""
    ends = [summary.spans[name] for name in names if name in summary.spans]
    return (ends[0][0], ends[-1][1]) if ends else None


def alone(summary: Summary) -> Span | None:
    """First and last instant of what is flown as it is written: a body, a chain of phases."""
    return span(summary, "body", "sequence")


def returns(summary: Summary) -> bool:
    """Whether the flight goes on after the ascent, or is an entry only."""
    return span(summary, *HOME) is not None


def aloft(summary: Summary) -> bool:
    """Whether time starts in flight, at an epoch, and not with an ignition on the pad."""
    return bool(summary.spans) and span(summary, "ascent") is None


def cut(history: History | None, wanted: Span | None) -> History | None:
    """The rows of `history` within `wanted`, ends included; None if there are none."""
    if history is None or wanted is None:
        return None
    time = history["time"]
    inside = (time >= wanted[0]) & (time <= wanted[1])
    if not inside.any():
        return None
    return history.rows(inside)


def ascent(record: FlightRecord) -> FlightRecord:
    """The record with the ascent's rows and events only.

    Events keep their numbers, since the ascent comes first. A record without spans is all ascent;
    one with spans but no ascent has no rows left.
    """
    summary = record.summary
    if not summary.spans:
        return record
    wanted = span(summary, "ascent")
    end = -math.inf if wanted is None else wanted[1] + 1e-6
    kept = tuple(event for event in summary.timeline if event.time <= end)
    part = replace(summary, timeline=kept)
    return replace(record, summary=part, history=cut(record.history, wanted))


def column(history: History, name: str) -> "np.ndarray[Any, np.dtype[Any]] | None":
    """A column that says something; None if it is absent or NaN throughout."""
    if name not in history or not np.isfinite(history[name]).any():
        return None
    return history[name]
