# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # Shared by the modules that read the product and the ports of a host.
    DOCUMENTATION = r"""
options: {}
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
  - a user in the local Administrators group; other users cannot see the paths of all processes
notes:
  - The results are evaluated on the controller. On the host, one worker reads the registry, the
    services and the remoting section of MailEssentials' C(wwwconf\web.config). For ports, it also
    reads C(Get-NetTCPConnection), C(Get-NetUDPEndpoint), the processes and C(netsh). It uses only
    the numbers that C(netsh) prints, so the language of Windows does not matter.
"""
