"""What lifts off by the names of its tanks and parts, and how it stands on its pad."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import pad, world
from yaan.base.constants import EARTH_SPIN
from yaan.flight.models.launcher import MODULE, Stack, stack_of
from yaan.flight.start import OnPad
from yaan.mission import check_ascent, load_tree


def stack(name: str, changes: dict[str, Any] | None = None) -> Stack:
    return stack_of(check_ascent(load_tree(name, changes)))


@pytest.fixture(scope="module")
def crewed() -> Stack:
    return stack("gaganyaan")


def test_a_spacecraft_is_the_last_tank_and_two_parts(crewed: Stack):
    assert crewed.tanks == ("s200", "l110", "c25", MODULE)
    assert crewed.parts[:3] == ("s200", "l110", "c25")
    assert crewed.parts[-2:] == crewed.payload == (MODULE, "capsule")
    assert "escape_system" in crewed.parts
    # Two boosters of 205 t each; a tonne in the service module.
    assert crewed.loads[crewed.tank("s200")] == pytest.approx(410e3)
    assert crewed.loads[crewed.tank(MODULE)] == pytest.approx(1e3)


def test_parts_are_found_by_name_and_their_tanks_with_them(crewed: Stack):
    parts, tanks = crewed.of(["capsule", "c25"])
    assert [crewed.parts[i] for i in parts] == ["c25", "capsule"]
    assert [crewed.tanks[i] for i in tanks] == ["c25"]
    parts, tanks = crewed.launcher
    assert [crewed.parts[i] for i in parts] == list(crewed.parts[:-2])
    assert [crewed.tanks[i] for i in tanks] == ["s200", "l110", "c25"]


def test_an_empty_stack_is_whole_without_propellant(crewed: Stack):
    tanks, aboard = crewed.empty
    assert tanks.tolist() == [0.0] * 4
    assert aboard.tolist() == [True] * len(crewed.parts)


def test_without_a_spacecraft_the_payload_is_one_part():
    made = stack("soyuz-fg-leo")
    assert made.payload == ("payload",)
    assert made.parts[-1] == "payload"
    assert len(made.tanks) == len(made.loads)
    assert set(made.tanks) <= set(made.parts)


def test_on_its_pad_a_vehicle_turns_with_the_earth():
    place, site = world(), pad(0.2, 0.3, 50.0)
    state = jax.jit(lambda loads: OnPad(site).state(place, loads))(jnp.asarray([5.0, 6.0]))
    assert float(state.t) == 0.0
    assert state.tanks.tolist() == [5.0, 6.0]
    here = place.earth.rotation(state.t).apply(state.position)
    assert float((here - site.position(place.shape)).norm()) < 1e-8
    level = float(jnp.hypot(here.x, here.y))
    assert float(state.velocity.norm()) == pytest.approx(EARTH_SPIN * level, rel=1e-12)
    assert abs(float(state.velocity.dot(state.position))) < 1e-3
    assert np.isnan(float(state.attitude.w))
