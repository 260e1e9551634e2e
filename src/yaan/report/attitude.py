"""The section on an ascent that is flown as a body that turns."""

import math
from collections.abc import Iterator
from typing import Any

from yaan.report import figures
from yaan.report.tables import Column, Table
from yaan.report.text import label, number
from yaan.results import FlightRecord
from yaan.results.summary_ascent import AscentAttitude, TurningAngle, TurningPeak

Block = tuple[str, Any]


def rigid_ascent(record: FlightRecord) -> Iterator[Block]:
    """What it came to, how far it is from the point, and the histories."""
    up = record.summary.ascent
    told = None if up is None else up.attitude
    if told is None:
        return
    yield (
        "text",
        f"{told.text} It was flown beside the point by the point's commands, its control sampled"
        f" every {told.period:g} s. Inertia, gimbals and the centre of pressure are assumed;"
        " bending, slosh and the engines' own inertia are not modelled.",
    )
    yield "facts", _facts(told)
    columns = (
        Column("Event", kind="text"),
        Column("T+", "s"),
        Column("From the point", "m"),
        Column("In velocity", "m/s"),
    )
    rows = tuple(
        (label(one.event), number(one.time, 2), number(one.distance, 1), number(one.speed, 2))
        for one in told.from_point
    )
    yield "table", Table("How far the body is from the point", columns, rows) if rows else None
    yield "figure", figures.rigid_ascent(record)


def _facts(told: AscentAttitude) -> list[tuple[str, str]]:
    asked, tracked = told.attitude_error, told.tracking_error
    errors = f"{_at(asked, '°', 2)} off the command, {_at(tracked, '°', 2)} off the reference"
    gimbal = f"{_at(told.gimbal, '°', 2)}; {_at(told.gimbal_rate, '°/s', 1)}"
    q_alpha = TurningPeak(time=told.q_alpha.time, value=math.degrees(told.q_alpha.value) / 1e3)
    return [
        ("Attitude error, at most", errors),
        ("Gimbals, at most", f"{gimbal}; at a limit for {number(told.at_limit, 1)} s"),
        ("Dynamic pressure times angle of attack", _at(q_alpha, " kPa°", 2)),
        ("Control authority, at least", f"{_at(told.authority, '', 1)} of what disturbs"),
        ("Angle of attack that it holds, at least", _at(told.held_angle, "°", 1)),
        ("Gain may rise by", _gain(told.gain_rise)),
        ("Gain may fall by", _gain(told.gain_fall)),
        ("Phase margin, at least", _known(told.phase_margin, "°", 1)),
        ("Unstable", f"{number(told.unstable)} s of it" if told.unstable else "at no instant"),
    ]


def _at(peak: TurningPeak | TurningAngle, unit: str, digits: int) -> str:
    value = peak.value_deg if isinstance(peak, TurningAngle) else peak.value
    return f"{number(value, digits)}{unit} at {number(peak.time, 1)} s"


def _known(peak: TurningAngle | None, unit: str, digits: int) -> str:
    return "not known" if peak is None else _at(peak, unit, digits)


def _gain(peak: TurningPeak | None) -> str:
    if peak is None:
        return "any factor"
    return f"{number(20.0 * math.log10(peak.value), 1)} dB at {number(peak.time, 1)} s"
