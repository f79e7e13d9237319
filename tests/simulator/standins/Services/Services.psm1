# SPDX-License-Identifier: GPL-3.0-or-later

# Stands in for Get-Service, which PowerShell has on Windows only.

$commands = 'Get-Service'
Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../StandIn/StandIn.psm1')
$sources = foreach ($command in $commands) {
    Get-StandInSource -File 'Microsoft.PowerShell.Management_5.1.json' -Command $command
}
. ([scriptblock]::Create($sources -join "`n"))

Export-ModuleMember -Function $commands
