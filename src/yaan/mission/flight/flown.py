"""What a mission's flight produced, before it is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from yaan.mission.file.tree import Tree
from yaan.mission.flight.abort import AbortMap
from yaan.mission.flight.rank import Ranked
from yaan.mission.flight.steer import Steered
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
    stopped: bool = False
    """The user stopped it after the ascents were flown."""
    home: Home | None = None
    """The way home, of a mission that has one."""
    lost: str = ""
    """Why a way home that the mission has was not flown at all: sentences."""
    whole: History | None = None
    """The history of the whole mission, of one that comes home."""

    @property
    def history(self) -> History:
        """All that the flown profile's flight recorded."""
        return self.histories[self.profile] if self.whole is None else self.whole

    @property
    def profile(self) -> str:
        """The profile that is flown."""
        return self.spec.steering.profile
