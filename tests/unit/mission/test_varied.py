"""A plan with some values replaced is the plan of the file with these values."""

from typing import Any

import pytest

import yaan
from yaan.base.errors import InputError
from yaan.mission.checks import check, varied
from yaan.mission.load import override


def plain(value: Any) -> Any:
    """Plain data without what notes say of values that are replaced."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in ("assumed", "calibrated")}  # pyright: ignore[reportUnknownVariableType]
    return [plain(item) for item in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


@pytest.mark.parametrize("name", ["gaganyaan", "capsule-entry", "pslv-xl-sso"])
def test_every_range_of_a_mission_is_as_its_file_would_have_it(name: str):
    mission = yaan.load(name)
    tried = 0
    for assumption in mission.assumptions():
        for value in (assumption.low, assumption.high):
            if value is not None:
                values = {assumption.key: value}
                quick = varied(mission.source, mission.plan, values)
                whole = check(override(mission.source, values))
                assert plain(quick.model_dump()) == plain(whole.model_dump()), assumption.key
                tried += 1
    assert tried > 3


def test_what_does_not_go_with_the_rest_is_refused():
    mission = yaan.load("gaganyaan")
    with pytest.raises(InputError, match=r"spacecraft\.capsule\.mass"):
        varied(mission.source, mission.plan, {"spacecraft.capsule.mass": "9 t"})


def test_what_is_no_value_of_its_field_is_told_as_by_the_file():
    mission = yaan.load("gaganyaan")
    with pytest.raises(InputError, match="mass"):
        varied(mission.source, mission.plan, {"spacecraft.capsule.mass": "9 km"})
