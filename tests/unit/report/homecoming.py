"""The way home of the synthetic run: a circular orbit, a planar entry, and parachutes, in small.

Made without Yaan, so that the report is tested against something it did not compute: an
exponential atmosphere over a sphere that turns, lift and drag of constant coefficients.
"""

import math
from pathlib import Path
from typing import cast

import numpy as np
from scipy.integrate import solve_ivp

from tests.unit.report import synthetic
from yaan.results import make_history, summary_of, write_flight, write_manifest, write_text
from yaan.results.record import plain

G0, MU, RADIUS, TURN = 9.80665, 3.986004418e14, 6378137.0, 7.292115e-5
MASS, AREA, DRAG, LIFT, NOSE = 5300.0, 9.62, 1.25, 0.40, 4.2
INCLINATION = math.radians(51.5)
PERIGEE = 383e3
DEORBIT_BURN, COAST = 322.0, 1650.0
PHASES = ("orbit", "circularise", "deorbit", "coast-to-entry", "entry", "descent")
ZONE = [[10.0, 82.0], [18.0, 84.5], [18.0, 90.0], [10.0, 90.0], [10.0, 82.0]]
# Name, how many, deployed at [s since the hand-over].
STEPS = (("apex-cover", 2, 0.0), ("drogues", 2, 4.0), ("pilots", 3, 62.0), ("mains", 3, 65.0))


def density(height):
    return 1.225 * np.exp(-np.asarray(height) / 7160.0)


def fall(t, y):
    """Planar motion relative to the air: height, speed, flight-path angle, arc, heat load."""
    height, speed, gamma = y[0], y[1], y[2]
    pressure = 0.5 * density(height) * speed**2
    lift = LIFT * math.cos(math.radians(50.0)) if height < 110e3 else 0.0
    gravity = MU / (RADIUS + height) ** 2
    turn = pressure * AREA * lift / MASS / speed
    turn -= (gravity / speed - speed / (RADIUS + height)) * math.cos(gamma)
    flux = 1.7415e-4 * math.sqrt(density(height) / NOSE) * speed**3
    slowing = -pressure * AREA * DRAG / MASS - gravity * math.sin(gamma)
    climb = speed * math.sin(gamma)
    return [climb, slowing, turn, speed * math.cos(gamma) / (RADIUS + height), flux]


def entry():
    """Time since the interface and the states, down to the parachutes."""

    def low(t, y):
        return y[0] - 7000.0

    vars(low)["terminal"] = True  # SciPy's sign of an event that ends the motion
    start = [120e3, 7560.0, math.radians(-1.45), 0.0, 0.0]
    found = solve_ivp(fall, (0, 2000), start, events=low, max_step=2.0, rtol=1e-8)
    t = np.unique(np.append(np.arange(0.0, found.t[-1], 1.0), found.t[-1]))
    return t, np.array([np.interp(t, found.t, row) for row in found.y])


def canopy(t):
    """Drag area of the open canopies [m2] at seconds since the hand-over."""
    knots = np.array([0, 4, 4.5, 10, 10.8, 62, 62.01, 65, 66.5, 71, 72.5, 76, 78.5, 1e4])
    areas = np.array([0, 0, 3, 3, 27, 27, 0.4, 0.4, 40, 40, 300, 300, 1330, 1330])
    return np.interp(t, knots, areas)


def descent(speed):
    """Time since the hand-over, height, speed, and force of the canopies [N]."""

    def fall_slowly(t, y):
        pressure = 0.5 * density(y[0]) * y[1] ** 2
        return [-y[1], G0 - pressure * (canopy(t) + 0.9 * AREA) / MASS]

    def sea(t, y):
        return y[0]

    vars(sea)["terminal"] = True
    found = solve_ivp(fall_slowly, (0, 3000), [7000.0, speed], events=sea, max_step=0.25, rtol=1e-7)
    keep = np.unique(np.concatenate([np.arange(0, len(found.t), 4), [len(found.t) - 1]]))
    early = np.flatnonzero(found.t < 90.0)
    rows = np.union1d(keep, early)
    t, (height, fast) = found.t[rows], found.y[:, rows]
    return t, np.maximum(height, 0.0), fast, 0.5 * density(height) * fast**2 * canopy(t)


def track(u, node, t):
    """Latitude and longitude [rad] at arguments `u` of a circular orbit."""
    latitude = np.arcsin(np.sin(INCLINATION) * np.sin(u))
    longitude = node + np.arctan2(np.cos(INCLINATION) * np.sin(u), np.cos(u)) - TURN * t
    return latitude, np.mod(longitude + np.pi, 2 * np.pi) - np.pi


def plan():
    """Argument of latitude and node at separation, and the orbit's rate that ends at the zone."""
    ascent = synthetic.columns()
    lat, lon, t0 = ascent["latitude"][-1], ascent["longitude"][-1], synthetic.END
    u0 = np.pi - math.asin(math.sin(lat) / math.sin(INCLINATION))
    node = lon - math.atan2(math.cos(INCLINATION) * math.sin(u0), math.cos(u0)) + TURN * t0
    best = None
    for period in np.arange(5525.0, 5580.0, 0.1):
        t = np.arange(66.0, 78.0, 0.01) * 3600.0
        n = 2 * np.pi / period
        la, lo = track(u0 + n * (t - t0), node - 1.0e-6 * t, t)
        miss = np.hypot(la - math.radians(13.6), lo - math.radians(86.3))
        i = int(np.argmin(miss))
        if best is None or miss[i] < best[0]:
            best = (miss[i], n, float(t[i]))
    assert best is not None
    return u0, node, best[1], best[2]


def home_columns(start=None):
    """Columns of orbit, deorbit, entry and descent; only the last two without `start`."""
    te, (h, v, gamma, arc, heat) = entry()
    td, hd, vd, pull = descent(v[-1])
    u0, node, n, landing = plan()
    t_descent = landing - td[-1]
    t_entry = t_descent - te[-1]
    t_burn = t_entry - COAST
    t = np.concatenate([t_entry + te, t_descent + td[1:]])
    full = np.append(arc, np.full(len(td) - 1, arc[-1]))
    u = u0 + n * (landing - synthetic.END) - (arc[-1] - full)
    latitude, longitude = track(u, node - 1.0e-6 * landing, np.full(len(t), landing))
    height, speed = np.append(h, hd[1:]), np.append(v, vd[1:])
    pressure = 0.5 * density(height) * speed**2
    canopies = np.append(np.zeros(len(te)), pull[1:])
    load = pressure * AREA * np.hypot(DRAG, LIFT) / MASS / G0 + canopies / MASS / G0
    flux = 1.7415e-4 * np.sqrt(density(height) / NOSE) * speed**3
    falling = len(te)
    bank = np.where(te < 0.55 * te[-1], 58.0, -58.0)
    nothing = np.full(len(td) - 1, np.nan)
    columns = {
        "time": t,
        "height": height,
        "latitude": latitude,
        "longitude": longitude,
        "speed_relative": speed,
        "speed_inertial": speed + np.linspace(330.0, 450.0, len(t)),
        "flight_path_angle_relative": np.append(gamma, np.full(len(td) - 1, -np.pi / 2)),
        "flight_path_angle_inertial": np.append(gamma, np.full(len(td) - 1, -np.pi / 2)) * 0.96,
        "mass": np.full(len(t), MASS),
        "drag": pressure * AREA * DRAG,
        "dynamic_pressure": pressure,
        "mach": speed / 300.0,
        "load": load,
        "load_x": load * 0.97,
        "load_y": np.zeros(len(t)),
        "load_z": load * 0.2,
        "bank": np.append(np.radians(bank), nothing),
        "lift": np.append((pressure * AREA * LIFT)[:falling], nothing),
        "heat_flux_stagnation": np.append(flux[:falling], nothing),
        "heat_load": np.append(heat, nothing),
        "wall_temperature": np.append((flux[:falling] / (0.85 * 5.670374e-8)) ** 0.25, nothing),
        "parachute_load": np.append(np.full(falling, np.nan), pull[1:]),
        "phase": np.append(np.full(falling, 4), np.full(len(td) - 1, 5)),
    }
    spans = {"entry": [t_entry, t_descent], "descent": [t_descent, landing]}
    if start is None:
        return {k: c - t_entry if k == "time" else c for k, c in columns.items()}, {
            k: [a - t_entry, b - t_entry] for k, (a, b) in spans.items()
        }
    to = np.arange(start + 60.0, t_entry, 60.0)
    u = u0 + n * (to - start)
    raised = to > start + 2.6 * 2 * np.pi / n
    ellipse = 300e3 - 130e3 * np.cos(n * (to - start))
    ring = PERIGEE + 8e3 - 8e3 * np.cos(n * (to - start)) + 9e3 * np.sin(u) ** 2
    back = np.clip((to - t_burn) / COAST, 0, 1)
    ho = np.where(raised, ring, ellipse) * (1 - back**2) + 120e3 * back**2
    lat, lon = track(u, node - 1.0e-6 * to, to)
    vo = np.sqrt(MU / (RADIUS + ho))
    phase = np.select(
        [to < start + 2.57 * 2 * np.pi / n, ~raised, to < t_burn, to < t_burn + DEORBIT_BURN],
        [0, 1, 0, 2],
        3,
    )
    orbit = {
        "time": to,
        "height": ho,
        "latitude": lat,
        "longitude": lon,
        "speed_inertial": vo,
        "speed_relative": vo - 300.0,
        "flight_path_angle_inertial": np.zeros(len(to)),
        "mass": np.full(len(to), 8200.0),
        "load": np.zeros(len(to)),
        "phase": phase,
    }
    whole = {
        k: np.concatenate([orbit.get(k, np.full(len(to), np.nan)), c]) for k, c in columns.items()
    }
    spans = {"orbit": [start, t_burn], "deorbit": [t_burn, t_entry], **spans}
    return whole, spans


def home_summary(columns, spans):
    """The keys of the return, from the columns and some round numbers."""
    t0, t1 = spans["entry"]
    landing = spans["descent"][1]
    inside = (columns["time"] >= t0) & (columns["time"] <= t1)
    peak = {k: _peak(columns, k, inside) for k in ("load", "heat_flux_stagnation")}
    place = [math.degrees(columns[k][-1]) for k in ("latitude", "longitude")]
    touch = float(columns["speed_relative"][-1])
    return {
        "spans": spans,
        "landing": {
            "zone": "bay-of-bengal",
            "polygon": ZONE,
            "aim": [place[0] + 0.003, place[1] - 0.002],
            "touchdown": place,
            "miss": 410.0,
            "time": landing,
            "utc": "2027-01-18T04:12:40 UTC",
            "sun_elevation_deg": 38.2,
            "light": "day",
            "wind_drift": 1850.0,
        },
        "entry": {
            "interface": interface_at(t0),
            "bank": {"kind": "solve", "magnitude_deg": 58.0, "reversal": t0 + 0.55 * (t1 - t0)}
            | {"time": [0, 300.0, 308.0, 600.0], "angle_deg": [58.0, 58.0, -58.0, -58.0]},
            "peak_load": {"time": peak["load"][0], "value_g": peak["load"][1]}
            | {"height": peak["load"][2], "speed_relative": peak["load"][3]},
            "peak_flux": {
                "time": peak["heat_flux_stagnation"][0],
                "value": peak["heat_flux_stagnation"][1],
                "height": peak["heat_flux_stagnation"][2],
            },
            "heat_load": float(np.nanmax(columns["heat_load"])),
            "wall_temperature": float(np.nanmax(columns["wall_temperature"])),
            "duration": t1 - t0,
            "load_limit_g": 4.0,
            "outcome": "landed",
        },
        "descent": {
            "steps": [_step(name, count, t1 + at, columns) for name, count, at in STEPS],
            "touchdown": {"time": landing, "speed": touch, "vertical": touch, "horizontal": 4.9}
            | {"mass": MASS},
            "terminal_speed": touch,
        },
        "crew_return": _crew(peak["load"][1]),
    }


def interface_at(t):
    found = {"time": t, "height": 120e3, "latitude_deg": -9.1, "longitude_deg": 60.2}
    found |= {"speed_inertial": 7890.0, "speed_relative": 7560.0, "heading_deg": 40.2}
    found |= {"flight_path_angle_inertial_deg": -1.4, "flight_path_angle_relative_deg": -1.45}
    return found


def orbit_summary(spans):
    """The keys of the orbit and its end."""
    start, burn = spans["orbit"]
    period = 5540.0
    starts = [float(at) for at in np.arange(start + 900.0, burn, period)]
    eclipses = [{"kind": "umbra", "start": at, "end": at + 2140.0} for at in starts]
    eclipses += [{"kind": "penumbra", "start": at - 9.0, "end": at} for at in starts]
    raise_at = start + 2.57 * period
    raised = {"name": "circularise", "start": raise_at, "duration": 218.0, "delta_v": 60.4}
    raised |= {"propellant": 159.0, "engines": 5, "thrust": 2200.0}
    brake = {"name": "deorbit", "start": burn, "duration": DEORBIT_BURN, "delta_v": 92.8}
    brake |= {"propellant": 236.0, "engines": 5, "thrust": 2200.0}
    return {
        "orbit_phase": {
            "named_perigee": 400e3,
            "chosen_perigee": PERIGEE,
            "cost": -4.6,
            "elements": [
                _elements("insertion", start, 170e3, 430e3, 5380.0),
                _elements("after circularise", raise_at + 218.0, 383e3, 429e3, 5541.0),
                _elements("before deorbit", burn, 381e3, 426e3, 5540.0),
            ],
            "revolutions": 46,
            "burns": [raised],
            "eclipses": eclipses,
            "eclipse_fraction": 0.386,
            "longest_eclipse": 2152.0,
        },
        "deorbit": {
            "burn": brake,
            "separation": {"time": spans["entry"][0] - 190.0, "height": 170e3, "speed": 7850.0},
            "interface": interface_at(spans["entry"][0]),
            "ballistic_peak_g": 8.4,
        },
        "opportunities": [
            _pass(39, -6.2, 16.1, 80.1, -231e3, "day", "misses the zone"),
            _pass(40, -4.65, 12.8, 84.9, 0.0, "night", "reaches the zone, in the night"),
            _pass(45, -1.5, 11.2, 92.3, 262e3, "day", "misses the zone"),
            _pass(46, 0.0, 13.6, 86.3, 0.0, "day", "reaches the zone in daylight"),
            _pass(47, 1.55, 14.0, 63.1, -2090e3, "day", "misses the zone"),
        ],
    }


def _pass(revolution, hours, latitude, longitude, miss, light, why):
    elevation = {"day": 38.2, "twilight": -3.0, "night": -41.0}[light]
    found = {"revolution": revolution, "time": 71.9 * 3600 + hours * 3600}
    found |= {"utc": "2027-01-18T04:12:40 UTC", "latitude_deg": latitude}
    found |= {"longitude_deg": longitude, "direction": "ascending", "cross_track": miss}
    found |= {"sun_elevation_deg": elevation, "light": light, "perigee": PERIGEE}
    found |= {"entry_angle_deg": None if miss else -1.4, "reachable": miss == 0.0}
    return found | {"chosen": revolution == 46, "why": why}


def _elements(when, time, perigee, apogee, period):
    found = {"when": when, "time": time, "perigee": perigee, "apogee": apogee}
    return found | {"inclination_deg": 51.5, "period": period}


def _peak(columns, key, inside):
    row = np.flatnonzero(inside)[int(np.nanargmax(columns[key][inside]))]
    return [float(columns[k][row]) for k in ("time", key, "height", "speed_relative")]


def _step(name, count, at, columns):
    here = {k: float(np.interp(at, columns["time"], columns[k])) for k in columns if k != "phase"}
    boxed = {"drogues": ([0.1, 0.7], [500.0, 12e3]), "mains": ([0.02, 0.4], [100.0, 4000.0])}
    box = boxed.get(name)
    after = (columns["time"] >= at) & (columns["time"] < at + 20.0)
    pull = float(np.nanmax(columns["parachute_load"][after])) if name in boxed else 2.1e3 * count
    deploy = {"time": at, "height": here["height"], "speed": here["speed_relative"]}
    deploy |= {"dynamic_pressure": here["dynamic_pressure"], "mach": here["mach"]}
    found = {"name": name, "count": count, "working": count, "deploy": deploy | {"in_box": True}}
    found |= {"fill_times": [0.5, 0.8], "full_open": at + 7.0, "release": at + 58.0}
    found |= {"peak_load": pull / count}
    return found | {"box": {"mach": box[0], "dynamic_pressure": box[1]} if box else None}


def _crew(peak):
    ungraded = {"verdict": "ungraded", "status": "missing", "text": "no sourced limit"}
    graded = {"axis": "+x", "verdict": "provisional-pass", "status": "second-hand"}
    graded |= {"peak_g": peak, "worst_level_g": peak * 0.98, "worst_duration": 4.0}
    graded |= {"allowed_duration": 120.0, "utilisation": 0.03, "source": "a note"}
    graded |= {"text": "allowed for 120 s", "allowed": [[0.5, 14.0], [120.0, 10.0], [600.0, 4.0]]}
    rest = [{"axis": a, **ungraded} for a in ("-x", "+y", "-y", "+z", "-z")]
    return {"condition": "deconditioned", "axes": [graded, *rest]}


def mission(step: int = 1):
    """Summary and columns of the whole mission; every `step`-th row of the ascent and the orbit."""
    ascent = synthetic.columns()
    home, spans = home_columns(synthetic.END)
    spans = {"ascent": [0.0, synthetic.END], **spans}
    summary = synthetic.summary() | home_summary(home, spans) | orbit_summary(spans)
    events = (
        ("circularise-start", "circularise", spans["orbit"][0] + 2.57 * 5540.0),
        ("deorbit-start", "deorbit", spans["deorbit"][0]),
        ("deorbit-end", "deorbit", spans["deorbit"][0] + DEORBIT_BURN),
        ("service-module-separation", "coast-to-entry", spans["entry"][0] - 190.0),
        ("entry-interface", "entry", spans["entry"][0]),
        ("drogues-deployed", "descent", spans["descent"][0] + 4.0),
        ("mains-deployed", "descent", spans["descent"][0] + 65.0),
        ("splashdown", "descent", spans["descent"][1]),
    )
    for name, phase, at in events:
        row = int(np.argmin(np.abs(home["time"] - at)))
        summary["timeline"].append(
            {"event": name, "phase": phase, "kind": "event", "time": at, "downrange": None}
            | {"height": home["height"][row], "speed_relative": home["speed_relative"][row]}
            | {"latitude_deg": math.degrees(home["latitude"][row])}
            | {"longitude_deg": math.degrees(home["longitude"][row])}
            | {"mass_before": home["mass"][row], "mass_after": home["mass"][row]}
        )
    phases = (*synthetic.PHASES, *PHASES)
    rows = len(home["time"])
    columns = {
        k: np.concatenate([c, np.full((rows, *np.shape(c)[1:]), np.nan)]) for k, c in ascent.items()
    }
    before = len(ascent["time"])
    for key, column in home.items():
        shifted = column + len(synthetic.PHASES) if key == "phase" else column
        first = columns[key][:before] if key in columns else np.full(before, np.nan)
        columns[key] = np.concatenate([first, shifted])
    keep = np.arange(before + rows) % step == 0
    keep |= columns["time"] >= spans["deorbit"][0]
    keep[[0, before - 1, -1]] = True
    return summary, {k: c[keep] for k, c in columns.items()}, phases


def told(document):
    """The summary that a document of schema 1 is, NumPy's numbers in it."""
    return summary_of(cast("dict[str, object]", plain(document)))


def write_mission(folder: Path, step: int = 1) -> Path:
    """A run folder of the whole mission."""
    folder.mkdir(parents=True, exist_ok=True)
    summary, columns, phases = mission(step)
    history = make_history(columns, stages=synthetic.STAGES, phases=phases)
    write_flight(folder, told(summary), history, synthetic.groups())
    write_text(folder / "mission.yaml", "schema: 1\nname: gaganyaan\n")
    write_manifest(folder, yaan="0.1.0", inputs={"gaganyaan.yaml": b"a"}, timings={"fly": 1.0})
    return folder


def write_entry(folder: Path) -> Path:
    """A run folder of an entry: entry and descent, and nothing before."""
    folder.mkdir(parents=True, exist_ok=True)
    columns, spans = home_columns()
    summary = {"schema": 1, "kind": "flight", "mission": "capsule-entry", "title": "A capsule"}
    summary |= {"epoch": "2027-01-18T03:40:00 UTC", "yaan": "0.1.0"}
    summary |= {"outcome": {"code": "flown", "text": "A capsule: down."}}
    summary |= home_summary(columns, spans)
    columns["phase"] = columns["phase"] - 4
    write_flight(
        folder,
        summary_of(cast("dict[str, object]", plain(summary))),
        make_history(columns, phases=PHASES[4:]),
    )
    return folder
