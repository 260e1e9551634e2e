"""Methods of one step: how far a state is carried, and at what cost.

Both methods evaluate the dynamics at their stages in a loop, so that there is one compiled copy
of them, and once more at the new state, where the events are wanted. The rate found there is the
first slope of the next step, which saves that evaluation (one of five, one of thirteen) unless
something was switched in between.
"""

import abc
from collections.abc import Callable
from typing import Final

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array
from typing_extensions import override

Evaluate = Callable[[Array, Array], tuple[Array, Array]]
"""(t [lanes], state [lanes, width]) to its rate and the event functions [lanes, events]."""


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


class AbstractMethod(eqx.Module):
    """An explicit one-step method; it holds no arrays, so it is part of the compiled code."""

    @abc.abstractmethod
    def step(
        self, evaluate: Evaluate, t: Array, y: Array, h: Array, slope: Slope, events: int
    ) -> Step:
        """`h` [s, by lane] on from `y`, with as many `events` as `evaluate` has."""


class ClassicalRungeKutta(AbstractMethod):
    """The classical method of fourth order, which keeps no stage but the last.

    Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd edition
    (1993), table II.1.2.
    """

    @override
    def step(
        self, evaluate: Evaluate, t: Array, y: Array, h: Array, slope: Slope, events: int
    ) -> Step:
        nodes, weights, ahead = jnp.asarray(_NODES), jnp.asarray(_WEIGHTS), jnp.asarray(_NEXT)
        length = h[:, None]

        def stage(i: Array, carry: tuple[Array, Array, Step]) -> tuple[Array, Array, Step]:
            point, total, so_far = carry
            rate, g = evaluate(t + nodes[i] * h, point)
            before = jnp.where(i == 0, rate, so_far.before)
            total = total + weights[i] * rate
            partway, whole = y + ahead[i] * length * rate, y + length * total
            point = jnp.where(i < 3, partway, jnp.where(i == 3, whole, point))
            return point, total, Step(point, g, before, rate)

        known, rate = slope.known, slope.rate
        point = jnp.where(known, y + ahead[0] * length * rate, y)
        total = jnp.where(known, weights[0] * rate, 0.0)
        start = (point, total, Step(y, jnp.zeros((y.shape[0], events), y.dtype), rate, rate))
        return jax.lax.fori_loop(known.astype(int), 5, stage, start)[2]


class TabledRungeKutta(AbstractMethod):
    """Any explicit method from its table, all stages kept.

    `rows[i]` are the coefficients of the slopes before stage i, the last row the weights.
    """

    nodes: tuple[float, ...] = eqx.field(static=True)
    rows: tuple[tuple[float, ...], ...] = eqx.field(static=True)

    @override
    def step(
        self, evaluate: Evaluate, t: Array, y: Array, h: Array, slope: Slope, events: int
    ) -> Step:
        count = len(self.nodes)
        nodes = jnp.asarray((*self.nodes, 1.0))
        filled = [(*row, *[0.0] * (count - len(row))) for row in (*self.rows, ())]
        table, length = jnp.asarray(filled)[:, :, None, None], h[:, None]

        def stage(i: Array, carry: tuple[Array, Array, Step]) -> tuple[Array, Array, Step]:
            point, slopes, _ = carry
            rate, g = evaluate(t + nodes[i] * h, point)
            # The rate after the last stage is of the new state: it has no part in the step.
            slopes = slopes.at[i].set(rate, mode="drop")
            ahead = y + length * jnp.sum(table[i + 1] * slopes, axis=0)
            point = jnp.where(i < count, ahead, point)
            return point, slopes, Step(point, g, slopes[0], rate)

        known, rate = slope.known, slope.rate
        slopes = jnp.zeros((count, *y.shape), y.dtype).at[0].set(rate)
        point = jnp.where(known, y + length * table[1, 0] * rate, y)
        blank = jnp.zeros((y.shape[0], events), y.dtype)
        start = (point, slopes, Step(y, blank, rate, rate))
        return jax.lax.fori_loop(known.astype(int), count + 1, stage, start)[2]


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
)
"""Dormand and Prince's method of eighth order, twelve stages, at a fixed step.

The step is not adapted: lanes stay in lockstep and a halved step shows the error. The embedded
estimates of the original are left out. Source: Hairer, Norsett and Wanner, Solving Ordinary
Differential Equations I, 2nd edition (1993), section II.5 and their code dop853.
"""
