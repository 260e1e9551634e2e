"""One summary for every kind of flight: its sections are there or None."""

from dataclasses import fields
from importlib.metadata import version
from typing import Any

import pytest

import yaan
from yaan.results import Summary, summary_of
from yaan.results.record import to_plain

SECTIONS = ("ascent", "orbit_phase", "deorbit", "entry", "descent", "landing", "body")


def flown(name: str, **changes: Any) -> Summary:
    return yaan.load(name, changes).fly().summary


def there(summary: Summary) -> set[str]:
    return {name for name in SECTIONS if getattr(summary, name) is not None}


def models(summary: Summary) -> list[str]:
    return [model.name for model in summary.models]


WORLD = ["gravity", "Earth", "atmosphere", "wind"]
ASCENT = ["launcher", "aerodynamics", "steering"]
RETURN = ["orbit", "entry", "parachutes", "landing point", "ground"]
FALL = ["unpowered fall"]
INTEGRATOR = ["integrator"]
SPENT = ["fall"]


@pytest.mark.parametrize(
    ("name", "sections", "told"),
    [
        ("capsule-entry", {"entry", "landing"}, ["entry", "ground", *INTEGRATOR]),
        (
            "tumbling-brick",
            {"body"},
            ["body", "torque of gravity", "aerodynamics", *INTEGRATOR],
        ),
        pytest.param(
            "apollo10-entry",
            {"entry", "landing"},
            ["entry", "ground", *INTEGRATOR],
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "lvm3-leo", {"ascent"}, [*ASCENT, *INTEGRATOR, *SPENT], marks=pytest.mark.slow
        ),
        pytest.param(
            "gaganyaan",
            {*SECTIONS} - {"body"},
            [*ASCENT, *FALL, *INTEGRATOR, *RETURN, *SPENT],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_flight_has_its_sections_and_its_models(
    name: str, sections: set[str], told: list[str]
) -> None:
    summary = flown(name)
    assert there(summary) == sections
    assert models(summary) == [*WORLD, *told]
    assert all(model.text for model in summary.models)
    assert (summary.mission, summary.yaan) == (name, version("yaan"))
    assert summary.profile == (None if summary.ascent is None else next(iter(_profiles(summary))))
    # What is written reads back as it is, to the last type.
    assert to_plain(summary_of(to_plain(summary))) == to_plain(summary)
    counts = summary.outcome.verdicts
    assert counts.held + counts.failed + counts.open == len(summary.verdicts)


def _profiles(summary: Summary) -> list[str]:
    assert summary.ascent is not None
    return list(summary.ascent.profiles)


def test_what_a_flight_has_not_is_nothing() -> None:
    summary = flown("tumbling-brick")
    assert summary.opportunities == summary.crew == summary.budgets.velocity == ()
    assert summary.peaks.heat_flux is None
    assert summary.peaks.rate is not None
    assert list(summary.spans) == ["body"]
    entry = flown("capsule-entry", **{"interface.flight_path_angle": "-0.3 deg"})
    assert entry.outcome.code == "skipped-out"
    assert entry.landing is not None
    assert entry.landing.touchdown is not None
    assert entry.landing.touchdown.contact is None
    assert entry.budgets.mass == entry.budgets.propellant == ()
    assert entry.budgets.mass_closure is None
    assert {field.name for field in fields(entry.peaks) if getattr(entry.peaks, field.name)} == {
        "dynamic_pressure",
        "load",
    }
    assert "budgets close" not in {verdict.name for verdict in entry.verdicts}
