"""Burns that raise an orbit are told as far as they were flown."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from yaan.analysis.orbit import raising_spans


@pytest.mark.parametrize(
    ("end", "spans"),
    [
        (900.0, [("circularise", 100.0, 50.0), ("trim", 400.0, 20.0)]),
        (410.0, [("circularise", 100.0, 50.0), ("trim", 400.0, 10.0)]),
        (400.0, [("circularise", 100.0, 50.0)]),
        (90.0, []),
    ],
)
def test_a_burn_ends_with_the_window(end: float, spans: list[tuple[str, float, float]]) -> None:
    burns = SimpleNamespace(start=np.array([[100.0, 400.0]]), duration=np.array([[50.0, 20.0]]))
    path = SimpleNamespace(time=np.array([0.0, end]))
    design: Any = SimpleNamespace(
        orbit=0, raised=SimpleNamespace(burns=burns), path=path, down=None
    )
    assert list(raising_spans(design)) == spans
