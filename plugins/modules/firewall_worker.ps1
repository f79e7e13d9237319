#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._firewall
#AnsibleRequires -PowerShell ..module_utils._windows
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
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
Set-StrictMode -Version 2.0

$localPolicy = 'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
$storeKeys = @{
    local = $localPolicy; mdm = "$localPolicy\Mdm"
    gpo = 'SOFTWARE\Policies\Microsoft\WindowsFirewall'
}
$subkeys = 'FirewallRules', 'DomainProfile', 'PrivateProfile', 'PublicProfile', 'StandardProfile'
$profileValues = @(
    'EnableFirewall', 'DefaultInboundAction', 'DefaultOutboundAction', 'DoNotAllowExceptions'
    'AllowLocalPolicyMerge'
)
$variableNames = @(
    'SystemRoot', 'windir', 'SystemDrive', 'ProgramData'
    'ProgramFiles', 'ProgramFiles(x86)', 'ProgramW6432'
    'CommonProgramFiles', 'CommonProgramFiles(x86)', 'CommonProgramW6432'
)

function Invoke-Operation {
    param ($Operation)

    $given = ConvertTo-Splat -Operation $Operation
    switch ($Operation.operation) {
        'add' { $null = New-NetFirewallRule -Name $Operation.id @given -ErrorAction Stop }
        'set' { Set-NetFirewallRule -Name $Operation.id @given -ErrorAction Stop }
        'remove' { Remove-NetFirewallRule -Name $Operation.id -ErrorAction Stop }
    }
}

function Get-Store {
    param ([string] $Key)

    $store = @{ rules = [System.Collections.Generic.List[object]]::new(); profiles = @{} }
    foreach ($name in $subkeys) {
        try {
            $values = Get-MachineRegistryValue -Key "$Key\$name"
        }
        catch {
            $told = "The registry key HKLM\$Key\$name cannot be read"
            Exit-Worker -Module $module -Text $told -Fault $_
        }
        if ($null -eq $values) { continue }
        if ($name -eq 'FirewallRules') {
            foreach ($entry in $values.GetEnumerator()) {
                $store.rules.Add(@($entry.Key, [string]$entry.Value))
            }
            continue
        }
        $store.profiles[$name] = @{}
        foreach ($value in $profileValues) {
            if ($values[$value] -is [int]) { $store.profiles[$name][$value] = $values[$value] }
        }
    }
    $store
}

function Get-Reading {
    $reading = @{ schema = 1; services = @{}; variables = @{}; stores = @{} }
    $wanted = @{ Namespace = 'root/StandardCimv2'; ClassName = 'MSFT_NetConnectionProfile' }
    try {
        $connections = @(Get-CimInstance @wanted -ErrorAction Stop)
        # [int] makes null 0, which is public: where one category is not known, none is.
        $reading.network_categories = @(foreach ($one in $connections) {
                if ($null -eq $one.NetworkCategory) { throw 'unknown' }
                [int]$one.NetworkCategory
            })
    }
    catch {
        $reading.network_categories = $null
    }
    foreach ($name in 'mpssvc', 'BFE') {
        $service = Get-Service -Name $name -ErrorAction SilentlyContinue
        $reading.services[$name] = $null
        if ($null -ne $service) { $reading.services[$name] = [string]$service.Status }
    }
    foreach ($name in $variableNames) {
        $value = Get-EnvironmentVariable -Name $name
        if ($value) { $reading.variables[$name] = $value }
    }
    foreach ($name in @($storeKeys.Keys)) {
        $reading.stores[$name] = Get-Store -Key $storeKeys[$name]
    }
    $reading
}

$operations = $module.Params.operations
for ($index = 0; $index -lt $operations.Count; $index++) {
    $objection = Get-Objection -Operation $operations[$index]
    if ($objection) { $module.FailJson("operations[$index].$objection") }
}

$module.Result.outcomes = [System.Collections.Generic.List[object]]::new()
$going = -not $module.CheckMode
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

$json = ConvertTo-Json -InputObject (Get-Reading) -Depth 8 -Compress
$module.Result.reading = ConvertTo-CompressedText -Text $json
$module.ExitJson()
