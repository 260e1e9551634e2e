"""The folder of many flights: what was asked, every flight that has ended, what is made of them.

`sweep.json`, or `dispersions.json` of a dispersed mission, is written first and says what is flown;
`lanes.jsonl` grows by a line a flight, and a line that a killed process left half is flown again;
`sweep.nc`, `sweep.csv` and `sweep.html`, or those of `dispersions`, come last.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from yaan.base.errors import InputError, OutputError, Problem, YaanError
from yaan.campaign.axes import Axis
from yaan.description.own import GivenModels
from yaan.mission.file.tree import Tree
from yaan.mission.load import tree_of_text
from yaan.mission.provenance import text_of_tree
from yaan.results.commands import COMMANDS, Commands, read_commands
from yaan.results.json_file import read_json
from yaan.results.record import to_plain
from yaan.results.store import new_run_folder, own_models, write_json, write_text

if TYPE_CHECKING:
    from yaan.campaign.sweep import Lane

ASKED: Final = "sweep.json"
DRAWN: Final = "dispersions.json"
_WHAT: Final = {ASKED: "sweep", DRAWN: "dispersed mission"}
_LANES: Final = "lanes.jsonl"
_MISSION: Final = "mission.yaml"
_SCHEMA: Final = 1

Ended = tuple[str, str, str, dict[str, float]]
"""Word, text, phase and ends of a flight."""


@dataclass(frozen=True)
class Folder:
    """A folder of a sweep, or of a dispersed mission."""

    path: Path

    @classmethod
    def begun(
        cls,
        parent: Path | str,
        file: str,
        tree: Tree,
        asked: Mapping[str, Any],
        commands: Commands | None,
    ) -> "Folder":
        """A new one below `parent`, with what is `asked` in `file`.

        Raises:
            OutputError: it cannot be made.
        """
        name, suffix = str(asked["mission"]), file.removesuffix(".json")
        path = new_run_folder(parent, f"{name}-{suffix}")
        write_text(path / _MISSION, text_of_tree(tree))
        if commands is not None:
            write_json(path / COMMANDS, to_plain(commands))
        told = {
            "schema": _SCHEMA,
            "kind": suffix,
            "kept": commands is not None,
            **asked,
            **own_models((word, one.own) for word, one in tree.given.items()),
        }
        write_json(path / file, told)
        return cls(path)

    @classmethod
    def made(
        cls,
        parent: Path | str,
        name: str,
        tree: Tree,
        axes: Sequence[Axis],
        zipped: bool,
        commands: Commands | None,
    ) -> "Folder":
        """A new one below `parent`.

        Raises:
            OutputError: it cannot be made.
        """
        told = [{"key": axis.key, "values": list(axis.values)} for axis in axes]
        asked = {"mission": name, "zipped": zipped, "axes": told}
        return cls.begun(parent, ASKED, tree, asked, commands)

    def asked(
        self, given: GivenModels | None = None
    ) -> tuple[Tree, tuple[Axis, ...], bool, Commands | None]:
        """What was asked: mission, axes, whether side by side, and the commands that were kept.

        Args:
            given: the models of the user's own that it had.

        Raises:
            YaanError: it is no folder of a sweep, or a damaged one.
            InputError: a model is not the one that its flights so far have had.
        """
        tree, found, commands = self.read(ASKED, given)
        try:
            rows = cast("list[dict[str, Any]]", found["axes"])
            axes = tuple(Axis(str(one["key"]), tuple(one["values"])) for one in rows)
            return tree, axes, bool(found["zipped"]), commands
        except (KeyError, TypeError) as error:
            raise YaanError(f"{self.path / ASKED} is damaged: {error}.") from error

    def read(
        self, file: str, given: GivenModels | None = None
    ) -> tuple[Tree, Mapping[str, Any], Commands | None]:
        """The mission, what `file` says was asked, and the commands that were kept; see `asked`.

        Raises:
            YaanError: it is no such folder, or a damaged one.
            InputError: a model is not the one that its flights so far have had.
        """
        if not (self.path / file).is_file():
            raise YaanError(f"{self.path} is no folder of a {_WHAT[file]}: it has no {file}.")
        found = read_json(self.path / file)
        try:
            text = (self.path / _MISSION).read_text(encoding="utf-8")
        except OSError as error:
            raise YaanError(f"Cannot read {self.path / _MISSION}: {error.strerror}.") from error
        if "kept" not in found:
            raise YaanError(f"{self.path / file} is damaged: 'kept'.")
        if given:
            _refuse_others(given, found.get("own_models"))
        commands = read_commands(self.path) if found["kept"] else None
        tree = tree_of_text(text, str(self.path / _MISSION))
        return replace(tree, given=dict(given or {})), found, commands

    def finished(self) -> dict[int, Ended]:
        """The flights that have ended, by number."""
        path = self.path / _LANES
        if not path.is_file():
            return {}
        found: dict[int, Ended] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                one = json.loads(line)
                ends = {str(k): float(v) for k, v in one["ends"].items()}
                found[int(one["lane"])] = (one["outcome"], one["text"], one["phase"], ends)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # half a line: that flight is flown again
        return found

    def keep(self, lanes: "Sequence[Lane]") -> None:
        """Add flights that have ended.

        Raises:
            OutputError: they cannot be written.
        """
        lines = "".join(
            json.dumps(
                {
                    "lane": lane.index,
                    "outcome": lane.word,
                    "phase": lane.phase,
                    "text": lane.text,
                    "ends": lane.ends,
                }
            )
            + "\n"
            for lane in lanes
        )
        path = self.path / _LANES
        try:
            # What a killed process left half stays a line of its own.
            broken = (
                path.is_file() and not path.read_bytes().endswith(b"\n") and path.stat().st_size
            )
            with path.open("a", encoding="utf-8") as file:
                file.write(("\n" if broken else "") + lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"Cannot write {path}: {error.strerror}.", self.path) from error


def _refuse_others(given: GivenModels, had: object) -> None:
    """Let a sweep go on with the models that it was begun with alone."""
    now = own_models((word, one.own) for word, one in given.items()).get("own_models")
    if now != had:
        names = ", ".join(one.own.name for one in given.values())
        expected = "the models that the sweep was begun with, of the same source and numbers"
        raise InputError(Problem(ASKED, None, "own_models", names, expected))
