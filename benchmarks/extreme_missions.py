"""Missions of extreme numbers that the checks accept: capsules, bodies, launchers, drawn by number.

Mission `n` is mission `n`, however many are drawn: each has a generator of its own. Of twenty-five,
eleven are entries, eleven bodies and three ascents, which are those of the how-to page, scaled.
"""

import math
import random
import re
from pathlib import Path
from typing import Any

Tree = dict[str, Any]

SEED = 2027
PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "fly-your-own-rocket.md"
EPOCH = "2027-03-01T04:00:00 UTC"
RADIUS, MU = 6_378_137.0, 3.986004418e14  # [m], [m^3/s^2]

_KINDS = ("entry", "body") * 11 + ("ascent",) * 3


def kind_of(n: int) -> str:
    """What mission `n` is: an entry, a body or an ascent."""
    return _KINDS[n % len(_KINDS)]


def mission(n: int, attempt: int = 0) -> Tree:
    """The tree of mission `n`; another one with the same name where the checks refused the last."""
    draw = Draw(f"{SEED}/{n}/{attempt}")
    make = {"entry": _entry, "body": _body, "ascent": _ascent}[kind_of(n)]
    return make(draw) | {"name": f"extreme-{n:03d}"}


def is_plain(tree: Tree) -> bool:
    """Whether it is flown in the world that most of them share, and so is compiled with others."""
    common = tree["environment"] == _world("j2", "uniform", (0.0, 0.0))
    return common and "time" not in tree.get("entry", {}).get("bank", {})


class Draw(random.Random):
    """Random numbers, as a mission file writes them."""

    def log(self, low: float, high: float) -> float:
        """Even in the logarithm."""
        return math.exp(self.uniform(math.log(low), math.log(high)))

    def chance(self, share: float) -> bool:
        """True in so many cases."""
        return self.random() < share

    def angle(self, low: float, high: float) -> str:
        """An angle [deg]."""
        return _unit(self.uniform(low, high), "deg")


def _unit(value: float, unit: str) -> str:
    return f"{value:.9g} {unit}"


def _world(gravity: str, earth: str, wind: tuple[float, float]) -> Tree:
    field: Any = {"field": gravity}
    if gravity.startswith("egm2008"):
        field = {"field": "egm2008", "degree": int(gravity.rsplit("-", 1)[1])}
    blowing = {"east": _unit(wind[0], "m/s"), "north": _unit(wind[1], "m/s")}
    return {"gravity": field, "atmosphere": "us76", "wind": blowing, "earth": earth}


def _drawn_world(draw: Draw) -> Tree:
    gravity = draw.choices(("j2", "point", "egm2008-8", "egm2008-70"), (12, 3, 3, 2))[0]
    earth = draw.choices(("uniform", "still", "iers"), (6, 2, 2))[0]
    wind = (0.0, 0.0)
    if draw.chance(0.4):
        wind = (draw.uniform(-150.0, 150.0), draw.uniform(-150.0, 150.0))
    return _world(gravity, earth, wind)


def _latitude(draw: Draw) -> float:
    return draw.choice((0.0, 89.9, -89.9, draw.uniform(-85.0, 85.0), draw.uniform(-85.0, 85.0)))


def _entry(draw: Draw) -> Tree:
    """A capsule of 5 kg to 50 t and 1 to 5000 kg/m2, in from 2 to 16 km/s."""
    mass, areal = draw.log(5.0, 50e3), draw.log(1.0, 5e3)
    diameter = min(max(math.sqrt(4.0 * mass / (math.pi * areal)), 0.05), 60.0)
    steep = draw.uniform(-89.0, -0.5) if draw.chance(0.5) else -draw.log(0.5, 20.0)
    entry: Tree = {
        "bank": _bank(draw),
        "load_limit": 100.0,
        "step": _unit(draw.log(0.01, 10.0), "s"),
    }
    capsule = _capsule(draw, mass, diameter)
    if "parachutes" not in capsule:
        entry["floor"] = _unit(draw.choice((0.0, draw.uniform(-500.0, 30e3))), "m")
    return {
        "schema": 1,
        "kind": "entry",
        "epoch": EPOCH,
        "interface": {
            "height": _unit(draw.uniform(80.0, 400.0), "km"),
            "latitude": _unit(_latitude(draw), "deg"),
            "longitude": draw.angle(-180.0, 180.0),
            "speed": _unit(draw.uniform(2.0, 16.0), "km/s"),
            "flight_path_angle": _unit(steep, "deg"),
            "heading": _unit(draw.choice((0.0, 90.0, 270.0, draw.uniform(0.0, 360.0))), "deg"),
            "velocity": draw.choice(("inertial", "relative")),
        },
        "capsule": capsule,
        "entry": entry,
        "environment": _drawn_world(draw),
    }


def _bank(draw: Draw) -> Tree:
    if draw.chance(0.6):
        return {"constant": draw.angle(-180.0, 180.0)}
    times = sorted(draw.uniform(0.0, 600.0) for _ in range(4))
    return {
        "time": [_unit(t, "s") for t in times],
        "angle": [draw.angle(-180.0, 180.0) for _ in times],
    }


def _capsule(draw: Draw, mass: float, diameter: float) -> Tree:
    drag, ratio = draw.uniform(0.5, 2.0), draw.choice((0.0, draw.uniform(0.0, 0.5)))
    made: Tree = {
        "mass": _unit(mass, "kg"),
        "diameter": _unit(diameter, "m"),
        "nose_radius": _unit(max(draw.uniform(0.1, 1.5) * diameter, 0.02), "m"),
        "emissivity": 0.85,
        "aerodynamics": {
            "mach": [0.5, 1.0, 2.0, 5.0, 25.0],
            "angle_of_attack": ["165 deg", "160 deg", "160 deg", "158 deg", "158 deg"],
            "lift": [ratio * drag * share for share in (0.5, 0.7, 1.0, 1.0, 1.0)],
            "drag": [drag * share for share in (0.7, 0.9, 1.0, 1.0, 1.0)],
        },
    }
    if draw.chance(0.6):
        made["parachutes"] = {"steps": _canopies(draw)}
    return made


def _canopies(draw: Draw) -> list[Tree]:
    """A drogue and mains, tiny or huge for what they carry."""
    first = draw.log(0.6, 15.0)
    low = draw.uniform(0.05, 0.9) * first
    drogue = _canopy(draw, "drogue", {"height": _unit(first, "km")}) | {
        "release": {"with": "mains"}
    }
    mains = _canopy(draw, "mains", {"height": _unit(low, "km")})
    if draw.chance(0.5):
        mains["reefing"] = [
            {"ratio": draw.uniform(0.02, 0.5), "duration": _unit(draw.log(0.1, 20.0), "s")}
        ]
    return [drogue, mains]


def _canopy(draw: Draw, name: str, deploy: Tree) -> Tree:
    return {
        "name": name,
        "count": draw.randint(1, 4),
        "diameter": _unit(draw.log(0.2, 60.0), "m"),
        "drag_coefficient": draw.uniform(0.3, 1.5),
        "deploy": deploy,
        "fill_constant": draw.log(0.5, 30.0),
        "growth_exponent": draw.uniform(0.5, 6.0),
        "opening_factor": draw.uniform(1.0, 2.0),
    }


def _body(draw: Draw) -> Tree:
    """A thrown body, one in orbit or one that comes down, of 0.001 to 1000 times its drag."""
    mass = draw.log(0.01, 1e5)
    size = (mass / 1e3) ** (1.0 / 3.0)  # [m] of a cube of water
    rigid = draw.chance(0.4)
    flown, until, longest = draw.choice((_thrown, _orbiting, _falling))(draw)
    least = 0.02 if rigid else 0.01
    step = min(draw.log(least, longest), 300.0)
    duration = min(until.pop("seconds"), step * (40e3 if draw.chance(0.05) else 4e3))
    phase: Tree = {"name": "flight", "motion": "rigid" if rigid else "point"}
    phase["until"] = {"duration": _unit(duration, "s")} | until
    phase["step"] = _unit(min(step, duration), "s")
    rate = {axis: draw.angle(-60.0, 60.0) for axis in "xyz"} if rigid else {}
    turned = {axis: draw.angle(-80.0, 80.0) for axis in ("yaw", "pitch", "roll")}
    start = flown | {"attitude": turned | {"from": "ned"}, "rate": rate}
    return {
        "schema": 1,
        "kind": "body",
        "epoch": EPOCH,
        "body": {"configurations": {"whole": _shape(draw, mass, size)}},
        "start": start,
        "phases": [phase],
        "method": draw.choice(("rk4", "dop853")),
        "environment": _drawn_world(draw),
    }


def _shape(draw: Draw, mass: float, size: float) -> Tree:
    a, b, c = sorted(draw.uniform(0.5, 1.0) for _ in range(3))
    turn = mass * size**2 / 6.0
    moments = [turn * x for x in (b + c, a + c, a + b)]  # a body's: none exceeds the others' sum
    return {
        "mass": _unit(mass, "kg"),
        "inertia": {k: _unit(v, "kg m2") for k, v in zip(("xx", "yy", "zz"), moments, strict=True)},
        "aerodynamics": {
            "area": _unit(max(size**2, 1e-6), "m2"),
            "span": _unit(size, "m"),
            "chord": _unit(size, "m"),
            "drag": min(draw.log(1e-3, 1e3), 1e3),
            "damping": {axis: -draw.log(0.01, 10.0) for axis in ("roll", "pitch", "yaw")},
        },
    }


def _thrown(draw: Draw) -> tuple[Tree, Tree, float]:
    place = {"latitude": _unit(_latitude(draw), "deg"), "longitude": draw.angle(-180.0, 180.0)}
    height, speed = draw.uniform(100.0, 30e3), draw.log(1.0, 3e3)
    ways = [draw.gauss(0.0, 1.0) for _ in range(3)]
    size = math.hypot(*ways)
    names = ("north", "east", "down")
    moved = {k: _unit(speed * w / size, "m/s") for k, w in zip(names, ways, strict=True)}
    start = {"position": place | {"height": _unit(height, "m")}, "velocity": moved}
    return start, {"height_below": "0 m", "seconds": 2_000.0}, 10.0


def _falling(draw: Draw) -> tuple[Tree, Tree, float]:
    start, _, _ = _thrown(draw)
    start["position"]["height"] = _unit(draw.uniform(80.0, 400.0), "km")
    speed, angle, way = (
        draw.uniform(2e3, 16e3),
        math.radians(draw.uniform(0.5, 89.0)),
        math.radians(draw.uniform(0.0, 360.0)),
    )
    level = speed * math.cos(angle)
    start["velocity"] = {
        "north": _unit(level * math.cos(way), "m/s"),
        "east": _unit(level * math.sin(way), "m/s"),
        "down": _unit(speed * math.sin(angle), "m/s"),
    }
    return start, {"height_below": "0 m", "seconds": 4_000.0}, 10.0


def _orbiting(draw: Draw) -> tuple[Tree, Tree, float]:
    """From its perigee, in any plane, of e up to 0.95."""
    perigee, e = RADIUS + draw.log(120e3, 2_000e3), draw.choice((0.0, draw.uniform(0.0, 0.95)))
    tilt = math.radians(draw.choice((0.0, 90.0, 180.0, draw.uniform(0.0, 180.0))))
    speed = math.sqrt(MU * (1.0 + e) / perigee)
    period = 2.0 * math.pi * math.sqrt((perigee / (1.0 - e)) ** 3 / MU)
    start = {
        "frame": "gcrs",
        "position": {"x": _unit(perigee, "m"), "y": "0 m", "z": "0 m"},
        "velocity": {
            "x": "0 m/s",
            "y": _unit(speed * math.cos(tilt), "m/s"),
            "z": _unit(speed * math.sin(tilt), "m/s"),
        },
    }
    seconds = min(draw.uniform(0.2, 2.0) * period, 2e6)
    return start, {"height_below": "80 km", "seconds": seconds}, 1_000.0


def _ascent(draw: Draw) -> Tree:
    """The rocket of the how-to page, scaled."""
    from ruamel.yaml import YAML

    text = PAGE.read_text(encoding="utf-8")
    found = re.search(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    tree: Tree = YAML(typ="safe").load(found[1])
    for stage in tree["vehicle"]["stages"].values():
        engine = stage["engine"]
        engine["thrust"] = _scaled(engine["thrust"], draw.uniform(0.6, 2.0))
        engine["isp"] = _scaled(engine["isp"], draw.uniform(0.9, 1.3))
        stage["dry_mass"] = _scaled(stage["dry_mass"], draw.uniform(0.7, 1.2))
    vehicle = tree["vehicle"]
    vehicle["payload"]["mass"] = _scaled(vehicle["payload"]["mass"], draw.log(0.05, 2.0))
    vehicle["aerodynamics"] = {"axial_scale": draw.log(0.1, 10.0)}
    perigee = draw.log(120.0, 2_000.0)
    apogee = perigee + draw.choice((0.0, draw.log(1.0, 2_000.0)))
    tree["target"] |= {
        "perigee": _unit(perigee, "km"),
        "apogee": _unit(apogee, "km"),
        "inclination": draw.angle(0.0, 180.0),
    }
    tree["launch"]["site"]["latitude"] = _unit(draw.choice((0.0, 13.72, 60.0, 89.9)), "deg")
    tree["step"] = _unit(draw.log(0.05, 10.0), "s")
    tree["environment"] = tree["environment"] | {"gravity": {"field": "j2"}, "earth": "uniform"}
    return tree


def _scaled(text: str, factor: float) -> str:
    value, unit = text.split(" ", 1)
    return _unit(float(value) * factor, unit)
