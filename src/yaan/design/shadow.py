"""What the way home is out by, told by its shadow: the same burns and bank on longer steps."""

from dataclasses import replace

import numpy as np

from yaan.crew.couch import couch
from yaan.design.landing import Landed, Lander, shadow_of
from yaan.design.record import landing_rows, whole_history
from yaan.design.return_search import ReturnDesign
from yaan.dynamics.accuracy import LONGER, loosened
from yaan.dynamics.forces import World
from yaan.dynamics.method import DOP853
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.accuracy import NOISE, TOLD, PhaseError, compare
from yaan.flight.approach import Case, fly_approach
from yaan.flight.legs import Array
from yaan.motion.orbit import FLOOR

_EDGE = 2e-3  # [s] rows beside a switch stand closer than any step
_SEAT = (1.0, 0.0, 0.0)  # the size of a load does not depend on it


def orbit_errors(world: World, design: ReturnDesign) -> tuple[list[PhaseError], State | None]:
    """What the orbit and the deorbit are out by, and where the shadow comes to the interface."""
    down, task = design.down, design.task
    if down is None or down.burnt.tape is None or not down.interface.fired[0, FLOOR]:
        return [], None
    step, lane = LONGER * task.way.orbit_step, np.array([design.orbit])
    raised = design.raised.burns
    burns = legs.Burns(raised.start[lane], raised.duration[lane], raised.sense[lane])
    tolerance = legs.ORBIT_TOLERANCE * loosened(DOP853.order)
    kept = legs.coast(
        world,
        task.raising.craft,
        design.separated,
        burns,
        stop=float(down.burnt.start.t[0]),
        step=step,
        tolerance=tolerance,
    )
    way = replace(task.way, orbit_step=step, orbit_tolerance=tolerance)
    case = Case(world, task.craft, way)
    beside = fly_approach(case, kept.end, down.ignition, down.duration)
    first = down.burnt.start
    assert design.kept.tape is not None
    assert down.interface.tape is not None
    orbiting = _times(design.kept.tape, design.orbit)
    coming = np.concatenate([_times(down.burnt.tape, 0), _times(down.interface.tape, 0)])
    before = orbiting[orbiting <= first.t[0] + 1e-9]
    errors = [
        _error("orbit", design.separated, first, kept.end, before),
        _error("deorbit", design.separated, down.interface.end, beside.interface.end, coming),
    ]
    return errors, beside.interface.end


def _times(tape: Tape, lane: int) -> Array:
    """The instants of one lane's rows [s]."""
    return np.asarray(tape.t)[lane, : int(tape.count[lane])]


def landing_errors(
    lander: Lander, landed: Landed, interface: State | None = None
) -> list[PhaseError]:
    """What the entry and the descent are out by; the shadow starts where its orbit left it."""
    shadow = shadow_of(lander, landed, landed.interface if interface is None else interface)
    seat = couch(_SEAT)
    rows = [whole_history(None, landing_rows(lander, one, seat)) for one in (landed, shadow)]
    return compare(*rows)


def _error(name: str, start: State, end: State, beside: State, times: Array) -> PhaseError:
    away = np.linalg.norm(end.position_gcrs[0] - beside.position_gcrs[0])
    faster = np.linalg.norm(end.velocity_gcrs[0] - beside.velocity_gcrs[0])
    steps = np.diff(times)
    # Errors in orbit grow from the separation on, whatever the phase.
    lasts = float(end.t[0] - start.t[0])
    return PhaseError(
        phase=name,
        steps=int(np.sum(steps > _EDGE)),
        shortest=float(np.min(steps[steps > _EDGE], initial=np.inf)),
        position=max(float(TOLD * away), NOISE[0]),
        speed=max(float(TOLD * faster), NOISE[1]),
        time=float(TOLD * abs(end.t[0] - beside.t[0])),
        peaks={},
        lasts=lasts,
        airless=True,
    )
