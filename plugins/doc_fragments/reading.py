# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # Shared by the modules that can use a reading of server_info.
    DOCUMENTATION = r"""
options:
  reading:
    description:
      - Value RV(mailops.mailessentials.server_info#module:reading) for this host, to use instead of
        a new call. The module then connects to the host only if it has something to write.
      - V(latest) uses the newest reading of the host that a task of this run registered. These are
        the results of M(mailops.mailessentials.server_info) and of modules that wrote. If there is
        none, the host is read.
      - If the host changed after the reading was taken, a module that writes does not write. It
        reads the host again, compares again, and then writes.
      - A reading from a file can be used in check mode only.
    type: raw
"""
