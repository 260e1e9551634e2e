"""Ephemerides and element sets as arcs in GCRS, and arcs as files."""

from dataclasses import replace

import erfa
import numpy as np
import pytest

from tests.unit.formats import good
from yaan.base.errors import YaanError
from yaan.formats import (
    ElementSets,
    Identity,
    Oem,
    Opm,
    Spacecraft,
    age_notes,
    arc_at,
    arcs_of,
    gcrs_of,
    oem_of,
    opm_of,
    read,
    sgp4_arc,
    states_teme,
    text_of,
)
from yaan.formats.tle import REVOLUTION
from yaan.spacetime.arc import TabulatedArc
from yaan.spacetime.time import bundled_orientation, parse_utc

MJD = 2_400_000.5


def station() -> Oem:
    record = read(good.ISS)
    assert isinstance(record, Oem)
    return record


def resourcesat() -> ElementSets:
    record = good.read_text(good.TLE)
    assert isinstance(record, ElementSets)
    return record


def test_eme2000_is_off_gcrs_by_the_frame_bias() -> None:
    record = station()
    (arc,) = arcs_of(record)
    segment = record.segments[0]
    position, velocity = arc.at(0.0)
    bias = erfa.bp00(2_451_545.0, 0.0)[0]  # from GCRS
    assert np.max(np.abs(bias @ position[0] - segment.position[0])) < 1e-5  # [m]
    assert np.max(np.abs(bias @ velocity[0] - segment.velocity[0])) < 1e-8  # [m/s]
    off = np.linalg.norm(position[0] - segment.position[0])
    assert 0.1 < off < 1.0  # [m]: 23 milliarcseconds of the orbit's radius are 0.76 m


def test_a_table_is_met_between_its_rows() -> None:
    """Every second row left out is found again between the others, 480 s apart.

    At the 240 s of the file the polynomial of degree eleven is out by 2^12 times less: 0.2 mm.
    """
    record = station()
    segment = record.segments[0]
    thinned = replace(
        segment,
        time=segment.time[::2],
        position=segment.position[::2],
        velocity=segment.velocity[::2],
    )
    (whole,), (half,) = arcs_of(record), arcs_of(replace(record, segments=(thinned,)))
    inner = segment.time[(segment.time > 3600.0) & (segment.time < 10_800.0)]
    apart = half.at(inner)[0] - whole.at(inner)[0]
    assert np.max(np.linalg.norm(apart, axis=1)) < 0.8  # [m]


def test_only_the_usable_span_answers() -> None:
    record = good.read_text(good.OEM)
    assert isinstance(record, Oem)
    first, second = arcs_of(record)
    assert (first.start, first.stop) == (60.0, 240.0)
    first.at([60.0, 240.0])
    with pytest.raises(YaanError, match="outside its arc"):
        first.at(30.0)
    meets = second.epoch
    assert arc_at(record, meets).epoch == second.epoch  # what comes after
    with pytest.raises(YaanError, match="outside what the file holds"):
        arc_at(record, meets + 1000.0)


def test_an_arc_through_a_file_is_the_arc() -> None:
    (arc,) = arcs_of(station())
    craft = Spacecraft(mass=445_386.0, drag_area=1439.7, drag_coefficient=3.4)
    who = Identity("ISS", "1998-067A", "ITRF2014", "TDB", craft)
    made = oem_of(arc, 240.0, who)
    back = good.read_text(text_of(made, "xml"))
    assert isinstance(back, Oem)
    assert back.spacecraft == craft
    (again,) = arcs_of(back)
    t = np.linspace(0.0, 14_400.0, 301)[:-1]
    shift = arc.epoch - again.epoch
    assert abs(shift) < 1e-9  # [s]
    for ours, theirs, most in zip(arc.at(t), again.at(t), (1e-5, 1e-7), strict=True):
        assert np.max(np.abs(ours - theirs)) < most  # [m] and [m/s]


def test_an_event_ends_a_segment() -> None:
    """Rows before and after an impulse are in two segments, each with its own velocity."""
    (table,) = arcs_of(station())
    assert isinstance(table, TabulatedArc)
    time = np.insert(table.time, 31, table.time[30])
    position = np.insert(table.position, 31, table.position[30], axis=0)
    velocity = np.insert(table.velocity, 31, table.velocity[30], axis=0)
    velocity[31:] += [1.0, 0.0, 0.0]
    burnt = TabulatedArc("craft", table.epoch, time, position, velocity)
    made = oem_of(burnt, 240.0, Identity(frame="GCRF"))
    before, after = made.segments
    assert np.allclose(before.velocity[-1] + [1.0, 0.0, 0.0], after.velocity[0], atol=1e-9)
    assert good.read_text(text_of(made, "kvn"))  # no gap and no overlap
    state = opm_of(burnt, float(table.time[30]), Identity(frame="GCRF"))
    assert np.allclose(state.velocity, velocity[31])


def test_a_state_of_an_arc_is_a_file() -> None:
    (arc,) = arcs_of(station())
    made = opm_of(arc, 600.0, Identity(designator="1998-067A", frame="TOD"))
    back = good.read_text(text_of(made, "kvn"))
    assert isinstance(back, Opm)
    for ours, theirs in zip(arc.at(600.0), gcrs_of(back), strict=True):
        assert np.max(np.abs(ours[0] - theirs)) < 1e-6


@pytest.mark.parametrize(
    ("step", "frame"), [(0.0, "GCRF"), (float("nan"), "GCRF"), (60.0, "B1950")]
)
def test_no_file_of_nonsense(step: float, frame: str) -> None:
    (arc,) = arcs_of(station())
    with pytest.raises(YaanError, match="expected"):
        oem_of(arc, step, Identity(frame=frame))


def test_sgp4_is_in_the_frame_that_the_earth_turns_under() -> None:
    """Over the ground it is where TEME turned by mean sidereal time and polar motion has it.

    Vallado et al., AIAA 2006-6753, appendix C: PEF by GMST82, ITRF by the pole; the other way to
    ITRF is that of the conventions of 2010, from GCRS.
    """
    one = resourcesat().sets[1]  # of 2018, where the orientation is measured
    arc = sgp4_arc(one, one.epoch, one.epoch + 6000.0)
    t = 3000.0
    instant = one.epoch + t
    now = bundled_orientation().at(np.array([sum(instant.utc()) - MJD]))
    ut1 = erfa.taiut1(*instant.tai(), float(now["ut1_tai"][0]))
    pole = erfa.pom00(float(now["xp"][0]), float(now["yp"][0]), 0.0)
    teme = states_teme(one, t)[0][0]
    ground = pole @ erfa.rz(erfa.gmst82(*ut1), np.eye(3)) @ teme
    x, y, s = erfa.xys06a(*instant.tt())
    celestial = erfa.c2ixys(x + float(now["dx"][0]), y + float(now["dy"][0]), s)
    turn = erfa.c2tcio(celestial, erfa.era00(*ut1), pole)
    assert np.max(np.abs(turn @ arc.at(t)[0][0] - ground)) < 1e-3  # [m]


def test_a_decay_is_told_with_its_instant() -> None:
    one = replace(resourcesat().sets[0], mean_motion=16.45 * REVOLUTION, bstar=0.05)
    arc = sgp4_arc(one, one.epoch, one.epoch + 86_400.0)
    with pytest.raises(YaanError, match=r"2026-07-0.*SGP4 gives no state"):
        arc.at(np.arange(0.0, 86_400.0, 600.0))


def test_old_elements_are_doubted() -> None:
    one = resourcesat().sets[0]
    assert age_notes(one, one.epoch, one.epoch + 86_400.0) == []
    (note,) = age_notes(one, one.epoch, one.epoch + 30 * 86_400.0)
    assert "30 days after the epoch" in note
    (note,) = age_notes(one, parse_utc("2026-06-01T00:00:00 UTC"), one.epoch)
    assert "before" in note
