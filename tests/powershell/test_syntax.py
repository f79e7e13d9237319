# SPDX-License-Identifier: GPL-3.0-or-later
"""Every PowerShell file parses; what runs on Windows uses nothing that Windows PowerShell 5.1 and
.NET Framework 4 do not know.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import shell

PLUGINS = shell.CHECKOUT / "plugins"
FILES = sorted(
    path
    for folder in ("plugins", "roles", "playbooks", "molecule", "tests")
    for path in (shell.CHECKOUT / folder).rglob("*")
    if path.suffix in {".ps1", ".psm1", ".psd1"}
)
WORKERS = [path for path in FILES if PLUGINS in path.parents]
CSHARP = sorted(PLUGINS.rglob("*.cs"))
MEMBERS = shell.HERE / "members.txt"
NEWER_CSHARP = {
    "language.cs": "class Newer { string Told(object what) { return what?.ToString(); } }",
    "members.cs": "class Newer { string Told(byte[] what) { return "
    "System.Convert.ToHexString(what).Trim(); } }",
}

# Tokens and variables that came with PowerShell 6 or 7 (about_Operators,
# about_Automatic_Variables). "using" is 5.0, but no worker needs it.
NEW_TOKENS = {
    "QuestionMark",
    "QuestionQuestion",
    "QuestionQuestionEquals",
    "QuestionDot",
    "QuestionLBracket",
    "AndAnd",
    "OrOr",
    "Clean",
    "Using",
}
NEW_VARIABLES = {
    "iswindows",
    "islinux",
    "ismacos",
    "iscoreclr",
    "psstyle",
    "enabledexperimentalfeatures",
    "psnativecommanduseerroractionpreference",
}
# In .NET Framework 4.5.2 and later (docs of .NET, "Applies to"), or PowerShell's own names.
UTILS = "ansible_collections.mailops.mailessentials.plugins.module_utils"
TYPES = {
    *(f"{UTILS}.{name}" for name in ("_Endpoint.Endpoint", "_Endpoint.Settings", "_Probe.Probe")),
    "System.Diagnostics.Stopwatch",
    "System.Net.NetworkInformation.NetworkInterface",
    "int",
    "AllowEmptyCollection",
    "AllowEmptyString",
    "Ansible.Basic.AnsibleModule",
    "Microsoft.Win32.RegistryKey",
    "Parameter",
    "System.Array",
    "System.BitConverter",
    "System.Collections.Generic.Dictionary[string,string]",
    "System.Collections.Generic.HashSet[string]",
    "System.Collections.Generic.List[int]",
    "System.Collections.Generic.List[object]",
    "System.Collections.Generic.List[string]",
    "System.Collections.IList",
    "System.Convert",
    "System.DateTime",
    "System.Math",
    "System.Environment",
    "System.IO.BinaryReader",
    "System.IO.Compression.CompressionMode",
    "System.IO.Compression.GZipStream",
    "System.IO.DirectoryNotFoundException",
    "System.IO.File",
    "System.IO.FileAttributes",
    "System.IO.FileNotFoundException",
    "System.IO.MemoryStream",
    "System.Security.Cryptography.SHA256",
    "System.StringComparer",
    "System.StringComparison",
    "System.Text.Encoding",
    "System.Xml.XmlException",
    "System.Xml.XmlReader",
    "System.Xml.XmlReaderSettings",
    "bool",
    "byte[]",
    "hashtable",
    "int[]",
    "long",
    "object[]",
    "ordered",
    "string",
    "string[]",
}
STATIC = {
    f"{UTILS}._Endpoint.Endpoint::new",
    f"{UTILS}._Endpoint.Settings::new",
    f"{UTILS}._Probe.Probe::Run",
    "System.Diagnostics.Stopwatch::StartNew",
    "System.Net.NetworkInformation.NetworkInterface::GetAllNetworkInterfaces",
    "Ansible.Basic.AnsibleModule::Create",
    "Microsoft.Win32.RegistryKey::OpenBaseKey",
    "System.Array::Sort",
    "System.Collections.Generic.Dictionary[string,string]::new",
    "System.Collections.Generic.HashSet[string]::new",
    "System.Collections.Generic.List[int]::new",
    "System.Collections.Generic.List[object]::new",
    "System.Collections.Generic.List[string]::new",
    "System.Convert::ToBase64String",
    "System.DateTime::UtcNow",
    "System.Environment::GetEnvironmentVariable",
    "System.IO.Compression.CompressionMode::Compress",
    "System.IO.Compression.GZipStream::new",
    "System.IO.BinaryReader::new",
    "System.IO.File::GetAttributes",
    "System.IO.File::Open",
    "System.IO.FileAttributes::Directory",
    "System.IO.MemoryStream::new",
    "System.BitConverter::ToString",
    "System.BitConverter::ToUInt32",
    "System.Math::Min",
    "System.Security.Cryptography.SHA256::Create",
    "System.StringComparer::Ordinal",
    "System.StringComparer::OrdinalIgnoreCase",
    "System.StringComparison::OrdinalIgnoreCase",
    "System.Text.Encoding::GetEncoding",
    "System.Text.Encoding::UTF8",
    "System.Xml.XmlReader::Create",
    "System.Xml.XmlReaderSettings::new",
    "string::IsNullOrWhiteSpace",
}
METHODS = {
    "GetIPProperties",
    "ToTable",
    "Add",
    "AddRange",
    "ComputeHash",
    "Contains",
    "Dispose",
    "ExitJson",
    "FailJson",
    "GetAttribute",
    "GetBaseException",
    "GetBytes",
    "GetEnumerator",
    "GetString",
    "GetValue",
    "GetValueNames",
    "GetType",
    "OpenSubKey",
    "Read",
    "ReadBytes",
    "Remove",
    "StartsWith",
    "ToArray",
    "ToLowerInvariant",
    "ToString",
    "Trim",
    "Write",
}
NEW_SAMPLES = {
    "$a = $true ? 1 : 2": "QuestionMark",
    "$a = $b ?? 1": "QuestionQuestion",
    "$a ??= 1": "QuestionQuestionEquals",
    "${a}?.Length": "QuestionDot",
    "${a}?[0]": "QuestionLBracket",
    "Get-Date && Get-Date": "AndAnd",
    "Get-Date || Get-Date": "OrOr",
    "using namespace System.IO": "Using",
    "function f { clean { } }": "Clean",
    "if ($IsWindows) { }": "$IsWindows",
    "Get-Date &": "background",
    '"`u{1F600}"': "escape",
    '"`e[0m"': "escape",
    "1uy": "number",
    "0b1": "number",
    "[System.Text.Json.JsonSerializer]::Serialize(1)": "System.Text.Json.JsonSerializer",
    "[System.Convert]::ToHexString(1)": "System.Convert::ToHexString",
    "'x'.ReplaceLineEndings()": "ReplaceLineEndings",
}


def unknown_to_51(fact: dict[str, Any]) -> list[str]:
    found = sorted(NEW_TOKENS & set(fact["tokens"]))
    found += [f"${name}" for name in fact["variables"] if name.lower() in NEW_VARIABLES]
    found += ["background job"] * fact["background"]
    found += [
        f"escape in {text}" for text in fact["strings"] if re.search(r"(?<!`)(``)*`(u\{|e)", text)
    ]
    found += [
        f"number {text}"
        for text in fact["numbers"]
        if re.search(r"^[+-]?0b|[uysn]l?$", text, re.IGNORECASE)
    ]
    found += [name for name in fact["types"] if name not in TYPES]
    found += [name for name in fact["static"] if name not in STATIC]
    return found + [name for name in fact["methods"] if name not in METHODS]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[Path | str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("samples")
    samples = {folder / "broken.ps1": "if ($true) {"}
    samples |= {folder / f"{number}.ps1": text for number, text in enumerate(NEW_SAMPLES)}
    for path, text in samples.items():
        path.write_text(text, encoding="utf-8")
    return {samples.get(path, path): fact for path, fact in shell.facts([*FILES, *samples]).items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(shell.CHECKOUT)))
def test_the_file_parses(found: dict[Path | str, dict[str, Any]], path: Path) -> None:
    assert found[path]["errors"] == []


def test_a_broken_file_is_caught(found: dict[Path | str, dict[str, Any]]) -> None:
    assert found["if ($true) {"]["errors"]


@pytest.mark.parametrize("path", WORKERS, ids=lambda path: path.name)
def test_nothing_is_unknown_to_windows_powershell_51(
    found: dict[Path | str, dict[str, Any]], path: Path
) -> None:
    assert unknown_to_51(found[path]) == []


@pytest.mark.parametrize("text", NEW_SAMPLES)
def test_what_is_unknown_is_caught(found: dict[Path | str, dict[str, Any]], text: str) -> None:
    assert NEW_SAMPLES[text] in " ".join(unknown_to_51(found[text]))


@pytest.mark.parametrize("path", WORKERS, ids=lambda path: path.name)
def test_the_source_is_ascii_with_lines_of_100_and_unix_ends(path: Path) -> None:
    """Windows PowerShell 5.1 reads a file without a byte order mark in the machine's code page."""
    content = path.read_bytes()
    assert content.isascii()
    assert b"\r" not in content
    assert max(len(line) for line in content.splitlines()) <= 100


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the compiler says of all files together, as Ansible compiles them, and of two samples
    that no worker may hold.
    """
    folder = tmp_path_factory.mktemp("csharp")
    cases = folder / "cases.json"
    for name, text in NEWER_CSHARP.items():
        (folder / name).write_text(text, encoding="utf-8")
    cases.write_text(
        json.dumps(
            [[str(path) for path in CSHARP], *([str(folder / name)] for name in NEWER_CSHARP)]
        ),
        encoding="utf-8",
    )
    done = shell.run(shell.HERE / "csharp.ps1", str(cases))
    assert done.returncode == 0, done.stderr or done.stdout
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def test_csharp_is_that_of_windows_powershell_51(compiled: list[dict[str, Any]]) -> None:
    """C# 5 without a warning; something newer is refused, so that the test can fail."""
    own, newer, _members = (answer["said"] for answer in compiled)
    assert CSHARP and own == [] and len(newer) == 1 and "not available in C# 5" in newer[0]


def test_csharp_names_members_of_net_framework_4_only(compiled: list[dict[str, Any]]) -> None:
    """Every member is one of a list that was checked, and the list holds nothing else."""
    checked = {
        line
        for line in MEMBERS.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }
    own, _language, newer = (set(answer["members"]) for answer in compiled)
    assert sorted(own - checked) == [] and sorted(checked - own) == []
    assert newer - checked == {"System.Convert.ToHexString"}


@pytest.mark.parametrize("path", CSHARP, ids=lambda path: path.name)
def test_csharp_is_ascii_and_calls_nothing_newer_than_net_framework_4(path: Path) -> None:
    """Overloads with a CancellationToken, Memory and spans came with .NET Core (docs of .NET,
    "Applies to"); the test above knows no overloads.
    """
    content = path.read_bytes()
    assert (
        content.isascii()
        and b"\r" not in content
        and max(len(line) for line in content.splitlines()) <= 100
    )
    assert not re.search(
        rb"CancellationToken|Memory<|Span<|WaitAsync\(TimeSpan|SslClientAuthenticationOptions",
        content,
    )


def test_no_worker_holds_csharp(found: dict[Path | str, dict[str, Any]]) -> None:
    """It has files of its own, which the tests above look at."""
    assert not [
        path
        for path in WORKERS
        for call in found[path]["calls"]
        if str(call["name"]).lower() == "add-type"
    ]
