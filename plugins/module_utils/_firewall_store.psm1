# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._wire

# Internal to mailops.mailessentials: reads the stores of the firewall from the registry.
# It may change in any release; do not use it from elsewhere.

Set-StrictMode -Version 2.0

$localPolicy = 'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
$storeKeys = @{
    local = $localPolicy; mdm = "$localPolicy\Mdm"
    gpo = 'SOFTWARE\Policies\Microsoft\WindowsFirewall'
}
$profileKeys = 'DomainProfile', 'PrivateProfile', 'PublicProfile', 'StandardProfile'
$profileNumbers = @(
    'EnableFirewall', 'DefaultInboundAction', 'DefaultOutboundAction', 'DoNotAllowExceptions'
    'AllowLocalPolicyMerge', 'DisableStealthMode', 'DisableNotifications'
    'DisableStealthModeIPsecSecuredPacketExemption'
    'DisableUnicastResponsesToMulticastBroadcast'
)
$policyNumbers = 'PolicyVersion', 'DisableStatefulFTP', 'DisableStatefulPPTP', 'IPsecExempt'

function Select-Number {
    # The named values that are numbers; an empty table where there is none.
    param ($Values, [string[]] $Name)

    $found = @{}
    if ($null -eq $Values) { return $found }
    foreach ($one in $Name) {
        if ($Values[$one] -is [int]) { $found[$one] = $Values[$one] }
    }
    $found
}

function Get-Store {
    param ([string] $Key)

    $store = @{ rules = [System.Collections.Generic.List[object]]::new(); profiles = @{} }
    foreach ($name in @('FirewallRules') + $profileKeys) {
        try { $values = Get-MachineRegistryValue -Key "$Key\$name" }
        catch { Stop-Reading -Text "The registry key HKLM\$Key\$name cannot be read" -Fault $_ }
        if ($null -eq $values) { continue }
        if ($name -eq 'FirewallRules') {
            foreach ($entry in $values.GetEnumerator()) {
                $store.rules.Add(@($entry.Key, [string]$entry.Value))
            }
            continue
        }
        $store.profiles[$name] = Select-Number -Values $values -Name $profileNumbers
        if ($values['DisabledInterfaces'] -is [string]) {
            $store.profiles[$name].DisabledInterfaces = $values['DisabledInterfaces']
        }
    }
    $store
}

function Get-EntryList {
    # The values of a key as pairs. Windows PowerShell 5.1 makes JSON of a list within a list only
    # where none went through a pipeline, so that it is one object here.
    param ($Values)

    $pairs = [System.Collections.Generic.List[object]]::new()
    if ($null -ne $Values) {
        foreach ($entry in $Values.GetEnumerator()) {
            $pairs.Add(@([string]$entry.Key, [string]$entry.Value))
        }
    }
    @{ pairs = $pairs }
}

function Add-Exception {
    # One row for each list of exceptions from before Windows Vista: profile, kind, whether the
    # user's list counts, entries. Null for what cannot be read; nothing where no key exists.
    param ($Rows, [string] $Key)

    foreach ($name in $profileKeys) {
        foreach ($kind in 'AuthorizedApplications', 'GloballyOpenPorts') {
            $row = @($name, $kind, $null, $null)
            $exists = $false
            try {
                $values = Get-MachineRegistryValue -Key "$Key\$name\$kind"
                $exists = $null -ne $values
                $row[2] = Select-Number -Values $values -Name 'AllowUserPrefMerge'
            }
            catch { $exists = $true }
            try {
                $values = Get-MachineRegistryValue -Key "$Key\$name\$kind\List"
                $exists = $exists -or $null -ne $values
                $row[3] = (Get-EntryList -Values $values).pairs
            }
            catch { $exists = $true }
            if ($exists) { $Rows.Add($row) }
        }
    }
}

function Get-FirewallStore {
    <#
    .SYNOPSIS
        The rules, profiles and exceptions of the store local, mdm or gpo. Rules and profiles that
        cannot be read are an error.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    $store = Get-Store -Key $storeKeys[$Name]
    $store.exceptions = [System.Collections.Generic.List[object]]::new()
    Add-Exception -Rows $store.exceptions -Key $storeKeys[$Name]
    $store
}

function Get-FirewallPolicy {
    <#
    .SYNOPSIS
        The numbers of the group policy's own key; null where it cannot be read.
    #>
    try { $values = Get-MachineRegistryValue -Key $storeKeys.gpo }
    catch { return $null }
    Select-Number -Values $values -Name $policyNumbers
}

Export-ModuleMember -Function 'Get-FirewallStore', 'Get-FirewallPolicy'
