# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._port_reading
#AnsibleRequires -PowerShell ..module_utils._product
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._windows_version
#AnsibleRequires -PowerShell ..module_utils._wire

# Internal to mailops.mailessentials: reads the product and the ports of a host.
# It may change in any release; do not use it from elsewhere.

Set-StrictMode -Version 2.0

# Up to the first .exe, unless something stands before it that no path holds: then the program has
# no .exe in its name, and that one is among its arguments.
$program = '^"?(?:[a-z]:)?[^":/=]*?\.exe(?="|\s|\z)"?'

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

function Get-ServiceList {
    $found = [System.Collections.Generic.List[object]]::new()
    $wanted = 'Name', 'DisplayName', 'State', 'StartMode', 'ProcessId', 'PathName'
    foreach ($service in (Get-Instance -ClassName 'Win32_Service' -Property $wanted)) {
        $texts = @(foreach ($name in $wanted[0..3]) { [string]$service.$name })
        # A command line may hold a password: of another's service nothing is told, and of GFI's
        # only the program.
        $path = ''
        $own = $texts[1] -like 'GFI *'
        if ($own -and $service.PathName -match $program) { $path = $Matches[0] }
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

Export-ModuleMember -Function 'Get-HostReading'
