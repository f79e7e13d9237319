# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._product
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._windows_version
#AnsibleRequires -PowerShell ..module_utils._wire

# Internal to mailops.mailessentials: reads the product and the ports of a host, and says whether
# the ports are as they were.
# It may change in any release; do not use it from elsewhere.

Set-StrictMode -Version 2.0

$families = 'ipv4', 'ipv6'
$protocols = 'tcp', 'udp'

function Invoke-Netsh {
    <#
    .SYNOPSIS
        The exit code of netsh, and what it printed.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string[]]
        $Arguments
    )

    # Windows PowerShell 5.1 makes an error of whatever a program writes to stderr.
    $ErrorActionPreference = 'Continue'
    try { $lines = & netsh $Arguments 2>$null }
    catch { throw "netsh cannot be run: $($_.Exception.Message)" }
    @{ exit_code = $LASTEXITCODE; text = $lines -join "`n" }
}

function Get-ProductKey {
    # Two values only: the others may be secrets. Nothing at all would be {} in the JSON of Windows
    # PowerShell 5.1 (PowerShell issue 9231), null is not.
    param ([string] $Key)

    try { $values = Get-MachineRegistryValue -Key $Key }
    catch { Stop-Reading -Text "The registry key HKLM\$Key cannot be read" -Fault $_ }
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
    catch { throw "Get-CimInstance -ClassName $ClassName failed: $($_.Exception.Message)" }
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
        throw "$command failed: $($_.Exception.Message)"
    }
}

function Get-SocketList {
    # Address, port, number of the state (0 for UDP) and process id of each socket, by protocol.
    $found = @{}
    foreach ($protocol in $protocols) {
        $rows = [System.Collections.Generic.List[object]]::new()
        foreach ($socket in (Get-Socket -Protocol $protocol)) {
            $state = $(if ($protocol -eq 'tcp') { [int]$socket.State } else { 0 })
            $place = [string]$socket.LocalAddress, [int]$socket.LocalPort
            $rows.Add(@($place + $state + [long]$socket.OwningProcess))
        }
        $found[$protocol] = $rows
    }
    $found
}

function Get-PortText {
    # The ports in order, each once: how far each is from the one before it, and behind "-" how many
    # follow it without a gap. Random ports take a third of the bytes that they take as they are.
    param ([int[]] $Port)

    $sorted = @($Port | Sort-Object -Unique)
    $last = 0
    $parts = for ($index = 0; $index -lt $sorted.Count; $index++) {
        $first = $sorted[$index]
        while ($index + 1 -lt $sorted.Count -and $sorted[$index + 1] -eq $sorted[$index] + 1) {
            $index++
        }
        $more = $sorted[$index] - $first
        $(if ($more) { "$($first - $last)-$more" } else { "$($first - $last)" })
        $last = $sorted[$index]
    }
    @($parts) -join ','
}

function Group-Socket {
    # One row for the ports of the same address, state and process; UDP has no state.
    param ($Rows, [bool] $State)

    $groups = [ordered]@{}
    foreach ($row in $Rows) {
        $key = "$($row[0])|$($row[2])|$($row[3])"
        if (-not $groups.Contains($key)) {
            $groups[$key] = @{ row = $row; ports = [System.Collections.Generic.List[int]]::new() }
        }
        $groups[$key].ports.Add($row[1])
    }
    $found = [System.Collections.Generic.List[object]]::new()
    foreach ($group in $groups.Values) {
        $head = $(if ($State) { $group.row[0, 2, 3] } else { $group.row[0, 3] })
        $found.Add(@($head + (Get-PortText -Port $group.ports.ToArray())))
    }
    @{ rows = $found }
}

function Get-PortRange {
    # What netsh prints of excluded ports and of the dynamic ranges.
    $found = @{ excluded = @{}; dynamic = @{} }
    foreach ($family in $families) {
        $found.excluded[$family] = @{}
        $found.dynamic[$family] = @{}
        foreach ($protocol in $protocols) {
            $show = 'interface', $family, 'show'
            $dynamic = $show + 'dynamicport' + "protocol=$protocol"
            $found.dynamic[$family][$protocol] = Invoke-Netsh -Arguments $dynamic
            $show += 'excludedportrange', "protocol=$protocol"
            $found.excluded[$family][$protocol] = @{
                active = Invoke-Netsh -Arguments ($show + 'store=active')
                persistent = Invoke-Netsh -Arguments ($show + 'store=persistent')
            }
        }
    }
    $found
}

function Get-PortReading {
    # users: ids of the processes that the ports or http.sys name.
    $sockets = Get-SocketList
    $ranges = Get-PortRange
    $show = 'http', 'show', 'servicestate', 'view=requestq', 'verbose=no'
    $ranges.http = Invoke-Netsh -Arguments $show
    $users = [System.Collections.Generic.HashSet[string]]::new()
    foreach ($number in $ranges.http.text -split '[^0-9]+') { $null = $users.Add($number) }
    foreach ($protocol in $protocols) {
        foreach ($row in $sockets[$protocol]) { $null = $users.Add([string]$row[3]) }
    }
    $processes = [System.Collections.Generic.List[object]]::new()
    $wanted = 'ProcessId', 'Name', 'ExecutablePath'
    foreach ($process in (Get-Instance -ClassName 'Win32_Process' -Property $wanted)) {
        $number = [long]$process.ProcessId
        if (-not $users.Contains([string]$number)) { continue }
        $processes.Add(@($number, [string]$process.Name, [string]$process.ExecutablePath))
    }
    $ports = @{
        tcp = (Group-Socket -Rows $sockets.tcp -State $true).rows
        udp = (Group-Socket -Rows $sockets.udp -State $false).rows
        processes = $processes; netsh = $ranges
    }
    @{ ports = $ports; users = $users }
}

function Get-ServiceList {
    $found = [System.Collections.Generic.List[object]]::new()
    $wanted = 'Name', 'DisplayName', 'State', 'StartMode', 'ProcessId', 'PathName'
    foreach ($service in (Get-Instance -ClassName 'Win32_Service' -Property $wanted)) {
        $texts = @(foreach ($name in $wanted[0..3]) { [string]$service.$name })
        # A command line may hold a password: of another's service nothing is told, and of GFI's
        # only the program.
        $path = ''
        $own = $texts[1] -like 'GFI *'
        if ($own -and $service.PathName -match '^"?[^"]*?\.exe"?') { $path = $Matches[0] }
        $found.Add(@($texts + [long]$service.ProcessId + $path))
    }
    @{ rows = $found }
}

function Select-Service {
    # Those of GFI and Exchange, and those behind a port.
    param ($Services, $Users)

    $found = [System.Collections.Generic.List[object]]::new()
    foreach ($service in $Services) {
        $known = $service[1] -like 'GFI *' -or $service[0] -like 'MSExchange*'
        $behind = $service[4] -gt 0 -and $Users.Contains([string]$service[4])
        if ($known -or $behind) { $found.Add($service) }
    }
    @{ rows = $found }
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

function Get-Directory {
    param ($Services)

    $names = 'ProgramFiles(x86)', 'ProgramFiles', 'ProgramW6432'
    $programFiles = @(foreach ($name in $names) { Get-EnvironmentVariable -Name $name })
    foreach ($path in (Get-InstallDirectory -Services $Services -ProgramFiles $programFiles)) {
        try { $exists = Test-Directory -Path $path }
        catch { Stop-Reading -Text "The directory $path cannot be looked at" -Fault $_ }
        $config = Get-WebConfig -Path "$path\wwwconf\web.config"
        @{ path = $path; exists = $exists; web_config = $config }
    }
}

function Get-HostReading {
    <#
    .SYNOPSIS
        The reading that host_worker.yml describes. What cannot be read is an error.
    #>
    param (
        # Also sockets, processes, port exclusions, dynamic ranges and request queues.
        [Parameter(Mandatory = $true)]
        [bool]
        $Ports
    )

    $reading = @{ schema = 2; utc = (Get-UtcTime).ToString('o'); windows = Get-WindowsVersion }
    $reading.registry = @{
        '64' = Get-ProductKey -Key 'SOFTWARE\GFI\MailEssentials'
        '32' = Get-ProductKey -Key 'SOFTWARE\Wow6432Node\GFI\MailEssentials'
    }
    $services = (Get-ServiceList).rows
    $reading.directories = @(Get-Directory -Services $services)
    $reading.ports = $null
    $users = [System.Collections.Generic.HashSet[string]]::new()
    if ($Ports) {
        $found = Get-PortReading
        $reading.ports, $users = $found.ports, $found.users
    }
    $reading.services = (Select-Service -Services $services -Users $users).rows
    $reading
}

function Get-HostFingerprint {
    <#
    .SYNOPSIS
        The fingerprint of what reservations depend on: the port ranges of the host, and the sockets
        on the ports of the operations.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [object[]]
        $Operations
    )

    $ranges = Get-PortRange
    $lines = [System.Collections.Generic.List[string]]::new()
    foreach ($family in $families) {
        foreach ($protocol in $protocols) {
            $printed = [ordered]@{
                active = $ranges.excluded[$family][$protocol].active
                persistent = $ranges.excluded[$family][$protocol].persistent
                dynamic = $ranges.dynamic[$family][$protocol]
            }
            foreach ($name in $printed.Keys) {
                $told = $printed[$name]
                $lines.Add("$family|$protocol|$name|$($told.exit_code)|$($told.text)")
            }
        }
    }
    $wanted = [System.Collections.Generic.HashSet[string]]::new()
    foreach ($operation in $Operations) {
        $null = $wanted.Add("$($operation.protocol)|$($operation.port)")
    }
    $sockets = Get-SocketList
    $rows = [System.Collections.Generic.HashSet[string]]::new()
    foreach ($protocol in $protocols) {
        foreach ($row in $sockets[$protocol]) {
            if (-not $wanted.Contains("$protocol|$($row[1])")) { continue }
            $null = $rows.Add("$protocol|$($row[0])|$($row[1])|$($row[2])|$($row[3])")
        }
    }
    $sorted = [string[]]@($rows)
    [System.Array]::Sort($sorted, [System.StringComparer]::Ordinal)
    $lines.AddRange($sorted)
    Get-Fingerprint -Line $lines.ToArray()
}

Export-ModuleMember -Function 'Get-HostReading', 'Get-HostFingerprint', 'Invoke-Netsh'
