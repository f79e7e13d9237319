# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the script that ansible-test would download to put pip into its virtual
environments: pip comes from the package index.
"""

from __future__ import annotations

import subprocess
import sys

subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
wanted = [
    argument for argument in sys.argv[1:] if argument not in {"--no-setuptools", "--no-wheel"}
]
sys.exit(subprocess.run([sys.executable, "-m", "pip", "install", *wanted], check=False).returncode)
