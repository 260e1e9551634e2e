"""The one executor: plans flown in lanes by commands that are known. Nothing is searched here.

Every lane is a plan of its own, which may differ from the others in any number: of the vehicle,
the air, the sky, the time. Lanes of one shape fly together, in batches; what all of them share is
not copied. A flight of phases and that of a body, which need no commands, are flown one by one.

Ignores, of what a single flight tells: histories, the shadow that tells errors, what is spent and
falls, aborts. A rigid entry is flown lane by lane.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

import jax
import numpy as np
from numpy.typing import NDArray

from yaan.base.constants import EARTH_RADIUS
from yaan.base.errors import YaanError
from yaan.base.programme import fewest
from yaan.base.session import computing
from yaan.description import EntryPhaseSpec, Plan
from yaan.description.broken import broken
from yaan.dynamics.accuracy import shortened
from yaan.dynamics.forces import World, together
from yaan.dynamics.method import RK4
from yaan.dynamics.state import State
from yaan.flight import batches, legs
from yaan.flight.approach import Approach, Case, flight_path_angle, fly_approach
from yaan.flight.ascent_guiding import known_guidance
from yaan.flight.body import fly_free
from yaan.flight.chain import Before, ChainFlown, fly_chain
from yaan.flight.correcting import placed
from yaan.flight.guiding import Guiding, Known, enter_guided, guiding_of, law_of
from yaan.flight.lanes import Built, build, flat_of, jobs
from yaan.flight.legs import Array, Burns
from yaan.flight.models.craft import build_bank
from yaan.flight.models.launcher import MODULE
from yaan.flight.models.navigation import entry_navigator
from yaan.flight.progress import Clock, Progress
from yaan.flight.resolved import Estimating, Flyer, fly_resolved, orders_of, perfect
from yaan.flight.resolved import Models as Flying
from yaan.flight.turning import enter_turning, turning_of
from yaan.gnc.bank import BankProfile
from yaan.motion.orbit import FLOOR
from yaan.results.commands import AscentGuidanceCommands, Commands, ReturnCommands
from yaan.results.ends import ENDS, Ends
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History
from yaan.spacetime.frame import Vector
from yaan.spacetime.zone import distance

BATCH: Final = 64
"""Lanes of a batch where the caller names no other number."""

_DRY: Final = 1e-6  # [kg] of propellant: less is none

_PARALLEL: Final = 2  # batches that fly side by side


class Seeing(Protocol):
    """What navigation makes of true states before a burn.

    Burns are `circularise`, `phasing` and `deorbit`; `lanes` has the index of each state's plan, so
    that draws do not depend on batches. Times stay as they are.
    """

    def __call__(self, state: State, burn: str, *, lanes: NDArray[np.int64]) -> State:
        """Estimates in the place of the states."""
        ...


@dataclass(frozen=True)
class Seen:
    """What guidance that solves burns again knows. It always knows which engines are out."""

    nominal: Plan | None = None
    """What it takes every plan for; None: it knows each for what it is."""
    estimating: Seeing | None = None
    """None: it knows where it is."""


Watch = Callable[[int, int], None]
"""Told how many of how many lanes have ended."""


def run(
    plans: Sequence[Plan],
    commands: Commands | None,
    *,
    batch: int = BATCH,
    parting: State | None = None,
    stretch: float = 1.0,
    seen: Seen | None = None,
    watch: Watch | None = None,
) -> Ends:
    """Fly every plan to its end by the same `commands`; one lane of the answer for each.

    Args:
        plans: of one kind; they may differ in any number.
        commands: what steers ascents, burns and banks; a bank or steering of the plan's own needs
            none.
        batch: lanes that fly together. It moves no end by more than its integration is out by.
        parting: a state in orbit, of one lane, from which all come back instead of from their pad:
            where the deorbit of the commands takes over.
        stretch: times the longest steps of entries and descents; errors shorten them as ever.
        seen: what guidance that solves burns again knows; left out, everything.
        watch: told of the progress, from several threads.

    Returns:
        The columns of `results.ends.ENDS`, and `phase`, where each ended. A lane that did not come
        to its end says so in `outcome`, and is NaN in what it did not come to.

    Raises:
        YaanError: a plan that needs commands which are not there.
    """
    plans = list(plans)
    found: list[Ends | None] = [None] * len(plans)
    done = 0

    def kept(index: Sequence[int], ends: Ends) -> None:
        nonlocal done
        for row, lane in enumerate(index):
            found[lane] = {name: values[row : row + 1] for name, values in ends.items()}
        done += len(index)
        if watch is not None:
            watch(done, len(plans))

    with computing():
        many = [i for i, plan in enumerate(plans) if _in_lanes(plan)]
        for i in sorted(set(range(len(plans))) - set(many)):
            kept([i], _alone(plans[i]))
        made = build([plans[i] for i in many], commands, parting, seen and seen.nominal)
        models = dict(zip(many, made, strict=True))
        work = [[many[k] for k in job] for job in jobs([models[i] for i in many], batch)]

        nominal = None if seen is None else seen.nominal
        told = [nominal or plans[i] for i in many[:1] if guiding_of(plans[i]) is not None]
        ground = build(told, commands, parting)

        def one(job: list[int]) -> None:
            with computing():
                # The last one fills the batch where XLA would compile for what is left over.
                more = max(fewest(batch) - len(job), 0) if len(work) > 1 else 0
                full = [*job, *[job[-1]] * more]
                batched = _Batch([models[i] for i in full], commands, stretch)
                batched.ground = ground[0] if ground else batched.first
                if seen is not None and seen.estimating is not None:
                    batched.estimating = partial(seen.estimating, lanes=np.array(full))
                ends = batched.flown()
                kept(job, {name: values[: len(job)] for name, values in ends.items()})

        with ThreadPoolExecutor(max_workers=_PARALLEL) as pool:
            list(pool.map(one, work))
    lanes = [lane for lane in found if lane is not None]
    names = lanes[0] if lanes else ()
    return {name: np.concatenate([lane[name] for lane in lanes]) for name in names}


def _in_lanes(plan: Plan) -> bool:
    """Whether plans of this kind fly many in a batch."""
    return plan.ascent is not None or plan.entry_flight is not None


def _alone(plan: Plan) -> Ends:
    """The end of a flight of phases, or of a body."""
    free, phased = plan.free_flight, plan.phased_flight
    if free is not None:
        body = fly_free(free, _unheard, Clock())
        phases = [phase.name for phase in free.phases]
        return _history_ends(body.history, body.outcomes, phases)
    if phased is None:
        raise YaanError(f"{plan.name} has no pad, no interface and no state that it could fly from")
    return _chain_ends(fly_chain(phased, _unheard, Clock()))


def _unheard(progress: Progress) -> None:
    del progress


def _chain_ends(chain: ChainFlown) -> Ends:
    """How a chain ended; its branches are not told."""
    assert chain.flight is not None
    flown = chain.flight.phases
    names = [one.phase.name for one in flown]
    return _history_ends(chain.flight.history, [one.code for one in flown], names)


def _history_ends(history: History, codes: Sequence[OutcomeCode], phases: Sequence[str]) -> Ends:
    """What a history tells of its end: of one lane."""
    failed = [k for k, code in enumerate(codes) if code != OutcomeCode.REACHED]
    at = failed[0] if failed else len(codes) - 1
    told = {name: np.full(1, np.nan) for name in ENDS}
    for name in ("time", "height", "latitude", "longitude"):
        told[name] = np.asarray(history[name])[-1:]
    for name, column in (("peak_load", "load"), ("peak_heat_flux", "heat_flux_stagnation")):
        if column in history.columns and np.any(np.isfinite(history[column])):
            told[name] = np.array([np.nanmax(history[column])])
    return told | {"outcome": np.array([int(codes[at])]), "phase": np.array([phases[at]])}


class _Batch:
    """Lanes of one shape on their way; those that have failed fly on as copies of another."""

    def __init__(self, built: Sequence[Built], commands: Commands | None, stretch: float) -> None:
        self.built, self.commands, self.stretch = built, commands, stretch
        self.first = built[0]
        self.models: Any = jax.tree.map(lambda *x: np.stack(x), *(one.models for one in built))
        self.down = together([one.down for one in built])
        count = len(built)
        self.estimating: Estimating = perfect
        self.ground = self.first
        """What guidance was told of before the flight."""
        self.phase: Any = np.full(count, "", dtype=object)
        self.code = np.full(count, int(OutcomeCode.REACHED))
        self.told: dict[str, Array] = {name: np.full(count, np.nan) for name in ENDS}

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Which lanes have come so far."""
        return self.code == OutcomeCode.REACHED

    def flown(self) -> Ends:
        """Fly them to their end."""
        plan = self.first.plan
        if self.models.start is not None:
            start: State = jax.tree.map(lambda leaf: leaf[:, 0], self.models.start)
            state = start if self.first.stack is None else self._deorbit(start)
        else:
            batch = self._ascend()
            if plan.phased_flight is not None and plan.phased_flight.phases:
                return self._followed(batch)
            if plan.return_flight is None or not self.alive.any():
                return self._ends()
            state = self._come_back(batch)
        if self.alive.any():
            self._fall(state)
        return self._ends()

    def _ends(self) -> Ends:
        told = self.told | {"outcome": self.code}
        return told | {"phase": np.array([str(name) for name in self.phase])}

    def _tell(self, mask: NDArray[np.bool_] | None = None, **columns: Any) -> None:
        """What the lanes of the `mask` have come to; of all that are alive."""
        which = self.alive if mask is None else mask
        for name, values in columns.items():
            self.told[name] = np.where(which, np.asarray(values), self.told[name])

    def _end(self, name: str, codes: Array) -> None:
        """What became of a part of the flight: lanes that had failed before keep their end."""
        before = self.alive
        self.phase = np.where(before, name, self.phase)
        self.code = np.where(before, codes, self.code)

    def _filled(self, state: State) -> State:
        """The state with a living one in the place of each that is lost."""
        lanes = np.arange(len(state))
        return state.take(np.where(self.alive, lanes, int(np.argmax(self.alive))))

    def _ascend(self) -> batches.Batch:
        """From the pad to the last leg of the ascent."""
        sequence, commands = self.first.sequence, self.commands
        assert sequence is not None
        assert commands is not None
        assert commands.ascent is not None
        one = flat_of(commands.ascent, sequence.programmes)
        flat = np.repeat(one[None], len(self.built), axis=0)
        world = together([one.world for one in self.built])
        batch = batches.fly(world, self.models.case, flat, rows=None)
        ends, last = batch.ends, len(sequence.legs) - 1
        for leg, told in enumerate(sequence.legs):
            self._end(told.phase.name, ends.outcome[:, leg])
        gone = jax.tree.map(lambda leaf: np.asarray(leaf)[last], batch.legs)
        self._tell_place(world, gone.stop, gone.inner.position, np.ones(len(self.built), bool))
        leg = sequence.orbit_leg
        if leg is not None:
            elements = batch.orbits
            aboard = np.asarray(self.models.case.phases.stages_aboard)[:, leg]
            self._tell(
                perigee=np.asarray(elements.perigee)[leg],
                apogee=np.asarray(elements.apogee)[leg],
                inclination=np.asarray(elements.inclination)[leg],
                propellant_left=np.sum(ends.propellant[:, leg] * aboard, axis=1),
            )
            fallen = np.asarray(elements.perigee)[leg] <= batches.IN_AIR
            codes = np.full(len(fallen), int(OutcomeCode.NOT_FOUND))
            told = known_guidance(self.first.plan, commands.ascent)
            if told is not None:
                lacking = self._lacking(batch, leg, told)
                self._tell(velocity_lacking=lacking)
                codes = np.where(lacking > 0.0, int(OutcomeCode.RAN_DRY), codes)
            if self.first.plan.return_flight is not None or told is not None:
                lost = self.alive & fallen
                self.phase = np.where(lost, sequence.legs[leg].phase.name, self.phase)
                self.code = np.where(lost, codes, self.code)
        return batch

    def _lacking(self, batch: batches.Batch, leg: int, told: AscentGuidanceCommands) -> Array:
        """What lanes that have run dry lack for the energy of their orbit [m/s], at the cut-off.

        It is 0 of those that were cut off by their guidance.
        """
        elements, to = batch.orbits, told.arrival
        assert self.first.stack is not None
        stage = self.first.stack.tank(told.stage)
        dry = batch.ends.propellant[:, leg, stage] <= _DRY
        there = np.asarray(elements.perigee)[leg] + np.asarray(elements.apogee)[leg]
        around = 2.0 * EARTH_RADIUS
        missing = batch.mu * (1.0 / (around + there) - 1.0 / (around + to.perigee + to.apogee))
        speed = batch.ends.speed[:, leg]
        return np.where(dry, np.sqrt(speed**2 + 2.0 * np.maximum(missing, 0.0)) - speed, 0.0)

    def _followed(self, batch: batches.Batch) -> Ends:
        """The phases after an ascent, lane by lane."""
        sequence = self.first.sequence
        assert sequence is not None
        legs, last = sequence.legs, len(sequence.legs) - 1
        marks = {one.event: batches.left_at(batch, k) for k, one in enumerate(legs) if one.event}
        end = batches.left_at(batch, last)
        found: list[Ends] = []
        own = self._ends()
        for lane, one in enumerate(self.built):
            ends = {name: values[lane : lane + 1] for name, values in own.items()}
            phased = broken(one.plan).phased_flight
            if self.alive[lane] and phased is not None:
                events = {name: state.take(lane) for name, state in marks.items()}
                before = Before(end.take(lane), events)
                chain = _chain_ends(fly_chain(phased, _unheard, Clock(), one.world, before))
                ends |= {k: v for k, v in chain.items() if v.dtype.kind != "f" or ~np.isnan(v[0])}
            found.append(ends)
        return {name: np.concatenate([ends[name] for ends in found]) for name in own}

    def _come_back(self, batch: batches.Batch) -> State:
        """From the orbit of the ascent to the entry interface."""
        commands, stack, sequence = self.commands, self.first.stack, self.first.sequence
        assert commands is not None
        assert stack is not None
        assert sequence is not None
        loads, last = self.models.loads, len(sequence.legs) - 1
        state = batches.left_at(batch, last, loads, len(stack.payload))
        back = commands.orbit
        if back is None:
            self._end("orbit", np.full(len(state), int(OutcomeCode.NO_SOLUTION)))
            return state
        if self.first.resolves:
            return self._resolved(self._filled(state).dropping(*stack.launcher), back)
        count, way, models = len(state), self.models.way, self.models
        burns = Burns.none(count)
        for k, one in enumerate(back.raising):
            burns = burns.with_burn(k, one.start, one.duration, one.sense)
        separated = self._filled(state).dropping(*stack.launcher)
        orbit = legs.coast(
            *(self.down, models.raising, separated, burns),
            stop=back.parting,
            step=way.orbit_step,
        )
        self._end("orbit", orbit.outcome)
        return self._deorbit(orbit.end) if self.alive.any() else state

    def _resolved(self, separated: State, back: ReturnCommands) -> State:
        """From the separation to the entry interface, its burns solved again on the way."""
        models = self.models
        truth = Flying(Flyer(models.raising, models.craft, models.way), self.down)
        belief = truth
        if models.belief is not None:
            seen = [one.expected for one in self.built if one.expected is not None]
            belief = Flying(models.belief, together(seen))
        orders = orders_of(self.first.plan, back)
        found = fly_resolved(truth, belief, separated, orders, self.estimating)
        self._end("orbit", found.orbit)
        return self._arrived(found.approach, found.unsolved)

    def _deorbit(self, state: State) -> State:
        """From the orbit to the entry interface."""
        commands, stack, models, way = self.commands, self.first.stack, self.models, self.models.way
        assert commands is not None
        assert commands.orbit is not None
        assert stack is not None
        back, count = commands.orbit, len(state)
        ignition, duration = np.full(count, back.ignition), np.full(count, back.duration)
        case = Case(self.down, models.craft, way)
        return self._arrived(fly_approach(case, self._filled(state), ignition, duration))

    def _arrived(self, down: Approach, unsolved: NDArray[np.bool_] | None = None) -> State:
        """What became of deorbits, of which some may have no solution."""
        stack = self.first.stack
        assert stack is not None
        self._end("deorbit", down.burnt.outcome)
        if unsolved is not None:
            found = np.where(unsolved, int(OutcomeCode.NOT_FOUND), int(OutcomeCode.REACHED))
            self._end("deorbit", found)
        stays = ~down.interface.fired[:, FLOOR]
        codes = np.where(stays, int(OutcomeCode.TIMED_OUT), down.interface.outcome)
        self._end("coast-to-entry", codes)
        left = down.burnt.end.tanks[:, stack.tank(MODULE)]
        self._tell(module_propellant_left=left)
        return down.interface.end

    def _fall(self, state: State) -> None:
        """From the interface to the ground."""
        models, count = self.models, len(state)
        start = self._filled(state)
        self._tell(
            interface_time=start.t,
            interface_speed=np.linalg.norm(start.velocity_gcrs, axis=1),
            interface_angle=flight_path_angle(start),
        )
        begun = self.alive
        outcome, end, inner = self._enter(start)
        self._end("entry", outcome)
        self._tell(
            peak_load=np.asarray(inner.peak_load),
            peak_heat_flux=np.asarray(inner.peak_flux),
            heat_load=np.asarray(inner.heat_load),
        )
        if models.train is not None and self.alive.any():
            hung, canopies = legs.descend(
                self.down,
                models.capsule.forebody,
                models.train,
                self._filled(end),
                start.t,
                step=legs.OPENING_STEP * self.stretch * shortened(self._loose, RK4.order),
                tolerance=self._loose,
                save=legs.Save.ENDS,
            )
            self._end("descent", hung.outcome)
            end = hung.end
            self._tell(
                canopy_load=np.max(canopies.peak_load, axis=1),
                speed_down=canopies.vertical_speed,
                speed_across=canopies.horizontal_speed,
            )
        self._tell_place(self.down, end.t, end.position, begun)
        if hasattr(inner, "unheard"):
            # It came down, but not by its law.
            deaf = self.alive & (np.asarray(inner.unheard) > 0.0)
            self.phase = np.where(deaf, "entry", self.phase)
            self.code = np.where(deaf, int(OutcomeCode.UNHEARD), self.code)
        banked = None if self.commands is None else self.commands.entry
        aim = None if banked is None else banked.aim
        if aim is not None:
            north, east = self.told["latitude"], self.told["longitude"]
            self._tell(miss=distance(north, east, np.full(count, aim[0]), np.full(count, aim[1])))

    def _bank(self) -> BankProfile:
        """The commands' bank in every lane, or each plan's own."""
        given = [build_bank(_entry_of(one.plan).bank) for one in self.built]
        commanded = None if self.commands is None else self.commands.entry
        found: list[BankProfile] = []
        for one, own in zip(self.built, given, strict=True):
            if own is not None:
                found.append(jax.device_get(own))
            elif commanded is not None:
                found.append(BankProfile(np.asarray(commanded.time), np.asarray(commanded.angle)))
            else:
                raise YaanError(f"{one.plan.name} cannot fly by commands: none of them banks it")
        return jax.tree.map(lambda *x: np.stack(x), *found)

    @property
    def _loose(self) -> float:
        """The tolerance that the entry of the commands was flown by."""
        banked = None if self.commands is None else self.commands.entry
        return 1.0 if banked is None else banked.tolerance

    def _enter(self, start: State) -> tuple[Array, State, Any]:
        """Entries from `start`: how each ended, where, and the motion's own state there."""
        models, loose = self.models, self._loose
        guiding = guiding_of(self.first.plan)
        if guiding is not None:
            return self._guided(start, guiding)
        bank = self._bank()
        if _entry_of(self.first.plan).motion == "point":
            until, step = models.way.until, models.way.entry_step * self.stretch
            step = step * shortened(loose, RK4.order)
            leg = legs.enter(
                *(self.down, models.capsule, start, bank), until=until, step=step, tolerance=loose
            )
            return leg.outcome, leg.end, leg.inner
        turned: list[Any] = []
        for lane, one in enumerate(self.built):
            entering = broken(one.plan).entry_flight
            assert entering is not None
            turning = turning_of(entering.capsule, entering.entry)
            assert turning is not None
            mine = jax.tree.map(lambda leaf, lane=lane: leaf[lane : lane + 1], bank)
            until = jax.tree.map(lambda leaf, lane=lane: leaf[lane], models.way.until)
            turning = replace(turning, step=turning.step * shortened(loose, RK4.order))
            leg, _ = enter_turning(one.down, turning, start.take(lane), mine, until, loose)
            turned.append((leg.outcome, leg.end, leg.inner))
        return jax.tree.map(lambda *x: np.concatenate(x), *turned)

    def _guided(self, start: State, guiding: Guiding) -> tuple[Array, State, Any]:
        """Entries by a law that was told of the nominal one, each by what it believes itself."""
        models, ground, loose = self.models, self.ground, self._loose
        banked = None if self.commands is None else self.commands.entry
        entering = ground.plan.entry_flight
        assert entering is not None
        aim = None if entering.aim is None else (entering.aim.latitude, entering.aim.longitude)
        over = aim if banked is None else banked.handover or banked.aim
        first = entering.entry.nominal_bank if banked is None else banked.angle[0]
        if over is None and guiding.aimed:
            raise YaanError(f"{ground.plan.name} tells its guidance of no place to come down at")
        way, capsule = ground.models.way, ground.models.capsule
        assert way is not None
        assert capsule is not None
        told = (capsule, ground.down, start.take(0), over or (0.0, 0.0))
        law = law_of(guiding, Known(*told, way.until, first))
        navigators = [entry_navigator(one.plan) for one in self.built]
        leg = enter_guided(
            *(guiding, law, self.down, models.capsule, start),
            until=models.way.until,
            step=models.way.entry_step * self.stretch * shortened(loose, RK4.order),
            tolerance=loose,
            navigators=jax.tree.map(lambda *x: np.stack(x), *navigators),
            save=legs.Save.ENDS,
        )
        return leg.outcome, leg.end, leg.inner

    def _tell_place(
        self, world: World, t: Array, position: Vector, mask: NDArray[np.bool_]
    ) -> None:
        """Where lanes are: time, height, latitude, longitude."""
        at = placed(world, t, position)
        self._tell(mask, time=t, height=at.height, latitude=at.latitude, longitude=at.longitude)


def _entry_of(plan: Plan) -> EntryPhaseSpec:
    entering = plan.entry_flight
    assert entering is not None
    return entering.entry
