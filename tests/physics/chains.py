"""Small flights of phases, as data of their files."""

import copy
from typing import Any

from yaan.api import Mission
from yaan.mission.load import tree_of

_FLIGHT: dict[str, Any] = {
    "schema": 1,
    "kind": "flight",
    "name": "chain",
    "epoch": "2027-01-15T03:30:00 UTC",
    "start": {"drop": {"latitude": "0 deg", "longitude": "0 deg", "height": "5 km"}},
    "vehicle": {"parts": {"ball": {"mass": "100 kg"}}},
    "phases": [{"name": "down", "motion": "fall", "ballistic_coefficient": "500 kg/m2"}],
    "environment": {
        "gravity": {"field": "j2"},
        "atmosphere": "us76",
        "wind": "none",
        "earth": "uniform",
    },
}


def data(**blocks: Any) -> dict[str, Any]:
    """The file of a ball that falls from 5 km, with other blocks; None leaves one out."""
    made = copy.deepcopy(_FLIGHT) | blocks
    return {key: value for key, value in made.items() if value is not None}


def chain(**blocks: Any) -> Mission:
    """The mission of such a file."""
    return Mission(tree_of(data(**blocks), "chain.yaml"))


def ball(**keys: Any) -> dict[str, Any]:
    """A vehicle of one part."""
    return {"parts": {"ball": {"mass": "100 kg", **keys}}}


CANOPY: dict[str, Any] = {
    "steps": [
        {
            "name": "main",
            "diameter": "8 m",
            "drag_coefficient": 0.8,
            "fill_constant": 8,
            "deploy": {"height": "2 km"},
        }
    ]
}
"""One canopy that opens at 2 km."""
