"""Which keys of a `dispersions:` block are correlated with each other, and by how much.

Keys that are linked by `correlated`, directly or by way of others, are a group. Its matrix has 1 on
the diagonal, what was told of a pair on both sides of it, and 0 where nothing was told.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from yaan.description.dispersions import DispersionSpec

Matrix = list[list[float]]

_ZERO: Final = 1e-9
"""A pivot below is none: the key follows from those before it."""


class Group(NamedTuple):
    """Keys that are drawn together.

    Attributes:
        keys: sorted by name, so that the order of the file moves no draw.
        matrix: their correlations [keys, keys].
    """

    keys: tuple[str, ...]
    matrix: Matrix


def groups_of(specs: Mapping[str, DispersionSpec]) -> tuple[Group, ...]:
    """The groups of a block, each of two keys or more; names that are no keys of it left out."""
    pairs = {
        frozenset((key, other)): value
        for key, spec in specs.items()
        for other, value in spec.correlated.items()
        if other in specs and other != key
    }
    left = {key for pair in pairs for key in pair}
    found: list[Group] = []
    while left:
        grown, edge = set[str](), {min(left)}
        while edge:
            grown |= edge
            edge = {key for pair in pairs if pair & edge for key in pair} - grown
        keys = tuple(sorted(grown))
        matrix = [
            [1.0 if a == b else pairs.get(frozenset((a, b)), 0.0) for b in keys] for a in keys
        ]
        found.append(Group(keys, matrix))
        left -= grown
    return tuple(found)


def cholesky(matrix: Sequence[Sequence[float]]) -> Matrix | None:
    """The lower factor L of a correlation matrix, L L^T; None where it is not semi-definite.

    Written out, and not asked of LAPACK, whose last digits differ from machine to machine: a draw
    is the same everywhere. A pivot of 0 (a key that follows from the others) leaves its column 0.
    Source: Golub and Van Loan, Matrix Computations (2013), section 4.2.8 (not re-read).

    Args:
        matrix: symmetric, of unit diagonal [n, n].
    """
    count = len(matrix)
    lower = [[0.0] * count for _ in range(count)]
    for j in range(count):
        pivot = matrix[j][j] - math.fsum(x * x for x in lower[j][:j])
        if pivot < -_ZERO:
            return None
        for i in range(j + 1, count):
            rest = matrix[i][j] - math.fsum(lower[i][k] * lower[j][k] for k in range(j))
            if pivot > _ZERO:
                lower[i][j] = rest / math.sqrt(pivot)
            elif abs(rest) > math.sqrt(_ZERO):
                return None
        lower[j][j] = math.sqrt(pivot) if pivot > _ZERO else 0.0
    return lower


def feasible(matrix: Sequence[Sequence[float]]) -> float:
    """The largest share of its correlations with which a matrix is semi-definite, from 0 to 1."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        scaled = [
            [x if i == j else middle * x for j, x in enumerate(row)] for i, row in enumerate(matrix)
        ]
        low, high = (middle, high) if cholesky(scaled) is not None else (low, middle)
    return low
