# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Door from playbooks to the catalog of facts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: catalog
short_description: Facts about the ports, hosts and flows of GFI MailEssentials
version_added: 0.1.0
author: mailops contributors (@mailops)
description:
  - Answers from the catalog of this collection which ports, hosts and network flows a version of
    GFI MailEssentials uses, and who says so.
  - Nothing is asked of any host; the catalog is part of the collection.
options:
  _terms:
    description:
      - "What to ask for: V(ports), V(hosts), V(flows), V(versions), V(advisories), V(sources),
        V(contradictions), V(components), V(services) or V(notes)."
      - With one term, C(lookup) returns its list of entries, whether that has no, one or many
        entries.
      - With several terms, C(lookup) returns one list for each of them, in order. C(query) always
        returns a list of such lists.
    type: list
    elements: str
    required: true
  version:
    description:
      - Version to ask for. Narrows V(ports), V(hosts), V(flows) and V(advisories).
      - A name (V(2014 R2), V(2015), V(21)), a product version (V(20.0.4837.5918), V(21.8)), a build
        (V(20080915)), a BuildLab value (V(20.0.4837.5918-20150308-1353)) or V(latest). Case and
        blanks do not matter.
      - A build that is not known belongs to the last known build before it.
      - Write it in quotes; an unquoted V(21.10) is a number, which loses its last digit, and is
        refused.
    type: str
    default: latest
  features:
    description:
      - Features to ask for. Narrows V(ports), V(hosts) and V(flows), and the C(consequence) of
        V(advisories); without it all of them are given.
      - "Known are V(core) (DNS, HTTP, HTTPS and remoting; always included), V(proxy), V(ldap),
        V(gfi_directory), V(ftp), V(web_ui) and V(multi_server)."
      - The feature V(multi_server) needs a version from V(2015), and for the term V(flows) a
        O(server_role) of V(master) or V(slave).
    type: list
    elements: str
  server_role:
    description:
      - V(standalone), V(master) or V(slave). Narrows V(ports) and V(flows), and the C(consequence)
        of V(advisories); without it those of all roles are given.
    type: str
notes:
  - Strings are empty and lists are empty where there is nothing to say; the keys of an entry are
    always all there.
  - An unknown term, version, feature or role is an error that names the known ones and the nearest.
"""

EXAMPLES = r"""
- name: Show the remoting ports of a version, each with its status
  ansible.builtin.debug:
    msg: "{{ item.port }} is {{ item.status }} by {{ item.sources | join(', ') }}"
  loop: "{{ lookup('mailops.mailessentials.catalog', 'ports', version='21') | selectattr('kind',
    'equalto', 'ipc') }}"
  loop_control:
    label: "{{ item.port }}"

- name: Show the hosts that a perimeter firewall has to let through
  ansible.builtin.debug:
    msg: "{{ lookup('mailops.mailessentials.catalog', 'hosts', version='2015', features=['core']) |
      map(attribute='host') }}"

- name: Show who talks to whom on a slave that reads its users by LDAP
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
  description: One list of entries for each term. What follows describes the entries of each term.
  type: list
  elements: list
  contains:
    ports:
      description: Ports, one entry for each number, protocol, kind and direction.
      type: list
      elements: dict
      contains:
        port: {description: The number., type: int}
        protocol: {description: V(tcp) or V(udp)., type: str}
        kind:
          description:
            - V(dns), V(http), V(ftp), V(ldap), V(gfi_directory), V(web_ui), V(multi_server),
              V(join), V(sync_agent), V(smtp), V(pop3), V(ews), or V(ipc) for remoting, which is
              never opened.
          type: str
        direction: {description: "V(local), V(inbound), V(outbound) or V(both), seen from the
          server.", type: str}
        features: {description: Features that use the port; none for ports that belong to no
          feature., type: list, elements: str}
        server_roles: {description: Roles that use the port., type: list, elements: str}
        purpose: {description: What it is for., type: str}
        port_variable: {description: Name of the input for administrators who moved the port; null
          where it cannot be moved., type: str}
        advice: {description: What to heed., type: str}
        status: &status
          description:
            - V(documented) by a document for these versions, V(observed) on a live installation
              without such a document, or V(contradicted), when a source names it and another one of
              the same versions names something else or leaves it out.
          type: str
        contradictions: &contradictions
          description:
            - Ids of the contradictions between sources that touch it. Of a V(contradicted) entry
              the first is the one behind the status.
          type: list
          elements: str
        evidence: &evidence {description: V(verified) when a source says so; V(inferred) when it
          follows from one., type: str}
        sources: &sources {description: Keys of the sources., type: list, elements: str}
        note: &note {description: What else is to be said., type: str}
        versions: &versions {description: Names of the versions for which this holds., type: list,
          elements: str}
    hosts:
      description: Hosts on the internet that the server connects to.
      type: list
      elements: dict
      contains:
        host: {description: "Name, with a leading C(*.) for a wildcard.", type: str}
        wildcard: {description: Whether it is a wildcard., type: bool}
        check_name: {description: The name that a check asks for; null for a wildcard., type: str}
        check_kind: {description: "How a check asks for it, V(tcp), V(http) or V(https); null with
          C(check_name).", type: str}
        ports: {description: Ports., type: list, elements: int}
        protocols: {description: "V(http), V(https) or V(ftp).", type: list, elements: str}
        components: {description: Names of the components that are known to use it., type: list,
          elements: str}
        features: {description: Features that use it., type: list, elements: str}
        purpose: {description: What it is for., type: str}
        status: *status
        contradictions: *contradictions
        evidence: *evidence
        sources: *sources
        note: *note
        versions: *versions
    flows:
      description: Who talks to whom on what. Remoting has no flow.
      type: list
      elements: dict
      contains:
        id: {description: A name that never changes., type: str}
        direction: {description: V(inbound) or V(outbound)., type: str}
        protocol: {description: V(tcp) or V(udp)., type: str}
        ports: {description: "Ports at the listening end, as V(53) or V(1024-65535); none where only
          the input says them.", type: list, elements: str}
        port_variable: {description: "Name of the input that replaces the ports, such as
          V(join_ports); null where there is none.", type: str}
        remote:
          description:
            - The far end, V(dns_servers), V(internet), V(proxy), V(ldap_servers), V(gfi_directory),
              V(web_ui_networks), V(master_and_slaves), V(master) or V(slaves).
          type: str
        feature: {description: Feature that requires it., type: str}
        server_roles: {description: Roles that need it., type: list, elements: str}
        peers_only: {description: Whether it must be limited to the servers of the farm., type:
          bool}
        title: {description: A few words., type: str}
        purpose: {description: One sentence., type: str}
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
        name: {description: Name., type: str}
        product: {description: Product version that the name stands for; empty where no source
          tells., type: str}
        aliases: {description: Other names., type: list, elements: str}
        builds: {description: "Known builds, as dates.", type: list, elements: str}
        basis: {description: How the version is known., type: str}
        multi_server: {description: Whether it can join a Multi-Server network., type: bool}
        facts_of: {description: "Name of the version whose facts are taken over beside its own, or
          empty.", type: str}
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
        cvss: {description: Score; null where not known., type: float}
        fixed_in: {description: First version with the fix., type: str}
        feature: {description: "Feature that is affected, V(core) for none in particular.", type:
          str}
        consequence:
          description:
            - What a plan with the asked O(features) and O(server_role) does about it until the
              upgrade.
          type: str
        applies: {description: "V(yes), or V(possible) when O(version) does not tell the minor
          version.", type: str}
        evidence: *evidence
        sources: *sources
        note: *note
    sources:
      description: All sources.
      type: list
      elements: dict
      contains:
        key: {description: Key that other entries use., type: str}
        title: {description: Title., type: str}
        date: {description: "Date, the year first; empty where the source bears none that could be
          read.", type: str}
        address: {description: Where it is or was., type: str}
        trust: {description: "V(vendor), V(observation), V(third_party) or V(low).", type: str}
        note: *note
    contradictions:
      description: All points on which sources disagree.
      type: list
      elements: dict
      contains:
        id: {description: V(D1) to V(D16)., type: str}
        subject: {description: What it is about., type: str}
        statement: {description: "What each source says, by title, key and date.", type: str}
        says: {description: "The same as data, each with C(sources) and C(words).", type: list,
          elements: dict}
        choice: {description: What this collection takes., type: str}
        reason: {description: Why., type: str}
        quotes: &quotes {description: Source key to the words of the source., type: dict}
        evidence: *evidence
        sources: *sources
        note: *note
    components:
      description: Parts of the product and what they need from the network.
      type: list
      elements: dict
      contains:
        name: {description: Name., type: str}
        uses: {description: "V(dns), V(http) or V(ldap).", type: list, elements: str}
        process: {description: Process that does it., type: str}
        url: {description: Address that is used., type: str}
        log: {description: Log file below the install directory., type: str}
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
        service_name: {description: Short name; null where not known., type: str}
        evidence: *evidence
        sources: *sources
        note: *note
    notes:
      description: Other statements.
      type: list
      elements: dict
      contains:
        id: {description: A name that never changes., type: str}
        subject: {description: What it is about., type: str}
        statement: {description: The statement., type: str}
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
    """Asks the catalog; one list of entries for each term."""

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
