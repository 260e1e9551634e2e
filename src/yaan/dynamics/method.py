"""Methods of one step: how far a state is carried, and at what cost.

Both methods evaluate the dynamics at their stages in a loop, so that there is one compiled copy
of them, and once more at the new state, where the events are wanted. The rate found there is the
first slope of the next step, which saves that evaluation (one of five, one of thirteen) unless
something was switched in between.
"""

import abc
import math
from collections.abc import Callable
from typing import Any, ClassVar, Final

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array
from typing_extensions import override

Evaluate = Callable[[Array, Array], tuple[Array, Callable[[], Array]]]
"""(t [lanes], state [lanes, width]) to its rate, and to what gives the event functions there
[lanes, events]: they are wanted at the end of a step alone."""


class Slope(eqx.Module):
    """The rate at the start of a step, if it is known already."""

    rate: Array
    """[lanes, width]."""
    known: Array
    """Of all lanes at once, since they step together: one flag."""


class Step(eqx.Module):
    """A step taken."""

    y: Array
    """The new state [lanes, width]."""
    events: Array
    """[lanes, events], at the new state."""
    before: Array
    """The rate at the old state."""
    after: Array
    """The rate at the new state."""
    error: Array
    """Estimate of what this step alone is out by, of the embedded method [lanes, width]."""


class AbstractMethod(eqx.Module):
    """An explicit one-step method; it holds no arrays, so it is part of the compiled code."""

    order: eqx.AbstractVar[int]
    """The power of the step's length with which its `error` grows."""
    whole: ClassVar[bool] = False
    """Whether it asks for every number of a state, not for those alone that have a rate."""

    @abc.abstractmethod
    def step(
        self, evaluate: Evaluate, t: Array, y: Array, h: Array, slope: Slope, events: int
    ) -> Step:
        """`h` [s, by lane] on from `y`, with as many `events` as `evaluate` has."""


class ClassicalRungeKutta(AbstractMethod):
    """The classical method of fourth order, which keeps no stage but the last.

    Its error is told by a third-order method that is embedded for nothing: half of the last
    weight may be moved to the rate at the new state, since both stand at the end of the step and
    the conditions up to order 3 (table II.2.1) do not tell them apart. The estimate is that of the
    third-order method: for smooth arcs it is larger than the true error.

    Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd edition
    (1993), tables II.1.2 and II.2.1.
    """

    order: int = eqx.field(static=True, default=4)

    @override
    def step(
        self, evaluate: Evaluate, t: Array, y: Array, h: Array, slope: Slope, events: int
    ) -> Step:
        nodes, weights, ahead = jnp.asarray(_NODES), jnp.asarray(_WEIGHTS), jnp.asarray(_NEXT)
        length = h[:, None]

        def stage(i: Array, carry: tuple[Array, Array, Array, Step]) -> Any:
            point, total, _, so_far = carry
            rate, g = _told(evaluate, (i, 4), t + nodes[i] * h, point, slope, so_far.events)
            before = jnp.where(i == 0, rate, so_far.before)
            total = total + weights[i] * rate
            partway, whole = y + ahead[i] * length * rate, y + length * total
            point = jnp.where(i < 3, partway, jnp.where(i == 3, whole, point))
            return point, total, so_far.after, Step(point, g, before, rate, so_far.error)

        blank = jnp.zeros((y.shape[0], events), y.dtype)
        start = (y, jnp.zeros_like(y), y, Step(y, blank, slope.rate, slope.rate, y))
        _, _, last, step = jax.lax.fori_loop(0, 5, stage, start)
        error = length * (step.after - last) * (1.0 / 6.0)
        return eqx.tree_at(lambda s: s.error, step, error)


def _told(
    evaluate: Evaluate,
    stage: tuple[Array, int],
    t: Array,
    point: Array,
    slope: Slope,
    events: Array,
) -> tuple[Array, Array]:
    """The rate at a stage, and at the last one the events; the first rate may be known already."""
    i, last = stage

    def found() -> tuple[Array, Array]:
        rate, events_there = evaluate(t, point)
        return rate, jax.lax.cond(i == last, events_there, lambda: events)

    return jax.lax.cond((i > 0) | ~slope.known, found, lambda: (slope.rate, events))


class ExponentialRungeKutta(AbstractMethod):
    """The classical method with the damping of some components taken out and solved exactly.

    y' = -c y + N(t, y): what relaxes at the rate c does so by an exponential, so that steps may be
    long against 1 / c. Without damping it is the classical method, as is its estimate of the error.
    The rate c of a lane is one of the numbers of its state, held over the step.

    Source: Krogstad, Generalized Integrating Factor Methods for Stiff PDEs, Journal of
    Computational Physics 203 (2005), equation 51 (ETDRK4-B). That of Cox and Matthews, which has
    fewer terms, lags by a sixth of a step where the steady motion itself changes.
    """

    damped: tuple[int, int] = eqx.field(static=True)
    """From which number of the packed state to which, the last not counted."""
    rate: int = eqx.field(static=True)
    """Which number of the packed state is c [1/s]."""
    order: int = eqx.field(static=True, default=4)
    whole: ClassVar[bool] = True

    @override
    def step(
        self, evaluate: Evaluate, t: Array, y: Array, h: Array, slope: Slope, events: int
    ) -> Step:
        nodes, weights, ahead = jnp.asarray(_NODES), jnp.asarray(_WEIGHTS), jnp.asarray(_NEXT)
        first, last = self.damped
        length, c, start = h[:, None], y[:, self.rate, None], y[:, first:last]
        z = -y[:, self.rate] * h
        # One number a lane, worked out once: fused into every use they take minutes to compile.
        kept, table = jax.lax.optimization_barrier((_kept(z), _weights(z) * h))
        kept, table = kept[..., None], table[..., None]

        def carried(others: Array, i: Array | int) -> Array:
            """The damped numbers at node `i`, from their rates without the damping."""
            return kept[i] * start + jnp.sum(table[i] * others, axis=0)

        def stage(i: Array, carry: tuple[Array, Array, Array, Step]) -> Any:
            point, total, others, so_far = carry
            rate, g = _told(evaluate, (i, 4), t + nodes[i] * h, point, slope, so_far.events)
            before = jnp.where(i == 0, rate, so_far.before)
            other = rate[:, first:last] + c * point[:, first:last]
            error = length * (rate - so_far.after) * (1.0 / 6.0)
            error = error.at[:, first:last].set(table[4, 3] * (other - others[i - 1]))
            others = others.at[i].set(other, mode="drop")
            total = total + weights[i] * rate
            partway, whole = y + ahead[i] * length * rate, y + length * total
            further = jnp.where(i < 3, partway, whole)
            further = further.at[:, first:last].set(carried(others, i + 1))
            point = jnp.where(i < 4, further, point)
            return point, total, others, Step(point, g, before, rate, error)

        rate, others = slope.rate, jnp.zeros((4, *start.shape), y.dtype)
        blank = jnp.zeros((y.shape[0], events), y.dtype)
        begun = (y, jnp.zeros_like(y), others, Step(y, blank, rate, rate, y))
        return jax.lax.fori_loop(0, 5, stage, begun)[3]


def _kept(z: Array) -> Array:
    """What is left of the state at the later stages and at the end [5, lanes]."""
    whole, half = jnp.exp(z), jnp.exp(0.5 * z)
    return jnp.stack([jnp.zeros_like(z), half, half, whole, whole])


def _weights(z: Array) -> Array:
    """Those of the slopes at each stage and at the end [5, 4, lanes], of a step of one second.

    From the functions phi_k = (phi_(k-1) - 1 / (k-1)!) / z, phi_0 = e^z, at z <= 0.
    """
    (one, two, three), (first, second, _) = _phi(z), _phi(0.5 * z)
    no = jnp.zeros_like(z)
    inner = 2.0 * two - 4.0 * three
    rows = (
        (no, no, no, no),
        (0.5 * first, no, no, no),
        (0.5 * first - second, second, no, no),
        (one - 2.0 * two, no, 2.0 * two, no),
        (one - 3.0 * two + 4.0 * three, inner, inner, 4.0 * three - two),
    )
    return jnp.stack([jnp.stack(row) for row in rows])


def _phi(z: Array) -> tuple[Array, Array, Array]:
    near = jnp.abs(z) < _NEAR_ZERO
    x = jnp.where(near, 1.0, z)
    # By their series where the quotients cancel; the others follow from the third.
    third = jnp.full_like(z, 1.0 / math.factorial(_TERMS + 3))
    for n in range(_TERMS - 1, -1, -1):
        third = third * z + 1.0 / math.factorial(n + 3)
    three = jnp.where(near, third, ((jnp.expm1(x) / x - 1.0) / x - 0.5) / x)
    two = three * z + 0.5
    return two * z + 1.0, two, three


class TabledRungeKutta(AbstractMethod):
    """Any explicit method from its table, all stages kept.

    `rows[i]` are the coefficients of the slopes before stage i, the last row the weights.
    `errors` are those of two embedded estimates, of one order less and of a low one, which are
    joined as in dop853: e = e5^2 / sqrt(e5^2 + 0.01 e3^2), component by component.
    """

    nodes: tuple[float, ...] = eqx.field(static=True)
    rows: tuple[tuple[float, ...], ...] = eqx.field(static=True)
    errors: tuple[tuple[float, ...], tuple[float, ...]] = eqx.field(static=True)
    order: int = eqx.field(static=True)

    @override
    def step(
        self, evaluate: Evaluate, t: Array, y: Array, h: Array, slope: Slope, events: int
    ) -> Step:
        count = len(self.nodes)
        nodes = jnp.asarray((*self.nodes, 1.0))
        filled = [(*row, *[0.0] * (count - len(row))) for row in (*self.rows, ())]
        table, length = jnp.asarray(filled)[:, :, None, None], h[:, None]

        def stage(i: Array, carry: tuple[Array, Array, Step]) -> tuple[Array, Array, Step]:
            point, slopes, so_far = carry
            rate, g = _told(evaluate, (i, count), t + nodes[i] * h, point, slope, so_far.events)
            # The rate after the last stage is of the new state: it has no part in the step.
            slopes = slopes.at[i].set(rate, mode="drop")
            ahead = y + length * jnp.sum(table[i + 1] * slopes, axis=0)
            point = jnp.where(i < count, ahead, point)
            return point, slopes, Step(point, g, slopes[0], rate, so_far.error)

        slopes = jnp.zeros((count, *y.shape), y.dtype)
        blank = jnp.zeros((y.shape[0], events), y.dtype)
        start = (y, slopes, Step(y, blank, slope.rate, slope.rate, y))
        _, slopes, step = jax.lax.fori_loop(0, count + 1, stage, start)
        return eqx.tree_at(lambda s: s.error, step, length * self._error(slopes))

    def _error(self, slopes: Array) -> Array:
        """Of a step of one second [lanes, width]."""
        high, low = (jnp.tensordot(jnp.asarray(e), slopes, axes=1) for e in self.errors)
        size = jnp.sqrt(high**2 + 0.01 * low**2)
        return high**2 / jnp.where(size > 0.0, size, 1.0)


_NEAR_ZERO = 0.3  # of z: nearer to zero the quotients cancel
_TERMS = 9

# The classical fourth-order method; the fifth evaluation is of the events at the new state.
_NODES = (0.0, 0.5, 0.5, 1.0, 1.0)
_WEIGHTS = (1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0, 0.0)
_NEXT = (0.5, 0.5, 1.0, 0.0, 0.0)

RK4: Final = ClassicalRungeKutta()
"""For paths whose kinks, not whose arcs, limit the step: ascent, entry, parachutes."""

DOP853: Final = TabledRungeKutta(
    nodes=(
        0.0,
        0.05260015195876773,
        0.0789002279381516,
        0.1183503419072274,
        0.2816496580927726,
        0.3333333333333333,
        0.25,
        0.3076923076923077,
        0.6512820512820513,
        0.6,
        0.8571428571428571,
        1.0,
    ),
    rows=(
        (),
        (0.05260015195876773,),
        (0.0197250569845379, 0.0591751709536137),
        (0.02958758547680685, 0.0, 0.08876275643042054),
        (0.2413651341592667, 0.0, -0.8845494793282861, 0.924834003261792),
        (0.037037037037037035, 0.0, 0.0, 0.17082860872947386, 0.12546768756682242),
        (0.037109375, 0.0, 0.0, 0.17025221101954405, 0.06021653898045596, -0.017578125),
        (
            0.03709200011850479,
            0.0,
            0.0,
            0.17038392571223998,
            0.10726203044637328,
            -0.015319437748624402,
            0.008273789163814023,
        ),
        (
            0.6241109587160757,
            0.0,
            0.0,
            -3.3608926294469414,
            -0.868219346841726,
            27.59209969944671,
            20.154067550477894,
            -43.48988418106996,
        ),
        (
            0.47766253643826434,
            0.0,
            0.0,
            -2.4881146199716677,
            -0.590290826836843,
            21.230051448181193,
            15.279233632882423,
            -33.28821096898486,
            -0.020331201708508627,
        ),
        (
            -0.9371424300859873,
            0.0,
            0.0,
            5.186372428844064,
            1.0914373489967295,
            -8.149787010746927,
            -18.52006565999696,
            22.739487099350505,
            2.4936055526796523,
            -3.0467644718982196,
        ),
        (
            2.273310147516538,
            0.0,
            0.0,
            -10.53449546673725,
            -2.0008720582248625,
            -17.9589318631188,
            27.94888452941996,
            -2.8589982771350235,
            -8.87285693353063,
            12.360567175794303,
            0.6433927460157636,
        ),
        (
            0.054293734116568765,
            0.0,
            0.0,
            0.0,
            0.0,
            4.450312892752409,
            1.8915178993145003,
            -5.801203960010585,
            0.3111643669578199,
            -0.1521609496625161,
            0.20136540080403034,
            0.04471061572777259,
        ),
    ),
    errors=(
        (
            0.01312004499419488,
            0.0,
            0.0,
            0.0,
            0.0,
            -1.2251564463762044,
            -0.4957589496572502,
            1.6643771824549864,
            -0.35032884874997366,
            0.3341791187130175,
            0.08192320648511571,
            -0.022355307863886294,
        ),
        (
            -0.18980075407240762,
            0.0,
            0.0,
            0.0,
            0.0,
            4.450312892752409,
            1.8915178993145003,
            -5.801203960010585,
            -0.4226823213237919,
            -0.1521609496625161,
            0.20136540080403034,
            0.02265179219836082,
        ),
    ),
    order=8,
)
"""Dormand and Prince's method of eighth order, twelve stages, with its embedded estimates.

Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd edition (1993),
section II.10 and their code dop853.
"""
