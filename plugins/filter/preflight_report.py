# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.farm.preflight import report


def preflight_report(
    product: Mapping[str, Any],
    ports: Sequence[Mapping[str, Any]],
    host: str,
    version: str | int = "latest",
) -> dict[str, Any]:
    """The door to the engine, where a whole number is the version that it looks like; an error of
    the engine becomes one of Ansible.
    """
    if not isinstance(host, str):
        raise AnsibleFilterError(f"host: {host!r} is not a text; give the name of the host")
    try:
        return report(host, product, ports, version=version)
    except InputError as error:
        raise AnsibleFilterError(str(error)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AnsibleFilterError(
            "preflight_report needs the result of product_info and the ports of "
            f"port_availability; {error!r} is wrong there"
        ) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"preflight_report": preflight_report}
