# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # Attributes of a module whose action plugin runs on the controller.
    DOCUMENTATION = r"""
attributes:
  action:
    description: Has an action plugin, which runs on the controller.
    support: full
  async:
    description: Can be used with the C(async) keyword.
    support: none
  check_mode:
    description: Predicts changes without making them.
    support: full
  diff_mode:
    description: Returns details of the changes in diff mode.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: Platform of the managed hosts.
    support: full
    platforms: windows
"""

    # Attributes of a module that runs on the controller and connects to no host.
    CONTROLLER = r"""
attributes:
  action:
    description: Has an action plugin, which runs on the controller.
    support: full
  async:
    description: Can be used with the C(async) keyword.
    support: none
  check_mode:
    description: Changes nothing, with and without check mode.
    support: full
  diff_mode:
    description: Returns no diff, because it changes nothing.
    support: none
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: Runs on the controller and does not connect to any host.
    support: full
    platforms: all
"""
