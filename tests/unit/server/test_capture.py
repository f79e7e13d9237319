# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings in files: there and back, for nobody else to read, and nothing that was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from unit.builders import host, refused
from unit.readings import server_reading

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server import capture
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.capture import (
    load_reading,
    save_reading,
)


def save(folder: Path, name: str = "me1", *, in_git: bool = False) -> Path:
    return Path(save_reading(server_reading(host(), name), str(folder), in_git=in_git))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "readings"


def test_a_reading_comes_back_and_says_from_when_it_is(folder: Path) -> None:
    reading = server_reading(host(), "me1")
    path = save_reading(reading, str(folder), in_git=False)
    found = load_reading(str(folder), "me1")
    assert path == str(folder / "me1.json")
    assert (found.parts, found.errors, found.server) == (reading.parts, reading.errors, "me1")
    assert found.as_of.endswith(" UTC") and reading.as_of == ""
    assert found.firewall == reading.firewall and found.host == reading.host


def test_only_the_user_may_read_it(folder: Path) -> None:
    path = save(folder / "deep")
    modes = [entry.stat().st_mode & 0o777 for entry in (path, path.parent)]
    assert modes == [0o600, 0o700]
    assert [entry.name for entry in path.parent.iterdir()] == ["me1.json"]


def test_a_later_reading_takes_the_place_of_the_file(folder: Path) -> None:
    path = save(folder)
    path.chmod(0o644)
    before = path.read_text()
    assert save(folder) == path and path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() != before


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_a_folder_that_others_may_open_is_refused(folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)
    refused(lambda: save(folder), "save_to", "can be read by other users", "chmod 700")
    assert list(folder.iterdir()) == []


def test_a_git_work_tree_is_refused_unless_it_is_meant(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    target = tmp_path / "deep" / "readings"
    refused(lambda: save(target), "save_to", f"git work tree {tmp_path}", "in_git")
    assert not target.exists()
    assert save(target, in_git=True).exists()


def test_a_link_into_a_git_work_tree_is_refused(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "readings").mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(tree / "readings")
    refused(lambda: save(link), "save_to", "git work tree")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(lambda: save(tmp_path / "file" / "readings"), "save_to", "cannot be written")


def test_what_could_not_be_written_leaves_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: str, _target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(capture.os, "replace", full)
    refused(lambda: save(folder), "save_to", "No space left on device")
    assert list(folder.iterdir()) == []


NAMES = [
    "a/b",
    "..",
    ".",
    "../up",
    "me1.example.com",
    "größe",
    "メール",
    "a b",
    "%2F",
    "-x",
    "a\\b",
]


def test_any_name_of_a_host_has_a_file_of_its_own_in_the_folder(folder: Path) -> None:
    paths = {save(folder, name) for name in NAMES}
    assert len(paths) == len(NAMES) and {path.parent for path in paths} == {folder}
    assert [load_reading(str(folder), name).server for name in NAMES] == NAMES


def test_a_name_that_is_too_long_is_refused(folder: Path) -> None:
    refused(lambda: save(folder, "x" * 300), "save_to", "cannot be written")
    refused(lambda: load_reading(str(folder), "x" * 300), "read_from", "cannot be read")


def changed(path: Path, change: Callable[[dict[str, Any]], Any], *, signed: bool = False) -> None:
    data = json.loads(path.read_text())
    change(data)
    if signed:
        data["sha256"] = capture._digest(data["reading"])
    path.write_text(json.dumps(data))


def test_a_file_that_is_not_there_is_refused(folder: Path) -> None:
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "no reading of 'me1'", "capture")


def test_the_file_of_another_host_is_refused(folder: Path) -> None:
    save(folder).rename(folder / "me2.json")
    refused(lambda: load_reading(str(folder), "me2"), "read_from", "is of 'me1', not of 'me2'")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["reading"]["parts"].pop("proxy"),
        lambda data: data["reading"].update(as_of="2020-01-01 00:00:00 UTC"),
        lambda data: data.update(sha256="0" * 64),
        lambda data: data.pop("sha256"),
    ],
)
def test_a_file_that_was_changed_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    changed(save(folder), change)
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "was changed after")


@pytest.mark.parametrize("signed", [False, True])
def test_a_file_of_a_newer_version_is_refused(folder: Path, signed: bool) -> None:
    changed(save(folder), lambda data: data["reading"].update(schema=2), signed=signed)
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "newer version")


def test_a_file_that_is_signed_and_wrong_is_refused(folder: Path) -> None:
    changed(save(folder), lambda data: data["reading"].update(parts=[]), signed=True)
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "me1.json", "server_info")


@pytest.mark.parametrize(
    "text", ["", "not JSON", "[]", "{}", '{"reading": []}', "null", "[" * 100_000, '"\\ud800"']
)
def test_what_is_no_reading_is_refused(folder: Path, text: str) -> None:
    save(folder).write_text(text)
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "not a reading that server_info")


def test_a_file_that_was_cut_off_is_refused(folder: Path) -> None:
    path = save(folder)
    path.write_bytes(path.read_bytes()[:-1])
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "not a reading that server_info")


@pytest.mark.parametrize("content", [b"\xff\xfe", b'{"reading": "\xc3'])
def test_a_file_that_is_no_text_is_refused(folder: Path, content: bytes) -> None:
    save(folder).write_bytes(content)
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "cannot be read")


def test_a_folder_in_the_place_of_the_file_is_refused(folder: Path) -> None:
    (folder / "me1.json").mkdir(parents=True)
    refused(lambda: load_reading(str(folder), "me1"), "read_from", "cannot be read")
