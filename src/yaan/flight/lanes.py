"""The plans of lanes, ready to fly: their models on the host, and which of them fly together."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax
import numpy as np
from pydantic import BaseModel

from yaan.base.errors import YaanError
from yaan.description import Ascent, InterfaceSpec, Plan, ReturnFlight
from yaan.description.broken import broken, losses_of
from yaan.dynamics.accuracy import shortened
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4
from yaan.dynamics.state import State, state_of
from yaan.flight import batches
from yaan.flight.approach import Craft, Way, craft_left, way_of
from yaan.flight.ascent_guiding import guided_case, known_guidance
from yaan.flight.chain import known_for
from yaan.flight.legs import Array
from yaan.flight.models.craft import (
    CIRCULARISE,
    build_capsule,
    build_failed,
    build_interface,
    build_spacecraft,
    build_train,
    handover_of,
)
from yaan.flight.models.launcher import MODULE, Stack, build_start, build_vehicle, stack_of
from yaan.flight.models.parts import lossy
from yaan.flight.models.sequence import Sequence as Legs
from yaan.flight.models.sequence import make_sequence
from yaan.flight.models.world import build_worlds, landing_world
from yaan.flight.resolved import Flyer
from yaan.results.commands import AscentCommands, Commands
from yaan.spacetime.frame import components
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.parachute import Train
from yaan.vehicle.spacecraft import Spacecraft


class Models(eqx.Module):
    """The models of one plan, or stacked those of many, on the host."""

    case: batches.Case | None = None
    raising: Spacecraft | None = None
    craft: Craft | None = None
    way: Way | None = None
    capsule: Capsule | None = None
    train: Train | None = None
    start: State | None = None
    """Of an entry from an interface."""
    loads: Any = None
    """What is in all tanks at lift-off [kg]."""
    belief: Flyer | None = None
    """What guidance takes the spacecraft for; None: for what it is."""


@dataclass(frozen=True)
class Built:
    """One plan, ready to fly."""

    plan: Plan
    world: World
    """Of its ascent."""
    down: World
    """Of all that follows."""
    models: Models
    sequence: Legs | None = None
    stack: Stack | None = None
    expected: World | None = None
    """The world as guidance takes it to be; None: as it is."""

    @property
    def resolves(self) -> bool:
        """Whether the burns in orbit are solved again in flight."""
        guidance = self.plan.guidance
        return guidance is not None and guidance.resolves

    @property
    def shape(self) -> object:
        """Equal of what flies in one batch: kinds of models, lengths of tables, names of phases."""
        parts = (self.world, self.down, self.models, self.expected)
        leaves, tree = jax.tree.flatten(parts)
        names = () if self.sequence is None else tuple(leg.phase.name for leg in self.sequence.legs)
        carried = None if self.stack is None else (self.stack.tanks, self.stack.parts)
        sizes = tuple(np.shape(leaf) for leaf in leaves)
        return str(tree), sizes, names, carried, self.resolves


def jobs(built: Sequence[Built], batch: int) -> Iterator[list[int]]:
    """Lanes that fly together, by index."""
    shapes: dict[object, list[int]] = {}
    for index, one in enumerate(built):
        shapes.setdefault(one.shape, []).append(index)
    for lanes in shapes.values():
        yield from (lanes[i : i + batch] for i in range(0, len(lanes), batch))


def build(
    plans: Sequence[Plan],
    commands: Commands | None,
    parting: State | None,
    nominal: Plan | None = None,
) -> list[Built]:
    """The models of plans; each air and sky that several have in common is built once.

    `nominal` is what guidance takes all of them for.
    """
    known = max((known_for(plan) for plan in plans), default=0.0)
    if not plans:
        return []
    built = build_worlds([*plans, *([] if nominal is None else [nominal])], known)
    worlds, thought = built[: len(plans)], built[-1]
    entering = [broken(plan).entry_flight for plan in plans]
    windy = any(e is not None and e.wind is not None and not e.wind.calm for e in entering)
    found: list[Built] = []
    made = (_Once(build_capsule, without="parachutes"), _Once(build_train))
    for plan, world, asked in zip(plans, worlds, entering, strict=True):
        down = world if asked is None else landing_world(world, asked, windy=windy)
        if parting is not None:
            found.append(_parting(plan, world, down, parting, commands, *made))
        elif plan.ascent is not None:
            one = _launched(plan, world, down, commands)
            if nominal is not None and one.resolves:
                there = nominal.entry_flight
                air = thought if there is None else landing_world(thought, there, windy=windy)
                one = _believing(one, nominal, commands, air)
            found.append(one)
        else:
            found.append(_entered(plan, world, down))
    if parting is None:
        return found
    # Another load at lift-off is another load here: the burns before are as they were.
    first = found[0].models.loads
    return [replace(one, models=_loaded(one.models, first)) for one in found]


def _loaded(models: Models, first: Array) -> Models:
    """A state in orbit with what was loaded beyond the `first` of the lanes [kg]."""
    if np.array_equal(models.loads, first):
        return models
    tanks = models.start.tanks.copy()  # pyright: ignore[reportOptionalMemberAccess] - it parts
    tanks[:, : len(first)] += models.loads - first
    return eqx.tree_at(lambda m: m.start.tanks, models, np.maximum(tanks, 0.0))


class _Once:
    """A builder that makes a model once of a block whose values are the same objects.

    Lanes differ in few values, and to put numbers into arrays takes most of the time of a model.
    """

    def __init__(self, build: Callable[[Any], Any], without: str = "") -> None:
        self.build, self.without = build, without
        self.made: dict[tuple[int, ...], tuple[object, Any]] = {}

    def __call__(self, block: BaseModel) -> Any:
        """The model of a block."""
        fields = {name: value for name, value in block if name != self.without}
        key = tuple(id(value) for value in fields.values())
        if key not in self.made:
            # Kept, so that no other value gets its place in memory.
            self.made[key] = (fields, jax.device_get(self.build(block)))
        return self.made[key][1]


def _believing(one: Built, nominal: Plan, commands: Commands | None, air: World) -> Built:
    """The same with what guidance takes it for: the nominal, with what is known to have failed."""
    known = broken(nominal.model_copy(update={"failures": one.plan.failures}))
    ascent, asked = known.ascent, known.return_flight
    if ascent is None or asked is None or one.models.way is None:
        return one
    flyer = Flyer(*_engines(ascent, asked, commands), way_of(asked))
    return replace(one, models=replace(one.models, belief=jax.device_get(flyer)), expected=air)


def _engines(
    ascent: Ascent, asked: ReturnFlight, commands: Commands | None
) -> tuple[Spacecraft, Craft]:
    """The spacecraft as it raises its orbit and as it deorbits, with what is left of its engines.

    Which failures come before a burn is told by when the commands have it.
    """
    back = None if commands is None else commands.orbit
    first = back.raising[0].start if back is not None and back.raising else math.inf
    raising = build_failed(ascent, asked, CIRCULARISE, first)
    return raising, craft_left(ascent, asked, math.inf if back is None else back.ignition)


def _parting(
    plan: Plan,
    world: World,
    down: World,
    start: State,
    commands: Commands | None,
    capsule: _Once,
    train: _Once,
) -> Built:
    """The models of a return, from a state in its orbit."""
    flown = broken(plan)
    ascent, asked = flown.ascent, flown.return_flight
    if ascent is None or asked is None:
        raise YaanError(f"{plan.name} has no return that could begin in an orbit")
    stack, parachutes = stack_of(ascent), asked.spacecraft.capsule.parachutes
    models = Models(
        craft=Craft(
            _engines(ascent, asked, commands)[1].whole
            if plan.failures
            else build_spacecraft(ascent, asked, asked.deorbit.engines),
            capsule(asked.spacecraft.capsule),
            stack.of([MODULE]),
        ),
        way=way_of(asked),
        capsule=capsule(asked.spacecraft.capsule),
        train=None if parachutes is None else train(parachutes),
        start=start,
        loads=np.asarray(stack.loads),
    )
    return Built(plan, world, down, jax.device_get(models), stack=stack)


def _launched(plan: Plan, world: World, down: World, commands: Commands | None) -> Built:
    """The models of a launch, and of its return."""
    flown = broken(plan)
    ascent, asked = flown.ascent, flown.return_flight
    steered = None if commands is None else commands.ascent
    assert ascent is not None
    if commands is None or steered is None:
        raise YaanError(f"{plan.name} cannot fly by commands: none of them steers its ascent")
    vehicle = lossy(build_vehicle(ascent.vehicle), losses_of(plan, commands.events.get))
    profile = ascent.steering.profiles.get(steered.profile)
    if profile is None:
        raise YaanError(f"{plan.name} has no steering profile {steered.profile!r} to fly by")
    sequence = make_sequence(ascent, profile, vehicle, float(world.mu), searched=False)
    stack, own = stack_of(ascent), sequence.phases
    case = batches.Case(vehicle.launcher, own, build_start(ascent), np.asarray(1.0))
    case, told = commanded(case, sequence.coasts, steered), known_guidance(plan, steered)
    if told is not None:
        names = sequence.legs, vehicle.stages
        case = guided_case(plan, case, *names, told, steered.yaw, world)
    given: dict[str, Any] = {
        "case": case,
        "loads": np.asarray(stack.loads),
    }
    if asked is not None:
        capsule = asked.spacecraft.capsule
        raising, craft = _engines(ascent, asked, commands)
        given |= {
            "raising": raising,
            "craft": craft,
            "way": way_of(asked),
            "capsule": build_capsule(capsule),
            "train": None if capsule.parachutes is None else build_train(capsule.parachutes),
        }
    return Built(plan, world, down, jax.device_get(Models(**given)), sequence, stack)


def commanded(
    case: batches.Case, coasts: Mapping[str, int], steered: AscentCommands
) -> batches.Case:
    """A case with the coasts and the steps of commands; `coasts` are its solved legs by phase.

    Raises:
        YaanError: commands of other phases.
    """
    if set(coasts) != set(steered.coasts):
        known, told = (", ".join(names) or "none" for names in (coasts, steered.coasts))
        raise YaanError(f"the commands are of another ascent: it solves {known}, they {told}")
    duration, loose = np.array(case.phases.duration), steered.tolerance
    for name, leg in coasts.items():
        duration[leg] = steered.coasts[name]
    return eqx.tree_at(
        lambda c: (c.phases.duration, c.phases.step, c.tolerance),
        case,
        (duration, case.phases.step * shortened(loose, RK4.order), np.asarray(loose)),
    )


def flat_of(steered: AscentCommands, programmes: Sequence[str]) -> Array:
    """The constants of a steering, in the order of `batches.steering_of`.

    Raises:
        YaanError: commands of other programmes.
    """
    if set(programmes) != set(steered.programmes):
        known, told = (", ".join(names) or "none" for names in (programmes, steered.programmes))
        raise YaanError(f"the commands are of another ascent: it steers by {known}, they by {told}")
    tangents = [x for name in programmes for x in steered.programmes[name]]
    return np.array([steered.kick, steered.azimuth, steered.yaw, *tangents])


def _entered(plan: Plan, world: World, down: World) -> Built:
    """The models of an entry from an interface."""
    entering, start = broken(plan).entry_flight, plan.start
    assert entering is not None
    assert isinstance(start, InterfaceSpec)
    parachutes = entering.capsule.parachutes
    position, velocity = build_interface(start, down)
    asked = entering.entry
    models = Models(
        capsule=build_capsule(entering.capsule),
        train=None if parachutes is None else build_train(parachutes),
        way=Way(
            entry_angle=0.0,
            separation_height=0.0,
            interface_height=0.0,
            until=handover_of(parachutes, asked.floor),
            orbit_step=0.0,
            entry_step=asked.step,
        ),
        start=state_of(np.zeros(1), components(position)[None], components(velocity)[None]),
    )
    return Built(plan, world, down, jax.device_get(models))
