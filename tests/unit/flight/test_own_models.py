"""A model of the user's own is checked as it is given, and told by what it is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

import yaan
from yaan.base.kept import Kept
from yaan.base.session import computing
from yaan.base.structure import UnwritableError, write
from yaan.description import Plan
from yaan.description.notes import notes_of
from yaan.dynamics.forces import together
from yaan.environment import ConstantWind, ScaledAtmosphere, TableAtmosphere
from yaan.flight.correcting import placed
from yaan.flight.models.own import checked
from yaan.flight.models.world import about_world, build_world, build_worlds, left_table
from yaan.models import AbstractAtmosphere, AbstractGravity, AbstractWind, Air, Model
from yaan.spacetime.frame import Frame, Vector


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    with computing():
        yield


class Exponential(AbstractAtmosphere):
    """Air of one temperature."""

    sea_level: Any = 1.225  # [kg/m^3]
    scale_height: Any = 7200.0  # [m]

    about: ClassVar[Model] = Model(name="atmosphere", text="exponential", ignores="layers")
    valid_range: ClassVar[tuple[float, float]] = (0.0, 100e3)

    def at(self, height: Any) -> Air:
        density = self.sea_level * jnp.exp(-height / self.scale_height)
        warm = jnp.full_like(density, 250.0)
        return Air(density, density * 287.05 * warm, warm, jnp.sqrt(1.4 * 287.05 * warm))


class Waves(AbstractWind):
    """A wind that changes its side with height."""

    about: ClassVar[Model] = Model(name="wind", text="waves", ignores="time")

    def at(self, height: Any) -> tuple[Array, Array]:
        return 20.0 * jnp.sin(height / 500.0), jnp.zeros_like(height)


class Point(AbstractGravity):
    """All mass at the centre."""

    mu: Any = 3.986e14
    about: ClassVar[Model] = Model(name="gravity", text="a point", ignores="the Earth's shape")

    def acceleration(self, x: Any, y: Any, z: Any) -> tuple[Array, Array, Array]:
        k = -self.mu / (x * x + y * y + z * z) ** 1.5
        return k * x, k * y, k * z


OWN = {"atmosphere": Exponential, "wind": Waves, "gravity": Point}


def plan(**models: Any) -> Plan:
    return yaan.load("capsule-entry").with_model(**models).plan


def test_the_world_is_that_of_the_models() -> None:
    world = build_world(plan(**OWN))
    at = jnp.asarray(3e3)
    assert isinstance(world.atmosphere, AbstractAtmosphere)
    assert isinstance(world.wind, AbstractWind)
    density = float(world.atmosphere.at(at).density)
    assert density == pytest.approx(1.225 * np.exp(-3e3 / 7200.0), rel=1e-15)
    assert float(world.wind.at(at)[0]) == pytest.approx(20.0 * np.sin(6.0), rel=1e-15)
    assert float(world.mu) == 3.986e14
    assert all(leaf.dtype == jnp.float64 for leaf in jax.tree.leaves(world.atmosphere))
    pull = world.gravity.acceleration(*(jnp.asarray(x) for x in (7e6, 0.0, 0.0)))
    assert float(pull[0]) == pytest.approx(-3.986e14 / 49e12, rel=1e-14)


@pytest.mark.parametrize("name", ["gaganyaan", "lvm3-leo", "tumbling-brick", "upper-stage-relight"])
def test_every_kind_of_file_takes_them(name: str) -> None:
    mission = yaan.load(name).with_model(**OWN)
    assert set(mission.plan.environment.own_models) == set(OWN)
    assert isinstance(build_world(mission.plan).gravity, Point)


def test_the_models_are_told_with_their_class() -> None:
    flown = plan(**OWN)
    told = {model.name: model for model in about_world(flown, build_world(flown))}
    own = told["atmosphere"].own
    assert told["atmosphere"].text == "exponential"
    assert own is not None
    assert own.name == f"{__name__}.Exponential"
    assert own.source is not None
    assert told["gravity"].ignores == "Sun, Moon, the Earth's shape"
    assert told["Earth"].own is None
    other = checked("atmosphere", Exponential(1.3)).own
    assert (other.source == own.source, other.values == own.values) == (True, False)


def test_air_of_ones_own_is_scaled_as_any() -> None:
    scaled = yaan.load("capsule-entry").with_model(atmosphere=Exponential)
    world = build_world(scaled.replace("environment.density_scale", 2.0).plan)
    assert isinstance(world.atmosphere, ScaledAtmosphere)
    assert float(world.atmosphere.at(jnp.asarray(0.0)).density) == 2.0 * 1.225
    told = {model.name: model for model in about_world(scaled.plan, world)}["atmosphere"]
    assert told.own is not None
    assert told.text == "exponential, its density times 2"


def test_a_wind_of_ones_own_blows_on_the_way_home_too() -> None:
    windy = yaan.load("gaganyaan").replace("landing.wind", {"east": "9 m/s"})
    assert windy.plan.landing is not None
    assert windy.plan.landing.wind is not None
    blown = windy.with_model(wind=Waves).plan
    assert blown.landing is not None
    assert blown.landing.wind is None
    home = windy.replace("landing.wind", {"own": f"{__name__}.Waves"}).with_model(wind=Waves)
    again = home.replace("landing.wind", {"east": "9 m/s"}).plan
    told = {model.name: model for model in about_world(again, build_world(again))}["wind"]
    assert told.text == "waves in the ascent, from the file on the way home"


def test_replacing_the_key_puts_a_model_away() -> None:
    mission = yaan.load("capsule-entry").with_model(**OWN)
    back = mission.replace({"environment.wind": "none", "environment.gravity": {"field": "j2"}})
    assert set(back.plan.environment.own_models) == {"atmosphere"}
    assert isinstance(build_world(back.plan).atmosphere, Exponential)
    with pytest.raises(yaan.InputError, match="without other keys"):
        mission.replace("environment.wind.east", "3 m/s")


def test_what_is_named_and_not_given_is_not_flown() -> None:
    named = yaan.load("capsule-entry", {"environment.atmosphere": {"own": "air.Mine"}})
    with pytest.raises(yaan.InputError, match=r"air\.Mine.*Mission\.with_model\(atmosphere=") as e:
        named.fly()
    assert "--model FILE.py:NAME" in str(e.value)
    assert any("air.Mine" in note for note in notes_of(named.plan))
    other = named.with_model(atmosphere=Exponential)
    with pytest.raises(yaan.InputError, match=r"air\.Mine"):
        build_world(other.replace("environment.atmosphere.own", "air.Mine").plan)


def test_a_plan_in_python_keeps_them() -> None:
    flown = yaan.load("capsule-entry").with_model(atmosphere=Exponential).plan
    assert yaan.Mission.of(flown).plan.given is not flown.given
    assert isinstance(build_world(yaan.Mission.of(flown).plan).atmosphere, Exponential)


def test_lanes_of_one_class_are_one_batch_and_keep_their_numbers() -> None:
    plans = [plan(atmosphere=Exponential(1.2)), plan(atmosphere=Exponential(1.3))]
    worlds = build_worlds([plans[0], plans[1], plans[0]])
    assert worlds[0].atmosphere is worlds[2].atmosphere
    lanes = together(worlds)
    assert isinstance(lanes.atmosphere, Exponential)
    np.testing.assert_array_equal(lanes.atmosphere.sea_level, [1.2, 1.3, 1.2])
    assert sum(lanes.laned) == 1


def test_no_trace_of_a_model_of_ones_own_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, plain = build_world(plan(wind=Waves)), build_world(plan())
    with pytest.raises(UnwritableError):
        write(jax.tree.structure(own))
    write(jax.tree.structure(plain))
    (tmp_path / "cache").mkdir(mode=0o700)
    monkeypatch.setattr("yaan.base.programme.kept_in", lambda: Kept(tmp_path / "cache"))
    for world, kept in ((own, 0), (plain, 1)):
        x, y, z = (jnp.full(1, x) for x in (7e6, 1e5, 2e5))
        place = Vector(x, y, z, Frame.GCRS)
        placed(world, np.zeros(1), place)
        assert len(list((tmp_path / "cache").glob("*-trace"))) == kept


def test_air_left_behind_is_told() -> None:
    world = build_world(plan(atmosphere=Exponential))
    assert left_table(world, [5e3, 90e3]) is None
    told = left_table(world, [5e3, 120e3])
    assert told == "The user's own air is made for 0 km to 100 km; flown is 5.0 km to 120.0 km."


class Nameless(AbstractWind):
    def at(self, height: Any) -> Any:
        return height, height


class Endless(Exponential):
    valid_range: ClassVar[Any] = (100e3, 0.0)


class Constant(Exponential):
    def at(self, height: Any) -> Air:
        return super().at(height)._replace(temperature=jnp.asarray(250.0))


class Plain(Exponential):
    def at(self, height: Any) -> Any:
        return tuple(super().at(height))


class Branching(Exponential):
    def at(self, height: Any) -> Air:
        return super().at(height if height > 0.0 else -height)


class Short(Exponential):
    def at(self, height: Any) -> Air:
        air = super().at(height)
        return air._replace(density=air.density.astype(jnp.float32))


class Negative(Exponential):
    def at(self, height: Any) -> Air:
        return super().at(height)._replace(density=1.0 - height / 60e3)


class Lost(Exponential):
    def at(self, height: Any) -> Air:
        return super().at(height)._replace(sound_speed=jnp.sqrt(80e3 - height))


class Edged(Exponential):
    def at(self, height: Any) -> Air:
        above = jnp.sqrt(jnp.maximum(86e3 - height, 0.0))  # its slope at the edge has no end
        return super().at(height)._replace(pressure=above)


class Three(Waves):
    def at(self, height: Any) -> Any:
        return height, height, height


class Outward(Point):
    def acceleration(self, x: Any, y: Any, z: Any) -> Any:
        return tuple(-part for part in super().acceleration(x, y, z))


class Massless(Point):
    mu: Any = 0.0


class Labelled(Exponential):
    label: str = "a"


class Rows:
    """Compared as arrays are: row by row."""

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __eq__(self, other: object) -> Any:
        return np.zeros(2) == np.zeros(2)


class Unequal(Exponential):
    rows: Any = eqx.field(static=True, default_factory=Rows)


def fails() -> Any:
    raise OSError("no table there")


@pytest.mark.parametrize(
    ("word", "model", "told"),
    [
        ("atmosphere", Waves(), "an instance of a class below yaan.models.AbstractAtmosphere"),
        ("atmosphere", 3, "an instance of a class below"),
        ("atmosphere", fails, "not OSError: no table there"),
        ("wind", Nameless(), "a class with `about`"),
        ("atmosphere", Endless(), "a class with `valid_range`"),
        ("atmosphere", Exponential(np.float32(1.2)), "`sea_level` in 64 bits, not float32"),
        ("atmosphere", Labelled(), "a number or an array in `label`, not str"),
        ("atmosphere", Unequal(), "static fields that are equal or not"),
        ("atmosphere", Constant(), r"`temperature` of shape \(3,\) from at\(..\)"),
        ("atmosphere", Plain(), "Air.density, pressure, temperature, sound_speed. from .*tuple"),
        ("atmosphere", Branching(), "an answer of at.*not TracerBoolConversionError"),
        ("atmosphere", Short(), "`density` in float64 from at.*not float32"),
        ("atmosphere", Negative(), "`density` of 0 or more, which it is not at 86 km"),
        ("atmosphere", Lost(), "`sound_speed` to be finite, which it is not at 86 km"),
        ("atmosphere", Edged(), "the slope of `pressure` to be finite, .* at 86 km"),
        ("wind", Three(), r"a tuple \(east, north\) from at.*not a tuple of 3"),
        ("gravity", Outward(), "a pull towards the Earth"),
        ("gravity", Massless(), "`mu`, one number above 0"),
        ("winds", Waves(), "did you mean wind"),
    ],
)
def test_what_is_wrong_is_told_at_once(word: str, model: Any, told: str) -> None:
    with pytest.raises(yaan.InputError, match=told) as error:
        yaan.load("capsule-entry").with_model(**{word: model})
    assert all(problem.key == word for problem in error.value.problems)


def test_a_model_of_yaan_serves_too_and_is_told_as_given() -> None:
    def made() -> TableAtmosphere:
        return TableAtmosphere([0.0, 1e5], [1.2, 1e-6])

    flown = plan(atmosphere=made, wind=lambda: ConstantWind(3.0, 4.0))
    world = build_world(flown)
    assert isinstance(world.atmosphere, TableAtmosphere)
    told = {model.name: model for model in about_world(flown, world)}["atmosphere"]
    assert told.own is not None
    assert told.own.name == "yaan.environment.atmosphere.TableAtmosphere"
    assert replace(told, own=None) == TableAtmosphere.about
