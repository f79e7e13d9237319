# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup catalog: facts about GFI MailEssentials for playbooks."""

from __future__ import annotations

DOCUMENTATION = r"""
name: catalog
short_description: Look up ports, hosts, flows and advisories of GFI MailEssentials
version_added: 0.1.0
author: mailops contributors (@mailops)
description:
  - Returns the ports, hosts and network flows that a version of GFI MailEssentials uses, each with
    its sources. The facts are in the catalog, which is a part of this collection.
  - Does not connect to any host.
options:
  _terms:
    description:
      - "What to look up: V(ports), V(hosts), V(flows), V(versions), V(advisories), V(sources),
        V(contradictions), V(components), V(services) or V(notes)."
      - With one term, C(lookup) returns a list of entries, even if it has only one entry or none.
      - With several terms, C(lookup) returns one list for each term, in order. C(query) always
        returns a list of such lists.
    type: list
    elements: str
    required: true
  version:
    description:
      - Version of MailEssentials. Limits V(ports), V(hosts), V(flows) and V(advisories) to this
        version.
      - A name (V(2014 R2), V(2015), V(21)), a product version (V(20.0.4837.5918), V(21.8)), a build
        (V(20080915)), a BuildLab value (V(20.0.4837.5918-20150308-1353)) or V(latest), the
        newest version in the catalog. Case and spaces do not matter.
      - An unknown build is treated as the last known build before it.
      - Write the version in quotes. An unquoted V(21.10) is a number that loses its last digit; it
        is rejected.
    type: str
    default: latest
  features:
    description:
      - Features of MailEssentials. Limits V(ports), V(hosts), V(flows), and the C(consequence) of
        V(advisories) to these features. If not set, the entries of all features are returned.
      - "The features are V(core) (DNS, HTTP, HTTPS and remoting; always included), V(proxy),
        V(ldap), V(gfi_directory), V(ftp), V(web_ui), V(multi_server), V(smtp_inbound),
        V(smtp_outbound), V(pop2exchange), V(exchange), V(active_directory) and
        V(reporting_database)."
      - The feature V(multi_server) requires version V(2015) or later. For the term V(flows), it
        also requires O(server_role) to be V(master) or V(slave).
    type: list
    elements: str
  server_role:
    description:
      - Role of the server, V(standalone), V(master) or V(slave). Limits V(ports), V(flows), and the
        C(consequence) of V(advisories) to this role. If not set, the entries of all roles are
        returned.
    type: str
notes:
  - An entry always has all keys. A string or list without a value is empty.
  - An unknown term, version, feature or role is an error. The message names the known values and
    the most similar one.
"""

EXAMPLES = r"""
- name: Show the remoting ports of a version with their status
  ansible.builtin.debug:
    msg: "{{ item.port }} is {{ item.status }} by {{ item.sources | join(', ') }}"
  loop: "{{ lookup('mailops.mailessentials.catalog', 'ports', version='21') | selectattr('kind',
    'equalto', 'ipc') }}"
  loop_control:
    label: "{{ item.port }}"

- name: Show the hosts that a perimeter firewall must allow
  ansible.builtin.debug:
    msg: "{{ lookup('mailops.mailessentials.catalog', 'hosts', version='2015', features=['core']) |
      map(attribute='host') }}"

- name: Show the network flows of a slave that uses LDAP
  ansible.builtin.debug:
    msg: "{{ lookup('mailops.mailessentials.catalog', 'flows', version='22', features=['ldap',
      'multi_server'], server_role='slave') }}"

- name: Show the advisories that apply to an installed version
  ansible.builtin.debug:
    msg: "{{ lookup('mailops.mailessentials.catalog', 'advisories', version='21.4') |
      map(attribute='id') }}"
"""

RETURN = r"""
_raw:
  description: One list of entries for each term. The keys below describe the entries by term.
  type: list
  elements: list
  contains:
    ports:
      description: Ports, with one entry for each number, protocol, kind and direction.
      type: list
      elements: dict
      contains:
        port: {description: Port number., type: int}
        protocol: {description: V(tcp) or V(udp)., type: str}
        kind:
          description:
            - V(dns), V(http), V(ftp), V(ldap), V(gfi_directory), V(web_ui), V(multi_server),
              V(join), V(sync_agent), V(smtp), V(pop3), V(ews), or V(ipc) for remoting, which is
              never opened.
          type: str
        direction: {description: "V(local), V(inbound), V(outbound) or V(both), seen from the
          server.", type: str}
        features: {description: Features that use the port; empty if the port belongs to no
          feature.,
          type: list, elements: str}
        server_roles: {description: Roles that use the port., type: list, elements: str}
        purpose: {description: What the port is used for., type: str}
        port_variable: {description: Name of the input that sets another port; null if the port
          cannot be changed., type: str}
        advice: {description: What to do or to avoid., type: str}
        status: &status
          description:
            - V(documented) means that a document for these versions names the entry. V(observed)
              means that it was seen on a live installation and no document names it.
              V(contradicted) means that one source names it and another source for the same
              versions names something else or omits it.
          type: str
        contradictions: &contradictions
          description:
            - Ids of the contradictions between sources that concern the entry. If the status is
              V(contradicted), the first one is the reason.
          type: list
          elements: str
        evidence: &evidence {description: V(verified) if a source states the fact; V(inferred) if it
          is concluded from a source., type: str}
        sources: &sources {description: Keys of the sources., type: list, elements: str}
        note: &note {description: Further information., type: str}
        versions: &versions {description: Names of the versions to which the entry applies., type:
          list,
          elements: str}
    hosts:
      description: Hosts on the internet that the server connects to.
      type: list
      elements: dict
      contains:
        host: {description: "Name, with a leading C(*.) for a wildcard.", type: str}
        wildcard: {description: Whether the name is a wildcard., type: bool}
        check_name: {description: Host name that a test connects to; null for a wildcard., type:
          str}
        check_kind: {description: "Kind of the test, V(tcp), V(http) or V(https); null with
          C(check_name).", type: str}
        ports: {description: TCP ports., type: list, elements: int}
        protocols: {description: "V(http), V(https) or V(ftp).", type: list, elements: str}
        components: {description: Names of the components that are known to use the host., type:
          list,
          elements: str}
        features: {description: Features that use the host., type: list, elements: str}
        purpose: {description: What the host is used for., type: str}
        status: *status
        contradictions: *contradictions
        evidence: *evidence
        sources: *sources
        note: *note
        versions: *versions
    flows:
      description: Network flows between the server and other hosts. Remoting has no flow, because
        it is never opened.
      type: list
      elements: dict
      contains:
        id: {description: Permanent name of the entry., type: str}
        direction: {description: V(inbound) or V(outbound)., type: str}
        protocol: {description: V(tcp) or V(udp)., type: str}
        ports: {description: "Ports of the listening host, such as V(53) or V(1024-65535); empty if
          only an input gives them.", type: list, elements: str}
        port_variable: {description: "Name of the input that replaces the ports, such as
          V(join_ports); null if there is none.", type: str}
        remote:
          description:
            - Remote host, V(dns_servers), V(internet), V(proxy), V(ldap_servers), V(gfi_directory),
              V(web_ui_networks), V(smtp_networks), V(smtp_servers), V(pop3_servers),
              V(exchange_servers), V(sql_server), V(master_and_slaves), V(master) or V(slaves).
          type: str
        feature: {description: Feature that requires the flow., type: str}
        server_roles: {description: Roles that require the flow., type: list, elements: str}
        peers_only: {description: Whether the flow must be limited to the servers of the farm.,
          type: bool}
        title: {description: Short title., type: str}
        purpose: {description: What the flow is used for., type: str}
        status: *status
        contradictions: *contradictions
        evidence: *evidence
        sources: *sources
        note: *note
        versions: *versions
    versions:
      description: All known versions, oldest first.
      type: list
      elements: dict
      contains:
        name: {description: Name of the version., type: str}
        product: {description: Product version of this name; empty if no source gives it., type:
          str}
        aliases: {description: Other names., type: list, elements: str}
        builds: {description: "Known builds, as dates.", type: list, elements: str}
        basis: {description: Basis on which the version is in the catalog., type: str}
        multi_server: {description: Whether it can join a Multi-Server network., type: bool}
        facts_of: {description: "Name of another version whose facts also apply to this one, or
          empty.",
          type: str}
        latest: {description: Whether V(latest) means this one., type: bool}
        evidence: *evidence
        sources: *sources
        note: *note
    advisories:
      description: Security advisories that apply to the version. One that needs Multi-Server does
        not apply to a version without it.
      type: list
      elements: dict
      contains:
        id: {description: CVE id., type: str}
        title: {description: What can happen., type: str}
        attack: {description: V(local) or V(network)., type: str}
        cvss: {description: CVSS score; null if not known., type: float}
        fixed_in: {description: First version with the fix., type: str}
        feature: {description: "Feature that is affected; V(core) if no single feature.", type: str}
        consequence:
          description:
            - Effect of the advisory on a plan with O(features) and O(server_role) until the
              upgrade.
          type: str
        applies: {description: "V(yes), or V(possible) if O(version) does not include the minor
          version.", type: str}
        evidence: *evidence
        sources: *sources
        note: *note
    sources:
      description: All sources.
      type: list
      elements: dict
      contains:
        key: {description: Key of the source in other entries., type: str}
        title: {description: Title of the source., type: str}
        date: {description: "Date, beginning with the year; empty if the source has no readable
          date.",
          type: str}
        address: {description: Address at which the source is or was published., type: str}
        trust: {description: "V(vendor), V(observation), V(third_party) or V(low).", type: str}
        note: *note
    contradictions:
      description: All points on which sources contradict each other.
      type: list
      elements: dict
      contains:
        id: {description: V(D1) to V(D16)., type: str}
        subject: {description: Subject of the contradiction., type: str}
        statement: {description: "Statement of each source, with title, key and date.", type: str}
        says: {description: "The same statements as data, each with C(sources) and C(words).", type:
          list, elements: dict}
        choice: {description: Value that this collection uses., type: str}
        reason: {description: Reason for the choice., type: str}
        quotes: &quotes {description: Quotations as a dictionary of source key to text., type: dict}
        evidence: *evidence
        sources: *sources
        note: *note
    components:
      description: Parts of the product and the network services that they use.
      type: list
      elements: dict
      contains:
        name: {description: Name of the component., type: str}
        uses: {description: "V(dns), V(http) or V(ldap).", type: list, elements: str}
        process: {description: Process that runs the component., type: str}
        url: {description: URL that the component uses., type: str}
        log: {description: Path of the log file below the installation directory., type: str}
        quotes: *quotes
        evidence: *evidence
        sources: *sources
        note: *note
    services:
      description: Windows services of the product.
      type: list
      elements: dict
      contains:
        display_name: {description: Display name., type: str}
        service_name: {description: Short name; null if not known., type: str}
        evidence: *evidence
        sources: *sources
        note: *note
    notes:
      description: Other statements about MailEssentials.
      type: list
      elements: dict
      contains:
        id: {description: Permanent name of the entry., type: str}
        subject: {description: Subject of the statement., type: str}
        statement: {description: Text of the statement., type: str}
        quotes: *quotes
        evidence: *evidence
        sources: *sources
        note: *note
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..plugin_utils._engine.catalog.query import query
from ..plugin_utils._engine.errors import InputError

OPTIONS = ("version", "features", "server_role")


class LookupModule(LookupBase):
    """Returns one list of entries of the catalog for each term."""

    def run(
        self, terms: list[Any], variables: Any = None, **kwargs: Any
    ) -> list[list[dict[str, Any]]]:
        unknown = [name for name in kwargs if name not in OPTIONS]
        if unknown:
            raise AnsibleLookupError(
                f"mailops.mailessentials.catalog: {unknown[0]!r} is not an option; "
                f"the options are {', '.join(OPTIONS)}"
            )
        if not terms:
            raise AnsibleLookupError(
                "mailops.mailessentials.catalog: no term; name what to ask for, such as 'ports'"
            )
        self.set_options(var_options=variables, direct=kwargs)
        asked = {name: self.get_option(name) for name in OPTIONS}
        if isinstance(kwargs.get("version"), float):
            asked["version"] = kwargs["version"]  # to be refused: as text, 20.10 would be '20.1'
        try:
            return [query(term, **asked) for term in terms]
        except InputError as error:
            raise AnsibleLookupError(f"mailops.mailessentials.catalog: {error}") from error
