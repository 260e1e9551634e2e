"""A train of parachutes: canopies that are deployed in turn, reefed, filled and cut away.

A canopy fills in openings: one for each reefing stage, and the last one to full size. An opening
that starts at the airspeed V lasts

    tf = n D0 / V sqrt(ratio - ratio before)

and the drag area grows with the power j of time, from what it was to Cx times its new size; it
settles to that size within another tf. The load in the riser is the dynamic pressure times this
area, so a heavy load meets q CdS Cx at the end of an opening, and a light one, which is slowed
meanwhile, meets less, and earlier: the factor X1 is an outcome of the motion and no input.

Valid: subsonic, fill constants and opening factors of tests of the same kind of canopy.
Source: Knacke, Parachute Recovery Systems Design Manual, NWC TP 6575 (1991), chapter 5: fill
times of reefed canopies, Cx and the Pflanz method (from memory, the sections were not re-read).
Ignores: snatch at line stretch, the mass of the canopies and of the air in and around them, lead
and lag within a cluster (all canopies of a step open alike), and motion against the capsule.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from yaan.base.lanes import held

STAGES = 4
"""Reefing stages a step may have."""

OPENINGS = STAGES + 1
"""The last opening is to full size."""

_BLOCK = 4
"""Trains are padded to a multiple of this many steps: most share one compiled programme."""

_NEVER = -1e9
"""A height [m] or a speed [m/s] that no descent comes down to."""

APEX = 1e9
"""A height [m] that every fall begins below: a step that waits for it opens at the apex."""


class Train(eqx.Module):
    """Steps of a train in the order of their deployment; a step is armed by the one before.

    Each is deployed by the first of its triggers: below a height, after a delay since the step
    before (the first: since the start), or below an airspeed; in a fall only, but for `climbing`.
    Then, after its `lag`, wherever it is.
    """

    exists: Bool[Any, " steps"] = eqx.field(converter=held)
    """False for padding."""
    working: Float[Any, " steps"] = eqx.field(converter=held)
    """How many canopies of the step open."""
    carries: Bool[Any, " steps"] = eqx.field(converter=held)
    """The step drags the capsule; others drag something away from it."""
    diameter: Float[Any, " steps"] = eqx.field(converter=held)
    """Nominal diameter D0 of one canopy [m]."""
    drag_area: Float[Any, " steps"] = eqx.field(converter=held)
    """CdS of one canopy, full and in its cluster [m^2]."""
    deploy_height: Float[Any, " steps"] = eqx.field(converter=held)  # [m]
    deploy_delay: Float[Any, " steps"] = eqx.field(converter=held)  # [s]
    deploy_speed: Float[Any, " steps"] = eqx.field(converter=held)  # [m/s]
    lag: Float[Any, " steps"] = eqx.field(converter=held)
    """From its trigger to its deployment [s]."""
    climbing: Bool[Any, " steps"] = eqx.field(converter=held)
    """Deployed while it still climbs, too."""
    release_height: Float[Any, " steps"] = eqx.field(converter=held)  # [m]
    release_delay: Float[Any, " steps"] = eqx.field(converter=held)
    """Since its own deployment [s]."""
    release_with: Int[Any, " steps"] = eqx.field(converter=held)
    """The step whose deployment cuts this one away; -1 for none."""
    growth_exponent: Float[Any, " steps"] = eqx.field(converter=held)  # j
    ratio: Float[Any, "steps openings"] = eqx.field(converter=held)
    """Drag area at the end of each opening, over that of the full canopy; the last is 1."""
    duration: Float[Any, "steps openings"] = eqx.field(converter=held)
    """From the start of each opening to that of the next [s]; infinite for the last."""
    fill_constant: Float[Any, "steps openings"] = eqx.field(converter=held)  # n
    opening_factor: Float[Any, "steps openings"] = eqx.field(converter=held)  # Cx
    mach: Float[Any, "steps 2"] = eqx.field(converter=held)
    dynamic_pressure: Float[Any, "steps 2"] = eqx.field(converter=held)
    height: Float[Any, "steps 2"] = eqx.field(converter=held)
    """The box of deployment, least and largest [1], [Pa], [m]."""

    def fill_time(self, speed: Float[Array, ""]) -> Float[Array, "steps openings"]:
        """How long each opening would last that starts at an airspeed of `speed` [m/s]."""
        before = jnp.pad(self.ratio[:, :-1], ((0, 0), (1, 0)))
        # A padded opening has no growth; it never starts, but its time must not be zero.
        growth = jnp.sqrt(jnp.maximum(self.ratio - before, 1e-6))
        return self.fill_constant * self.diameter[:, None] / jnp.maximum(speed, 1.0) * growth

    def opened(
        self,
        elapsed: Float[Array, "steps openings"],
        fill: Float[Array, "steps openings"],
        base: Float[Array, "steps openings"],
    ) -> Float[Array, "steps openings"]:
        """Drag area over that of the full canopy, `elapsed` [s] into each opening from `base`."""
        # What fills in no time is full from the start.
        filled = jnp.where(fill > 0.0, elapsed / jnp.maximum(fill, 1e-9), 2.0)
        most = self.opening_factor * self.ratio
        power = jnp.clip(filled, 0.0, 1.0) ** self.growth_exponent[:, None]
        settled = jnp.clip(filled - 1.0, 0.0, 1.0)
        return base + (most - base) * power + (self.ratio - most) * settled


@dataclass(frozen=True)
class Reefing:
    """One reefing stage: the ratio of its drag area to the full one, and how long it lasts [s]."""

    ratio: float
    duration: float
    fill_constant: float | None = None
    """Of the opening to this stage; left out, like `opening_factor`: the step's."""
    opening_factor: float | None = None


@dataclass(frozen=True)
class Step:
    """A step in plain numbers, SI, for `stack`; the fields are those of `Train`.

    `skip` names stages, counted from 1, whose reefing line does not hold. The cutters of the
    others are lit at deployment and fire when they would have: the stage after lasts longer.
    """

    diameter: float
    drag_coefficient: float
    """Of one canopy alone, on the nominal area pi D0^2 / 4."""
    fill_constant: float
    """Of the first opening, reefed or not."""
    opening_factor: float
    disreef_constant: float | None = None
    """Of the openings after the first; left out: the same."""
    working: int = 1
    cluster_factor: float = 1.0
    growth_exponent: float = 2.0
    carries: bool = True
    deploy_height: float | None = None
    deploy_delay: float | None = None
    deploy_speed: float | None = None
    lag: float = 0.0
    climbing: bool = False
    release_height: float | None = None
    release_delay: float | None = None
    release_with: int | None = None
    reefing: tuple[Reefing, ...] = ()
    skip: tuple[int, ...] = ()
    mach: tuple[float, float] = (0.0, math.inf)
    dynamic_pressure: tuple[float, float] = (0.0, math.inf)
    height: tuple[float, float] = (-math.inf, math.inf)


def stack(steps: Sequence[Step]) -> Train:
    """The train of those steps, padded.

    Raises:
        ValueError: a step has more reefing stages than `STAGES`.
    """
    for step in steps:
        if len(step.reefing) > STAGES:
            raise ValueError(f"a step has {len(step.reefing)} reefing stages, at most {STAGES}")
    missing = -len(steps) % _BLOCK or (_BLOCK if not steps else 0)
    blank = Step(diameter=1.0, drag_coefficient=0.0, fill_constant=1.0, opening_factor=1.0)
    rows = [_row(step, exists=True) for step in steps]
    rows += [_row(blank, exists=False)] * missing
    return Train(**{name: np.stack([row[name] for row in rows]) for name in rows[0]})


def _row(step: Step, *, exists: bool) -> dict[str, np.ndarray]:
    area = math.pi * step.diameter**2 / 4.0
    low, late = _NEVER, math.inf
    plain = {
        "exists": exists,
        "working": float(step.working),
        "carries": step.carries,
        "diameter": step.diameter,
        "drag_area": step.drag_coefficient * step.cluster_factor * area,
        "deploy_height": low if step.deploy_height is None else step.deploy_height,
        "deploy_delay": late if step.deploy_delay is None else step.deploy_delay,
        "deploy_speed": low if step.deploy_speed is None else step.deploy_speed,
        "lag": step.lag,
        "climbing": step.climbing,
        "release_height": low if step.release_height is None else step.release_height,
        "release_delay": late if step.release_delay is None else step.release_delay,
        "release_with": -1 if step.release_with is None else step.release_with,
        "growth_exponent": step.growth_exponent,
        "mach": step.mach,
        "dynamic_pressure": step.dynamic_pressure,
        "height": step.height,
    }
    return {name: np.asarray(value) for name, value in (plain | _openings(step)).items()}


def _openings(step: Step) -> dict[str, list[float]]:
    full = Reefing(1.0, math.inf)
    later = step.fill_constant if step.disreef_constant is None else step.disreef_constant
    held: list[Reefing] = []
    lost = 0.0
    for number, stage in enumerate([*step.reefing, full], start=1):
        if number in step.skip:
            lost += stage.duration
            continue
        # A canopy fills from nothing as the first opening does, whichever stage that has become.
        own = (step.reefing or (full,))[0].fill_constant if not held else stage.fill_constant
        usual = later if held else step.fill_constant
        longer = stage.duration + lost
        held.append(replace(stage, duration=longer, fill_constant=own or usual))
        lost = 0.0
    held += [replace(full, fill_constant=later)] * (OPENINGS - len(held))
    return {
        "ratio": [stage.ratio for stage in held],
        "duration": [stage.duration for stage in held],
        "fill_constant": [stage.fill_constant or later for stage in held],
        "opening_factor": [stage.opening_factor or step.opening_factor for stage in held],
    }


def terminal_speed(
    weight: Float[Array, "*batch"],
    density: Float[Array, "*batch"],
    drag_area: Float[Any, "*batch"],
) -> Float[Array, "*batch"]:
    """Speed [m/s] at which drag carries `weight` [N]: `density` [kg/m^3], CdS [m^2]."""
    return jnp.sqrt(2.0 * weight / (density * drag_area))


def finite_mass_factor(
    ballistic: Float[Array, "*batch"], exponent: Float[Array, "*batch"]
) -> Float[Array, "*batch"]:
    """X1: the peak load of an opening over that at constant speed.

    `ballistic` is A = 2 m / (rho CdS V tf), with Cx in the drag area. Level motion without
    gravity, in closed form: v / V = 1 / (1 + x^(j+1) / ((j + 1) A)) at the fraction x of tf,
    and the load x^j (v / V)^2 is largest where x^(j+1) = j (j + 1) A / (j + 2), or at the end.
    Source: Pflanz, as told by Knacke, NWC TP 6575, section 5.4 (derived anew here).
    """
    j = exponent
    grown = jnp.minimum(j * (j + 1.0) / (j + 2.0) * ballistic, 1.0)
    return grown ** (j / (j + 1.0)) / (1.0 + grown / ((j + 1.0) * ballistic)) ** 2
