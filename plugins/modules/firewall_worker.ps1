#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._firewall
#AnsibleRequires -PowerShell ..module_utils._firewall_reading
#AnsibleRequires -PowerShell ..module_utils._firewall_store
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._windows_version
#AnsibleRequires -PowerShell ..module_utils._wire

$options = @{
    operation = @{ type = 'str'; required = $true; choices = 'add', 'set', 'remove' }
    id = @{ type = 'str'; required = $true }
    parameters = @{ type = 'dict'; default = @{} }
}
$spec = @{
    options = @{
        operations = @{
            type = 'list'
            elements = 'dict'
            default = @()
            options = $options
        }
        fingerprint = @{ type = 'str'; default = '' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
Set-StrictMode -Version 2.0

function Invoke-Operation {
    param ($Operation)

    $given = ConvertTo-Splat -Operation $Operation
    switch ($Operation.operation) {
        'add' { $null = New-NetFirewallRule -Name $Operation.id @given -ErrorAction Stop }
        'set' { Set-NetFirewallRule -Name $Operation.id @given -ErrorAction Stop }
        'remove' { Remove-NetFirewallRule -Name $Operation.id -ErrorAction Stop }
    }
}

function Get-Reading {
    try { Get-FirewallReading }
    catch { $module.FailJson($_.Exception.Message, $_) }
}

foreach ($name in $spec.options.Keys) {
    if ($null -ne $module.Params.$name) { continue }
    $module.FailJson("$name is null; give a value or leave it out")
}
$operations = $module.Params.operations
for ($index = 0; $index -lt $operations.Count; $index++) {
    $objection = Get-Objection -Operation $operations[$index]
    if ($objection) { $module.FailJson("operations[$index].$objection") }
}

$module.Result.outcomes = [System.Collections.Generic.List[object]]::new()
$module.Result.stale = $false
$reading = $null
if ($module.Params.fingerprint) {
    $reading = Get-Reading
    $module.Result.stale = $reading.fingerprint -ne $module.Params.fingerprint
}
$going = -not ($module.CheckMode -or $module.Result.stale)
if ($going -and $operations.Count) { $reading = $null }
foreach ($operation in $operations) {
    $outcome = @{
        operation = $operation.operation; id = $operation.id; status = 'not_done'
        message = ''; error_id = ''; category = ''; milliseconds = 0
    }
    if ($going) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        try {
            Invoke-Operation -Operation $operation
            $outcome.status = 'done'
            $module.Result.changed = $true
        }
        catch {
            $going = $false
            $outcome.status = 'failed'
            $outcome.message = $_.Exception.Message
            $outcome.error_id = $_.FullyQualifiedErrorId
            $outcome.category = [string]$_.CategoryInfo.Category
        }
        $outcome.milliseconds = $clock.ElapsedMilliseconds
    }
    $module.Result.outcomes.Add($outcome)
}

if ($null -eq $reading) { $reading = Get-Reading }
$json = ConvertTo-Json -InputObject $reading -Depth 10 -Compress
$module.Result.reading = ConvertTo-CompressedText -Text $json
$module.ExitJson()
