# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves and loads readings as files on the controller: one file for each server, with access for
its owner only.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import InputError
from .reading import SCHEMA, ServerReading, given_reading

_MOST = 64 * 1024 * 1024  # bytes of a file


def save_reading(reading: ServerReading, folder: str, *, in_git: bool) -> str:
    """Writes the reading to a file of its server in a folder and returns the path. Raises
    InputError if this is not possible, if other users can read the folder, and for a folder inside
    a git work tree unless in_git.
    """
    if "\0" in folder:
        raise InputError("save_to", "contains a NUL character; give a folder")
    place = Path(folder)
    real = Path(os.path.realpath(folder))
    work_tree = next((one for one in (real, *real.parents) if os.path.exists(one / ".git")), None)
    if work_tree and not in_git:
        raise InputError(
            "save_to",
            f"'{folder}' is in the git work tree {work_tree}, and a reading describes a server in "
            "detail; give a folder outside of it (with the playbook capture: "
            "mailessentials_captures), or set in_git to true",
        )
    latest = max((part.received for part in reading.parts.values()), default=0.0)
    as_of = datetime.fromtimestamp(latest, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    content = {**reading.to_dict(), "as_of": as_of}
    text = json.dumps({"reading": content, "sha256": _digest(content)}, indent=1)
    target = place / _file_name(reading.server)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.stat().st_mode & 0o077:
            raise InputError(
                "save_to",
                f"'{folder}' can be read by other users of this machine; give another folder, or "
                "restrict it (chmod 700)",
            )
        handle, name = tempfile.mkstemp(dir=place, prefix=".", suffix=".part")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise InputError("save_to", f"'{folder}' cannot be written: {error.strerror}") from None
    return str(target)


def load_reading(folder: str, server: str) -> ServerReading:
    """Loads the reading of a server from its file in a folder. Raises InputError for a file that is
    missing, modified, of another server or of a newer schema.
    """
    path = Path(folder) / _file_name(server)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(_MOST + 1)
    except FileNotFoundError:
        raise InputError(
            "read_from", f"'{folder}' has no reading of '{server}' ({path.name}); capture it first"
        ) from None
    except (OSError, ValueError):  # as for a NUL in its name
        raise InputError("read_from", f"'{path}' cannot be read") from None
    content, digest = _content(text)
    if content is None:
        raise InputError("read_from", f"'{path}' is not a reading that server_info saved")
    if isinstance(content.get("schema"), int) and content["schema"] > SCHEMA:
        raise InputError(
            "read_from",
            f"'{path}' was saved by a newer version of the collection; use that one",
        )
    if digest != _digest(content) or not content.get("as_of"):
        raise InputError(
            "read_from", f"'{path}' was changed after it was saved; capture the server again"
        )
    try:
        return given_reading(content, server)
    except InputError as error:
        raise InputError("read_from", f"'{path}' {error.sentence}") from None


def _content(text: str) -> tuple[dict[str, Any] | None, str]:
    try:
        data = json.loads(text) if len(text) <= _MOST else None
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict) and isinstance(data.get("reading"), dict):
        return data["reading"], str(data.get("sha256"))
    return None, ""


def _digest(content: dict[str, Any]) -> str:
    """A checksum that detects accidental changes of a file. It is not a signature."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _file_name(server: str) -> str:
    """A file name for any host name, valid on every file system."""
    return f"{quote(server, safe='', errors='surrogatepass')}.json"
