# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.farm.verify import farm_endpoints


def verify_endpoints(
    place: Mapping[str, Any],
    version: str | int = "latest",
    join_ports: Sequence[int] = (80, 443),
    directory: Sequence[str] = (),
    gfi_directory: str = "",
) -> dict[str, list[Any]]:
    """The door to the engine, where a whole number is the version that it looks like; an error of
    the engine becomes one of Ansible.
    """
    for name, value in (("join_ports", join_ports), ("directory", directory)):
        if not isinstance(value, (list, tuple)):
            raise AnsibleFilterError(f"{name}: {value!r} is not a list")
    try:
        return farm_endpoints(
            place,
            version,
            join_ports,
            directory,
            gfi_directory,
        )
    except InputError as error:
        raise AnsibleFilterError(str(error)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AnsibleFilterError(
            f"verify_endpoints needs the result of the lookup farm; {error!r} is wrong there"
        ) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"verify_endpoints": verify_endpoints}
