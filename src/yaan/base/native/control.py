"""Programmes of JAX, equation by equation, with their loops and branches.

Lanes go side by side. A loop goes on while it goes on in any of them, and what it carries stays in
those that have left it; of a branch all sides that a lane takes are computed. An array in memory
that a loop carries is written where it stands, when nothing reads it as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from yaan.base.native import places, replaced
from yaan.base.native.ahead import Ahead
from yaan.base.native.arrays import FEW, Array, Memory
from yaan.base.native.emit import KINDS, Emitter, UnsupportedError, Value
from yaan.base.native.numbers import added
from yaan.base.native.primitives import Maker, apply, split
from yaan.base.traced import CALLS, needed


@dataclass
class _Frame:
    """A body that is being computed."""

    env: dict[Any, Array]
    last: dict[Any, int]
    now: int = 0


@dataclass
class Evaluator:
    """Computes bodies."""

    emit: Emitter
    memory: Memory
    maker: Maker
    frames: list[_Frame] = field(default_factory=list)
    _vary: dict[Any, tuple[bool, ...]] = field(default_factory=dict)
    _alive: dict[Any, set[Any]] = field(default_factory=dict)

    def body(
        self, closed: Any, arguments: list[Array], wanted: Sequence[bool] | None = None
    ) -> list[Array]:
        """The results of a closed body; those that are not `wanted` mean nothing."""
        jaxpr = getattr(closed, "jaxpr", closed)
        constants = [self.memory.known(_raw(c)) for c in getattr(closed, "consts", ())]
        alive = self.alive(jaxpr, wanted)
        frame = _Frame({}, _last_uses(jaxpr, alive))
        for variable, array in zip(jaxpr.constvars, constants, strict=True):
            frame.env[variable] = array
        for variable, array in zip(jaxpr.invars, arguments, strict=True):
            frame.env[variable] = array
        self.frames.append(frame)
        for frame.now, equation in enumerate(jaxpr.eqns):
            wants = [variable in alive for variable in equation.outvars]
            if not any(wants):
                continue
            called = equation.primitive.name in CALLS
            given = [
                # What a call takes and does not use may never have been written.
                _NOTHING if called and not self._has(frame, atom) else self._read(frame, atom)
                for atom in equation.invars
            ]
            if called:
                body = equation.params[CALLS[equation.primitive.name]]
                results = self.body(body, given, wants)
            else:
                results = self._equation(equation, given, wants)
            for variable, array in zip(equation.outvars, results, strict=True):
                if variable not in alive:
                    continue
                kind, shape = _kind_of(variable.aval), _shape_of(variable.aval)
                if kind not in KINDS or (array.kind, array.shape) != (kind, shape):
                    raise UnsupportedError(f"{equation.primitive} made {array.shape} {array.kind}")
                frame.env[variable] = array
        self.frames.pop()
        return [
            _NOTHING if wanted is not None and not wanted[k] else self._read(frame, atom)
            for k, atom in enumerate(jaxpr.outvars)
        ]

    def alive(self, jaxpr: Any, wanted: Sequence[bool] | None) -> set[Any]:
        """What of a body leads to what is wanted of it; the rest is never written."""
        key = (id(jaxpr), None if wanted is None else tuple(wanted))
        if key not in self._alive:
            asked = [atom for k, atom in enumerate(jaxpr.outvars) if wanted is None or wanted[k]]
            self._alive[key] = needed(jaxpr, asked)
        return self._alive[key]

    def _has(self, frame: _Frame, atom: Any) -> bool:
        return isinstance(atom, core.Literal) or atom in frame.env

    def _read(self, frame: _Frame, atom: Any) -> Array:
        if isinstance(atom, core.Literal):
            return self.memory.known(np.asarray(atom.val, _aval(atom).dtype))
        return frame.env[atom]

    def _equation(  # noqa: PLR0911 - a case each
        self, equation: Any, given: list[Array], wants: Sequence[bool] | None = None
    ) -> list[Array]:
        name, params = equation.primitive.name, equation.params
        out = [v.aval for v in equation.outvars]
        if name == "while":
            return self._while(params, given, wants, equation.invars)
        if name == "scan":
            return self._scan(params, given, equation.invars)
        if name == "cond":
            return self._cond(params, given)
        if name == "gather":
            return [places.gather(self.maker, out[0], given[0], given[1], params)]
        if name in ("scatter", "scatter-add"):
            return [self._scatter(name, params, given, equation.invars[0])]
        if name == "dynamic_slice":
            return [places.dynamic_slice(self.maker, params["slice_sizes"], *given)]
        if name == "dynamic_update_slice":
            wide = any(array.wide for array in given[1:])
            target = self._own(given[0], equation.invars[0], wide)
            return [self.maker.few(places.dynamic_update(self.maker, target, *given[1:]))]
        if name == "split":
            return split(self.maker, params, given[0])
        if name in replaced.FUNCTIONS:
            return self.body(replaced.traced(equation), given)
        return apply(self.maker, name, params, given, out)

    def _scatter(
        self, name: str, params: dict[str, Any], given: list[Array], operand: Any
    ) -> Array:
        emit = self.emit
        join = None
        if name == "scatter-add":
            join = lambda a, b: added(emit, a, b)  # noqa: E731
        wide = given[1].wide or given[2].wide
        target = self._own(given[0], operand, wide)
        return self.maker.few(places.scatter(self.maker, target, given[1], given[2], params, join))

    def _own(self, array: Array, atom: Any, wide: bool) -> Array:
        """The array in memory that may be written: where it stands, or a copy."""
        if self.is_free(array, atom, wide):
            return array
        return self.memory.fresh(array, array.wide or wide)

    def is_free(self, array: Array, atom: Any, wide: bool) -> bool:
        """Whether it may be written over where it stands: nothing reads it as it is."""
        buffer = array.buffer
        return (
            buffer is not None
            and not buffer.fixed
            and buffer.scope == self.memory.scope
            and (buffer.wide or not wide)
            and array.contiguous
            and array.offset is not None
            and array.offset.constant == 0
            and not self._read_later(buffer, atom)
        )

    def _read_later(self, buffer: Any, atom: Any) -> bool:
        for depth, frame in enumerate(self.frames):
            inner = depth == len(self.frames) - 1
            for variable, array in frame.env.items():
                if array.buffer is not buffer:
                    continue
                if frame.last.get(variable, -1) > frame.now:
                    return True
                # Twice among the arguments of this very equation, or of the call which leads here.
                if inner and variable is not atom and frame.last.get(variable, -1) == frame.now:
                    return True
        return False

    # Loops

    def _while(
        self,
        params: dict[str, Any],
        given: list[Array],
        wants: Sequence[bool] | None,
        atoms: Sequence[Any],
    ) -> list[Array]:
        n, m = params["cond_nconsts"], params["body_nconsts"]
        tests, fixed, first = given[:n], given[n : n + m], given[n + m :]
        test, body = params["cond_jaxpr"], params["body_jaxpr"]
        wide = tuple(array.wide for array in first)
        while True:
            goes = self.varies(test, (*[a.wide for a in tests], *wide))[0]
            after = self.varies(body, (*[a.wide for a in fixed], *wide))
            new = tuple(
                a or b or (goes and not _passes(body, m, k))
                for k, (a, b) in enumerate(zip(wide, after, strict=True))
            )
            if new == wide:
                break
            wide = new
        emit, outer = self.emit, self.maker.mask
        self._write_ahead(body, fixed, len(first))
        mapped = bool(test.jaxpr.outvars[0].aval.size > 1)
        carried = _Carried(self, first, wide, mapped=mapped, atoms=atoms[n + m :])
        head, inside, after_label = emit.labels("while", "do", "done")
        emit.do(f"br label %{head}")
        emit.begin(head)
        frames, self.frames = self.frames, []
        scope, self.memory.scope = self.memory.scope, carried.scope
        with emit.scope():
            now = carried.arrays()
            going = self.maker.few(self.body(test, [*tests, *now])[0])
            mask, when = outer, None
            some = going.items.flat[0]
            for one in going.items.flat[1:]:
                some = emit.either(some, one)
            if some.wide:
                mask = some if outer is None else emit.both(some, outer)
            if some.wide or going.size > 1:
                each = [one if outer is None else emit.both(one, outer) for one in going.items.flat]
                when = self.memory.of(each, going.shape, "bool")
            goes_on = emit.some(mask if mask is not None and some.wide else some)
            emit.do(f"br {emit.typed(goes_on)}, label %{inside}, label %{after_label}")
            emit.begin(inside)
            self.maker.mask = mask
            results = self.body(body, [*fixed, *now])
            carried.put(results, now, when, self._kept(test, len(tests), wants))
            emit.do(f"br label %{head}")
        self.maker.mask = outer
        self.frames, self.memory.scope = frames, scope
        emit.begin(after_label)
        return carried.arrays(owned=scope)

    def _kept(
        self, test: Any, constants: int, wants: Sequence[bool] | None
    ) -> Sequence[bool] | None:
        """What a lane that has left a loop keeps: what is asked of it after, and by the test."""
        if wants is None:
            return None
        asked = self.alive(test.jaxpr, None)
        tested = [variable in asked for variable in test.jaxpr.invars[constants:]]
        return [a or b for a, b in zip(wants, tested, strict=True)]

    def _write_ahead(self, body: Any, fixed: list[Array], others: int) -> None:
        """Compute what is costly in a loop's body and the same at each pass."""
        stays = [array if _stays(array) else None for array in fixed]
        if any(array is not None for array in stays):
            known = lambda number: self.memory.known(_raw(number))  # noqa: E731
            ahead = Ahead(self._equation, self.alive, known)
            ahead.body(body, [*stays, *[None] * others])

    def _scan(
        self, params: dict[str, Any], given: list[Array], atoms: Sequence[Any]
    ) -> list[Array]:
        n, c, length = params["num_consts"], params["num_carry"], params["length"]
        fixed, first, over = given[:n], given[n : n + c], given[n + c :]
        body, emit = params["jaxpr"], self.emit
        wide = tuple(array.wide for array in first)
        rest = [array.wide for array in over]
        while True:
            after = self.varies(body, (*[a.wide for a in fixed], *wide, *rest))
            new = tuple(a or b for a, b in zip(wide, after[:c], strict=True))
            if new == wide:
                break
            wide = new
        self._write_ahead(body, fixed, len(first) + len(over))
        over = [self.memory.spill(array) for array in over]
        avals = [v.aval for v in body.jaxpr.outvars[c:]]
        made = [
            self.memory.new((length, *_shape_of(aval)), _kind_of(aval), varies)
            for aval, varies in zip(avals, after[c:], strict=True)
        ]
        carried = _Carried(self, first, wide, atoms=atoms[n : n + c])
        frames, self.frames = self.frames, []
        scope, self.memory.scope = self.memory.scope, carried.scope

        def one(i: Value) -> None:
            if params["reverse"]:
                i = emit.binary("sub", emit.index(length - 1), i)
            now = carried.arrays()
            parts = [self._row(array, i) for array in over]
            results = self.body(body, [*fixed, *now, *parts])
            for array, target in zip(results[c:], made, strict=True):
                self.memory.copy(array, self._row(target, i, few=False))
            carried.put(results[:c], now, None)

        emit.loop(length, one)
        self.frames, self.memory.scope = frames, scope
        for array in made:
            assert array.buffer is not None
            array.buffer.scope = scope
        return [*carried.arrays(owned=scope), *[self.maker.few(array) for array in made]]

    def _row(self, array: Array, i: Value, *, few: bool = True) -> Array:
        assert array.offset is not None
        offset = self.emit.add_index(array.offset, self.emit.scale_index(i, array.strides[0]))
        part = self.maker.view(array, array.shape[1:], array.strides[1:], offset)
        return self.maker.few(part) if few else part

    def _cond(self, params: dict[str, Any], given: list[Array]) -> list[Array]:
        emit, branches = self.emit, params["branches"]
        which, operands = self.memory.each(given[0])[0], given[1:]
        if which.constant is not None:
            index = min(max(int(which.constant), 0), len(branches) - 1)
            return self.body(branches[index], operands)
        wides = [self.varies(branch, tuple(a.wide for a in operands)) for branch in branches]
        wide = tuple(which.wide or any(each) for each in zip(*wides, strict=True))
        avals = [v.aval for v in branches[0].jaxpr.outvars]
        usual = next((k for k, branch in enumerate(branches) if not branch.jaxpr.eqns), None)
        if usual is None:
            blank = [Array(_shape_of(aval), _kind_of(aval), None) for aval in avals]
            carried = _Carried(self, blank, wide, blank=True)
        else:  # a branch that only hands on: what is there before the others
            carried = _Carried(self, self.body(branches[usual], operands), wide)
        outer = self.maker.mask
        frames, self.frames = self.frames, []
        scope, self.memory.scope = self.memory.scope, carried.scope
        last = len(branches) - 1
        for k, branch in enumerate(branches):
            if k == usual:
                continue
            kind = which.kind
            if kind == "bool":
                chosen = which if k else emit.binary("xor", which, emit.constant(True, "bool"))
            elif k == 0:
                chosen = emit.compare("le", which, emit.constant(0, kind))
            elif k == last:
                chosen = emit.compare("ge", which, emit.constant(last, kind))
            else:
                chosen = emit.compare("eq", which, emit.constant(k, kind))
            mask = outer
            if chosen.wide:
                mask = chosen if outer is None else emit.both(chosen, outer)
            taken = emit.some(mask if mask is not None and chosen.wide else chosen)
            inside, after = emit.labels("branch", "next")
            emit.do(f"br {emit.typed(taken)}, label %{inside}, label %{after}")
            emit.begin(inside)
            with emit.scope():
                self.maker.mask = mask
                results = self.body(branch, operands)
                when = self.memory.of([mask], (), "bool") if chosen.wide else None
                carried.put(results, carried.arrays(), when)
            emit.do(f"br label %{after}")
            emit.begin(after)
        self.maker.mask = outer
        self.frames, self.memory.scope = frames, scope
        return carried.arrays(owned=scope)

    # What varies

    def varies(self, closed: Any, wide: tuple[bool, ...]) -> tuple[bool, ...]:
        """Which results of a body may differ between lanes, if such arguments do."""
        key = (id(closed), wide)
        if key not in self._vary:
            self._vary[key] = self._found(closed, wide)
        return self._vary[key]

    def _found(self, closed: Any, wide: tuple[bool, ...]) -> tuple[bool, ...]:
        jaxpr = getattr(closed, "jaxpr", closed)
        env = dict(zip(jaxpr.invars, wide, strict=True))

        def of(atom: Any) -> bool:
            return not isinstance(atom, core.Literal) and env.get(atom, False)

        for equation in jaxpr.eqns:
            given = tuple(of(atom) for atom in equation.invars)
            name, params = equation.primitive.name, equation.params
            if name in CALLS:
                results = self.varies(params[CALLS[name]], given)
            elif name == "cond":
                each = [self.varies(branch, given[1:]) for branch in params["branches"]]
                results = tuple(given[0] or any(one) for one in zip(*each, strict=True))
            elif name == "scan":
                n, c = params["num_consts"], params["num_carry"]
                carry = given[n : n + c]
                while True:
                    after = self.varies(params["jaxpr"], (*given[:n], *carry, *given[n + c :]))
                    new = tuple(a or b for a, b in zip(carry, after[:c], strict=True))
                    if new == carry:
                        break
                    carry = new
                results = (*carry, *after[c:])
            elif name == "split":
                results = given * len(equation.outvars)
            elif name == "optimization_barrier":
                results = given
            else:
                results = (any(given),) * len(equation.outvars)
            env.update(zip(equation.outvars, results, strict=True))
        return tuple(of(atom) for atom in jaxpr.outvars)


_NOTHING = Array((0,), "float64", np.empty(0, dtype=object))
"""In the place of a result that nobody wants."""


class _Carried:
    """What a loop carries, or branches leave: numbers on the stack, and arrays in memory."""

    _scopes = 0

    def __init__(
        self,
        to: Evaluator,
        first: list[Array],
        wide: tuple[bool, ...],
        *,
        blank: bool = False,
        mapped: bool = False,
        atoms: Sequence[Any] | None = None,
    ) -> None:
        """With `atoms`, the variables of what it begins with, it takes over what is free."""
        type(self)._scopes += 1
        self.scope = type(self)._scopes
        self.to = to
        self.wide = wide
        self.held: list[list[str] | Array] = []
        self.like = first
        free = [
            atoms is not None
            and not mapped
            and array.size > FEW
            and to.is_free(array, atom, varies)
            and sum(other.buffer is array.buffer for other in first) == 1
            for array, atom, varies in zip(first, atoms or first, wide, strict=True)
        ]
        outer, to.memory.scope = to.memory.scope, self.scope
        for array, varies, taken in zip(first, wide, free, strict=True):
            if taken and array.buffer is not None:
                array.buffer.scope = self.scope
                self.held.append(array)
            elif array.size <= FEW:
                slots = [to.emit.slot(array.kind, varies) for _ in range(array.size)]
                if not blank:
                    for slot, value in zip(slots, to.memory.each(array), strict=True):
                        to.emit.store_slot(slot, value, varies)
                self.held.append(slots)
            else:
                made = to.memory.new(array.shape, array.kind, varies)
                if mapped and made.buffer is not None:
                    # Each row has a loop of its own: what a body writes is not yet what it carries.
                    made.buffer.scope = -1
                if not blank:
                    to.memory.scope = outer
                    to.memory.copy(array, made)
                    to.memory.scope = self.scope
                self.held.append(made)
        to.memory.scope = outer

    def arrays(self, owned: int | None = None) -> list[Array]:
        """What is carried now."""
        made: list[Array] = []
        for held, like, wide in zip(self.held, self.like, self.wide, strict=True):
            if isinstance(held, Array):
                if owned is not None and held.buffer is not None:
                    held.buffer.scope = owned
                made.append(
                    Array(held.shape, held.kind, None, held.buffer, held.offset, held.strides)
                )
            else:
                values = [self.to.emit.load_slot(slot, like.kind, wide) for slot in held]
                made.append(self.to.memory.of(values, like.shape, like.kind))
        return made

    def put(
        self,
        results: list[Array],
        now: list[Array],
        when: Array | None,
        kept: Sequence[bool] | None = None,
    ) -> None:
        """Carry `results` where `when` holds: of everything, or by the first axes of each.

        Where it does not hold only what is `kept` stays; the rest nobody asks for.
        """
        emit, memory = self.to.emit, self.to.memory
        mine = [held.buffer for held in self.held if isinstance(held, Array)]
        ready: list[Any] = []
        for held, result in zip(self.held, results, strict=True):
            if isinstance(held, Array):
                # A view, turned or of another array that is carried, would be written over as read.
                moved = result.buffer in mine and not _is(result, held)
                ready.append(memory.fresh(result, result.wide) if moved else result)
            else:
                ready.append(memory.each(result))
        stays = [True] * len(ready) if kept is None else kept
        for held, result, before, wide, keeps in zip(
            self.held, ready, now, self.wide, stays, strict=True
        ):
            asked = when if keeps else None
            if isinstance(held, Array):
                if not _is(result, held):
                    _replace(self.to, result, held, asked)
                continue
            places = np.ndindex(*before.shape)
            for slot, value, at in zip(held, result, places, strict=True):
                old = before.items[at]
                new = value
                if asked is not None and value != old:
                    new = emit.select(asked.items[at[: asked.items.ndim]], value, old)
                if new != old:
                    emit.store_slot(slot, new, wide)


def _stays(array: Array) -> bool:
    """Whether its numbers have names, or nothing writes to where they are."""
    return array.size <= FEW and (array.buffer is None or array.buffer.fixed)


def _is(array: Array, held: Array) -> bool:
    """Whether an array is the very one that is held."""
    whole = array.offset is not None and array.offset.constant == 0 and array.contiguous
    return whole and array.buffer is held.buffer


def _replace(to: Evaluator, source: Array, target: Array, when: Array | None) -> None:
    """Copy into an array in memory where `when` holds."""
    if when is None or when.size == 1:
        to.memory.copy(source, target, None if when is None else when.items.flat[0])
        return
    axes = len(when.shape)
    for at in np.ndindex(*when.shape):
        fixed = [to.emit.index(i) for i in at]

        def one(
            index: list[Value], fixed: list[Value] = fixed, holds: Value = when.items[at]
        ) -> None:
            place = [*fixed, *index]
            to.memory.put(target, place, to.memory.get(source, place), holds)

        to.emit.nest(target.shape[axes:], one)


def _passes(closed: Any, constants: int, index: int) -> bool:
    """Whether a loop's body leaves what it carries at `index` as it is."""
    jaxpr = closed.jaxpr
    return jaxpr.outvars[index] is jaxpr.invars[constants + index]


def _last_uses(jaxpr: Any, alive: set[Any]) -> dict[Any, int]:
    last: dict[Any, int] = {}
    for i, equation in enumerate(jaxpr.eqns):
        if not any(variable in alive for variable in equation.outvars):
            continue
        for atom in equation.invars:
            if not isinstance(atom, core.Literal):
                last[atom] = i
    for atom in jaxpr.outvars:
        if not isinstance(atom, core.Literal):
            last[atom] = len(jaxpr.eqns) + 1
    return last


def _aval(atom: Any) -> Any:
    return atom.aval


def _is_key(aval: Any) -> bool:
    return jnp.issubdtype(aval.dtype, jax.dtypes.prng_key)


def _kind_of(aval: Any) -> str:
    return "uint32" if _is_key(aval) else str(aval.dtype)


def _shape_of(aval: Any) -> tuple[int, ...]:
    return (*aval.shape, 2) if _is_key(aval) else tuple(aval.shape)


def _raw(constant: Any) -> Any:
    if jnp.issubdtype(getattr(constant, "dtype", np.float64), jax.dtypes.prng_key):
        return np.asarray(jax.random.key_data(constant))
    return np.asarray(constant)
