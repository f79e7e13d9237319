# SPDX-License-Identifier: GPL-3.0-or-later
"""A rule's text as the registry holds it: version, then TYPE=VALUE tokens, each ended by a bar
(GPFAS 2.2.2.19).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Token = tuple[str, str]

# The order in which Windows writes the tokens (captures; GPFAS 2.2.2.19 only demands Protocol
# before ports and ICMP types).
ORDER = (
    "Action Active Dir Protocol Profile LPort ICMP4 ICMP6 LPort2_10 LPort2_20 LPort2_24 "
    "LPort2_29 RPort RPort2_10 RPort2_25 RPort2_28 "
    "LA4 LA6 RA4 RA6 RA42 RA62 RA43 RA63 IF IFType IFType2_23 App Svc Name Desc PFN LUAuth "
    "LUOwn AppPkgId "
    "Platform Platform2 EmbedCtxt Edge Defer LSM LOM Security Security2_9 Security2 TTK TTK2_22 "
    "TTK2_27 TTK2_28"
)
RANK = {name.lower(): rank for rank, name in enumerate(ORDER.split())}

# Each parameter of the cmdlets and the tokens that together hold it, in the order in which
# parameters are applied.
FIELDS = {
    "Action": ("Action",),
    "Enabled": ("Active",),
    "Direction": ("Dir",),
    "Protocol": ("Protocol",),
    "Profile": ("Profile",),
    "LocalPort": ("LPort", "LPort2_10", "LPort2_20", "LPort2_24", "LPort2_29"),
    "RemotePort": ("RPort", "RPort2_10", "RPort2_25", "RPort2_28"),
    "IcmpType": ("ICMP4", "ICMP6"),
    "LocalAddress": ("LA4", "LA6"),
    "RemoteAddress": ("RA4", "RA6", "RA42", "RA62", "RA43", "RA63"),
    "InterfaceType": ("IFType", "IFType2_23"),
    "Program": ("App",),
    "Service": ("Svc",),
    "DisplayName": ("Name",),
    "Description": ("Desc",),
    "Group": ("EmbedCtxt",),
    "EdgeTraversalPolicy": ("Edge", "Defer"),
}
_LOWER = {field: frozenset(name.lower() for name in names) for field, names in FIELDS.items()}


@dataclass(frozen=True)
class RuleText:
    version: str
    tokens: tuple[Token, ...] = ()

    @classmethod
    def read(cls, text: str) -> RuleText:
        version, *parts = text.split("|")
        return cls(
            version,
            tuple(
                (name, value)
                for name, _unused, value in (part.partition("=") for part in parts if part)
            ),
        )

    def write(self) -> str:
        return "|".join([self.version, *(f"{name}={value}" for name, value in self.tokens), ""])

    def values(self, field: str) -> list[str]:
        names = _LOWER[field]
        return [value for name, value in self.tokens if name.lower() in names]

    def value(self, field: str) -> str:
        return next(iter(self.values(field)), "")

    def with_field(self, field: str, new: Iterable[Token]) -> RuleText:
        """The same rule with other tokens for one field, where Windows writes them."""
        names, tokens = _LOWER[field], list(new)
        kept = [token for token in self.tokens if token[0].lower() not in names]
        if tokens:
            place = _place(kept, tokens[0][0])
            kept[place:place] = tokens
        return RuleText(self.version, tuple(kept))


def _place(tokens: list[Token], name: str) -> int:
    """Behind the last token that Windows writes no later than this one; tokens that nobody knows
    stay where they are.
    """
    rank = RANK[name.lower()]
    places = [
        index
        for index, (other, _unused) in enumerate(tokens)
        if RANK.get(other.lower(), len(RANK)) <= rank
    ]
    return places[-1] + 1 if places else 0


def revision(version: str) -> tuple[int, int]:
    major, _unused, low = version.lstrip("vV").partition(".")
    return int(major), int(low)
