"""What a plan's flight produced, before it is analysed."""

from collections.abc import Mapping
from dataclasses import dataclass

from yaan.analysis.abort_map import AbortMap
from yaan.analysis.navigated import Looped
from yaan.analysis.sensitivity import Ranked
from yaan.base.provenance import Provenance
from yaan.description import Ascent, EntryFlight, Plan, ReturnFlight
from yaan.description.broken import broken
from yaan.design.dogleg import DogLeg
from yaan.design.landing import Landed, Lander
from yaan.design.return_search import ReturnDesign
from yaan.design.steer import Steered
from yaan.dynamics.forces import World
from yaan.flight.accuracy import PhaseError
from yaan.flight.body import FlownBody
from yaan.flight.chain import ChainFlown
from yaan.flight.rigid import RigidFlown
from yaan.results.commands import Commands
from yaan.results.trajectory import History


@dataclass(frozen=True)
class Climb:
    """The ascent by every profile: the flown one is the plan's choice."""

    ascent: Ascent
    profiles: Mapping[str, Steered]
    histories: Mapping[str, History]
    aborts: Mapping[str, AbortMap]
    dog_leg: DogLeg | None = None
    """What a turn out of the plane of launch costs; nothing where none is forced."""
    turned: RigidFlown | None = None
    """The flown profile as a body that turns; None where that is not asked for, or failed."""
    looped: Looped | None = None
    """What its guidance and its navigation did; None of an ascent by time."""

    @property
    def profile(self) -> str:
        """The profile that is flown."""
        return self.ascent.steering.profile

    @property
    def steered(self) -> Steered:
        """The flown profile, solved."""
        return self.profiles[self.profile]

    @property
    def history(self) -> History:
        """What the flown profile recorded."""
        return self.histories[self.profile]


@dataclass(frozen=True)
class Fall:
    """From the interface down: that of a return, or one flown alone."""

    entering: EntryFlight
    lander: Lander
    landed: Landed


@dataclass(frozen=True)
class Flown:
    """All that a flight produced, before it is analysed; its parts are those of its plan."""

    plan: Plan
    provenance: Provenance
    world: World
    history: History
    """Of the whole flight."""
    errors: list[PhaseError]
    ranked: list[Ranked]
    notes: list[str]
    stopped: bool = False
    """The user stopped it after the ascents were flown."""
    climb: Climb | None = None
    return_design: ReturnDesign | None = None
    """The return, as far as it was found."""
    lost: str = ""
    """Why a return that the plan has was not flown at all: sentences."""
    lander: Lander | None = None
    """What comes down from an interface."""
    landed: Landed | None = None
    body: FlownBody | None = None
    chain: ChainFlown | None = None
    """The phases that were flown as they are written."""
    commands: Commands | None = None
    """What it can be flown again by; None of what is not designed."""

    @property
    def returned(self) -> tuple[ReturnFlight, ReturnDesign] | None:
        """The return that was asked for, and how it went; None of what did not begin one."""
        asked, design = self.plan.return_flight, self.return_design
        return None if asked is None or design is None else (asked, design)

    @property
    def fall(self) -> Fall | None:
        """What came down from an interface; None of what never came to one."""
        entering, design = broken(self.plan).entry_flight, self.return_design
        lander, landed = self.lander, self.landed
        if design is not None:
            lander, landed = design.lander, design.landed
        if entering is None or lander is None or landed is None:
            return None
        return Fall(entering, lander, landed)
