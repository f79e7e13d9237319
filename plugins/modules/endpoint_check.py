# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_check
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Whether a host reaches update hosts, name servers, directories and peers, and at
  which stage it fails
description:
  - Tries any number of endpoints from the host in one call, all at once (64 at a time), directly or
    through a proxy, and says of each whether it was reached, or at which stage it failed.
  - A proxy that is dead is told apart from one that asks for a password, forbids, or cannot reach
    the server itself.
  - V(no_answer) does not mean that a port is filtered. Windows gives no answer for a port on which
    nothing listens either (stealth mode).
  - "It sends nothing but what the kind of an endpoint says. V(tcp) and V(ldap) open a connection
    and close it. V(tls) and V(ldaps) make a handshake besides. V(http) and V(https) then send one
    C(HEAD) request, which names this module as its user agent; V(https) does so only where the
    certificate is trusted. V(dns) sends one query for the IPv4 addresses of a name, by UDP once
    more every two seconds without an answer. Through a proxy, C(CONNECT) comes first, for plain
    HTTP the whole address is asked for instead. Only the names of headers of an answer are looked
    at, never a page."
  - Whether a certificate is trusted is what Windows says for the account that Ansible works as.
    Revocation is not looked at. Windows itself may fetch certificates that a server does not send.
  - Windows fetches them inside the handshake, which takes about 15 seconds on a host without direct
    internet access. A server that has begun to answer with TLS by the end of O(timeout) is
    therefore called V(slow_handshake), which is a warning, and not V(no_answer).
  - It signs in nowhere. User names and passwords are refused.
  - Outbound rules for certain programs are not seen, as it is not MailEssentials' own program that
    asks.
extends_documentation_fragment:
  - mailops.mailessentials.attributes
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
options:
  endpoints:
    description:
      - "Endpoints by hand, each a dictionary. C(kind) is V(tcp) (the default), V(tls), V(http),
        V(https), V(dns), V(ldap) or V(ldaps); C(host) a name or an IP address; C(port) has a
        default but for V(tcp) and V(tls); C(name) is what it is called in the result."
      - "C(path) goes with V(http) and V(https). C(query) (the name that is asked for) and
        C(transport) (V(udp) or V(tcp)) go with V(dns), where C(host) is the name server; without
        it, those that the host is configured with are asked."
      - C(proxy) says whether the proxy is used, by default for V(http) and V(https). V(dns),
        V(ldap) and V(ldaps) know no proxy.
      - They stand alone unless O(version) or O(features) is given too. Without O(endpoints), the
        update hosts and the name servers are tried.
    type: list
    elements: raw
  version:
    description: The version whose update hosts are tried, as text, as in the lookup
      P(mailops.mailessentials.catalog#lookup). Default is V(latest).
    type: raw
  features:
    description: Features whose hosts are tried beside those that every server needs, such as
      V(ftp).
    type: list
    elements: str
  server_role:
    description: The role of the server in its farm.
    type: str
    choices: [standalone, master, slave]
  proxy_host:
    description: Name or IP address of the proxy, without scheme and port. Update hosts are then
      tried through it, as MailEssentials would.
    type: str
  proxy_port:
    description: Port of the proxy.
    type: raw
  timeout:
    description:
      - Seconds that one endpoint may take, from 1 to 60.
      - Windows takes about two seconds to tell that a connection was refused.
      - A handshake for which Windows fetches certificates without direct internet access needs 20
        or more.
    type: int
    default: 5
  deadline:
    description: Seconds that all together may take, from 1 to 600; by default O(timeout) for every
      64 endpoints and once more.
    type: int
  on_failure:
    description:
      - What to do when an endpoint is not reached. One that other documents contradict, or whose
        state is V(unclear) or V(slow_handshake), is a warning only.
      - V(ignore) says nothing, for those who judge the endpoints themselves.
    type: str
    choices: [fail, warn, ignore]
    default: fail
attributes:
  check_mode:
    description: Tries the endpoints, and changes nothing, in every mode.
    support: full
  diff_mode:
    description: Has no diff, as it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.port_availability
  - module: mailops.mailessentials.proxy_info
"""

EXAMPLES = r"""
- name: Are the update hosts reached, and do the name servers answer?
  mailops.mailessentials.endpoint_check:
    version: "21"

- name: Are they reached through the proxy, as MailEssentials would?
  mailops.mailessentials.endpoint_check:
    proxy_host: proxy.example.com
    proxy_port: 8080

- name: Look at a slave, a directory and a name server by hand
  mailops.mailessentials.endpoint_check:
    endpoints:
      - {host: mail2.example.com, port: 9095, name: the second slave}
      - {kind: ldaps, host: dc1.example.com}
      - {kind: dns, host: 192.0.2.53, query: www.example.com, transport: tcp}
      - {kind: https, host: www.example.com, path: /status}
    on_failure: warn
  register: reached

- name: Say what is not reached
  ansible.builtin.debug:
    msg: "{{ reached.endpoints | rejectattr('ok') | map(attribute='message') }}"
"""

RETURN = r"""
endpoints:
  description: Every endpoint, those by hand first, in their order.
  returned: always, once the host has answered
  type: list
  elements: dict
  contains:
    name: {description: "What it is called, else its kind, host and port.", type: str}
    kind: {description: The kind., type: str}
    host: {description: The host; empty for the name servers that the host is configured with.,
      type: str}
    port: {description: The port., type: int}
    via: {description: "V(direct), or the proxy that was used.", type: str}
    ok: {description: Whether it was reached. An answer of the server counts whatever its HTTP
      status., type: bool}
    severity: {description: "V(none), V(warning) or V(conflict).", type: str}
    stage: {description: "Where it failed - V(resolve), V(connect), V(proxy), V(tls), V(http),
      V(dns); empty when reached.", type: str}
    outcome:
      description:
        - V(ok), V(refused), V(no_answer), V(unreachable), V(denied) (by the host itself),
          V(not_found) (the name), V(closed), V(bad_answer), V(deadline), V(failed).
        - "Of proxies, V(auth_required) (407), V(forbidden) (403), V(bad_gateway) (502, 503, 504).
          V(unclear) is a 403 to plain HTTP through a proxy, where nothing tells who answered it."
        - V(slow_handshake) is a server that answered with TLS, where the handshake was not finished
          in time. It is not reached, and not known to be broken.
        - Of certificates, V(expired), V(not_yet_valid), V(name_mismatch), V(untrusted).
        - Of name servers, V(no_server) (none is configured), V(dns_error).
      type: str
    status: {description: "The HTTP status of the answer, else that of the proxy; null without
      one.", type: int}
    addresses: {description: "The addresses of the host, or of the proxy.", type: list, elements:
      str}
    address: {description: The address that answered first., type: str}
    milliseconds: {description: How long it took., type: int}
    certificate:
      description: "C(subject), C(issuer), C(names), C(not_before), C(not_after), C(trusted), and
        C(errors) as .NET calls them; null without TLS."
      type: dict
    reason: {description: "How it went, in words.", type: str}
    message: {description: All of it as a sentence., type: str}
    wanted_by: {description: "C(purpose), C(status), C(sources) and C(contradictions) of the
      catalog.", type: list, elements: dict}
unchecked:
  description: Hosts of the catalog that cannot be tried, with C(host), C(reason) and C(sources). A
    wildcard has no address.
  returned: always, once the host has answered
  type: list
  elements: dict
elapsed_milliseconds:
  description: How long all took on the host.
  returned: always, once the host has answered
  type: int
  sample: 187
dns_servers:
  description: The name servers that the host is configured with.
  returned: always, once the host has answered
  type: list
  elements: str
round_trips:
  description: How often the worker was called on the host.
  returned: when the names and types of the options are right
  type: int
  sample: 1
"""
