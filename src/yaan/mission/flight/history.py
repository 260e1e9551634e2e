"""From a recorded lane to the history that is kept and shown."""

import numpy as np

from yaan.dynamics.forces import World
from yaan.mission.flight import flyer
from yaan.mission.flight.steer import Steered
from yaan.mission.model.plan import Plan
from yaan.mission.recording import columns_of
from yaan.mission.spec import MissionSpec
from yaan.results.trajectory import History, make_history
from yaan.spacetime.frame import components
from yaan.spacetime.zone import distance


def history(spec: MissionSpec, world: World, steered: Steered) -> History:
    """The history of the recorded flight, one row a step; two rows at each event."""
    lane = steered.lane
    count = int(lane.tape.count)
    seen = columns_of(flyer.observe_lane(world, lane))
    columns = {name: values[:count] for name, values in seen.items()}
    axial = columns.pop("load_axial")
    state = lane.tape.state
    label = np.asarray(lane.tape.label)[:count]
    seat = (1.0, 0.0, 0.0) if spec.crew is None else _seat(spec)
    north, east = columns["latitude"], columns["longitude"]
    columns |= {
        "time": np.asarray(lane.tape.t)[:count],
        "downrange": distance(north, east, north[0], east[0]),
        "position_gcrs": components(state.position)[:count],
        "velocity_gcrs": components(state.velocity)[:count],
        "propellant": np.asarray(state.propellant)[:count],
        "phase": _file_phase(spec, steered.task.plan)[label],
    }
    columns |= {f"load_{name}": axial * part for name, part in zip("xyz", seat, strict=True)}
    return make_history(
        columns, stages=steered.task.vehicle.stages, phases=[p.name for p in spec.phases]
    )


def _seat(spec: MissionSpec) -> tuple[float, float, float]:
    assert spec.crew is not None
    seat = spec.crew.seat
    return seat.x, seat.y, seat.z


def _file_phase(spec: MissionSpec, plan: Plan) -> np.ndarray:
    """The phase of the file to which each leg belongs."""
    names = [p.name for p in spec.phases]
    return np.array([names.index(leg.phase.name) for leg in plan.legs])
