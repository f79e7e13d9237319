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
    display_name = @{ type = 'str' }
    description = @{ type = 'str' }
    group = @{ type = 'str' }
    direction = @{ type = 'str'; choices = 'Inbound', 'Outbound' }
    action = @{ type = 'str'; choices = 'Allow', 'Block' }
    enabled = @{ type = 'str'; choices = 'True', 'False' }
    protocol = @{ type = 'str' }
    local_ports = @{ type = 'list'; elements = 'str' }
    remote_ports = @{ type = 'list'; elements = 'str' }
    local_addresses = @{ type = 'list'; elements = 'str' }
    remote_addresses = @{ type = 'list'; elements = 'str' }
    icmp_types = @{ type = 'list'; elements = 'str' }
    profiles = @{ type = 'list'; elements = 'str'; choices = 'Any', 'Domain', 'Private', 'Public' }
    program = @{ type = 'str' }
    service = @{ type = 'str' }
    interface_type = @{ type = 'str'; choices = 'Any', 'Wired', 'Wireless', 'RemoteAccess' }
    edge_traversal = @{ type = 'str'; choices = 'Block', 'Allow', 'DeferToUser', 'DeferToApp' }
}
$spec = @{
    options = @{
        operations = @{
            type = 'list'
            elements = 'dict'
            default = @()
            options = $options
            required_if = @(, @('operation', 'add', @('display_name')))
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

    $rule = @{
        Description = $Operation.description
        Direction = $Operation.direction
        Action = $Operation.action
        Enabled = $Operation.enabled
        # One comma text: .NET's Enum.Parse takes it for a flags enumeration, under Windows
        # PowerShell 5.1 as under PowerShell 7.
        Profile = $(if ($null -ne $Operation.profiles) { $Operation.profiles -join ',' })
        Protocol = $Operation.protocol
        LocalPort = $Operation.local_ports
        RemotePort = $Operation.remote_ports
        LocalAddress = $Operation.local_addresses
        RemoteAddress = $Operation.remote_addresses
        IcmpType = $Operation.icmp_types
        Program = $Operation.program
        Service = $Operation.service
        InterfaceType = $Operation.interface_type
        EdgeTraversalPolicy = $Operation.edge_traversal
    }
    Remove-NullEntry -Table $rule

    switch ($Operation.operation) {
        'add' {
            $naming = @{ Name = $Operation.id; DisplayName = $Operation.display_name }
            $naming.Group = $Operation.group
            Remove-NullEntry -Table $naming
            $null = New-NetFirewallRule @naming @rule -ErrorAction Stop
        }
        'set' {
            $renaming = @{ NewDisplayName = $Operation.display_name }
            Remove-NullEntry -Table $renaming
            Set-NetFirewallRule -Name $Operation.id @renaming @rule -ErrorAction Stop
        }
        'remove' {
            Remove-NetFirewallRule -Name $Operation.id -ErrorAction Stop
        }
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
