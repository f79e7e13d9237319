# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._firewall_store
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._windows_version
#AnsibleRequires -PowerShell ..module_utils._wire

# Internal to mailops.mailessentials: reads the firewall, and says whether it is as it was.
# It may change in any release; do not use it from elsewhere.

Set-StrictMode -Version 2.0

$variableNames = @(
    'SystemRoot', 'windir', 'SystemDrive', 'ProgramData'
    'ProgramFiles', 'ProgramFiles(x86)', 'ProgramW6432'
    'CommonProgramFiles', 'CommonProgramFiles(x86)', 'CommonProgramW6432'
)

function Add-Connection {
    # What Windows says of the networks in use; null for what it does not say.
    param ($Reading)

    $wanted = @{ Namespace = 'root/StandardCimv2'; ClassName = 'MSFT_NetConnectionProfile' }
    $Reading.network_categories = $null
    $Reading.connections = $null
    try {
        $connections = @(Get-CimInstance @wanted -ErrorAction Stop)
        # [int] makes null 0, which is public: where one category is not known, none is.
        $Reading.network_categories = @(foreach ($one in $connections) {
                if ($null -eq $one.NetworkCategory) { throw 'unknown' }
                [int]$one.NetworkCategory
            })
        $rows = [System.Collections.Generic.List[object]]::new()
        foreach ($one in $connections) {
            if ($null -eq $one.InterfaceIndex) { throw 'unknown' }
            $place = [long]$one.InterfaceIndex, [string]$one.InterfaceAlias
            $rows.Add(@($place + [int]$one.NetworkCategory))
        }
        $Reading.connections = $rows
    }
    catch { return }
}

function Add-Interface {
    param ($Reading)

    $Reading.interfaces = $null
    try { $Reading.interfaces = @(Get-NetworkInterface) }
    catch { return }
}

function Get-StateLine {
    # What a fingerprint is made of.
    param ($Reading)

    foreach ($name in $Reading.services.Keys) { "service|$name|$($Reading.services[$name])" }
    foreach ($store in $Reading.stores.Keys) {
        foreach ($rule in $Reading.stores[$store].rules) {
            "rule|$store|$($rule[0])|$($rule[1])"
        }
        $profiles = $Reading.stores[$store].profiles
        foreach ($name in $profiles.Keys) {
            foreach ($value in $profiles[$name].Keys) {
                "profile|$store|$name|$value|$($profiles[$name][$value])"
            }
        }
    }
}

function Get-FirewallFingerprint {
    <#
    .SYNOPSIS
        The fingerprint of a reading: services, rules and profiles.
    #>
    param (
        [Parameter(Mandatory = $true)]
        $Reading
    )

    $lines = [string[]]@(Get-StateLine -Reading $Reading)
    [System.Array]::Sort($lines, [System.StringComparer]::Ordinal)
    Get-Fingerprint -Line $lines
}

function Get-FirewallReading {
    <#
    .SYNOPSIS
        The reading that firewall_worker.yml describes. A store that cannot be read is an error.
    #>
    $reading = @{ schema = 2; services = @{}; variables = @{}; stores = @{} }
    Add-Connection -Reading $reading
    foreach ($name in 'mpssvc', 'BFE') {
        $service = Get-Service -Name $name -ErrorAction SilentlyContinue
        $reading.services[$name] = $null
        if ($null -ne $service) { $reading.services[$name] = [string]$service.Status }
    }
    foreach ($name in $variableNames) {
        $value = Get-EnvironmentVariable -Name $name
        if ($value) { $reading.variables[$name] = $value }
    }
    foreach ($name in 'local', 'mdm', 'gpo') {
        $reading.stores[$name] = Get-FirewallStore -Name $name
    }
    $reading.policy = Get-FirewallPolicy
    Add-Interface -Reading $reading
    $version = Get-WindowsVersion
    $reading.windows = $null
    if ($version) { $reading.windows = $version }
    $reading.fingerprint = Get-FirewallFingerprint -Reading $reading
    $reading
}

Export-ModuleMember -Function 'Get-FirewallReading', 'Get-FirewallFingerprint'
