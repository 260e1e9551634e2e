"""What flies in a flight of phases: the parts of a vehicle, as the models that each motion needs.

A state has a column a tank and a column a part, in the order of the file: tanks of the stages;
stages, parts and payload. What is aboard decides what flies: its mass, its shape, its canopies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import equinox as eqx
import jax
import numpy as np

from yaan.description import CapsuleSpec, ConfigurationSpec, ParachutesSpec, VehicleSpec
from yaan.description.broken import Faults
from yaan.dynamics.state import State
from yaan.flight.models.craft import build_capsule, build_train
from yaan.flight.models.launcher import Vehicle, build_vehicle
from yaan.flight.recording import Array
from yaan.propulsion import Failures
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.forebody import Forebody, blunt
from yaan.vehicle.parachute import Train
from yaan.vehicle.retro import Retro
from yaan.vehicle.spacecraft import Spacecraft

PAYLOAD = "payload"

MOLECULAR_DRAG = 2.2
"""Drag coefficient of a part in orbit on its reference area: free-molecular flow, assumed."""


Losses = Mapping[str, Faults]
"""Of stages whose engines or throttles fail: what, and when."""


def lossy(vehicle: Vehicle, losses: Losses) -> Vehicle:
    """A vehicle that loses engines; itself where it loses none."""
    if not losses:
        return vehicle
    each = [losses.get(name, Faults()) for name in vehicle.stages]
    most = max(1, *(len(one.lost) for one in each))
    # What is not lost is not, for ever; its share is that of the last fault before.
    rows = [[*one.lost, *[(np.inf, _left(one))] * (most - len(one.lost))] for one in each]
    table = np.asarray(rows, dtype=float)
    stuck = np.array([one.stuck for one in each])
    sticks = np.asarray(stuck) if np.any(np.isfinite(stuck)) else None
    failures = Failures(table[..., 0], table[..., 1], sticks)
    launcher = eqx.tree_at(
        lambda x: x.engines.failures, vehicle.launcher, failures, is_leaf=lambda x: x is None
    )
    return replace(vehicle, launcher=launcher)


def _left(faults: Faults) -> float:
    return faults.lost[-1][1] if faults.lost else 1.0


@dataclass(frozen=True)
class Parts:
    """The parts of a vehicle."""

    spec: VehicleSpec
    losses: Losses = field(default_factory=dict[str, Faults])

    @property
    def tanks(self) -> tuple[str, ...]:
        """Names of the tanks: those of the stages."""
        return tuple(self.spec.stages)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all that may be dropped or stays."""
        return (*self.spec.stages, *self.spec.parts, PAYLOAD)

    @property
    def dry(self) -> Array:
        """Mass of each part without propellant [kg]."""
        stages = [stage.count * stage.burnt_out for stage in self.spec.stages.values()]
        parts = [part.mass for part in self.spec.parts.values()]
        return np.array([*stages, *parts, self.spec.payload.mass])

    @property
    def massive(self) -> bool:
        """Whether stages, parts and payload have a mass; a body alone has its own."""
        return bool(np.any(self.dry > 0.0))

    @property
    def loads(self) -> dict[str, float]:
        """What is in each tank when it is full [kg]."""
        return {name: s.count * s.usable for name, s in self.spec.stages.items()}

    def vehicle(self) -> Vehicle:
        """Stages and parts as a launcher flies them, with the engines that are lost."""
        return lossy(build_vehicle(self.spec), self.losses)

    def columns(self, names: Iterable[str]) -> tuple[list[int], list[int]]:
        """Where parts are in a state, and their tanks."""
        wanted = set(names)
        parts = [i for i, name in enumerate(self.names) if name in wanted]
        tanks = [i for i, name in enumerate(self.tanks) if name in wanted]
        return parts, tanks

    def without(self, state: State, names: Iterable[str]) -> State:
        """The state after some parts have left, with what is in their tanks."""
        return state.dropping(*self.columns(names))

    def alone(self, state: State, names: Iterable[str]) -> State:
        """The state of some parts after they have left all others, and what hung above these."""
        kept = set(names)
        left = self.without(state, [name for name in self.names if name not in kept])
        return left if self.parachutes([*kept]) is not None else replace(left, canopies=None)

    def aboard(self, state: State) -> list[str]:
        """Names of what is aboard, which is the same in all lanes."""
        return [name for name, there in zip(self.names, state.aboard[0], strict=False) if there]

    def mass(self, state: State) -> Array:
        """Mass of each lane [kg]."""
        aboard = np.asarray(state.aboard)[:, : len(self.names)]
        return aboard @ self.dry + np.sum(np.asarray(state.tanks), axis=1)

    def capsule(self, names: Sequence[str]) -> CapsuleSpec | None:
        """The capsule among some parts; None where there is none, or more than one."""
        parts = [self.spec.parts[name].capsule for name in names if name in self.spec.parts]
        found = [capsule for capsule in parts if capsule is not None]
        return found[0] if len(found) == 1 else None

    def parachutes(self, names: Sequence[str]) -> ParachutesSpec | None:
        """The parachutes of some parts, likewise."""
        stages = [self.spec.stages[n].parachutes for n in names if n in self.spec.stages]
        parts = [self.spec.parts[n].train for n in names if n in self.spec.parts]
        found = [train for train in (*stages, *parts) if train is not None]
        return found[0] if len(found) == 1 else None

    def shape(self, names: Sequence[str]) -> ConfigurationSpec | None:
        """The shape of the widest of some parts; None where none has one."""
        both = {**self.spec.stages, **self.spec.parts}
        shapes = [both[name].aerodynamics for name in names if name in both]
        known = [shape for shape in shapes if shape is not None]
        return max(known, key=lambda shape: shape.reference_area, default=None)

    def entering(self, state: State) -> Capsule:
        """What enters: the capsule aboard with the mass of all that is, lanes first."""
        spec = self.capsule(self.aboard(state))
        assert spec is not None
        return _in_lanes(build_capsule(spec), self.mass(state))

    def hanging(self, state: State, burning: Sequence[str] = ()) -> Forebody:
        """What hangs under canopies: the capsule aboard, or the drag of the shape aboard.

        Its mass is without what is in the tanks of the stages that are `burning`.
        """
        names = self.aboard(state)
        _, tanks = self.columns(burning)
        mass = self.mass(state) - np.sum(np.asarray(state.tanks)[:, tanks], axis=1)
        capsule, shape = self.capsule(names), self.shape(names)
        if capsule is not None:
            body = build_capsule(capsule).forebody
        elif shape is not None:
            drag = np.asarray(shape.table.axial_force[0]) * self.spec.aerodynamics.axial_scale
            body = Forebody(0.0, shape.reference_area, np.asarray(shape.table.mach), drag)
        else:
            body = blunt(0.0, 0.0)
        return _in_lanes(body, mass)

    def retro(self, state: State, names: Sequence[str], lit: Sequence[str]) -> Retro | None:
        """The engines of stages under canopies, some of which are lit; lanes first, or None."""
        if not names:
            return None
        stages = [self.tanks.index(name) for name in names]
        engines = jax.tree.map(
            lambda leaf: np.asarray(leaf)[stages], self.vehicle().launcher.engines
        )
        one = Retro(engines, np.array([name in lit for name in names]), np.asarray(stages))
        lanes = len(state)
        return jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], lanes, axis=0), one)

    def train(self, state: State) -> Train:
        """The canopies aboard."""
        spec = self.parachutes(self.aboard(state))
        assert spec is not None
        return build_train(spec)

    def orbiting(self, state: State) -> Spacecraft:
        """What coasts in orbit, lanes first; it burns nothing."""
        names = self.aboard(state)
        capsule, shape = self.capsule(names), self.shape(names)
        areas = [0.0 if shape is None else shape.reference_area]
        areas.append(0.0 if capsule is None else capsule.area)
        mass, tanks = self.mass(state), np.asarray(state.tanks)
        ones = np.ones(len(mass))
        area = MOLECULAR_DRAG * max(areas) * ones
        return Spacecraft(mass - tanks[:, 0], area, ones, ones, np.zeros(len(mass), dtype=int))


_Body = TypeVar("_Body", Capsule, Forebody)


def _in_lanes(body: _Body, mass: Array) -> _Body:
    """A body once a lane, of those masses [kg]."""
    lanes = len(mass)
    every = jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], lanes, axis=0), body)
    return eqx.tree_at(lambda b: b.mass, every, mass)
