# SPDX-License-Identifier: GPL-3.0-or-later

# Tells what the stand-ins take, and how they answer the given lines.

param ([string] $Lines)

$ErrorActionPreference = 'Continue'
$names = @(
    'New-NetFirewallRule', 'Set-NetFirewallRule', 'Remove-NetFirewallRule', 'Get-Service'
    'Get-CimInstance', 'Get-NetTCPConnection', 'Get-NetUDPEndpoint'
)
$common = [System.Management.Automation.PSCmdlet]::CommonParameters
$commands = foreach ($name in $names) {
    $sets = @{}
    foreach ($set in (Get-Command -Name $name).ParameterSets) {
        $parameters = @{}
        foreach ($parameter in $set.Parameters) {
            if ($parameter.Name -in $common) { continue }
            $type = $parameter.ParameterType
            $element = $(if ($type.IsArray) { $type.GetElementType() } else { $type })
            $parameters[$parameter.Name] = @{
                mandatory = $parameter.IsMandatory; positional = $parameter.Position -ge 0
                type = $type.Name
                values = @(if ($element.IsEnum) { [enum]::GetNames($element) })
            }
        }
        $sets[$set.Name] = $parameters
    }
    @{ name = $name; sets = $sets; source = (Get-Command -Name $name).Source }
}
$listed = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Lines))
$answers = foreach ($line in $listed) {
    $answer = @{ output = $null; error = $null; thrown = $false }
    $Error.Clear()
    try { $answer.output = [string]((& ([scriptblock]::Create($line)) 2>$null) -join ' ') }
    catch { $answer.thrown = $true }
    if ($Error.Count) { $answer.error = $Error[0].FullyQualifiedErrorId }
    $answer
}
$told = @{ commands = @($commands); answers = @($answers) }
ConvertTo-Json -InputObject $told -Depth 6 -Compress
