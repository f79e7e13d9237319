#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._product
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._wire

$spec = @{
    options = @{
        ports = @{ type = 'bool'; default = $false }
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

function Invoke-Netsh {
    param ([string[]] $Arguments)

    # Windows PowerShell 5.1 makes an error of whatever a program writes to stderr.
    $ErrorActionPreference = 'Continue'
    try { $lines = & netsh $Arguments 2>$null }
    catch { $module.FailJson("netsh cannot be run: $($_.Exception.Message)", $_) }
    @{ exit_code = $LASTEXITCODE; text = $lines -join "`n" }
}

function Get-WindowsVersion {
    try { $values = Get-MachineRegistryValue -Key 'SOFTWARE\Microsoft\Windows NT\CurrentVersion' }
    catch { return '' }
    if ($null -eq $values) { return '' }
    # CurrentVersion stands still at 6.3 since Windows 10, which has the two numbers.
    $names = 'CurrentMajorVersionNumber', 'CurrentMinorVersionNumber', 'CurrentBuildNumber'
    if ($null -eq $values[$names[0]]) { $names = 'CurrentVersion', 'CurrentBuildNumber' }
    @(foreach ($name in $names) { $values[$name] }) -join '.'
}

function Get-ProductKey {
    # Two values only: the others may be secrets. Nothing at all would be {} in the JSON of Windows
    # PowerShell 5.1 (PowerShell issue 9231), null is not.
    param ([string] $Key)

    try { $values = Get-MachineRegistryValue -Key $Key }
    catch {
        Exit-Worker -Module $module -Text "The registry key HKLM\$Key cannot be read" -Fault $_
    }
    if ($null -eq $values) { return $null }
    $found = @{}
    foreach ($name in 'Version', 'BuildLab') {
        if ($null -ne $values[$name]) { $found[$name] = [string]$values[$name] }
    }
    $found
}

function Get-Instance {
    param ([string] $ClassName, [string[]] $Property)

    try { Get-CimInstance -ClassName $ClassName -Property $Property -ErrorAction Stop }
    catch {
        $told = $_.Exception.Message
        $module.FailJson("Get-CimInstance -ClassName $ClassName failed: $told", $_)
    }
}

function Get-Socket {
    param ([string] $Protocol)

    $command = @{ tcp = 'Get-NetTCPConnection'; udp = 'Get-NetUDPEndpoint' }[$Protocol]
    try {
        if ($Protocol -eq 'tcp') { Get-NetTCPConnection -ErrorAction Stop }
        else { Get-NetUDPEndpoint -ErrorAction Stop }
    }
    catch {
        # The CIM cmdlets call an empty table an error.
        if ($_.FullyQualifiedErrorId -like 'CmdletizationQuery_NotFound*') { return }
        $module.FailJson("$command failed: $($_.Exception.Message)", $_)
    }
}

function Get-WebConfig {
    param ([string] $Path)

    try { $file = Get-FileContent -Path $Path -Limit 1MB }
    catch {
        $told = $_.Exception.GetBaseException().Message
        return @{ state = 'unreadable'; size = 0; message = $told; entries = @(); section = $false }
    }
    ConvertTo-WebConfig -File $file
}

function Get-Ports {
    $found = @{ netsh = @{ excluded = @{}; dynamic = @{} } }
    foreach ($name in 'tcp', 'udp', 'processes') {
        $found[$name] = [System.Collections.Generic.List[object]]::new()
    }
    foreach ($socket in (Get-Socket -Protocol 'tcp')) {
        $place = [string]$socket.LocalAddress, [int]$socket.LocalPort
        $found.tcp.Add($place + [int]$socket.State + [long]$socket.OwningProcess)
    }
    foreach ($socket in (Get-Socket -Protocol 'udp')) {
        $place = [string]$socket.LocalAddress, [int]$socket.LocalPort
        $found.udp.Add($place + [long]$socket.OwningProcess)
    }
    $wanted = 'ProcessId', 'Name', 'ExecutablePath'
    foreach ($process in (Get-Instance -ClassName 'Win32_Process' -Property $wanted)) {
        $number = [long]$process.ProcessId
        $found.processes.Add(@($number, [string]$process.Name, [string]$process.ExecutablePath))
    }
    foreach ($family in 'ipv4', 'ipv6') {
        $found.netsh.excluded[$family] = @{}
        $found.netsh.dynamic[$family] = @{}
        foreach ($protocol in 'tcp', 'udp') {
            $show = 'interface', $family, 'show'
            $dynamic = $show + 'dynamicport' + "protocol=$protocol"
            $found.netsh.dynamic[$family][$protocol] = Invoke-Netsh -Arguments $dynamic
            $show += 'excludedportrange', "protocol=$protocol"
            $found.netsh.excluded[$family][$protocol] = @{
                active = Invoke-Netsh -Arguments ($show + 'store=active')
                persistent = Invoke-Netsh -Arguments ($show + 'store=persistent')
            }
        }
    }
    $show = 'http', 'show', 'servicestate', 'view=requestq', 'verbose=no'
    $found.netsh.http = Invoke-Netsh -Arguments $show
    $found
}

function Get-Reading {
    $services = [System.Collections.Generic.List[object]]::new()
    $reading = @{ schema = 1; utc = (Get-UtcTime).ToString('o'); windows = Get-WindowsVersion }
    $reading.services, $reading.ports = $services, $null
    $reading.registry = @{
        '64' = Get-ProductKey -Key 'SOFTWARE\GFI\MailEssentials'
        '32' = Get-ProductKey -Key 'SOFTWARE\Wow6432Node\GFI\MailEssentials'
    }
    $wanted = 'Name', 'DisplayName', 'State', 'StartMode', 'ProcessId', 'PathName'
    foreach ($service in (Get-Instance -ClassName 'Win32_Service' -Property $wanted)) {
        $texts = @(foreach ($name in $wanted[0..3]) { [string]$service.$name })
        # The command line of another's service may hold a password.
        $path = $(if ($texts[1] -like 'GFI *') { [string]$service.PathName } else { '' })
        $services.Add(@($texts + [long]$service.ProcessId + $path))
    }
    $names = 'ProgramFiles(x86)', 'ProgramFiles', 'ProgramW6432'
    $programFiles = @(foreach ($name in $names) { Get-EnvironmentVariable -Name $name })
    $paths = Get-InstallDirectory -Services $services -ProgramFiles $programFiles
    $reading.directories = @(foreach ($path in $paths) {
            try { $exists = Test-Directory -Path $path }
            catch {
                $told = "The directory $path cannot be looked at"
                Exit-Worker -Module $module -Text $told -Fault $_
            }
            $config = Get-WebConfig -Path "$path\wwwconf\web.config"
            @{ path = $path; exists = $exists; web_config = $config }
        })
    if ($module.Params.ports) { $reading.ports = Get-Ports }
    $reading
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
foreach ($operation in $operations) {
    $outcome = @{ status = 'not_done'; exit_code = $null; output = '' }
    foreach ($name in $operation.Keys) { $outcome[$name] = $operation[$name] }
    if (-not $module.CheckMode) {
        $action = 'interface', $operation.family, $operation.operation, 'excludedportrange'
        $target = "protocol=$($operation.protocol)", "startport=$($operation.port)"
        $target += 'numberofports=1', 'store=persistent'
        $answer = Invoke-Netsh -Arguments ($action + $target)
        $outcome.status = $(if ($answer.exit_code -eq 0) { 'done' } else { 'failed' })
        $outcome.exit_code, $outcome.output = $answer.exit_code, $answer.text.Trim()
        if ($outcome.status -eq 'done') { $module.Result.changed = $true }
    }
    $module.Result.outcomes.Add($outcome)
}

$json = ConvertTo-Json -InputObject (Get-Reading) -Depth 10 -Compress
$module.Result.reading = ConvertTo-CompressedText -Text $json
$module.ExitJson()
