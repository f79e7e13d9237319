# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogues check before they take a collection: galaxy-importer on the tarball, and
ansible-lint in the versions of Red Hat's partner checker. Both get an environment of their own in
.venv.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from compat import install
from sanity import build
from surroundings import CHECKOUT, VENV, clean_environment, interpreter

PLACE = VENV / "catalogues"
IMPORTER = ("galaxy-importer==0.4.44",)
PARTNER = ("ansible-lint==24.12.2", "ansible-core==2.16.19")
MINORS = (12, 11, 10)  # the Pythons that both support


def run(title: str, command: list[str], folder: Path, place: Path, *, refused: str) -> bool:
    """True when the command passes in a place and no line of its output begins with the refused
    word.
    """
    started = time.monotonic()
    environment = clean_environment()
    environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        command, cwd=place, env=environment, check=False, capture_output=True, text=True
    )
    lines = (done.stdout + done.stderr).splitlines()
    complaints = [line for line in lines if line.startswith(refused)]
    good = done.returncode == 0 and not complaints and bool(lines)
    print("\n".join(f"    {line}" for line in (complaints or lines[-1:] if good else lines[-30:])))
    seconds = time.monotonic() - started
    print(f"    {title}: {'passed' if good else 'FAILED'} in {seconds:.1f} s", flush=True)
    return good


def main() -> int:
    python = next(filter(None, map(interpreter, MINORS)), None)
    if not python:
        print(f"FAILED: no Python 3.{MINORS[-1]} to 3.{MINORS[0]} found")
        return 2
    importer, partner = PLACE / "importer", PLACE / "partner"
    install(importer, python, *IMPORTER)
    install(partner, python, *PARTNER)
    shutil.rmtree(PLACE / "tarball", ignore_errors=True)
    (PLACE / "tarball").mkdir(parents=True)
    tarball = build(PLACE / "tarball")
    check = [str(importer / "bin" / "python"), "-m", "galaxy_importer.main", str(tarball)]
    lint = [str(partner / "bin" / "ansible-lint"), "--nocolor", "--offline"]
    results = [
        run(" ".join(IMPORTER), check, importer, PLACE, refused="WARNING"),
        run(
            " ".join(PARTNER),
            [*lint, "--profile", "production"],
            partner,
            CHECKOUT,
            refused="Failed",
        ),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
