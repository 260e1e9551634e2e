"""The navigators of a plan: on the pad, and before an entry."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from yaan.description import Plan
from yaan.gnc.inertial import drawn, nominal
from yaan.gnc.inertial_errors import InertialParameters, in_orbit
from yaan.gnc.navigation import AbstractNavigator, Perfect
from yaan.gnc.sensing import PerfectSensing

_PAD, _ENTRY = 1, 2  # streams of one draw


def pad_navigator(plan: Plan) -> AbstractNavigator:
    """What navigates an ascent, aligned on the pad; one lane."""
    return _navigator(plan, InertialParameters, _PAD)


def entry_navigator(plan: Plan) -> AbstractNavigator:
    """What navigates an entry, aligned before it by stars and satellites; one lane."""
    return _navigator(plan, in_orbit, _ENTRY)


def _navigator(
    plan: Plan, made: Callable[..., InertialParameters], stream: int
) -> AbstractNavigator:
    spec = plan.navigation
    if spec is None or spec.model == "perfect":
        return PerfectSensing() if stream == _ENTRY else Perfect()
    known: dict[str, Any] = dict(spec.errors)
    if stream == _ENTRY:
        # Stars have no azimuth of their own: all axes are aligned alike.
        level = known.get("alignment_level")
        known |= {} if level is None else {"alignment_azimuth": level}
    parameters = made(satellites=spec.satellites, **known)
    if spec.draw == 0:
        return nominal(parameters)
    lanes = drawn(parameters, stream, [spec.draw])
    return jax.tree.map(lambda leaf: np.asarray(leaf)[0], lanes)
