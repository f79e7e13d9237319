# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is master, who is slave, and at which addresses: a server's place in its farm, decided from
the inventory alone.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..net.addresses import parse_wanted

ROLES = ("master", "slave", "standalone")
Resolver = Callable[[str], Sequence[str]]
_NO_ADDRESS = "not an IP address or a host name; write it without brackets, port and zone index"
_NUMBER = re.compile("[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


@dataclass(frozen=True)
class Host:
    """What the inventory says of one host. groups: "master" and "slave" as far as it is in those
    groups. addresses: the value of mailessentials_address, whatever was given.
    """

    name: str
    groups: frozenset[str] = frozenset()
    server_role: str | None = None
    farm: str = ""
    addresses: Any = None
    ansible_host: str | None = None


@dataclass(frozen=True)
class Member:
    """A server of a farm with its addresses (no name is left) and, where a name had to be resolved,
    the sentence that says so.
    """

    name: str
    server_role: str
    addresses: tuple[str, ...]
    notice: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As farm_plan returns it."""
        return {
            "name": self.name,
            "server_role": self.server_role,
            "addresses": list(self.addresses),
        }


@dataclass(frozen=True)
class Place:
    """A farm that fits together: its name, its master and its slaves."""

    farm: str
    master: Member
    slaves: tuple[Member, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """The master, then the slaves."""
        return (self.master, *self.slaves)


def role_of(host: Host) -> str | None:
    """The role of a host, from its groups or its server_role; None where nothing says. Raises
    InputError where two say different things.
    """
    if len(host.groups) > 1:
        raise InputError(
            "",
            f"Host '{host.name}' is in the group of the masters and in the group of the slaves; "
            "remove it from one of them",
        )
    role = host.server_role
    if role is not None and role not in ROLES:
        raise InputError(
            "mailessentials_server_role",
            f"'{role}' of host '{host.name}' must be one of {', '.join(ROLES)}",
        )
    (group_role,) = host.groups or {None}
    if role and group_role and role != group_role:
        raise InputError(
            "mailessentials_server_role",
            f"is '{role}' on host '{host.name}', but the host is in the group of the "
            f"{group_role}s; change one of them",
        )
    return role or group_role


def own_role(host: Host) -> str:
    """The role of a host. Raises InputError where nothing or two things say it."""
    role = role_of(host)
    if role is None:
        choices = ", ".join(ROLES)
        raise InputError(
            "",
            f"Host '{host.name}' has no role; add it to the group of the masters or of the "
            f"slaves, or set mailessentials_server_role ({choices})",
        )
    return role


def find_farm(hosts: Sequence[Host], resolve: Resolver, *, own: str) -> Place:
    """The farm of these hosts, of which standalone ones are no part.

    own: the server whose farm it is, for sentences. Raises InputError where it does not fit
    together.
    """
    members = [(host, role_of(host)) for host in hosts]
    masters = [host for host, its_role in members if its_role == "master"]
    slaves = [host for host, its_role in members if its_role == "slave"]
    name = hosts[0].farm
    farm = f"The farm '{name}'" if name else "The farm"
    if len(masters) > 1:
        names = ", ".join(sorted(host.name for host in masters))
        raise InputError(
            "",
            f"{farm} has {len(masters)} masters ({names}); keep one, or set mailessentials_farm "
            "on each server if these are several farms",
        )
    if not masters:
        raise InputError(
            "",
            f"{farm} has the slave '{own}' but no master; add the master to the inventory, even "
            "if you do not manage it now",
        )
    if not slaves:
        raise InputError(
            "",
            f"{farm} has the master '{own}' but no slave; add the slaves, or set "
            "mailessentials_server_role to standalone and remove it from the group of the masters",
        )
    slaves.sort(key=lambda host: host.name)
    master = _member(masters[0], "master", resolve)
    members_of = tuple(_member(host, "slave", resolve) for host in slaves)
    place = Place(name, master, members_of)
    _check_distinct(place)
    _check_families(master, place.slaves)
    return place


def _member(host: Host, role: str, resolve: Resolver) -> Member:
    path = f"mailessentials_address of host '{host.name}'"
    given = host.addresses
    taken = ""
    if given is None:
        taken = "ansible_host" if host.ansible_host else "the name"
        path = f"{taken} of host '{host.name}'"
        given = host.ansible_host or host.name
    entries = [given] if isinstance(given, str) else given
    if not isinstance(entries, (list, tuple)) or not entries:
        raise InputError(
            path,
            f"{given!r} is not a list of addresses; give the addresses that the other servers of "
            "the farm use to reach this one",
        )
    found: list[str] = []
    notices: list[str] = []
    for entry in entries:
        addresses, sentence = literal_or_resolved(entry, path, resolve)
        found += [address for address in addresses if address not in found]
        notices += [sentence] if sentence else []
    if taken:
        notices.append(
            f"its address is taken from {taken} of the host; if the other servers use another "
            "address, set mailessentials_address"
        )
    notice = f"{host.name}: {'; '.join(notices)}" if notices else ""
    return Member(host.name, role, tuple(found), notice)


def remote_addresses(entry: Any, path: str, resolve: Resolver) -> tuple[list[str], str]:
    """Remote addresses of a rule: networks, ranges and keywords as they are, else as
    literal_or_resolved().
    """
    try:
        address = parse_wanted(str(entry))
    except ValueError:
        address = None
    if address and address.first != address.last:
        return [address.text], ""
    bare = address.text if address and address.family else entry
    return literal_or_resolved(bare, path, resolve)


def literal_or_resolved(entry: Any, path: str, resolve: Resolver) -> tuple[list[str], str]:
    """Addresses for an IP address or a host name, and the sentence to be said when a name was
    resolved ("" for an address).

    Raises InputError for anything that is no address of a server: networks, loopback, link-local,
    multicast, unknown names.
    """
    text = _address_text(entry, path)
    try:
        return [_usable(text, path, text)], ""
    except ValueError:
        pass
    if set("[]:") & set(text):
        raise InputError(path, f"'{text[:60]}' is {_NO_ADDRESS}")
    try:
        if _ends_in_number(text):
            raise InputError(
                path,
                f"'{text}' is not a host name and not an IPv4 address in full; "
                "write four numbers 0-255 without leading zeros",
            )
        resolved = sorted({str(address) for address in resolve(text)})
    except (OSError, UnicodeError):
        resolved = []
    usable = [
        _usable(address, path, text)
        for address in resolved
        if not ipaddress.ip_address(address).is_link_local
    ]
    if not usable:
        raise InputError(
            path,
            f"'{text}' is not resolved on the controller; give its IP address"
            f"{' in mailessentials_address' if ' of host ' in path else ''}",
        )
    return usable, f"'{text}' was resolved on the controller to {', '.join(usable)}"


def _address_text(entry: Any, path: str) -> str:
    """An entry that may be an address or a host name."""
    if "@" in str(entry):
        raise InputError(
            path,
            "contains an @; give the IP address or host name alone, without user name and password",
        )
    if not isinstance(entry, str) or not entry.strip() or set("/, ") & set(entry.strip()):
        raise InputError(
            path,
            f"{entry!r} is not the address of one server; give an IP address (192.0.2.10, "
            "2001:db8::10) or a host name",
        )
    if "%" in entry:
        raise InputError(path, f"'{entry[:60]}' is {_NO_ADDRESS}")
    return entry.strip()


def _ends_in_number(name: str) -> bool:
    """True if the last label is a number, which no host name has (RFC 1123, 2.1); name services
    read it as an octal, hexadecimal or
    shortened address (inet_aton): 192.0.12 as 192.0.0.12. Non-ASCII digits and dots are converted
    as they convert them. UnicodeError: no name at all.
    """
    return bool(_NUMBER.fullmatch(name.encode("idna").decode().rstrip(".").rpartition(".")[2]))


def _usable(text: str, path: str, given: str) -> str:
    """A literal address that another server can use. ValueError: not a literal at all."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        raise InputError(
            path,
            f"'{given}' is an IPv4 address in IPv6 form, which no rule would match; "
            f"give {address.ipv4_mapped}",
        )
    reserved = ("reserved",) if address.version == 4 else ()
    for word in ("loopback", "unspecified", "multicast", "link-local", *reserved):
        if getattr(address, f"is_{word.replace('-', '_')}"):
            resolved = "" if given == text else f" (it resolves to {text})"
            raise InputError(
                path,
                f"'{given}' is a {word} address{resolved}, which no other server can use; "
                "give the address by which others reach it",
            )
    return str(address)


def _check_distinct(place: Place) -> None:
    owner: dict[str, str] = {}
    for member in place.members:
        for address in member.addresses:
            other = owner.setdefault(address, member.name)
            if other != member.name:
                raise InputError(
                    f"mailessentials_address of host '{member.name}'",
                    f"'{address}' is also the address of '{other}'; each server must have its own",
                )


def _check_families(master: Member, slaves: Sequence[Member]) -> None:
    """A rule whose other side has no family in common with this one would never match."""
    for slave in slaves:
        if not _families(master) & _families(slave):
            sentence = (
                f"has no address family in common with its master '{master.name}'; give "
                "both an IPv4 or both an IPv6 address"
            )
            raise InputError(f"mailessentials_address of host '{slave.name}'", sentence)


def _families(member: Member) -> set[bool]:
    return {":" in address for address in member.addresses}
