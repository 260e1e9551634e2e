"""The figure of an ascent that is flown as a body that turns."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import BLUE, INK, PURPLE, VERMILION, Array, Figure, event_marks
from yaan.report.text import number
from yaan.results import FlightRecord

GROUP: Final = "turning/ascent"
_WELL: Final = 1e3  # authority beyond which nothing is read off


def rigid_ascent(record: FlightRecord) -> Figure | None:
    """Errors, gimbals, what the air does and the margins of the loop against time."""
    up, rows = record.summary.ascent, record.groups.get(GROUP)
    told = None if up is None else up.attitude
    if told is None or not rows:
        return None
    reach = (0.0, told.until)
    alt = (
        "Attitude error, gimbal angle and rate, dynamic pressure times angle of attack, control"
        " authority and margins against time in the ascent. The axis is"
        f" {number(told.attitude_error.value_deg, 1)} degrees off its command at most."
    )
    caption = (
        "The ascent as a body that turns, by the commands of its point. The error is taken from the"
        " axis that guidance asks for, and from the reference that follows it as fast as it may."
        " Margins are those of the linearised pitch plane; bending and slosh are not in them."
    )
    marks = [m for m in event_marks(record.summary) if m.at <= told.until + 1e-6]
    shared = Axis(reach)
    words = Words("rigid_ascent", alt, caption)
    return stack(words, _panels(rows), rows["time"], marks, shared, (112, 96))


def _panels(rows: Mapping[str, Array]) -> list[Panel]:
    asked, tracked = (np.degrees(rows[name]) for name in ("attitude_error", "tracking_error"))
    errors = (
        Curve("off the command", asked, PURPLE, "dot"),
        Curve("off the reference", tracked, INK),
    )
    angle, rate = (np.degrees(rows[name]) for name in ("gimbal", "gimbal_rate"))
    authority = np.where(rows["authority"] < _WELL, rows["authority"], np.nan)
    at = np.isfinite(rows["phase_margin"])
    when = rows["time"][at]
    rise, fall = (20.0 * np.log10(rows[name][at]) for name in ("gain_rise", "gain_fall"))
    gains = (
        Curve("may rise", rise, BLUE, against=when),
        Curve("may fall", np.minimum(fall, 60.0), VERMILION, against=when),
    )
    phase = np.degrees(rows["phase_margin"][at])
    return [
        Panel("Attitude error", "deg", errors, 2),
        Panel("Gimbal angle", "deg", (Curve("gimbal angle", angle, INK),), 2),
        Panel("Gimbal rate", "deg/s", (Curve("gimbal rate", rate, INK),), 1),
        Panel(
            "Dynamic pressure times angle of attack",
            "kPa deg",
            (Curve("q alpha", np.degrees(rows["q_alpha"]) / 1e3, BLUE),),
            2,
        ),
        Panel("Control authority", "", (Curve("authority", authority, INK),), 1),
        Panel("Gain margins", "dB", gains, 1),
        Panel("Phase margin", "deg", (Curve("phase", phase, INK, against=when),), 1),
    ]
