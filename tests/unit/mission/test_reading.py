"""What is no mission is refused at once, and in our words; what is one is never read as another."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from yaan.base import InputError
from yaan.mission import check, load_tree
from yaan.mission.file.read import LARGEST, is_text, printable, read
from yaan.mission.file.tree import Origin

BASE = "schema: 1\nkind: entry\nfrom: capsule-entry\n"
LIMIT = 5.0  # [s] of processor time: no file takes more, whatever is in it


def write(folder: Path, text: str | bytes, name: str = "m.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def refused(path: Path, overrides: dict[str, Any] | None = None) -> str:
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        check(load_tree(path, overrides))
    assert time.process_time() - start < LIMIT
    return str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such files")
@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "/dev/random", "/dev/full", "loop"])
def test_what_may_never_end_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "m.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path if kind == "loop" else kind)
    assert "expected a file that can be read" in refused(path)


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").mkdir()
    assert refused(tmp_path / "m.yaml").endswith(
        "expected a file that can be read (it is a folder)"
    )


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="the system has no such file")
def test_an_empty_file_of_the_kernel_does_not_keep_us_waiting(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").symlink_to("/proc/kmsg")
    assert "m.yaml" in refused(tmp_path / "m.yaml")


@pytest.mark.parametrize("size", [LARGEST, 40 * LARGEST])
def test_a_large_file_is_refused_unread(tmp_path: Path, size: int) -> None:
    path = write(tmp_path, BASE)
    os.truncate(path, size)
    (tmp_path / "link.yaml").symlink_to(path)
    for each in (path, tmp_path / "link.yaml"):
        assert "too large to be a mission (it has 1 MB or more)" in refused(each)


def test_a_file_of_many_small_values_is_refused(tmp_path: Path) -> None:
    told = refused(write(tmp_path, f"{BASE}a: [{','.join('1' * 60_000)}]\n"))
    assert told.endswith("m.yaml:4: expected at most 50000 values in a file")


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        (BASE + "title: a\0b\n", 4, "the character U+0000 stands here"),
        (BASE + "title: x\n# \x1b[31m\n", 5, "the character U+001B stands here"),
        (BASE + 'title: "\\UFFFFFFFF"\n', 4, "its quotes"),
        (BASE + "title\nname: a\n", 4, "a colon and a space are missing"),
        (BASE + 'title: "\\d"\n', 4, "begins an escape"),
        (BASE + "title: |x\n", 4, "begins with | or >"),
        (BASE + "title: %x\n", 4, "quote a text that begins with such a character"),
        (BASE + "title: {a: 1\nname: x\n", 4, "is not closed"),
        (BASE + "...\nname: x\n", 5, ""),
        (BASE + "!x!y: 3\n", 4, ""),
        ("%YAML 7\n" + BASE, 1, ""),
    ],
)
def test_the_reader_speaks_our_words(tmp_path: Path, text: str, line: int, hint: str) -> None:
    told = refused(write(tmp_path, text))
    assert f"m.yaml:{line}: " in told
    assert hint in told
    for word in ("while", "found", "could not", "Python", "expected <"):
        assert word not in told


def test_no_text_of_a_file_moves_the_cursor(tmp_path: Path) -> None:
    path = write(tmp_path, BASE + 'name: a\ntitle: "\\e[31m\\a red\\r\\x9b line\\n\\tmore"\n')
    assert check(load_tree(path)).title == "\\u001b[31m\\u0007 red\\u000d\\u009b line\n\tmore"
    assert check(load_tree(path, {"title": '"\\e[2J"'})).title == "\\u001b[2J"
    from_program = {"crew": {"condition": "fresh", "title": "\x1b[2J"}}
    spec: Any = check(load_tree(path, from_program))
    assert spec.crew.title == "\\u001b[2J"


def test_letters_of_all_scripts_stay_as_they_are() -> None:
    for text in ("नमस्ते", "क्\u200dष", "é\u0301", "\U0001f680", "a\tb\nc"):
        assert printable(text) == text


def test_what_yaml_reads_as_another_thing_is_no_text() -> None:
    for text in ("2027", "1.5", "1e3", "true", "null", "~", "", ".5", "-3"):
        assert not is_text(text)
    for text in ("2027-01-15", "no", "yes", "a", "0x10", "1_000", "1.2.3"):
        assert is_text(text)
        assert read(f"a: {text}", Origin("", None)).plain() == {"a": text}


def test_a_circle_of_files_is_told_at_its_line(tmp_path: Path) -> None:
    write(tmp_path, "schema: 1\nkind: entry\nfrom: n.yaml\n")
    write(tmp_path, "schema: 1\nkind: entry\nfrom: ./m.yaml\n", "n.yaml")
    told = refused(tmp_path / "m.yaml")
    assert f"{tmp_path / 'n.yaml'}:3: from: " in told
    assert "expected no circle" in told


def test_a_long_chain_of_files_is_refused(tmp_path: Path) -> None:
    for n in range(40):
        write(tmp_path, f"schema: 1\nkind: entry\nfrom: m{n + 1}.yaml\n", f"m{n}.yaml")
    assert "files that refer to each other" in refused(tmp_path / "m0.yaml")
