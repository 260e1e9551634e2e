"""Missions with models of the user's own, flown, kept, swept and read back."""

import json
import math
import pickle
import re
from pathlib import Path
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from tests.unit.cli.conftest import Yaan, yaan_cli
from yaan.campaign.folder import Folder
from yaan.campaign.study import resume
from yaan.models import AbstractAtmosphere, Air, Model

_ = yaan_cli  # a fixture

GAS, GAMMA, WARM = 8314.32 / 28.9644, 1.4, 250.0  # [J/(kg K)], 1, [K]
ROWS = {
    "height": ["0 km", "10 km"],
    "density": ["1.75229 kg/m3", f"{1.75229 * math.exp(-10e3 / 6705.6)!r} kg/m3"],
    "temperature": ["250 K", "250 K"],
}
STEEP = {"interface.flight_path_angle": "-3 deg"}


class Exponential(AbstractAtmosphere):
    """What a table of two rows is too."""

    sea_level: Any = 1.75229  # [kg/m^3]
    scale_height: Any = 6705.6  # [m]

    about: ClassVar[Model] = Model(name="atmosphere", text="exponential", ignores="layers")
    valid_range: ClassVar[tuple[float, float]] = (0.0, 130e3)

    def at(self, height: Any) -> Air:
        density = self.sea_level * jnp.exp(-height / self.scale_height)
        warm = jnp.full_like(density, WARM)
        return Air(density, density * GAS * warm, warm, jnp.sqrt(GAMMA * GAS * warm))


@pytest.fixture(scope="module")
def mission() -> yaan.Mission:
    return yaan.load("capsule-entry").with_model(atmosphere=Exponential())


@pytest.fixture(scope="module")
def flight(mission: yaan.Mission) -> yaan.Flight:
    return mission.fly()


@pytest.fixture(scope="module")
def folder(flight: yaan.Flight, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flight.save(tmp_path_factory.mktemp("runs"))


@pytest.mark.slow
def test_it_flies_as_the_table_of_two_rows(flight: yaan.Flight) -> None:
    table = yaan.load("capsule-entry", {"environment.atmosphere": {"table": ROWS}}).fly()
    assert flight.outcome.code == table.outcome.code == "flown"
    ours, theirs = flight.history, table.history
    np.testing.assert_allclose(ours["time"], theirs["time"], rtol=1e-12)
    for column in ("height", "speed_inertial", "load", "mach", "dynamic_pressure"):
        np.testing.assert_allclose(ours[column], theirs[column], rtol=1e-12, atol=1e-8)
    standard = yaan.load("capsule-entry").fly().history["load"]
    assert abs(max(ours["load"]) / max(standard) - 1.0) > 1e-3


def test_what_flew_is_told(flight: yaan.Flight, folder: Path) -> None:
    told = {model.name: model for model in flight.summary.models}
    own = told["atmosphere"].own
    assert own is not None
    assert own.name == f"{__name__}.Exponential"
    assert told["atmosphere"].text == "exponential"
    assert any("of the user's own" in note for note in flight.summary.notes)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    entry = {"model": "atmosphere", "class": own.name}
    entry |= {"source_sha256": own.source, "values_sha256": own.values}
    assert manifest["own_models"] == [entry]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f"exponential (the user&#39;s own: {own.name})" in page
    named = f"own: {own.name}"
    assert named in (folder / "mission.yaml").read_text(encoding="utf-8")


def test_a_flight_read_back_asks_for_its_model(flight: yaan.Flight, folder: Path) -> None:
    for read in (yaan.open(folder), pickle.loads(pickle.dumps(flight))):
        assert read.summary == flight.summary
        with pytest.raises(yaan.InputError, match="a model of that class, which no file holds"):
            read.mission.fly()
    with pytest.raises(yaan.InputError, match=r"Exponential.*with_model\(atmosphere="):
        yaan.load(folder / "mission.yaml").sweep({"capsule.mass": ["5 t"]})
    again = yaan.open(folder).mission.with_model(atmosphere=Exponential)
    assert again.tree == flight.mission.tree
    np.testing.assert_array_equal(again.fly().history["load"], flight.history["load"])
    copied = yaan.open(folder).save(folder.parent)
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["own_models"][0]["model"] == "atmosphere"


def test_a_flight_that_was_just_flown_flies_again(flight: yaan.Flight) -> None:
    assert flight.mission.plan.given == flight.flown.plan.given


def test_other_missions_made_of_it_have_it_too(mission: yaan.Mission) -> None:
    steep = mission.replace(STEEP).fly()
    swept = mission.sweep({key: [angle] for key, angle in STEEP.items()})
    peaks = swept["peak_load"].values, [max(steep.history["load"])]
    np.testing.assert_allclose(*peaks, rtol=2e-3)  # the one is dense, the other has rows
    plain = yaan.load("capsule-entry").sweep({key: [angle] for key, angle in STEEP.items()})
    assert abs(plain["peak_load"].values[0] / peaks[0][0] - 1.0) > 1e-2


def test_a_sweep_goes_on_with_its_model_alone(mission: yaan.Mission, tmp_path: Path) -> None:
    over = {"capsule.mass": ["5 t", "6 t"]}
    path = Path(mission.sweep(over, save=tmp_path).attrs["folder"])
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["own_models"][0]["class"].endswith(".Exponential")
    whole = (path / "lanes.jsonl").read_text(encoding="utf-8").splitlines()
    (path / "lanes.jsonl").write_text(whole[0] + "\n", encoding="utf-8")
    with pytest.raises(yaan.InputError, match="which no file holds"):
        resume(path)
    other = mission.with_model(atmosphere=Exponential(1.3)).source.given
    with pytest.raises(yaan.InputError, match="the models that the sweep was begun with"):
        resume(path, other)
    resume(path, mission.source.given)
    assert (path / "lanes.jsonl").read_text(encoding="utf-8").splitlines() == whole
    assert Folder(path).asked()[0].given == {}


MODELS = """
from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp

from yaan.models import AbstractWind, Model

SPEED = 3.0


class Steady(AbstractWind):
    east: object = eqx.field(converter=jnp.asarray, default=SPEED)
    about: ClassVar[Model] = Model(name="wind", text="steady", ignores="all else")

    def at(self, height):
        return self.east + jnp.zeros_like(height), jnp.zeros_like(height)


made = Steady(0.1)


def broken():
    raise OSError("no rows")
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "my-winds.py"
    path.write_text(MODELS, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("name", "east"), [("Steady", 3.0), ("made", 0.1)])
def test_the_command_line_takes_a_model_from_a_file(file: str, name: str, east: float) -> None:
    from yaan.cli.own import with_models

    taken = with_models(yaan.load("capsule-entry"), [f"{file}:{name}"]).plan
    assert taken.environment.wind.own == "own_my-winds.Steady"
    assert taken.given["wind"].model.east == east  # all its digits
    assert taken.given["wind"].own.source is not None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mad", "a name in .*did you mean made"),
        ("broken", "a model, not OSError: no rows"),
        ("SPEED", "below a class of yaan.models, not float"),
        ("made --model {}:Steady", "one wind, not two"),
    ],
)
def test_what_is_no_model_is_bad_input(file: str, name: str, told: str, yaan_cli: Yaan) -> None:
    arguments = f"--model {file}:{name.format(file)}".split()
    ended = yaan_cli("fly", "capsule-entry", "--quiet", *arguments)
    assert ended.code == 2
    assert re.search(told, ended.err), ended.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("air.yaml:Air", "expected FILE.py:NAME"),
        ("nowhere.py:Air", "a file; nowhere.py is none"),
        ("Air", "expected FILE.py:NAME"),
    ],
)
def test_what_is_no_file_of_python_is_bad_input(text: str, told: str, yaan_cli: Yaan) -> None:
    ended = yaan_cli("fly", "capsule-entry", "--model", text)
    assert ended.code == 2
    assert told in ended.err


def test_a_file_that_names_a_model_runs_nothing(tmp_path: Path, yaan_cli: Yaan) -> None:
    (tmp_path / "trap.py").write_text("raise SystemExit(99)", encoding="utf-8")
    own = f"{{own: {tmp_path / 'trap'}.Air}}"
    for name in (own, "{own: trap.Air}"):
        ended = yaan_cli("fly", "capsule-entry", "--set", f"environment.atmosphere={name}")
        assert ended.code == 2
        assert "--model FILE.py:NAME" in ended.err


def test_a_file_that_fails_is_told(tmp_path: Path, yaan_cli: Yaan) -> None:
    (tmp_path / "air.py").write_text("import nothing_of_that_name", encoding="utf-8")
    ended = yaan_cli("fly", "capsule-entry", "--model", f"{tmp_path / 'air.py'}:Air")
    assert ended.code == 2
    assert "a file that runs, not ModuleNotFoundError" in ended.err
