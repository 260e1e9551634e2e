"""Flights of a sweep with plausible ends, made without flying."""

from dataclasses import replace
from typing import Any

import numpy as np

from yaan.report import Key, Lanes
from yaan.results.outcome import OutcomeCode


def key(name: str, values: Any, unit: str = "deg") -> Key:
    """A key of numbers, or of texts where its values are such."""
    if isinstance(values[0], str):
        return Key(name, tuple(values), None, "")
    numbers = np.asarray(values, dtype=float)
    return Key(name, tuple(f"{x:g} {unit}" for x in numbers), numbers, unit)


def lanes(
    *keys: Key, zipped: bool = False, lost: tuple[int, ...] = (), wide: float = 1.0, **more: Any
) -> Lanes:
    """All combinations of `keys`, or their values side by side; those in `lost` skip out.

    Args:
        keys: that are swept.
        zipped: whether side by side.
        lost: lanes that skip out.
        wide: by how much the ends vary, [1] of what is usual.
        more: fields in the place of those made here.
    """
    count = len(keys[0].labels) if zipped else int(np.prod([len(one.labels) for one in keys]))
    row = np.arange(count, dtype=float)
    flown = [lane not in lost for lane in range(count)]
    columns = {
        "height": np.zeros(count),
        "latitude": np.radians(11.0 + 0.02 * wide * np.sin(row)),
        "longitude": np.radians(83.0 + 0.01 * wide * np.cos(row)),
        "perigee": np.full(count, 170e3) + 1e-3 * row,  # less than the integration knows
        "peak_load": 4.0 + 0.3 * np.sin(0.1 * row),
        "peak_heat_flux": 4e5 + 1e3 * row,
        "miss": 50.0 * row,
    }
    skipped = OutcomeCode.SKIPPED_OUT
    made = Lanes(
        mission="paper",
        title="A sweep of paper",
        yaan="0.1.0",
        keys=keys,
        zipped=zipped,
        design="none",
        words=tuple("flown" if good else skipped.word for good in flown),
        phases=("entry",) * count,
        texts=tuple("" if good else skipped.sentence("entry") for good in flown),
        columns=columns,
    )
    return replace(made, **more)


ANGLES = key("interface.flight_path_angle", [-4.0, -3.0, -2.0, -1.0])
MASSES = key("capsule.mass", [4.8, 5.3, 5.8], "t")
