"""The navigators of a plan: on the pad, before burns in orbit, and before an entry."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import equinox as eqx
import jax
import numpy as np
from numpy.typing import NDArray

from yaan.description import Plan
from yaan.dynamics.state import State
from yaan.gnc.inertial import drawn, nominal
from yaan.gnc.inertial_errors import InertialParameters, in_orbit
from yaan.gnc.navigation import AbstractNavigator, Perfect
from yaan.gnc.sensing import PerfectSensing
from yaan.spacetime.frame import Frame, vector

_PAD, _ENTRY = 1, 2  # streams of one draw
_BURNS: Final = {"circularise": 3, "phasing": 4, "deorbit": 5}


def pad_navigator(plan: Plan) -> AbstractNavigator:
    """What navigates an ascent, aligned on the pad; one lane."""
    return _navigator(plan, InertialParameters, _PAD)


def entry_navigator(plan: Plan) -> AbstractNavigator:
    """What navigates an entry, aligned before it by stars and satellites; one lane."""
    return _navigator(plan, in_orbit, _ENTRY)


def orbit_estimates(plans: Sequence[Plan]) -> Callable[..., State]:
    """What each of the `plans` believes of its true state before a burn: a `run.Seeing`.

    In each axis of GCRS it is out by what a filter of satellite fixes is in orbit (`in_orbit`,
    assumed), drawn by the plan's draw and the burn; 0 of draw 0 and of perfect navigation.
    Ignores: that errors of position and of velocity along the path go together, and that those of
    one burn last to the next.
    """
    known = in_orbit()
    sigmas = np.repeat([float(known.position), float(known.velocity)], 3)

    def error(plan: Plan, burn: str) -> NDArray[np.float64]:
        spec = plan.navigation
        if spec is None or spec.model == "perfect" or spec.draw == 0:
            return np.zeros(6)
        seeds = np.random.SeedSequence([_BURNS[burn], spec.draw])
        return np.random.default_rng(seeds).standard_normal(6) * sigmas

    def seen(state: State, burn: str, *, lanes: NDArray[np.int64]) -> State:
        out: Any = np.stack([error(plans[lane], burn) for lane in lanes])
        place, motion = vector(out[:, :3], Frame.GCRS), vector(out[:, 3:], Frame.GCRS)
        return eqx.tree_at(
            lambda s: (s.position, s.velocity),
            state,
            (state.position + place, state.velocity + motion),
            is_leaf=lambda leaf: leaf is state.position or leaf is state.velocity,
        )

    return seen


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
