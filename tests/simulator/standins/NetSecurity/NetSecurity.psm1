# SPDX-License-Identifier: GPL-3.0-or-later

# Stands in for the module of that name.

$commands = 'New-NetFirewallRule', 'Set-NetFirewallRule', 'Remove-NetFirewallRule'
Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../StandIn/StandIn.psm1')
$sources = foreach ($command in $commands) {
    Get-StandInSource -File 'NetSecurity.json' -Command $command
}
. ([scriptblock]::Create($sources -join "`n"))

Export-ModuleMember -Function $commands
