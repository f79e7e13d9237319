# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.farm.preflight import verdict


def preflight_verdict(
    reports: Mapping[str, Any], members: Iterable[str], fail_on: Collection[str] = ("conflict",)
) -> dict[str, Any]:
    """The door to the engine; an error of the engine becomes one of Ansible."""
    if not isinstance(reports, Mapping):
        raise AnsibleFilterError(
            "preflight_verdict needs reports of preflight_report by host, as a dictionary"
        )
    for name, value in (("members", members), ("fail_on", fail_on)):
        if not isinstance(value, (list, tuple)):
            raise AnsibleFilterError(f"{name}: {value!r} is not a list")
    if not members:
        raise AnsibleFilterError("members: is an empty list; name the hosts of the farm")
    try:
        return verdict(reports, list(members), fail_on)
    except InputError as error:
        raise AnsibleFilterError(str(error)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AnsibleFilterError(
            f"preflight_verdict needs reports of preflight_report by host; {error!r} is wrong there"
        ) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"preflight_verdict": preflight_verdict}
