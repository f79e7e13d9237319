# SPDX-License-Identifier: GPL-3.0-or-later

# Connects to a name that has many addresses, which no name of a test machine can be relied on to have: the resolver is told them beforehand.
# -Cases: a JSON file with a list of {addresses, port, milliseconds}; the answer is one JSON list of {done, error, address, stage, ended}.

param ([string] $ModuleUtils, [string] $OwnUtils, [string] $Cases)

$ErrorActionPreference = 'Stop'
Import-Module -Name (Join-Path -Path $ModuleUtils -ChildPath 'powershell/Ansible.ModuleUtils.AddType.psm1')
Add-CSharpType -References @(foreach ($file in Get-ChildItem -LiteralPath $OwnUtils -Filter '*.cs') { [System.IO.File]::ReadAllText($file.FullName) })
$space = 'ansible_collections.mailops.mailessentials.plugins.module_utils._Probe'
$known = ("$space.Resolver" -as [type]).GetField('asked', 'NonPublic, Instance')
$found = foreach ($case in (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases)))) {
    $resolver = New-Object -TypeName "$space.Resolver"
    $told = [System.Net.IPAddress[]]@(foreach ($address in $case.addresses) { [System.Net.IPAddress]::Parse($address) })
    $known.GetValue($resolver).Add('mail.example.com', [System.Threading.Tasks.Task[System.Net.IPAddress[]]]::FromResult($told))
    $endpoint = New-Object -TypeName "$space.Endpoint" -Property @{ Kind = 'tcp'; Host = 'mail.example.com'; Port = $case.port }
    $attempt = New-Object -TypeName "$space.Attempt" -ArgumentList $endpoint, (New-Object -TypeName "$space.Settings"), $resolver
    $ended = $attempt.Make().Wait($case.milliseconds)
    $said = $attempt.Finding.Copy()
    $attempt.Dispose()
    @{ done = $said.Done; error = $said.Error; address = $said.Address; stage = $said.Stage; ended = $ended }
}
ConvertTo-Json -InputObject @($found) -Compress
