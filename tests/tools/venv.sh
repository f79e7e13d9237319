#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes .venv from the pinned requirement files, and again when they, the Python asked for (PYTHON)
# or the checkout's place change.
# "venv.sh --find" only prints the Python that would be used.
set -eu
cd "$(dirname "$0")/../.."

say() { printf '%s\n' "$*"; }

# Prints the interpreter behind a command (not a shim, not a venv); says in plain words why it
# cannot be used.
usable() {
    "$1" -c '
import sys
name = "Python {}.{}".format(*sys.version_info)
if sys.version_info < (3, 11):
    sys.exit(name + " is too old: 3.11 or newer is needed")
try:
    import ensurepip, venv
except ImportError as error:
    package = name.lower().replace(" ", "") + "-venv"
    sys.exit("{} has no {}: install the package {}".format(name, error.name, package))
print(getattr(sys, "_base_executable", sys.executable))
'
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set --
        for minor in 14 13 12 11; do
            set -- "$@" "python3.$minor" "${HOME:-}/.pyenv/versions/3.$minor".*/bin/python3
        done
        set -- "$@" python3
    fi
    reasons=
    for candidate in "$@"; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        if answer=$(usable "$candidate" 2>&1); then
            say "$answer"
            return
        fi
        reasons="$reasons
  $candidate: $(say "$answer" | tail -n 1)"
    done
    {
        say "No usable Python: 3.11 or newer with venv and ensurepip is needed, named by" \
            "PYTHON=/path/to/python3, on PATH or in ~/.pyenv/versions."
        none=" ${PYTHON:-python3.14 to python3.11 and python3}, and none is there."
        say "Tried:${reasons:-$none}"
        say "On Debian or Ubuntu: apt-get install python3-venv"
    } >&2
    return 1
}

if [ "${1:-}" = --find ]; then
    find_python
    exit
fi

wanted="$(pwd) ${PYTHON:-any} $(cat requirements/*.txt tests/tools/venv.sh | cksum)"
stamp=.venv/stamp
if [ -x .venv/bin/python ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi
python=$(find_python)
say "==> making .venv with $python"
"$python" -m venv --clear .venv
say "==> downloading the tools of requirements/*.txt (a minute or two)"
if ! .venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements/tools.txt; then
    say "pip could not install requirements/tools.txt: the lines above say why" \
        "(a package index, usually pypi.org, must be reachable)." >&2
    exit 1
fi
mkdir -p .venv/collections/ansible_collections/mailops
ln -s ../../../.. .venv/collections/ansible_collections/mailops/mailessentials
# The modules of ansible.windows that our roles call are known to the linters by their doubles.
windows=.venv/collections/ansible_collections/ansible/windows/plugins
mkdir -p $windows
ln -s ../../../../../../tests/simulator/windows_modules $windows/modules
say "$wanted" >$stamp
