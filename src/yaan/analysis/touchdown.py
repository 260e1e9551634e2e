"""The touchdown: how fast it came down, on what, and whether a crew could bear it."""

from typing import Any

import numpy as np

from yaan.analysis.verdict import verdict
from yaan.crew import water_limit
from yaan.description import CapsuleSpec, GroundSpec, ParachutesSpec, TouchdownLimitSpec
from yaan.design.landing import Landed, Lander
from yaan.motion.descent import Descended
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History

DOWN, ACROSS = "touchdown speed", "touchdown speed across"
_NEAR = 0.5  # [m] above the ground: it has come down to it
_STILL = 0.05  # [m/s] across: with less there is nothing to judge


def tell_touchdown(
    history: History,
    lander: Lander,
    landed: Landed,
    capsule: CapsuleSpec,
    ground: GroundSpec,
    *,
    inside: bool | None = None,
) -> dict[str, Any] | None:
    """The touchdown and its limits [s, m/s, kg, m]; None of what never came to the ground.

    `inside`: in the zone whose ground it is; None where there is no zone.
    """
    end = landed.descent if landed.descent is not None else landed.entry
    if np.ravel(end.outcome)[0] != OutcomeCode.REACHED:
        return None
    if history["height"][-1] > float(lander.world.ground) + _NEAR:
        return None
    vertical, horizontal = _speeds(history, landed.canopies)
    lost = capsule.parachutes is not None and _lost(capsule.parachutes, landed.canopies)
    return {
        "time": landed.end[0],
        "vertical": vertical,
        "horizontal": horizontal,
        "speed": float(np.hypot(vertical, horizontal)),
        "mass": float(np.asarray(lander.capsule.mass)),
        "height": float(history["height"][-1]),
        "surface": ground.kind,
        "inside": inside,
        "canopy_lost": lost,
        "limits": _limits(capsule, ground, lost=lost),
    }


def _speeds(history: History, descent: Descended | None) -> tuple[float, float]:
    """Speed down and across against the ground [m/s]."""
    if descent is not None:
        return float(descent.vertical_speed), float(descent.horizontal_speed)
    speed = float(history["speed_relative"][-1])
    angle = float(history["flight_path_angle_relative"][-1])
    return float(-speed * np.sin(angle)), float(speed * np.cos(angle))


def _lost(spec: ParachutesSpec, descent: Descended | None) -> bool:
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
    down, known = getattr(own, name), water_limit()
    usual = ground.kind == "water" and down is None
    keys = {"vertical": name, "horizontal": "horizontal", "total": "total"}
    return {
        "vertical": known.down(lost=lost) if usual else down,
        "vertical_from": "class" if usual else "capsule" if down is not None else None,
        "horizontal": own.horizontal,
        "total": own.total,
        "assumed": [speed for speed, key in keys.items() if key in own.assumed],
        "source": own.source or None,
        "class": {
            "vertical": known.down(lost=lost),
            "horizontal": known.horizontal,
            "status": known.status,
            "source": known.source,
        },
    }


def judge_touchdown(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The verdicts on the speeds of a touchdown.

    More than the class bears on water fails on every surface; on land less is open unless the
    capsule says what it bears, and so is what came down where nobody knows the surface.
    """
    limits = told["limits"]
    found = [_down(told, limits)]
    if limits["horizontal"] is not None or told["horizontal"] > _STILL:
        found.append(_across(told))
    if told["inside"] is False:
        words = "It came down outside its zone, on a surface that is not known."
        found = [v if v["passed"] is False else v | {"passed": None, "text": words} for v in found]
    return found


def _down(told: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    down, across, total = told["vertical"], told["horizontal"], told["speed"]
    passed, limit, words = _judged("vertical", down, told)
    limit += " down" if limit.startswith("at most") else ""
    if limits["total"] is not None:
        limit += f", {limits['total']:g} m/s in all"
        passed = False if total > limits["total"] else passed
    if told["canopy_lost"]:
        words = f"A canopy was lost. {words}".strip()
    value = f"{down:.1f} m/s down, {across:.1f} across, {total:.1f} in all"
    return verdict(DOWN, passed, value, f"{limit} on {told['surface']}", words)


def _across(told: dict[str, Any]) -> dict[str, Any]:
    passed, limit, words = _judged("horizontal", told["horizontal"], told)
    value = f"{told['horizontal']:.1f} m/s"
    return verdict(ACROSS, passed, value, f"{limit} on {told['surface']}", words)


def _judged(speed: str, value: float, told: dict[str, Any]) -> tuple[bool | None, str, str]:
    """Whether a speed is within its limit, the limit, and whose it is."""
    limits = told["limits"]
    own, most, status = limits[speed], limits["class"][speed], limits["class"]["status"]
    words = "An assumed limit of the capsule." if speed in limits["assumed"] else ""
    if speed == "vertical" and limits["vertical_from"] == "class":
        words = f"The limit is {status}: what capsules of the class came down with."
    elif own is None and value <= most:
        words = f"The capsule's own limit is needed; above {most:g} m/s it fails."
        return None, "no limit is known", words
    elif own is None or own > most:
        own, words = most, "No capsule of the class bears more, on any surface."
    return value <= own, f"at most {own:g} m/s", words
