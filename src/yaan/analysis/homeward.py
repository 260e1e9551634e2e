"""The return of a mission, flown beside the aborts and the ranking of its ascent."""

from concurrent.futures import Future
from functools import partial

import numpy as np

from yaan.analysis.return_ranking import rank_return, variants
from yaan.analysis.sensitivity import Ranked, Vary, ordered
from yaan.analysis.sides import Sides, aside, interrupted
from yaan.base.errors import YaanError
from yaan.base.provenance import Provenance
from yaan.description import Ascent
from yaan.design.commands import commands_of
from yaan.design.return_flight import Returned, fly_return
from yaan.design.return_search import ReturnDesign
from yaan.design.steer import Steered
from yaan.dynamics.forces import World
from yaan.flight.models.world import landing_world
from yaan.flight.progress import Progress, Report
from yaan.results.commands import Commands
from yaan.results.outcome import OutcomeCode
from yaan.results.summary_evidence import ReturnEffects
from yaan.results.trajectory import History


class Homeward:
    """The return as it is flown, and its assumptions as they are ranked beside it.

    `vary` is None of a flight whose assumptions are not ranked.
    """

    def __init__(self, ascent: Ascent, provenance: Provenance, vary: Vary | None) -> None:
        self.ascent, self.provenance, self.vary = ascent, provenance, vary
        self.returning: Future[Returned] | None = None
        self.ranking: Future[tuple[dict[str, ReturnEffects], list[str]]] | None = None

    def start(
        self,
        world: World,
        steered: Steered,
        before: History,
        tell: Report,
        commands: Commands | None,
    ) -> "Homeward":
        """Begin to fly it, by commands if there are any; nothing where there is no return."""
        ascent, plan = self.ascent, self.ascent.plan
        asked, entering = plan.return_flight, plan.entry_flight
        codes = np.asarray(steered.lane.legs.outcome)[: len(steered.task.sequence.legs)]
        flew = steered.solution.met and not np.any(codes != OutcomeCode.REACHED)
        if asked is None or entering is None or not flew:
            return self
        if plan.failures and not steered.orbits:
            return self
        there, end = landing_world(world, entering), steered.end
        vary = self.vary
        moved = None if vary is None else aside(lambda: variants(plan, self.provenance, vary))

        def found(design: ReturnDesign) -> None:
            """Rank it while its shadow is flown."""
            down = design.down
            if moved is not None and down is not None and design.landed is not None:
                by, parting, made = commands_of(plan.name, design=design), down.burnt.start, moved
                self.ranking = aside(lambda: rank_return(plan, made.result(), by, parting))

        def fly() -> Returned:
            watch = partial(_tell, tell)
            return fly_return(there, ascent, asked, before, end, watch, commands, found=found)

        self.returning = aside(fly)
        return self

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped it; waits for its end."""
        return interrupted(self.returning)

    def result(self) -> tuple[Returned | None, str]:
        """The way home, or why there is none; waits for its end."""
        if self.interrupted:
            return None, "The way home was not flown: the user stopped the flight."
        try:
            return None if self.returning is None else self.returning.result(), ""
        except YaanError as error:
            return None, f"The way home was not found: {error}."
        except np.linalg.LinAlgError as error:
            return None, f"The way home was not found: its search left the numbers ({error})."

    def ranked(self, every: list[Ranked], sides: Sides) -> list[Ranked]:
        """The assumptions with what they move on the way home, in the order of what they move."""
        if self.ranking is None:
            return every
        effects, notes = sides.attempt("the ranking of the return", self.ranking.result) or ({}, [])
        for one in every:
            one.on_return = effects.get(one.assumption.key)
        for note in notes:
            sides.add(note)
        return ordered(every) if effects else every


def _tell(tell: Report, text: str) -> None:
    tell(Progress("home", text))
