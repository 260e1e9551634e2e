"""What is told of a propagated orbit: burns by their mass, eclipses by day."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.unit.analysis.propagated_made import made, search_of, spec
from yaan.access import SunPath, events
from yaan.analysis.propagated import burns, days, spells
from yaan.base.constants import STANDARD_GRAVITY
from yaan.environment.sunlight import Eclipse, shadow

EXHAUST = 220.0 * STANDARD_GRAVITY  # [m/s]
KICK = {"name": "kick", "along": "prograde", "delta_v": "2 m/s", "specific_impulse": "220 s"}
PUSH = {
    "name": "push",
    "at": "2 h",
    "along": "normal",
    "thrust": "100 N",
    "duration": "600 s",
    "specific_impulse": "220 s",
}


def test_a_kick_at_the_epoch_uses_mass_that_no_row_has_any_more():
    asked = spec(burns=[KICK | {"at": "0 s"}])
    left = 1000.0 * math.exp(-2.0 / EXHAUST)
    flown = made(asked)
    (one,) = burns(asked, made(asked, mass=np.full(len(flown.mass), left)))
    assert one.used == pytest.approx(1000.0 - left, rel=1e-12)
    assert (one.delta_v, one.duration, one.finite) == (2.0, 0.0, False)


def test_burns_are_told_by_the_mass_that_was_flown_and_in_order():
    asked = spec(burns=[PUSH, KICK | {"at": "1 h"}])
    bare = made(asked)
    time = bare.arc.time
    after = 1000.0 * math.exp(-2.0 / EXHAUST)
    flow = 100.0 / EXHAUST
    mass = np.where(time <= 3600.0, 1000.0, after) - flow * np.clip(time - 7200.0, 0.0, 600.0)
    # Rows on both sides of the kick, as the loop leaves them.
    both = np.searchsorted(time, 3600.0) + 1
    arc = bare.arc
    columns = (np.insert(x, both, x[both - 1], axis=0) for x in (time, arc.position, arc.velocity))
    doubled = type(arc)(arc.name, arc.epoch, *columns)
    flown = made(asked, mass=np.insert(mass, both, after))
    flown = type(flown)(doubled, flown.mass, flown.outcome, flown.error)
    kick, push = burns(asked, flown)
    assert kick.used == pytest.approx(1000.0 - after, rel=1e-9)
    assert (push.name, push.duration, push.finite) == ("push", 600.0, True)
    assert push.used == pytest.approx(flow * 600.0, rel=1e-9)
    assert push.delta_v == pytest.approx(EXHAUST * math.log(after / (after - push.used)), rel=1e-9)
    assert push.epoch.iso() == "2027-03-21T00:00:00.000 UTC"


def test_a_burn_after_the_end_was_not_flown_and_one_in_it_is_cut():
    asked = spec(burns=[PUSH, KICK | {"at": "3 h"}])
    (push,) = burns(asked, made(asked, 7500.0))
    assert push.duration == pytest.approx(300.0)


def test_stays_in_the_shadow_are_those_of_the_events_and_cut_at_the_ends():
    asked = spec()
    search = search_of(made(asked))
    found = spells(events(search), search)
    umbra = [one for one in found if one.kind == "umbra"]
    assert len(umbra) in (3, 4)
    # By the lit share itself, every ten seconds.
    at = np.arange(0.0, 21_600.0, 10.0)
    lit = shadow(search.arc.at(at)[0], SunPath(search.arc.epoch, 0.0, 21_600.0).at(at))
    dark = sum(one.end - one.start for one in umbra)
    assert dark == pytest.approx(10.0 * np.count_nonzero(lit == 0.0), abs=40.0)
    for one in umbra:
        assert np.all(lit[(at > one.start + 1.0) & (at < one.end - 1.0)] == 0.0)


@pytest.mark.parametrize("beyond", [-60.0, 60.0])
def test_an_arc_that_begins_in_the_shadow_is_in_it_at_once(beyond):
    search = search_of(made(spec()))
    whole = next(one for one in spells(events(search), search) if one.kind == "umbra")
    inside = 0.5 * (whole.start + whole.end)
    stop = whole.end + beyond
    later = replace(search, start=inside, stop=stop)
    half = next(one for one in spells(events(later), later) if one.kind == "umbra")
    assert half.start == inside
    assert half.end == pytest.approx(min(whole.end, stop), abs=1e-3)


def test_what_flies_in_sunlight_has_no_stays():
    search = search_of(made(spec()))
    whole = next(one for one in spells(events(search), search) if one.kind == "penumbra")
    lit = replace(search, start=whole.end + 60.0, stop=whole.end + 600.0)
    assert spells(events(lit), lit) == []


def test_a_stay_that_midnight_cuts_counts_on_both_days():
    search = search_of(made(spec()))  # from 22:00, for six hours
    found = [
        Eclipse("penumbra", 7100.0, 7420.0),
        Eclipse("umbra", 7110.0, 7410.0),
        Eclipse("umbra", 10_000.0, 10_060.0),
    ]
    first, second = days(found, search)
    assert (first.date, second.date) == ("2027-03-20", "2027-03-21")
    assert (first.lasts, second.lasts) == (7200.0, 14_400.0)
    assert (first.eclipses, second.eclipses) == (1, 2)
    assert first.umbra == pytest.approx(90.0)
    assert second.umbra == pytest.approx(270.0)
    assert first.partial == pytest.approx(10.0)
    assert second.longest == pytest.approx(210.0)
