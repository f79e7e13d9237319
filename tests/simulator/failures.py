# SPDX-License-Identifier: GPL-3.0-or-later
"""How Windows refuses: the message, the error id, the category and the number of each failure.

Texts, ids and categories of 183, 5, 1753, 1306, 0x80070057 and "not found" are those of published
reports of the NetSecurity cmdlets; 1753 is what a stopped firewall service looks like. INF: the
categories of 50 and 87.
"""

from __future__ import annotations

INVALID_ARGUMENT = 0x80070057

# kind: (message, error id before the comma, category, number)
KINDS: dict[str, tuple[str, str, str, int]] = {
    "access_denied": ("Access is denied.", "Windows System Error 5", "PermissionDenied", 5),
    "read_only": ("The request is not supported.", "Windows System Error 50", "NotSpecified", 50),
    "duplicate": (
        "Cannot create a file when that file already exists.",
        "Windows System Error 183",
        "ResourceExists",
        183,
    ),
    "too_new": (
        "Indicates two revision levels are incompatible.",
        "Windows System Error 1306",
        "ResourceExists",
        1306,
    ),
    "service_stopped": (
        "There are no more endpoints available from the endpoint mapper.",
        "Windows System Error 1753",
        "NotSpecified",
        1753,
    ),
    "invalid_address": (
        "The address is invalid. Addresses may be specified as IP addresses, ranges, or subnets.",
        "HRESULT 0x80070057",
        "InvalidArgument",
        INVALID_ARGUMENT,
    ),
    "invalid_port": (
        "One of the port keywords is invalid.",
        "HRESULT 0x80070057",
        "InvalidArgument",
        INVALID_ARGUMENT,
    ),
    "invalid": (
        "The parameter is incorrect.",
        "HRESULT 0x80070057",
        "InvalidArgument",
        INVALID_ARGUMENT,
    ),
}


class RefusedError(Exception):
    """What a Windows command reports when it refuses."""

    def __init__(self, message: str, error_id: str, category: str, number: int) -> None:
        super().__init__(message)
        self.message = message
        self.error_id = error_id
        self.category = category
        self.number = number


class KilledError(Exception):
    """The worker dies here, as if its process were killed; what was written stays written."""


def failure(kind: str, cmdlet: str) -> RefusedError:
    message, error_id, category, number = KINDS[kind]
    return RefusedError(message, f"{error_id},{cmdlet}", category, number)


def not_found(cmdlet: str, name: str) -> RefusedError:
    """INF: the id is published for Get-NetFirewallRule; Set and Remove share its query."""
    message = (
        "No MSFT_NetFirewallRule objects found with property 'InstanceID' equal to "
        f"'{name}'. Verify the value of the property and retry."
    )
    return RefusedError(
        message, f"CmdletizationQuery_NotFound_InstanceID,{cmdlet}", "ObjectNotFound", 6
    )


def not_installed(cmdlet: str) -> RefusedError:
    message = (
        f"The term '{cmdlet}' is not recognized as the name of a cmdlet, function, script file, "
        "or operable program. "
        "Check the spelling of the name, or if a path was included, "
        "verify that the path is correct and try again."
    )
    return RefusedError(message, "CommandNotFoundException", "ObjectNotFound", 0)


def not_a_value(cmdlet: str, parameter: str, value: object) -> RefusedError:
    """An enumeration text that the parameter's type does not know."""
    message = (
        f"Cannot process argument transformation on parameter '{parameter}'. Cannot "
        f'convert value "{value}".'
    )
    return RefusedError(message, f"ParameterArgumentTransformationError,{cmdlet}", "InvalidData", 0)


def no_such_service(name: str) -> RefusedError:
    message = f"Cannot find any service with service name '{name}'."
    return RefusedError(
        message,
        "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand",
        "ObjectNotFound",
        0,
    )


def no_such_class(name: str) -> RefusedError:
    cmdlet = "Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand"
    return RefusedError(
        f"Invalid class: {name}", f"HRESULT 0x80041010,{cmdlet}", "MetadataError", 0x80041010
    )


def unreadable() -> RefusedError:
    return RefusedError(
        "Requested registry access is not allowed.",
        "System.Security.SecurityException",
        "PermissionDenied",
        5,
    )


def no_sockets(noun: str) -> RefusedError:
    """What CIM cmdlets report when nothing matches (published reports of Get-NetTCPConnection)."""
    name = f"MSFT_Net{noun}"
    message = (
        f"No matching {name} objects found by CIM query for instances of the "
        f"ROOT/StandardCimv2/{name} class on the  CIM server. "
        "Verify query parameters and retry."
    )
    return RefusedError(message, f"CmdletizationQuery_NotFound,Get-Net{noun}", "ObjectNotFound", 6)
