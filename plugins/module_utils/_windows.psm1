# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: what no command can stand in for, so that a simulated host
# replaces this file alone.
# It may change in any release; do not use it from elsewhere.

function Get-MachineRegistryValue {
    <#
    .SYNOPSIS
        Every value of a key of HKEY_LOCAL_MACHINE (64-bit view) as an ordered table of unexpanded
        data; nothing when the key does not exist.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Key
    )

    $hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    try {
        $opened = $hive.OpenSubKey($Key)
        if ($null -eq $opened) {
            return
        }
        try {
            $values = [ordered]@{}
            foreach ($name in $opened.GetValueNames()) {
                $values[$name] = $opened.GetValue($name, $null, 'DoNotExpandEnvironmentNames')
            }
            $values
        }
        finally {
            $opened.Dispose()
        }
    }
    finally {
        $hive.Dispose()
    }
}

function Get-EnvironmentVariable {
    <#
    .SYNOPSIS
        One environment variable of the process; nothing when it does not exist.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    [System.Environment]::GetEnvironmentVariable($Name)
}

function Get-UtcTime {
    <#
    .SYNOPSIS
        The clock.
    #>
    [System.DateTime]::UtcNow
}

function Get-FileAttribute {
    # Nothing where nothing is; unlike Exists this does not call missing what may not be looked at.
    param ([string] $Path)

    try {
        [System.IO.File]::GetAttributes($Path)
    }
    catch [System.IO.FileNotFoundException], [System.IO.DirectoryNotFoundException] {
        return
    }
}

function Test-Directory {
    <#
    .SYNOPSIS
        Whether a directory exists; an error where that may not be seen.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path
    )

    [bool]((Get-FileAttribute -Path $Path) -band [System.IO.FileAttributes]::Directory)
}

function Get-FileContent {
    <#
    .SYNOPSIS
        The Size of a file and its Content as bytes, null when it is larger than the limit; nothing
        when the file does not exist.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path,

        [Parameter(Mandatory = $true)]
        [long]
        $Limit
    )

    $attributes = Get-FileAttribute -Path $Path
    if ($null -eq $attributes -or ($attributes -band [System.IO.FileAttributes]::Directory)) {
        return
    }
    # Through a link, its own length would be that of the link.
    $stream = [System.IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite')
    try {
        $found = @{ Size = $stream.Length; Content = $null }
        if ($found.Size -le $Limit) {
            $found.Content = [System.IO.BinaryReader]::new($stream).ReadBytes([int]$found.Size)
        }
        $found
    }
    finally {
        $stream.Dispose()
    }
}

function Get-NetworkInterface {
    <#
    .SYNOPSIS
        The network interfaces: the GUID, the name, the type, the addresses with the lengths of
        their prefixes, and the addresses of DNS servers, DHCP servers and gateways.
    #>
    $all = [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces()
    foreach ($interface in $all) {
        $properties = $interface.GetIPProperties()
        $gateways = @(foreach ($one in $properties.GatewayAddresses) { $one.Address })
        $addresses = [System.Collections.Generic.List[object]]::new()
        foreach ($one in $properties.UnicastAddresses) {
            $addresses.Add(@($one.Address.ToString(), [int]$one.PrefixLength))
        }
        @{
            id = [string]$interface.Id
            name = [string]$interface.Name
            type = [string]$interface.NetworkInterfaceType
            addresses = $addresses
            dns = @(foreach ($one in $properties.DnsAddresses) { $one.ToString() })
            dhcp = @(foreach ($one in $properties.DhcpServerAddresses) { $one.ToString() })
            gateways = @(foreach ($one in $gateways) { $one.ToString() })
        }
    }
}

Export-ModuleMember -Function @(
    'Get-MachineRegistryValue', 'Get-EnvironmentVariable', 'Get-UtcTime', 'Test-Directory'
    'Get-FileContent', 'Get-NetworkInterface'
)
