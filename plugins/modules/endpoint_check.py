# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_check
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Test whether a host reaches update hosts, DNS servers, directories and peers
description:
  - Connects from the host to a list of endpoints in one call (up to 64 at the same time), directly
    or through a proxy. For each endpoint it returns whether it was reached, or the stage at which
    the connection failed.
  - The result shows whether a proxy does not answer, requires a password, forbids the request, or
    cannot reach the server.
  - The outcome V(no_answer) does not prove that a firewall filters the port. Windows also does not
    answer on a port on which nothing listens (stealth mode).
  - "What is sent depends on the kind of the endpoint. V(tcp) and V(ldap) open a connection and
    close it. V(tls) and V(ldaps) also perform a TLS handshake. V(http) and V(https) then send one
    C(HEAD) request with this module as the user agent; V(https) sends it only if the certificate is
    trusted. V(dns) sends one query for the IPv4 addresses of a name; over UDP it repeats the query
    every two seconds until it gets an answer. Through a proxy, the module sends C(CONNECT) first;
    for V(http) it requests the full URL from the proxy instead. The module reads only the status
    and the names of the headers of an answer, not the content."
  - A certificate is trusted if Windows trusts it for the account that Ansible uses. Revocation is
    not checked. Windows may download certificates that the server does not send.
  - Windows downloads them during the handshake, which takes about 15 seconds on a host without
    direct internet access. If a server has started to answer with TLS before O(timeout) ends, the
    outcome is therefore V(slow_handshake), which is a warning, and not V(no_answer).
  - The module does not sign in to any server. It rejects user names and passwords.
  - The test does not detect outbound firewall rules for specific programs, because it does not run
    as a program of MailEssentials.
extends_documentation_fragment:
  - mailops.mailessentials.attributes
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
options:
  endpoints:
    description:
      - "Endpoints to test, each a dictionary. C(kind) is V(tcp) (the default), V(tls), V(http),
        V(https), V(dns), V(ldap) or V(ldaps). C(host) is a name or an IP address. C(port) is
        required for V(tcp) and V(tls) and has a default for the other kinds. C(name) is the name of
        the endpoint in the result."
      - "C(path) is for V(http) and V(https). C(query) (the name to look up) and C(transport)
        (V(udp) or V(tcp)) are for V(dns). With V(dns), C(host) is the DNS server; if C(host) is not
        set, the DNS servers configured on the host are used."
      - C(proxy) is whether to use the proxy. It is true by default for V(http) and V(https). It
        cannot be used with V(dns), V(ldap) and V(ldaps).
      - If O(version) or O(features) is also set, the update hosts of the catalog are tested as
        well. If O(endpoints) is not set, the update hosts and the DNS servers are tested.
    type: list
    elements: raw
  version:
    description: The version of MailEssentials whose update hosts are tested, as a string, as in the
      lookup P(mailops.mailessentials.catalog#lookup). Default is V(latest).
    type: raw
  features:
    description: Features whose hosts are tested in addition to those that every server needs, such
      as V(ftp).
    type: list
    elements: str
  server_role:
    description: The role of the server in its farm.
    type: str
    choices: [standalone, master, slave]
  proxy_host:
    description: Name or IP address of the proxy, without scheme and port. If set, update hosts are
      tested through the proxy.
    type: str
  proxy_port:
    description: TCP port of the proxy. Required with O(proxy_host).
    type: raw
  timeout:
    description:
      - Time limit for one endpoint in seconds, from 1 to 60.
      - Windows needs about two seconds to report that a connection was refused.
      - Use 20 or more if the host has no direct internet access and Windows downloads certificates
        during the handshake.
    type: int
    default: 5
  deadline:
    description: Time limit for all endpoints together in seconds, from 1 to 600. The default is
      O(timeout) for every 64 endpoints, plus O(timeout) once.
    type: int
  on_failure:
    description:
      - What to do if an endpoint is not reached. An endpoint on which documents contradict each
        other, or whose outcome is V(unclear) or V(slow_handshake), only causes a warning.
      - V(ignore) neither fails nor warns. Use it to evaluate RV(endpoints) yourself.
    type: str
    choices: [fail, warn, ignore]
    default: fail
attributes:
  check_mode:
    description: Tests the endpoints and changes nothing, with and without check mode.
    support: full
  diff_mode:
    description: Returns no diff, because it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.port_availability
  - module: mailops.mailessentials.proxy_info
"""

EXAMPLES = r"""
- name: Test the update hosts and the DNS servers
  mailops.mailessentials.endpoint_check:
    version: "21"

- name: Test the update hosts through the proxy
  mailops.mailessentials.endpoint_check:
    proxy_host: proxy.example.com
    proxy_port: 8080

- name: Test a slave, a domain controller, a DNS server and a web site
  mailops.mailessentials.endpoint_check:
    endpoints:
      - {host: mail2.example.com, port: 9095, name: the second slave}
      - {kind: ldaps, host: dc1.example.com}
      - {kind: dns, host: 192.0.2.53, query: www.example.com, transport: tcp}
      - {kind: https, host: www.example.com, path: /status}
    on_failure: warn
  register: reached

- name: Show the endpoints that are not reached
  ansible.builtin.debug:
    msg: "{{ reached.endpoints | rejectattr('ok') | map(attribute='message') }}"
"""

RETURN = r"""
endpoints:
  description: All endpoints that were tested. Those of O(endpoints) come first, in the same order.
  returned: always, once the host has answered
  type: list
  elements: dict
  contains:
    name: {description: "Name of the endpoint; by default its kind, host and port.", type: str}
    kind: {description: Kind of the endpoint., type: str}
    host: {description: Host of the endpoint; empty for the DNS servers configured on the host.,
      type: str}
    port: {description: Port of the endpoint., type: int}
    via: {description: "V(direct), or the proxy that was used.", type: str}
    ok: {description: Whether the endpoint was reached. Every HTTP status that the server returns
      counts as reached., type: bool}
    severity: {description: "V(none), V(warning) or V(conflict).", type: str}
    stage: {description: "Stage that failed - V(resolve), V(connect), V(proxy), V(tls), V(http),
      V(dns); empty if reached.", type: str}
    outcome:
      description:
        - V(ok), V(refused), V(no_answer), V(unreachable), V(denied) (by the host itself),
          V(not_found) (the name is unknown), V(closed), V(bad_answer), V(deadline), V(failed).
        - "For proxies: V(auth_required) (407), V(forbidden) (403), V(bad_gateway) (502, 503, 504).
          V(unclear) is a status 403 to V(http) through a proxy; it is not known whether the proxy
          or the server returned it."
        - V(slow_handshake) means that the server answered with TLS, but the handshake did not
          finish in time. The endpoint counts as not reached, but may work.
        - For certificates, V(expired), V(not_yet_valid), V(name_mismatch), V(untrusted).
        - For DNS servers, V(no_server) (none is configured), V(dns_error).
      type: str
    status: {description: "HTTP status of the server, or else of the proxy; null if there is none.",
      type: int}
    addresses: {description: "IP addresses of the host, or of the proxy.", type: list, elements:
      str}
    address: {description: IP address that answered first., type: str}
    milliseconds: {description: Duration in milliseconds., type: int}
    certificate:
      description: "C(subject), C(issuer), C(names), C(not_before), C(not_after), C(trusted), and
        C(errors) (names of .NET); null without TLS."
      type: dict
    reason: {description: "The outcome in words.", type: str}
    message: {description: The endpoint and its outcome as a sentence., type: str}
    wanted_by: {description: "Entries of the catalog that name the endpoint, with C(purpose),
      C(status), C(sources) and C(contradictions).", type: list, elements: dict}
unchecked:
  description: Hosts of the catalog that cannot be tested, such as wildcards, with C(host),
    C(reason) and C(sources).
  returned: always, once the host has answered
  type: list
  elements: dict
elapsed_milliseconds:
  description: Duration of the whole test on the host in milliseconds.
  returned: always, once the host has answered
  type: int
  sample: 187
dns_servers:
  description: DNS servers that are configured on the host.
  returned: always, once the host has answered
  type: list
  elements: str
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
