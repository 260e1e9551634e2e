"""Laws of a lifting entry: an estimate in, the bank out.

- `PredictorCorrector`: the numerical predictor-corrector. At each update the entry is foreseen at
  three banks around the last solution, and one number, the cosine of the bank, is corrected so
  that the range flown until the hand-over is that to the aim. Constant, or linear in energy
  towards a last bank. Source: the class of Lu, Entry Guidance: A Unified Method, JGCD 37(3), 2014
  (FNPEG; not re-read); the three candidates instead of its secant are ours: they serve lanes
  alike, and tell the slopes of load and heat too.
- `AnalyticBank`: range by a reference and its partial derivatives, as the final phase of Apollo's
  entry (Moseley, The Apollo Entry Guidance, TRW 1969; not re-read), tabulated by energy.
- `OpenLoopBank`: a bank programme, whatever is met.
- `SpinUp`: a steady roll, in which the lift averages out: the ballistic mode when all else fails.

The side. Both closed-loop laws bank to one hand and change over when, without lift, the capsule
would pass the aim to that hand by more than a dead-band: a share of what lift can still move it to
the side, which shrinks with the speed, or a heading error, whichever is less. As a share of less
than one is held back for later, what is left at the last reversal is corrected by the next.

A law of one's own is a subclass of `AbstractEntryGuidance` with a `period` and three functions:
what it remembers (a PyTree of floating-point arrays, of one shape all along), how it is updated,
and the bank. It is traced: no Python decision may hang on a number. The bank is not wrapped: from
170 deg to 190 deg the capsule rolls through lift down. Between updates the bank may depend on
`estimate.t`; its rate by time alone is followed without delay. NaN is taken as no command: the
motion goes on to the last one that was finite.
"""

import enum
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.tables import hats
from yaan.gnc.bank import BankProfile
from yaan.gnc.base import AbstractEntryGuidance
from yaan.gnc.entry_prediction import (
    FELT,
    EntryModel,
    Foreseen,
    Planar,
    Pull,
    Ratios,
    Scalar,
    Sight,
    foresee,
    pulls,
    sight,
)
from yaan.gnc.entry_reference import Reference, energy_of
from yaan.gnc.navigation import Estimate

Number = Float[Any, "*lanes"]

_FARTHEST_RATIO = 3.0


class Guided(enum.IntEnum):
    """How a law stands at its last update."""

    HOLDING = 0
    """The air is not felt yet: the first bank is held."""
    CONVERGED = 1
    """The bank that is commanded leads to the aim, as far as the law can tell."""
    SEARCHING = 2
    """It is being corrected: what is commanded is the best so far."""
    SHORT = 3
    """The aim is out of reach: with all lift up the flight falls short of it."""
    LONG = 4
    """The aim is out of reach: with the least lift up the flight goes past it."""
    RELIEVING = 5
    """More lift up than the range asks for, for the load's or the heat's sake."""
    BLIND = 6
    """Nothing finite came of it: the last command is held."""


class Lateral(eqx.Module):
    """When a law changes hands."""

    share: Number = eqx.field(default=0.7, converter=held)
    """Half-width of the dead-band over how far lift can still move the landing to the side."""
    heading: Number = eqx.field(default=0.2, converter=held)
    """Half-width of the dead-band in heading [rad]; the narrower of the two counts."""
    least: Number = eqx.field(default=300.0, converter=held)
    """It is never narrower than this [m]."""
    roll_rate: Number = eqx.field(default=0.26, converter=held)
    """Of the roll, as the law believes [rad/s]."""
    roll_acceleration: Number = eqx.field(default=0.26, converter=held)  # [rad/s^2]

    def hand(self, seen: Sight, side: "Side", hand: Scalar, speed: Scalar) -> Scalar:
        """The hand to bank to, +1 right or -1 left, where it has been `hand`."""
        # Until a reversal is half done the lift goes on to the old side.
        half = side.bank / self.roll_rate + 0.5 * self.roll_rate / self.roll_acceleration
        drift = side.push / jnp.maximum(speed, 1.0) * half * jnp.maximum(seen.range, 0.0)
        # Where it would pass without lift from now on: to the right of the aim is positive.
        passing = side.coriolis - jnp.sin(seen.error) * jnp.abs(seen.range) + hand * drift
        turned = jnp.sin(jnp.minimum(self.heading, 0.5 * jnp.pi)) * jnp.abs(seen.range)
        band = jnp.maximum(jnp.minimum(self.share * side.reach, turned), self.least)
        crossed = hand * passing > band
        return jnp.where(crossed, -hand, hand)


class Side(eqx.Module):
    """What lift and the Earth do to the side."""

    reach: Scalar
    """How far lift at the present bank moves the landing, kept to one hand [m]."""
    coriolis: Scalar
    """How far the Earth's rotation moves it to the right [m]."""
    bank: Scalar
    """Size of the bank [rad]."""
    push: Scalar
    """What of the lift turns the motion now [m/s^2]."""


class Relief(eqx.Module):
    """Limits that bend the bank; infinite where there is none.

    The cosine of the bank is raised by `gain` times the share by which load or flux, drawn on for
    `lead` at the rate at which the model's grows, come closer to a limit than `margin`.
    """

    load: Number = eqx.field(default=jnp.inf, converter=held)
    """Largest load [standard gravities]."""
    flux: Number = eqx.field(default=jnp.inf, converter=held)
    """Largest heat flux at the stagnation point [W/m^2]."""
    margin: Number = eqx.field(default=0.25, converter=held)
    """Share of a limit. Assumed: of 196 dispersed entries of `gaganyaan` one is over its 4 g with
    it, and eight with 0.15 (docs/models/ascent-guidance.md)."""
    lead: Number = eqx.field(default=10.0, converter=held)  # [s]
    gain: Number = eqx.field(default=10.0, converter=held)

    def raised(self, load: Scalar, rise: Scalar, pull: Pull) -> Scalar:
        """By how much the cosine is raised, at a load [standard gravities]; zero or more."""
        pairs = zip((load, pull.flux), (self.load, self.flux), pull.growing(rise), strict=True)
        near = [x * (1.0 + self.lead * jnp.maximum(g, 0.0)) / limit for x, limit, g in pairs]
        over = jnp.maximum(near[0], near[1]) - (1.0 - self.margin)
        return self.gain * jnp.maximum(over, 0.0)


class Remembered(eqx.Module):
    """What a closed-loop law remembers; all its numbers are recorded."""

    began: Scalar  # [s]
    command: Scalar  # [rad]
    cosine: Scalar
    """Of the bank that meets the range."""
    width: Scalar
    """To either side of it the next candidates lie."""
    hand: Scalar
    """+1 right, -1 left."""
    reversals: Scalar
    miss: Scalar
    """Predicted range less that to the aim [m] at the bank that was the solution before."""
    aside: Scalar
    """Predicted miss to the right of the aim, without another reversal [m]."""
    load: Scalar
    """Largest load that is predicted [standard gravities]."""
    felt: Scalar
    """Load at the last update [standard gravities]."""
    drag_ratio: Scalar
    lift_ratio: Scalar
    status: Scalar
    """A `Guided`, as a number."""


def begun(estimate: Estimate, model: EntryModel, bank: Scalar) -> Remembered:
    """Before the first update; one lane."""
    seen = sight(model, estimate)
    zero, one = jnp.zeros_like(estimate.t), jnp.ones_like(estimate.t)
    # A start bank that has a hand keeps it; lift straight up goes to where the aim is.
    toward = jnp.where(seen.error < 0.0, -one, one)
    hand = jnp.where(jnp.abs(jnp.sin(bank)) > 1e-9, jnp.sign(jnp.sin(bank)), toward)
    return Remembered(
        began=estimate.t,
        command=zero + bank,
        cosine=zero + jnp.cos(bank),
        width=one,
        hand=hand,
        reversals=zero,
        miss=zero,
        aside=zero,
        load=zero,
        felt=zero,
        drag_ratio=one,
        lift_ratio=one,
        status=zero,
    )


class PredictorCorrector(AbstractEntryGuidance):
    """The numerical predictor-corrector; one parameter an update.

    Valid: entries below the speed of escape, from the interface or within the air. Ignores: winds
    (but for what the aim was moved by), rolls in the prediction. It holds `start_bank` until the
    load is `FELT`; its search goes on meanwhile. Where load or heat would pass their limits lift
    goes up in time (`Relief`), in the prediction too, so that its range is made good.
    """

    about: ClassVar[Model] = Model(
        name="entry guidance",
        text="numerical predictor-corrector, one bank an update; reversals on a dead-band",
        ignores="winds, rolls and reversals in its prediction",
    )

    model: EntryModel
    period: Number = eqx.field(default=2.0, converter=held)  # [s]
    prediction_step: Number = eqx.field(default=6.0, converter=held)
    """The longest [s]."""
    start_bank: Number = eqx.field(default=1.0, converter=held)  # [rad]
    least_bank: Number = eqx.field(default=0.17, converter=held)
    """Size [rad]: some lift to the side is kept."""
    largest_bank: Number = eqx.field(default=2.6, converter=held)  # [rad]
    last_bank: Number = eqx.field(default=1.2, converter=held)
    """At the hand-over, where the bank is `shaped` [rad]."""
    lateral: Lateral = eqx.field(default_factory=Lateral)
    relief: Relief = eqx.field(default_factory=Relief)
    filter_time: Number = eqx.field(default=10.0, converter=held)
    """Over which the measured drag and lift are averaged [s]."""
    slowest: Number = eqx.field(default=50.0, converter=held)
    """Below this horizontal speed [m/s] the last command is held: a bank means little there."""
    shaped: bool = eqx.field(static=True, default=False)
    """Whether the cosine of the bank runs with energy to that of `last_bank`."""

    @override
    def start(self, estimate: Estimate) -> Remembered:
        return begun(estimate, self.model, self.start_bank)

    @override
    def command(self, estimate: Estimate, memory: Remembered) -> Array:
        del estimate
        return memory.command

    @override
    def update(self, estimate: Estimate, bank: Array, memory: Remembered) -> Remembered:
        seen = sight(self.model, estimate)
        met = _met(self.model, seen, estimate, memory, self.period, self.filter_time)
        ratios = Ratios(met.drag_ratio, met.lift_ratio)
        bounds = jnp.cos(self.largest_bank), jnp.cos(self.least_bank)
        offsets = jnp.stack([-memory.width, 0.0 * memory.width, memory.width])
        tried = jnp.clip(memory.cosine + offsets, *bounds)
        ends = jax.vmap(lambda c: self._foreseen(seen, ratios, c))(tried)
        missed = ends.range - seen.range
        cosine, width, found = _corrected(tried, missed, memory.width, bounds)
        raised = self.relief.raised(met.felt, seen.rise, met.model)
        relieved = jnp.minimum(cosine + raised, bounds[1])
        size = jnp.arccos(jnp.clip(relieved, -1.0, 1.0))
        sine = jnp.sin(size)
        reach = ends.aside[1] * sine / jnp.sqrt(jnp.maximum(1.0 - tried[1] ** 2, 1e-2))
        side = Side(reach, ends.coriolis[1], size, met.lift * sine)
        hand = self.lateral.hand(seen, side, memory.hand, met.speed)
        steered = (met.felt >= FELT) & (seen.across > self.slowest)
        hand = jnp.where(steered, hand, memory.hand)
        # By the shorter way round from where it is.
        command = bank + _wrapped(hand * size - bank)
        status = _status(found, missed, raised > 0.0, memory.width)
        new = Remembered(
            began=memory.began,
            command=jnp.where(steered, command, memory.command),
            cosine=cosine,
            width=width,
            hand=hand,
            reversals=memory.reversals + jnp.where(hand != memory.hand, 1.0, 0.0),
            miss=missed[1],
            aside=ends.coriolis[1] - jnp.sin(seen.error) * jnp.abs(seen.range) + hand * reach,
            load=ends.load[1],
            felt=met.felt,
            drag_ratio=met.drag_ratio,
            lift_ratio=met.lift_ratio,
            status=jnp.where(steered, status, jnp.where(met.felt < FELT, 0.0, memory.status)),
        )
        return _finite_or(new, memory)

    def _foreseen(self, seen: Sight, ratios: Ratios, cosine: Scalar) -> Foreseen:
        model, shaped = self.model, self.shaped
        last, first = jnp.cos(self.last_bank), seen.across**2 + seen.rise**2
        span = jnp.maximum(first - model.speed**2, 1.0)

        most = jnp.cos(self.least_bank)

        def bank(y: Planar, pull: Pull) -> Scalar:
            raised = self.relief.raised(pull.load, y.rise, pull)
            if not shaped:
                return jnp.minimum(cosine + raised, most)
            gone = (first - y.across**2 - y.rise**2) / span
            meant = cosine + (last - cosine) * jnp.clip(gone, 0.0, 1.0)
            return jnp.minimum(meant + raised, most)

        return foresee(model, seen, ratios, bank, self.prediction_step)


class _Met(eqx.Module):
    """What a law finds where it is."""

    speed: Scalar
    lift: Scalar
    felt: Scalar
    drag: Scalar
    model: Pull
    """What the model has there."""
    drag_ratio: Scalar
    lift_ratio: Scalar


def _met(
    model: EntryModel,
    seen: Sight,
    estimate: Estimate,
    memory: Remembered,
    period: Scalar,
    filter_time: Scalar,
) -> _Met:
    """Load and pull, measured where there is something that measures; ratios filtered."""
    zero, one = jnp.zeros_like(seen.height), jnp.ones_like(seen.height)
    y = Planar(seen.height, seen.across, seen.rise, zero, zero, zero)
    modelled: Pull = pulls(model, Ratios(one, one), y)
    if estimate.sensed is None:
        known = (modelled.lift, modelled.load, modelled.drag, modelled)
        return _Met(modelled.speed, *known, memory.drag_ratio, memory.lift_ratio)
    force, stream = estimate.sensed, estimate.stream
    ahead = stream / jnp.sqrt(stream.dot(stream) + 1e-12)
    drag = -force.dot(ahead)
    across = force + ahead * drag
    lift = jnp.sqrt(across.dot(across) + 1e-24)
    felt = jnp.sqrt(force.dot(force) + 1e-24) / STANDARD_GRAVITY
    gain = jnp.where(felt > FELT, 1.0 - jnp.exp(-period / filter_time), 0.0)

    def filtered(old: Scalar, measured: Scalar) -> Scalar:
        within = jnp.clip(measured, 1.0 / _FARTHEST_RATIO, _FARTHEST_RATIO)
        return old + gain * (jnp.where(jnp.isfinite(within), within, old) - old)

    slender = modelled.lift / jnp.maximum(modelled.drag, 1e-12)
    drag_ratio = filtered(memory.drag_ratio, drag / jnp.maximum(modelled.drag, 1e-12))
    lifting = lift / jnp.maximum(drag, 1e-12) / jnp.maximum(slender, 1e-6)
    # A capsule without lift measures none to compare.
    lift_ratio = filtered(memory.lift_ratio, jnp.where(slender > 1e-3, lifting, 1.0))
    return _Met(modelled.speed, lift, felt, drag, modelled, drag_ratio, lift_ratio)


def _corrected(
    tried: Array, missed: Array, width: Scalar, bounds: tuple[Scalar, Scalar]
) -> tuple[Scalar, Scalar, Scalar]:
    """The cosine between three candidates that misses nothing, the next width, whether found.

    Range grows with the cosine. Where none of the candidates brackets the aim, the search goes to
    the side of it, at most twice the width, and looks wider.
    """
    low, middle, high = missed[0], missed[1], missed[2]
    upper = middle < 0.0
    a, b = jnp.where(upper, tried[1], tried[0]), jnp.where(upper, tried[2], tried[1])
    fa, fb = jnp.where(upper, middle, low), jnp.where(upper, high, middle)
    found = (fa <= 0.0) & (fb >= 0.0)
    between = a + (b - a) * jnp.clip(-fa / jnp.where(fb - fa > 1e-6, fb - fa, 1e-6), 0.0, 1.0)
    beyond = jnp.where(upper, tried[2] + width, tried[0] - width)
    cosine = jnp.clip(jnp.where(found, between, beyond), *bounds)
    narrower, wider = jnp.maximum(0.35 * width, 0.04), jnp.minimum(2.0 * width, 1.0)
    return cosine, jnp.where(found, narrower, wider), jnp.where(found, 1.0, 0.0)


def _status(found: Scalar, missed: Array, relieving: Array, width: Scalar) -> Scalar:
    settled = width < 0.2
    outside = jnp.where(missed[2] < 0.0, int(Guided.SHORT), int(Guided.LONG))
    inside = jnp.where(settled, int(Guided.CONVERGED), int(Guided.SEARCHING))
    # Candidates that moved on last time may still lie beside an aim within reach.
    status = jnp.where(found > 0.5, inside, jnp.where(width >= 1.0, outside, Guided.SEARCHING))
    return jnp.where(relieving, int(Guided.RELIEVING), status).astype(float)


def _wrapped(angle: Scalar) -> Scalar:
    """The same angle within half a turn of zero [rad]."""
    return angle - 2.0 * jnp.pi * jnp.round(angle / (2.0 * jnp.pi))


def _finite_or(new: Remembered, old: Remembered) -> Remembered:
    """`new` where all of it is finite, else `old`, which says so."""
    finite = jnp.all(jnp.stack([jnp.isfinite(x) for x in jax.tree.leaves(new)]))
    blind = eqx.tree_at(lambda m: m.status, old, 0.0 * old.began + float(Guided.BLIND))
    return jax.tree.map(lambda a, b: jnp.where(finite, a, b), new, blind)


class AnalyticBank(AbstractEntryGuidance):
    """Range by a reference: a closed form, the cheap choice.

    Valid: near the reference, where what the partial derivatives tell is straight; a range error
    of some hundred km at the interface is beyond it. Ignores: measured ratios, but for the drag
    that it feels; limits, but for the load that is felt. `gain` above one corrects early, as
    Apollo's overcontrol did.
    """

    about: ClassVar[Model] = Model(
        name="entry guidance",
        text="range against a reference with its partial derivatives; reversals on a dead-band",
        ignores="winds, curvature of its partial derivatives",
    )

    model: EntryModel
    reference: Reference
    period: Number = eqx.field(default=2.0, converter=held)  # [s]
    gain: Number = eqx.field(default=2.0, converter=held)
    start_bank: Number = eqx.field(default=1.0, converter=held)  # [rad]
    least_bank: Number = eqx.field(default=0.17, converter=held)  # [rad]
    largest_bank: Number = eqx.field(default=2.6, converter=held)  # [rad]
    lateral: Lateral = eqx.field(default_factory=Lateral)
    relief: Relief = eqx.field(default_factory=Relief)
    slowest: Number = eqx.field(default=50.0, converter=held)
    """Below this horizontal speed [m/s] the last command is held: a bank means little there."""

    @override
    def start(self, estimate: Estimate) -> Remembered:
        return begun(estimate, self.model, self.start_bank)

    @override
    def command(self, estimate: Estimate, memory: Remembered) -> Array:
        del estimate
        return memory.command

    @override
    def update(self, estimate: Estimate, bank: Array, memory: Remembered) -> Remembered:
        seen, known = sight(self.model, estimate), self.reference
        met = _met(self.model, seen, estimate, memory, self.period, self.period + 10.0)
        weights = hats(energy_of(seen), known.energy)

        def at(values: Array) -> Scalar:
            return jnp.sum(weights * values)

        drag = jnp.maximum(met.drag, 1e-6)
        predicted = at(known.range)
        predicted = predicted + at(known.by_log_drag) * (jnp.log(drag) - at(known.log_drag))
        predicted = predicted + at(known.by_rise) * (seen.rise - at(known.rise))
        missed = predicted - seen.range
        bounds = jnp.cos(self.largest_bank), jnp.cos(self.least_bank)
        wanted = known.cosine - self.gain * missed / jnp.maximum(at(known.by_cosine), 1e3)
        cosine = jnp.clip(wanted, *bounds)
        raised = self.relief.raised(met.felt, seen.rise, met.model)
        relieved = jnp.minimum(cosine + raised, bounds[1])
        size = jnp.arccos(jnp.clip(relieved, -1.0, 1.0))
        sine = jnp.sin(size)
        reach, coriolis = at(known.reach) * sine, at(known.coriolis) * seen.turning
        side = Side(reach, coriolis, size, met.lift * sine)
        hand = self.lateral.hand(seen, side, memory.hand, met.speed)
        steered = (met.felt >= FELT) & (seen.across > self.slowest)
        hand = jnp.where(steered, hand, memory.hand)
        status = jnp.where(wanted > bounds[1], int(Guided.SHORT), int(Guided.CONVERGED))
        status = jnp.where(wanted < bounds[0], int(Guided.LONG), status)
        status = jnp.where(raised > 0.0, int(Guided.RELIEVING), status).astype(float)
        new = Remembered(
            began=memory.began,
            command=jnp.where(steered, bank + _wrapped(hand * size - bank), memory.command),
            cosine=cosine,
            width=memory.width,
            hand=hand,
            reversals=memory.reversals + jnp.where(hand != memory.hand, 1.0, 0.0),
            miss=missed,
            aside=coriolis - jnp.sin(seen.error) * jnp.abs(seen.range) + hand * reach,
            load=at(known.load),
            felt=met.felt,
            drag_ratio=met.drag_ratio,
            lift_ratio=met.lift_ratio,
            status=jnp.where(steered, status, jnp.where(met.felt < FELT, 0.0, memory.status)),
        )
        return _finite_or(new, memory)


class OpenLoopBank(AbstractEntryGuidance):
    """A bank programme since the start of the entry, whatever the estimate says."""

    about: ClassVar[Model] = Model(
        name="entry guidance", text="a bank programme by time", ignores="what the flight meets"
    )

    bank: BankProfile
    period: Number = eqx.field(default=10.0, converter=held)  # [s]

    @override
    def start(self, estimate: Estimate) -> Array:
        return estimate.t

    @override
    def update(self, estimate: Estimate, bank: Array, memory: Array) -> Array:
        del estimate, bank
        return memory

    @override
    def command(self, estimate: Estimate, memory: Array) -> Array:
        return self.bank.at(estimate.t - memory)


class SpinUp(AbstractEntryGuidance):
    """A steady roll to the right from lift up on, whatever the estimate says."""

    about: ClassVar[Model] = Model(
        name="entry guidance", text="a steady roll: ballistic", ignores="what the flight meets"
    )

    rate: Number = eqx.field(default=0.26, converter=held)  # [rad/s]
    period: Number = eqx.field(default=10.0, converter=held)  # [s]

    @override
    def start(self, estimate: Estimate) -> Array:
        return estimate.t

    @override
    def update(self, estimate: Estimate, bank: Array, memory: Array) -> Array:
        del estimate, bank
        return memory

    @override
    def command(self, estimate: Estimate, memory: Array) -> Array:
        return self.rate * (estimate.t - memory)
