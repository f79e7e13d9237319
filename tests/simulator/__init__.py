# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated Windows host: what its firewall stores, what its commands do, how it fails.

Sources are named in the code by the short names GPFAS (MS-GPFAS), FASP (MS-FASP), PSD (the
published pages of the NetSecurity cmdlets) and "captures" (tests/data/firewall_rules). INF marks
what is inferred and was not seen on Windows.
"""
