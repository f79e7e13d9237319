# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on two simulated farms, for a human to read: what is printed is what the playbooks
print. Exits non-zero when something is not as it is told.
"""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from surroundings import clean_environment

from simulator import farm
from simulator.host import SimulatedHost
from simulator.network import disturb
from simulator.play import Farm, Run

GROUP = "GFI MailEssentials Multi-Server (mailops)"
OURS = "MailOps-ME-"
PEERS_IN = f"{OURS}MultiServer-multi-server-in"
SITE = "site"
DENY = "{A1B2C3D4-0000-4000-8000-000000009095}"
# server -> capture, farm, addresses
SERVERS = {
    "me1": ("server2016", "north", ["192.0.2.11", "2001:db8::11"]),
    "me2": ("windows10", "north", ["192.0.2.12"]),
    "me3": ("windows11", "south", ["192.0.2.13"]),
    "me4": ("server2016", "south", ["192.0.2.14"]),
}
NORTH, SOUTH = ("me1", "me2"), ("me3", "me4")
VARIABLES = {
    "mailessentials_version": "21",
    "mailessentials_proxy_host": "203.0.113.80",
    "mailessentials_proxy_port": 3128,
    "mailessentials_web_ui_networks": ["198.51.100.0/24"],
}


class NotSoError(Exception):
    """The demo told something that did not happen."""


class Demo:
    """The farms, and what is told of them."""

    def __init__(self, folder: Path) -> None:
        hosts = {
            name: (
                capture,
                {"mailessentials_address": addresses, "mailessentials_farm": of_farm},
            )
            for name, (capture, of_farm, addresses) in SERVERS.items()
        }
        groups = {
            "mailessentials": list(SERVERS),
            "mailessentials_master": ["me1", "me3"],
            "mailessentials_slaves": ["me2", "me4"],
        }
        self.farm = Farm(folder, hosts, groups, clean_environment(), variables=VARIABLES)
        self.captures = folder / "captures"

    def play(self, title: str, playbook: str, *arguments: str) -> Run:
        """Run a playbook, and print what a user sees of it."""
        command = f"mailops.mailessentials.{playbook}"
        words = ["ansible-playbook", "-i", "inventory.yml", command, *arguments]
        shown = " ".join(f'"{word}"' if "'" in word else shlex.quote(word) for word in words)
        print(f"\n== {title}\n   $ {shown.replace(str(self.captures), 'FOLDER')}")
        before = self.calls()
        run = self.farm.play(command, *arguments)
        seen = {name: self.calls()[name] - before[name] for name in SERVERS}
        print("\n".join(f"   {line}" for line in run.output.splitlines()))
        print(f"    calls to each host: {seen}; {run.seconds:.0f} s", flush=True)
        return run

    def calls(self) -> dict[str, int]:
        return {name: self.farm.calls(name) for name in SERVERS}

    def host(self, name: str) -> SimulatedHost:
        return SimulatedHost.load(self.farm.state(name))

    def save(self, name: str, host: SimulatedHost) -> None:
        host.save(self.farm.state(name))

    def rules(self, names: Iterable[str] = SERVERS) -> dict[str, dict[str, str]]:
        return {name: dict(self.host(name).rules) for name in names}

    def ours(self, names: Iterable[str] = SERVERS) -> int:
        return sum(rule.startswith(OURS) for rules in self.rules(names).values() for rule in rules)


def expect(told: str, true: bool, run: Run | None = None) -> None:
    if not true:
        raise NotSoError(f"{told}: this check failed\n{run.output if run else ''}")
    print(f"    ok: {told}")


def farms(run: Run, action: str) -> dict[str, dict[str, Any]]:
    """The farms that the last task of an action judged, by name."""
    result = run.results(action=f"mailops.mailessentials.{action}")[-1]
    return {found.get("farm", found.get("name")): found for found in result["farms"]}


def plan(demo: Demo) -> None:
    run = demo.play("Plan all servers. No host is called", "plan")
    expect("no host was called", run.code == 0 and not any(demo.calls().values()), run)
    wrong = demo.play(
        "A misspelt input stops the run before any host is called",
        SITE,
        "-e",
        "mailessentials_web_ui_network=198.51.100.0/24",
    )
    expect(
        "the run fails, names the right input, and no host was called",
        wrong.code != 0
        and "did you mean mailessentials_web_ui_networks?" in " ".join(wrong.output.split())
        and not any(demo.calls().values()),
        wrong,
    )


def one_farm(demo: Demo) -> None:
    host = demo.host("me2")
    farm.listen(host, 9095, program="C:\\Tools\\relay.exe")
    demo.save("me2", host)
    before = demo.rules(NORTH)
    run = demo.play(
        "A program uses port 9095 of me2: its farm is not changed, the other farm is",
        SITE,
        "--skip-tags",
        "verify",
    )
    verdict = farms(run, "farm_verdict")
    expect(
        "the run fails, and names the program that uses the port",
        run.code != 0 and "relay.exe" in run.output,
    )
    expect("north is not ready, south is", not verdict["north"]["ok"] and verdict["south"]["ok"])
    expect("no rule of north was changed", demo.rules(NORTH) == before, run)
    expect("south has its rules", demo.ours(SOUTH) > 0, run)


def whole(demo: Demo) -> None:
    host = demo.host("me2")
    farm.unlisten(host, 9095)
    demo.save("me2", host)
    for name in SERVERS:
        host = demo.host(name)
        farm.install(host, version="21.8.0.0")
        if name in ("me1", "me3"):
            farm.web_site(host)
        demo.save(name, host)
    run = demo.play(
        "The program is stopped and MailEssentials is installed: site configures both farms", SITE
    )
    proof = farms(run, "farm_proof")
    expect(
        "all checks of both farms passed",
        run.code == 0 and all(one["ok"] for one in proof.values()),
        run,
    )
    before = demo.calls()
    again = demo.play("Run site again: nothing changes", SITE)
    seen = {demo.calls()[name] - before[name] for name in SERVERS}
    expect("two calls to each host: one reads, one tests connections", seen == {2}, again)
    changed = any(record["result"].get("changed") for record in again.records)
    expect("nothing was changed", again.code == 0 and not changed, again)


def policy(demo: Demo) -> None:
    host = demo.host("me1")
    blocking = host.stores["gpo"]["rules"]
    blocking[DENY] = "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=9095|Name=Deny 9095|"
    demo.save("me1", host)
    before = demo.rules()
    run = demo.play(
        "A group policy blocks 9095 on me1: its farm is not changed, and the rule is named", SITE
    )
    told = (
        f"TCP 9095 from 192.0.2.12 is blocked in the domain profile: the rule 'Deny 9095' ({DENY})"
    )
    expect("the rule and the blocked address are named", run.code != 0 and told in run.output, run)
    expect("nothing was changed on north", demo.rules(NORTH) == {n: before[n] for n in NORTH}, run)
    question = ("-e", "mailessentials_flow='tcp 9095 from 192.0.2.12'", "--limit", "me1")
    asked = demo.play("Explain a connection from me2 to me1", "explain", *question)
    expect(
        "it is blocked, and the answer is certain", "192.0.2.12: blocked in" in asked.output, asked
    )
    del blocking[DENY]
    demo.save("me1", host)
    asked = demo.play("Explain it again without the rule of the policy", "explain", *question)
    expect("it is allowed", "192.0.2.12: allowed in" in asked.output, asked)


def drift(demo: Demo) -> None:
    for name, change in (("me1", farm.widen), ("me2", farm.disable), ("me3", farm.delete)):
        host = demo.host(name)
        change(host, PEERS_IN)
        farm.foreign(host, GROUP)
        demo.save(name, host)
    print("\n== Drift: 9095 is opened to all on me1, a rule is disabled on me2, one is deleted on")
    print("   me3; and everywhere a rule of someone else is added to our group")
    others = strangers(demo)
    demo.play(
        "Save a reading of every server", "capture",
        "-e", f"mailessentials_captures={demo.captures}",
    )  # fmt: skip
    before = demo.calls()
    rehearsed = demo.play(
        "Preview site from these files", "rehearse",
        "-e", f"mailessentials_captures={demo.captures}",
    )  # fmt: skip
    differing = {
        name: server["differs"]
        for result in rehearsed.results(action="mailops.mailessentials.farm_verdict")
        for name, server in result["servers"].items()
    }
    wanted = {name: [] if name == "me4" else ["multi_server"] for name in SERVERS}
    expect(
        "exactly these changes are named, and no host was called",
        differing == wanted and demo.calls() == before,
        rehearsed,
    )
    run = demo.play("Repair", SITE, "--diff")
    expect("all checks passed again", run.code == 0, run)
    clean = demo.play(
        "The compliance report of a pipeline", SITE, "--check", "-e", "mailessentials_on_drift=fail"
    )
    expect("nothing differs any more", clean.code == 0, clean)
    expect("rules of others, also the one in our group, are unchanged", strangers(demo) == others)


def strangers(demo: Demo) -> dict[str, dict[str, str]]:
    return {
        name: {rule: text for rule, text in rules.items() if not rule.startswith(OURS)}
        for name, rules in demo.rules().items()
    }


def proof(demo: Demo) -> None:
    disturb(demo.farm.state("me1"), {"silent": ["192.0.2.12:9095"], "proxy": "password"})
    run = demo.play(
        "9095 is filtered between me1 and me2, and the proxy requires a password", "verify"
    )
    named = {
        (one["subject"], one["host"], one["peer"], one["port"])
        for one in farms(run, "farm_proof")["north"]["proofs"]
        if one["state"] == "broken"
    }
    expect(
        "the run fails, and names exactly these with their causes",
        run.code != 0
        and named
        == {("peers", "me1", "me2", 9095), ("updates", "me1", "", 0), ("updates", "me2", "", 0)},
        run,
    )


def remove(demo: Demo) -> None:
    others = strangers(demo)
    run = demo.play("Remove all rules of the collection", "remove")
    expect("our rules are removed", run.code == 0 and demo.ours() == 0, run)
    expect("all other rules are still there", strangers(demo) == others, run)


def main() -> int:
    print(
        "Two simulated farms: no Windows is touched. The hosts start from captured rules of Server "
        "2016, Windows 10 and Windows 11."
    )
    with tempfile.TemporaryDirectory(prefix="mailessentials-demo-") as folder:
        demo = Demo(Path(folder))
        print(f"The inventory:\n{demo.farm.inventory.read_text(encoding='utf-8')}")
        try:
            for part in (plan, one_farm, whole, policy, drift, proof, remove):
                part(demo)
        except NotSoError as error:
            print(f"\nFAILED: {error}")
            return 1
    print("\nAll checks passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
