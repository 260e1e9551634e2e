"""Commands in a file: to the last digit, and what is none."""

import json
from pathlib import Path

import pytest

from yaan.base.errors import InputError, YaanError
from yaan.results.commands import (
    AscentCommands,
    BurnCommand,
    Commands,
    EntryCommands,
    PassCommand,
    ReturnCommands,
    read_commands,
)
from yaan.results.record import to_plain

COMMANDS = Commands(
    schema=1,
    mission="paper",
    events={"cut-off": 1.0 / 3.0},
    ascent=AscentCommands(
        profile="one",
        kick=0.1,
        azimuth=2.0 / 3.0,
        yaw=-0.0,
        programmes={"core": (0.1, -0.2, 0.3)},
        coasts={"coast": 12.5},
        tolerance=1.0,
    ),
    orbit=ReturnCommands(
        perigee=380e3,
        landing=PassCommand(
            revolution=46, ascending=True, time=255_736.3, latitude=0.2, longitude=1.45
        ),
        raising=(BurnCommand(start=14_559.1, duration=220.8, sense=1.0),),
        parting=252_593.4,
        ignition=252_627.4,
        duration=377.9,
    ),
    entry=EntryCommands(time=(411.4, 419.0), angle=(1.0, -1.0), aim=None, tolerance=0.0625),
)


def written(folder: Path, document: object) -> Path:
    path = folder / "commands.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_they_are_read_back_to_the_last_digit(tmp_path: Path):
    written(tmp_path, to_plain(COMMANDS))
    assert read_commands(tmp_path) == COMMANDS
    assert read_commands(tmp_path / "commands.json") == COMMANDS


def test_a_folder_without_any_says_so(tmp_path: Path):
    with pytest.raises(YaanError, match=r"Cannot read .*commands\.json"):
        read_commands(tmp_path)


def test_another_schema_is_refused(tmp_path: Path):
    path = written(tmp_path, to_plain(COMMANDS) | {"schema": 7})
    with pytest.raises(YaanError, match="schema 7; this Yaan reads 1"):
        read_commands(path)


def test_those_of_an_older_yaan_tell_no_interface(tmp_path: Path):
    document = to_plain(COMMANDS)
    del document["orbit"]["interface"]  # pyright: ignore[reportIndexIssue]
    written(tmp_path, document)
    assert read_commands(tmp_path) == COMMANDS
    assert COMMANDS.orbit is not None
    assert COMMANDS.orbit.interface is None


def test_what_is_missing_is_named(tmp_path: Path):
    document = to_plain(COMMANDS)
    del document["ascent"]["kick"]  # pyright: ignore[reportIndexIssue]
    path = written(tmp_path, document)
    with pytest.raises(InputError, match=r"ascent\.kick"):
        read_commands(path)
