# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    # What the modules share that can do with a reading of server_info.
    DOCUMENTATION = r"""
options:
  reading:
    description:
      - A RV(mailops.mailessentials.server_info#module:reading) of this host. The host is called
        only to write then, and not at all where nothing is written.
      - V(latest) stands for the newest reading of the host among the results that tasks of this run
        registered, of M(mailops.mailessentials.server_info) and of modules that wrote with a
        reading. Where there is none, the host is read.
      - A module that writes sends what it decided on. Where the host is no longer so, nothing is
        written, and it is judged once more by what is there now.
      - A reading from a file is enough in check mode only.
    type: raw
"""
