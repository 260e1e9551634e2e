"""A run folder with plausible numbers, made without flying: knots joined smoothly."""

import json
import math
from pathlib import Path

import numpy as np
from scipy.interpolate import PchipInterpolator

from yaan.results import make_history, summary_of, write_flight, write_manifest, write_text

HERE = Path(__file__).parent
G0 = 9.80665
END = 955.5
STAGES = ("s200", "l110", "c25")

# Name, time, height in km, relative and inertial speed, flight-path angle, mass before and after
# in t, dynamic pressure in kPa, load.
EVENTS = (
    ("lift-off", 0.0, 0.0, 0, 452, 0.0, 649.8, 649.8, 0.0, 1.40, "event"),
    ("vertical-rise-end", 8.0, 0.1, 32, 453, 4.0, 608.1, 608.1, 0.6, 1.43, "event"),
    ("pitch-over-end", 16.0, 0.6, 75, 472, 9.1, 566.0, 566.0, 3.2, 1.50, "event"),
    ("pitch-hold-end", 24.6, 1.6, 126, 505, 13.6, 521.5, 521.5, 8.3, 1.62, "event"),
    ("maximum dynamic pressure", 56.0, 10.4, 430, 770, 30.1, 425.0, 425.0, 40.5, 1.74, "peak"),
    ("l110-ignition", 106.94, 41.4, 1310, 1690, 25.2, 263.9, 263.9, 2.9, 3.00, "event"),
    ("maximum load", 108.1, 42.3, 1330, 1705, 24.9, 261.0, 261.0, 2.7, 3.02, "peak"),
    ("s200-separation", 131.14, 62.0, 1630, 2010, 20.9, 225.4, 161.0, 0.3, 1.28, "event"),
    ("escape-system-jettison", 210.0, 104.8, 2170, 2560, 7.7, 115.5, 109.5, 0.0, 1.58, "event"),
    ("l110-cut-off", 301.94, 134.6, 3860, 4280, 7.2, 58.3, 58.3, 0.0, 2.96, "event"),
    ("l110-separation", 304.7, 136.1, 3865, 4284, 7.4, 58.0, 42.6, 0.0, 0.02, "event"),
    ("c25-ignition", 307.1, 137.4, 3862, 4282, 7.2, 42.6, 42.6, 0.0, 0.0, "event"),
    ("c25-cut-off", 940.5, 174.9, 7410, 7815, 0.3, 15.42, 15.42, 0.0, 1.23, "event"),
    ("separation", 955.5, 176.1, 7409, 7813, 0.4, 15.42, 8.2, 0.0, 0.0, "event"),
)
PHASES = (
    "vertical-rise",
    "pitch-over",
    "pitch-hold",
    "gravity-turn",
    "gravity-turn-with-core",
    "core-with-escape-system",
    "core",
    "core-tail-off",
    "stage-gap",
    "cryogenic",
    "coast-to-separation",
)
KINDS = [e for e in EVENTS if e[-1] == "event"]


def smooth(times, knots):
    x, y = zip(*knots, strict=True)
    return PchipInterpolator(x, y, extrapolate=True)(times)


def times():
    marks = [e[1] for e in KINDS]
    return np.unique(np.concatenate([np.arange(0.0, END, 1.0), marks, [END]]))


def load_curve(t):
    boost = smooth(
        t,
        [
            (0, 1.40),
            (20, 1.55),
            (45, 1.95),
            (56, 1.74),
            (75, 2.2),
            (108.1, 3.02),
            (120, 1.9),
            (131.14, 1.28),
            (140, 1.02),
        ],
    )
    core = smooth(t, [(131.15, 1.06), (210, 1.5), (301.94, 2.96)])
    upper = smooth(t, [(307, 0.44), (600, 0.66), (940.5, 1.23)])
    load = np.where(t <= 131.14, boost, np.where(t <= 301.94, core, upper))
    return np.where((t > 303) & (t < 308) | (t > 940.5), 0.0, load)


def heights(t, apex=184.0):
    knots = [(e[1], e[2] * 1e3) for e in EVENTS if e[1] < 302]
    knots += [
        (307.1, 137.4e3 + (apex - 184) * 500),
        (517, apex * 1e3),
        (780, 169.6e3 + (apex - 184) * 500),
        (940.5, 174.9e3),
        (955.5, 176.1e3),
    ]
    return smooth(t, knots)


def columns():
    t = times()
    rows = len(t)
    h = heights(t)
    v_rel = smooth(t, [(e[1], float(e[3])) for e in EVENTS])
    v_in = smooth(t, [(e[1], float(e[4])) for e in EVENTS])
    gamma = np.radians(
        smooth(
            t,
            [
                (0, 0),
                (16, 9),
                (24.6, 13.6),
                (50, 30),
                (70, 31),
                (106.94, 25.2),
                (131.14, 20.9),
                (210, 7.7),
                (270, 5.1),
                (304.7, 7.4),
                (517, 0.3),
                (700, -0.7),
                (800, 0.2),
                (955.5, 0.4),
            ],
        )
    )
    mass = smooth(
        t, [(e[1] + 1e-3 * k, 1e3 * m) for e in KINDS for k, m in ((0, e[6]), (1, e[7] - 1e-6))]
    )
    load = load_curve(t)
    q = smooth(
        t,
        [
            (0, 0),
            (16, 3.2e3),
            (30, 14e3),
            (45, 33e3),
            (56, 40.5e3),
            (68, 33e3),
            (85, 13e3),
            (106.94, 2.9e3),
            (131.14, 300),
            (170, 2),
            (210, 0.1),
            (955.5, 0.05),
        ],
    )
    arc = smooth(
        t,
        [
            (0, 0),
            (60, 0.05),
            (131.14, 0.75),
            (210, 2.1),
            (304.7, 4.6),
            (517, 14),
            (780, 28.2),
            (955.5, 39.1),
        ],
    )
    downrange = np.radians(arc) * 6371e3
    azimuth = math.radians(142)
    lat0, lon0 = math.radians(13.72), math.radians(80.23)
    a = np.radians(arc)
    lat = np.arcsin(np.sin(lat0) * np.cos(a) + np.cos(lat0) * np.sin(a) * math.cos(azimuth))
    lon = lon0 + np.arctan2(
        math.sin(azimuth) * np.sin(a) * math.cos(lat0), np.cos(a) - math.sin(lat0) * np.sin(lat)
    )
    ends = np.array([e[1] for e in KINDS[1:]])
    phase = np.minimum(np.searchsorted(ends, t, side="right"), len(PHASES) - 1)
    tanks = np.column_stack(
        [
            smooth(t, [(0, 410e3), (106.94, 40e3), (131.14, 0), (132, 0), (956, 0)]),
            smooth(t, [(0, 116e3), (106.94, 116e3), (301.94, 2.3e3), (302, 2.3e3), (956, 2.3e3)]),
            smooth(t, [(0, 28e3), (307.1, 28e3), (940.5, 0.83e3), (956, 0.83e3)]),
        ]
    )
    position = 6371e3 + h
    return {
        "time": t,
        "height": h,
        "latitude": lat,
        "longitude": lon,
        "downrange": downrange,
        "speed_relative": v_rel,
        "speed_inertial": v_in,
        "flight_path_angle_relative": gamma * 1.2,
        "flight_path_angle_inertial": gamma,
        "mass": mass,
        "thrust": load * G0 * mass,
        "drag": q * 15.0,
        "dynamic_pressure": q,
        "mach": np.where(h < 86e3, v_rel / 300.0, v_rel / 280.0),
        "heat_flux": np.where(t > 130, 1.4e3 * np.exp((210 - t) / 20) + 300, q * v_rel),
        "angle_of_attack": np.zeros(rows),
        "load": load,
        "load_x": load,
        "load_y": np.zeros(rows),
        "load_z": np.zeros(rows),
        "pitch": gamma + 0.1,
        "position_gcrs": np.column_stack(
            [
                position * np.cos(lat) * np.cos(lon),
                position * np.cos(lat) * np.sin(lon),
                position * np.sin(lat),
            ]
        ),
        "velocity_gcrs": np.zeros((rows, 3)),
        "propellant": tanks,
        "phase": phase,
    }


def groups():
    t = np.arange(100.0, 955.0, 1.0)
    shaped = smooth(
        t,
        [
            (100, 5.6),
            (150, 6.9),
            (200, 8.6),
            (250, 11.0),
            (304, 15.7),
            (400, 17.8),
            (500, 18.2),
            (700, 17.5),
            (800, 15.8),
            (850, 14.2),
            (900, 10.9),
            (940, 0.9),
            (956, 0.9),
        ],
    )
    lofted = smooth(
        t,
        [
            (100, 5.8),
            (150, 7.4),
            (200, 10.2),
            (250, 13.9),
            (304, 20.1),
            (420, 22.4),
            (500, 22.8),
            (700, 20.5),
            (800, 15.6),
            (850, 11.4),
            (880, 8.3),
            (912, 0.9),
            (956, 0.9),
        ],
    )
    up = {"crew-shaped": 934.0, "propellant-optimal": 890.0}
    found = {}
    for name, g in (("crew-shaped", shaped), ("propellant-optimal", lofted)):
        keep = t <= (955.0 if name == "crew-shaped" else 911.0)
        stays = t[keep] > up[name]
        found[f"abort/{name}"] = {
            "time": t[keep],
            "peak_load": np.where(stays, np.nan, g[keep]),
            "outcome": stays.astype(int),
        }
    t = times()
    for name, apex in (("crew-shaped", 184.0), ("propellant-optimal", 258.0)):
        s = t[t <= (955.6 if apex < 200 else 911.6)]
        found[f"profiles/{name}"] = {
            "time": s,
            "height": heights(s, apex),
            "load": load_curve(s),
            "speed_inertial": smooth(s, [(e[1], float(e[4])) for e in EVENTS]),
            "dynamic_pressure": np.zeros(len(s)),
        }
    return found


def summary():
    return json.loads((HERE / "summary.json").read_text(encoding="utf-8"))


def write_run(folder: Path, document=None, *, history: bool = True, extra_groups=None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    record = make_history(columns(), stages=STAGES, phases=PHASES) if history else None
    found = groups() if extra_groups is None else extra_groups
    write_flight(folder, summary_of(summary() if document is None else document), record, found)
    write_text(folder / "mission.yaml", "schema: 1\nname: gaganyaan\n")
    timings = {
        "read and check": 0.41,
        "build": 0.22,
        "compile": 6.9,
        "solve steering": 5.2,
        "fly": 0.6,
        "escape": 1.1,
        "assumptions": 8.4,
        "write": 0.3,
    }
    inputs = {
        "missions/gaganyaan.yaml": b"a",
        "vehicles/lvm3.yaml": b"b",
        "engines/s200.yaml": b"c",
    }
    write_manifest(folder, yaan="0.1.0", inputs=inputs, timings=timings)
    return folder
