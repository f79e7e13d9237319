# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the site of the collection in .venv/docs: guides, modules, plugins and roles. Links to
other sites are not followed. Fails where a page is missing or is one that reports an error, and
where antsibull-docs finds a mistake in what the pages are made from.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from surroundings import CHECKOUT, COLLECTIONS, VENV, clean_environment

PLACE = VENV / "docs"
COLLECTION = "mailops.mailessentials"
KINDS = {"modules": "module", "lookup": "lookup"}
CONFIGURATION = """
project = "mailops.mailessentials"
copyright = "mailops contributors"
extensions = ["sphinx_antsibull_ext"]
html_theme = "alabaster"
html_show_sphinx = False
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
suppress_warnings = ["ref.any", "ref.ref", "ref.doc"]
default_role = "any"
"""


def pages() -> Iterator[str]:
    """Every page that must be there, without a suffix."""
    for folder, kind in KINDS.items():
        for file in (CHECKOUT / "plugins" / folder).glob("*.py"):
            yield f"{file.stem}_{kind}"
        for file in (CHECKOUT / "plugins" / folder).glob("*.ps1"):
            yield f"{file.stem}_{kind}"
    for role in (CHECKOUT / "roles").iterdir():
        yield f"{role.name}_role"
    listed = yaml.safe_load((CHECKOUT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))
    for section in listed["sections"]:
        for guide in section["toctree"]:
            yield f"docsite/{guide}"


def mistakes(site: Path) -> Iterator[str]:
    """What is wrong with the pages of a site."""
    for page in sorted(set(pages())):
        file = site / f"{page}.html"
        if not file.is_file():
            yield f"{page}: there is no such page"
        elif "malformed" in (text := file.read_text(encoding="utf-8")) or "is not found" in text:
            yield f"{page}: the page reports an error"


def build() -> Path:
    """The site, made afresh. Raises CalledProcessError."""
    shutil.rmtree(PLACE, ignore_errors=True)
    source = PLACE / "rst"
    source.mkdir(parents=True, mode=0o700)
    (PLACE / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    programs = Path(sys.executable).parent
    generate = [
        str(programs / "antsibull-docs"),
        "collection",
        "--use-current",
        "--squash-hierarchy",
    ]
    generate += ["--fail-on-error", "--dest-dir", str(source), COLLECTION]
    render = [str(programs / "sphinx-build"), "-q", "-b", "html", "-c", str(PLACE), "-W"]
    render += ["--keep-going", str(source), str(PLACE / "html")]
    for command in (generate, render):
        subprocess.run(command, cwd=PLACE, env=clean_environment(), check=True)
    return PLACE / "html"


def lint() -> None:
    """Raises CalledProcessError for a mistake in the documentation of plugins or in the guides."""
    command = [str(Path(sys.executable).parent / "antsibull-docs"), "lint-collection-docs"]
    command += ["--plugin-docs", "--validate-collection-refs=all", "."]
    place = COLLECTIONS / "ansible_collections" / "mailops" / "mailessentials"
    subprocess.run(command, cwd=place, env=clean_environment(), check=True)


def main() -> int:
    try:
        site = build()
        lint()
    except subprocess.CalledProcessError as error:
        print(f"FAILED: {Path(error.cmd[0]).name} ended with {error.returncode}")
        return 1
    found = list(mistakes(site))
    print("\n".join(found) or f"==> docs: {site / 'index.html'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
