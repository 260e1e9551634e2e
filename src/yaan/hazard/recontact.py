"""Whether an escape meets again the launcher that it left, which may go on thrusting."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Lanes = NDArray[np.float64]


@dataclass(frozen=True)
class Recontact:
    """How near two bodies come again after they have parted; each field [lanes].

    Attributes:
        parted: when they were `clear` of each other [s]; infinite if they never were.
        closes: whether the distance falls at any time after that.
        distance: the least after it has begun to fall [m]; infinite if it never does, and the
            least of all after time `parted` would be.
        time: when that is [s]; infinite likewise.
    """

    parted: Lanes
    closes: NDArray[np.bool_]
    distance: Lanes
    time: Lanes


def recontact(
    times: ArrayLike, escape: ArrayLike, launcher: ArrayLike, clear: ArrayLike
) -> Recontact:
    """How near an escape comes to its launcher after they have parted.

    Both are straight between the rows, so that the least distance between two rows is found too.

    Args:
        times: of the rows [s], rising, [lanes, rows].
        escape: place of the one [m], [lanes, rows, 3], in any frame.
        launcher: place of the other [m], [lanes, rows, 3], in the same.
        clear: distance at which they have parted [m], a number or [lanes].

    Raises:
        ValueError: the shapes do not fit, or time does not rise.
    """
    apart = np.asarray(escape, dtype=float) - np.asarray(launcher, dtype=float)
    t = np.asarray(times, dtype=float)
    if apart.ndim != 3 or t.shape != apart.shape[:2] or t.shape[1] < 2:
        raise ValueError(f"recontact: times {t.shape} and places {apart.shape}: see the shapes")
    if not np.all(np.diff(t, axis=1) > 0.0):
        raise ValueError("recontact: times must rise")
    far = np.linalg.norm(apart, axis=-1)
    gone = np.maximum.accumulate(far >= _column(clear), axis=1)
    start, way = apart[:, :-1], np.diff(apart, axis=1)
    inward, length = -np.sum(start * way, axis=-1), np.sum(way * way, axis=-1)
    # Where between its rows each piece is nearest: at the share of the way that it is run down.
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(np.where(length > 0.0, inward / length, 0.0), 0.0, 1.0)
    near = np.linalg.norm(start + share[..., None] * way, axis=-1)
    when = t[:, :-1] + share * np.diff(t, axis=1)
    closing = gone[:, :-1] & (share > 0.0) & (near < far[:, :-1] * (1.0 - 1e-12))
    counted = np.where(closing, near, np.inf)
    lane, best = np.arange(t.shape[0]), np.argmin(counted, axis=1)
    closes = closing.any(axis=1)
    return Recontact(
        np.where(gone.any(axis=1), t[lane, np.argmax(gone, axis=1)], np.inf),
        closes,
        counted[lane, best],
        np.where(closes, when[lane, best], np.inf),
    )


def _column(value: ArrayLike) -> Lanes:
    one = np.asarray(value, dtype=float)
    return one[..., None] if one.ndim else one
