"""The touchdown: how fast it came down, on what, and whether a crew could bear it."""

from typing import Any

import numpy as np

from yaan.crew import water_limit
from yaan.mission.home.landing import Landed, Lander
from yaan.mission.spec import CapsuleSpec, GroundSpec, ParachutesSpec, TouchdownLimitSpec
from yaan.mission.telling.verdict import verdict
from yaan.phases.descent import Descent
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History

DOWN, ACROSS = "touchdown speed", "touchdown speed across"
_NEAR = 0.5  # [m] above the ground: it has come down to it
_STILL = 0.05  # [m/s] across: with less there is nothing to judge


def tell_touchdown(
    history: History, lander: Lander, landed: Landed, capsule: CapsuleSpec, ground: GroundSpec
) -> dict[str, Any] | None:
    """The touchdown and its limits [s, m/s, kg, m]; None of what never came to the ground."""
    end = landed.descent if landed.descent is not None else landed.fall
    if np.ravel(end.outcome)[0] != OutcomeCode.REACHED:
        return None
    if history["height"][-1] > float(lander.world.ground) + _NEAR:
        return None
    vertical, horizontal = _speeds(history, landed.descent)
    lost = capsule.parachutes is not None and _lost(capsule.parachutes, landed.descent)
    return {
        "time": landed.end[0],
        "vertical": vertical,
        "horizontal": horizontal,
        "speed": float(np.hypot(vertical, horizontal)),
        "mass": float(np.asarray(lander.capsule.mass)),
        "height": float(history["height"][-1]),
        "surface": ground.kind,
        "canopy_lost": lost,
        "limits": _limits(capsule, ground, lost=lost),
    }


def _speeds(history: History, descent: Descent | None) -> tuple[float, float]:
    """Speed down and across against the ground [m/s]."""
    if descent is not None:
        return float(descent.vertical_speed), float(descent.horizontal_speed)
    speed = float(history["speed_relative"][-1])
    angle = float(history["flight_path_angle_relative"][-1])
    return -speed * np.sin(angle), speed * np.cos(angle)


def _lost(spec: ParachutesSpec, descent: Descent | None) -> bool:
    """Whether a canopy that should carry the capsule to the ground is not open in full."""
    return any(
        descent is None or step.opened < step.count or not np.isfinite(descent.full_open[i])
        for i, step in enumerate(spec.steps)
        if step.drags == "capsule" and not (descent and np.isfinite(descent.released[i]))
    )


def _limits(capsule: CapsuleSpec, ground: GroundSpec, *, lost: bool) -> dict[str, Any]:
    """The limit of each speed [m/s], None where nobody knows one, and whose it is."""
    own = getattr(capsule.touchdown, ground.kind, None) or TouchdownLimitSpec()
    name = "vertical_lost" if lost and own.vertical_lost is not None else "vertical"
    down = getattr(own, name)
    known = water_limit()
    of_class = known.down(lost=lost)
    usual = ground.kind == "water" and down is None
    return {
        "vertical": of_class if usual else down,
        "vertical_from": "class" if usual else "capsule" if down is not None else None,
        "class": of_class,
        "class_across": known.horizontal,
        "horizontal": own.horizontal,
        "total": own.total,
        "assumed": sorted({*own.assumed, *(["vertical"] if usual else [])}),
    }


def judge_touchdown(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The verdicts on the speeds of a touchdown.

    More than the class bears on water fails on every surface; on land less is open unless the
    capsule says what it bears.
    """
    limits, where = told["limits"], f"on {told['surface']}"
    down, across, total = told["vertical"], told["horizontal"], told["speed"]
    passed = _within(down, limits["vertical"])
    if down > limits["class"]:
        passed = False
    known = [f"{_least(limits['vertical'], limits['class'])} {where}"]
    if limits["total"] is not None:
        known.append(f"{limits['total']:g} m/s in all")
        passed = False if total > limits["total"] else passed
    words = "A canopy was lost. " if told["canopy_lost"] else ""
    words += _whose(limits, where)
    value = f"{down:.1f} m/s down, {across:.1f} across, {total:.1f} in all"
    found = [verdict(DOWN, passed, value, ", ".join(known), words)]
    most = limits["horizontal"]
    if most is not None or across > _STILL:
        found.append(_across(across, most, limits, where))
    return found


def _across(
    across: float, most: float | None, limits: dict[str, Any], where: str
) -> dict[str, Any]:
    limit = f"no limit is known {where}" if most is None else f"at most {most:g} m/s {where}"
    words = "An assumed limit of the capsule." if "horizontal" in limits["assumed"] else ""
    if most is None:
        words = (
            f"Above {limits['class_across']:g} m/s it fails: no capsule of the class bears more."
        )
    passed = False if across > limits["class_across"] else _within(across, most)
    return verdict(ACROSS, passed, f"{across:.1f} m/s", limit, words)


def _within(value: float, most: float | None) -> bool | None:
    return None if most is None else value <= most


def _least(own: float | None, of_class: float) -> str:
    return "no limit is known" if own is None else f"at most {min(own, of_class):g} m/s down"


def _whose(limits: dict[str, Any], where: str) -> str:
    if limits["vertical"] is None:
        return f"The capsule's own limit is needed {where}; above {limits['class']:g} m/s it fails."
    if limits["vertical"] > limits["class"]:
        return "The limit is that of the class on water, which the capsule's own exceeds."
    if limits["vertical_from"] == "class":
        return "The limit is assumed: what capsules of the class came down with."
    return "An assumed limit of the capsule." if "vertical" in limits["assumed"] else ""
