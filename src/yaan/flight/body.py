"""Free flight: one body, one lane through its phases, recorded step by step."""

from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.programme import Lanes, programme
from yaan.base.session import computing
from yaan.description import FreeFlight
from yaan.dynamics.accuracy import LONGER, loosened, shortened
from yaan.dynamics.forces import World
from yaan.dynamics.method import DOP853, RK4
from yaan.dynamics.solve import Tape, rows_abreast
from yaan.dynamics.state import State
from yaan.flight.accuracy import PhaseError, accurately, compare
from yaan.flight.legs import in_lanes
from yaan.flight.models.body import (
    build_body,
    build_phases,
    build_pulses,
    build_start,
)
from yaan.flight.models.world import HORIZON, build_world
from yaan.flight.progress import Clock, Progress, Report, before
from yaan.flight.recording import Array, looked_at, written
from yaan.motion.base import Legs
from yaan.motion.body import Cast, Fineness, fly_body, observe_body, of_body
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History, make_history
from yaan.spacetime.earth import geodetic
from yaan.spacetime.zone import distance

_METHODS: Final = {"rk4": RK4, "dop853": DOP853}
_ROWS: Final = (16_384, 131_072, 524_288)
"""Rows of a recording; few sizes, since each is a programme of its own."""

_LOST: Final = frozenset({OutcomeCode.NOT_FINITE, OutcomeCode.OUT_OF_STEPS})
_LANES: Final = 2
"""The flight and its shadow."""

_UNDEFINED: Final = ("yaw_vvlh", "pitch_vvlh", "roll_vvlh")
"""Columns that are no numbers where a body falls straight to the Earth's centre."""


@dataclass(frozen=True)
class FlownBody:
    """A body, flown."""

    world: World
    legs: Legs
    """How each phase went; leaves have the phases on their first axis."""
    history: History
    full: bool
    """The history has as many rows as it may have, and the flight would have gone on."""
    errors: list[PhaseError]

    @property
    def outcomes(self) -> list[OutcomeCode]:
        """How each phase ended."""
        codes = [OutcomeCode(int(code)) for code in self.legs.outcome]
        if self.full:
            codes[int(self.history["phase"][-1])] = OutcomeCode.OUT_OF_STEPS
        return codes


def fly_free(free: FreeFlight, tell: Report, clock: Clock) -> FlownBody:
    """Fly the body."""
    with computing():
        with clock.on("build models"):
            tell(Progress("build", "building models"))
            world = build_world(free.plan, horizon(free))
            start = build_start(free, world)
            world = grounded(free, world, start)
            cast = (build_body(free), build_phases(free), build_pulses(free))

        def fly(tolerance: float) -> tuple[FlownBody, list[PhaseError]]:
            with clock.on("fly"):
                tell(Progress("fly", f"flying the body{before(free.plan)}"))
                lanes = _flown(free, world, cast, start, tolerance, tell)
            with clock.on("observe"):
                tell(Progress("observe", "looking at every step"))
                seen, shadow = (_seen(free, world, cast, lane) for lane in lanes)
            errors = compare(seen, shadow, orbital=True)
            first = lanes[0]
            return FlownBody(world, first.legs, seen, first.full, errors), errors

        order = _METHODS[free.plan.method].order
        flown, _ = accurately(fly, free.plan.integration, _lost, order)
    return flown


def grounded(free: FreeFlight, world: World, start: State) -> World:
    """The world with the ground where the body starts, if that is lower and the file is silent."""
    if free.plan.ground is not None:
        return world
    place = geodetic(world.earth.rotation(jnp.zeros(1)).apply(start.position), world.shape)
    return replace(world, ground=jnp.minimum(place.height[0], 0.0))


def _lost(flown: FlownBody) -> bool:
    """Whether no shorter step would save it."""
    return bool(_LOST & {*flown.outcomes})


def horizon(free: FreeFlight) -> float:
    """How long after the epoch the world must be known [s]."""
    known = sum(phase.until.duration or HORIZON for phase in free.phases)
    return max(HORIZON, known)


def gradient(free: FreeFlight) -> bool:
    """Whether gravity turns the body."""
    return free.plan.environment.gravity_gradient


class _Lane(NamedTuple):
    """The legs and the written rows of one lane, on the host and without the axis of lanes."""

    legs: Legs
    tape: Tape
    full: bool


def _flown(
    free: FreeFlight,
    world: World,
    cast: Cast,
    start: State,
    tolerance: float,
    tell: Report,
) -> list[_Lane]:
    """The flight and its shadow."""
    order = _METHODS[free.plan.method].order
    loose = tolerance * jnp.asarray([1.0, loosened(order)])
    stretch = shortened(tolerance, order) * jnp.asarray([1.0, LONGER])
    fine = Fineness(stretch, loose)
    known, turned, most = rows_of(free), gradient(free), _ROWS[-1]
    body, phases, pulses = cast
    lanes = (in_lanes(body, _LANES), phases, pulses)
    starts = start.take(np.zeros(_LANES, dtype=int))
    rows = next((size for size in _ROWS if size >= known), most)
    while True:
        legs, tape = _fly(
            world, lanes, starts, fine, rows=rows, gradient=turned, method=free.plan.method
        )
        count = int(tape.count[0])
        out = bool(np.any(np.asarray(legs.outcome) == OutcomeCode.OUT_OF_STEPS))
        if not (out or count > rows) or rows == most:
            break
        # Only a height ends a phase, and it does not come soon: how late is not known.
        rows = next(size for size in _ROWS if size > rows)
        text = f"no end after {count:,} steps; flying it again with up to {rows:,}"
        tell(Progress("fly", text, fraction=count / most))
    legs, tape = jax.device_get((legs, tape))
    # The kind of pointing is that of all lanes, so it has no axis of them.
    return [
        _Lane(
            jax.tree.map(lambda leaf, i=i: leaf[:, i] if leaf.ndim > 1 else leaf, legs),
            written(tape, i),
            int(tape.count[i]) > rows,
        )
        for i in range(_LANES)
    ]


def _seen(free: FreeFlight, world: World, cast: Cast, lane: _Lane) -> History:
    """The history of one lane."""
    turned = gradient(free)
    seen = looked_at(lane.tape, lambda rows: _look(world, cast, lane.legs, rows, gradient=turned))
    return _history(free, lane.tape, seen)


def rows_of(free: FreeFlight) -> int:
    """Rows that are known to be needed: one a step, a few at the ends of phases and pulses."""
    known = [(phase.until.duration, phase.step) for phase in free.phases]
    steps = sum(np.ceil(duration / step) for duration, step in known if duration is not None)
    return int(steps) + 8 * len(known) + 4 * len(free.pulses)


@programme(lanes=of_body)
def _fly(
    world: World,
    cast: Cast,
    start: State,
    fine: Fineness,
    *,
    rows: int,
    gradient: bool,
    method: str,
) -> tuple[Legs, Any]:
    return fly_body(
        world,
        cast,
        start,
        fineness=fine,
        gradient=gradient,
        method=_METHODS[method],
        rows=rows,
    )


@programme(lanes=lambda world, cast, legs, tape: Lanes((None, None, None, rows_abreast(tape))))
def _look(world: World, cast: Cast, legs: Legs, tape: Tape, *, gradient: bool) -> Row:
    return observe_body(world, cast, legs, tape, gradient=gradient)


def _history(free: FreeFlight, tape: Tape, observed: dict[str, Array]) -> History:
    """The history: one row a step, two where phases meet."""
    columns = observed | {"time": np.asarray(tape.t), "phase": np.asarray(tape.label)}
    known = _known(columns)
    columns = {name: values[:known] for name, values in columns.items()}
    north, east = columns["latitude"], columns["longitude"]
    columns["downrange"] = distance(north, east, north[0], east[0])
    return make_history(
        columns,
        stages=list(free.body.configurations),
        phases=[phase.name for phase in free.phases],
    )


def _known(columns: dict[str, Array]) -> int:
    """Rows before the first that has left the numbers; at least the start."""
    rows = len(columns["time"])
    wrong = np.zeros(rows, dtype=bool)
    for values in (v for name, v in columns.items() if name not in _UNDEFINED):
        wrong |= ~np.all(np.isfinite(values.reshape(rows, -1)), axis=1)
    return max(int(np.argmax(wrong)), 1) if wrong.any() else rows
