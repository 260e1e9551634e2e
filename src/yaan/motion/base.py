"""What every kind of motion is: a state of its own between two that are handed over.

A motion is a module whose fields are the parameters of one leg: the world, what flies, what
guides it, where it ends. All its methods are of one lane. `fly` integrates a batch of lanes, each
with fields of its own; the world is shared.

    begin(State) -> inner state -> evaluate, switch, deadline, possible -> end -> State

A new motion is one file with one class; nothing else of the flight has to know how it is done.
"""

import abc
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree
from numpy.typing import ArrayLike

from yaan.base.programme import Lanes
from yaan.dynamics.accuracy import allowed
from yaan.dynamics.forces import World
from yaan.dynamics.method import AbstractMethod
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, rows_abreast, solve
from yaan.dynamics.state import State, Sums
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.elements import energy


class AbstractMotion(eqx.Module):
    """One kind of motion, on one leg.

    Events are functions of the instant that fire as they rise through zero. Those that `ending`
    names end the leg; those of `switching` are landed on and told to `switch`; the values of all
    of them are told to it after every step, so that some may only carry what the step has found.
    """

    world: eqx.AbstractVar[World]
    """Shared by all lanes, or with lanes of its own where it says so."""

    most_steps: ClassVar[int]
    """Of one leg; one that needs more has gone wrong, and says so."""

    @abc.abstractmethod
    def method(self) -> AbstractMethod:
        """What carries a step."""

    @abc.abstractmethod
    def begin(self, state: State) -> PyTree:
        """The inner state at the start of the leg; `state` is of one lane."""

    @abc.abstractmethod
    def evaluate(self, t: Array, inner: PyTree) -> tuple[PyTree, Float[Array, " events"]]:
        """The rate of the inner state at `t` [s], and the event functions there."""

    @abc.abstractmethod
    def switch(
        self, t: Array, inner: PyTree, events: Float[Array, " events"], fired: Array
    ) -> PyTree:
        """The inner state after a step, told the events' values and which of them have fired."""

    @abc.abstractmethod
    def deadline(self, t: Array, inner: PyTree) -> Float[Array, ""]:
        """The next instant at which a step must end [s]: a kink, a switch, the longest step."""

    @abc.abstractmethod
    def possible(self, t: Array, inner: PyTree, begun: Array) -> Bool[Array, ""]:
        """Whether such a state can be at all; else the integration has gone wrong.

        `begun` is the specific energy at the start of the leg [m^2/s^2].
        """

    @abc.abstractmethod
    def ending(self) -> Bool[Array, " events"]:
        """Which events end the leg."""

    @abc.abstractmethod
    def switching(self) -> tuple[bool, ...]:
        """Which events are landed on without ending it; the same in all lanes."""

    @abc.abstractmethod
    def judged(self, inner: PyTree) -> tuple[tuple[PyTree, ...], tuple[float, ...]]:
        """The parts of the inner state that a step's error is judged by.

        And what each may be out by, in SI, at a tolerance of one.
        """

    @abc.abstractmethod
    def outcome(self, arrival: Arrival, stop: Array) -> Int[Array, ""]:
        """The `OutcomeCode` of a leg that arrived so; `stop` is when time would have ended it."""

    @abc.abstractmethod
    def end(self, t: Array, inner: PyTree, start: State) -> State:
        """What is handed on: `start` with all that the leg has changed of it but its sums."""

    @abc.abstractmethod
    def added(self, inner: PyTree) -> Sums:
        """What the leg has added to the sums of the flight."""

    @abc.abstractmethod
    def row(self, t: Array, inner: PyTree) -> Row:
        """What an instant of the leg shows in a history."""


_Motion = TypeVar("_Motion", bound=AbstractMotion)


class Leg(eqx.Module):
    """A batch of lanes from one border to the next; whoever flies on starts from its `end`.

    On the host its leaves are NumPy arrays.
    """

    start: State
    end: State
    outcome: Int[Any, " lanes"]
    """An `OutcomeCode`."""
    fired: Bool[Any, "lanes events"]
    """Which events ended it; none where it ran to its time limit."""
    steps: Int[Array, " lanes"]
    place: Geodetic
    """Of the end."""
    added: Sums
    """By this leg alone."""
    inner: Any
    """The motion's own state at the end: peaks, canopies, what each burn gave."""
    tape: Tape | None
    """Inner states on the way, where they were saved."""

    def take(self, rows: ArrayLike) -> "Leg":
        """The lanes `rows`, which may repeat."""
        index = np.atleast_1d(np.asarray(rows))
        if np.array_equal(index, np.arange(len(index))):  # the first: no recording is copied
            return jax.tree.map(lambda leaf: leaf[: len(index)], self)
        return jax.tree.map(lambda leaf: leaf[index], self)


def by_lane(shared: PyTree, t: Float[Array, " lanes"]) -> PyTree:
    """What is shared by all lanes, once a lane."""
    return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (*t.shape, *jnp.shape(leaf))), shared)


def lanes_of(motion: _Motion) -> _Motion:
    """The axes of a motion with lanes, as of `jax.vmap`: all leaves have them but the world's.

    What is the same of the world in every lane is shared; mapping its tables would only copy them.
    """
    axes = jax.tree.map(lambda _: 0, motion)
    return eqx.tree_at(lambda m: m.world, axes, motion.world.axes)


_Flying = tuple[AbstractMotion, Array]
"""A motion, and the specific energy that its leg began with [m^2/s^2]."""


def of_motion(motion: AbstractMotion, *rest: PyTree) -> Lanes:
    """The lanes of a programme whose arguments all have them: a motion, and others."""
    return Lanes((lanes_of(motion), *[0] * len(rest)))


def of_rows(motion: AbstractMotion, tape: Tape) -> Lanes:
    """The lanes of a programme that looks at each row of one lane."""
    return Lanes((None, rows_abreast(tape)))


def _possible(t: Array, inner: PyTree, leg: _Flying) -> Array:
    motion, begun = leg
    return motion.possible(t, inner, begun)


PROBLEM = Problem(
    evaluate=lambda t, inner, leg: leg[0].evaluate(t, inner),
    switch=lambda t, inner, events, fired, leg: leg[0].switch(t, inner, events, fired),
    deadline=lambda t, inner, leg: leg[0].deadline(t, inner),
    possible=_possible,
)
"""Any leg, as the loop sees it."""


def fly(
    motion: AbstractMotion,
    start: State,
    *,
    stop: Float[Array, " lanes"],
    step: Float[Array, " lanes"],
    tolerance: Float[Array, " lanes"] | float = 1.0,
    rows: int | None = None,
) -> Leg:
    """Fly a motion with lanes from `start` to `stop` [s], or to the first event that ends it.

    `step` [s] is the longest one: steps are shorter where their error asks for it by the
    `tolerance` of `dynamics.accuracy`. With `rows` up to that many inner states are kept, the
    first and the last among them.
    """
    axes = lanes_of(motion)
    inner = jax.vmap(_begin, in_axes=(axes, 0))(motion, start)
    tape = None
    if rows is not None:
        always = jnp.ones(start.t.shape, dtype=bool)
        tape = blank_tape(inner, rows).write_state(start.t, jnp.asarray(0), inner, always)
    begun = energy(start.position, start.velocity, motion.world.mu)
    entered = Entered(motion, axes, inner, stop, step, begun)
    arrival, tape = _flown(entered, start.t, stop, tolerance, motion.most_steps, tape)
    outcome = _outcomes(entered, arrival)
    ended = (motion, arrival.t, arrival.state, start)
    end, place, added = jax.vmap(_ended, in_axes=(axes, 0, 0, 0))(*ended)
    ends = (arrival.fired, arrival.steps, place, added, arrival.state)
    return Leg(start, end, outcome, *ends, tape)


def _begin(motion: AbstractMotion, state: State) -> PyTree:
    return motion.begin(state)


def _ended(
    motion: AbstractMotion, t: Array, inner: PyTree, start: State
) -> tuple[State, Geodetic, Sums]:
    """What one lane hands on, where that is, and what its leg has added."""
    added = motion.added(inner)
    sums = jax.tree.map(jnp.add, start.sums, added)
    end = eqx.tree_at(lambda s: s.sums, motion.end(t, inner, start), sums)
    world = motion.world
    return end, geodetic(world.earth.rotation(t).apply(end.position), world.shape), added


class Entered(NamedTuple):
    """A leg as it is entered, with lanes."""

    motion: AbstractMotion
    axes: AbstractMotion
    """Those of its leaves that have lanes, as of `jax.vmap`."""
    inner: Any
    """The inner state at its start."""
    stop: Array
    """When time ends it [s]."""
    step: Array
    """The longest one [s]."""
    begun: Array
    """Specific energy that no state of it may exceed but by what engines give [m^2/s^2]."""
    exists: Array | None = None
    """False in lanes where the leg is only there to fill a batch; None: all of them fly."""
    told: Any = None
    """What whoever looks at its rows must know of it."""


def _flown(
    entered: Entered,
    t: Array,
    stop: Array,
    tolerance: Array | float,
    most_steps: int,
    tape: Tape | None,
    label: Array | int = 0,
) -> tuple[Arrival, Tape | None]:
    """Integrate one leg; lanes in which it does not exist `stop` where they start."""
    motion, axes, inner = entered.motion, entered.axes, entered.inner
    _, errors = motion.judged(inner)
    ending = jax.vmap(_ending, in_axes=(axes,), axis_size=t.shape[0])(motion)
    return solve(
        PROBLEM,
        inner,
        (motion, entered.begun),
        axes=(axes, 0),
        start=t,
        stop=stop,
        step=entered.step,
        method=motion.method(),
        ending=ending if entered.exists is None else ending & entered.exists[:, None],
        switching=jnp.asarray(motion.switching()),
        allowed=allowed(
            inner, jnp.broadcast_to(tolerance, t.shape), lambda s: motion.judged(s)[0], errors
        ),
        max_steps=most_steps,
        tape=tape,
        label=label,
    )


def _ending(motion: AbstractMotion) -> Array:
    return motion.ending()


def _outcomes(entered: Entered, arrival: Arrival) -> Array:
    """The code of each lane."""
    told = jax.vmap(lambda m, a, stop: m.outcome(a, stop), in_axes=(entered.axes, 0, 0))
    return told(entered.motion, arrival, entered.stop)


class Legs(eqx.Module):
    """How the phases of one motion went; leaves have the phases first, then the lanes."""

    start: Float[Array, "*batch"]  # [s]
    stop: Float[Array, "*batch"]  # [s]
    outcome: Int[Array, "*batch"]
    """An `OutcomeCode`; NO_SOLUTION where an earlier phase failed."""
    fired: Bool[Array, "*batch events"]
    steps: Int[Array, "*batch"]
    inner: Any
    """At the end."""
    told: Any
    """What whoever looks at its rows must know of it."""


def fly_in_turn(  # noqa: PLR0913 - what is entered and left, from where, and how finely
    enter: Callable[[PyTree, Array, PyTree], Entered],
    settle: Callable[[Entered, Array, PyTree], PyTree],
    phases: PyTree,
    t: Float[Array, " lanes"],
    inner: PyTree,
    *,
    tolerance: Float[Array, " lanes"] | float = 1.0,
    most_steps: int,
    rows: int | None = None,
) -> tuple[Legs, Tape | None]:
    """Fly phases of one motion in turn from `t` [s], in one compiled loop over the phases.

    `enter` makes the leg of a phase from an instant and an inner state, with lanes; `settle` makes
    of where it ended the inner state that is handed on. Leaves of `phases` have the phases first.
    A phase that fails stops its lane: those after it have no length and say so. With `rows` up to
    that many inner states are kept, labelled by their phase; without, only the ends of phases.
    """
    tape = None if rows is None else blank_tape(inner, rows)

    def one(carried: PyTree, item: tuple[Array, PyTree]) -> tuple[PyTree, Legs]:
        (t, inner, alive, tape), (index, phase) = carried, item
        entered = enter(phase, t, inner)
        wanted = alive if entered.exists is None else alive & entered.exists
        if tape is not None:
            tape = tape.write_state(t, index, entered.inner, wanted)
        stop = jnp.where(wanted, entered.stop, t)
        arrival, tape = _flown(
            entered._replace(exists=wanted), t, stop, tolerance, most_steps, tape, index
        )
        settled = settle(entered, arrival.t, arrival.state)
        outcome = jnp.where(wanted, _outcomes(entered, arrival), int(OutcomeCode.REACHED))
        outcome = jnp.where(alive, outcome, int(OutcomeCode.NO_SOLUTION))
        ended = (arrival.fired, arrival.steps, settled, entered.told)
        leg = Legs(t, arrival.t, outcome, *ended)
        alive = alive & (outcome == OutcomeCode.REACHED)
        return (arrival.t, settled, alive, tape), leg

    indices = jnp.arange(jax.tree.leaves(phases)[0].shape[0])
    alive = jnp.ones(t.shape, dtype=bool)
    (_, _, _, tape), legs = jax.lax.scan(one, (t, inner, alive, tape), (indices, phases))
    return legs, tape


def rows_of(motion: AbstractMotion, tape: Tape) -> Row:
    """All rows of one lane's tape; `motion` is of that lane."""
    return jax.vmap(motion.row)(tape.t, tape.state)


def chosen(cases: list[tuple[Array, OutcomeCode]], rest: OutcomeCode) -> Int[Array, "*lanes"]:
    """The code of the first case that holds, else `rest`."""
    conditions = [jnp.asarray(case) for case, _ in cases]
    codes = [jnp.full(conditions[0].shape, int(code)) for _, code in cases]
    return jnp.select(conditions, codes, jnp.full(conditions[0].shape, int(rest)))
