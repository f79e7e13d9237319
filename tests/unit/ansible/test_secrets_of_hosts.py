# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in every place where a host or the inventory can hold one are in nothing that the
playbooks print, return or save: both ways.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from surroundings import clean_environment, engine, no_worker
from unit.simulated import CAPTURE, REHEARSE, SITE, VERIFY, calls, change, failures

from simulator import farm
from simulator.host import STATE_FILE, SimulatedHost
from simulator.play import Farm, Run
from simulator.product import SECRETS, home
from simulator.proxies import CONNECTIONS, ENVIRONMENT, put

MARK = "tr0ub4dor"
HOSTS = ["m1", "s1", "z"]
PROXY = {"mailessentials_proxy_host": "192.0.2.80", "mailessentials_proxy_port": 8080}
# A place on a host -> how many secrets it holds. Each secret is its place and a number.
HELD = {
    "arguments": 3,
    "wrapped": 2,
    "foreign": 2,
    "outside": 2,
    "inside": 5,
    "winhttp": 3,
    "wininet": 4,
    "unknown": 2,
    "variable": 5,
    "elsewhere": 1,
}
OF_THE_INVENTORY = ["of_all", "of_a_host", "password_of_a_host", "in_a_list"]
PACKED = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}")


def secret(place: str, number: int = 1) -> str:
    return f"{MARK}-{place}-{number}-"


def held() -> list[str]:
    return [secret(place, number + 1) for place, count in HELD.items() for number in range(count)]


def user(place: str, number: int) -> str:
    """Both are secrets: the user and the password."""
    return f"{secret(place, number)}:{secret(place, number + 1)}"


def services(host: SimulatedHost) -> None:
    """Command lines of GFI's services and of others, with and without a port."""
    lines = {row[1]: row for row in host.machine.services}
    lines["GFI List Server"][5] = f'"C:\\GFI\\listserv.exe" -p {secret("arguments")} C:\\b.exe'
    lines["GFI POP2Exchange"][5] = f"C:\\GFI\\pop2.exe /password:{secret('arguments', 2)}"
    lines["GFI MailEssentials Autoupdater"][5] = f"C:\\GFI\\updater /{secret('arguments', 3)}"
    lines["GFI MailEssentials AS Scan Engine"][5] = (
        f"C:\\Java\\bin\\java -Dp={secret('wrapped')} -jar C:\\GFI\\scan.exe"
    )
    lines["GFI MailEssentials AV Scan Engine"][5] = (
        f"C:\\Tools\\run {secret('wrapped', 2)} C:\\GFI\\scan.exe"
    )
    farm.listen(host, 8025, program="C:\\Tools\\relay.exe", service="Relay")
    host.machine.services[-1][5] = f"C:\\Tools\\relay.exe --password={secret('foreign')}"
    lines["Print Spooler"][5] += f" -token {secret('foreign', 2)}"


def web_config(host: SimulatedHost) -> None:
    """Outside the section, and in it where an address or an attribute has one."""
    (path,) = [path for path in host.machine.files if path.startswith(home(host.machine))]
    text = host.machine.files[path]["text"]
    end = "</system.runtime.remoting>"
    assert text.count(end) == 1
    more = (
        f'<wellknown type="One" url="tcp://{user("inside", 1)}@localhost:9391/one"/>'
        f'<wellknown type="Two" url="tcp://localhost:9392/two?key={secret("inside", 3)}"/>'
        f'<wellknown type="Three" url="tcp://localhost:9393/three" '
        f'password="{secret("inside", 4)}">{secret("inside", 5)}</wellknown>'
    )
    text = text.replace(end, more + end).replace(
        "</configuration>",
        f'<appSettings><add key="one" value="{secret("outside")}" '
        f'url="tcp://{secret("outside", 2)}@localhost:9394/four"/></appSettings></configuration>',
    )
    host.machine.files[path] = {"text": text}


def proxies(host: SimulatedHost) -> None:
    """User and password in every place, and a value with more behind its texts."""
    farm.winhttp(host, f"http=one:1;https={user('winhttp', 1)}@two.example.com:3128", "three")
    value = host.machine.registry[CONNECTIONS]["WinHttpSettings"]
    value["hex"] += secret("winhttp", 3).encode().hex().upper()
    pac = f"http://{user('wininet', 3)}@pac.example.com/p.pac"
    farm.wininet(host, f"{user('wininet', 1)}@four.example.com:3128", "<local>", pac)


def unknown_proxies(host: SimulatedHost) -> None:
    """A layout that is not known, and a text where a binary value is meant."""
    blob = bytes(16) + secret("unknown").encode()
    put(host, CONNECTIONS, "WinHttpSettings", {"hex": blob.hex().upper()})
    put(host, CONNECTIONS, "DefaultConnectionSettings", secret("unknown", 2))


def variables(host: SimulatedHost) -> None:
    """Of the machine, in any case, and one that is nobody's business."""
    for name, number in (("HTTP_PROXY", 1), ("https_proxy", 3)):
        farm.environment(host, name, f"http://{user('variable', number)}@five.example.com:3128")
    farm.environment(host, "NO_PROXY", f"{secret('variable', 5)}@six.example.com")
    put(host, ENVIRONMENT, "BACKUP_PASSWORD", secret("elsewhere"))


def made(folder: Path, way: str = "double") -> Farm:
    """A farm of two with all of it, and z, whose proxies have another layout."""
    own: dict[str, dict[str, Any]] = {
        "m1": {"mailessentials_address": ["192.0.2.11"], "mailessentials_server_role": "master"},
        "s1": {"mailessentials_address": ["192.0.2.12"], "mailessentials_server_role": "slave"},
        "z": {"mailessentials_server_role": "standalone"},
    }
    for values in own.values():
        values |= {
            "backup_password": secret("of_a_host"),
            "ansible_password": secret("password_of_a_host"),
        }
    simulated = Farm(
        folder,
        {name: ("empty", values) for name, values in own.items()},
        {"mailessentials": HOSTS},
        clean_environment(),
        way,
        {
            **PROXY,
            "mailessentials_proxy_stores": ["winhttp", "wininet", "environment"],
            "vault_token": secret("of_all"),
            "vault_users": [{"name": "admin", "password": secret("in_a_list")}],
            "ansible_pwsh_interpreter": engine(),
        },
    )
    for name in HOSTS:
        last = unknown_proxies if name == "z" else proxies
        change(simulated, name, farm.install, farm.web_site, services, web_config, variables, last)
    return simulated


def layers(text: str) -> Iterator[str]:
    """A text, and all that is packed in it: gzip in base64, bytes in hexadecimal."""
    yield text
    for found in PACKED.findall(text):
        try:
            inner = gzip.decompress(base64.b64decode(found)).decode("utf-8")
        except (ValueError, OSError, EOFError):
            continue
        yield from layers(inner)
    for found in HEXADECIMAL.findall(text):
        yield bytes.fromhex(found).decode("latin-1")


def leaks(*texts: str) -> set[str]:
    """What begins like one of the secrets, in any case, or is one that every simulated host has."""
    everything = [layer.lower() for text in texts for layer in layers(text)]
    found = {one for text in everything for one in re.findall(rf"{MARK}\S{{0,30}}", text)}
    return found | {one for one in SECRETS.values() if any(one in text for text in everything)}


def returned(run: Run) -> str:
    return json.dumps(run.records)


def shown(run: Run) -> list[str]:
    return [run.output, returned(run)]


def saved(captures: Path) -> list[str]:
    files = sorted(captures.iterdir())
    assert [file.name for file in files] == [f"{name}.json" for name in HOSTS]
    return [file.read_text(encoding="utf-8") for file in files]


def seen(text: str) -> str:
    return "\n".join(layers(text)).lower()


def test_the_search_finds_what_is_packed() -> None:
    for place in ("arguments", "winhttp"):
        for text in (
            secret(place).upper(),
            base64.b64encode(gzip.compress(f'{{"a": "{secret(place)}"}}'.encode())).decode(),
            (b"\x28" * 12 + secret(place).encode()).hex().upper(),
        ):
            assert leaks(f"before {text} behind") and not leaks(f"before {text[:4]} behind")
    assert leaks(SECRETS["registry"])


def test_the_hosts_hold_the_secrets(tmp_path: Path) -> None:
    simulated = made(tmp_path)
    states = seen("\n".join((simulated.state(name) / STATE_FILE).read_text() for name in HOSTS))
    assert [one for one in held() if one not in states] == []
    assert [one for one in SECRETS.values() if one not in states] == []
    inventory = simulated.inventory.read_text(encoding="utf-8")
    assert [place for place in OF_THE_INVENTORY if secret(place) not in inventory] == []


def test_nothing_of_them_is_read_returned_or_shown(tmp_path: Path) -> None:
    simulated, captures = made(tmp_path / "farm"), tmp_path / "captures"
    folder = ("-e", f"mailessentials_captures={captures}")
    captured = simulated.play(CAPTURE, "-vvv", *folder)
    assert captured.code == 0, captured.output[-3000:]
    assert leaks(*shown(captured)) == set()
    assert leaks(*saved(captures)) == set()
    # the places were read: what stands beside the secrets is there
    for words in (
        "attendant.exe",
        "relay.exe",
        "localhost:9393/three",
        "@two.example.com:3128",
        "@four.example.com",
        "@pac.example.com",
        "@five.example.com:3128",
        "@six.example.com",
    ):
        assert words in seen("\n".join(saved(captures))), words
    runs = {
        "rehearsed": simulated.play(REHEARSE, "-vvv", *folder),
        "checked": simulated.play(SITE, "--check", "--diff", "-vvv"),
        "verified": simulated.play(VERIFY, "-vvv"),
        "done": simulated.play(SITE, "--diff", "-vvv"),
        "steady": simulated.play(SITE, "--check", "--diff", "-vvv"),
        "verified again": simulated.play(VERIFY, "-vvv"),
    }
    assert {name: leaks(*shown(run)) for name, run in runs.items()} == {
        name: set() for name in runs
    }
    for name in ("rehearsed", "checked", "done"):
        assert "a user name or password is stored there" in runs[name].output, name
    assert any(record["action"].endswith("win_environment") for record in runs["done"].records)
    assert runs["done"].code == 0 and "Traceback" not in runs["done"].output
    assert set(failures(runs["verified"])) == set(HOSTS)


@pytest.mark.skipif(bool(no_worker()), reason=no_worker())
@pytest.mark.large
def test_the_real_worker_sends_nothing_of_them(tmp_path: Path) -> None:
    """By the code that runs on Windows."""
    simulated, captures = made(tmp_path / "farm", "worker"), tmp_path / "captures"
    run = simulated.play(CAPTURE, "-vvv", "-e", f"mailessentials_captures={captures}")
    assert run.code == 0, run.output[-3000:]
    assert leaks(*shown(run), *saved(captures)) == set()
    assert "@pac.example.com" in seen("\n".join(saved(captures)))


# a variable, a value that it cannot have, and words of what is said
WRONG = [
    ("proxy_host", f"http://{user('wrong', 1)}@proxy.example.com", "mailessentials_proxy_host: "),
    ("proxy_host", f"{{{{ missing }}}}{secret('wrong')}", "is undefined"),
    ("proxy_port", secret("wrong"), "mailessentials_proxy_port: "),
    ("on_no_effect", f"http://{user('wrong', 1)}@example.com", "mailessentials_on_no_effect: "),
]


@pytest.mark.parametrize(
    "playbook",
    [SITE, *(pytest.param(book, marks=pytest.mark.large) for book in (REHEARSE, VERIFY))],
)
def test_a_variable_with_a_secret_stops_the_run(tmp_path: Path, playbook: str) -> None:
    simulated, captures = made(tmp_path / "farm"), tmp_path / "captures"
    wrong = tmp_path / "wrong.json"
    for name, value, words in WRONG:
        wrong.write_text(json.dumps({f"mailessentials_{name}": value}), encoding="utf-8")
        run = simulated.play(
            playbook, "-vvv", "-e", f"@{wrong}", "-e", f"mailessentials_captures={captures}"
        )
        assert leaks(*shown(run)) == set(), (name, value)
        assert run.code != 0 and words in run.output, run.output[-3000:]
    assert calls(simulated, HOSTS) == dict.fromkeys(HOSTS, 0)
