# SPDX-License-Identifier: GPL-3.0-or-later

# Connects to a name that has many addresses, which no name of a test machine can be relied on to
# have: the resolver is told them beforehand.
# -Cases: a JSON file with a list of {addresses, port, milliseconds}; the answer is one JSON list of
# {done, error, address, stage, ended}.

param ([string] $ModuleUtils, [string] $OwnUtils, [string] $Cases)

$ErrorActionPreference = 'Stop'
$adder = 'powershell/Ansible.ModuleUtils.AddType.psm1'
Import-Module -Name (Join-Path -Path $ModuleUtils -ChildPath $adder)
$sources = foreach ($file in Get-ChildItem -LiteralPath $OwnUtils -Filter '*.cs') {
    [System.IO.File]::ReadAllText($file.FullName)
}
Add-CSharpType -References @($sources)
$space = 'ansible_collections.mailops.mailessentials.plugins.module_utils'
$known = ("$space._Attempt.Resolver" -as [type]).GetField('asked', 'NonPublic, Instance')
$listed = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases))
$found = foreach ($case in $listed) {
    $resolver = New-Object -TypeName "$space._Attempt.Resolver"
    $told = [System.Net.IPAddress[]]@(
        foreach ($address in $case.addresses) { [System.Net.IPAddress]::Parse($address) }
    )
    $answer = [System.Threading.Tasks.Task[System.Net.IPAddress[]]]::FromResult($told)
    $known.GetValue($resolver).Add('mail.example.com', $answer)
    $fields = @{ Kind = 'tcp'; Host = 'mail.example.com'; Port = $case.port }
    $endpoint = New-Object -TypeName "$space._Endpoint.Endpoint" -Property $fields
    $settings = New-Object -TypeName "$space._Endpoint.Settings"
    $making = @{
        TypeName = "$space._Attempt.Attempt"
        ArgumentList = $endpoint, $settings, $resolver
    }
    $attempt = New-Object @making
    $ended = $attempt.Make().Wait($case.milliseconds)
    $said = $attempt.Finding.Copy()
    $attempt.Dispose()
    @{
        done = $said.Done; error = $said.Error; address = $said.Address; stage = $said.Stage
        ended = $ended
    }
}
ConvertTo-Json -InputObject @($found) -Compress
