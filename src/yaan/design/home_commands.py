"""The commands of a return that was designed: its burns, and its bank."""

import numpy as np

from yaan.design.landing import Landed
from yaan.design.return_search import ReturnDesign
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.results.commands import (
    BurnCommand,
    EntryCommands,
    PassCommand,
    PlaceCommand,
    ReturnCommands,
)


def return_commands(design: ReturnDesign) -> ReturnCommands | None:
    """The burns of a return as it was flown; None where no way down was found."""
    down, lane, chosen = design.down, design.orbit, design.chosen
    if down is None or chosen is None:
        return None
    passed = chosen.passed
    burns = design.raised.burns
    rows = zip(burns.start[lane], burns.duration[lane], burns.sense[lane], strict=True)
    return ReturnCommands(
        perigee=float(design.perigees[lane]),
        landing=PassCommand(
            revolution=int(passed.revolution),
            ascending=bool(passed.ascending),
            time=float(passed.time),
            latitude=float(passed.latitude),
            longitude=float(passed.longitude),
        ),
        raising=tuple(
            BurnCommand(start=float(start), duration=float(duration), sense=float(sense))
            for start, duration, sense in rows
            if duration > 0.0
        ),
        parting=float(down.burnt.start.t[0]),
        ignition=float(down.ignition[0]),
        duration=float(down.duration[0]),
        interface=_interface(design.world, down.interface.end),
    )


def _interface(world: World, end: State) -> PlaceCommand:
    """Where and when a deorbit came to its interface; the first lane."""
    north, east, _ = legs.below(world, end.t[:1], end.position_gcrs[:1])
    return PlaceCommand(time=float(end.t[0]), latitude=float(north[0]), longitude=float(east[0]))


def entry_commands(landed: Landed, tolerance: float) -> EntryCommands:
    """The bank of an entry, flown by steps of a `tolerance`."""
    bank = landed.bank
    designed = landed if landed.guided is None else landed.guided.point
    return EntryCommands(
        time=tuple(float(x) for x in np.asarray(bank.time)),
        angle=tuple(float(x) for x in np.asarray(bank.angle)),
        aim=landed.aim,
        tolerance=tolerance,
        handover=designed.over,
    )
