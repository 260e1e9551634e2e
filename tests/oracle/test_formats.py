"""What Yaan writes of orbits is read by others to the printed digits: `oem`, Orekit.

Opt-in, where they are installed: pip install yaan[crosscheck], then pytest -m oracle.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.formats import good
from yaan.formats import (
    ElementSets,
    Identity,
    Oem,
    Opm,
    Spacecraft,
    arcs_of,
    oem_of,
    read,
    states_teme,
    text_of,
    write,
)

pytestmark = [
    pytest.mark.oracle,
    # Of packages that are not ours.
    pytest.mark.filterwarnings("ignore"),
]

POSITION = 1e-6  # [m], the last digit that is printed
VELOCITY = 1e-9  # [m/s]
MADE = "2027-01-02T00:00:00"


def station(frame: str = "EME2000", system: str = "UTC") -> Oem:
    record = read(good.ISS)
    assert isinstance(record, Oem)
    (arc,) = arcs_of(record)
    who = Identity("ISS", "1998-067A", frame, system, Spacecraft(mass=445_386.0))
    return oem_of(arc, 240.0, who)


def craft() -> Oem:
    record = good.read_text(good.OEM)
    assert isinstance(record, Oem)
    return record


@pytest.mark.parametrize("form", ["kvn", "xml"])
@pytest.mark.parametrize("make", [station, craft])
def test_oem_reads_an_ephemeris(make: Any, form: Any, tmp_path: Path) -> None:
    oem = pytest.importorskip("oem")
    from astropy.time import Time  # pyright: ignore

    ours, file = make(), tmp_path / f"craft.{form}"
    write(ours, file, form, MADE)
    theirs = oem.OrbitEphemerisMessage.open(file)
    assert len(theirs.segments) == len(ours.segments)
    for one, two in zip(ours.segments, theirs.segments, strict=True):
        assert two.metadata["REF_FRAME"] == one.frame
        states = list(two.states)
        assert len(states) == one.time.size
        for k, state in enumerate(states):
            instant = one.epoch + float(one.time[k])
            apart = state.epoch - Time(*instant.tai(), format="jd", scale="tai")
            assert abs(apart.sec) < 1e-9
            assert np.max(np.abs(1e3 * np.array(state.position) - one.position[k])) <= POSITION
            assert np.max(np.abs(1e3 * np.array(state.velocity) - one.velocity[k])) <= VELOCITY
        for kept, matrix in zip(one.covariances, list(two.covariances), strict=True):
            assert np.allclose(1e6 * np.array(matrix.matrix), kept.matrix, rtol=1e-9)


def builder() -> Any:
    from org.orekit.files.ccsds.ndm import ParserBuilder  # pyright: ignore
    from org.orekit.utils import Constants  # pyright: ignore

    return ParserBuilder().withMu(Constants.EGM96_EARTH_MU)


def source(file: Path) -> Any:
    from java.io import File  # pyright: ignore
    from org.orekit.data import DataSource  # pyright: ignore

    return DataSource(File(str(file)))


def moved(state: Any) -> tuple[np.ndarray, np.ndarray]:
    place, motion = state.getPosition(), state.getVelocity()
    return (
        np.array([place.getX(), place.getY(), place.getZ()]),
        np.array([motion.getX(), motion.getY(), motion.getZ()]),
    )


def instant(date: Any) -> float:
    """Seconds in TAI since the epoch that ours count from."""
    from org.orekit.time import AbsoluteDate, TimeScalesFactory  # pyright: ignore

    start = AbsoluteDate(2000, 1, 1, 12, 0, 0.0, TimeScalesFactory.getTAI())
    return float(date.durationFrom(start))


@pytest.mark.parametrize("form", ["kvn", "xml"])
@pytest.mark.parametrize("system", ["UTC", "TAI", "TT", "GPS", "TDB"])
@pytest.mark.parametrize("frame", ["EME2000", "GCRF"])
def test_orekit_reads_an_ephemeris(
    frame: str, system: str, form: Any, orekit: Any, tmp_path: Path
) -> None:
    ours, file = station(frame, system), tmp_path / f"iss.{form}"
    write(ours, file, form, MADE)
    theirs = builder().buildOemParser().parseMessage(source(file))
    (segment,) = ours.segments
    block = theirs.getSegments().get(0)
    assert str(block.getMetadata().getReferenceFrame().getName()) == frame
    states = block.getData().getCoordinates()
    assert states.size() == segment.time.size
    for k in range(states.size()):
        state = states.get(k)
        apart = instant(state.getDate()) - (segment.epoch.whole + segment.epoch.fraction)
        # One number from 2000 on holds 0.1 us; Orekit's TDB is a short series, good to 30 us.
        assert abs(apart - segment.time[k]) < (3e-5 if system == "TDB" else 2e-6)  # [s]
        place, motion = moved(state)
        assert np.max(np.abs(place - segment.position[k])) <= POSITION
        assert np.max(np.abs(motion - segment.velocity[k])) <= VELOCITY


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_orekit_reads_segments_with_covariances(form: Any, orekit: Any, tmp_path: Path) -> None:
    ours, file = craft(), tmp_path / f"craft.{form}"
    write(ours, file, form, MADE)
    theirs = builder().buildOemParser().parseMessage(source(file))
    assert theirs.getSegments().size() == 2
    data = theirs.getSegments().get(0).getData()
    (kept,) = ours.segments[0].covariances
    matrix = data.getCovarianceMatrices().get(0).getCovarianceMatrix()
    read_back = np.array([[matrix.getEntry(i, j) for j in range(6)] for i in range(6)])
    assert np.allclose(read_back, kept.matrix, rtol=1e-9)


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_orekit_reads_a_state(form: Any, orekit: Any, tmp_path: Path) -> None:
    ours, file = good.read_text(good.OPM), tmp_path / f"craft.{form}"
    assert isinstance(ours, Opm)
    write(ours, file, form, MADE)
    theirs = builder().buildOpmParser().parseMessage(source(file))
    data = theirs.getData()
    vector = data.getStateVectorBlock()
    place, motion = moved(vector.toTimeStampedPVCoordinates())
    assert np.max(np.abs(place - ours.position)) <= POSITION
    assert np.max(np.abs(motion - ours.velocity)) <= VELOCITY
    assert float(data.getMass()) == ours.spacecraft.mass
    assert data.getNbManeuvers() == 2
    for k, burn in enumerate(ours.manoeuvres):
        other = data.getManeuver(k)
        assert float(other.getDuration()) == burn.duration
        assert float(other.getDeltaMass()) == burn.mass_change
        change = other.getDV()
        told = [change.getX(), change.getY(), change.getZ()]
        assert np.max(np.abs(np.array(told) - burn.velocity_change)) <= VELOCITY


@pytest.mark.parametrize("form", ["kvn", "xml", "tle"])
def test_orekit_reads_element_sets(form: Any, orekit: Any, tmp_path: Path) -> None:
    from org.orekit.propagation.analytical.tle import TLE, TLEPropagator  # pyright: ignore

    record = good.read_text(good.TLE)
    assert isinstance(record, ElementSets)
    one = record.sets[0]
    alone = ElementSets((one,))
    if form == "tle":
        _, first, second = text_of(alone, "tle").splitlines()
        assert TLE.isFormatOK(first, second)
        theirs = TLE(first, second)
    else:
        file = tmp_path / f"craft.{form}"
        write(alone, file, form, MADE)
        theirs = builder().buildOmmParser().parseMessage(source(file)).generateTLE()
    assert theirs.getSatelliteNumber() == one.number
    assert float(theirs.getE()) == pytest.approx(one.eccentricity, rel=1e-12)
    assert float(theirs.getMeanMotion()) == pytest.approx(one.mean_motion, rel=1e-12)
    assert float(theirs.getBStar()) == pytest.approx(one.bstar, rel=1e-12)
    model = TLEPropagator.selectExtrapolator(theirs)
    ours = states_teme(one, [0.0, 6000.0])
    for k, t in enumerate((0.0, 6000.0)):
        place, motion = moved(model.getPVCoordinates(theirs.getDate().shiftedBy(t)))
        assert np.max(np.abs(place - ours[0][k])) < 1e-3  # [m]
        assert np.max(np.abs(motion - ours[1][k])) < 1e-6  # [m/s]
