# SPDX-License-Identifier: GPL-3.0-or-later
"""The built tarball, installed in an empty place and used from a directory that knows nothing of
the checkout.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from surroundings import CHECKOUT, VENV

# tests/config.yml and changelogs/changelog.yaml are what ansible-test and Automation Hub read.
SHIPPED = ("changelogs", "docs", "meta", "playbooks", "plugins", "roles", "tests")
DEVELOPMENT = ("tests/", "changelogs/")
READ_BY_OTHERS = {"tests/config.yml", "changelogs/changelog.yaml"}
TOP = {"CHANGELOG.rst", "COPYING", "FILES.json", "MANIFEST.json", "README.md", *SHIPPED}
ROLES = sorted(folder.name for folder in CHECKOUT.glob("roles/*/"))
PLAYBOOKS = sorted(file.stem for file in CHECKOUT.glob("playbooks/*.yml"))


class Place:
    """An empty place with the collection installed; run() starts an Ansible command there, with
    nothing of our environment.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cwd = folder / "elsewhere"
        self.cwd.mkdir()
        self.run(
            "ansible-galaxy", "collection", "build", str(CHECKOUT), "--output-path", str(folder)
        )
        self.tarball = next(folder.glob("mailops-mailessentials-*.tar.gz"))
        self.run(
            "ansible-galaxy",
            "collection",
            "install",
            str(self.tarball),
            "--no-deps",
            "--offline",
            "-p",
            str(folder / "collections"),
        )

    def run(self, program: str, *arguments: str) -> str:
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
        }
        command = [str(VENV / "bin" / program), *arguments]
        done = subprocess.run(
            command, cwd=self.cwd, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def play(self, tasks: str, *arguments: str) -> str:
        playbook = self.cwd / "playbook.yml"
        playbook.write_text(
            f"- hosts: localhost\n  gather_facts: false\n  tasks:\n{tasks}", encoding="utf-8"
        )
        return self.run(
            "ansible-playbook", "-i", "localhost,", "-c", "local", str(playbook), *arguments
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("tarball"))


def test_it_holds_what_users_need_and_nothing_else(place: Place) -> None:
    with tarfile.open(place.tarball) as tarball:
        packed = {member.name for member in tarball.getmembers() if member.isfile()}
    assert {name.partition("/")[0] for name in packed} == TOP
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SHIPPED]
    known = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.split()
    wanted = {name for name in known if (CHECKOUT / name).exists()}
    wanted = {name for name in wanted if not name.startswith(DEVELOPMENT)} | READ_BY_OTHERS
    assert {name for name in packed if name.startswith(SHIPPED)} == wanted


def test_the_lookup_finds_its_catalog(place: Place) -> None:
    said = place.play("""
    - ansible.builtin.debug:
        msg: "ports {{ lookup('mailops.mailessentials.catalog', 'ports', version='2015')
          | map(attribute='port') | sort | join(' ') }}"
""")
    assert "ports " in said
    assert " 9095 9096" in said


def test_there_are_roles_and_playbooks() -> None:
    assert {"firewall", "multi_server"} <= set(ROLES)
    assert {"site", "remove"} <= set(PLAYBOOKS)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_found_by_its_full_name(place: Place, role: str) -> None:
    place.play(
        f"    - ansible.builtin.import_role:\n        name: mailops.mailessentials.{role}\n",
        "--syntax-check",
    )


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_playbook_is_found_by_its_full_name(place: Place, playbook: str) -> None:
    place.run(
        "ansible-playbook",
        "-i",
        "localhost,",
        f"mailops.mailessentials.{playbook}",
        "--syntax-check",
    )


def test_the_modules_are_documented_where_they_are_installed(place: Place) -> None:
    said = place.run("ansible-doc", "--list", "mailops.mailessentials")
    assert "mailops.mailessentials.firewall_ruleset " in said
    assert "mailops.mailessentials.firewall_ruleset_info " in said
