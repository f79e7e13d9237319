# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # What a module that decides on the controller can do.
    DOCUMENTATION = r"""
attributes:
  action:
    description: Has a corresponding action plugin, which decides on the controller.
    support: full
  async:
    description: Can be used with the C(async) keyword.
    support: none
  check_mode:
    description: Predicts changes without making them.
    support: full
  diff_mode:
    description: Says in diff mode what changes.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: What it manages.
    support: full
    platforms: windows
"""

    # What runs on the controller and calls no host.
    CONTROLLER = r"""
attributes:
  action:
    description: Has a corresponding action plugin, which decides on the controller.
    support: full
  async:
    description: Can be used with the C(async) keyword.
    support: none
  check_mode:
    description: Nothing is changed.
    support: full
  diff_mode:
    description: Nothing is changed.
    support: none
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: It runs on the controller; no host is called.
    support: full
    platforms: all
"""
