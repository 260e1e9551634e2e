"""Instants of an ascent from which a crew may leave it, with the full state of the launcher.

Between its recorded rows a launcher is on a cubic; its axis is straight between them and turned to
length one. A point has no roll: its lateral axis is that of the plane of the ascent, which is the
one through the pad's vertical and the way that the vehicle has taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import EARTH_J2, EARTH_MU, EARTH_RADIUS, EARTH_SPIN
from yaan.description import SiteSpec
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.flight.batches import Lane, axes_of
from yaan.results.trajectory import History
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.frame import Frame, Vector, components, vector
from yaan.spacetime.path import Path
from yaan.spacetime.rotation import Rotation, from_matrix

Array = NDArray[np.float64]

_BESIDE = 0.05
"""Half of the time over which the turning of the axis is taken [s]."""

FOLLOWED = 60.0
"""How long a launcher that falls is followed [s]."""

_STILL = 1.0  # [m/s]; a launcher that is slower has no drag
_THINNER = 7.0e3  # [m] over which air thins by e, from 6.4 to 8.4 km below 90 km
_DENSEST = 1e3  # times the air at the start: what falls so far in a minute is not followed
_SPIN = np.array([0.0, 0.0, EARTH_SPIN])  # [rad/s]
_SOON = 0.1  # [s]
_FLOWS = 1.0  # [kg] burnt in that time, by a motor that burns

_BENT = 1e-3
"""Sine of the least angle between two axes by which a plane is told."""


@dataclass(frozen=True)
class AscentPath:
    """A recorded ascent as an escape sees it: where the launcher is, how it stands and turns."""

    path: Path
    time: Array
    """Of the rows [s], rising."""
    axis: Array
    """Unit vector forward [rows, 3], GCRS."""
    across: Array
    """Unit vector to the right of the plane of the ascent, GCRS."""
    columns: Mapping[str, Array]
    """Of the history, at the rows."""
    events: Mapping[str, float]
    """When its named events came [s]."""
    stages: tuple[str, ...]
    solids: tuple[str, ...] = ()
    """Those that cannot be shut down."""

    @property
    def end(self) -> float:
        """Its last instant [s]."""
        return float(self.time[-1])

    def column(self, name: str, times: ArrayLike) -> Array:
        """A column of the history at `times` [s], straight between its rows."""
        wanted, rows = np.asarray(times, dtype=float), self.columns[name]
        if rows.ndim == 1:
            return np.interp(wanted, self.time, rows)
        each = [np.interp(wanted, self.time, rows[:, k]) for k in range(rows.shape[1])]
        return np.stack(each, axis=-1)

    def unstoppable(self, times: ArrayLike) -> NDArray[np.bool_]:
        """Whether a motor that cannot be shut down burns at `times` [s]."""
        burns = np.zeros(np.shape(times), dtype=bool)
        flow = self.column("propellant", times) - self.column(
            "propellant", np.asarray(times, dtype=float) + _SOON
        )
        for name in self.solids:
            burns |= np.nan_to_num(flow[..., self.stages.index(name)]) > _FLOWS
        return burns

    def launcher(self, begun: ArrayLike, times: Array, thrusts: ArrayLike) -> Array:
        """Where the launcher is [n, rows, 3; m, GCRS] at `times` [n, rows; s] after its crew left.

        Where it `thrusts` [n] on it is as it was to fly, to the end of the recording; else its
        engines stop at `begun` [n; s], and it falls with the drag that it has then: one that
        tumbles has more, and falls behind. Beyond `FOLLOWED` seconds it stays where it was.
        """
        first = np.minimum(np.asarray(begun, dtype=float), self.end)
        shape = times.shape
        nominal = self.path.at(np.clip(times, self.time[0], self.end).reshape(-1))[0]
        nominal = nominal.reshape(*shape, 3)
        position, velocity = self.path.at(first)
        since = np.clip(times - first[:, None], 0.0, FOLLOWED)
        free = _falling(position, velocity, since, self._held_back(first))
        on = np.asarray(thrusts, dtype=bool)[:, None] | (times <= first[:, None])
        # On the pad nothing falls.
        held = np.asarray(self.column("height", first) <= self.column("height", 0.0) + 1.0)
        return np.where((on | held[:, None])[:, :, None], nominal, free)

    def _held_back(self, times: Array) -> Array:
        """Drag over mass and the square of the speed against the air [1/m]; 0 where not known."""
        if not {"drag", "mass", "speed_relative"} <= self.columns.keys():
            return np.zeros(len(times))
        drag, mass, speed = (
            self.column(name, times) for name in ("drag", "mass", "speed_relative")
        )
        moves = speed > _STILL
        return np.where(moves, np.nan_to_num(drag / mass) / np.where(moves, speed, 1.0) ** 2, 0.0)

    def axis_at(self, times: ArrayLike) -> Array:
        """Unit vectors forward [n, 3] at `times` [s], GCRS."""
        wanted = np.asarray(times, dtype=float)
        each = [np.interp(wanted, self.time, self.axis[:, k]) for k in range(3)]
        return _unit(np.stack(each, axis=-1))

    def states(self, times: ArrayLike, ahead: ArrayLike = 0.0) -> State:
        """The state at `times` [n, s] of what sits `ahead` [m] of the launcher's centre of mass.

        After the end of the recording it is that of the end.
        """
        wanted = np.minimum(np.asarray(times, dtype=float), self.end)
        position, velocity = self.path.at(wanted)
        axis, rate = self.axis_at(wanted), self.turning(wanted)
        arm = axis * np.broadcast_to(np.asarray(ahead, dtype=float), wanted.shape)[:, None]
        at = position + arm, velocity + np.cross(rate, arm)
        attitude, body = _attitudes(axis, self.across, rate)
        state = state_of(wanted, *at)
        return eqx.tree_at(lambda s: (s.attitude, s.rate), state, (attitude, body))

    def turning(self, times: ArrayLike) -> Array:
        """The rate [rad/s] at which the axis turns [n, 3], GCRS; about itself it does not."""
        wanted = np.asarray(times, dtype=float)
        low = np.clip(wanted - _BESIDE, self.time[0], self.time[-1])
        high = np.clip(wanted + _BESIDE, self.time[0], self.time[-1])
        one, other = self.axis_at(low), self.axis_at(high)
        return np.cross(one, other) / np.maximum(high - low, 1e-9)[:, None]


def path_of(
    world: World,
    lane: Lane,
    history: History,
    events: Mapping[str, float],
    solids: Sequence[str] = (),
) -> AscentPath:
    """The path of a recorded lane and its history, which has a row for each row of its tape.

    `solids` are the stages that cannot be shut down.
    """
    count = int(lane.tape.count)
    state = lane.tape.state
    time = np.asarray(lane.tape.t)[:count]
    position, velocity = (components(x)[:count] for x in (state.position, state.velocity))
    # Of two rows at one instant the later one counts, as of the path.
    keep = np.append(np.diff(time) > 0.0, True)
    axis = np.asarray(jax.device_get(axes_of(world, lane)))[:count][keep]
    return AscentPath(
        path=Path.of(time, position, velocity),
        time=time[keep],
        axis=axis,
        across=_across(axis),
        columns={name: np.asarray(values)[keep] for name, values in history.columns.items()},
        events=dict(events),
        stages=tuple(history.stages),
        solids=tuple(solids),
    )


def at_rest(world: World, site: SiteSpec) -> AscentPath:
    """The path of a launcher that stays on its pad, nose up."""
    place = Geodetic(*(jnp.asarray(x) for x in (site.latitude, site.longitude, site.height)))
    still = jnp.asarray(0.0)
    back = world.earth.rotation(still).inverse()
    fixed = back.apply(place.position(world.shape))
    position = np.array([float(x) for x in (fixed.x, fixed.y, fixed.z)])
    velocity = np.cross(np.array([0.0, 0.0, EARTH_SPIN]), position)
    time = np.array([0.0, 1.0])
    rows = np.stack([position, position + velocity])
    up = np.repeat(_unit(position)[None], 2, axis=0)
    nothing = np.zeros(2)
    known = ("height", "mach", "dynamic_pressure", "speed_relative")
    columns: dict[str, Array] = {name: nothing for name in known}
    path = Path(time, rows, np.repeat(velocity[None], 2, axis=0))
    return AscentPath(path, time, up, _across(up), columns, {}, ())


def _falling(position: Array, velocity: Array, since: Array, held: Array) -> Array:
    """Where falls are [n, rows, 3; m] `since` [n, rows; s] their start; within 0.2 m without air.

    By RK4 of one second with point-mass and J2 gravity about the axis of GCRS, and `held` [n; 1/m]
    times the square of the speed against air that turns with the Earth and thins with height.
    """
    seconds = int(FOLLOWED) + 1
    place = np.empty((seconds + 1, *position.shape))
    moving = np.empty_like(place)
    place[0], moving[0] = position, velocity
    start = np.linalg.norm(position, axis=1, keepdims=True)

    def pull(r: Array, v: Array) -> Array:
        thin = np.exp((start - np.linalg.norm(r, axis=1, keepdims=True)) / _THINNER)
        wind = v - np.cross(_SPIN, r)
        slowed = held[:, None] * np.linalg.norm(wind, axis=1, keepdims=True) * wind
        return _pull(r) - np.minimum(thin, _DENSEST) * slowed

    for k in range(seconds):
        r, v = place[k], moving[k]
        a1 = pull(r, v)
        a2 = pull(r + 0.5 * v, v + 0.5 * a1)
        a3 = pull(r + 0.5 * v + 0.25 * a1, v + 0.5 * a2)
        a4 = pull(r + v + 0.5 * a2, v + a3)
        place[k + 1] = r + v + (a1 + a2 + a3) / 6.0
        moving[k + 1] = v + (a1 + 2.0 * (a2 + a3) + a4) / 6.0
    lane = np.arange(len(position))[:, None]
    k = np.floor(since).astype(int)
    s = (since - k)[:, :, None]
    r0, r1, v0, v1 = place[k, lane], place[k + 1, lane], moving[k, lane], moving[k + 1, lane]
    rising = (1 + 2 * s) * (1 - s) ** 2 * r0 + s**2 * (3 - 2 * s) * r1
    return np.asarray(rising + s * (1 - s) ** 2 * v0 + s**2 * (s - 1) * v1, dtype=float)


def _pull(position: Array) -> Array:
    """Gravity [n, 3; m/s^2] of a point mass and J2."""
    r = np.linalg.norm(position, axis=1, keepdims=True)
    up = (position[:, 2:] / r) ** 2
    flat = 1.5 * EARTH_J2 * (EARTH_RADIUS / r) ** 2
    share = np.concatenate([5.0 * up - 1.0, 5.0 * up - 1.0, 5.0 * up - 3.0], axis=1)
    return np.asarray(-EARTH_MU * position / r**3 * (1.0 - flat * share), dtype=float)


def _across(axis: Array) -> Array:
    """To the right of the plane that the axis turns in, from its start to where it is bent far.

    An axis that never bends has any plane.
    """
    bent = np.cross(axis, axis[0])
    size = np.linalg.norm(bent, axis=1)
    far = np.flatnonzero(size > np.sin(np.radians(30.0)))
    k = int(far[0]) if len(far) else int(np.argmax(size))
    if size[k] > _BENT:
        return bent[k] / size[k]
    other = np.eye(3)[int(np.argmin(np.abs(axis[0])))]
    return _unit(np.cross(axis[0], other))


def _attitudes(axis: Array, across: Array, rate: Array) -> tuple[Rotation, Vector]:
    """GCRS to BODY [n] of axes x [n, 3] with y nearest to `across`, and the rates in body axes."""
    right = _unit(across - axis * (axis @ across)[:, None])
    matrices = np.stack([axis, right, np.cross(axis, right)], axis=1)
    attitude = jax.device_get(from_matrix(matrices, Frame.GCRS, Frame.BODY))
    return attitude, vector(np.einsum("nij,nj->ni", matrices, rate), Frame.BODY)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=float)
