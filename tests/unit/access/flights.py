"""A run folder of an ellipse: a mission of the library whose history is made here, not flown."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.unit.access.arcs import KeplerArc
from tests.unit.report import synthetic
from yaan.access import passes
from yaan.access.sky import geodetic_of
from yaan.analysis.arcs import interpolation_error
from yaan.analysis.contacts import search_in, station_of, told
from yaan.base.session import computing
from yaan.mission import load_tree
from yaan.mission.checks import check
from yaan.mission.load import override
from yaan.mission.provenance import provenance_of
from yaan.results import read_flight, write_run
from yaan.results.store import FlightRecord
from yaan.results.trajectory import make_history
from yaan.spacetime.arc import TabulatedArc
from yaan.spacetime.time import parse_utc

STATIONS = ["bengaluru", "kiruna", {"from": "kourou", "minimum_elevation": "10 deg"}]
HOURS = 12.0


def flown(folder: Path, stations: object = STATIONS) -> FlightRecord:
    """The record of it; without stations, without contacts."""
    tree = load_tree("upper-stage-relight")
    if stations is not None:
        tree = override(tree, {"stations": stations})
    plan = check(tree)
    made = KeplerArc(stop=HOURS * 3600.0, epoch=parse_utc(plan.epoch))
    time = np.arange(0.0, made.stop + 1.0, 60.0)
    position, velocity = made.at(time)
    arc = TabulatedArc(plan.name, made.epoch, time, position, velocity)
    with computing():
        search = search_in(plan, arc)
    place = geodetic_of(search.turns().earth_fixed(time, position))
    columns = dict[str, np.ndarray](zip(("latitude", "longitude", "height"), place, strict=True))
    columns["downrange"] = 7e3 * time
    states = {"position_gcrs": position, "velocity_gcrs": velocity}
    history = make_history({"time": time, **columns, **states})
    found = passes(search, [station_of(one) for one in plan.stations])
    contacts = told(found, plan.stations, search.span, interpolation_error(arc))
    record = read_flight(synthetic.write_run(folder / "synthetic-1"))
    summary = replace(
        record.summary,
        mission=plan.name,
        epoch=plan.epoch,
        ascent=None,
        spans={"sequence": (0.0, float(time[-1]))},
        contacts=contacts if stations is not None else None,
    )
    text = provenance_of(tree).text
    return replace(record, summary=summary, history=history, mission=text, groups={}, commands=None)


def saved(folder: Path, stations: object = STATIONS) -> Path:
    """A run folder of it."""
    return write_run(folder / "runs", flown(folder, stations), {})
