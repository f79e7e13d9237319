# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._netsh
#AnsibleRequires -PowerShell ..module_utils._wire

# Internal to mailops.mailessentials: reads the ports of a host, and says whether they are as they
# were.
# It may change in any release; do not use it from elsewhere.

Set-StrictMode -Version 2.0

$families = 'ipv4', 'ipv6'
$protocols = 'tcp', 'udp'

function Get-Instance {
    <#
    .SYNOPSIS
        The instances of a class with the properties named.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $ClassName,

        [Parameter(Mandatory = $true)]
        [string[]]
        $Property
    )

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

function Get-PortReading {
    <#
    .SYNOPSIS
        The ports of a reading, and as users the ids of the processes that they or http.sys name.
    #>
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

Export-ModuleMember -Function 'Get-PortReading', 'Get-HostFingerprint', 'Get-Instance'
