"""What a folder keeps is read back only where it is whole and the user's own."""

import os
import time
from pathlib import Path

import pytest

from yaan.base.kept import Kept, hindrance

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX tells who may write")


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


@pytest.mark.parametrize("content", [b"", b"a", b"yaan kept 1\n", bytes(range(256)) * 300])
def test_what_is_written_is_read_back(kept: Kept, content: bytes):
    kept.write("one", content)
    assert kept.read("one") == content
    assert kept.taken == 1
    assert os.listdir(kept.folder) == ["one"]


def test_no_bit_may_change(kept: Kept):
    kept.write("one", b"content")
    file = kept.folder / "one"
    whole = file.read_bytes()
    for at in range(len(whole)):
        for bit in range(8):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            assert kept.read("one") is None
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        assert kept.read("one") is None
    assert kept.taken == 0


def test_a_file_answers_to_its_own_name_only(kept: Kept):
    kept.write("one", b"1")
    (kept.folder / "one").rename(kept.folder / "other")
    assert kept.read("one") is kept.read("other") is None


def test_what_is_no_file_is_not_read(kept: Kept):
    (kept.folder / "folder").mkdir()
    assert kept.read("folder") is None
    kept.write("folder", b"1")
    assert kept.read("folder") is None
    assert os.listdir(kept.folder) == ["folder"]  # and no half of it is left


@posix
def test_a_pipe_is_not_waited_for(kept: Kept):
    os.mkfifo(kept.folder / "pipe", 0o600)
    assert kept.read("pipe") is None


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_read_but_replaced(kept: Kept, mode: int):
    kept.write("one", b"1")
    (kept.folder / "one").chmod(mode)
    assert kept.read("one") is None
    kept.write("one", b"1")
    assert kept.read("one") == b"1"


@posix
def test_what_belongs_to_another_is_not_used(kept: Kept, monkeypatch: pytest.MonkeyPatch):
    kept.write("one", b"1")
    assert hindrance(kept.folder) is None
    another = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)
    assert kept.read("one") is None
    assert hindrance(kept.folder) == f"{kept.folder} belongs to another user"


@posix
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_may_write_is_not_used(tmp_path: Path, mode: int):
    tmp_path.chmod(mode)
    assert hindrance(tmp_path) == f"{tmp_path} may be written by others (chmod go-w)"
    link = tmp_path.with_name(f"{tmp_path.name}-link")
    link.symlink_to(tmp_path)
    assert hindrance(link) == f"{link} may be written by others (chmod go-w)"
    tmp_path.chmod(0o755)  # to be read by others does no harm
    assert hindrance(link) is None


@posix
def test_a_folder_is_made_for_the_user_alone(tmp_path: Path):
    before = os.umask(0)
    try:
        assert hindrance(tmp_path / "new" / "cache") is None
    finally:
        os.umask(before)
    assert (tmp_path / "new" / "cache").stat().st_mode & 0o777 == 0o700


def test_what_is_in_the_way_is_told(tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    assert hindrance(file) == f"{file} is not a folder"
    assert hindrance(file / "below") == f"{file / 'below'} cannot be made"
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert (hindrance(loop) or "").startswith(str(loop))


def test_a_folder_that_cannot_be_written_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    assert hindrance(tmp_path) == f"{tmp_path} cannot be written"


def test_a_full_disk_leaves_nothing_half_written(kept: Kept, monkeypatch: pytest.MonkeyPatch):
    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    kept.write("one", b"1")
    assert os.listdir(kept.folder) == []


def test_a_folder_that_is_gone_fails_nothing(tmp_path: Path):
    gone = Kept(tmp_path / "gone")
    gone.write("one", b"1")
    gone.sweep()
    assert gone.read("one") is None


def test_parts_that_were_abandoned_are_swept(kept: Kept):
    kept.write("one", b"1")
    for name, age in {".part-old": 7200.0, ".part-new": 60.0, "another's": 7200.0}.items():
        (kept.folder / name).touch()
        then = time.time() - age
        os.utime(kept.folder / name, (then, then))
    kept.sweep()
    assert sorted(os.listdir(kept.folder)) == [".part-new", "another's", "one"]
