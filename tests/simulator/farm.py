# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated hosts that start from captured stores, and what can happen to them: python -m
simulator.farm COMMAND FOLDER ...
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .host import SimulatedHost
from .network import disturb
from .occupation import (
    addresses,
    clock,
    exchange_range,
    exclude,
    listen,
    unexclude,
    unlisten,
    web_site,
)
from .product import install, other_gfi, stop_product, uninstall, web_config
from .proxies import environment, winhttp, wininet
from .rule_text import RuleText

DATA = Path(__file__).resolve().parents[1] / "data" / "firewall_rules"
LIVE_KEYS = {"FirewallRules", "SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"}
# capture: its file and the schema of the machine
CAPTURES = {
    "server2016": ("server2016_schema226.jsonl", "v2.26"),
    "windows10": ("windows10_schema230.jsonl", "v2.30"),
    "windows11": ("windows11_schema233.jsonl", "v2.33"),
    "empty": ("", "v2.31"),
}
GPO_CAPTURE = "gpo_server2016.jsonl"
PROFILE_KEYS = ("DomainProfile", "StandardProfile", "PublicProfile")
PROFILE_VALUES = {
    "EnableFirewall": 1,
    "DefaultInboundAction": 1,
    "DefaultOutboundAction": 0,
    "DoNotAllowExceptions": 0,
}


def captured(name: str) -> list[tuple[str, str]]:
    """The rules of the live store in a captured file: (id, text)."""
    rows = (
        json.loads(line) for line in DATA.joinpath(name).read_text(encoding="utf-8").splitlines()
    )
    return [(row["id"], row["value"]) for row in rows if row["key"] in LIVE_KEYS]


def _blocks_everybody(text: str) -> bool:
    limits = ("|app=", "|svc=", "|apppkgid=", "|pfn=")
    text = text.lower()
    return "|action=block|" in text and not any(limit in text for limit in limits)


def host(capture: str = "server2016", gpo: bool = False, **changes: Any) -> SimulatedHost:
    """A running domain member; changes are fields of SimulatedHost. gpo adds the captured group
    policy rules. Block rules for every program are left out: their owner had blocked LDAP, which a
    plan may need.
    """
    name, version = CAPTURES[capture]
    made = SimulatedHost(**{"version": version, **changes})
    rules = captured(name) if name else []
    made.rules.update((rule_id, text) for rule_id, text in rules if not _blocks_everybody(text))
    made.stores["local"]["profiles"] = {key: dict(PROFILE_VALUES) for key in PROFILE_KEYS}
    if gpo:
        made.stores["gpo"]["rules"] = dict(captured(GPO_CAPTURE))
    return made


def create(folder: Path | str, capture: str = "server2016", **changes: Any) -> SimulatedHost:
    made = host(capture, **changes)
    made.save(folder)
    return made


# What people and programs do to a host behind our back


def rewrite(target: SimulatedHost, rule: str, field: str, *tokens: tuple[str, str]) -> None:
    target.rules[rule] = RuleText.read(target.rules[rule]).with_field(field, tokens).write()


def disable(target: SimulatedHost, rule: str) -> None:
    rewrite(target, rule, "Enabled", ("Active", "FALSE"))


def widen(target: SimulatedHost, rule: str) -> None:
    rewrite(target, rule, "RemoteAddress")


def delete(target: SimulatedHost, rule: str) -> None:
    del target.rules[rule]


def foreign(target: SimulatedHost, group: str, rule: str = "Somebody-Elses-Rule") -> None:
    """A rule that somebody made by hand and put into a group that is not theirs."""
    target.rules[rule] = (
        f"{target.version}|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=4711|"
        f"Name=Made by hand|EmbedCtxt={group}|"
    )


def block(target: SimulatedHost, conditions: str = "{}", *, store: str = "local") -> None:
    """The block rules of a store, which are these then and no others: id and conditions as Windows
    stores them, for example {"Spam": "Dir=In|Protocol=6|LPort=25"}.
    """
    rules = target.stores[store]["rules"]
    for rule in [rule for rule, text in rules.items() if "|Action=Block|" in text]:
        del rules[rule]
    for rule, condition in json.loads(conditions).items():
        rules[rule] = f"{target.version}|Action=Block|Active=TRUE|{condition}|Name={rule}|"


def iis(target: SimulatedHost) -> None:
    """The web server role's rules, 80 and 443 from anywhere (ids and names as published
    configurations use them; INF: the other fields).
    """
    for scheme, port in (("HTTP", 80), ("HTTPS", 443)):
        name = f"World Wide Web Services ({scheme} Traffic-In)"
        text = (
            f"{target.version}|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort={port}|"
            f"App=System|Name={name}|"
        )
        target.rules[f"IIS-WebServerRole-{scheme}-In-TCP"] = text


def no_merge(target: SimulatedHost, profile: str = "DomainProfile", store: str = "gpo") -> None:
    """Group policy (or MDM) switches local rules off."""
    target.stores[store]["profiles"].setdefault(profile, {})["AllowLocalPolicyMerge"] = 0


def block_outbound(target: SimulatedHost) -> None:
    """What no rule allows does not leave the host, in any profile."""
    for profile in target.stores["local"]["profiles"].values():
        profile["DefaultOutboundAction"] = 1


def stop(target: SimulatedHost, service: str = "mpssvc") -> None:
    target.services[service] = "Stopped"


def start(target: SimulatedHost, service: str = "mpssvc") -> None:
    target.services[service] = "Running"


def fault(target: SimulatedHost, faults: str = "{}") -> None:
    target.set_faults(**json.loads(faults))


def machine(target: SimulatedHost, fields: str = "{}") -> None:
    """Sets fields of Machine: its language, its Windows ..."""
    target.machine = replace(target.machine, **json.loads(fields))


CHANGES: dict[str, Callable[..., None]] = {
    change.__name__.replace("_", "-"): change
    for change in (disable, widen, delete, foreign, block, iis, no_merge, stop, start, fault)
    + (machine, block_outbound, install, uninstall, stop_product, web_config, other_gfi)
    + (listen, unlisten, exclude, unexclude, exchange_range, clock, addresses, web_site)
    + (winhttp, wininet, environment)
}
TYPES: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "str": str}


def _arguments(command: str, arguments: list[str]) -> tuple[list[Any], dict[str, Any]]:
    """The command line of a change is its signature: what is keyword-only is an option."""
    parser = argparse.ArgumentParser(prog=f"python -m simulator.farm {command} FOLDER")
    parameters = list(inspect.signature(CHANGES[command]).parameters.values())[1:]
    for parameter in parameters:
        optional = parameter.default is not parameter.empty
        if parameter.annotation == "bool":
            parser.add_argument(f"--{parameter.name.replace('_', '-')}", action="store_true")
        elif parameter.kind is parameter.KEYWORD_ONLY:
            parser.add_argument(
                f"--{parameter.name.replace('_', '-')}",
                type=TYPES[parameter.annotation],
                default=parameter.default,
            )
        else:
            count = {"nargs": "?", "default": parameter.default} if optional else {}
            parser.add_argument(parameter.name, type=TYPES[parameter.annotation], **count)
    given = vars(parser.parse_args(arguments))
    named = {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    return [value for name, value in given.items() if name not in named], {
        name: value for name, value in given.items() if name in named
    }


def _create(folder: Path, arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m simulator.farm create FOLDER")
    parser.add_argument("--capture", default="server2016", choices=sorted(CAPTURES))
    parser.add_argument("--gpo", action="store_true", help="with the captured group policy rules")
    parser.add_argument(
        "--strict", action="store_true", help="refuse what nobody has seen Windows do"
    )
    parser.add_argument(
        "--short-programs", action="store_true", help="store %%ProgramFiles%% for its folder"
    )
    options = parser.parse_args(arguments)
    create(
        folder,
        options.capture,
        gpo=options.gpo,
        strict=options.strict,
        short_programs=options.short_programs,
    )


def main(arguments: list[str]) -> int:
    command = arguments[0].replace("_", "-") if arguments else ""
    if len(arguments) < 2 or command not in {"create", "rules", "network", *CHANGES}:
        print(
            f"usage: python -m simulator.farm create|rules|network|{'|'.join(CHANGES)} FOLDER "
            "[ARGUMENT ...]",
            file=sys.stderr,
        )
        return 2
    folder, rest = Path(arguments[1]), arguments[2:]
    if command == "create":
        _create(folder, rest)
        return 0
    if command == "network":
        try:
            disturb(folder, json.loads(rest[0]) if rest else {})
        except ValueError as error:
            print(f"simulator.farm network: {error}", file=sys.stderr)
            return 2
        return 0
    target = SimulatedHost.load(folder)
    if command == "rules":
        print(json.dumps(target.rules, ensure_ascii=False, indent=1))
        return 0
    given, options = _arguments(command, rest)
    try:
        CHANGES[command](target, *given, **options)
    except (KeyError, OSError, TypeError, ValueError) as error:
        print(f"simulator.farm {command}: {error!r}", file=sys.stderr)
        return 2
    target.save(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
