# SPDX-License-Identifier: GPL-3.0-or-later

# Runs the real _windows.psm1 over an imitation of .NET's registry class, which works on Windows
# only, and over a real folder; tells what came out.

param ([string] $Util, [string] $Folder)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

class FakeKey {
    [System.Collections.Specialized.OrderedDictionary] $Values
    static [string[]] $Log = @()
    FakeKey([System.Collections.Specialized.OrderedDictionary] $values) { $this.Values = $values }
    [string[]] GetValueNames() { return @($this.Values.get_Keys()) }
    [object] GetValue([string] $name, [object] $default, [string] $options) {
        [FakeKey]::Log += $options
        return $this.Values[$name]
    }
    [object] OpenSubKey([string] $path) {
        [FakeKey]::Log += "open $path"
        if ($path -eq 'Denied') { throw 'Requested registry access is not allowed.' }
        if ($path -eq 'Empty') { return [FakeKey]::new([ordered]@{}) }
        if ($path -eq 'Full') {
            return [FakeKey]::new([ordered]@{ Keys = '%SystemRoot%\x'; Count = 7; 'b [x]' = 'two' })
        }
        return $null
    }
    [void] Dispose() { [FakeKey]::Log += 'dispose' }
    static [object] OpenBaseKey([string] $hive, [string] $view) {
        [FakeKey]::Log += "$hive $view"
        return [FakeKey]::new([ordered]@{})
    }
}

$source = [System.IO.File]::ReadAllText($Util).Replace('[Microsoft.Win32.RegistryKey]', '[FakeKey]')
New-Module -Name '_windows' -ScriptBlock ([scriptblock]::Create($source)) | Import-Module -Global
$found = @{}
foreach ($key in 'Missing', 'Empty', 'Full', 'Denied') {
    [FakeKey]::Log = @()
    $entry = @{ error = $null; null = $true; pairs = @() }
    try {
        $values = Get-MachineRegistryValue -Key $key
        $entry.null = $null -eq $values
        if (-not $entry.null) {
            $entry.pairs = @(
                foreach ($pair in $values.GetEnumerator()) { , @($pair.Key, $pair.Value) }
            )
        }
    }
    catch { $entry.error = [string]$_ }
    $entry.log = [FakeKey]::Log
    $found[$key] = $entry
}
$env:MAILOPS_TEST = 'a b'
$found.variables = @(
    (Get-EnvironmentVariable -Name 'MAILOPS_TEST')
    ($null -eq (Get-EnvironmentVariable -Name 'MAILOPS_NONE'))
)
$found.directories = @(
    foreach ($name in '', 'seven', 'none') { Test-Directory -Path "$Folder/$name" }
)
$found.files = @{}
foreach ($name in 'seven', 'link', 'empty', 'none', '.') {
    foreach ($limit in 6, 7) {
        $file = Get-FileContent -Path "$Folder/$name" -Limit $limit
        $found.files["$name $limit"] = $null
        if ($null -ne $file) {
            $found.files["$name $limit"] = @{ size = $file.Size; bytes = $file.Content }
        }
    }
}
$found.interfaces = @(Get-NetworkInterface)
$found.clock = (Get-UtcTime).ToString('o')
ConvertTo-Json -InputObject $found -Depth 5 -Compress
