"""Arcs for tests that say nothing of how they were made: circles and ellipses in GCRS, exact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from yaan.base.constants import EARTH_MU
from yaan.spacetime.arc import AbstractArc
from yaan.spacetime.time import Epoch, parse_utc

Array = NDArray[np.float64]

EPOCH = parse_utc("2027-01-15T03:30:00 UTC")


@dataclass(frozen=True)
class KeplerArc(AbstractArc):
    """An ellipse about the Earth's centre; angles [rad] against GCRS, at its perigee at 0 s."""

    semi_major_axis: float = 6_778e3
    eccentricity: float = 0.0
    inclination: float = 0.9
    node: float = 1.2
    perigee: float = 0.0
    name: str = "ellipse"
    epoch: Epoch = EPOCH
    start: float = 0.0
    stop: float = 86_400.0

    @property
    def rate(self) -> float:
        """Mean motion [rad/s]."""
        return float(np.sqrt(EARTH_MU / self.semi_major_axis**3))

    @override
    def _at(self, t: Array) -> tuple[Array, Array]:
        a, e = self.semi_major_axis, self.eccentricity
        mean = self.rate * t
        anomaly = mean + e * np.sin(mean)
        for _ in range(20):
            anomaly = anomaly - (anomaly - e * np.sin(anomaly) - mean) / (1 - e * np.cos(anomaly))
        flat = np.sqrt(1.0 - e * e)
        x, y = a * (np.cos(anomaly) - e), a * flat * np.sin(anomaly)
        pace = a * self.rate / (1.0 - e * np.cos(anomaly))
        u, v = -pace * np.sin(anomaly), pace * flat * np.cos(anomaly)
        sw, cw = np.sin(self.perigee), np.cos(self.perigee)
        si, ci = np.sin(self.inclination), np.cos(self.inclination)
        sn, cn = np.sin(self.node), np.cos(self.node)
        ahead = np.array([cn * cw - sn * sw * ci, sn * cw + cn * sw * ci, sw * si])
        aside = np.array([-cn * sw - sn * cw * ci, -sn * sw + cn * cw * ci, cw * si])
        position = x[:, None] * ahead + y[:, None] * aside
        return position, u[:, None] * ahead + v[:, None] * aside
