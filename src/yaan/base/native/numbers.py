"""What is done with numbers: arithmetic, functions, and from one kind to another."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from yaan.base.native.emit import Emitter, UnsupportedError, Value
from yaan.base.native.functions import arc_tangent, beside, exponential, logarithm


def _folded(emit: Emitter, function: Callable[..., Any], *values: Value) -> Value | None:
    if all(value.constant is not None for value in values):
        with np.errstate(all="ignore"):
            kind = np.dtype(values[0].kind)
            return emit.constant(function(*[kind.type(v.constant) for v in values]), values[0].kind)
    return None


def _arithmetic(real: str, whole: str, function: Callable[..., Any]) -> Callable[..., Value]:
    def made(emit: Emitter, a: Value, b: Value) -> Value:
        folded = _folded(emit, function, a, b)
        if folded is not None:
            return folded
        if a.kind == "bool":
            return {"add": emit.either, "mul": emit.both}[whole](a, b)
        if whole == "mul":
            for one, other in ((a, b), (b, a)):
                if one.constant == 1:
                    return other
        if whole == "add" and not a.is_float:
            return emit.add_index(a, b)
        return emit.binary(f"{real} contract" if a.is_float else whole, a, b)

    return made


def divided(emit: Emitter, a: Value, b: Value) -> Value:
    """The quotient."""
    if a.is_float:
        folded = _folded(emit, np.divide, a, b)
        return folded or (a if b.constant == 1 else emit.binary("fdiv", a, b))
    if b.constant not in (None, 0, -1):
        return emit.binary("udiv" if a.is_unsigned else "sdiv", a, b)
    raise UnsupportedError("a division of whole numbers by another that is not known")


def remainder(emit: Emitter, a: Value, b: Value) -> Value:
    """What is left of a / b, with the sign of a."""
    if not a.is_float:
        folded = _folded(emit, np.fmod, a, b)
        if folded is not None:
            return folded
        if b.constant not in (None, 0, -1):
            return emit.binary("urem" if a.is_unsigned else "srem", a, b)
        raise UnsupportedError("a remainder of whole numbers by another that is not known")
    return lanes(emit, "fmod", a, b)


def smaller(emit: Emitter, a: Value, b: Value) -> Value:
    """The smaller of two; a NaN where one is."""
    return _extreme(emit, "min", np.minimum, a, b)


def larger(emit: Emitter, a: Value, b: Value) -> Value:
    """The larger of two; a NaN where one is."""
    return _extreme(emit, "max", np.maximum, a, b)


def _extreme(emit: Emitter, word: str, function: Callable[..., Any], a: Value, b: Value) -> Value:
    folded = _folded(emit, function, a, b)
    if folded is not None:
        return folded
    if a.kind == "bool":
        return emit.either(a, b) if word == "max" else emit.both(a, b)
    if not a.is_float:
        return emit.call(("u" if a.is_unsigned else "s") + word, a, b)
    if a.constant is not None:
        a, b = b, a
    # One instruction, which gives the second number where they do not compare.
    chosen = emit.select(emit.compare("lt" if word == "min" else "gt", b, a), b, a)
    if b.constant is not None and not math.isnan(b.constant):
        return chosen
    return emit.select(emit.compare("ne", b, b), b, chosen)


def _negated(emit: Emitter, a: Value) -> Value:
    folded = _folded(emit, np.negative, a)
    if folded is not None:
        return folded
    if a.is_float:
        kind = emit.type_of(a.kind, a.wide)
        return emit.put(f"fneg {kind} {a.name}", a.kind, a.wide)
    return emit.binary("sub", emit.constant(0, a.kind), a)


def _not(emit: Emitter, a: Value) -> Value:
    if a.constant is not None:
        return emit.constant(not a.constant if a.kind == "bool" else ~int(a.constant), a.kind)
    return emit.binary("xor", a, emit.constant(1 if a.kind == "bool" else -1, a.kind))


def _xor(emit: Emitter, a: Value, b: Value) -> Value:
    return _folded(emit, np.bitwise_xor, a, b) or emit.binary("xor", a, b)


def _unary(intrinsic: str, function: Callable[..., Any]) -> Callable[..., Value]:
    def made(emit: Emitter, a: Value) -> Value:
        return _folded(emit, function, a) or emit.call(intrinsic, a)

    return made


def _absolute(emit: Emitter, a: Value) -> Value:
    if a.is_float:
        return emit.call("fabs", a)
    return emit.select(emit.compare("lt", a, emit.constant(0, a.kind)), _negated(emit, a), a)


def _sign(emit: Emitter, a: Value) -> Value:
    one, none = emit.constant(1, a.kind), emit.constant(0, a.kind)
    below = emit.compare("lt", a, none)
    made = emit.select(
        emit.compare("gt", a, none), one, emit.select(below, _negated(emit, one), none)
    )
    return emit.select(emit.compare("ne", a, a), a, made) if a.is_float else made


def finite(emit: Emitter, a: Value) -> Value:
    """Whether it is a finite number."""
    # Not more than the largest number: a NaN is not less either.
    return emit.compare("lt", emit.call("fabs", a), emit.constant(math.inf, a.kind))


def powered(emit: Emitter, a: Value, power: int) -> Value:
    """A known whole power, by squaring."""
    if power < 0:
        return divided(emit, emit.constant(1, a.kind), powered(emit, a, -power))
    result, square = None, a
    while power:
        if power & 1:
            result = square if result is None else multiplied(emit, result, square)
        power >>= 1
        if power:
            square = multiplied(emit, square, square)
    return emit.constant(1, a.kind) if result is None else result


added = _arithmetic("fadd", "add", np.add)
"""a + b."""
_sub = _arithmetic("fsub", "sub", np.subtract)
multiplied = _arithmetic("fmul", "mul", np.multiply)
"""a b."""


def _subtracted(emit: Emitter, a: Value, b: Value) -> Value:
    return (
        a
        if b.constant == 0 and (not a.is_float or math.copysign(1.0, b.constant) > 0)
        else _sub(emit, a, b)
    )


def _shift(name: str) -> Callable[..., Value]:
    def made(emit: Emitter, a: Value, b: Value) -> Value:
        # LLVM leaves open what is shifted by all bits or more; JAX leaves nothing, or the sign.
        bits = 8 * np.dtype(a.kind).itemsize
        beyond = emit.compare(
            "ge",
            Value(b.name, f"u{b.kind.lstrip('u')}", b.wide, b.constant),
            emit.constant(bits, f"u{b.kind.lstrip('u')}"),
        )
        if name == "ashr":
            by = emit.select(beyond, emit.constant(bits - 1, b.kind), b)
            return emit.binary(name, a, by)
        by = emit.select(beyond, emit.constant(0, b.kind), b)
        return emit.select(beyond, emit.constant(0, a.kind), emit.binary(name, a, by))

    return made


def lanes(emit: Emitter, name: str, *values: Value) -> Value:
    """A function of the C library, lane by lane."""
    values_, wide = emit.alike(*values)
    kind = values[0].kind
    if any(value.kind != "float64" for value in values):
        raise UnsupportedError(f"{name} of {[value.kind for value in values]}")
    full = f"@{name}"
    given = ", ".join(["double"] * len(values))
    emit.declared[full] = f"declare double {full}({given}) memory(none)"
    if not wide:
        passed = ", ".join(emit.typed(value) for value in values_)
        return emit.put(f"call double {full}({passed})", kind, False)
    vector = emit.type_of(kind, True)
    result = Value("poison", kind, True)
    for lane in range(emit.width):
        parts = [
            emit.put(f"extractelement {vector} {value.name}, i64 {lane}", kind, False)
            for value in values_
        ]
        passed = ", ".join(emit.typed(part) for part in parts)
        one = emit.put(f"call double {full}({passed})", kind, False)
        text = f"insertelement {vector} {result.name}, double {one.name}, i64 {lane}"
        result = emit.put(text, kind, True)
    return result


def _named(name: str) -> Callable[..., Value]:
    return lambda emit, *values: lanes(emit, name, *values)


def _arithmetical(made: Callable[..., Value], function: Callable[..., Any]) -> Callable[..., Value]:
    def rule(emit: Emitter, *values: Value) -> Value:
        if any(value.kind != "float64" for value in values):
            raise UnsupportedError(f"{function.__name__} of {[v.kind for v in values]}")
        return _folded(emit, function, *values) or made(emit, *values)

    return rule


_OF_ONE = (
    *("exp2", "expm1", "log1p", "cbrt"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh"),
)


def converted(emit: Emitter, a: Value, kind: str) -> Value:
    """A number in another kind."""
    if a.kind == kind:
        return a
    # NumPy leaves open what becomes of numbers that are too large; the instructions do not.
    if a.constant is not None and not (a.is_float and not abs(a.constant) < 2.0**31):
        return emit.constant(np.asarray(a.constant, a.kind).astype(kind).item(), kind)
    if kind == "bool":
        return emit.compare("ne", a, emit.constant(0, a.kind))
    into = emit.type_of(kind, a.wide)
    target = Value("", kind, False)
    if a.is_float and target.is_float:
        word = "fpext" if kind == "float64" else "fptrunc"
    elif a.is_float:
        name = "fptoui.sat" if target.is_unsigned else "fptosi.sat"
        short = f"v{emit.width}" if a.wide else ""
        bits = 8 * np.dtype(kind).itemsize
        full = f"@llvm.{name}.{short}i{bits}.{short}f{8 * np.dtype(a.kind).itemsize}"
        emit.declared[full] = f"declare {into} {full}({emit.type_of(a.kind, a.wide)})"
        return emit.put(f"call {into} {full}({emit.typed(a)})", kind, a.wide)
    elif target.is_float:
        word = "uitofp" if a.kind == "bool" or a.is_unsigned else "sitofp"
    elif a.kind == "bool":
        word = "zext"
    else:
        size, wanted = np.dtype(a.kind).itemsize, np.dtype(kind).itemsize
        if size == wanted:
            return Value(a.name, kind, a.wide)
        word = "trunc" if size > wanted else ("zext" if a.is_unsigned else "sext")
    return emit.put(f"{word} {emit.typed(a)} to {into}", kind, a.wide)


BINARY: dict[str, Callable[..., Value]] = {
    "add": added,
    "add_any": added,
    "sub": _subtracted,
    "mul": multiplied,
    "div": divided,
    "rem": remainder,
    "max": larger,
    "min": smaller,
    "and": Emitter.both,
    "or": Emitter.either,
    "xor": _xor,
    "shift_left": _shift("shl"),
    "shift_right_logical": _shift("lshr"),
    "shift_right_arithmetic": _shift("ashr"),
    "pow": _named("pow"),
    "atan2": _arithmetical(arc_tangent, np.arctan2),
}
"""Of two numbers, by the names of JAX."""
UNARY: dict[str, Callable[..., Value]] = {
    "neg": _negated,
    "not": _not,
    "abs": _absolute,
    "sign": _sign,
    "floor": _unary("floor", np.floor),
    "ceil": _unary("ceil", np.ceil),
    "sqrt": _unary("sqrt", np.sqrt),
    "square": lambda emit, a: multiplied(emit, a, a),
    "rsqrt": lambda emit, a: divided(emit, emit.constant(1, a.kind), emit.call("sqrt", a)),
    "exp": _arithmetical(exponential, np.exp),
    "log": _arithmetical(logarithm, np.log),
    "asin": _arithmetical(lambda emit, a: arc_tangent(emit, a, beside(emit, a)), np.arcsin),
    "acos": _arithmetical(lambda emit, a: arc_tangent(emit, beside(emit, a), a), np.arccos),
    "atan": _arithmetical(
        lambda emit, a: arc_tangent(emit, a, emit.constant(1.0, a.kind)), np.arctan
    ),
    **{name: _named(name) for name in _OF_ONE},
}
"""Of one number, by the names of JAX."""
