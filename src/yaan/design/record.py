"""From the recorded legs of the way home to rows of the mission's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.programme import Lanes, programme
from yaan.crew.couch import Couch
from yaan.design.landing import Landed, Lander
from yaan.design.return_search import ReturnDesign
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.solve import Tape
from yaan.flight import legs
from yaan.flight.recording import Array, cut, in_blocks, looked_at, written
from yaan.motion import orbit
from yaan.motion.base import AbstractMotion, Leg, of_rows, rows_of
from yaan.motion.row import Row
from yaan.results.trajectory import COLUMNS, SIZES, History, make_history
from yaan.spacetime.elements import Elements, elements
from yaan.spacetime.frame import Frame, vector
from yaan.spacetime.zone import distance
from yaan.vehicle.spacecraft import Spacecraft

PHASES = ("orbit", "circularise", "deorbit", "coast-to-entry", "entry", "descent")
"""Phases of the way home, in their order."""

_MODULE = "service_module"


@dataclass(frozen=True)
class Rows:
    """Rows of one leg: columns of the catalogue by name, and the phase of each row by name."""

    columns: dict[str, Array]
    phase: np.ndarray


def return_rows(world: World, design: ReturnDesign, seat: Couch) -> list[Rows]:
    """Rows of the way home, leg by leg, as far as it was flown."""
    task, lane = design.task, design.orbit
    down, kept = design.down, _rows(design.kept, lane)
    if down is not None:
        kept = _until(kept, float(down.burnt.start.t[0]))
    burns = _burns(design.raised.burns, lane)
    found = [orbit_rows(world, task.raising.craft, burns, kept, "circularise", seat)]
    if down is None:
        return found
    burn = _against(float(down.ignition[0]), float(down.duration[0]))
    burnt = _rows(down.burnt)
    found.append(orbit_rows(world, task.craft.whole, burn, burnt, "deorbit", seat))
    found[-1].phase[found[-1].columns["time"] > _end(burn) + 1e-6] = "coast-to-entry"
    alone = _rows(down.interface)
    rows = orbit_rows(world, task.craft.alone, _against(0.0, 0.0), alone, "deorbit", seat)
    rows.phase[:] = "coast-to-entry"
    found.append(rows)
    return (
        found
        if design.landed is None
        else [*found, *landing_rows(design.lander, design.landed, seat)]
    )


def landing_rows(lander: Lander, landed: Landed, seat: Couch) -> list[Rows]:
    """Rows from the interface to the ground."""
    found = [_seen(lander.entry_of(landed), _rows(landed.entry), "entry", seat)]
    if landed.descent is not None and lander.train is not None:
        rows = _rows(landed.descent)
        found.append(_seen(lander.descent_of(landed), rows, "descent", seat))
    return found


def _rows(leg: Leg, lane: int = 0) -> Tape:
    """The written rows of one lane."""
    assert leg.tape is not None
    return written(leg.tape, lane)


def _against(start: float, duration: float) -> orbit.Burns:
    burns = legs.Burns.none(1).with_burn(0, start, duration, -1.0)
    return _burns(burns, 0)


def _burns(burns: Any, lane: int) -> orbit.Burns:
    return orbit.Burns(burns.start[lane], burns.duration[lane], burns.sense[lane])


def _end(burns: orbit.Burns) -> float:
    return float(np.asarray(burns.start)[0] + np.asarray(burns.duration)[0])


def _until(tape: Tape, time: float) -> Tape:
    """The rows up to `time` [s]."""
    keep = int(np.searchsorted(tape.t, time + 1e-9, side="right"))
    return cut(tape, slice(keep), keep)


def path_rows(world: World, craft: Spacecraft, flown: Leg, seat: Couch) -> Rows:
    """Rows of the first lane of a leg in orbit that does not burn."""
    return orbit_rows(world, craft, _against(0.0, 0.0), _rows(flown), "orbit", seat)


def orbit_rows(
    world: World, craft: Spacecraft, burns: orbit.Burns, tape: Tape, burning: str, seat: Couch
) -> Rows:
    """Rows of a leg in orbit; those that burn are of the phase `burning`."""
    seen = _seen(orbit.Orbit(world, craft, burns, np.asarray(0.0)), tape, "orbit", seat)
    columns = seen.columns
    for name in ("angle_of_attack", "pitch"):
        columns.pop(name)
    columns[_MODULE] = columns.pop("propellant")[:, 0]
    phase = np.where(columns["thrust"] > 0.0, burning, "orbit").astype("<U16")
    return Rows(columns, phase)


def _seen(motion: AbstractMotion, tape: Tape, phase: str, seat: Couch) -> Rows:
    """The rows of one lane's tape; thrust comes from behind: it presses as the launcher's does."""
    seen = looked_at(tape, lambda block: _look(motion, block))
    seen.pop("canopy_load", None)
    axial = np.nan_to_num(seen.pop("load_axial"))
    normal = seen.pop("load_normal", 0.0 * axial)
    columns = seen | {"time": np.asarray(tape.t)} | seat.loads(axial, normal)
    return Rows(columns, np.full(int(tape.count), phase, dtype="<U16"))


@programme(lanes=of_rows)
def _look(motion: AbstractMotion, tape: Tape) -> Row:
    return rows_of(motion, tape)


def whole_history(
    before: History | None,
    rows: Sequence[Rows],
    pad: tuple[float, float] | None = None,
    loaded: float | None = None,
) -> History:
    """The ascent's history, if there is one, and the rows of the way home, in one.

    A column that means nothing in a phase holds NaN there. `pad` is the place (latitude,
    longitude [rad]) that distances are taken from, else the first row; `loaded` the propellant
    of the service module before it is used [kg].
    """
    stages = (*(before.stages if before else ()), *([_MODULE] if loaded is not None else ()))
    names = list(before.phases) if before else []
    used = [name for name in PHASES if any(name in set(r.phase) for r in rows)]
    phases = [*names, *used]
    parts = [_ascent(before, loaded)] if before else []
    parts += [r.columns | {"phase": np.array([phases.index(p) for p in r.phase])} for r in rows]
    lengths = [len(part["time"]) for part in parts]
    joined: dict[str, Array] = {}
    for name, column in COLUMNS.items():
        if name == "propellant" and stages:
            joined[name] = _propellant(parts, lengths, len(stages))
        elif any(name in part for part in parts) and name != "propellant":
            shape = tuple(SIZES[dimension] for dimension in column.dimensions[1:])
            joined[name] = np.concatenate(
                [
                    part[name] if name in part else np.full((n, *shape), np.nan)
                    for part, n in zip(parts, lengths, strict=True)
                ]
            )
    first = pad or (joined["latitude"][0], joined["longitude"][0])
    since = 0 if before is None else len(before)
    far = distance(joined["latitude"], joined["longitude"], *first)
    downrange = joined.get("downrange", far)
    joined["downrange"] = np.concatenate([downrange[:since], far[since:]])
    return make_history(joined, stages=stages, phases=phases)


def _ascent(before: History, loaded: float | None) -> dict[str, Array]:
    """The ascent's columns, the service module aboard and full."""
    columns = dict(before.columns)
    if loaded is not None and "propellant" in columns:
        full = np.full((len(before), 1), loaded)
        columns["propellant"] = np.concatenate([columns["propellant"], full], axis=1)
    return columns


def _propellant(parts: list[dict[str, Array]], lengths: list[int], stages: int) -> Array:
    """What is left in every stage; NaN of a stage that is gone."""
    found = []
    for part, n in zip(parts, lengths, strict=True):
        if "propellant" in part:
            found.append(part["propellant"])
            continue
        block = np.full((n, stages), np.nan)
        if _MODULE in part:
            block[:, -1] = part[_MODULE]
        found.append(block)
    return np.concatenate(found)


@programme(lanes=lambda *_: Lanes((None, 0, 0)))
def _elements(world: World, position: Any, velocity: Any) -> Elements:
    of_date = world.earth.of_date
    place, motion = vector(position, Frame.GCRS), vector(velocity, Frame.GCRS)
    return elements(of_date.apply(place), of_date.apply(motion), world.mu)


def elements_of(world: World, position: Array, velocity: Array) -> Elements:
    """Osculating elements of states in GCRS [n, 3], against the true equator of date."""
    return jax.device_get(_elements(world, position, velocity))


@programme(lanes=lambda *_: Lanes((None, 0, 0, 0)))
def _along(world: World, t: Any, position: Any, velocity: Any) -> tuple[Any, Any, Any]:
    def one(t: Any, r: Any, v: Any) -> tuple[Any, Any, Any]:
        place, motion = vector(r, Frame.GCRS), vector(v, Frame.GCRS)
        around = surroundings(world, t, place, motion)
        speed = jnp.sqrt(around.relative.dot(around.relative) + 1e-12)
        ahead = around.relative / speed
        pull = (around.gravity + around.carried).dot(ahead)
        against = around.stream.dot(ahead) / jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        return pull, motion.dot(ahead) / motion.norm(), against

    return jax.vmap(one)(t, position, velocity)


def along_motion(world: World, history: History, rows: np.ndarray) -> tuple[Array, Array, Array]:
    """Along the Earth-relative velocity: gravity with the centrifugal term [m/s^2].

    And the cosines of the inertial velocity and of the velocity against the air with it.
    """

    def look(block: np.ndarray) -> Any:
        columns = ("time", "position_gcrs", "velocity_gcrs")
        return _along(world, *(history[name][rows[block]] for name in columns))

    return in_blocks(len(rows), look)
