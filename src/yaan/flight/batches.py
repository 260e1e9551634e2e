"""Batches of ascents: cases in, ends and recordings out, through one compiled programme."""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.constants import EARTH_RADIUS
from yaan.base.lanes import over_lanes
from yaan.base.programme import Lanes, fewest, programme
from yaan.dynamics.accuracy import LONGER, loosened
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4
from yaan.dynamics.solve import Tape, rows_abreast
from yaan.dynamics.state import State, state_of
from yaan.flight.start import AbstractStart
from yaan.gnc.navigation import AbstractNavigator
from yaan.gnc.powered import Law, Steering
from yaan.motion.base import Legs
from yaan.motion.guided_ascent import AscentGuide
from yaan.motion.powered import Reached, ascend, observe, phase_of, reached, with_outset
from yaan.motion.powered_phases import Phases
from yaan.motion.row import Row
from yaan.search.unknowns import LANES
from yaan.spacetime.elements import Elements
from yaan.spacetime.frame import components
from yaan.vehicle.launcher import Launcher

IN_AIR = 80e3
"""A perigee [m] below which what an ascent leaves does not go around; assumed, 80 to 120 km do."""

ROWS = 2_048
"""Rows of a recording; a flight that needs more is flown again with twice as many."""

_LONGER = 12.0
_LONGEST_BELOW = 3.0  # [s]
_LONGEST_ABOVE = 24.0  # [s]


@dataclass(frozen=True)
class Ends:
    """How a batch of flights ended, as NumPy arrays: one row a flight, one column a leg."""

    time: np.ndarray  # [s]
    height: np.ndarray  # [m]
    flight_path_angle: np.ndarray  # [rad], inertial
    speed: np.ndarray  # [m/s], inertial
    radial_height: np.ndarray  # [m], above 6378.137 km
    perigee: np.ndarray  # [m]
    apogee: np.ndarray  # [m]
    inclination: np.ndarray  # [rad]
    propellant: np.ndarray  # [kg], [flights, legs, stages]
    outcome: np.ndarray


@dataclass(frozen=True)
class SteeringBase:
    """How unknowns become steering constants: kick, azimuth, yaw, then a, b, c by programme.

    A programme's unknowns are its start, its rise to the end and its bow in between, in tan
    (pitch): about equal in effect, where a, b and c are not. `spread` is the linear map.
    """

    flat: np.ndarray
    """Constants and, after them, durations of solved coasts, before any unknown is added."""
    spread: np.ndarray
    programmes: tuple[str, ...]
    coasts: tuple[int, ...] = ()
    """The legs of which the duration is solved."""

    def place(self, x: np.ndarray) -> np.ndarray:
        """Constants of each row of unknowns [..., n] -> [..., 3 + 3 programmes]."""
        return self._all(x)[..., : len(self.flat) - len(self.coasts)]

    def durations(self, x: np.ndarray) -> np.ndarray:
        """Durations of the solved coasts [s], [..., coasts]."""
        return self._all(x)[..., len(self.flat) - len(self.coasts) :]

    def _all(self, x: np.ndarray) -> np.ndarray:
        return self.flat + x @ self.spread.T


class AscentGuidance(eqx.Module):
    """Who guides an ascent, and what it believes."""

    guide: AscentGuide
    navigator: AbstractNavigator
    memory: Any
    """Of guidance, before lift-off."""


class Case(eqx.Module):
    """What one lane flies, apart from its steering."""

    launcher: Launcher
    phases: Phases
    start: AbstractStart
    tolerance: Any
    """Of `dynamics.accuracy`; infinite: steps are as long as the phases say."""
    guidance: "AscentGuidance | None" = None
    """What guides it in flight; None: the laws of the file, by time."""


@dataclass(frozen=True)
class Batch:
    """How a batch went: `ends` for the targets, and lanes to be observed."""

    ends: Ends
    legs: Legs
    tape: Tape
    cases: Case
    steering: Steering
    orbits: Elements
    """Osculating elements at the end of each leg [legs, lanes]."""
    mu: float
    """Gravitational parameter of the elements [m^3/s^2]."""

    def elements(self, lane: int, leg: int) -> Elements:
        """Osculating elements at the end of a leg."""
        return jax.tree.map(lambda leaf: float(leaf[leg, lane]), self.orbits)

    def lane(self, i: int) -> "Lane":
        """One lane of the batch."""
        legs = jax.tree.map(lambda leaf: leaf[:, i], self.legs)
        lanes = (self.tape, self.cases, self.steering)
        tape, case, steering = jax.tree.map(lambda leaf: np.asarray(leaf)[i], lanes)
        return Lane(legs, tape, case, steering)


def of_lane_rows(world: World, lane: "Lane") -> Lanes:
    """The lanes of a programme that looks at each row of one recorded flight."""
    return Lanes((None, Lane(None, rows_abreast(lane.tape), None, None)))  # pyright: ignore[reportArgumentType] - axes, as of vmap


def left_at(batch: Batch, leg: int, tanks: np.ndarray | None = None, last: int = 1) -> State:
    """The state of all lanes at the end of a leg.

    Its parts are the stages and all that can be dropped, the payload as `last` parts. Its tanks are
    those of the stages, or `tanks` [kg], [lanes, n], of which the first are; what has been dropped
    has none.
    """
    pick = jax.tree.map(lambda leaf: np.asarray(leaf)[leg], batch.legs)
    stages_aboard = np.asarray(batch.cases.phases.stages_aboard)[:, leg]
    items = np.asarray(batch.cases.phases.items_aboard)[:, leg]
    aboard = np.concatenate(
        [stages_aboard, items[:, :-1], np.repeat(items[:, -1:], last, axis=1)], axis=1
    )
    place, motion = components(pick.inner.position), components(pick.inner.velocity)
    left = np.where(stages_aboard, pick.inner.propellant, 0.0)
    if tanks is not None:
        left = np.concatenate([pick.inner.propellant, tanks[:, left.shape[1] :]], axis=1)
    state = state_of(np.atleast_1d(pick.stop), place, motion, left, aboard)
    return eqx.tree_at(lambda s: s.sums, state, pick.inner.losses.sums)


class Lane(eqx.Module):
    """One recorded flight."""

    legs: Legs
    tape: Tape
    case: Case
    steering: Steering


def steering_of(flat: np.ndarray) -> Steering:
    """Steering constants from flat rows [..., 3 + 3 programmes]."""
    tangent = flat[..., 3:].reshape(*flat.shape[:-1], -1, 3)
    if tangent.shape[-2] == 0:
        tangent = np.zeros((*flat.shape[:-1], 1, 3))
    return Steering(
        kick=flat[..., 0],
        azimuth=flat[..., 1],
        yaw=flat[..., 2],
        tangent=tangent,
    )


def repeat(case: Case, lanes: int = LANES) -> Case:
    """The same case in every lane."""
    return jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], lanes, axis=0), case)


def stack(cases: list[Case], lanes: int = LANES) -> Case:
    """Different cases of one shape, the last one repeated to fill the batch."""
    filled = cases + [cases[-1]] * (lanes - len(cases))
    return jax.tree.map(lambda *leaves: np.stack([np.asarray(x) for x in leaves]), *filled)


def coarse(case: Case, factor: float) -> Case:
    """The same case with longer steps that nothing shortens, to search with."""
    longer = (np.asarray(case.phases.step) * factor, np.full_like(case.tolerance, np.inf))
    return eqx.tree_at(lambda c: (c.phases.step, c.tolerance), case, longer)


def shadowed(case: Case) -> Case:
    """The case in some lanes, and in the second one its shadow, which tells the errors of it."""
    count = max(fewest(LANES), 2)
    lanes = repeat(case, count)
    stretch, loosen = np.ones(count), np.ones(count)
    stretch[1], loosen[1] = LONGER, loosened(RK4.order)
    steps = (lanes.phases.step * stretch[:, None], lanes.tolerance * loosen)
    return eqx.tree_at(lambda c: (c.phases.step, c.tolerance), lanes, steps)


def lengthened(case: Case) -> Case:
    """The same case with steps to search with: longer ones that nothing shortens.

    Near the pad and in the air the vehicle turns and the forces change within seconds, whatever
    step the file asks for; above the air a programme bends over minutes.
    """
    step, law = np.asarray(case.phases.step), np.asarray(case.phases.law)
    most = np.where(law == Law.LINEAR_TANGENT, _LONGEST_ABOVE, _LONGEST_BELOW)
    steps = (np.minimum(_LONGER * step, most), np.full_like(case.tolerance, np.inf))
    return eqx.tree_at(lambda c: (c.phases.step, c.tolerance), case, steps)


def timed(cases: Case, base: SteeringBase, x: np.ndarray) -> Case:
    """The cases of a batch with the coasts that the rows of unknowns ask for."""
    return lasting(cases, base.coasts, base.durations(x)) if base.coasts else cases


def lasting(cases: Case, coasts: tuple[int, ...], durations: np.ndarray) -> Case:
    """The cases of a batch, the legs `coasts` of which last so long [s], [lanes, coasts]."""
    duration = np.array(cases.phases.duration)
    duration[:, list(coasts)] = durations
    return eqx.tree_at(lambda c: c.phases.duration, cases, duration)


def fly(world: World, cases: Case, flat: np.ndarray, rows: int | None = ROWS) -> Batch:
    """Fly one batch; `flat` are the steering constants of its lanes. Without `rows` none are kept.

    Cases and results are NumPy arrays: slicing and stacking them one operation at a time in JAX
    would take longer than the flight.
    """
    steering = steering_of(flat)
    legs, tape, ends = jax.device_get(_fly(world, cases, steering, rows=rows))
    if rows is not None and int(np.max(tape.count)) > rows:
        return fly(world, cases, flat, 2 * rows)
    return Batch(
        ends=_host(legs, ends),
        legs=legs,
        tape=tape,
        cases=cases,
        steering=steering,
        orbits=ends.elements,
        mu=float(world.mu),
    )


@programme(lanes=lambda world, *_: Lanes((world.axes, 0, 0), (1, 0, 1)))
def _fly(
    world: World, cases: Case, steering: Steering, *, rows: int | None
) -> tuple[Legs, Tape | None, Reached]:
    begin = jax.vmap(lambda w, start, loads: start.state(w, loads), in_axes=(world.axes, 0, 0))
    start = begin(world, cases.start, cases.launcher.propellant)
    guided = cases.guidance
    who: dict[str, Any] = {}
    if guided is not None:
        start = eqx.tree_at(lambda s: s.memory, start, guided.memory, is_leaf=lambda x: x is None)
        who = {"guide": guided.guide, "navigator": guided.navigator}
    flown = (cases.launcher, cases.phases, steering, start)
    legs, tape = ascend(world, *flown, tolerance=cases.tolerance, rows=rows, **who)
    lanes = over_lanes(reached, (world.axes, 0, 0, 0), legs.stop.shape[1])
    # Leg by leg: side by side they would be as many times the code.
    ended = (legs.stop, legs.inner.position, legs.inner.velocity)
    ends = jax.lax.map(lambda leg: lanes(world, *leg), ended)
    return legs, tape, ends


def _host(legs: Legs, ends: Reached) -> Ends:
    def turned(leaf: Any) -> np.ndarray:
        return np.moveaxis(np.asarray(leaf), 0, 1)

    position = legs.inner.position

    return Ends(
        time=turned(legs.stop),
        height=turned(ends.height),
        flight_path_angle=turned(ends.flight_path_angle),
        speed=turned(ends.speed),
        radial_height=turned(np.sqrt(position.dot(position))) - EARTH_RADIUS,
        perigee=turned(ends.elements.perigee),
        apogee=turned(ends.elements.apogee),
        inclination=turned(ends.elements.inclination),
        propellant=turned(legs.inner.propellant),
        outcome=turned(legs.outcome),
    )


def observe_lane(world: World, lane: Lane) -> Row:
    """All rows of a lane as NumPy arrays; those beyond its count mean nothing."""
    rows = max(int(lane.tape.count), fewest(lane.tape.t.shape[0]))
    tape = eqx.tree_at(
        lambda x: (x.t, x.label, x.rows),
        lane.tape,
        tuple(leaf[:rows] for leaf in (lane.tape.t, lane.tape.label, lane.tape.rows)),
    )
    return jax.device_get(_observe(world, eqx.tree_at(lambda x: x.tape, lane, tape)))


@programme(lanes=of_lane_rows)
def _observe(world: World, lane: Lane) -> Row:
    case, guided = lane.case, lane.case.guidance
    who: dict[str, Any] = (
        {} if guided is None else {"guide": guided.guide, "navigator": guided.navigator}
    )
    flown = (case.launcher, case.phases, lane.steering, lane.legs, lane.tape)
    return observe(world, *flown, **who)


@programme(lanes=of_lane_rows)
def axes_of(world: World, lane: Lane) -> jax.Array:
    """The axis of the vehicle forward in all rows of a lane [rows, 3], GCRS."""
    case, guided = lane.case, lane.case.guidance
    who: dict[str, Any] = (
        {} if guided is None else {"guide": guided.guide, "navigator": guided.navigator}
    )

    def one(t: jax.Array, label: jax.Array, inner: Any) -> jax.Array:
        phase, outset = jax.tree.map(lambda leaf: leaf[label], (case.phases, lane.legs.told))
        flown = (case.launcher, lane.steering, with_outset(phase, outset), lane.legs.start[label])
        axis = phase_of(world, *flown, **who).instant(t, inner).axis
        return jnp.stack([axis.x, axis.y, axis.z])

    return jax.vmap(one)(lane.tape.t, lane.tape.label, lane.tape.state)
