# SPDX-License-Identifier: GPL-3.0-or-later

# Writes which parameters an operation on a firewall rule may give, by operation, as JSON.

param ([string] $Module)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
Import-Module -Name $Module
$names = @{}
foreach ($operation in 'add', 'set', 'remove') {
    $names[$operation] = @(Get-ParameterName -Operation $operation)
}
ConvertTo-Json -InputObject $names -Compress
