"""A dispersed mission: draws of its `dispersions`, each flown by the commands of the nominal one.

A draw is a lane: a plan with the drawn values of its keys. What a mission needs and does not say
is designed once, for the mission as it is, and no draw is designed anew. What guides a draw takes
it for the mission as it is; where navigation has errors, each draw has its own.

Draws fly in chunks, and which share one depends on their numbers alone. A chunk that has ended is
a file of the folder (`shards`), so that a campaign that was killed goes on with those it lacks.

Ignores, of each flight: what a single one tells beyond its end (`flight.run`); `yaan fly FOLDER
--lane K` flies one in full. Probabilities are those of the distributions, which are assumed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
import xarray

from yaan.base.errors import InputError, Problem, YaanError, quote
from yaan.campaign import shards
from yaan.campaign.draws import MOST_SEED, Column, draw
from yaan.campaign.folder import DRAWN, Folder
from yaan.campaign.outcomes import WORDS, Columns, columns_of, dataset, flown, lanes_told, table
from yaan.campaign.requirements import meets
from yaan.campaign.runners import Fly, Runner, fly_by_ray, fly_here
from yaan.campaign.shard_file import CHUNK, About
from yaan.campaign.statistics import judged
from yaan.campaign.study import kept_commands, netcdf
from yaan.campaign.summary import CONFIDENCE, in_words, summarise, verdicts
from yaan.campaign.sweep import Lane, Seeing, Watch, fly_lanes, lanes_from
from yaan.description import Plan
from yaan.description.dispersions import DispersionSpec
from yaan.description.own import GivenModels
from yaan.flight.models.navigation import orbit_estimates
from yaan.flight.run import BATCH, Seen
from yaan.mission.checks import check, drawn_of, varied
from yaan.mission.dispersed import BLOCK, WHOLE, Drawn
from yaan.mission.expansion import shorthand
from yaan.mission.file.tree import Tree
from yaan.mission.load import override
from yaan.report import write_sweep
from yaan.results.commands import COMMANDS, Commands
from yaan.results.record import to_plain
from yaan.results.store import own_models, write_bytes, write_json, write_manifest, write_text

SUBJECT: Final = "disperse"
"""What stands for the file in messages."""

MOST_DRAWS: Final = 1_000_000
MOST_SCALE: Final = 100
MOST_REPLICATES: Final = 1000

STATISTICS: Final = "statistics.json"
"""The file of a folder that says what the draws say."""

_ERRORS: Final = "navigation.draw"
_FILES: Final = ("mission.yaml", DRAWN, COMMANDS)
"""What the draws of a folder follow from."""
_SEAL: Final = "draws.digest"


@dataclass(frozen=True)
class Dispersed:
    """A dispersed mission as it was asked for."""

    tree: Tree
    count: int
    """How many draws."""
    seed: int = 1
    scale: float = 1.0
    """Times every sigma."""
    nominal: bool = False
    """Whether draw 0 is the mission as it is."""
    commands: Commands | None = None
    """Those that all fly by; None of what needs none."""
    replicates: int = 0
    """Of a scrambled Sobol sequence, in which draws take turns; 0, and draws are independent."""

    def require(self) -> None:
        """See that the mission has something to draw, and the numbers can be.

        Raises:
            InputError: with all that cannot be.
        """
        wrong: list[Problem] = []
        for name, value, low, high in (
            ("n", self.count, 1, MOST_DRAWS),
            ("seed", self.seed, 0, MOST_SEED),
            ("scale", self.scale, 0, MOST_SCALE),
            ("replicates", self.replicates, 0, MOST_REPLICATES),
        ):
            if not low <= value <= high:  # NaN is neither
                expected = f"a number from {low} to {high}"
                wrong.append(Problem(SUBJECT, None, name, quote(value), expected))
        if self.replicates and (self.replicates < 2 or self.count % self.replicates):
            expected = "two or more, and as many draws in each"
            wrong.append(Problem(SUBJECT, None, "replicates", str(self.replicates), expected))
        if self.replicates and self.nominal:
            expected = "nothing with a Sobol sequence, whose draws stand together"
            wrong.append(Problem(SUBJECT, None, "nominal", "true", expected))
        plan = check(self.tree)
        if not plan.dispersions:
            told = "a mission with dispersions: keys of it, and how their values are distributed"
            hint = 'as dispersions: {capsule.mass: {normal: "0.5 %"}}'
            wrong.append(Problem(plan.name, None, BLOCK, "", told, hint))
        if wrong:
            raise InputError(wrong)

    @property
    def chunks(self) -> Iterator[range]:
        """The draws that fly together."""
        for first in range(0, self.count, CHUNK):
            yield range(first, min(first + CHUNK, self.count))

    def drawn(self, draws: range) -> tuple[Column, ...]:
        """What is drawn of each key by these draws."""
        how: dict[str, Any] = {"scale": self.scale, "nominal": self.nominal}
        if self.replicates:
            how |= {"sequence": "sobol", "replicates": self.replicates}
        return draw(self._keys, self.seed, draws.start, len(draws), **how)

    @cached_property
    def first(self) -> tuple[Column, ...]:
        """What is drawn of each key by draw 0."""
        return self.drawn(range(1))

    @cached_property
    def _keys(self) -> tuple[Drawn, ...]:
        """The keys of its file, and which errors its navigation has."""
        told, spec = drawn_of(self.tree), check(self.tree).navigation
        if spec is None or spec.model == "perfect" or any(one.key == _ERRORS for one in told):
            return told
        return (*told, Drawn(_ERRORS, DispersionSpec(seed=True), WHOLE, float(spec.draw), None))

    def values(self, row: int) -> dict[str, Any]:
        """The values of one draw by dotted key, as a file has them.

        Raises:
            YaanError: no draw of that number.
        """
        if not 0 <= row < self.count:
            raise YaanError(f"There are draws 0 to {self.count - 1}; {row} is none of them.")
        return {column.drawn.key: column.written(0) for column in self.drawn(range(row, row + 1))}

    @cached_property
    def make(self) -> Callable[[Mapping[str, Any]], Plan]:
        """Makes the plan of a draw: of the nominal one, where draw 0 shows that this is the same.

        Raises:
            InputError: from what it makes, values that the mission's rules refuse.
        """

        def anew(values: Mapping[str, Any]) -> Plan:
            return check(override(self.bare, values), beside=True)

        nominal = check(self.bare)

        def of_nominal(values: Mapping[str, Any]) -> Plan:
            return varied(self.bare, nominal, values)

        try:
            values = self.values(0)
            return of_nominal if of_nominal(values) == anew(values) else anew
        except InputError:  # draw 0 is refused: nothing to compare
            return anew

    @cached_property
    def bare(self) -> Tree:
        """The mission without its dispersions, which draws replace values of."""
        word = self.tree.data.get("navigation")
        # A key below a word leads nowhere: the word is written out.
        spelt = {"navigation": {"model": word}} if isinstance(word, str) else {}
        return override(shorthand(self.tree), {BLOCK: None, **spelt})


def disperse(
    asked: Dispersed,
    *,
    parent: Path | str | None = None,
    batch: int | None = None,
    runner: Runner = "local",
    watch: Watch | None = None,
) -> xarray.Dataset:
    """Draw and fly, by the commands of the mission as it is; see `Mission.disperse`."""
    asked.require()
    if watch is not None:
        watch(0, 0, "designing the commands that all fly by")
    asked = replace(asked, commands=kept_commands(asked.bare))
    folder = None
    if parent is not None:
        told = {
            "mission": str(asked.tree.data["name"]),
            "draws": asked.count,
            "seed": asked.seed,
            "scale": asked.scale,
            "nominal": asked.nominal,
            "replicates": asked.replicates,
        }
        folder = Folder.begun(parent, DRAWN, asked.tree, told, asked.commands)
        _sealed(folder)
    return _flown(asked, folder, batch=batch, runner=runner, watch=watch)


def resume(
    path: Path | str,
    given: GivenModels | None = None,
    *,
    batch: int | None = None,
    runner: Runner = "local",
    watch: Watch | None = None,
) -> xarray.Dataset:
    """Go on where a dispersed mission was stopped, with the models of the user's own it had.

    Chunks that have ended are not flown again. A file of one that is damaged is renamed, said, and
    its draws are flown again.

    Raises:
        YaanError: no folder of a dispersed mission; or what its draws follow from has changed
            since, or Yaan has: nothing is flown, nothing overwritten.
        InputError: a model that it had is not given, or is another one by now.
    """
    folder = Folder(Path(path))
    asked = asked_of(folder, given)
    _require_sealed(folder)
    return _flown(asked, folder, batch=batch, runner=runner, watch=watch)


def asked_of(folder: Folder, given: GivenModels | None = None) -> Dispersed:
    """What was asked of the folder of a dispersed mission; see `resume`."""
    tree, told, commands = folder.read(DRAWN, given)
    try:
        numbers = int(told["draws"]), int(told["seed"]), float(told["scale"])
        nominal, replicates = bool(told["nominal"]), int(told["replicates"])
    except (KeyError, TypeError, ValueError) as error:
        raise YaanError(f"{folder.path / DRAWN} is damaged: {error}.") from error
    found = Dispersed(tree, *numbers, nominal, commands, replicates)
    found.require()
    return found


def prepare(asked: Dispersed, draws: range) -> list[Lane]:
    """Draws with their plans, none flown; one that the mission's rules refuse says why."""
    return _prepared(asked, asked.drawn(draws), draws)


def _prepared(asked: Dispersed, drawn: Sequence[Column], draws: range) -> list[Lane]:
    values = (
        {column.drawn.key: column.written(row) for column in drawn} for row in range(len(draws))
    )
    lanes = lanes_from(asked.bare, values, asked.make)
    for lane, number in zip(lanes, draws, strict=True):
        lane.index = number
    return lanes


def _flown(
    asked: Dispersed,
    folder: Folder | None,
    *,
    batch: int | None = None,
    runner: Runner = "local",
    watch: Watch | None = None,
) -> xarray.Dataset:
    """Fly every chunk that has not ended yet, and write what is made of all of them."""
    begun, notes = perf_counter(), list[str]()
    about, done = None, list[range]()
    if folder is not None:
        about = About(_digest(folder))
        shards.tidy(folder.path)
        for damage in shards.damaged(folder.path, about):
            notes.append(f"{damage.sentence()} It is kept, and its draws were flown again.")
            shards.set_aside(damage.path)
        done = shards.finished(folder.path, about)
    made: dict[int, Columns] = {}
    left = [chunk for chunk in asked.chunks if chunk not in done]
    live = _Live(asked, watch or (lambda done, of, text: None), begun)
    if folder is not None and done:
        live.add(shards.columns_of(folder.path, [*live.named, *WORDS], about=about))
    fly: Fly = partial(fly_chunk, asked, batch)
    if runner == "local":  # what tells how far a chunk is does not travel
        fly = partial(fly, watch=live.heard)
    for chunk, columns in _ENGINES[runner](fly, left):
        if folder is None or about is None:
            made[chunk.start] = columns
        else:
            shards.write_shard(folder.path, chunk.start, columns, about)
        live.add(columns)
    if folder is None:
        parts = [made[first] for first in sorted(made)]
        columns = {name: np.concatenate([one[name] for one in parts]) for name in parts[0]}
    else:
        columns = shards.columns_of(folder.path, about=about)
    summary = summarise(asked, columns)
    found = dataset(asked, columns).assign_attrs(
        requirements="\n".join(map(in_words, summary.requirements)),
        verdicts=verdicts(summary.requirements),
    )
    if folder is None:
        return found
    write_bytes(folder.path / "dispersions.nc", netcdf(found))
    write_text(folder.path / "dispersions.csv", table(columns))
    write_json(folder.path / STATISTICS, to_plain(summary))
    inputs = {name: folder.path / name for name in _FILES if (folder.path / name).is_file()}
    spent = {"disperse": perf_counter() - begun}
    own = own_models((word, one.own) for word, one in asked.tree.given.items())
    write_manifest(folder.path, yaan=version("yaan"), inputs=inputs, timings=spent, extra=own)
    write_sweep(lanes_told(asked, columns, summary), folder.path)
    return found.assign_attrs(folder=str(folder.path), notes="\n".join(notes))


def fly_chunk(
    asked: Dispersed, batch: int | None, draws: range, *, watch: Watch | None = None
) -> Columns:
    """Fly the draws of a chunk."""
    drawn = asked.drawn(draws)
    lanes = _prepared(asked, drawn, draws)
    fly_lanes(lanes, asked.commands, batch=batch or BATCH, seeing=_seeing(asked), watch=watch)
    return columns_of(drawn, lanes, draws.start)


_ENGINES: Final = {"local": fly_here, "ray": fly_by_ray}


class _Live:
    """What is told while draws fly: how far, how fast, and what the requirements come to so far."""

    def __init__(self, asked: Dispersed, watch: Watch, begun: float) -> None:
        self.asked, self.watch, self.begun = asked, watch, begun
        self.required = check(asked.tree).requirements
        self.named = tuple(dict.fromkeys(one.quantity for one in self.required.values()))
        self.known: int | None = None
        """Draws that had ended before."""
        self.ended = 0
        self.met = dict.fromkeys(self.required, 0)

    def add(self, columns: Columns) -> None:
        """Draws that have ended."""
        good = flown(columns)
        for name, one in self.required.items():
            self.met[name] += int(meets(one, columns[one.quantity], good).sum())
        self.ended += len(good)
        self.heard(0, 0, "")

    def heard(self, ended: int, of: int, text: str) -> None:
        """So many more of a chunk have ended."""
        del text
        if self.known is None:
            self.known = self.ended
        done, count = self.ended + ended, self.asked.count
        if ended == of > 0:  # the chunk tells it itself, with its verdicts
            return
        rate = (done - self.known) / max(perf_counter() - self.begun, 1e-9)
        told: list[str] = []
        if rate > 0.0 and done < count:
            told.append(f"{rate:.3g} draws a second, {(count - done) / rate:.0f} s to go")
        if not self.asked.replicates and self.ended:  # of a sequence the whole of it alone tells
            told += [
                f"{name} {judged(met, self.ended, self.required[name].probability, CONFIDENCE)}"
                for name, met in self.met.items()
            ]
        self.watch(done, count, ", ".join(told))


def _digest(folder: Folder) -> str:
    """Of all that the draws of a folder follow from, Yaan among it."""
    digest = blake2b(version("yaan").encode(), digest_size=16)
    for name in _FILES:
        path = folder.path / name
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"\n{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _sealed(folder: Folder) -> None:
    """Write down what the draws follow from, before any has flown."""
    write_text(folder.path / _SEAL, f"{_digest(folder)} {version('yaan')}\n")


def _require_sealed(folder: Folder) -> None:
    """See that the draws that are still to fly follow from the same as those that have flown."""
    path = folder.path / _SEAL
    try:
        digest, made = path.read_text(encoding="utf-8").split()
    except (OSError, ValueError) as error:
        raise YaanError(f"{path} is missing or damaged: {error}.") from error
    if made != version("yaan"):
        raise YaanError(
            f"The draws of {folder.path} were begun by Yaan {made}, and this is {version('yaan')}: "
            "theirs and these would not be of one campaign. Begin a new one."
        )
    if digest != _digest(folder):
        raise YaanError(
            f"One of {', '.join(_FILES)} in {folder.path} has changed since its draws were begun; "
            "those that have flown are kept as they are. Begin a new campaign for what it is now."
        )


def _seeing(asked: Dispersed) -> Seeing | None:
    """What the guidance of draws knows: the mission as it is, and what navigation tells."""
    nominal = check(asked.bare)
    if nominal.guidance is None:
        return None
    return lambda plans: Seen(nominal, orbit_estimates(plans))
