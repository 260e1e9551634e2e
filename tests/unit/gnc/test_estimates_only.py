"""Laws receive estimates and return commands; the truth does not reach them."""

import ast
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import PyTree
from typing_extensions import override

from tests.physics.rockets import array, launcher, pad, phases, steering, world
from yaan.dynamics.forces import Surroundings
from yaan.flight.start import OnPad
from yaan.gnc import AbstractNavigator, Estimate, Law, Truth
from yaan.gnc.powered import Memory, OpenLoop
from yaan.motion.powered import Climbing, climbing, phase_of
from yaan.motion.powered_phases import End
from yaan.spacetime.frame import Frame, Vector, vector

ROOT = Path(__file__).parents[3]
GNC = ROOT / "src" / "yaan" / "gnc"
MEETS_THE_TRUTH = {"attitude", "inertial", "navigation", "pointing", "sensing"}
"""Modules that may: what makes estimates, and attitudes that are prescribed to points."""

LAWS = [law for law in Law if law <= Law.LINEAR_TANGENT]


def gcrs(*x: float) -> Vector:
    return vector(jnp.asarray(x), Frame.GCRS)


BELIEVED = Estimate(
    t=jnp.asarray(50.0),
    position=gcrs(4.1e6, 4.2e6, 3.0e6),
    velocity=gcrs(-3e3, 4e3, 1.5e3),
    relative=gcrs(-2.7e3, 3.7e3, 1.5e3),
    stream=gcrs(-2.7e3, 3.6e3, 1.5e3),
    up=gcrs(0.64, 0.48, 0.6),
    east=gcrs(-0.6, 0.8, 0.0),
    north=gcrs(-0.48, -0.36, 0.8),
    sensed=gcrs(10.0, 20.0, 5.0),
)


def _imports(path: Path) -> set[str]:
    """Modules that are imported, and names that come from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found


def _modules() -> list[Path]:
    return sorted(p for p in GNC.glob("*.py") if p.stem not in {*MEETS_THE_TRUTH, "__init__"})


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.stem)
def test_a_law_imports_nothing_that_is_true(path: Path):
    seen = _imports(path)
    assert not [name for name in seen if name.startswith("yaan.dynamics")]
    assert not seen & {"yaan.gnc.navigation.Truth", "yaan.gnc.Truth", "yaan.gnc.inertial"}


def test_the_import_contract_says_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [
        one
        for one in project["tool"]["importlinter"]["contracts"]
        if one.get("source_modules") == ["yaan.gnc.*"]
    ]
    assert contract["forbidden_modules"] == ["yaan.dynamics"]
    excepted = {line.split(" -> ")[0].split(".")[-1] for line in contract["ignore_imports"]}
    assert excepted == MEETS_THE_TRUTH


@eqx.filter_jit
def _axes(laws: Any, estimate: Any) -> Any:
    """What each law asks for of whatever has the fields of an estimate."""
    seen = SimpleNamespace(**{name: value for name, value in estimate.items()})
    memory = Memory(jnp.asarray([0.4, -0.2, 0.05]), jnp.asarray(30.0), jnp.asarray(0.0))

    def one(law: Any) -> Any:
        number, flag, began, stop = (jnp.asarray(x) for x in (0, False, 40.0, 80.0))
        guidance = OpenLoop(steering(0.1, 2.4, 0.2), law, number, flag, flag, began, stop)
        return array(guidance.command(seen, memory).axis)  # type: ignore[arg-type]

    return jax.vmap(one)(laws)


def test_a_law_needs_no_more_than_the_fields_of_an_estimate():
    laws = jnp.asarray([int(law) for law in LAWS])
    axes = _axes(laws, {one.name: getattr(BELIEVED, one.name) for one in fields(BELIEVED)})
    np.testing.assert_allclose(np.linalg.norm(axes, axis=1), 1.0, atol=1e-9)


class Dreaming(AbstractNavigator):
    """Believes the same whatever is true."""

    dream: Estimate

    @override
    def start(self, truth: Truth, memory: PyTree) -> PyTree:
        return memory

    @override
    def update(self, truth: Truth, memory: PyTree) -> PyTree:
        return memory

    @override
    def estimate(
        self,
        t: jax.Array,
        position: Vector,
        velocity: Vector,
        around: Surroundings,
        memory: PyTree = None,
    ) -> Estimate:
        return self.dream

    @override
    def realised(self, axis: Vector, memory: PyTree) -> Vector:
        return axis


def test_a_command_does_not_follow_the_truth():
    vehicle = launcher({"propellant": 5e4, "dry": 5e3, "thrust": 1e6})
    plan = phases({"law": Law.GRAVITY_TURN, "ends": {End.STRUCK: 1.0}})
    sky, phase = world(), jax.tree.map(lambda x: x[0], plan)
    begun = OnPad(pad()).state(sky, vehicle.propellant)

    @jax.jit
    def axis(shift: jax.Array, dream: Estimate) -> tuple[jax.Array, jax.Array]:
        inner: Climbing = climbing(vehicle, begun)
        moved = (inner.position + gcrs(1e5, 2e5, 3e5) * shift, gcrs(1e3, 4e3, 2e3) * shift)
        inner = eqx.tree_at(lambda s: (s.position, s.velocity), inner, moved)
        t = jnp.asarray(1.0)
        motion = phase_of(sky, vehicle, steering(), phase, t)
        now = replace(motion, navigator=Dreaming(dream)).instant(t, inner)
        return array(now.axis), array(now.around.relative)

    here, slow = axis(jnp.asarray(0.0), BELIEVED)
    there, fast = axis(jnp.asarray(1.0), BELIEVED)
    other, _ = axis(jnp.asarray(0.0), replace(BELIEVED, relative=gcrs(1.0, 2.0, 3.0)))
    assert np.linalg.norm(fast - slow) > 1e3
    np.testing.assert_array_equal(here, there)
    assert np.linalg.norm(other - here) > 0.1
