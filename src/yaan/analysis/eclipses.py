"""When what is in orbit goes into the Earth's shadow and out of it, to the instant and the date.

Told of what flies over an Earth whose inertial axes are those of the sky (`earth: iers` or
`iau1980`), since there alone the Sun stands where it is: of the orbit between separation and the
deorbit burn, and of a body or a chain of phases while its osculating ellipse clears the Earth.

The shadow is two cones behind the WGS 84 ellipsoid (`yaan.environment.sunlight`). An edge is
bisected on the cubic between rows: 0.2 ms from rows a minute apart at 400 km. The cones themselves
are within 0.1 s of rays past the ellipsoid to the Sun's rim, and with another theory of the Sun
within 1 s. What is left out is larger: the air dims the Sun within some 50 km of the limb, seven
seconds of a low orbit. A pass shorter than 10 s may be missed.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.analysis.flown import Flown
from yaan.base.constants import EARTH_RADIUS
from yaan.environment.sunlight import Eclipse, eclipses
from yaan.flight.models.world import epoch_of
from yaan.results.summary_ascent import OrbitPhase
from yaan.results.summary_shadow import Shadow, ShadowEdge, ShadowPass
from yaan.results.trajectory import Array, History
from yaan.spacetime.ephemeris import apparent_sun_position
from yaan.spacetime.time import Epoch

Span = tuple[float, float]
_NODES: Final = 600.0  # [s] between places of the Sun, each of which costs 20 microseconds


def shadow(flown: Flown, orbit: OrbitPhase | None) -> Shadow | None:
    """The passes through the shadow; None of what is not in orbit, or under no sky.

    Args:
        flown: the flight.
        orbit: that of a return, whose eclipses are known.
    """
    plan = flown.plan
    if not plan.environment.earth.sky:
        return None
    epoch = epoch_of(plan)
    if orbit is not None:
        kept = orbit.elements[0].time, orbit.elements[-1].time
        spells = [Eclipse(e.kind, e.start, e.end) for e in orbit.eclipses]  # type: ignore[arg-type]
        return _told(spells, kept, epoch)
    history = _alone(flown)
    rows = None if history is None else in_orbit(history, float(flown.world.mu))
    if history is None or rows is None:
        return None
    t, r, v = (history[name][rows] for name in ("time", "position_gcrs", "velocity_gcrs"))
    spells = eclipses(t, r, v, _sun(epoch, t))
    return _told(spells, (float(t[0]), float(t[-1])), epoch)


def _sun(epoch: Epoch, t: Array) -> Array:
    """The apparent Sun at `t` [n, s], GCRS [n, 3, m], straight between nodes: off by 0.3 km."""
    nodes = np.linspace(t[0], t[-1], int(np.ceil((t[-1] - t[0]) / _NODES)) + 1)
    places = apparent_sun_position(epoch, nodes)
    return np.stack([np.interp(t, nodes, places[:, i]) for i in range(3)], axis=-1)


def _alone(flown: Flown) -> History | None:
    """The history of what is flown as it is written."""
    if flown.body is not None:
        return flown.body.history
    chain = flown.chain
    return None if chain is None or chain.flight is None else chain.flight.history


def in_orbit(history: History, mu: float) -> slice | None:
    """The rows from the first to the last whose osculating ellipse clears the Earth; None if few.

    Args:
        history: with positions and velocities in GCRS.
        mu: of the Earth [m^3/s^2].
    """
    if "position_gcrs" not in history or "velocity_gcrs" not in history:
        return None
    clear = np.flatnonzero(_perigee(history["position_gcrs"], history["velocity_gcrs"], mu) > 0.0)
    if not len(clear):
        return None
    rows = slice(int(clear[0]), int(clear[-1]) + 1)
    time = history["time"][rows]
    return rows if time[-1] > time[0] else None


def _perigee(position: Array, velocity: Array, mu: float) -> Array:
    """Height of the osculating perigee above 6378.137 km [m]; -inf of what leaves the Earth."""
    radius = np.linalg.norm(position, axis=1)
    energy = 0.5 * np.sum(velocity**2, axis=1) - mu / radius
    area = np.cross(position, velocity)
    bound = energy < 0.0
    axis = -mu / (2.0 * np.where(bound, energy, -1.0))
    roundness = np.clip(1.0 - np.sum(area**2, axis=1) / (mu * axis), 0.0, None)
    return np.where(bound, axis * (1.0 - np.sqrt(roundness)) - EARTH_RADIUS, -np.inf)


def _told(spells: Sequence[Eclipse], kept: Span, epoch: Epoch) -> Shadow:
    """The spells as passes, each with its edges' dates; a spell that the orbit cuts has no edge."""

    def edge(time: float) -> ShadowEdge | None:
        cut = time <= kept[0] or time >= kept[1]
        return None if cut else ShadowEdge(time=time, utc=(epoch + time).iso())

    umbras = [spell for spell in spells if spell.kind == "umbra"]
    passes: list[ShadowPass] = []
    for half in (spell for spell in spells if spell.kind == "penumbra"):
        dark = [u for u in umbras if half.start <= u.start and u.end <= half.end]
        passes.append(
            ShadowPass(
                penumbra_start=edge(half.start),
                umbra_start=edge(dark[0].start) if dark else None,
                umbra_end=edge(dark[-1].end) if dark else None,
                penumbra_end=edge(half.end),
                umbra=sum((u.end - u.start for u in dark), 0.0),
            )
        )
    return Shadow(
        start=kept[0],
        end=kept[1],
        passes=tuple(passes),
        umbra_share=sum((one.umbra for one in passes), 0.0) / (kept[1] - kept[0]),
        longest_umbra=max((one.umbra for one in passes), default=0.0),
    )
