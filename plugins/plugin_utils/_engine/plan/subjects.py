# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inputs by subject, as the guide and the roles show them."""

from __future__ import annotations

SUBJECTS: dict[str, tuple[str, ...]] = {
    "farm": (
        "version", "server_role", "farm", "address", "master_group", "slaves_group",
        "multi_server_paths", "quarantine_server", "join_ports", "farm_size", "absent_servers",
        "removed_servers", "ignored_variables",
    ),
    "rules": (
        "web_ui_networks", "web_ui_ports", "remoting_ports", "dns_servers", "directory_scenario",
        "ldap_servers", "gfi_directory", "gfi_directory_port", "smtp_networks", "smtp_servers",
        "smtp_ports", "pop3_servers", "pop3_ports", "exchange_servers", "exchange_ports",
        "sql_server", "sql_port", "ftp", "firewall_profiles", "on_no_effect",
    ),
    "proxy": (
        "proxy_host", "proxy_port", "proxy_https_host", "proxy_https_port", "proxy_pac_url",
        "proxy_auto_detect", "proxy_bypass", "proxy_domains", "proxy_stores",
    ),
    "ports": (
        "features", "ports", "extra_owners", "clock_tolerance", "fail_on", "reserve_ports",
    ),
    "proof": ("skip_hosts", "verify_timeout", "verify_on_failure", "on_drift"),
}  # fmt: skip
