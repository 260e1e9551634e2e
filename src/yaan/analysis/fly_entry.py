"""Flying an entry of its own, from a file of kind `entry`."""

from yaan.base.session import computing
from yaan.description import EntrySpec
from yaan.design.return_flight import Entered, enter_alone
from yaan.flight.progress import Clock, Progress, Report, before
from yaan.results.provenance import Provenance


def fly_entry(
    spec: EntrySpec, provenance: Provenance, report: Report | None = None
) -> tuple[Entered, dict[str, float]]:
    """Fly the entry; returns it and the time spent by stage [s]."""
    tell = report or (lambda progress: None)
    clock = Clock()
    tell(Progress("build", f"building models{before(spec)}"))
    with computing(), clock.on("fly"):
        entered = enter_alone(spec, provenance, lambda text: tell(Progress("home", text)))
    return entered, clock.spent
