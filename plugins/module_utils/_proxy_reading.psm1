# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._wire

# Internal to mailops.mailessentials: reads the machine-wide proxy settings.
# It may change in any release; do not use it from elsewhere.

Set-StrictMode -Version 2.0

$latin = [System.Text.Encoding]::GetEncoding(28591)

function Get-Key {
    param ([string] $Key)

    try { $values = Get-MachineRegistryValue -Key $Key }
    catch { Stop-Reading -Text "The registry key HKLM\$Key cannot be read" -Fault $_ }
    if ($null -eq $values) { return @{} }
    $values
}

function Hide-Credential {
    # What stands in front of the last @ of a text stays on the host; the length stays the same.
    param ([string] $Text)

    $Text -replace '(?s).(?=.*@)', '*'
}

function Get-KnownPart {
    # Version, counter and flags have four bytes each; texts follow, each behind its length. What
    # stands behind them may hold an address too, and of a value that is laid out otherwise nothing
    # is known: both stay on the host.
    param ([byte[]] $Value, [int] $Texts)

    $known = [System.IO.MemoryStream]::new()
    $place = [System.Math]::Min(12, $Value.Length)
    $known.Write($Value, 0, $place)
    $head = $known.ToArray()
    for ($number = 0; $number -lt $Texts; $number++) {
        if ($Value.Length -lt $place + 4) { return $head }
        $length = [long][System.BitConverter]::ToUInt32($Value, $place)
        if ($Value.Length - $place - 4 -lt $length) { return $head }
        $text = Hide-Credential -Text $latin.GetString($Value, $place + 4, $length)
        $text = $latin.GetBytes($text)
        $known.Write($Value, $place, 4)
        $known.Write($text, 0, $text.Length)
        $place += 4 + $length
    }
    $known.ToArray()
}

function ConvertTo-Hexadecimal {
    # Empty for what is no binary value, null where there is none.
    param ($Value, [int] $Texts)

    if ($null -eq $Value) { return $null }
    if ($Value -isnot [byte[]] -or $Value.Length -eq 0) { return '' }
    [System.BitConverter]::ToString((Get-KnownPart -Value $Value -Texts $Texts)) -replace '-'
}

function Get-NumberOrKind {
    # A number as it is; of anything else the name of its type, never the data.
    param ($Value)

    if ($null -eq $Value -or $Value -is [int]) { return $Value }
    $Value.GetType().Name
}

function Get-MachineVariable {
    param ($Values, [string] $Name)

    if ($null -eq $Values[$Name]) { return $null }
    Hide-Credential -Text $Values[$Name]
}

function Get-ProxyReading {
    <#
    .SYNOPSIS
        The reading that proxy_worker.yml describes. A key that cannot be read is an error.
    #>
    $settings = 'SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings'
    $connections = Get-Key -Key "$settings\Connections"
    $policy = Get-Key -Key 'SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings'
    $variables = Get-Key -Key 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
    $reading = @{
        schema = 1
        winhttp = ConvertTo-Hexadecimal -Value $connections['WinHttpSettings'] -Texts 2
        wininet = ConvertTo-Hexadecimal -Value $connections['DefaultConnectionSettings'] -Texts 3
        per_user = Get-NumberOrKind -Value $policy['ProxySettingsPerUser']
        environment = @{}
    }
    foreach ($name in 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY') {
        $reading.environment[$name] = Get-MachineVariable -Values $variables -Name $name
    }
    $reading
}

Export-ModuleMember -Function 'Get-ProxyReading'
