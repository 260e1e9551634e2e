"""Gates: how far from the outside world is too far.

The references disagree among themselves, and that says how well the answer is known. Leaving one
out, its distance to the median of the others is what an honest simulation can be off by; the
largest of these, half as much again, and a floor for digits that nobody has, is the margin.
"""

from collections.abc import Callable

import numpy as np

from yaan.validation.case import Array, Line

ALLOWANCE = 1.5
"""Half as much again as the references are apart from each other."""

Measure = Callable[[Array, Array], Array]


def apart(ours: Array, reference: Array) -> Array:
    """Distance of two traces, component by component."""
    return np.abs(ours - reference)


def turned(ours: Array, reference: Array) -> Array:
    """Angle of the rotation between two attitudes [rad]; yaw, pitch, roll along the first axis."""
    one, two = _axes(ours), _axes(reference)
    # By the sine of half the angle: the trace of a small rotation has lost its digits.
    size = np.sqrt(np.sum((one - two) ** 2, axis=(0, 1)) / 8.0)
    return 2.0 * np.arcsin(np.clip(size, 0.0, 1.0))


def _axes(angles: Array) -> Array:
    """Direction cosines, 3-2-1 sequence, shape [3, 3, times]."""
    (cy, cp, cr), (sy, sp, sr) = np.cos(angles), np.sin(angles)
    return np.array(
        [
            [cp * cy, cp * sy, -sp],
            [sr * sp * cy - cr * sy, sr * sp * sy + cr * cy, sr * cp],
            [cr * sp * cy + sr * sy, cr * sp * sy - sr * cy, cr * cp],
        ]
    )


def leave_one_out(references: Array, measure: Measure = apart) -> float:
    """The largest distance of a reference to the median of the others.

    Args:
        references: traces, one a reference along the first axis, time along the last.
        measure: distance of two traces.
    """
    count = len(references)
    if count < 2:
        return 0.0
    others = (np.median(np.delete(references, i, axis=0), axis=0) for i in range(count))
    distances = [measure(references[i], other) for i, other in enumerate(others)]
    return float(np.max(distances))


def envelope(
    words: tuple[str, str],
    time: Array,
    ours: Array,
    references: Array,
    *,
    floor: tuple[float, str],
    measure: Measure = apart,
) -> Line:
    """Our trace against the median of the references, over the whole run.

    Args:
        words: quantity and unit.
        time: common times [s].
        ours: our trace, in the unit.
        references: their traces, in the unit, one a reference along the first axis.
        floor: margin where the references do not differ, and its reason.
        measure: distance of two traces; its result is in the unit too.
    """
    median = np.median(references, axis=0)
    trace = measure(ours, median)
    spread = leave_one_out(references, measure)
    worst = int(np.argmax(trace))
    one, other = 0.0, float(trace[worst])  # of several components only the distance is a number
    if ours.ndim == 1:
        one, other = float(median[worst]), float(ours[worst])
    why = (
        f"1.5 times the {spread:.2g} that the references are apart, and {floor[0]:.2g}: {floor[1]}"
    )
    margin = ALLOWANCE * spread + floor[0]
    return Line(*words, one, other, float(trace[worst]), margin, why, time, trace)


def state(
    words: tuple[str, str],
    ours: Array,
    reference: Array,
    margin: float | None,
    why: str,
) -> Line:
    """Two vectors against each other: the length of their difference.

    The lengths of the vectors themselves are what is shown beside it.
    """
    one, other = (float(np.linalg.norm(v)) for v in (reference, ours))
    return Line(*words, one, other, float(np.linalg.norm(ours - reference)), margin, why)
