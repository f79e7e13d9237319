# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: what no command can stand in for, so that a simulated host replaces this file alone.
# It may change in any release; do not use it from elsewhere.

function Get-MachineRegistryValue {
    <#
    .SYNOPSIS
        Every value of a key of HKEY_LOCAL_MACHINE (64-bit view) as an ordered table of unexpanded data; nothing when the key does not exist.
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

function Test-Directory {
    <#
    .SYNOPSIS
        Whether a directory exists.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path
    )

    [System.IO.Directory]::Exists($Path)
}

function Get-FileContent {
    <#
    .SYNOPSIS
        The Size of a file and its Content as bytes, null when it is larger than the limit; nothing when the file does not exist.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path,

        [Parameter(Mandatory = $true)]
        [long]
        $Limit
    )

    $file = [System.IO.FileInfo]::new($Path)
    if (-not $file.Exists) {
        return
    }
    $found = @{ Size = $file.Length; Content = $null }
    if ($file.Length -le $Limit) {
        $found.Content = [System.IO.File]::ReadAllBytes($Path)
    }
    $found
}

Export-ModuleMember -Function 'Get-MachineRegistryValue', 'Get-EnvironmentVariable', 'Get-UtcTime', 'Test-Directory', 'Get-FileContent'
