"""A propagated orbit made without propagating: an almost round one, its file, and what it burns."""

import math
from typing import Any

import numpy as np

from tests.unit.analysis.orbiting import RADIUS, orbit
from yaan.access import Search
from yaan.description.arc import ArcSpec
from yaan.description.quantity import FILE
from yaan.propagation import Propagated, start_of
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.arc import TabulatedArc

HEIGHT = 500e3  # [m], of the perigee; the apogee is 14 km above it


def spec(**more: Any) -> ArcSpec:
    """A file of kind orbit, as it was checked."""
    plain: dict[str, Any] = {
        "schema": 1,
        "kind": "orbit",
        "name": "round",
        "epoch": "2027-03-20T22:00:00 UTC",
        "start": {
            "elements": {
                "frame": "gcrs",
                "semi_major_axis": "6878 km",
                "eccentricity": 0.001,
                "inclination": "52 deg",
                "true_anomaly": "0 deg",
            }
        },
        "spacecraft": {"mass": "1000 kg"},
        "duration": "6 h",
        "environment": {"gravity": {"field": "point"}, "atmosphere": "none"},
    }
    return ArcSpec.model_validate(plain | more, context=FILE)


def made(asked: ArcSpec, duration: float = 21_600.0, **more: Any) -> Propagated:
    """The orbit, with rows a minute apart and whatever else is given."""
    time = np.append(np.arange(0.0, duration, 60.0), duration)
    place = orbit(time, RADIUS + HEIGHT, RADIUS + HEIGHT + 14e3, math.radians(52.0), 0.3)
    arc = TabulatedArc(asked.name, start_of(asked), time, *place)
    known: dict[str, Any] = {"mass": np.full(len(time), 1000.0), "outcome": OutcomeCode.REACHED}
    return Propagated(arc, error=1e-3, steps=len(time), **(known | more))


def search_of(made_: Propagated) -> Search:
    """Where its events are looked for, over the Earth of the IERS."""
    return Search(made_.arc)
