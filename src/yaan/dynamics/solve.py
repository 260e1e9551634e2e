"""The only integration loop: lanes side by side, steps that know their error, events landed on.

Every array has the lanes of a batch on its first axis; one flight is one lane, with a time of its
own. Each pass of the loop takes one step of the method in all lanes. A step that is out by more
than is `allowed` is taken back and tried again, shorter (`accuracy`).

When an event function changes from negative to not negative within a step, it is taken back too
and tried again, shorter, until its length is the event's time to `TOLERANCE`: there is no branch,
and an event costs a few more steps. Steps also end on the instants that are known beforehand
(`deadline`: the kinks of a thrust curve), so no step straddles a kink.

The lanes are written out, not mapped: under `vmap` the loop's condition would become a lane's
own, and every pass would copy the whole recording. The stages of a step and the events share one
copy of the compiled dynamics, which is most of the time to compile.

Source of the search: regula falsi, safeguarded by bisection (Brent, Algorithms for Minimization
without Derivatives, 1973, chapter 4).
"""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PyTree

from yaan.base.lanes import over_lanes
from yaan.dynamics.accuracy import LEAST, Allowed, next_pace, size_of
from yaan.dynamics.method import RK4, AbstractMethod, Evaluate, Slope
from yaan.dynamics.packing import Columns, Packing, columns_of, packing_of
from yaan.dynamics.rates import rates_of

TOLERANCE = 1e-10  # [s]
"""Events are landed within this time."""

_TRIES = 60


class Problem(eqx.Module):
    """What the loop integrates; all functions are of one lane.

    `evaluate(t, state, parameters)`: rate of the state, and event functions that fire as they
    rise through zero. `switch(t, state, events, fired, parameters)`: the state after each step,
    told the values of the event functions and which of them have fired.
    `deadline(t, state, parameters)`: the next instant at which a step must end.
    `possible(t, state, parameters)`: whether such a state can be at all.
    """

    evaluate: Callable[..., tuple[PyTree, Array]] = eqx.field(static=True)
    switch: Callable[..., PyTree] = eqx.field(static=True)
    deadline: Callable[..., Array] = eqx.field(static=True)
    possible: Callable[..., Array] = eqx.field(static=True, default=lambda t, y, p: True)


class Arrival(eqx.Module):
    """Where the loop stopped, lane by lane."""

    t: Float[Array, " lanes"]
    state: PyTree
    fired: Bool[Array, "lanes events"]
    """Which ending events fired; none where it ran to its time limit."""
    finite: Bool[Array, " lanes"]
    done: Bool[Array, " lanes"]
    """False where it ran out of steps."""
    possible: Bool[Array, " lanes"]
    """False where the state is one that cannot be."""
    steps: Int[Array, " lanes"]
    shortest: Float[Array, " lanes"]
    """The shortest step that no event and no deadline asked for [s]; infinite without one."""


class Tape(eqx.Module):
    """A recording: rows of instants and states, and how many are written in each lane."""

    t: Float[Array, "lanes rows"]
    label: Int[Array, "lanes rows"]
    rows: Float[Array, "lanes rows width"]
    count: Int[Array, " lanes"]
    packing: Packing

    @property
    def state(self) -> PyTree:
        """The recorded states, by name."""
        return self.packing.unpack(self.rows)

    def write(
        self,
        t: Array,
        label: Array,
        packed: Array,
        keep: Bool[Array, " lanes"],
        *,
        before: Array | None = None,
        both: Bool[Array, " lanes"] | None = None,
    ) -> "Tape":
        """This tape with a row added where `keep` holds; a full lane keeps what it has.

        Where `both` holds, a row of the state `before` stands ahead of it, at the same instant.
        """
        # One write for both: after a second one the loop would copy the whole tape at each pass.
        lanes, never = jnp.arange(self.t.shape[0])[:, None], self.t.shape[1]
        rows, wanted = [packed], [keep]
        if before is not None and both is not None:
            rows, wanted = [before, packed], [keep & both, keep]
        taken = jnp.stack(wanted, axis=1)
        after = jnp.cumsum(taken, axis=1)
        at = jnp.where(taken, self.count[:, None] + after - 1, never)

        def put(column: Array, value: Array) -> Array:
            return column.at[lanes, at].set(value, mode="drop")

        each = jnp.broadcast_to(t[:, None], at.shape)
        return Tape(
            put(self.t, each),
            put(self.label, jnp.broadcast_to(label, at.shape)),
            put(self.rows, jnp.stack(rows, axis=1)),
            self.count + after[:, -1],
            self.packing,
        )

    def write_state(self, t: Array, label: Array, state: PyTree, keep: Array) -> "Tape":
        """The same, from a state of named fields."""
        return self.write(t, label, self.packing.pack(state), keep)


def blank_tape(state: PyTree, rows: int) -> Tape:
    """An empty tape of `rows` rows for lanes of states like `state`."""
    packing = packing_of(state)
    packed = packing.pack(state)
    lanes, width = packed.shape
    blank = jnp.zeros((lanes, rows))
    count = jnp.zeros(lanes, dtype=int)
    return Tape(blank, blank.astype(int), jnp.zeros((lanes, rows, width)), count, packing)


def rows_abreast(tape: Tape) -> Tape:
    """The axes of one lane's tape whose rows are looked at side by side."""
    return eqx.tree_at(lambda x: x.count, jax.tree.map(lambda _: 0, tape), None)


class _Batch:
    """The functions of a problem over lanes, of packed states."""

    def __init__(
        self,
        problem: Problem,
        start: Array,
        state: PyTree,
        parameters: PyTree,
        axes: PyTree,
        *,
        whole: bool,
    ) -> None:
        lanes, packing = start.shape[0], packing_of(state)
        rates = rates_of(problem.evaluate, start, state, parameters, axes)
        self.packing = packing
        self.carried = packing.columns(rates.moving)
        """What has a rate."""
        self.moving = packing.columns((True,) * len(rates.moving)) if whole else self.carried
        """What a method carries from stage to stage."""
        self.felt = packing.columns(rates.felt)
        """What the rates depend on."""
        self.rising = columns_of([value is None for value in rates.fixed])
        """The events that may happen."""
        self._fixed = jnp.asarray([value or 0.0 for value in rates.fixed])
        self._rates = rates
        self._parameters = parameters
        self._deadline = over_lanes(problem.deadline, (0, 0, axes), lanes)
        self._switch = over_lanes(problem.switch, (0, 0, 0, 0, axes), lanes)
        self._possible = over_lanes(problem.possible, (0, 0, axes), lanes)

    def evaluate(self, y: Array) -> Evaluate:
        """The rates of what moves, and what gives the events, around the state `y`."""

        def found(t: Array, part: Array) -> tuple[Array, Callable[[], Array]]:
            state = self.packing.unpack(self.moving.within(y, part))
            rate, events = self._rates.evaluate(t, state)
            return self.moving.of(self.packing.pack(rate)), lambda: self.rising.of(events())

        return found

    def deadline(self, t: Array, y: Array) -> Array:
        """When the next step must end."""
        return self._deadline(t, self.packing.unpack(y), self._parameters)

    def switched(self, t: Array, y: Array, events: Array, fired: Array) -> Array:
        """The state after a step to `y`."""
        all_events = self.rising.within(
            jnp.broadcast_to(self._fixed, (*t.shape, *self._fixed.shape)), events
        )
        state = self.packing.unpack(y)
        after = self._switch(t, state, all_events, self.all_of(fired), self._parameters)
        return self.packing.pack(after)

    def all_of(self, fired: Array) -> Array:
        """Of every event whether it has happened, from that of those that may."""
        never = jnp.zeros((*fired.shape[:-1], *self._fixed.shape), dtype=bool)
        return self.rising.within(never, fired)

    def possible(self, t: Array, y: Array) -> Array:
        """Whether such a state can be."""
        return self._possible(t, self.packing.unpack(y), self._parameters)


class _Loop(eqx.Module):
    t: Array
    y: Array
    """The packed state."""
    slope: Slope
    """Its rate."""
    g: Array
    tried: Array
    low: Array
    high: Array
    g_low: Array
    g_high: Array
    seeking: Array
    tries: Array
    fired: Array
    done: Array
    finite: Array
    possible: Array
    pace: Array
    """How long the next step may be."""
    shortest: Array
    steps: Array
    passes: Array
    tape: Tape | None


def solve(  # noqa: PLR0913 - where from, where to, by what step and what to heed: each its own
    problem: Problem,
    state: PyTree,
    parameters: PyTree,
    *,
    start: Float[Array, " lanes"],
    stop: Float[Array, " lanes"],
    step: Float[Array, " lanes"],
    ending: Bool[Array, "lanes events"],
    switching: Bool[Array, " events"],
    max_steps: int,
    axes: PyTree = 0,
    method: AbstractMethod = RK4,
    allowed: Allowed | None = None,
    tape: Tape | None = None,
    label: Int[Array, ""] | int = 0,
) -> tuple[Arrival, Tape | None]:
    """Integrate from `start` to `stop` [s] or to the first event of those `ending`.

    An ending event that is not negative at the start has happened: the state is returned as is.
    Events of `switching` are landed on without ending; `problem.switch` is told of all that fire.
    `axes` are those of `parameters` that have lanes, as in `jax.vmap`: 0, or None for shared.
    `method` carries a step: RK4, or DOP853 for arcs that are smooth over the whole step.
    `step` [s] is the longest one; with `allowed` steps are shorter where their error asks for it.
    A state that is not finite, or that cannot be, stops its lane and is reported, never raised.
    """
    batch = _Batch(problem, start, state, parameters, axes, whole=method.whole)
    packing, moving, felt = batch.packing, batch.moving, batch.felt
    ending, switching = batch.rising.of(ending), batch.rising.of(switching)
    heeded, still = ending | switching, jnp.zeros_like(start)
    never = jnp.zeros(ending.shape, dtype=bool)
    loop = _begun(packing.pack(state), moving, ending, start, step, tape)
    if allowed is not None:
        allowed = Allowed(allowed.error[list(moving.taken)], allowed.tolerance)

    def going(s: _Loop) -> Array:
        return jnp.any(~s.done) & (s.passes < max_steps)

    def body(s: _Loop) -> _Loop:
        opening = s.passes == 0  # the first pass goes nowhere: it asks what has happened already
        limit = jnp.minimum(batch.deadline(s.t, s.y), stop)
        ahead = limit - s.t
        last = ahead <= s.pace + TOLERANCE  # so that it ends on the limit, not beside it
        h = jnp.where(s.seeking, s.tried, jnp.where(last, ahead, s.pace))
        h = jnp.where(s.done | opening, 0.0, h)
        evaluate = batch.evaluate(s.y)
        taken = method.step(evaluate, s.t, moving.of(s.y), h, s.slope, ending.shape[1])
        new, values = moving.within(s.y, taken.y), taken.events
        size = still if allowed is None else size_of(taken.error, allowed)
        # Trials for an event lie within a step that was accepted.
        free = ~s.seeking & ~s.done & ~opening
        refused = free & (size > 1.0) & (h > LEAST)
        g = jnp.where(heeded, values, -1.0)
        beyond = jnp.any((s.g < 0.0) & (g >= 0.0), axis=1) & ~opening & ~refused
        seeking = beyond | s.seeking
        # Most steps meet no event, and need no bracket.
        (met, low, high, g_low, g_high), roots = jax.lax.cond(
            jnp.any(seeking),
            lambda: _sought(s, h, g),
            lambda: ((never, s.low, s.high, s.g_low, s.g_high), s.g_low),
        )
        root = jnp.minimum(jnp.min(roots, axis=1), high)
        close = (jnp.abs(root - h) < TOLERANCE) | (high - low < TOLERANCE)
        landed = seeking & (close | (s.tries > _TRIES)) & ~s.done
        moved = (landed | ~seeking) & ~s.done & ~opening & ~refused
        # Of several events in the bracket only the first happens now.
        hit = landed[:, None] & met & (roots <= (root + 10.0 * TOLERANCE)[:, None])
        already = opening & ending & (g >= 0.0)
        t = jnp.where(moved, jnp.where(last & ~s.seeking, limit, s.t + h), s.t)
        y = jnp.where(moved[:, None], batch.switched(t, new, values, hit), s.y)
        rate = jnp.where(moved[:, None], taken.after, taken.before)
        # What was switched may have another rate than the step found at its end.
        known = jnp.all(s.done | ~moved | jnp.all(felt.of(y) == felt.of(new), axis=1))
        fired = (hit & ending) | already
        # What no error is judged of and no event looks at may leave the numbers too.
        numbers = jnp.concatenate([values, batch.carried.of(new)], axis=1)
        finite = jnp.all(jnp.isfinite(numbers), axis=1) | s.done | refused
        possible = batch.possible(t, y) | s.done
        pace = next_pace(s.pace, h, size, method.order, refused=refused)
        tape = s.tape
        if tape is not None:
            # What is switched here was so until now: a row of before stands beside that of after.
            both = jnp.any(hit & switching, axis=1)
            tape = tape.write(t, jnp.asarray(label), y, moved, before=new, both=both)
        return _Loop(
            t=t,
            y=y,
            slope=Slope(rate, known),
            # A switched event has happened: zero keeps it from firing again.
            g=jnp.where((moved | opening)[:, None], jnp.where(hit, 0.0, g), s.g),
            tried=jnp.where(s.tries % 4 == 3, 0.5 * (low + high), root),
            low=low,
            high=high,
            g_low=g_low,
            g_high=g_high,
            seeking=seeking & ~landed & ~s.done,
            tries=jnp.where(seeking & ~landed, s.tries + 1, 0),
            fired=s.fired | fired,
            done=s.done | jnp.any(fired, axis=1) | ~finite | ~possible | (stop - t <= TOLERANCE),
            finite=s.finite & finite,
            possible=s.possible & possible,
            pace=jnp.where(free, jnp.minimum(pace, step), s.pace),
            shortest=jnp.where(moved & free & ~last, jnp.minimum(s.shortest, h), s.shortest),
            steps=s.steps + moved,
            passes=s.passes + 1,
            tape=tape,
        )

    end = jax.lax.while_loop(going, body, loop)
    arrival = Arrival(
        t=end.t,
        state=packing.unpack(end.y),
        fired=batch.all_of(end.fired),
        finite=end.finite,
        done=end.done,
        possible=end.possible,
        steps=end.steps,
        shortest=end.shortest,
    )
    return arrival, end.tape


def _begun(
    packed: Array, moving: Columns, ending: Array, start: Array, step: Array, tape: Tape | None
) -> _Loop:
    """The loop before its first pass."""
    nothing = jnp.zeros(ending.shape)
    still = jnp.zeros_like(start)
    never = jnp.zeros(start.shape, dtype=bool)
    return _Loop(
        t=start,
        y=packed,
        slope=Slope(jnp.zeros_like(moving.of(packed)), jnp.asarray(False)),
        g=nothing,
        tried=still,
        low=still,
        high=still,
        g_low=nothing,
        g_high=nothing,
        seeking=never,
        tries=still.astype(int),
        fired=jnp.zeros(ending.shape, dtype=bool),
        done=never,
        finite=~never,
        possible=~never,
        pace=step + still,
        shortest=still + jnp.inf,
        steps=still.astype(int),
        passes=jnp.asarray(0),
        tape=tape,
    )


_Bracket = tuple[Array, Array, Array, Array, Array]


def _sought(s: _Loop, h: Array, g: Array) -> tuple[_Bracket, Array]:
    """The bracket of the events, and where each that is met has its zero."""
    bracket = _bracket(s, h, g)
    return bracket, _roots(*bracket)


def _bracket(s: _Loop, h: Array, g: Array) -> _Bracket:
    """Which events lie in the bracket, and its ends: `low` before all of them, `high` after one."""
    beyond = jnp.any((s.g < 0.0) & (g >= 0.0), axis=1)
    short = s.seeking & ~beyond
    low = jnp.where(short, h, jnp.where(s.seeking, s.low, 0.0))
    g_low = jnp.where(short[:, None], g, jnp.where(s.seeking[:, None], s.g_low, s.g))
    high = jnp.where(beyond, h, s.high)
    g_high = jnp.where(beyond[:, None], g, s.g_high)
    return (g_low < 0.0) & (g_high >= 0.0), low, high, g_low, g_high


def _roots(met: Array, low: Array, high: Array, g_low: Array, g_high: Array) -> Array:
    """Where each event that is met has its zero by the secant; never, where it is not."""
    slope = jnp.where(met, g_high - g_low, 1.0)
    return jnp.where(met, low[:, None] - g_low * (high - low)[:, None] / slope, jnp.inf)
