"""A history as datasets: one row a time, vectors in columns, and the borders apart."""

from typing import Any

import numpy as np
import pytest

from yaan.dataset import borders, trajectory
from yaan.results import History, make_history

ABOUT = {"mission": "ball"}


def history(stages: tuple[str, ...] = (), **more: Any) -> History:
    """Two phases that meet at 2 s, where 10 kg are left behind."""
    columns: dict[str, Any] = {
        "time": [0.0, 1.0, 2.0, 2.0, 3.0],
        "phase": [0, 0, 0, 1, 1],
        "mass": [30.0, 30.0, 30.0, 20.0, 20.0],
        "height": [0.0, 1.0, 2.0, 2.0, 3.0],
        "position_gcrs": np.arange(15.0).reshape(5, 3),
    }
    return make_history(columns | more, stages=stages, phases=("up", "on"))


def test_any_time_is_looked_up_at_first_touch() -> None:
    found = trajectory(history(), ABOUT)
    assert found.sizes["time"] == 4
    assert float(found.sel(time=1.4, method="nearest")["height"]) == 1.0
    assert float(found.interp(time=1.5)["height"]) == 1.5
    assert float(found.sel(time=2.0)["mass"]) == 20.0
    assert found["height"].attrs["units"] == "m"


@pytest.mark.parametrize("stages", [(), ("first", "second")])
def test_a_data_frame_has_one_row_a_time(stages: tuple[str, ...]) -> None:
    more = {"propellant": np.ones((5, len(stages)))} if stages else {}
    frame = trajectory(history(stages, **more), ABOUT).to_dataframe()
    assert frame.index.is_unique
    assert len(frame) == 4
    assert frame["position_gcrs_y"].tolist() == [1.0, 4.0, 10.0, 13.0]
    told = [name for name in frame.columns if name.startswith("propellant")]
    assert told == [f"propellant_{name}" for name in stages]


def test_a_part_of_a_trajectory_is_one_too() -> None:
    part = trajectory(history(), ABOUT).sel(time=slice(0.0, 1.0))
    assert part.to_dataframe()["position_gcrs_x"].tolist() == [0.0, 3.0]
    instant = part.isel(time=0)
    assert instant.to_dataframe().shape[0] == 3  # xarray's own: a row an axis


def test_borders_have_what_was_before_and_after() -> None:
    found = borders(history(), ABOUT)
    assert found["time"].values.tolist() == [2.0]
    assert found["mass"].values.tolist() == [[30.0, 20.0]]
    assert found["phase"].values.tolist() == [["up", "on"]]
    assert found["position_gcrs"].dims == ("border", "side", "axis")
    assert found.sel(side="after")["mass"].values.tolist() == [20.0]
