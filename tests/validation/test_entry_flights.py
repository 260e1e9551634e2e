"""The validated entries flown from their mission files, as `yaan fly` flies them.

The same gates as in test_entry.py, where each has its reason: here the way from the file to the
flight is on trial, so that a case of the outside world is a mission file and no code.
"""

import pytest

import yaan
from tests.validation.entry_cases import RETURN_ANGLES, RETURN_ROWS


@pytest.mark.parametrize("k", range(len(RETURN_ROWS)))
def test_a_row_of_the_fixed_bank_table_is_flown_from_its_file(k: int) -> None:
    ratio, bank, loads, heat = RETURN_ROWS[k]
    for angle, load in zip(RETURN_ANGLES, loads, strict=True):
        changes = {
            "capsule.aerodynamics.lift_scale": ratio / 0.25,
            "entry.bank": {"constant": f"{bank} deg"},
            "interface.flight_path_angle": f"{angle} deg",
        }
        entry = yaan.load("capsule-entry", changes).fly().entry

        assert entry is not None
        assert entry.peak_load.value_g == pytest.approx(load, abs=0.3)
        if angle == -1.4:
            assert entry.heat_load == pytest.approx(heat, rel=0.10)


def test_apollo_10_meets_its_plan_from_its_file() -> None:
    flight = yaan.load("apollo10-entry").fly()
    rows = {row.what: row for row in flight.summary.published}

    assert len(rows) == 3
    assert all(row.within for row in rows.values()), rows
    # Only one of them is no calibration, and the file says so.
    assert [row.calibrated for row in rows.values()] == [True, False, True]
    assert flight.outcome.code == "flown"
