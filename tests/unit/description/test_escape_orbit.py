"""Burns of a service module and the way home at once, as they are asked for: what is refused."""

from collections.abc import Mapping
from typing import Any

import pytest

import yaan
from yaan.base import InputError

TO_ORBIT = "escape.modes.to-orbit.burn"
AROUND = "escape.modes.once-around.burn"


def _refused(overrides: Mapping[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        yaan.load("gaganyaan", overrides)
    return str(caught.value)


def test_the_library_has_a_module_that_fits_its_modes() -> None:
    """What stands beside what is refused below."""
    plan = yaan.load("gaganyaan").plan
    assert plan.escape is not None
    assert plan.escape.service_module is not None
    assert plan.escape.return_now is not None


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"escape.service_module.propellant": "0 t"}, "at most 0 m/s"),
        ({"escape.service_module.longest_burn": "100 s"}, "what propellant and longest_burn give"),
        ({f"{TO_ORBIT}.perigee": "90 km"}, "above separation_height, 100 km"),
        ({f"{TO_ORBIT}.perigee": "60 km"}, "from 80 km"),
        ({f"{TO_ORBIT}.until": "delta_v"}, "nothing without until: orbit"),
        ({f"{TO_ORBIT}.delta_v": '["-10 m/s"]'}, "above 0 with until: orbit"),
        ({f"{TO_ORBIT}.then": "entry"}, "phases"),
        ({f"{TO_ORBIT}.then": "once-around"}, "required with then: once-around"),
        ({f"{AROUND}.then": "entry"}, "nothing without then: once-around"),
        ({f"{AROUND}.second.delta_v": '["-300 m/s"]'}, "what the first burn leaves"),
        ({f"{AROUND}.second.after": "[]"}, "after"),
        ({"escape.return_now.open_water.coast": "1 km"}, "from 5 km"),
        ({"escape.return_now.preparation": "0 s"}, "above 0 s"),
        ({"escape.return_now.zones": '["nowhere"]'}, "nowhere"),
    ],
)
def test_what_cannot_be_burnt_is_refused_at_its_place(
    overrides: Mapping[str, Any], told: str
) -> None:
    """Each by a line that says what belongs there."""
    assert told in _refused(overrides)


def test_a_burn_without_a_module_is_refused() -> None:
    """A mode that burns has what burns."""
    assert "nothing without service_module" in _refused({"escape.service_module": "null"})
