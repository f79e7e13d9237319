# SPDX-License-Identifier: GPL-3.0-or-later

# Runs a worker many times in one PowerShell: the real Ansible.Basic, the stand-ins, one simulated host per case.
# Errors do not stop by themselves here, as Ansible makes them: a worker must not depend on that.
# The cases are a JSON file; the answer is one JSON list of {result, exit, crash}.

param ([string] $ModuleUtils, [string] $Worker, [string] $Cases)

$ErrorActionPreference = 'Stop'
Import-Module -Name (Join-Path -Path $ModuleUtils -ChildPath 'powershell/Ansible.ModuleUtils.AddType.psm1')
Add-CSharpType -References ([System.IO.File]::ReadAllText((Join-Path -Path $ModuleUtils -ChildPath 'csharp/Ansible.Basic.cs')))
[Ansible.Basic.AnsibleModule]::WriteLine = { param ([string] $Line) $global:written = $Line }
[Ansible.Basic.AnsibleModule]::Exit = { param ([int] $Code) $global:code = $Code; throw 'the worker is done' }

# The strictest mode there is, in the place of the one that the worker asks for.
$source = [System.IO.File]::ReadAllText($Worker).Replace("`nSet-StrictMode -Version 2.0`n", "`nSet-StrictMode -Version Latest`n")
$found = foreach ($case in (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases)) -AsHashtable)) {
    $ErrorActionPreference = 'Stop'
    if ($env:PSModulePath -ne $case.environment.PSModulePath) { Get-Module -Name 'NetSecurity', 'CimCmdlets', 'Services' | Remove-Module -Force }
    foreach ($name in $case.environment.Keys) { [System.Environment]::SetEnvironmentVariable($name, $case.environment[$name]) }
    Get-Module -Name '_windows' | Remove-Module -Force
    Import-Module -Name $case.windows -Global
    $global:complex_args = $case.options
    $global:written = $null
    $global:code = $null
    $crash = $null
    try {
        $ErrorActionPreference = 'Continue'
        & ([scriptblock]::Create($source)) | ForEach-Object -Process { $crash = "the worker writes $_ beside its answer" }
    }
    catch {
        if ($null -eq $global:code) { $crash = "$_ $($_.ScriptStackTrace)" }
    }
    @{ result = $global:written; exit = $global:code; crash = $crash }
}
ConvertTo-Json -InputObject @($found) -Depth 4 -Compress -EscapeHandling EscapeNonAscii
