"""Exponential, logarithm and arc tangent as arithmetic, for all lanes at once.

The library of C takes one number at a time, in registers that all other values must leave for it.

Valid: every number of double precision; within one unit in the last place, the arc tangent within
two and a half (`tests/unit/base/test_native.py`).
Source: Tang, ACM TOMS 15-2 (1989) for the reduction of the exponential; its polynomial is Taylor's,
of which the first term left out is 4e-18. The logarithm is that of FDLIBM 5.3, `e_log.c`,
the arc tangent that of Moshier, Cephes `atan.c`, of a quotient within an eighth of a turn.
"""

import math
from collections.abc import Sequence

from yaan.base.native.emit import Emitter, Value

_LN2 = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
"""In two parts, of which multiples of the first by whole numbers below 2^20 are exact."""
_SHIFT = 1.5 * 2.0**52
"""A number to which a small whole one is added to lie in its lowest bits."""
_ONE = 1023 << 52
"""The bits of 1.0."""
_ROOT = 0x3FE6A09E << 32
"""The bits of the root of one half, their upper half."""
_FRACTION = (1 << 52) - 1
_LOG = (
    1.479819860511658591e-01,
    1.531383769920937332e-01,
    1.818357216161805012e-01,
    2.222219843214978396e-01,
    2.857142874366239149e-01,
    3.999999999940941908e-01,
    6.666666666666735130e-01,
)


_ATAN = (
    (
        -8.750608600031904122785e-1,
        -1.615753718733365076637e1,
        -7.500855792314704667340e1,
        -1.228866684490136173410e2,
        -6.485021904942025371773e1,
    ),
    (
        1.0,
        2.485846490142306297962e1,
        1.650270098316988542046e2,
        4.328810604912902668951e2,
        4.853903996359136964868e2,
        1.945506571482613964425e2,
    ),
)
_EIGHTH = math.tan(math.pi / 8.0)
_QUARTER = (math.pi / 4.0, 3.061616997868383e-17)
"""Of pi, in two parts."""


class _Sums:
    """Arithmetic as it is written."""

    def __init__(self, emit: Emitter) -> None:
        self._emit = emit

    def number(self, x: float) -> Value:
        return self._emit.constant(x, "float64")

    def add(self, a: Value, b: Value) -> Value:
        return self._emit.binary("fadd contract", a, b)

    def sub(self, a: Value, b: Value) -> Value:
        return self._emit.binary("fsub contract", a, b)

    def mul(self, a: Value, b: Value) -> Value:
        return self._emit.binary("fmul contract", a, b)

    def polynomial(self, x: Value, coefficients: Sequence[float]) -> Value:
        """By Horner's rule, the highest power first."""
        total = self.number(coefficients[0])
        for one in coefficients[1:]:
            total = self.add(self.mul(total, x), self.number(one))
        return total

    def bits(self, a: Value) -> Value:
        return self._as(a, "int64")

    def of_bits(self, a: Value) -> Value:
        return self._as(a, "float64")

    def _as(self, a: Value, kind: str) -> Value:
        into = self._emit.type_of(kind, a.wide)
        return self._emit.put(f"bitcast {self._emit.typed(a)} to {into}", kind, a.wide)


def exponential(emit: Emitter, x: Value) -> Value:
    """E to the power of x: 2^k e^r, with r within half of ln 2."""
    do = _Sums(emit)
    # What is compared with a NaN is false: it goes through.
    for word, edge in (("gt", 710.0), ("lt", -746.0)):
        x = emit.select(emit.compare(word, x, do.number(edge)), do.number(edge), x)
    k = emit.call("roundeven", do.mul(x, do.number(1.0 / math.log(2.0))))
    r = do.sub(do.sub(x, do.mul(k, do.number(_LN2[0]))), do.mul(k, do.number(_LN2[1])))
    square = do.mul(r, r)
    even = do.polynomial(square, [1.0 / math.factorial(n) for n in range(12, 1, -2)])
    odd = do.polynomial(square, [1.0 / math.factorial(n) for n in range(13, 2, -2)])
    grown = do.add(r, do.mul(square, do.add(even, do.mul(r, odd))))
    # By two factors, since 2^k alone may be too large or too small for one number.
    half = emit.call("roundeven", do.mul(k, do.number(0.5)))
    made = do.add(do.number(1.0), grown)
    for power in (half, do.sub(k, half)):
        made = do.mul(made, _power_of_two(emit, do, power))
    return made


def _power_of_two(emit: Emitter, do: _Sums, k: Value) -> Value:
    low = do.bits(do.add(k, do.number(_SHIFT)))
    shifted = emit.binary("shl", low, emit.constant(52, "int64"))
    return do.of_bits(emit.binary("add", shifted, emit.constant(_ONE, "int64")))


def logarithm(emit: Emitter, x: Value) -> Value:
    """The natural logarithm of x: that of a number near one, and the power of two taken out."""
    do = _Sums(emit)

    def whole(number: int) -> Value:
        return emit.constant(number, "int64")

    small = emit.compare("lt", x, do.number(2.0**-1022))
    scaled = emit.select(small, do.mul(x, do.number(2.0**54)), x)
    moved = emit.binary("add", do.bits(scaled), whole(_ONE - _ROOT))
    exponent = emit.binary("lshr", moved, whole(52))
    rest = emit.binary("add", emit.binary("and", moved, whole(_FRACTION)), whole(_ROOT))
    # In the lowest bits of 2^52 a whole number is itself.
    held = do.of_bits(emit.binary("or", exponent, whole(0x433 << 52)))
    less = emit.select(small, do.number(54.0), do.number(0.0))
    k = do.sub(do.sub(held, do.number(2.0**52 + 1023.0)), less)
    f = do.sub(do.of_bits(rest), do.number(1.0))
    s = emit.binary("fdiv", f, do.add(f, do.number(2.0)))
    square, half = do.mul(s, s), do.mul(do.number(0.5), do.mul(f, f))
    tail = do.mul(s, do.add(half, do.mul(square, do.polynomial(square, _LOG))))
    tail = do.add(tail, do.mul(k, do.number(_LN2[1])))
    made = do.sub(do.mul(k, do.number(_LN2[0])), do.sub(do.sub(half, tail), f))
    for word, edge, value in (
        ("eq", math.inf, math.inf),
        ("eq", 0.0, -math.inf),
        ("lt", 0.0, math.nan),
    ):
        made = emit.select(emit.compare(word, x, do.number(edge)), do.number(value), made)
    return emit.select(emit.compare("ne", x, x), x, made)


def arc_tangent(emit: Emitter, y: Value, x: Value) -> Value:
    """The angle of (x, y), from -pi to pi, with the signs of zeros as C has them."""
    do = _Sums(emit)
    zero, one, far = do.number(0.0), do.number(1.0), do.number(math.inf)
    a, b = emit.call("fabs", y), emit.call("fabs", x)
    steep = emit.compare("gt", a, b)
    less, more = emit.select(steep, b, a), emit.select(steep, a, b)
    # Less an eighth of a turn, what lies nearer to it than to the axis.
    endless = emit.compare("eq", less, far)
    bent = emit.compare("gt", less, do.mul(more, do.number(_EIGHTH)))
    bent = emit.either(bent, endless)
    above = emit.select(bent, do.sub(less, more), less)
    below = emit.select(bent, do.add(less, more), more)
    nowhere = emit.either(emit.compare("eq", more, zero), endless)
    q = emit.binary("fdiv", emit.select(endless, zero, above), emit.select(nowhere, one, below))
    z = do.mul(q, q)
    top, bottom = (do.polynomial(z, part) for part in _ATAN)
    small = do.add(q, do.mul(q, do.mul(z, emit.binary("fdiv", top, bottom))))
    # So many eighths of a turn, and to it or from it what is left.
    eighths = emit.select(bent, one, zero)
    left = emit.compare("lt", emit.call("copysign", one, x), zero)
    for turned, most in ((steep, 2.0), (left, 4.0)):
        eighths = emit.select(turned, do.sub(do.number(most), eighths), eighths)
        small = emit.select(turned, do.sub(zero, small), small)
    whole, tail = (do.mul(eighths, do.number(part)) for part in _QUARTER)
    made = emit.call("copysign", do.add(whole, do.add(small, tail)), y)
    for given in (x, y):
        made = emit.select(emit.compare("ne", given, given), given, made)
    return made


def beside(emit: Emitter, x: Value) -> Value:
    """The other side of a triangle in a unit circle, sqrt(1 - x^2), to the last digits near 1."""
    do = _Sums(emit)
    one = do.number(1.0)
    return emit.call("sqrt", do.mul(do.sub(one, x), do.add(one, x)))
