# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a registry.pol: [MS-GPREG] 2.2.1."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.firewall_observation import POLICY, PROFILE_KEYS

HEADER = b"PReg\x01\x00\x00\x00"
TEXT, NUMBER = 1, 4  # REG_SZ, REG_DWORD


def records(data: bytes) -> Iterator[tuple[str, str, int, bytes]]:
    """Of every [key;value;type;size;data]: key, value, type and data."""
    assert data.startswith(HEADER)
    place = len(HEADER)
    while place < len(data):
        place = _after(data, place, "[")
        key, place = _name(data, place)
        value, place = _name(data, _after(data, place, ";"))
        (kind,) = struct.unpack_from("<I", data, place := _after(data, place, ";"))
        (size,) = struct.unpack_from("<I", data, place := _after(data, place + 4, ";"))
        place = _after(data, place + 4, ";")
        yield key, value, kind, data[place : place + size]
        place = _after(data, place + size, "]")


def _after(data: bytes, place: int, sign: str) -> int:
    assert data[place : place + 2] == sign.encode("utf-16-le"), place
    return place + 2


def _name(data: bytes, place: int) -> tuple[str, int]:
    end = place
    while data[end : end + 2] != b"\0\0":
        end += 2
    return data[place:end].decode("utf-16-le"), end + 2


def firewall_policy(file: Path) -> dict[str, Any]:
    """Rules and profiles, as a simulated host keeps them of a store. Names of keys know no case."""
    found: dict[str, Any] = {"rules": {}, "profiles": {}}
    for key, value, kind, data in records(file.read_bytes()):
        place, _bar, name = key.rpartition("\\")
        if place.lower() != POLICY.lower():
            continue
        if name.lower() == "firewallrules" and kind == TEXT:
            found["rules"][value] = data.decode("utf-16-le").rstrip("\0")
        elif name in PROFILE_KEYS and kind == NUMBER:
            found["profiles"].setdefault(name, {})[value] = int.from_bytes(data, "little")
    return found
