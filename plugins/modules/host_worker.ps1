#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._host_reading
#AnsibleRequires -PowerShell ..module_utils._netsh
#AnsibleRequires -PowerShell ..module_utils._port_reading
#AnsibleRequires -PowerShell ..module_utils._product
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._windows_version
#AnsibleRequires -PowerShell ..module_utils._wire

$spec = @{
    options = @{
        ports = @{ type = 'bool'; default = $false }
        fingerprint = @{ type = 'str'; default = '' }
        operations = @{
            type = 'list'; elements = 'dict'; default = @()
            options = @{
                operation = @{ type = 'str'; required = $true; choices = 'add', 'delete' }
                protocol = @{ type = 'str'; required = $true; choices = 'tcp', 'udp' }
                family = @{ type = 'str'; required = $true; choices = 'ipv4', 'ipv6' }
                port = @{ type = 'int'; required = $true }
            }
        }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
Set-StrictMode -Version 2.0

function Invoke-Operation {
    param ($Operation)

    $action = 'interface', $Operation.family, $Operation.operation, 'excludedportrange'
    $target = "protocol=$($Operation.protocol)", "startport=$($Operation.port)"
    $target += 'numberofports=1', 'store=persistent'
    try { Invoke-Netsh -Arguments ($action + $target) }
    catch { $module.FailJson($_.Exception.Message, $_) }
}

foreach ($name in $spec.options.Keys) {
    if ($null -ne $module.Params.$name) { continue }
    $module.FailJson("$name is null; give a value or leave it out")
}
$operations = $module.Params.operations
for ($index = 0; $index -lt $operations.Count; $index++) {
    $port = $operations[$index].port
    if ($port -ge 1 -and $port -le 65535) { continue }
    $module.FailJson("operations[$index].port is $port; give a port from 1 to 65535")
}

$module.Result.outcomes = [System.Collections.Generic.List[object]]::new()
$module.Result.stale = $false
if ($module.Params.fingerprint) {
    try { $current = Get-HostFingerprint -Operations @($operations) }
    catch { $module.FailJson($_.Exception.Message, $_) }
    $module.Result.stale = $current -ne $module.Params.fingerprint
}
$going = -not ($module.CheckMode -or $module.Result.stale)
foreach ($operation in $operations) {
    $outcome = @{ status = 'not_done'; exit_code = $null; output = '' }
    foreach ($name in $operation.Keys) { $outcome[$name] = $operation[$name] }
    if ($going) {
        $answer = Invoke-Operation -Operation $operation
        $outcome.status = $(if ($answer.exit_code -eq 0) { 'done' } else { 'failed' })
        $outcome.exit_code, $outcome.output = $answer.exit_code, $answer.text.Trim()
        if ($outcome.status -eq 'done') { $module.Result.changed = $true }
    }
    $module.Result.outcomes.Add($outcome)
}

try { $reading = Get-HostReading -Ports $module.Params.ports }
catch { $module.FailJson($_.Exception.Message, $_) }
$json = ConvertTo-Json -InputObject $reading -Depth 10 -Compress
$module.Result.reading = ConvertTo-CompressedText -Text $json
$module.ExitJson()
