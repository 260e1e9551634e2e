"""What a mission's flight produced, before it is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from yaan.mission.accuracy import PhaseError
from yaan.mission.file.tree import Tree
from yaan.mission.flight.abort import AbortMap
from yaan.mission.flight.dogleg import DogLeg
from yaan.mission.flight.rank import Ranked
from yaan.mission.flight.steer import Steered
from yaan.mission.home.fly import Returned
from yaan.mission.home.journey import Home
from yaan.mission.spec import MissionSpec
from yaan.results.trajectory import History


@dataclass(frozen=True)
class Flown:
    """All that a mission's flight produced, before it is told."""

    tree: Tree
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
