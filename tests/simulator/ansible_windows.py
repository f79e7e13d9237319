# SPDX-License-Identifier: GPL-3.0-or-later
"""Doubles of modules of ansible.windows 3.8.0 over a simulated host: their options and defaults,
and what they do to the proxy settings.

Every call adds its arguments to ansible_windows.jsonl in the host's folder. As the real ones do,
they tell what was stored before: two in the diff, win_environment always. Errors of the real
modules are imitated no further.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .host import SimulatedHost
from .proxies import (
    CONNECTIONS,
    ENVIRONMENT,
    POLICY,
    environment,
    of_any_case,
    put,
    texts,
    winhttp,
    wininet,
)

ORDER = ("http", "https", "ftp", "socks")
SPECS: dict[str, dict[str, Any]] = {
    "win_http_proxy": {
        "argument_spec": {
            "bypass": {"type": "list", "elements": "str"},
            "proxy": {"type": "raw"},
            "source": {"type": "str", "choices": ["ie"]},
        },
        "mutually_exclusive": [("proxy", "source"), ("bypass", "source")],
        "required_by": {"bypass": ("proxy",)},
    },
    "win_inet_proxy": {
        "argument_spec": {
            "auto_detect": {"type": "bool", "default": True},
            "auto_config_url": {"type": "str"},
            "proxy": {"type": "raw"},
            "bypass": {"type": "list", "elements": "str"},
            "connection": {"type": "str"},
        },
        "required_by": {"bypass": ("proxy",)},
    },
    "win_environment": {
        "argument_spec": {
            "name": {"type": "str"},
            "level": {"type": "str", "choices": ["machine", "process", "user"], "required": True},
            "state": {"type": "str", "choices": ["absent", "present"]},
            "value": {"type": "str"},
            "variables": {"type": "dict"},
        },
        "mutually_exclusive": [
            ("variables", "name"),
            ("variables", "value"),
            ("variables", "state"),
        ],
        "required_one_of": [("name", "variables")],
    },
    "win_regedit": {
        "argument_spec": {
            "path": {"type": "str", "required": True, "aliases": ["key"]},
            "name": {"type": "str", "aliases": ["entry", "value"]},
            "data": {"type": "raw"},
            "type": {
                "type": "str",
                "default": "string",
                "aliases": ["datatype"],
                "choices": [
                    "none",
                    "binary",
                    "dword",
                    "expandstring",
                    "multistring",
                    "string",
                    "qword",
                ],
            },
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
            "delete_key": {"type": "bool", "default": True},
            "hive": {"type": "path"},
        },
    },
}


def run(name: str, module_class: type[AnsibleModule]) -> None:
    module = module_class(supports_check_mode=True, **SPECS[name])
    folder = Path(os.environ["SIMULATED_HOST"])
    host = SimulatedHost.load(folder)
    given = {key: value for key, value in module.params.items() if value is not None}
    if not module.check_mode:
        with (folder / "ansible_windows.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps([name, given]) + "\n")
    before = json.dumps(host.machine.registry, sort_keys=True)
    told = _stored(name, host, given)
    if not host.faults.get("proxy_lies"):
        DO[name](host, module.params)
    changed = json.dumps(host.machine.registry, sort_keys=True) != before
    if not module.check_mode:
        host.save(folder)
    after = _stored(name, host, given)
    result: dict[str, Any] = {"changed": changed}
    if module._diff:
        result["diff"] = {"before": told, "after": after}
    if name == "win_environment":
        result["values"] = {
            one: {"before": told.get(one), "after": after.get(one)} for one in given["variables"]
        }
    module.exit_json(**result)


def _stored(name: str, host: SimulatedHost, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a module tells of the host, as it is stored."""
    registry = host.machine.registry
    if name == "win_environment":
        return {one: of_any_case(registry.get(ENVIRONMENT, {}), one) for one in given["variables"]}
    if name not in BLOBS:
        return {}
    value, keys = BLOBS[name]
    blob = registry.get(CONNECTIONS, {}).get(value)
    return dict(zip(keys, texts(blob["hex"]), strict=False)) if isinstance(blob, dict) else {}


def _proxy(given: Any) -> str:
    """A mapping in the modules' own order of schemes."""
    return (
        ";".join(f"{scheme}={given[scheme]}" for scheme in ORDER if scheme in given)
        if isinstance(given, Mapping)
        else given or ""
    )


def _http(host: SimulatedHost, given: Mapping[str, Any]) -> None:
    winhttp(host, _proxy(given["proxy"]), ";".join(given["bypass"] or []))


def _inet(host: SimulatedHost, given: Mapping[str, Any]) -> None:
    """Without the policy it is the user's own setting that is written, which nobody else sees."""
    if host.machine.registry.get(POLICY, {}).get("ProxySettingsPerUser") == 0:
        wininet(
            host,
            _proxy(given["proxy"]),
            ";".join(given["bypass"] or []),
            given["auto_config_url"] or "",
            auto_detect=given["auto_detect"],
        )


def _environment(host: SimulatedHost, given: Mapping[str, Any]) -> None:
    for name, value in given["variables"].items():
        environment(host, name, value)


def _regedit(host: SimulatedHost, given: Mapping[str, Any]) -> None:
    hive, _colon, key = given["path"].partition(":\\")
    if hive != "HKLM" or key not in (POLICY, CONNECTIONS):
        raise ValueError(given["path"])
    put(host, key, given["name"], int(given["data"]) if given["state"] == "present" else None)


BLOBS = {
    "win_http_proxy": ("WinHttpSettings", ("proxy", "bypass")),
    "win_inet_proxy": ("DefaultConnectionSettings", ("server", "bypass", "auto_config_url")),
}
DO: dict[str, Callable[[SimulatedHost, Mapping[str, Any]], None]] = {
    "win_http_proxy": _http,
    "win_inet_proxy": _inet,
    "win_environment": _environment,
    "win_regedit": _regedit,
}
