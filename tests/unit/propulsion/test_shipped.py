"""Ideal performance as it is shipped: by its key, and true to what follows from it."""

import pytest

from yaan.base.errors import YaanError
from yaan.propulsion.shipped import Ideal, Point, ideal, solved, table

RD_180 = Point("LOX", "RP-1", 26.66e6, 2.72, 36.87)


def shipped(point: Point) -> Ideal:
    found = ideal(point, solve=False)
    assert isinstance(found, Ideal)
    return found


def test_a_design_point_of_the_catalogue_is_shipped():
    found = shipped(RD_180)
    assert found.origin == "shipped"
    assert table()["engines"]["rd-180"] == RD_180.key
    # RocketCEA and cea agree on these within 1e-5; printed to a tenth.
    assert found.temperature == pytest.approx(3889.6, abs=0.1)
    assert found.cstar == pytest.approx(1810.7, abs=0.1)
    assert found.shifting == pytest.approx(358.7, abs=0.1)
    assert found.frozen == pytest.approx(342.0, abs=0.1)


def test_thrust_coefficient_and_the_ground_follow():
    found = shipped(RD_180)
    assert found.thrust_coefficient == pytest.approx(found.shifting * 9.80665 / found.cstar)
    assert found.shifting_at(0.0) == found.shifting
    # 101,325 Pa on an exit of 36.87 throats, of a throat that passes 1 kg/s.
    exit_area = 36.87 * found.cstar / 26.66e6
    lost = 101325.0 * exit_area / 9.80665
    assert found.shifting_at(101325.0) == pytest.approx(found.shifting - lost)


def test_another_design_point_is_not_shipped():
    other = ideal(Point("LOX", "RP-1", 26.66e6, 2.72, 36.88), solve=False)
    assert isinstance(other, YaanError)


def test_every_ideal_is_of_a_real_gas_flow():
    for key, row in table()["designs"].items():
        assert row["frozen"] < row["shifting"], key
        assert 0.0 < row["exit_pressure"] < 1e5, key
        assert 1600.0 < row["cstar"] < 2500.0, key
        assert row["certificate"], key


def test_another_design_point_is_solved_where_cea_is():
    pytest.importorskip("cea")
    other = Point("LOX", "RP-1", 26.66e6, 2.72, 37.5)
    found, again = solved([other, RD_180])
    assert isinstance(found, Ideal)
    assert isinstance(again, Ideal)
    assert found.origin == "cea"
    assert found.shifting == pytest.approx(359.0, abs=0.2)
    told = shipped(RD_180)  # to seven digits
    for key in ("temperature", "cstar"):
        assert getattr(again, key) == pytest.approx(getattr(told, key), rel=1e-6)
    # cea ends its search for an area at 4e-5 of its logarithm (RP-1311 part I): pressure falls by
    # some 1.2 of that, impulse rises by the share that pressure has in it, a twentieth.
    for key, most in (("exit_pressure", 5e-5), ("shifting", 2e-6), ("frozen", 2e-6)):
        assert getattr(again, key) == pytest.approx(getattr(told, key), rel=most)
