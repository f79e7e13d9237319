# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls the worker that reads product, ports, firewall and proxy of a server in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import InputError
from ..payload import Part
from ..worker import Worker
from .reading import PARTS, ServerReading

SUBJECTS = ("product", "ports", "firewall", "proxy")


class ServerWorker(Worker):
    """The worker that only reads."""

    MODULE = "mailops.mailessentials.server_worker"
    NAME = "server"
    KEYS = {}
    IDENTITY = ()
    PART = ""
    ANSWER = "readings"

    def read(self, server: str, subjects: Sequence[str]) -> ServerReading:
        """Reads the subjects of a server. Raises InputError if the worker returned an invalid
        answer.
        """
        result = self._run({"subjects": list(subjects)}, hint=True)
        readings, errors = result["readings"], result.get("errors", {})
        if not (_texts(readings) and _texts(errors)):
            raise InputError(
                "",
                "The server worker's answer is not as expected; modules and workers are from "
                "different versions, reinstall the collection",
            )
        parts = {name: Part(data, self.sent, self.received) for name, data in readings.items()}
        return ServerReading(server, parts, dict(errors))


def _texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        name in PARTS and isinstance(text, str) for name, text in value.items()
    )
