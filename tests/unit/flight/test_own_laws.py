"""Guidance laws of the user's own: taken as they are given, or refused in one clear error."""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.base.errors import InputError
from yaan.flight.models.own_law import checked_law
from yaan.models import AbstractEntryGuidance, Estimate, Model


class Half(AbstractEntryGuidance):
    """Lift to the side, ever."""

    about: ClassVar[Model] = Model(name="entry guidance", text="to the side", ignores="all else")
    period: Any = 2.0

    def start(self, estimate: Estimate) -> Any:
        return jnp.zeros_like(estimate.t)

    def update(self, estimate: Estimate, bank: Any, memory: Any) -> Any:
        return memory

    def command(self, estimate: Estimate, memory: Any) -> Any:
        return memory + 0.5 * jnp.pi


class Nameless(Half):
    about = None  # pyright: ignore[reportAssignmentType]


class Growing(Half):
    def update(self, estimate: Estimate, bank: Any, memory: Any) -> Any:
        return jnp.stack([bank, bank])


class Hasty(Half):
    period: Any = 0.0


class Short(Half):
    gain: Any = eqx.field(default_factory=lambda: np.float32(0.1))


def made_half() -> Half:
    return Half()


def by_speed(estimate: Estimate) -> Any:
    """Bank by speed alone."""
    return jnp.where(estimate.velocity.norm() > 5e3, 1.0, 0.5)


def root(estimate: Estimate) -> Any:
    return jnp.sqrt(-estimate.velocity.norm())


def three(estimate: Estimate) -> Any:
    return jnp.zeros(3)


def looking(estimate: Estimate) -> Any:
    return 1.0 if estimate.t > 3.0 else 0.5


def two(estimate: Estimate, other: Any) -> Any:
    return other


def up(estimate: Estimate) -> Any:
    return estimate.up.x * 3.0, estimate.up.y * 3.0, estimate.up.z * 3.0


def no_way(estimate: Estimate) -> Any:
    return 0.0 * estimate.t, 0.0 * estimate.t, 0.0 * estimate.t


@pytest.mark.parametrize("law", [Half, Half(), made_half, by_speed])
def test_a_law_is_a_class_an_instance_or_a_function(law: Any) -> None:
    given = checked_law("guidance.entry", law)
    assert isinstance(given.model, AbstractEntryGuidance)
    assert given.own.source is not None


def test_the_mission_names_the_law_and_does_not_hold_it() -> None:
    mission = yaan.load("capsule-entry").with_model(guidance={"entry": by_speed})
    assert mission.plan.own_models["guidance.entry"].endswith(".by_speed")
    assert mission.replace("entry.step", "0.4 s").plan.given["guidance.entry"] is not None


@pytest.mark.parametrize(
    ("law", "told"),
    [
        (root, "finite numbers"),
        (three, "one number in float64"),
        (looking, "traced"),
        (two, "missing 2 required positional arguments"),
        (3, "a function of an estimate that answers the bank"),
        (Nameless, "a class with `about`"),
        (Growing, "a memory of the same shapes"),
        (Hasty, "`period` above 0 s"),
        (Short, "`gain` in 64 bits"),
    ],
)
def test_a_wrong_law_is_one_error(law: Any, told: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_law("guidance.entry", law)
    assert len(caught.value.problems) == 1
    assert told in str(caught.value)


def test_an_axis_of_any_length_points() -> None:
    given = checked_law("guidance.ascent", up)
    assert given.own.name.endswith(".up")


def test_an_axis_of_no_length_is_refused() -> None:
    with pytest.raises(InputError, match="finite numbers"):
        checked_law("guidance.ascent", no_way)


def test_an_unknown_part_is_refused_with_what_is_meant() -> None:
    with pytest.raises(InputError, match=r"did you mean guidance\.entry"):
        yaan.load("capsule-entry").with_model(guidance={"entri": by_speed})
