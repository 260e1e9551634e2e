"""Flying an entry of its own, from a file of kind `entry`."""

from yaan.base.session import computing
from yaan.mission.file.tree import Tree
from yaan.mission.flight.fly import Clock, Progress, Report, before
from yaan.mission.home.fly import Entered, enter_alone
from yaan.mission.spec import EntrySpec


def fly_entry(
    tree: Tree, spec: EntrySpec, report: Report | None = None
) -> tuple[Entered, dict[str, float]]:
    """Fly the entry; returns it and the time spent by stage [s]."""
    tell = report or (lambda progress: None)
    clock = Clock()
    tell(Progress("build", f"building models{before(spec)}"))
    with computing(), clock.on("fly"):
        entered = enter_alone(tree, spec, lambda text: tell(Progress("home", text)))
    return entered, clock.spent
