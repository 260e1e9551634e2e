"""Draws as lanes, their tables and their folder; nothing is flown here."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from markupsafe import Markup

from yaan.base.errors import InputError, YaanError
from yaan.campaign import disperse as module
from yaan.campaign import shards
from yaan.campaign.disperse import Dispersed, asked_of, disperse, prepare, resume
from yaan.campaign.folder import DRAWN, Folder
from yaan.campaign.outcomes import Columns, causes, columns_of, dataset, lanes_told, table
from yaan.campaign.summary import summarise
from yaan.campaign.sweep import REFUSED, Lane
from yaan.mission.load import load_tree
from yaan.report import page

SET = {
    "capsule.mass": {"normal": "1 %"},
    "capsule.emissivity": {"normal": 0.2},
    "environment.density_profile": {
        "profile": {
            "height": ["0 km", "100 km"],
            "sigma": ["5 %", "15 %"],
            "correlation": "10 km",
            "spacing": "20 km",
        }
    },
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


@pytest.fixture(scope="module")
def asked() -> Dispersed:
    return Dispersed(load_tree("capsule-entry", {"dispersions": SET}), 24, seed=3)


ALL = range(24)


def ended(lanes: list[Lane]) -> list[Lane]:
    first = next(lane.index for lane in lanes if not lane.word)
    for lane in lanes:
        if not lane.word:
            lost = lane.index == first
            lane.word, lane.phase = ("skipped-out" if lost else "flown"), "entry"
            lane.text = "It skipped out, and left." if lost else ""
            lane.ends = {"peak_load": 4.0 + 0.1 * lane.index, "height": 7e3}
    return lanes


def columns(asked: Dispersed, lanes: list[Lane] | None = None) -> Columns:
    lanes = ended(prepare(asked, ALL)) if lanes is None else lanes
    return columns_of(asked.drawn(ALL), lanes, 0)


def test_a_lane_has_the_values_that_were_drawn(asked: Dispersed):
    lanes, masses = prepare(asked, ALL), asked.drawn(ALL)[0].values
    for lane in lanes:
        if lane.plan is not None:
            assert lane.plan.vehicle.mass == masses[lane.index]  # pyright: ignore[reportAttributeAccessIssue]
            assert not lane.plan.dispersions
    profile = lanes[2].plan.environment.density_profile  # pyright: ignore[reportOptionalMemberAccess]
    assert profile is not None
    assert profile.scale == asked.drawn(ALL)[2].values[2, 0].tolist()


def test_a_draw_that_no_flight_can_have_is_an_outcome(asked: Dispersed):
    # An emissivity above 1 is refused, and 0.85 with a sigma of 0.2 is above it often.
    lanes, drawn = prepare(asked, ALL), asked.drawn(ALL)[1].values
    refused = [lane.index for lane in lanes if lane.word == REFUSED]
    assert refused == np.flatnonzero((drawn > 1.0) | (drawn < 0.01)).tolist()
    assert refused
    assert all("capsule.emissivity" in lanes[k].text for k in refused)


def test_the_dataset_holds_what_was_drawn(asked: Dispersed):
    found = dataset(asked, columns(asked))
    assert dict(found.sizes) == {"draw": 24, "environment.density_profile.height": 6}
    assert found["capsule.mass"].attrs["units"] == "kg"
    assert np.array_equal(found["capsule.mass"].values, asked.drawn(ALL)[0].values)
    scale = found["environment.density_profile.scale"]
    assert scale.dims == ("draw", "environment.density_profile.height")
    assert (found.attrs["seed"], found.attrs["scale"]) == (3, 1.0)
    rows = table(columns(asked)).splitlines()
    assert len(rows) == 25
    assert rows[0].startswith("draw,capsule.mass,capsule.emissivity,environment.density_profile.")
    assert sum('"It skipped out, and left."' in row for row in rows) == 1


def test_the_last_line_counts_what_failed_by_cause(asked: Dispersed):
    lanes = ended(prepare(asked, ALL))
    refused = sum(lane.word == REFUSED for lane in lanes)
    text = causes(dataset(asked, columns(asked, lanes)))
    assert text.startswith(f"{23 - refused} flown, ")
    assert "1 skipped-out in entry" in text
    assert f"{refused} refused" in text or "1 refused" in text
    assert text.endswith(f"{1 + refused} of 24 failed.")


def test_what_ran_dry_says_how_much_it_lacked(asked: Dispersed):
    lanes = ended(prepare(asked, ALL))
    flown = [lane for lane in lanes if lane.word == "flown"]
    for lane, lacked in zip(flown, (12.0, 80.0, 0.0), strict=False):
        lane.ends |= {"velocity_lacking": lacked}
    for lane in flown[:2]:
        lane.word, lane.phase, lane.text = "ran-dry", "cryogenic", "It ran dry."
    told = causes(dataset(asked, columns(asked, lanes)))
    assert "2 ran-dry in cryogenic (lacking 12 to 80 m/s)" in told


@pytest.mark.parametrize("written", ["inertial", {"model": "inertial", "draw": 7}])
def test_each_draw_has_errors_of_navigation_of_its_own(written: object):
    asked = Dispersed(
        load_tree(
            "capsule-entry",
            {
                "dispersions": SET,
                "guidance.entry": "spin",
                "navigation": written,
            },
        ),
        4,
        seed=3,
        nominal=True,
    )
    drawn = [lane.plan.navigation.draw for lane in prepare(asked, range(4)) if lane.plan]  # pyright: ignore[reportOptionalMemberAccess]
    assert drawn[0] == (7 if isinstance(written, dict) else 0)
    assert len(set(drawn)) == len(drawn) > 1
    four = range(4)
    columns = {column.drawn.key: column for column in asked.drawn(four)}
    assert columns["navigation.draw"].values.tolist()[: len(drawn)] == drawn
    # What else is drawn does not move for it.
    calm = Dispersed(load_tree("capsule-entry", {"dispersions": SET}), 4, seed=3, nominal=True)
    assert np.array_equal(columns["capsule.mass"].values, calm.drawn(four)[0].values)
    assert "navigation.draw" not in {column.drawn.key for column in calm.drawn(four)}


def folder_of(asked: Dispersed, parent: Path) -> Folder:
    told = {"mission": "paper", "draws": 24, "seed": 3, "scale": 1.0, "nominal": False}
    told["replicates"] = 0
    return Folder.begun(parent, DRAWN, asked.tree, told, None)


def test_a_folder_draws_the_same_again(asked: Dispersed, tmp_path: Path):
    again = asked_of(folder_of(asked, tmp_path))
    assert again.count == 24
    for one, other in zip(asked.drawn(ALL), again.drawn(ALL), strict=True):
        assert np.array_equal(one.values, other.values)
    assert again.values(7) == asked.values(7)
    with pytest.raises(YaanError, match="draws 0 to 23; 24 is none"):
        again.values(24)


@pytest.fixture
def flights(monkeypatch: pytest.MonkeyPatch) -> list[range]:
    """The chunks that are flown, of eight draws each, by nobody."""
    flown: list[range] = []

    def chunk(asked: Dispersed, batch: object, draws: range, *, watch: object = None) -> Columns:
        del batch, watch
        flown.append(draws)
        drawn = asked.drawn(draws)
        return columns_of(drawn, ended(prepare(asked, draws)), draws.start)

    monkeypatch.setattr(module, "CHUNK", 8)
    monkeypatch.setattr(module, "About", lambda digest: shards.About(digest, 8))
    monkeypatch.setattr(module, "fly_chunk", chunk)
    monkeypatch.setattr(module, "kept_commands", lambda tree: None)
    return flown


def test_what_has_ended_is_not_flown_again(
    asked: Dispersed, tmp_path: Path, flights: list[range]
) -> None:
    whole = disperse(asked, parent=tmp_path)
    assert flights == [range(8), range(8, 16), range(16, 24)]
    folder = Path(whole.attrs["folder"])
    before = {path: path.stat().st_mtime_ns for path in folder.glob("shards/*.parquet")}
    lost = folder / "shards" / "draws-0000008-0000015.parquet"
    lost.unlink()
    del before[lost]
    flights.clear()
    again = resume(folder)
    assert flights == [range(8, 16)]
    assert again.identical(whole)
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())
    text = (folder / "dispersions.html").read_text("utf-8")
    said = ("Requirements: 1 failed.", "Peak load below 6.3 g in 99 % of draws", "yaan query")
    drawn = ("Dispersed mission", "24 draws of 3 keys", "normal, sigma 1 %", "Seed 3")
    for words in (*drawn, *said, "Draws that failed have", "by itself"):
        assert words in text, words
    assert (folder / "dispersions.csv").is_file()
    assert (folder / "dispersions.nc").is_file()


def test_what_is_told_while_draws_fly(
    asked: Dispersed, tmp_path: Path, flights: list[range]
) -> None:
    told: list[tuple[int, int, str]] = []
    disperse(asked, parent=tmp_path, watch=lambda *one: told.append(one))
    assert [(done, of) for done, of, _ in told] == [(0, 0), (8, 24), (16, 24), (24, 24)]
    assert "draws a second" in told[2][2]
    assert told[-1][2] == "entry-load failed"  # of the 24, of which some were refused


def test_a_damaged_chunk_is_kept_said_and_flown_again(
    asked: Dispersed, tmp_path: Path, flights: list[range]
) -> None:
    whole = disperse(asked, parent=tmp_path)
    folder = Path(whole.attrs["folder"])
    spoilt = folder / "shards" / "draws-0000016-0000023.parquet"
    content = bytearray(spoilt.read_bytes())
    content[len(content) // 2] ^= 4
    spoilt.write_bytes(content)
    flights.clear()
    again = resume(folder)
    assert flights == [range(16, 24)]
    assert "draws-0000016-0000023.parquet is not used" in again.attrs["notes"]
    assert spoilt.with_name(f"{spoilt.name}.damaged").read_bytes() == content
    assert again.assign_attrs(notes="").identical(whole)


@pytest.mark.parametrize("name", ["mission.yaml", DRAWN])
def test_draws_of_another_mission_are_not_mixed_in(
    asked: Dispersed, tmp_path: Path, flights: list[range], name: str
) -> None:
    folder = Path(disperse(asked, parent=tmp_path).attrs["folder"])
    path = folder / name
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    flights.clear()
    with pytest.raises(YaanError, match="has changed since its draws were begun"):
        resume(folder)
    assert not flights


def test_draws_of_another_version_are_not_mixed_in(
    asked: Dispersed, tmp_path: Path, flights: list[range], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(disperse(asked, parent=tmp_path).attrs["folder"])
    flights.clear()
    monkeypatch.setattr(module, "version", lambda name: "9.9")
    with pytest.raises(YaanError, match=r"and this is 9\.9"):
        resume(folder)
    (folder / "draws.digest").unlink()
    with pytest.raises(YaanError, match="is missing or damaged"):
        resume(folder)
    assert not flights


def test_a_damaged_folder_says_so(asked: Dispersed, tmp_path: Path):
    folder = folder_of(asked, tmp_path)
    file = folder.path / DRAWN
    told = json.loads(file.read_text("utf-8"))
    del told["seed"]
    file.write_text(json.dumps(told), "utf-8")
    with pytest.raises(YaanError, match="is damaged: 'seed'"):
        asked_of(folder)
    with pytest.raises(YaanError, match="no folder of a dispersed mission"):
        asked_of(Folder(tmp_path))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"count": 0}, "n: 0: expected a number from 1 to 1000000"),
        ({"count": 1_000_001}, "n: 1000001"),
        ({"seed": -1}, "seed: -1: expected"),
        ({"scale": float("nan")}, "scale: nan: expected a number from 0 to 100"),
        ({"replicates": 1}, "replicates: 1: expected two or more, and as many draws in each"),
        ({"replicates": 5}, "replicates: 5: expected two or more, and as many draws in each"),
        ({"replicates": 8, "nominal": True}, "nominal: true: expected nothing with a Sobol"),
        ({"tree": load_tree("tumbling-brick")}, "dispersions: a mission with dispersions"),
    ],
)
def test_what_cannot_be_asked_for(asked: Dispersed, changes: dict[str, object], sentence: str):
    with pytest.raises(InputError, match=sentence):
        replace(asked, **changes).require()  # pyright: ignore[reportArgumentType]


def test_draws_of_a_sequence_are_judged_by_its_replicates(
    asked: Dispersed, tmp_path: Path, flights: list[range]
) -> None:
    both = [replace(asked, replicates=turns) for turns in (0, 8)]
    lone, turned = (disperse(one, parent=tmp_path) for one in both)
    assert len(flights) == 6
    assert not np.array_equal(lone["capsule.mass"].values, turned["capsule.mass"].values)
    folder = Path(turned.attrs["folder"])
    told, plain = (
        json.loads((Path(one.attrs["folder"]) / "statistics.json").read_text("utf-8"))
        for one in (turned, lone)
    )
    assert told["requirements"][0]["high"] != plain["requirements"][0]["high"]
    assert plain["spreads"][0]["percentiles"][2]["low"] is not None
    assert told["spreads"][0]["percentiles"][0]["low"] is None
    assert resume(folder).identical(turned)


def test_the_worst_draw_keeps_its_number_beside_a_nominal_one(asked: Dispersed) -> None:
    found = [summarise(replace(asked, nominal=one), columns(asked)) for one in (False, True)]
    alone, beside = (one.requirements[0].worst for one in found)
    assert alone is not None
    assert alone.draw > 0
    assert alone == beside


def test_the_page_names_what_is_furthest_out(asked: Dispersed):
    told = lanes_told(asked, columns(asked))
    assert [key.key for key in told.keys] == ["capsule.mass", "capsule.emissivity"]
    assert "emissivity" in told.told(0)


def test_the_page_has_what_the_draws_say(asked: Dispersed):
    found = columns(asked)
    summary = summarise(asked, found)
    assert lanes_told(asked, found).said is None
    said = lanes_told(asked, found, summary).said
    assert said is not None
    (one,), (judged,) = said.required, summary.requirements
    assert (one.words, one.quantity, one.verdict) == (judged.text, "peak_load", judged.verdict)
    assert (one.met, one.draws, one.low, one.high) == (judged.met, 24, judged.low, judged.high)
    assert judged.worst is not None
    assert one.worst == (judged.worst.draw, judged.worst.value)
    (load,) = (told for told in summary.spreads if told.name == "peak_load")
    shares = said.spreads["peak_load"].shares
    assert [value for _, value, *_ in shares] == [told.value for told in load.percentiles]
    assert [row.key for row in said.hanging["peak_load"]] == [
        row.key for row in summary.influences["peak_load"]
    ]
    assert [row[0] for row in said.lost] == [row.key for row in summary.lost]
    assert said.lost
