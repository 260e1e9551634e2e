"""Explicit guidance of the powered phases of a designed ascent: what it believes, and who it is.

From a flight that was designed (`gnc.powered`'s laws with their constants solved) `believed` reads
the burns of its last, steered phases: masses, thrusts, planned instants. `guided` makes of its
phases those that guidance flies and ends. Host code but for `ExplicitGuide`.
"""

from dataclasses import fields
from itertools import pairwise
from typing import Any, Final, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.constants import STANDARD_GRAVITY
from yaan.gnc.explicit import Explicit, no_memory
from yaan.gnc.explicit_burns import Burns, Field
from yaan.gnc.explicit_directions import AbstractDirection, Corrected
from yaan.gnc.explicit_target import Target
from yaan.gnc.in_turn import Both, InTurn
from yaan.gnc.powered import Law, Steering
from yaan.gnc.powered import no_memory as no_programme
from yaan.gnc.steered import Part
from yaan.motion.base import Legs
from yaan.motion.powered import open_loop
from yaan.motion.powered_phases import End, Guided, Phases
from yaan.vehicle.launcher import Launcher

_IN_AIR: Final = (Law.VERTICAL, Law.PITCH_OVER, Law.PITCH_HOLD, Law.GRAVITY_TURN)
"""What a table of attitude against speed takes the place of."""


class ExplicitGuide(eqx.Module):
    """Explicit guidance where the phases say so, else the laws of the file. A `Guide`."""

    direction: AbstractDirection
    burns: Burns
    target: Target
    field: Field
    period: Float[Array, "*lanes"]  # [s]
    freeze: Float[Array, "*lanes"]  # [s]
    settling: Float[Array, "*lanes"]  # [s]

    def __call__(self, steering: Steering, phase: Phases, start: Array, due: Array) -> InTurn:
        """The guidance of a phase that began at `start` [s]; one lane."""
        law = self.law(phase)
        return InTurn(open_loop(steering, phase, start, due), law, law.active)

    def law(self, phase: Phases) -> Explicit:
        """The explicit law in a phase; one lane."""
        told = phase.guided
        if told is None:
            raise ValueError("phases that explicit guidance flies are made by `guided`")
        return Explicit(
            direction=self.direction,
            burns=self.burns,
            target=self.target,
            field=self.field,
            active=told.active,
            burn=told.burn,
            lit=told.lit,
            period=self.period,
            freeze=self.freeze,
            settling=self.settling,
        )

    def memory(self, t: Float[Array, ""]) -> Both:
        """What it remembers at the start of a flight at `t` [s]; one lane."""
        return Both(no_programme(t), no_memory(self.direction, t))


class Believed(NamedTuple):
    """What explicit guidance believes of a designed ascent."""

    burns: Burns
    guided: Guided
    """By phase."""
    last: int
    """The phase that it ends."""
    stage: int
    """The stage that burns then."""


def believed(launcher: Launcher, phases: Phases, legs: Legs, last: int) -> Believed:
    """The burns from the first phase that a programme steers to phase `last`, as designed.

    All of one lane: phases and legs have the phases first. Steady thrust is that of the end of a
    stage's curve.

    Raises:
        ValueError: no programme steers, none or several stages burn in a phase that is steered, or
            none burns in the last.
    """
    law = np.asarray(phases.law)[: last + 1]
    steered = np.flatnonzero(law == Law.LINEAR_TANGENT)
    if not len(steered):
        raise ValueError("explicit guidance follows a phase that a programme steers; there is none")
    rows: list[dict[str, Any]] = []
    count = len(np.asarray(phases.law))
    burn, (lit, active) = np.zeros(count, dtype=int), np.zeros((2, count), dtype=bool)
    begun: int | None = None
    for k in range(int(steered[0]), last + 1):
        active[k] = True
        stage = _burning(phases, legs, k)
        lit[k] = stage is not None
        mass = _mass(launcher, phases, legs, k)
        if stage is None:
            begun = None
        elif begun != stage:
            rows.append(_row(launcher, phases, legs, k, stage, first=not rows) | {"mass": mass})
            begun = stage
        elif _mass(launcher, phases, legs, k - 1, at_end=True) - mass > 1e-6:
            shed = _mass(launcher, phases, legs, k - 1, at_end=True) - mass
            rows.append(_row(launcher, phases, legs, k, stage, first=True))
            rows[-1] |= {"mass": mass, "shed": shed, "fresh": False}
        if stage is not None:
            # The last of the phases that a burn goes through is where it is cut off.
            rows[-1] |= {"stop": float(np.asarray(legs.stop)[k]), "stage": stage}
        burn[k] = len(rows) - 1 if stage is not None else len(rows)
    if begun is None:
        raise ValueError("explicit guidance ends the burn of the last phase; nothing burns there")
    for before, row in pairwise(rows):
        row["gap"] = row["lit"] - before["stop"] if row["fresh"] else 0.0
    rows[-1]["stop"] = np.inf
    names = [field.name for field in fields(Burns)]
    burns = Burns(**{name: jnp.asarray([row[name] for row in rows]) for name in names})
    before = (np.arange(count) < steered[0]) & np.isin(np.asarray(phases.law), _IN_AIR)
    part = np.where(active, int(Part.EXPLICIT), np.where(before, int(Part.TABLE), int(Part.LAWS)))
    told: dict[str, Any] = {"active": active, "burn": burn, "lit": lit, "part": part}
    guided = Guided(**told)
    return Believed(burns, guided, last, begun)


def _burning(phases: Phases, legs: Legs, k: int) -> int | None:
    """The stage that burns in a phase."""
    start, inner = float(np.asarray(legs.start)[k]), legs.inner
    ignition, cut_off = np.asarray(inner.ignition)[k], np.asarray(inner.cut_off)[k]
    aboard = np.asarray(phases.stages_aboard)[k]
    burns = aboard & np.isfinite(ignition) & (cut_off > start + 1e-6)
    if np.sum(burns) > 1:
        raise ValueError("explicit guidance flies one stage at a time; two burn in a phase")
    return int(np.argmax(burns)) if np.any(burns) else None


def _mass(launcher: Launcher, phases: Phases, legs: Legs, k: int, *, at_end: bool = False) -> float:
    """Of the vehicle of phase `k` as that begins, or ends [kg]."""
    left = np.asarray(legs.inner.propellant)[k if at_end else k - 1]
    aboard = [np.asarray(x)[k] for x in (phases.stages_aboard, phases.items_aboard)]
    stages = np.sum(np.where(aboard[0], left + np.asarray(launcher.dry_mass), 0.0))
    return float(stages + np.sum(np.where(aboard[1], np.asarray(launcher.item_mass), 0.0)))


def _row(
    launcher: Launcher, phases: Phases, legs: Legs, k: int, stage: int, *, first: bool
) -> dict[str, Any]:
    """A burn of `stage` that begins, or goes on, with phase `k`."""
    engines = launcher.engines
    times, thrusts = np.asarray(engines.times)[stage], np.asarray(engines.thrusts)[stage]
    ignition = float(np.asarray(legs.inner.ignition)[k, stage])
    start = float(np.asarray(legs.start)[k])
    level = float(thrusts[-1])
    burning = first and ignition < start - 1e-6
    ramp = float(times[np.argmax(thrusts >= level * (1.0 - 1e-9))])
    left = float(np.asarray(legs.inner.propellant)[k - 1, stage])
    return {
        "thrust": level,
        "exhaust": float(np.asarray(engines.isp)[stage]) * STANDARD_GRAVITY,
        "ramp": 0.0 if burning else ramp,
        "tail_off": float(np.asarray(engines.tail_off)[stage]),
        "delay": 0.0 if burning else float(np.asarray(engines.ignition_delay)[stage]),
        "gap": 0.0,
        "fresh": True,
        "shed": 0.0,
        "dry": _mass(launcher, phases, legs, k) - left,
        "lit": ignition,
    }


def guided(phases: Phases, known: Believed) -> Phases:
    """The phases of one lane as guidance flies them: it ends the last one, or running dry does."""
    ends = np.array(phases.ends)
    ends[known.last, End.ORBIT] = False
    ends[known.last, End.GUIDED] = True
    ends[known.last, len(End) + known.stage] = True
    overdraws = np.array(phases.overdraws)
    overdraws[known.last] = False
    return eqx.tree_at(
        lambda p: (p.ends, p.overdraws, p.guided),
        phases,
        (ends, overdraws, known.guided),
        is_leaf=lambda x: x is None,
    )


def programmes(phases: Phases, legs: Legs, steering: Steering) -> Corrected:
    """The programmes of a designed flight of one lane, to be corrected."""
    law, memory = np.asarray(phases.law), legs.inner.memory
    used = np.flatnonzero((law == Law.LINEAR_TANGENT) & np.asarray(phases.exists))
    coefficients, origins = (np.asarray(x)[used] for x in (memory.coefficients, memory.origin))
    begins = np.concatenate([[True], np.diff(origins) > 0.0])
    return Corrected(
        jnp.asarray(coefficients[begins]), jnp.asarray(origins[begins]), jnp.asarray(steering.yaw)
    )
