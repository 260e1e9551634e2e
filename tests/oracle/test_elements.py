"""Axes of an orbit, elements and anomalies beside Orekit: the same formulas to rounding.

Opt-in: pip install yaan[crosscheck], then pytest -m oracle.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracle import orekit as told
from yaan.spacetime.anomaly import eccentric_from_mean, mean_from_true, true_from_mean
from yaan.spacetime.equinoctial import equinoctial, state_of_equinoctial
from yaan.spacetime.keplerian import keplerian, state_of_keplerian
from yaan.spacetime.local import local_matrices

Array = NDArray[np.float64]

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

MU = 3.986004415e14
DAY = "2020-03-01T00:00:00"
STATES = {
    "low": ([4.0e6, -3.6e6, 4.1e6], [5.35e3, 5.55e3, -0.35e3]),
    "backward": ([-6.6e6, 1.9e6, 1.1e6], [1.3e3, 5.0e3, -6.3e3]),
    "transfer": ([6.578e6, 0.0, 1.0e5], [-0.3e3, 10.0e3, 1.9e3]),
    "hyperbola": ([7.0e6, 1.0e6, -2.0e6], [1.5e3, 11.0e3, 3.0e3]),
}
ELLIPSES = ("low", "backward", "transfer")
AXES = {"rtn": "QSW", "tnw": "TNW", "vnc": "VNC", "vvlh": "VVLH"}

# Some operations on numbers of order one, each rounded to 1e-16; of axes and of sharp angles.
ROUNDING = 1e-13
# An angle from a perigee is as sharp as rounding over the eccentricity, 0.01 at least here.
ANGLE = 1e-12  # [rad]


def turned(one: float, two: float) -> float:
    """What is between two angles."""
    return abs(float(np.remainder(one - two + np.pi, 2.0 * np.pi) - np.pi))


def orbit(kind: Any, name: str) -> Any:
    return kind(told.state(*STATES[name]), told.gcrf(), told.date(DAY), MU)


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("axes", AXES)
def test_axes(axes: str, name: str, orekit: Any):
    from org.orekit.frames import LOFType  # pyright: ignore

    rotation = getattr(LOFType, AXES[axes]).rotationFromInertial(told.state(*STATES[name]))
    theirs = [[float(x) for x in row] for row in rotation.getMatrix()]
    np.testing.assert_allclose(local_matrices(axes, *STATES[name])[0], theirs, atol=ROUNDING)


@pytest.mark.parametrize("name", STATES)
def test_keplerian_elements(name: str, orekit: Any):
    from org.orekit.orbits import KeplerianOrbit  # pyright: ignore

    theirs, mine = orbit(KeplerianOrbit, name), keplerian(*STATES[name], MU)
    assert mine.semi_major_axis[0] == pytest.approx(float(theirs.getA()), rel=ROUNDING)
    assert mine.eccentricity[0] == pytest.approx(float(theirs.getE()), abs=ROUNDING)
    assert mine.inclination[0] == pytest.approx(float(theirs.getI()), abs=ROUNDING)
    node, perigee = theirs.getRightAscensionOfAscendingNode(), theirs.getPerigeeArgument()
    assert turned(mine.right_ascension[0], float(node)) < ROUNDING
    assert turned(mine.argument_of_perigee[0], float(perigee)) < ANGLE
    assert turned(mine.true_anomaly[0], float(theirs.getTrueAnomaly())) < ANGLE
    mean = float(mean_from_true(mine.true_anomaly, mine.eccentricity)[0])
    assert turned(mean, float(theirs.getMeanAnomaly())) < ANGLE
    # Back again: rounding of 1e7 m.
    place, motion = (x[0] for x in state_of_keplerian(mine, MU))
    there = theirs.getPVCoordinates()
    np.testing.assert_allclose(place, told.numbers(there.getPosition()), rtol=0, atol=1e-6)
    np.testing.assert_allclose(motion, told.numbers(there.getVelocity()), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", ELLIPSES)
def test_equinoctial_elements(name: str, orekit: Any):
    """Orekit's ex and ey are k and h, its hx and hy are q and p."""
    from org.orekit.orbits import EquinoctialOrbit  # pyright: ignore

    theirs, mine = orbit(EquinoctialOrbit, name), equinoctial(*STATES[name], MU)
    assert mine.semi_major_axis[0] == pytest.approx(float(theirs.getA()), rel=ROUNDING)
    pairs = (
        (mine.k, theirs.getEquinoctialEx()),
        (mine.h, theirs.getEquinoctialEy()),
        (mine.q, theirs.getHx()),
        (mine.p, theirs.getHy()),
    )
    for one, two in pairs:
        assert float(one[0]) == pytest.approx(float(two), rel=ROUNDING, abs=ROUNDING)
    assert turned(float(mine.mean_longitude[0]), float(theirs.getLM())) < ROUNDING
    place, motion = (x[0] for x in state_of_equinoctial(mine, MU))
    np.testing.assert_allclose(place, STATES[name][0], rtol=0, atol=1e-6)
    np.testing.assert_allclose(motion, STATES[name][1], rtol=0, atol=1e-9)


@pytest.mark.parametrize("eccentricity", [0.0, 1e-3, 0.3, 0.9, 0.999, 1.001, 1.5, 8.0])
def test_anomalies(eccentricity: float, orekit: Any):
    from org.orekit.orbits import KeplerianAnomalyUtility as Theirs  # pyright: ignore

    kind = "elliptic" if eccentricity < 1.0 else "hyperbolic"
    solve = getattr(Theirs, f"{kind}MeanToEccentric")
    to_true = getattr(Theirs, f"{kind}MeanToTrue")
    # Where the orbit is almost a parabola an anomaly is as sharp as rounding over |1 - e|.
    sharp = 1e-14 * (1.0 + 1.0 / abs(1.0 - eccentricity))
    for mean in (-2.7, -0.4, 1e-6, 0.02, 1.0, 3.1):
        found = float(eccentric_from_mean(mean, eccentricity))
        assert abs(found - float(solve(eccentricity, mean))) < sharp
        true = float(true_from_mean(mean, eccentricity))
        assert turned(true, float(to_true(eccentricity, mean))) < sharp
