# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: which operations on firewall rules are refused, and which of
# their options are left out.
# It may change in any release; do not use it from elsewhere.

function Get-Objection {
    <#
    .SYNOPSIS
        Why an operation is refused; nothing when it may be done.
    .DESCRIPTION
        Without a name Remove-NetFirewallRule removes every rule, and what an empty list does is not
        documented.
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
    if ($null -ne $Operation.group -and $Operation.operation -ne 'add') {
        return 'group can be given to add only; Windows does not change the group of a rule'
    }
    foreach ($option in @($Operation.Keys)) {
        $value = $Operation[$option]
        if ($value -is [System.Collections.IList] -and $value.Count -eq 0) {
            return "$option is an empty list; leave it out or give Any"
        }
    }
}

function Remove-NullEntry {
    <#
    .SYNOPSIS
        Takes every key without a value out of a table.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Table
    )

    foreach ($key in @($Table.Keys)) { if ($null -eq $Table[$key]) { $Table.Remove($key) } }
}

Export-ModuleMember -Function 'Get-Objection', 'Remove-NullEntry'
