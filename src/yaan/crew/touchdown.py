"""Speeds at which a crew may come down: those of a class, where a capsule has none of its own.

Only the speeds are judged: not the attitude, the waves, the slope or the response of the seats.
"""

from dataclasses import dataclass
from importlib import resources

from ruamel.yaml import YAML

from yaan.base.units import parse


@dataclass(frozen=True)
class ClassLimit:
    """The largest speeds at which capsules of a class came down on water, or were meant to.

    Attributes:
        vertical: with every canopy open [m/s].
        vertical_lost: with a canopy lost [m/s].
        horizontal: across the water, with any [m/s].
        status: how well it is known; "assumed" where what was borne stands for what may be.
        source: of both.
    """

    vertical: float
    vertical_lost: float
    horizontal: float
    status: str
    source: str

    def down(self, *, lost: bool) -> float:
        """The largest speed down [m/s]; `lost`: not every canopy is open."""
        return self.vertical_lost if lost else self.vertical


def water_limit() -> ClassLimit:
    """The limit of the class, from `library/limits/touchdown/water.yaml`."""
    file = resources.files("yaan") / "library" / "limits" / "touchdown" / "water.yaml"
    found = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    down, lost, across = (
        parse(found[key], "speed") for key in ("vertical", "vertical_lost", "horizontal")
    )
    return ClassLimit(down, lost, across, found["status"], found["source"])
