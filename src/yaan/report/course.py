"""What the page of a propagated orbit shows: plain columns and records, all of them SI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.access import ArcEvent
from yaan.analysis.propagated import Burnt, Day
from yaan.base.model import Model
from yaan.description.arc import ArcSpec
from yaan.environment.sunlight import Eclipse
from yaan.results.outcome import OutcomeCode
from yaan.results.summary_contacts import Contacts
from yaan.spacetime.time import Epoch

Array = NDArray[np.float64]

DAY = 86_400.0  # [s]


@dataclass(frozen=True)
class Course:
    """A propagated orbit.

    Attributes:
        spec: what was asked for.
        epoch: where its time starts.
        stop: where it ends [s].
        outcome: how.
        text: that in a sentence.
        error: of the integration, in position at the end [m].
        accurate: whether that is what was asked for.
        yaan: version.
        columns: `time` [s], place, mass and osculating elements, few rows of them.
        ends: the same at the start and at the end.
        track: `time`, `latitude` and `longitude` of what is drawn of it on the map.
        left_out: revolutions before the first of those.
        events: all of them, in order of time.
        spells: all stays in umbra and penumbra.
        days: the light of every day; empty under no sky.
        contacts: with the stations that it names; None without any.
        path: where it is at times [n, s]: in ITRS [n, 3, m].
        burns: as they were flown.
        spread: times [n, s] and standard deviations [n, 6; m, m/s] in RTN; None if nothing is said.
        models: what it was propagated with.
        notes: what else is to be known.
    """

    spec: ArcSpec
    epoch: Epoch
    stop: float
    outcome: OutcomeCode
    text: str
    error: float
    accurate: bool
    yaan: str
    columns: Mapping[str, Array]
    ends: Mapping[str, Array]
    track: Mapping[str, Array]
    left_out: int
    events: tuple[ArcEvent, ...]
    spells: tuple[Eclipse, ...]
    days: tuple[Day, ...]
    contacts: Contacts | None
    path: Callable[[Array], Array]
    burns: tuple[Burnt, ...]
    spread: tuple[Array, Array] | None
    models: tuple[Model, ...]
    notes: tuple[str, ...]

    @property
    def clock(self) -> tuple[float, str]:
        """The unit of time that its curves are against [s], and its name."""
        return (DAY, "d") if self.stop > 3.0 * DAY else (3600.0, "h")
