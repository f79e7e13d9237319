# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # What the modules share that read what is on a host.
    DOCUMENTATION = r"""
options: {}
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
  - a user in the local Administrators group; others do not see the paths of all processes
notes:
  - The modules decide on the controller. On the host one worker reads the registry, services, the
    remoting section of MailEssentials' C(wwwconf\web.config) and, for ports,
    C(Get-NetTCPConnection), C(Get-NetUDPEndpoint), processes and C(netsh). What C(netsh) prints is
    read by its numbers, never by its words, so the language of Windows does not matter.
"""
