"""An entry flown once more by a guidance law, towards where the designed bank has led.

The design solves a bank for one atmosphere; it says where the parachutes open so that they come
down on the aim, and how large a bank to begin with. What flies it afterwards sees estimates, and
corrects them by a law of its own.
"""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.errors import YaanError
from yaan.description import Plan
from yaan.description.guidance import EntryGuidanceSpec
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Save
from yaan.flight.models.navigation import entry_navigator
from yaan.flight.models.own import model_of
from yaan.flight.models.own_law import ENTRY
from yaan.gnc.base import AbstractEntryGuidance
from yaan.gnc.entry_guidance import AnalyticBank, Lateral, PredictorCorrector, Relief, SpinUp
from yaan.gnc.entry_prediction import EntryModel, aim_at, air_table
from yaan.gnc.entry_reference import reference_of
from yaan.gnc.navigation import AbstractNavigator, Perfect
from yaan.gnc.roll import RollLimits
from yaan.motion.base import Leg
from yaan.motion.entry import NEVER, Handover
from yaan.vehicle.capsule import Capsule

Point = tuple[float, float]
"""Latitude, longitude [rad]."""


@dataclass(frozen=True)
class Guiding:
    """What guides an entry."""

    spec: EntryGuidanceSpec
    own: AbstractEntryGuidance | None
    """A law of the user's own."""
    roll_rate: float  # [rad/s]
    load_limit: float  # standard gravities
    navigator: AbstractNavigator
    """Of one lane."""

    @property
    def aimed(self) -> bool:
        """Whether its law goes for a place."""
        return self.own is None and self.spec.law != "spin"

    @property
    def limits(self) -> RollLimits:
        """How the capsule rolls."""
        return RollLimits(np.asarray(self.roll_rate), np.asarray(self.spec.roll_acceleration))


@dataclass(frozen=True)
class Known:
    """What a law is told on the ground of the entry that it is to fly."""

    capsule: Capsule
    world: World
    """Whose air the law believes in."""
    interface: State
    """Where it is to begin, one lane."""
    over: Point
    """Where it is to be handed over."""
    until: Handover
    start_bank: float  # [rad]


def guiding_of(plan: Plan) -> Guiding | None:
    """What guides the entry of a plan; None where it flies the bank that was designed.

    A rigid entry does so whatever the law: its control follows a bank that is known beforehand.

    Raises:
        InputError: a law of the user's own that is not given.
    """
    entering = plan.entry_flight
    spec = None if plan.guidance is None else plan.guidance.entry
    if spec is None or entering is None or entering.entry.motion == "rigid":
        return None
    if spec.own is None and spec.law == "open-loop":
        return None
    own = None
    if spec.own is not None:
        own = model_of(plan, ENTRY, spec.own, AbstractEntryGuidance)
    entry = entering.entry
    return Guiding(spec, own, entry.roll_rate, entry.load_limit, entry_navigator(plan))


def law_of(guiding: Guiding, known: Known) -> AbstractEntryGuidance:
    """The law, one lane; on the host.

    Raises:
        YaanError: the analytic law, of an entry whose first bank does not come down.
    """
    if guiding.own is not None:
        return guiding.own
    spec = guiding.spec
    if spec.law == "spin":
        return SpinUp(rate=spec.spin_rate)
    model = model_for(known)
    limits: dict[str, Any] = {
        "period": spec.period,
        "start_bank": known.start_bank,
        "lateral": Lateral(
            heading=spec.dead_band,
            roll_rate=guiding.roll_rate,
            roll_acceleration=spec.roll_acceleration,
        ),
        "relief": Relief(
            load=guiding.load_limit,
            flux=np.inf if spec.heat_limit is None else spec.heat_limit,
        ),
    }
    if spec.law == "predictor-corrector":
        return PredictorCorrector(model, prediction_step=spec.prediction_step, **limits)
    estimate = jax.tree.map(lambda leaf: leaf[0], _seen(known))
    try:
        reference = reference_of(model, estimate, abs(known.start_bank))
    except ValueError as error:
        raise YaanError(f"the analytic law has no reference: {error}") from error
    return AnalyticBank(model=model, reference=reference, **limits)


def model_for(known: Known) -> EntryModel:
    """What a law believes of the flight that it is told of."""
    latitude, longitude = known.over
    t = float(known.interface.t[0])
    until, world = known.until, known.world
    low = float(np.ravel(until.height)[0])
    slow = float(np.ravel(until.speed)[0])
    ground = float(np.ravel(np.asarray(world.ground))[0])
    return EntryModel(
        aim=aim_at(world.earth, latitude, longitude, t),
        capsule=known.capsule,
        air=air_table(world.atmosphere, latitude, longitude, t),
        height=low if low > -0.5 * NEVER else ground,
        speed=max(slow, 0.0),
        mu=world.mu,
    )


def _seen(known: Known) -> Any:
    """The interface as a navigator without error sees it, with lanes."""

    def one(t: Any, r: Any, v: Any) -> Any:
        around = surroundings(known.world, t, r, v)
        return Perfect().estimate(t, r, v, around)

    start = known.interface
    return jax.vmap(one)(jnp.asarray(start.t), start.position, start.velocity)


def enter_guided(  # noqa: PLR0913 - who, guided by what, where from, where to, by what step
    guiding: Guiding,
    law: AbstractEntryGuidance,
    world: World,
    capsule: Capsule,
    start: State,
    *,
    until: Handover,
    step: float | np.ndarray,
    tolerance: float = 1.0,
    navigators: AbstractNavigator | None = None,
    save: Save = Save.STEPS,
) -> Leg:
    """Fly lanes from `start` by a law that all of them share; see `legs.enter_guided`.

    `navigators` have lanes; left out, all lanes navigate as `guiding` says.
    """
    navigator = navigators or legs.in_lanes(guiding.navigator, len(start))
    what = (world, capsule, start, law, navigator, guiding.limits)
    leg = legs.enter_guided(*what, until=until, step=step, tolerance=tolerance, save=save)
    # Nothing that follows is guided: it begins with no memory.
    return eqx.tree_at(lambda one: one.end.memory, leg, None)
