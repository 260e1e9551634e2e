"""The figure of an entry that is flown as a rigid body: angles, rates and moments."""

from typing import Any, Final

import numpy as np

from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import BLUE, INK, PURPLE, VERMILION, Array, Figure, event_marks
from yaan.report.span import cut, span
from yaan.report.text import number
from yaan.results import FlightRecord, History

_ROWS: Final = 1_500  # of a curve: four a second in an entry of six minutes
_COLOURS: Final = (("roll", INK), ("pitch", BLUE), ("yaw", VERMILION))


def attitude(record: FlightRecord) -> Figure | None:
    """Angle of attack, sideslip, bank, body rates and control moment against time."""
    told = None if record.summary.entry is None else record.summary.entry.turning
    reach = span(record.summary, "entry")
    history = cut(record.history, reach)
    if told is None or reach is None or history is None or "rate_body" not in history:
        return None
    few = np.unique(np.linspace(0, len(history) - 1, _ROWS).astype(int))
    rows = history.rows(few)
    alt = (
        "Angle of attack, sideslip, bank, body rates and control moment against time in the entry."
        f" The capsule leaves its trim by {number(told.peak_off_trim_deg, 2)} degrees at most."
    )
    caption = (
        "The capsule as a rigid body. The angle of attack is between the axis through the heat"
        " shield and the stream; the bank flown follows the one that is commanded. Rates are about"
        " the body axes against the stars; the moment is what the control asks of its thrusters."
    )
    marks = [m for m in event_marks(record.summary) if reach[0] - 1e-6 <= m.at <= reach[1] + 1e-6]
    shifted = [type(m)(m.number, m.name, m.at - reach[0]) for m in marks]
    shared = Axis((0.0, reach[1] - reach[0]), "Time since the interface, s", "%{x:.1f} s")
    since = rows["time"] - reach[0]
    return stack(Words("attitude", alt, caption), _panels(rows), since, shifted, shared, (112, 96))


def _panels(rows: History) -> list[Panel]:
    attack, slip = (np.degrees(rows[name]) for name in ("angle_of_attack", "sideslip"))
    flown, asked = (_turned(rows[name]) for name in ("bank", "bank_commanded"))
    banks = (Curve("flown", flown, INK), Curve("commanded", asked, PURPLE, "dot"))
    rates, moments = np.degrees(rows["rate_body"]), rows["moment_control"]
    return [
        Panel("Angle of attack", "deg", (Curve("angle of attack", attack, BLUE),), 2),
        Panel("Sideslip", "deg", (Curve("sideslip", slip, VERMILION),), 3),
        Panel("Bank", "deg", banks, 1),
        Panel("Body rates", "deg/s", _three(rates), 2),
        Panel("Control moment", "N m", _three(moments), 1),
    ]


def _three(values: Any) -> tuple[Curve, ...]:
    return tuple(Curve(n, values[:, i], colour) for i, (n, colour) in enumerate(_COLOURS))


def _turned(bank: Array) -> Array:
    """Degrees within half a turn of zero, so that both banks are shown on one branch."""
    return (np.degrees(bank) + 180.0) % 360.0 - 180.0
