"""What a mission's flight produced, before it is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from yaan.analysis.abort_map import AbortMap
from yaan.analysis.sensitivity import Ranked
from yaan.description import MissionSpec
from yaan.design.dogleg import DogLeg
from yaan.design.return_flight import Returned
from yaan.design.return_search import Home
from yaan.design.steer import Steered
from yaan.flight.accuracy import PhaseError
from yaan.results.provenance import Provenance
from yaan.results.trajectory import History


@dataclass(frozen=True)
class Flown:
    """All that a mission's flight produced, before it is told."""

    provenance: Provenance
    spec: MissionSpec
    steered: Mapping[str, Steered]
    """Every profile by name; the flown one is the file's choice."""
    histories: Mapping[str, History]
    aborts: Mapping[str, AbortMap]
    ranked: list[Ranked]
    notes: list[str]
    errors: list[PhaseError]
    """Of the flown profile's flight, and of the way home."""
    stopped: bool = False
    """The user stopped it after the ascents were flown."""
    back: Returned | None = None
    """The way home, of a mission that has one."""
    lost: str = ""
    """Why a way home that the mission has was not flown at all: sentences."""
    dog_leg: DogLeg | None = None
    """What a turn out of the plane of launch costs; nothing where none is forced."""

    @property
    def home(self) -> Home | None:
        """The way home, as far as it was found."""
        return None if self.back is None else self.back.home

    @property
    def whole(self) -> History | None:
        """The history of the whole mission, of one that comes home."""
        return None if self.back is None else self.back.history

    @property
    def history(self) -> History:
        """All that the flown profile's flight recorded."""
        return self.histories[self.profile] if self.whole is None else self.whole

    @property
    def profile(self) -> str:
        """The profile that is flown."""
        return self.spec.steering.profile
