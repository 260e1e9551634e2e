"""Three by three matrices as lists of rows, without an array library: to check is to load none."""

import math

Matrix = list[list[float]]

_ROUNDS = 12  # each squares what is left off the diagonal; five are enough
_AXES = range(3)


def product(a: Matrix, b: Matrix) -> Matrix:
    """Rows times columns."""
    return [[sum(a[i][n] * b[n][k] for n in _AXES) for k in _AXES] for i in _AXES]


def transposed(a: Matrix) -> Matrix:
    """Rows as columns."""
    return [[a[k][i] for k in _AXES] for i in _AXES]


def diagonal(values: list[float]) -> Matrix:
    """The matrix with `values` on its diagonal and nothing off it."""
    return [[values[i] if i == k else 0.0 for k in _AXES] for i in _AXES]


def eigenvalues(symmetric: Matrix) -> list[float]:
    """The eigenvalues of a symmetric matrix, rising.

    Source: Jacobi's method (Golub and Van Loan, Matrix Computations, section on Jacobi methods).
    """
    a = [row[:] for row in symmetric]
    for _ in range(_ROUNDS):
        for p, q in ((0, 1), (0, 2), (1, 2)):
            if a[p][q] == 0.0:
                continue
            theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q])
            t = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0))
            c = 1.0 / math.hypot(t, 1.0)
            turn = diagonal([1.0] * 3)
            turn[p][p] = turn[q][q] = c
            turn[p][q], turn[q][p] = t * c, -t * c
            a = product(transposed(turn), product(a, turn))
            a[p][q] = a[q][p] = 0.0
    return sorted(a[i][i] for i in _AXES)
