"""Draws from the front door: the same in any batch, alone, and after they were stopped."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray

import yaan
from yaan.campaign.disperse import Dispersed, disperse, prepare, resume
from yaan.campaign.outcomes import causes
from yaan.campaign.shards import shards_of
from yaan.flight.run import run
from yaan.results.ends import ENDS

pytestmark = pytest.mark.slow

COUNT = 16


@pytest.fixture(scope="module")
def mission() -> yaan.Mission:
    return yaan.load("capsule-entry")


@pytest.fixture(scope="module")
def kept(mission: yaan.Mission, tmp_path_factory: pytest.TempPathFactory) -> xarray.Dataset:
    parent = tmp_path_factory.mktemp("draws")
    return mission.disperse(COUNT, seed=5, nominal=True, save=parent)


def apart(one: xarray.Dataset, other: xarray.Dataset) -> float:
    """The largest difference of ends, of their size."""
    names = [name for name in ENDS if name in one and name != "outcome"]
    pairs = [(one[name].values, other[name].values) for name in names]
    return max(float(np.nanmax(np.abs(a - b) / np.maximum(np.abs(a), 1e-3))) for a, b in pairs)


def test_sixteen_draws_end_and_are_kept(kept: xarray.Dataset):
    assert dict(kept.sizes)["draw"] == COUNT
    assert set(kept["outcome"].values) == {"flown"}
    assert causes(kept) == f"{COUNT} flown: 0 of {COUNT} failed."
    assert float(kept["peak_load"].std()) > 0.02
    folder = Path(kept.attrs["folder"])
    for name in ("csv", "nc", "html", "json"):
        assert (folder / f"dispersions.{name}").stat().st_size > 100
    assert [shard.draws for shard in shards_of(folder)] == [range(COUNT)]


def test_the_first_draw_is_the_mission_as_it_is(mission: yaan.Mission, kept: xarray.Dataset):
    plan = mission.replace("dispersions", None).plan
    alone = run([plan], None)
    for name in ("height", "latitude", "longitude", "peak_load", "heat_load"):
        # Compiled for another number of lanes and with profiles of 1 it is rounded otherwise.
        assert kept[name].values[0] == pytest.approx(alone[name][0], rel=1e-9, abs=1e-9)


def test_a_draw_is_the_same_in_any_batch_and_of_any_number(
    mission: yaan.Mission, kept: xarray.Dataset
):
    fewer = mission.disperse(5, seed=5, nominal=True)
    some = kept.isel(draw=slice(0, 5))
    assert np.array_equal(fewer["capsule.mass"].values, some["capsule.mass"].values)
    # On one processor a lane has the same digits in whatever company.
    assert apart(fewer, some) == 0.0
    asked = Dispersed(mission.source, COUNT, 5, 1.0, True)
    plans = [lane.plan for lane in prepare(asked, range(COUNT))]
    shuffled = [11, 3, 8, 15]
    ends = run([plan for k in shuffled if (plan := plans[k]) is not None], None, batch=2)
    assert ends["peak_load"] == pytest.approx(kept["peak_load"].values[shuffled], rel=1e-9)


def test_draws_that_were_stopped_go_on(kept: xarray.Dataset, tmp_path: Path):
    folder = tmp_path / "again"
    shutil.copytree(kept.attrs["folder"], folder)
    for shard in shards_of(folder):
        shard.path.unlink()
    again = resume(folder)
    assert again.assign_attrs(folder="").identical(kept.assign_attrs(folder=""))


def test_twice_the_sigma_spreads_twice_as_far(mission: yaan.Mission, kept: xarray.Dataset):
    wide = disperse(Dispersed(mission.source, COUNT, 5, 2.0, True))
    once, twice = (
        x["interface_angle"].values - kept["interface_angle"].values[0] for x in (kept, wide)
    )
    assert twice == pytest.approx(2.0 * once, rel=1e-6, abs=1e-12)
    assert float(wide["longitude"].std()) > 1.3 * float(kept["longitude"].std())
