# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # Shared by both firewall modules: requirements, and which rules belong to a rule set.
    DOCUMENTATION = r"""
options:
  group:
    description:
      - Group of the rules, as shown in I(Windows Defender Firewall with Advanced Security).
      - A rule belongs to the set if it is in the local policy, has exactly this group, and has an
        id that begins with O(id_prefix). Other rules are never changed.
    type: str
    required: true
  id_prefix:
    description: Prefix of the ids of all rules of the set, at least three characters.
    type: str
    required: true
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
  - a user with permission to manage the firewall
notes:
  - The rules are compared on the controller. On the host, one worker reads the rules of the local
    store, of group policy (GPO) and of device management (MDM) from the registry. It writes with
    C(New-NetFirewallRule), C(Set-NetFirewallRule) and C(Remove-NetFirewallRule).
  - The id of a rule is its C(Name) in the cmdlets of Windows, not its display name.
"""
