"""Impact points of what leaves a flight, against an integration of its own in plain NumPy.

That has its own gravity (J2), Earth (turning at a constant rate), geodetic height and air: the
standard atmosphere of 1976 by its layers, and above them its published table.

Error budget of the 5 m: here the air above 86 km is interpolated between published values, up to a
few per cent off; 3 % there are 0.5, 1.8 and 16 m of the three bodies. The rest (digits of published
constants, both integrations) is below a metre. Found: 0.06, 0.23 and 1.4 m. Half a per cent of drag
on the whole way is 31, 43 and 93 m.
"""

import csv
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.physics.chains import chain
from yaan.api import Flight
from yaan.api import open as open_run
from yaan.report.sections import sections
from yaan.results import read_flight

A, F = 6_378_137.0, 1.0 / 298.257223563
MU, J2, SPIN = 3.986004418e14, 1.08262668e-3, 7.292115e-5

BETAS = {"rest": 2_000.0, "tank": 490.0, "shell": 50.0}
"""Mass over drag area [kg/m^2] of what flies on, and of what is dropped."""


class Landed(NamedTuple):
    """Where and when a body came down."""

    latitude: float  # [deg]
    longitude: float  # [deg]
    time: float  # [s]


def density(height: float) -> float:
    """Of the 1976 standard atmosphere [kg/m^3] at a geometric height [m]."""
    if height >= 86e3:
        heights, logs = _above()
        return float(np.exp(np.interp(height, heights, logs)))
    g0, gas, radius = 9.80665, 287.05287, 6_356_766.0
    up = radius * height / (radius + height)
    bases = (0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3, 85e3)
    rates = (-6.5e-3, 0.0, 1e-3, 2.8e-3, 0.0, -2.8e-3, -2e-3)
    temperature, pressure = 288.15, 101_325.0
    for base, top, rate in zip(bases, bases[1:], rates, strict=False):
        rise = min(up, top) - base
        if rate:
            hotter = temperature + rate * rise
            pressure *= (hotter / temperature) ** (-g0 / (gas * rate))
            temperature = hotter
        else:
            pressure *= np.exp(-g0 * rise / (gas * temperature))
        if up <= top:
            break
    return float(pressure / (gas * temperature))


@cache
def _above() -> tuple[np.ndarray, np.ndarray]:
    file = resources.files("yaan") / "validation" / "data" / "us76_above_86km.csv"
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))[2:]
    heights, densities = np.array([[float(x) for x in row[:2]] for row in rows]).T
    return heights * 1e3, np.log(densities)


def geodetic(r: np.ndarray) -> tuple[float, float]:
    """Latitude [rad] and height [m], by iteration."""
    e2, flat = F * (2.0 - F), np.hypot(r[0], r[1])
    latitude = np.arctan2(r[2], flat * (1.0 - e2))
    for _ in range(8):
        normal = A / np.sqrt(1.0 - e2 * np.sin(latitude) ** 2)
        latitude = np.arctan2(r[2] + e2 * normal * np.sin(latitude), flat)
    sin, cos = np.sin(latitude), np.cos(latitude)
    return float(latitude), float(flat * cos + r[2] * sin - A * np.sqrt(1.0 - e2 * sin**2))


def rate(t: float, state: np.ndarray, beta: float) -> np.ndarray:
    r, v = state[:3], state[3:]
    size = np.linalg.norm(r)
    up = r[2] / size
    bulge = 1.5 * J2 * (A / size) ** 2
    factors = np.array([1 - 5 * up**2, 1 - 5 * up**2, 3 - 5 * up**2])
    gravity = -MU / size**3 * r * (1.0 + bulge * factors)
    air = v - np.cross([0.0, 0.0, SPIN], r)
    drag = 0.5 * density(geodetic(r)[1]) * np.linalg.norm(air) / beta
    return np.concatenate([v, gravity - drag * air])


def fallen(columns: Any, beta: float) -> Landed:
    """Fall from the first row of a history to the ellipsoid."""
    first = {name: np.asarray(columns[name])[0] for name in ("time", "longitude")}
    r, v = (np.asarray(columns[name])[0] for name in ("position_gcrs", "velocity_gcrs"))
    ahead = first["longitude"] - np.arctan2(r[1], r[0])  # the Earth has turned so far at the start

    def ground(t: float, state: np.ndarray, beta: float) -> float:
        return geodetic(state[:3])[1]

    ground.terminal, ground.direction = True, -1.0  # pyright: ignore[reportFunctionMemberAccess]
    start = float(first["time"])
    path = solve_ivp(
        rate, (start, start + 5e3), np.concatenate([r, v]), "DOP853", rtol=1e-10, atol=1e-6,
        events=ground, args=(beta,),
    )  # fmt: skip
    end, late = path.y_events[0][0], float(path.t_events[0][0])
    longitude = np.arctan2(end[1], end[0]) + ahead - SPIN * (late - start)
    north, east = np.degrees([geodetic(end[:3])[0], longitude]).tolist()
    return Landed(north, east, late)


def apart(one: Any, other: Landed) -> float:
    """Distance over ground [m], of places that are near each other."""
    north = np.radians(one.latitude_deg - other.latitude)
    east = np.radians((one.longitude_deg - other.longitude + 180.0) % 360.0 - 180.0)
    return float(A * np.hypot(north, east * np.cos(np.radians(other.latitude))))


@pytest.fixture(scope="module")
def flight() -> Flight:
    """A body that coasts for five seconds from where boosters leave, and drops two others."""
    speed = {"north": "-950 m/s", "east": "1000 m/s", "down": "-830 m/s"}
    place = {"latitude": "12.9 deg", "longitude": "80.8 deg", "height": "62 km"}
    fall = {"motion": "fall", "ballistic_coefficient": f"{BETAS['rest']} kg/m2"}
    parts = {
        name: {"mass": "1 t", "ballistic_coefficient": f"{BETAS[name]} kg/m2"}
        for name in ("tank", "shell")
    }
    return chain(
        start={"state": {"position": place, "velocity": speed}},
        vehicle={"parts": parts, "payload": {"name": "rest", "mass": "2 t"}},
        phases=[
            {"name": "rise", "motion": "orbit", "until": {"duration": "5 s"}},
            {"name": "rest", "drop": ["tank", "shell"], **fall},
        ],
    ).fly()


def test_all_fall_to_where_they_do_by_another_integration(flight: Flight) -> None:
    found = flight.summary.sequence
    assert found is not None
    assert [end.path for end in found.ends] == ["", "tank", "shell"]
    for end in found.ends:
        if end.path:
            columns = flight.branches[end.path]
        else:
            columns = flight.trajectory.sel(time=slice(5.0, None))
        other = fallen(columns, BETAS[end.path or "rest"])
        assert apart(end, other) < 5.0
        assert end.time == pytest.approx(other.time, abs=0.01)
    # What is light falls short of what is heavy.
    assert found.ends[2].downrange < found.ends[1].downrange < found.ends[0].downrange


def test_an_end_says_what_lies_there(flight: Flight) -> None:
    found = flight.summary.sequence
    assert found is not None
    for end in found.ends:
        assert (end.surface, end.lies_on) == ("land", "sea")  # the Bay of Bengal
        assert end.shore_distance is not None
        assert end.shore_distance > 100e3
        assert end.height == pytest.approx(0.0, abs=0.01)


def test_branches_come_back_from_the_run_folder(flight: Flight, tmp_path) -> None:
    again = open_run(flight.save(tmp_path))
    assert list(again.branches) == ["tank", "shell"]
    for name, branch in flight.branches.items():
        assert branch.attrs["branch"] == name
        assert branch["load"].attrs["units"] == "1"
        assert again.branches[name].equals(branch)
        # It begins where it left, and ends where the summary says.
        assert float(branch["time"][0]) == pytest.approx(5.0)
        assert float(branch["height"][-1]) == pytest.approx(0.0, abs=0.01)
        assert float(branch["mass"][0]) == 1_000.0


def test_the_report_shows_each_path_and_its_end(flight: Flight, tmp_path) -> None:
    record = read_flight(flight.save(tmp_path))
    found = {section.name: section for section in sections(record)}
    assert {"numbers", "flight", "air", "path", "ends"} <= set(found)
    assert not {"histories", "track", "branches"} & set(found)  # of an ascent
    table = next(block for kind, block in found["ends"].blocks if kind == "table")
    assert [row[0] for row in table.rows] == ["", "a", "b"]
    assert [row[1] for row in table.rows] == ["The flight", "Tank", "Shell"]
    assert {row[6] for row in table.rows} == {"sea"}
    drawn = [block for kind, block in found["path"].blocks if kind == "figure"]
    assert [figure.name for figure in drawn] == ["track", "downrange"]
    squares = [one for one in drawn[0].data if one.get("marker", {}).get("symbol") == "square"]
    ends = record.summary.sequence.ends if record.summary.sequence else ()
    assert squares[0]["y"] == pytest.approx([end.latitude_deg for end in ends if end.path])
    cards = next(block for kind, block in found["numbers"].blocks if kind == "cards")
    assert [card.words for card in cards][:2] == ["Height at the end", "Came down at"]


def test_branches_that_fall_together_fall_as_each_alone(flight: Flight) -> None:
    """One batch of lanes, filled up: none knows of another."""
    tree = flight.mission.replace("vehicle.parts.shell.ballistic_coefficient", None)
    alone = tree.fly().summary.sequence
    found = flight.summary.sequence
    assert alone is not None
    assert found is not None
    assert [end.path for end in alone.ends] == ["", "tank"]
    tank, same = found.ends[1], alone.ends[1]
    assert tank.time == pytest.approx(same.time, abs=1e-6)
    assert tank.latitude_deg == pytest.approx(same.latitude_deg, abs=1e-9)
    assert tank.longitude_deg == pytest.approx(same.longitude_deg, abs=1e-9)
