"""The way home told in numbers: the orbit kept, the passes, the deorbit, the place of landing."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from yaan.analysis.event import degrees, event, row_at
from yaan.analysis.landing import interface, phase_rows
from yaan.base.constants import EARTH_RADIUS
from yaan.base.session import computing
from yaan.description import Return
from yaan.design.choice import Opportunity, light
from yaan.design.landing import Landed
from yaan.design.record import elements_of
from yaan.design.return_plan import zone_of
from yaan.design.return_search import Home
from yaan.dynamics.forces import World
from yaan.environment.sunlight import eclipses
from yaan.results.trajectory import History
from yaan.spacetime.ephemeris import apparent_sun_position, sun_elevation
from yaan.spacetime.time import Epoch, bundled_orientation


@dataclass(frozen=True)
class Told:
    """What is told from: the return and the history of the whole flight."""

    asked: Return
    epoch: Epoch
    home: Home
    history: History


def elevation_of(epoch: Epoch, t: float, latitude: float, longitude: float) -> float:
    """Elevation of the Sun [rad] over a place [rad] at `t` [s]."""
    return float(sun_elevation(epoch, bundled_orientation(), t, latitude, longitude)[0])


def orbit_phase(told: Told) -> dict[str, Any]:
    """The orbit between separation and the deorbit burn."""
    home, task = told.home, told.home.task
    lane = home.orbit
    end = _end_of_orbit(home)
    path = home.path
    keep = path.time <= end
    t, r, v = path.time[keep], path.position[keep], path.velocity[keep]
    spells = eclipses(t, r, v, apparent_sun_position(told.epoch, t))
    dark = [s for s in spells if s.kind == "umbra"]
    longest = max((s.end - s.start for s in dark), default=0.0)
    whole = float(t[-1] - t[0])
    named = int(np.argmin(np.abs(home.perigees - task.raising.perigee)))
    price = home.raised.delta_v + home.reference.delta_v
    last_burn = float(np.max(home.raised.burns.start[lane] + home.raised.burns.duration[lane]))
    return {
        "named_perigee": task.raising.perigee,
        "chosen_perigee": float(home.perigees[lane]),
        "cost": float(price[lane] - price[named]),
        "elements": _elements(
            home,
            {
                "separation": float(t[0]),
                "after raising": last_burn + 1.0,
                "before deorbit": float(t[-1]),
            },
        ),
        "mean_height": mean_height(told),
        "revolutions": None if home.chosen is None else home.chosen.passed.revolution,
        "burns": _raising_burns(told),
        "eclipses": [{"kind": s.kind, "start": s.start, "end": s.end} for s in spells],
        "eclipse_fraction": sum(s.end - s.start for s in dark) / whole,
        "longest_eclipse": longest,
    }


def _end_of_orbit(home: Home) -> float:
    return home.path.time[-1] if home.down is None else float(home.down.ignition[0])


def _elements(home: Home, when: dict[str, float]) -> list[dict[str, Any]]:
    """Osculating elements at the named times, against the true equator of date."""
    position, velocity = home.path.at(list(when.values()))
    found = elements_of(home.world, position, velocity)
    period = 2.0 * np.pi * np.sqrt(found.semi_major_axis**3 / float(home.world.mu))
    return [
        {
            "when": name,
            "time": time,
            "perigee": float(found.perigee[i]),
            "apogee": float(found.apogee[i]),
            "inclination_deg": degrees(found.inclination[i]),
            "period": float(period[i]),
        }
        for i, (name, time) in enumerate(when.items())
    ]


def _raising_burns(told: Told) -> list[dict[str, Any]]:
    home, craft = told.home, told.home.task.raising.craft
    lane, burns = home.orbit, home.raised.burns
    found = []
    for i in range(burns.start.shape[1]):
        if burns.duration[lane, i] > 0.0:
            name = "circularise" if i == 0 else "trim"
            start, duration = float(burns.start[lane, i]), float(burns.duration[lane, i])
            engines = told.asked.spacecraft.service_module.engines
            found.append(_burn(told.history, name, start, duration, engines, float(craft.thrust)))
    return found


def _burn(
    history: History, name: str, start: float, duration: float, engines: int, thrust: float
) -> dict[str, Any]:
    first, last = row_at(history, start), row_at(history, start + duration)
    before, after = float(history["mass"][first]), float(history["mass"][last])
    spent = before - after
    return {
        "name": name,
        "start": start,
        "duration": duration,
        # Constant thrust and flow: the rocket equation is exact.
        "delta_v": thrust * duration / spent * float(np.log(before / after)) if spent else 0.0,
        "propellant": spent,
        "engines": engines,
        "thrust": thrust,
    }


def opportunities(told: Told) -> list[dict[str, Any]]:
    """Every pass of the orbit that is flown, in order of time."""
    home = told.home
    return [_opportunity(told, one) for one in home.found if one.orbit == home.orbit]


def _opportunity(told: Told, one: Opportunity) -> dict[str, Any]:
    home, way = told.home, told.home.task.way
    chosen = one is home.chosen
    why = one.why
    if one.reachable and not chosen:
        why = f"{light(one.sun_elevation)}; another pass was chosen"
    return {
        "revolution": one.passed.revolution,
        "time": one.passed.time,
        "utc": (told.epoch + one.passed.time).iso(),
        "latitude_deg": degrees(one.passed.latitude),
        "longitude_deg": degrees(one.passed.longitude),
        "direction": "ascending" if one.passed.ascending else "descending",
        "cross_track": max(-one.passed.margin, 0.0),
        "sun_elevation_deg": degrees(one.sun_elevation),
        "light": one.light,
        "perigee": float(home.perigees[one.orbit]),
        "entry_angle_deg": degrees(way.entry_angle) if one.reachable else None,
        "reachable": one.reachable,
        "chosen": chosen,
        "why": "chosen" if chosen else why,
    }


def deorbit(told: Told) -> dict[str, Any] | None:
    """The burn, the parting, the interface."""
    home, asked, h = told.home, told.asked, told.history
    if home.down is None or home.landed is None:
        return None
    start, duration = float(home.down.ignition[0]), float(home.down.duration[0])
    thrust = float(home.task.craft.whole.thrust)
    parted = float(home.down.burnt.end.t[0])
    row = row_at(h, parted)
    return {
        "burn": _burn(h, "deorbit", start, duration, asked.deorbit.engines, thrust),
        "separation": {
            "time": parted,
            "height": float(h["height"][row]),
            "latitude_deg": degrees(h["latitude"][row]),
            "longitude_deg": degrees(h["longitude"][row]),
            "speed_inertial": float(h["speed_inertial"][row]),
            "speed_relative": float(h["speed_relative"][row]),
        },
        "interface": interface(h, int(phase_rows(h, "entry")[0])),
        "ballistic_peak_g": home.landed.ballistic_load,
    }


def landing(told: Told) -> dict[str, Any]:
    """Where the crew comes down, against where it should."""
    home, zone = told.home, told.asked.landing.zone
    place: dict[str, Any] = {
        "zone": (zone.title or zone.name).split(",")[0],
        "polygon": [[degrees(lat), degrees(lon)] for lat, lon in zone.polygon],
    }
    if home.landed is None or home.landed.aim is None:
        return place | {"aim": None, "touchdown": None, "miss": None}
    found = landed_at(told.epoch, home.landed, home.world, told.history)
    _, latitude, longitude = home.landed.end
    inside = bool(np.all(zone_of(zone).contains(latitude, longitude)))
    return place | found | {"inside": inside}


def landed_at(epoch: Epoch, landed: Landed, world: World, history: History) -> dict[str, Any]:
    """Touchdown, aim and light, and how far the air went under the canopies [m]."""
    time, latitude, longitude = landed.end
    sun = elevation_of(epoch, time, latitude, longitude)
    aim = landed.aim
    return {
        "aim": None if aim is None else [degrees(aim[0]), degrees(aim[1])],
        "touchdown": [degrees(latitude), degrees(longitude)],
        "miss": landed.miss,
        "time": time,
        "utc": (epoch + time).iso(),
        "sun_elevation_deg": degrees(sun),
        "light": light(sun),
        "wind_drift": None if landed.descent is None else _drift(world, history),
    }


def _drift(world: World, history: History) -> float:
    """How far the wind goes during a descent [m], which the canopies follow within some metres."""
    rows = phase_rows(history, "descent")
    with computing():
        wind = [np.asarray(w) for w in world.wind.at(jnp.asarray(history["height"][rows]))]
    time = history["time"][rows]
    east, north = (float(np.trapezoid(w + 0.0 * time, time)) for w in wind)
    return float(np.hypot(east, north))


def home_events(told: Told) -> list[dict[str, Any]]:
    """Events between separation and the interface."""
    home, h = told.home, told.history
    lane, burns = home.orbit, home.raised.burns
    found = []
    for i, name in enumerate(("circularise", "trim")):
        start, duration = float(burns.start[lane, i]), float(burns.duration[lane, i])
        if duration > 0.0:
            found.append(event(h, start, f"{name}-ignition", "orbit"))
            found.append(event(h, start + duration, f"{name}-cut-off", "circularise"))
    if home.down is not None:
        start, duration = float(home.down.ignition[0]), float(home.down.duration[0])
        found.append(event(h, start, "deorbit-ignition", "orbit"))
        found.append(event(h, start + duration, "deorbit-cut-off", "deorbit"))
        parted = float(home.down.burnt.end.t[0])
        found.append(event(h, parted, "service-module-separation", "coast-to-entry"))
    return found


def spans(told: Told, separation: float) -> dict[str, list[float]]:
    """From when to when each part of the mission lasts [s]."""
    home = told.home
    found = {"ascent": [0.0, separation], "orbit": [separation, float(_end_of_orbit(home))]}
    if home.down is None or home.landed is None:
        return found
    start = float(home.landed.interface.t[0])
    handed = float(home.landed.entry.end.t[0])
    found["deorbit"] = [found["orbit"][1], start]
    found["entry"] = [start, handed]
    if home.landed.descent is not None:
        found["descent"] = [handed, home.landed.end[0]]
    return found


def mean_height(told: Told) -> float:
    """Mean height above 6378.137 km between the raising and the deorbit [m]."""
    path, home = told.home.path, told.home
    lane = home.orbit
    burns = home.raised.burns
    end = float(_end_of_orbit(home))
    first = float(np.max(burns.start[lane] + burns.duration[lane]))
    # The window may close before the orbit is raised: then there is only the one before.
    times = np.arange(first if first < end else path.time[0], end, 60.0)
    position, _ = path.at(times)
    return float(np.mean(np.linalg.norm(position, axis=1)) - EARTH_RADIUS)
