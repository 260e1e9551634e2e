"""A root between two values of different signs.

By hand, since the library that has one takes a quarter of a second to import: at every command.
"""

from collections.abc import Callable

_MOST = 200


def root(
    function: Callable[[float], float], low: float, high: float, *, within: float = 1e-12
) -> float:
    """Where a continuous function is zero between `low` and `high`, found to `within`.

    Each pass takes the inverse quadratic through the last three points where that is sure to
    come nearer, and halves the bracket otherwise.

    Source: Chandrupatla, A new hybrid quadratic/bisection algorithm, Advances in Engineering
    Software 28 (1997), 145-149.

    Raises:
        ValueError: the function has the same sign at both ends.
    """
    a, b = high, low
    f_a, f_b = function(a), function(b)
    if f_a == 0.0:
        return a
    if f_b == 0.0:
        return b
    if (f_a > 0.0) == (f_b > 0.0):
        raise ValueError(f"{f_b} at {low} and {f_a} at {high} are of one sign.")
    c, f_c, share = b, f_b, 0.5
    for _ in range(_MOST):
        now = a + share * (b - a)
        f_now = function(now)
        if (f_now > 0.0) == (f_a > 0.0):
            c, f_c = a, f_a
        else:
            c, f_c, b, f_b = b, f_b, a, f_a
        a, f_a = now, f_now
        best = a if abs(f_a) < abs(f_b) else b
        # What rounding lets two numbers differ by is as near as it gets.
        least = max(within, 4e-16 * abs(best)) / abs(b - a)
        if least > 0.5 or f_a == 0.0:
            return best
        share = 0.5
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        if phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi:
            near = f_a / (f_b - f_a) * f_c / (f_b - f_c)
            far = f_a / (f_c - f_a) * f_b / (f_c - f_b)
            share = near + (c - a) / (b - a) * far
        share = min(1.0 - least, max(least, share))
    return a
