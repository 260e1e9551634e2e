"""From a recorded lane to the history that is kept and shown, and what that is out by."""

import numpy as np

from yaan.description import Ascent
from yaan.design.steer import Steered, Watch, refined, shadowed
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.accuracy import PhaseError, accurately, compare
from yaan.flight.models.sequence import Sequence
from yaan.flight.recording import columns_of
from yaan.results.trajectory import History, make_history
from yaan.spacetime.zone import distance


def told(
    ascent: Ascent, world: World, steered: Steered, watch: Watch | None = None
) -> tuple[Steered, History, list[PhaseError]]:
    """A solved flight, its history and its errors; on shorter steps where these are too large."""

    def fly(tolerance: float) -> tuple[tuple[Steered, History], list[PhaseError]]:
        at = steered if tolerance == 1.0 else refined(steered, tolerance, world, watch)
        at = shadowed(at, world)
        flown, shadow = (history(ascent, world, at, lane) for lane in range(2))
        return (at, flown), compare(flown, shadow)

    (at, flown), errors = accurately(fly, ascent.plan.integration)
    return at, flown, errors


def history(ascent: Ascent, world: World, steered: Steered, index: int = 0) -> History:
    """The history of the recorded flight, one row a step; two rows at each event."""
    lane = steered.batch.lane(index)
    count = int(lane.tape.count)
    seen = columns_of(batches.observe_lane(world, lane))
    columns = {name: values[:count] for name, values in seen.items()}
    axial = columns.pop("load_axial")
    label = np.asarray(lane.tape.label)[:count]
    north, east = columns["latitude"], columns["longitude"]
    columns |= {
        "time": np.asarray(lane.tape.t)[:count],
        "downrange": distance(north, east, north[0], east[0]),
        "phase": _file_phase(ascent, steered.task.sequence)[label],
    }
    columns |= {
        f"load_{name}": axial * part for name, part in zip("xyz", ascent.plan.seat, strict=True)
    }
    return make_history(
        columns, stages=steered.task.vehicle.stages, phases=[p.name for p in ascent.phases]
    )


def _file_phase(ascent: Ascent, sequence: Sequence) -> np.ndarray:
    """The phase of the file to which each leg belongs."""
    names = [p.name for p in ascent.phases]
    return np.array([names.index(leg.phase.name) for leg in sequence.legs])
