"""The mission files of the validated entries hold the numbers that were validated."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pytest

from tests.validation.entry_cases import APOLLO10, APOLLO10_BANK, APOLLO_TRIM, RETURN, RETURN_ROWS
from yaan.description import CapsuleSpec, EntryPhaseSpec, EnvironmentSpec, InterfaceSpec
from yaan.mission import check, load_tree


class Given(NamedTuple):
    """What a file of an entry says."""

    interface: InterfaceSpec
    capsule: CapsuleSpec
    entry: EntryPhaseSpec
    environment: EnvironmentSpec


def entry(name: str, overrides: Mapping[str, object] | None = None) -> Given:
    plan = check(load_tree(name, overrides))
    assert isinstance(plan.start, InterfaceSpec)
    assert isinstance(plan.vehicle, CapsuleSpec)
    assert plan.entry is not None
    return Given(plan.start, plan.vehicle, plan.entry, plan.environment)


def test_apollo_10_is_the_one_that_was_flown() -> None:
    spec = entry("apollo10-entry")
    start, capsule, table = spec.interface, spec.capsule, spec.capsule.aerodynamics
    told = [start.radius, start.speed, capsule.mass, capsule.nose_radius]
    # The mass is told in pounds in one place and in kilograms to six digits in the other.
    assert told == pytest.approx([APOLLO10[k] for k in ("radius", "speed", "mass", "nose_radius")])
    assert capsule.area == pytest.approx(APOLLO10["area"], rel=1e-4)
    angles = [start.latitude, start.longitude, start.flight_path_angle, start.heading]
    wanted = [APOLLO10[key] for key in ("latitude", "longitude", "angle", "heading")]
    assert np.degrees(angles) == pytest.approx(wanted, abs=1e-9)
    assert (start.latitude_kind, start.velocity) == ("geocentric", "inertial")
    alpha = np.degrees(table.angle_of_attack)
    rows = np.stack([table.mach, alpha, table.lift, table.drag], axis=1)
    assert rows == pytest.approx(APOLLO_TRIM, abs=1e-9)
    assert table.lift_scale == table.drag_scale == 1.0
    bank = spec.entry.bank
    assert bank.time is not None
    assert bank.angle is not None
    assert np.stack([bank.time, np.degrees(bank.angle)], axis=1) == pytest.approx(APOLLO10_BANK)
    assert spec.entry.floor == pytest.approx(APOLLO10["drogue_height"])


@pytest.mark.parametrize(("ratio", "bank", "loads", "heat"), RETURN_ROWS)
def test_a_row_of_the_return_is_the_file_with_two_values_changed(
    ratio: float, bank: float, loads: tuple[float, ...], heat: float
) -> None:
    del loads, heat  # flown elsewhere
    changes = {
        "capsule.aerodynamics.lift_scale": ratio / 0.25,
        "entry.bank": {"constant": f"{bank} deg"},
    }
    spec = entry("capsule-entry", changes)
    environment = spec.environment
    assert (environment.earth.rotation, environment.gravity.degree) == ("still", 0)
    assert (spec.interface.latitude, spec.interface.heading) == (0.0, pytest.approx(math.pi / 2))
    table = spec.capsule.aerodynamics
    assert np.asarray(table.lift) * table.lift_scale == pytest.approx(ratio * RETURN["drag"])
    assert table.drag == [RETURN["drag"]] * 2
    assert spec.entry.bank.constant == pytest.approx(math.radians(bank))
    told = [spec.capsule.mass, spec.capsule.diameter, spec.capsule.nose_radius]
    told += [spec.interface.height, spec.interface.speed]
    keys = ("mass", "diameter", "nose_radius", "height", "speed")
    assert told == [RETURN[key] for key in keys]
