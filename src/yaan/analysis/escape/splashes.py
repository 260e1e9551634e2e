"""Speeds of the splash with all canopies, a drogue out and a main out, over what is not known."""

from typing import Any, Final

import equinox as eqx
import numpy as np
from numpy.typing import NDArray

from yaan.analysis.escape.crew import LEVEL, water_body
from yaan.analysis.escape.margins import Judge
from yaan.base import parse
from yaan.crew.couch import CouchFrame
from yaan.crew.splash import splash, splash_response
from yaan.description.parachutes import ParachutesSpec, StepSpec
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.escape.flying import HANGING, LANES
from yaan.flight import legs
from yaan.flight.models.craft import build_capsule, build_train
from yaan.results.escape import Groups
from yaan.spacetime.frame import Frame, components, vector

Array = NDArray[np.float64]

_SEED: Final = 1
_FALLING: Final = 100.0  # [m/s]
_MASS: Final = 0.05
"""Half width of the mass over it where its range is not told; assumed."""

_DRAG: Final = 0.05
"""Likewise of a drag coefficient; assumed."""


def splash_cases(world: World, judge: Judge, start: State) -> Groups:
    """Draws of the descent of the capsule with its own train, by what of it is lost.

    Mass and drag coefficients are even in their ranges, those of canopies of one step together.
    `start` is at the ground: the descents begin where the first canopy is due.
    """
    spec, train = judge.spec, judge.spec.capsule.parachutes
    if train is None or spec.surface != "water":
        return {}
    carrying = [k for k, step in enumerate(train.steps) if step.drags == "capsule"]
    cases: dict[str, dict[int, int]] = {"all": {}, "main-out": {carrying[-1]: 1}}
    if len(carrying) > 1:
        cases["drogue-out"] = {carrying[0]: 1}
    frame = CouchFrame("", next(iter(judge.couches.values())), np.zeros(3))
    groups: Groups = {}
    for name, lost in cases.items():
        down, across = _speeds(world, judge, train, start, lost)
        found = splash(water_body(spec.capsule), down, across)
        response = splash_response(found, frame, judge.limits.response)
        groups[f"splash/{name}"] = {
            "time": np.arange(float(len(down))),
            "speed": down,
            "beta": response.beta[LEVEL],
        }
    return groups


def _speeds(
    world: World, judge: Judge, train: ParachutesSpec, start: State, lost: dict[int, int]
) -> tuple[Array, Array]:
    """Speeds down and across of all draws [m/s]."""
    draw = np.random.default_rng(_SEED)
    capsule = judge.spec.capsule
    low, high = _range(capsule, "mass", capsule.mass, _MASS)
    forebody = legs.in_lanes(build_capsule(capsule).forebody, LANES)
    forebody = eqx.tree_at(lambda f: f.mass, forebody, draw.uniform(low, high, LANES))
    steps = [
        step.model_copy(update={"working": max(step.opened - lost.get(k, 0), 0)})
        for k, step in enumerate(train.steps)
    ]
    canopies = legs.in_lanes(build_train(train.model_copy(update={"steps": steps})), LANES)
    area = np.array(canopies.drag_area)
    for k, step in enumerate(train.steps):
        low, high = _range(step, "drag_coefficient", step.drag_coefficient, _DRAG)
        area[:, k] *= draw.uniform(low, high, LANES) / step.drag_coefficient
    canopies = eqx.tree_at(lambda t: t.drag_area, canopies, area)
    begun = _aloft(start, train.steps[0])
    # As in `Crafts.hang`, so that nothing else is compiled.
    _, became = legs.descend(world, forebody, canopies, begun, begun.t, **HANGING)
    return np.asarray(became.vertical_speed), np.asarray(became.horizontal_speed)


def _range(block: Any, key: str, value: float, share: float) -> tuple[float, float]:
    """The ends of an assumed value, or a share of it to either side."""
    told = block.assumed.get(key)
    ends = None if told is None else told.range
    if ends is None:
        return value * (1.0 - share), value * (1.0 + share)
    low, high = (
        float(end) if isinstance(end, (int, float)) else parse(end, "mass") for end in ends
    )
    return low, high


def _aloft(start: State, first: StepSpec) -> State:
    """Lanes that fall from where the first canopy is due."""
    height = first.deploy.height or 7e3
    state = start.take(np.zeros(LANES, dtype=int))
    position = components(state.position)
    up = position / np.linalg.norm(position, axis=1, keepdims=True)
    moved = (position + up * height, components(state.velocity) - up * _FALLING)
    return eqx.tree_at(
        lambda s: (s.position, s.velocity),
        state,
        (vector(moved[0], Frame.GCRS), vector(moved[1], Frame.GCRS)),
    )
