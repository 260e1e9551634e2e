"""Campaigns that are killed at random moments, and go on, are those that never were."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from yaan.campaign.shards import shards_of

COUNT = 1200  # draws: five chunks
FILES = ("dispersions.csv", "dispersions.nc", "statistics.json")
DRAWS = ("disperse", "capsule-entry", "-n", str(COUNT), "--seed", "11", "--quiet")


def started(*words: str, out: Path) -> "subprocess.Popen[bytes]":
    """A command of its own, with all that it starts in one group."""
    command = [sys.executable, "-m", "yaan", *words]
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    return subprocess.Popen(
        command, cwd=out, env=environment, stderr=subprocess.PIPE, start_new_session=True
    )


def finished(process: "subprocess.Popen[bytes]") -> None:
    _, told = process.communicate(timeout=600)
    assert process.returncode == 0, told.decode()


def folder_in(parent: Path) -> Path:
    return parent / "runs" / "capsule-entry-dispersions-1"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that nobody disturbs."""
    parent = tmp_path_factory.mktemp("whole")
    finished(started(*DRAWS, out=parent))
    return folder_in(parent)


def assert_alike(folder: Path, whole: Path) -> None:
    for name in FILES:
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name


@pytest.mark.slow
def test_one_that_is_killed_again_and_again_ends_as_if_it_never_was(
    whole: Path, tmp_path: Path
) -> None:
    chance, folder = random.Random(20261201), folder_in(tmp_path)
    kills = 0
    while kills < 8:
        begun = (folder / "draws.digest").is_file()
        words = ("disperse", "--resume", str(folder), "--quiet") if begun else DRAWS
        process = started(*words, out=tmp_path)
        time.sleep(chance.uniform(1.0, 5.0))
        if process.poll() is not None:
            finished(process)
            break
        before = len(shards_of(folder)) if folder.is_dir() else 0
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        kills += 1
        # What had ended is there whole; what was in flight is lost, and no more.
        assert len(shards_of(folder)) >= before if folder.is_dir() else before == 0
    assert kills >= 2
    finished(started("disperse", "--resume", str(folder), "--quiet", out=tmp_path))
    assert [len(shard.draws) for shard in shards_of(folder)] == [256, 256, 256, 256, 176]
    assert_alike(folder, whole)


def workers() -> list[int]:
    """The workers of Ray that fly a chunk at this moment (Linux)."""
    found: list[int] = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if b"ray::_alone" in one.read_bytes():
                found.append(int(one.parent.name))
    return found


@pytest.mark.cluster
def test_workers_and_coordinator_of_ray_may_die(whole: Path, tmp_path: Path) -> None:
    chance, folder = random.Random(20261202), folder_in(tmp_path)
    first = started(*DRAWS, "--runner", "ray", out=tmp_path)
    deadline = time.monotonic() + 300.0
    killed = 0
    while time.monotonic() < deadline and not (folder.is_dir() and shards_of(folder)):
        # A worker dies: its chunk is flown again by another.
        flying = workers()
        if flying and killed < 2:
            os.kill(chance.choice(flying), signal.SIGKILL)
            killed += 1
        time.sleep(0.5)
    assert killed == 2
    assert shards_of(folder)
    os.killpg(first.pid, signal.SIGKILL)  # the coordinator, in the middle of it
    first.communicate()
    again = ("disperse", "--resume", str(folder), "--runner", "ray", "--quiet")
    finished(started(*again, out=tmp_path))
    assert_alike(folder, whole)
