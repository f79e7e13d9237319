# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: which operations on firewall rules are refused, and how their
# parameters are handed over.
# It may change in any release; do not use it from elsewhere.

# The only parameters of New-NetFirewallRule and Set-NetFirewallRule that an operation may give.
$conditions = @(
    'Description', 'Direction', 'Action', 'Enabled', 'Protocol', 'LocalPort', 'RemotePort'
    'LocalAddress', 'RemoteAddress', 'IcmpType', 'Profile', 'Program', 'Service', 'InterfaceType'
    'EdgeTraversalPolicy'
)
# The only words of those that take one of a few; Profile takes several, as one comma text.
$words = @{
    Direction = 'Inbound', 'Outbound'
    Action = 'Allow', 'Block'
    Enabled = 'True', 'False'
    Profile = 'Any', 'Domain', 'Private', 'Public'
    InterfaceType = 'Any', 'Wired', 'Wireless', 'RemoteAccess'
    EdgeTraversalPolicy = 'Block', 'Allow', 'DeferToUser', 'DeferToApp'
}
# Set-NetFirewallRule selects rules by DisplayName and Group.
$parameterNames = @{
    add = @('DisplayName', 'Group') + $conditions
    set = @('NewDisplayName') + $conditions
    remove = @()
}

function Get-ParameterName {
    <#
    .SYNOPSIS
        The parameters that an operation may give.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Operation
    )

    $parameterNames[$Operation]
}

function Get-Objection {
    <#
    .SYNOPSIS
        Why an operation is refused; nothing when it may be done.
    .DESCRIPTION
        Without a name Remove-NetFirewallRule removes every rule, and what an empty list does is not
        documented. Names are compared as PowerShell compares names of parameters.
    #>
    param (
        [Parameter(Mandatory = $true)]
        $Operation
    )

    if ([string]::IsNullOrWhiteSpace($Operation.id)) {
        return 'id is empty; give the name of one rule'
    }
    # Set and Remove read -Name as a pattern, and how they take an escaped character is documented
    # nowhere.
    if ($Operation.id -match '[*?`\[\]]') {
        return 'id holds a wildcard character; it could stand for other rules too'
    }
    $task = $Operation.operation
    if ($null -eq $Operation.parameters) { return 'parameters is null; leave it out' }
    $ordinal = [System.StringComparer]::OrdinalIgnoreCase
    $known = [System.Collections.Generic.HashSet[string]]::new($ordinal)
    foreach ($name in $parameterNames[$task]) { $null = $known.Add($name) }
    $given = [System.Collections.Generic.HashSet[string]]::new($ordinal)
    # An entry may be called Keys, so that the property Keys would be its value.
    foreach ($entry in $Operation.parameters.GetEnumerator()) {
        $name = "parameters.$($entry.Key)"
        if (-not $given.Add($entry.Key)) {
            return "$name is given twice; upper and lower case are one to PowerShell"
        }
        if (-not $known.Contains($entry.Key)) { return "$name cannot be given to $task" }
        $fault = Get-Fault -Value $entry.Value -Words $words[$entry.Key]
        if ($fault) { return "$name $fault" }
    }
    if ($task -eq 'set' -and $given.Count -eq 0) {
        return 'parameters is empty; name what is to be set'
    }
    if ($task -eq 'add' -and -not $given.Contains('DisplayName')) {
        return 'parameters.DisplayName is missing; a new rule needs one'
    }
}

function Get-Fault {
    <#
    .SYNOPSIS
        What is wrong with the value of a parameter; nothing when it may be handed over.
    #>
    param ($Value, $Words)

    if ($null -eq $Value) { return 'is null; leave it out' }
    if ($Value -is [System.Collections.IList]) {
        if ($Value.Count -eq 0) { return 'is an empty list; leave it out or give Any' }
    }
    foreach ($text in $Value) {
        if ($text -isnot [string]) { return 'is neither a text nor a list of texts' }
        if ([string]::IsNullOrWhiteSpace($text)) { return 'is empty or has an empty entry' }
    }
    if ($null -eq $Words) { return }
    if ($Value -isnot [string]) { return 'is a list; give one text' }
    foreach ($word in $Value -split ',') {
        if ($Words -notcontains $word) { return "is none of $($Words -join ', ')" }
    }
}

function ConvertTo-Splat {
    <#
    .SYNOPSIS
        The parameters of an operation without objection, as a table to splat.
    #>
    param (
        [Parameter(Mandatory = $true)]
        $Operation
    )

    $table = @{}
    foreach ($entry in $Operation.parameters.GetEnumerator()) {
        if ($entry.Value -is [string]) { $table[$entry.Key] = [string]$entry.Value }
        else { $table[$entry.Key] = [string[]]$entry.Value }
    }
    $table
}

Export-ModuleMember -Function 'Get-ParameterName', 'Get-Objection', 'ConvertTo-Splat'
