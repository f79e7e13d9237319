# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.farm.verify import verify


def verify_verdict(
    readings: Mapping[str, Any],
    members: Mapping[str, str],
    version: str | int = "latest",
    farm: str = "",
) -> dict[str, Any]:
    """The door to the engine, where a whole number is the version that it looks like; an error of
    the engine becomes one of Ansible.
    """
    for name, value in (("readings", readings), ("members", members)):
        if not isinstance(value, Mapping):
            raise AnsibleFilterError(f"{name}: {value!r} is not a dictionary of hosts")
    if not members:
        raise AnsibleFilterError("members: is empty; name the hosts of the farm with their roles")
    try:
        return verify(readings, members, version, farm)
    except InputError as error:
        raise AnsibleFilterError(str(error)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AnsibleFilterError(
            f"verify_verdict needs readings as the role verify makes them; {error!r} is wrong there"
        ) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"verify_verdict": verify_verdict}
