"""What a mission offers of many flights: sweeps, draws of its dispersions, payload curves."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaan.mission.file.tree import Tree

if TYPE_CHECKING:
    import xarray

    from yaan.campaign.runners import Runner


class ManyFlights:
    """A mission, as far as it is flown more than once."""

    source: Tree
    """Its resolved file."""

    def sweep(
        self,
        over: Mapping[str, Sequence[Any]],
        *,
        zipped: bool = False,
        redesign: bool = True,
        save: str | Path | None = None,
        batch: int | None = None,
        progress: "Callable[[int, int, str], None] | None" = None,
    ) -> "xarray.Dataset":
        """Fly it with many values of its keys.

        Args:
            over: dotted keys and the values that each takes, as `replace` takes them.
            zipped: the values go side by side, the first of every key together; else all
                combinations are flown.
            redesign: steering, burns and bank are searched anew for each; else all fly by those of
                the mission as it is, open loop.
            save: parent of a folder that keeps what is finished; its path is the attribute
                `folder`.
            batch: lanes that fly together.
            progress: called with how many of how many have ended, and what is being done.

        Returns:
            How each ended, in SI; its dimensions are the keys, or `lane` of values side by side.
            `outcome` is a word, and one that failed stops no other.

        Raises:
            InputError: a key that the mission has not, or that refuses all its values; values side
                by side of different lengths.
            NoSolutionError: not to be designed anew, and the mission has no commands to keep.
            InputError: a model of the user's own that it names was not given: `with_model`.
        """
        from yaan.campaign.study import study

        return study(
            self.source,
            over,
            zipped=zipped,
            redesign=redesign,
            parent=save,
            batch=batch,
            watch=progress,
        )

    def disperse(  # noqa: PLR0913 - which draws, where to, and who flies them
        self,
        n: int = 200,
        *,
        seed: int = 1,
        scale: float = 1.0,
        nominal: bool = False,
        replicates: int = 0,
        save: str | Path | None = None,
        batch: int | None = None,
        runner: "Runner" = "local",
        progress: "Callable[[int, int, str], None] | None" = None,
    ) -> "xarray.Dataset":
        """Fly draws of its `dispersions`, by the commands of the mission as it is.

        A draw is the same however many there are, in whatever batches: its values follow from the
        seed, its number and the key alone.

        Args:
            n: how many draws.
            seed: of the draws, a whole number from 0.
            scale: times every sigma, and every other deviation.
            nominal: draw 0 is the mission as it is; the others stay what they are.
            replicates: of a scrambled Sobol sequence, two or more, in which draws take turns; their
                spread judges the requirements. 0, and draws are independent.
            save: parent of a folder that keeps what is finished; its path is the attribute
                `folder`.
            batch: lanes that fly together.
            runner: `local`, or `ray` of the extra `cluster`, whose workers fly chunks of draws.
            progress: called with how many of how many have ended, and what is being done.

        Returns:
            How each ended, in SI, over `draw`; the drawn numbers are coordinates, the profiles
            variables. `outcome` is a word, `text` says what happened, and one that failed stops no
            other.

        Raises:
            InputError: a mission without dispersions, or numbers that cannot be.
            NoSolutionError: the mission has no commands to keep.
            InputError: a model of the user's own that it names was not given: `with_model`.
        """
        from yaan.campaign.disperse import Dispersed, disperse

        asked = Dispersed(self.source, n, seed, scale, nominal, replicates=replicates)
        return disperse(asked, parent=save, batch=batch, runner=runner, watch=progress)

    def capability(
        self,
        heights: Sequence[str],
        inclinations: Sequence[str] = (),
        *,
        progress: "Callable[[int, int, str], None] | None" = None,
    ) -> "xarray.Dataset":
        """The payload that leaves just the reserve, for circular orbits.

        Args:
            heights: above 6378.137 km, as "400 km".
            inclinations: as "51.6 deg", or "sun-synchronous"; that of the mission if left out.
            progress: called with how many of how many are found, and the last one.

        Returns:
            `payload` and what is `left` beyond the reserve [kg] over height and inclination, and
            the `outcome` of each; a heavier payload is not shown to be impossible.

        Raises:
            InputError: a mission without an ascent to an orbit, or an orbit that is none.
        """
        from yaan.campaign.capability import capability, curve

        points = capability(self.source, heights, inclinations, progress)
        return curve(points, str(self.source.data["name"]))
