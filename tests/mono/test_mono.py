# SPDX-License-Identifier: GPL-3.0-or-later
"""The C# of the workers under Mono, a .NET that is independent of PowerShell's: compiled against
the API of versions of .NET Framework, and run against the servers of the worker's own test. Only
loopback is contacted.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import HOME, Servers, serve
from surroundings import APIS, CHECKOUT, no_mono
from test_endpoint_worker import ASKED, BY_PROXY, CHAIN, EXPECTED, NAME, TIMEOUT, endpoint, options

CSHARP = sorted((CHECKOUT / "plugins").rglob("*.cs"))
PROGRAM = Path(__file__).with_name("probe.cs")
# What Ansible tells the compiler of Windows PowerShell 5.1, and nothing that mcs adds by itself.
FLAGS = ("-langversion:5", "-warn:4", "-warnaserror", "-noconfig")
REFERENCES = ("-r:System.dll", "-r:System.Core.dll")
OF_PROGRAM = ("-r:System.Web.Extensions.dll", "-r:Mono.Security.dll")
# The version that a name came with; each of them is in a class of its own.
SINCE = {
    "Empty": ("4.6", "System.Array.Empty<int>()"),
    "RuntimeInformation": (
        "4.7.1",
        "System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription",
    ),
    "Tls13": ("4.8", "System.Security.Authentication.SslProtocols.Tls13"),
}
REFUSED = {
    "a version of C#": ("object Told(object what) { return what?.ToString(); }", "CS1644"),
    "a warning": ("void Told() { int unused; }", "CS0168"),
}
# In the first run Mono has to translate all code.
FIRST_TIMEOUT = 4000
# 64 KB of header, byte by byte, take Mono seconds.
TOO_SLOW = "endless"
MANY, AT_ONCE = 100, 64
KNOWN = {
    proxy: {name: asked for name, (asked, _said) in entries.items() if name != TOO_SLOW}
    for proxy, entries in {"": ASKED, **BY_PROXY}.items()
}


@pytest.fixture(scope="module", autouse=True)
def _needs_mono() -> None:
    if why := no_mono():
        pytest.skip(why)


def compiled(out: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A library if it is called so."""
    target = "library" if out.suffix == ".dll" else "exe"
    return subprocess.run(
        ["mcs", *FLAGS, *REFERENCES, f"-target:{target}", f"-out:{out}", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("api", APIS)
def test_the_csharp_needs_nothing_newer_than(api: str, tmp_path: Path) -> None:
    done = compiled(tmp_path / "workers.dll", f"-sdk:{api}-api", *CSHARP)
    assert (done.returncode, done.stdout + done.stderr) == (0, "") and CSHARP


@pytest.mark.parametrize("api", APIS)
def test_what_is_newer_is_refused(api: str, tmp_path: Path) -> None:
    sample = tmp_path / "sample.cs"
    sample.write_text(
        "\n".join(
            f"class Of{name} {{ object Told() {{ return {text}; }} }}"
            for name, (_since, text) in SINCE.items()
        ),
        encoding="utf-8",
    )
    done = compiled(tmp_path / "sample.dll", f"-sdk:{api}-api", sample)
    newer = [name for name, (since, _text) in SINCE.items() if APIS.index(since) > APIS.index(api)]
    said = done.stdout + done.stderr
    assert [name for name in SINCE if f"`{name}'" in said] == newer, said
    assert (done.returncode != 0) == bool(newer) and said.count(": error CS") == len(newer)


@pytest.mark.parametrize("what", REFUSED)
def test_the_compiler_refuses(what: str, tmp_path: Path) -> None:
    text, code = REFUSED[what]
    sample = tmp_path / "sample.cs"
    sample.write_text(f"class Sample {{ {text} }}\n", encoding="utf-8")
    done = compiled(tmp_path / "sample.dll", sample)
    assert done.returncode != 0 and f"error {code}" in done.stdout + done.stderr


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with serve(tmp_path_factory.mktemp("certificates")) as running:
        yield running


def limit(proxy: str) -> int:
    """Milliseconds for one endpoint."""
    return TIMEOUT if proxy else FIRST_TIMEOUT


def wanted(servers: Servers) -> dict[str, dict[str, Any]]:
    """The runs: one for each proxy ("" is none), and one of more than have their turn."""
    runs = {
        proxy: options(
            [endpoint(servers, name, asked, bool(proxy)) for name, asked in entries.items()],
            servers.ports.get(proxy, 0),
            limit(proxy),
        )
        for proxy, entries in KNOWN.items()
    }
    dead = endpoint(servers, "black_hole", {}, False)
    runs["many"] = options([dead] * MANY, timeout=1000, deadline=1500)
    return runs


@pytest.fixture(scope="module")
def findings(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """What the probe found in each run, all in one process, whose home is its own: it keeps there
    whom it trusts.
    """
    folder = tmp_path_factory.mktemp("probe")
    program = folder / "probe.exe"
    built = compiled(program, *OF_PROGRAM, PROGRAM, *CSHARP)
    assert built.returncode == 0, built.stdout + built.stderr
    runs = wanted(servers)
    asked = [{**run, "name_servers": [HOME, "127.0.0.2"]} for run in runs.values()]
    done = subprocess.run(
        ["mono", str(program), servers.authority],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")},
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(runs, json.loads(done.stdout), strict=True))


def found(findings: dict[str, list[dict[str, Any]]], proxy: str, name: str) -> dict[str, Any]:
    return findings[proxy][list(KNOWN[proxy]).index(name)]


@pytest.mark.parametrize(
    ("proxy", "name"), [(proxy, name) for proxy, entries in KNOWN.items() for name in entries]
)
def test_the_probe_finds_the_same_as_under_powershell(
    findings: dict[str, list[dict[str, Any]]], proxy: str, name: str
) -> None:
    entry = found(findings, proxy, name)
    assert {key: entry[key] for key in EXPECTED[proxy, name]} == EXPECTED[proxy, name], entry
    assert entry["done"] == (not entry["error"])
    if entry["error"] == "Timeout":
        assert 0.95 <= entry["milliseconds"] / limit(proxy) < 1.3


@pytest.mark.parametrize(
    ("name", "policy", "chain"),
    [
        ("tls_good", [], []),
        ("tls_expired", [CHAIN], ["NotTimeValid"]),
        ("tls_name", [NAME], None),
        ("tls_untrusted", [CHAIN], ["PartialChain"]),
    ],
)
def test_a_certificate_is_told(
    findings: dict[str, list[dict[str, Any]]], name: str, policy: list[str], chain: Any
) -> None:
    told = found(findings, "", name)["certificate"]
    assert told["policy"] == policy and chain in (None, told["chain"]), told


def test_the_deadline_is_kept(findings: dict[str, list[dict[str, Any]]]) -> None:
    """64 at a time: the second lot is cut off."""
    errors = [entry["error"] for entry in findings["many"]]
    assert errors.count("Timeout") == AT_ONCE and errors.count("Deadline") == MANY - AT_ONCE
