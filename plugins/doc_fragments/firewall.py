# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # What both firewall modules share: how they run, and what makes a rule ours.
    DOCUMENTATION = r"""
options:
  group:
    description:
      - The group of the rules, as shown in I(Windows Defender Firewall with Advanced Security).
      - A rule is ours when it lies in the local policy, has this group to the letter, and an id
        that begins with O(id_prefix). Every other rule is left alone.
    type: str
    required: true
  id_prefix:
    description: The beginning of the id of every rule of the set, at least three characters.
    type: str
    required: true
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
  - a user who may administer the firewall
notes:
  - The modules decide on the controller. On the host one worker reads the rules of the local, the
    group policy (GPO) and the device management (MDM) store from the registry; it writes with
    C(New-NetFirewallRule), C(Set-NetFirewallRule) and C(Remove-NetFirewallRule).
  - Ids of rules are the C(Name) of Windows' cmdlets, not the display name.
"""
