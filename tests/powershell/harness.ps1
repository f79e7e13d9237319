# SPDX-License-Identifier: GPL-3.0-or-later

# Runs a worker many times in one PowerShell: the real Ansible.Basic, the stand-ins, one simulated
# host per case. Errors do not stop by themselves here, as Ansible makes them: a worker must not
# depend on that. Windows PowerShell 5.1 writes {} for a value that is nothing rather than null
# (PowerShell issue 9231): whatever becomes JSON is looked through for it. The cases are a JSON
# file; the answer is one JSON list of {result, exit, crash, nothing}.

param ([string] $ModuleUtils, [string] $Worker, [string] $Cases, [string] $OwnUtils)

$ErrorActionPreference = 'Stop'
$adder = 'powershell/Ansible.ModuleUtils.AddType.psm1'
Import-Module -Name (Join-Path -Path $ModuleUtils -ChildPath $adder)
$basic = Join-Path -Path $ModuleUtils -ChildPath 'csharp/Ansible.Basic.cs'
Add-CSharpType -References ([System.IO.File]::ReadAllText($basic))
$utils = @(
    '_firewall', '_firewall_reading', '_firewall_store', '_host_reading', '_netsh'
    '_port_reading', '_product', '_proxy_reading', '_windows_version', '_wire'
)
foreach ($name in $utils) {
    Import-Module -Name (Join-Path -Path $OwnUtils -ChildPath "$name.psm1")
}
if ([System.IO.File]::ReadAllText($Worker).Contains('_probe')) {
    $sources = foreach ($file in Get-ChildItem -LiteralPath $OwnUtils -Filter '*.cs') {
        [System.IO.File]::ReadAllText($file.FullName)
    }
    Add-CSharpType -References @($sources)
    Import-Module -Name (Join-Path -Path $OwnUtils -ChildPath '_probe.psm1')
    # No name server but those of the test is ever asked.
    function Get-NameServer { -split $env:NAME_SERVERS | Where-Object -FilterScript { $_ } }
}
[Ansible.Basic.AnsibleModule]::WriteLine = { param ([string] $Line) $global:written = $Line }
[Ansible.Basic.AnsibleModule]::Exit = {
    param ([int] $Code)

    $global:code = $Code
    throw 'the worker is done'
}

function Find-Nothing {
    param ($Value, [string] $Path)

    if ($Value -isnot [System.Collections.IDictionary]) { return }
    foreach ($name in $Value.Keys) {
        $inner = $Value[$name]
        if ($null -eq $inner -and @($inner | ForEach-Object -Process { 1 }).Count -eq 0) {
            "$Path/$name"
        }
        foreach ($one in @($inner)) { Find-Nothing -Value $one -Path "$Path/$name" }
    }
}

function ConvertTo-Json {
    param ($InputObject, [int] $Depth, [switch] $Compress)

    $global:nothing += @(Find-Nothing -Value $InputObject -Path '')
    Microsoft.PowerShell.Utility\ConvertTo-Json @PSBoundParameters
}

# The strictest mode there is, in the place of the one that the worker asks for.
$source = [System.IO.File]::ReadAllText($Worker).Replace(
    "`nSet-StrictMode -Version 2.0`n", "`nSet-StrictMode -Version Latest`n")
$listed = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases)) -AsHashtable
$standins = 'NetSecurity', 'NetTCPIP', 'CimCmdlets', 'Services'
$found = foreach ($case in $listed) {
    $ErrorActionPreference = 'Stop'
    if ($env:PSModulePath -ne $case.environment.PSModulePath) {
        Get-Module -Name $standins | Remove-Module -Force
    }
    foreach ($name in $case.environment.Keys) {
        [System.Environment]::SetEnvironmentVariable($name, $case.environment[$name])
    }
    Get-Module -Name '_windows' | Remove-Module -Force
    # As Ansible does it: the options stand there before any module is loaded.
    $global:complex_args = $case.options
    Import-Module -Name $case.windows -Global
    $global:written = $null
    $global:code = $null
    $global:nothing = @()
    $crash = $null
    try {
        $ErrorActionPreference = 'Continue'
        & ([scriptblock]::Create($source)) |
            ForEach-Object -Process { $crash = "the worker writes $_ beside its answer" }
    }
    catch {
        if ($null -eq $global:code) { $crash = "$_ $($_.ScriptStackTrace)" }
    }
    @{ result = $global:written; exit = $global:code; crash = $crash; nothing = $global:nothing }
}
$asJson = @{ Depth = 4; Compress = $true; EscapeHandling = 'EscapeNonAscii' }
Microsoft.PowerShell.Utility\ConvertTo-Json -InputObject @($found) @asJson
