"""Which of two ways out stands better."""

import numpy as np

from yaan.analysis.escape.margins import ranks


def test_the_worst_margin_decides_and_of_alike_ones_the_next():
    margins = np.array(
        [
            [0.132, 0.1, 0.9],
            [0.138, 0.1, 0.2],  # as weak as the first, and weaker elsewhere
            [0.3, 0.2, 0.2],
            [-0.5, 0.9, 0.9],
        ]
    )
    assert ranks(margins, [True] * 3).tolist() == [2, 1, 3, 0]
    # What is switched off, or was not judged, counts as no limit.
    assert ranks(margins, [True, False, False]).tolist() == [1, 1, 2, 0]
    margins[3, 0] = np.nan
    assert ranks(margins, [True] * 3).tolist() == [1, 0, 2, 3]


def test_what_fails_by_a_hair_never_stands_above_what_holds_by_one():
    margins = np.array([[-1e-6, np.inf], [1e-6, 1e-6]])
    assert ranks(margins, [True, True]).tolist() == [0, 1]
    assert ranks(margins[None], [True, True]).shape == (1, 2)
