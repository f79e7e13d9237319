# SPDX-License-Identifier: GPL-3.0-or-later

# What the stand-ins for Windows commands share: commands made from the documented parameters, and
# the way to the simulated host.

$documents = Join-Path -Path $PSScriptRoot -ChildPath '../../../data/cmdlets'
$types = @{
    'Boolean' = 'bool'; 'Int32' = 'int'; 'String' = 'string'; 'String[]' = 'string[]'
    'switch' = 'switch'; 'UInt16[]' = 'uint16[]'; 'UInt32' = 'uint32'; 'UInt32[]' = 'uint32[]'
    'Uri' = 'uri'
    'WildcardPattern[]' = 'System.Management.Automation.WildcardPattern[]'
}
# Enumerations that take several values at once (New-NetFirewallRule documents "Domain, Private" for
# -Profile). Their numbers are our own.
$flags = 'Profile'

function Get-Document {
    # A file holds one cmdlet a line; reading one line saves most of the time.
    param ([string] $File, [string] $Command)

    $start = "`"$Command`": "
    $path = Join-Path -Path $documents -ChildPath $File
    foreach ($line in [System.IO.File]::ReadAllLines($path)) {
        if ($line.StartsWith($start, [System.StringComparison]::Ordinal)) {
            return $line.Substring($start.Length).TrimEnd(',') | ConvertFrom-Json
        }
    }
    throw "$Command is not documented in $File"
}

function Get-SharedSet {
    # Sets and parameters that every documented Windows has: a call that these take is right on all
    # of them.
    param ([object[]] $Entries)

    $shared = [ordered]@{}
    foreach ($set in $Entries[0].sets.PSObject.Properties) {
        $variants = @(foreach ($entry in $Entries) { $entry.sets.($set.Name) })
        if ($variants -contains $null) { continue }
        $parameters = [ordered]@{}
        foreach ($parameter in $set.Value.PSObject.Properties) {
            $facts = @(foreach ($variant in $variants) { $variant.($parameter.Name) })
            if ($facts -contains $null) { continue }
            $parameters[$parameter.Name] = @{
                Type = $parameter.Value.type
                Mandatory = @($facts.mandatory) -contains $true
                Positional = @($facts.positional) -notcontains $false
            }
        }
        $shared[$set.Name] = $parameters
    }
    $shared
}

function Get-SharedValue {
    param ([object[]] $Entries, [string] $Parameter)

    $lists = @(foreach ($entry in $Entries) { , @($entry.details.$Parameter.values) })
    foreach ($value in $lists[0]) {
        if ($value -and -not @($lists | Where-Object { $_ -cnotcontains $value })) { $value }
    }
}

function Get-EnumerationSource {
    param ([string] $Name, [string[]] $Values, [bool] $IsFlags)

    $number = 1
    $members = foreach ($value in $Values) {
        if ($IsFlags -and $value -eq 'Any') { "$value = 0"; continue }
        "$value = $number"
        $number = $(if ($IsFlags) { $number * 2 } else { $number + 1 })
    }
    "$(if ($IsFlags) { '[System.Flags()] ' })enum $Name { $($members -join '; ') }"
}

function Get-ParameterSource {
    param (
        [string] $Name,
        [System.Collections.IDictionary] $Sets,
        [object] $Details,
        [string] $TypeName
    )

    $lines = foreach ($set in $Sets.Keys) {
        if (-not $Sets[$set].Contains($Name)) { continue }
        $fact = $Sets[$set][$Name]
        $arguments = @("ParameterSetName = '$($set.TrimEnd('*'))'")
        if ($fact.Mandatory) { $arguments += 'Mandatory = $true' }
        if ($fact.Positional) { $arguments += 'Position = 0' }
        if ("$($Details.pipeline)" -like '*ByValue*') { $arguments += 'ValueFromPipeline = $true' }
        "[Parameter($($arguments -join ', '))]"
    }
    if ($Details.aliases) { $lines = @($lines) + "[Alias('$($Details.aliases -join "', '")')]" }
    (@($lines) + "[$TypeName] `${$Name}") -join ' '
}

function Get-StandInSource {
    <#
    .SYNOPSIS
        The source text of a function that takes exactly the documented parameters, sets and values,
        and hands them to the simulated host.
    #>
    param ([string] $File, [string] $Command)

    $entries = @(Get-Document -File $File -Command $Command)
    $sets = Get-SharedSet -Entries $entries
    $known = [ordered]@{}
    foreach ($set in $sets.Values) {
        foreach ($name in $set.Keys) { $known[$name] = $set[$name].Type }
    }
    $enumerations = @()
    $parameters = foreach ($name in $known.Keys) {
        $type = $types[$known[$name]]
        $values = @(Get-SharedValue -Entries $entries -Parameter $name)
        if (-not $type) { $type = 'object' }
        if ($values -and $type -eq 'object') {
            $enumeration = "$($Command.Replace('-', '_'))_$name"
            $enumerating = @{ Name = $enumeration; Values = $values; IsFlags = $name -in $flags }
            $enumerations += Get-EnumerationSource @enumerating
            $type = $(if ($known[$name].EndsWith('[]')) { "$enumeration[]" } else { $enumeration })
        }
        $details = $entries[0].details.$name
        Get-ParameterSource -Name $name -Sets $sets -Details $details -TypeName $type
    }
    $default = @($sets.Keys -like '*[*]')
    $binding = $(if ($default) { "DefaultParameterSetName = '$($default[0].TrimEnd('*'))'" })
    @(
        $enumerations
        "function $Command {"
        "[CmdletBinding($binding)]"
        "param ($($parameters -join ",`n"))"
        "process { Invoke-SimulatedCommand -Command '$Command' " +
            '-Bound $PSBoundParameters -Cmdlet $PSCmdlet }'
        '}'
    ) -join "`n"
}

function ConvertTo-Plain {
    param ($Value)

    if ($Value -is [System.Collections.IList]) {
        return , @(foreach ($part in $Value) { ConvertTo-Plain -Value $part })
    }
    if ($Value -is [enum]) { return $Value.ToString() }
    if ($Value -is [switch]) { return [bool]$Value }
    $Value
}

function Invoke-Simulator {
    <#
    .SYNOPSIS
        Asks the simulated host; a host that dies takes this process with it, as a killed worker.
    #>
    param ([string] $Command, [hashtable] $Parameters = @{})

    $env:PYTHONPATH = $env:SIMULATED_PYTHONPATH
    $asJson = @{ Depth = 4; Compress = $true; EscapeHandling = 'EscapeNonAscii' }
    $answer = ConvertTo-Json -InputObject $Parameters @asJson |
        & $env:SIMULATED_PYTHON -m simulator $Command
    if ($LASTEXITCODE -ne 0) { [System.Environment]::Exit($LASTEXITCODE) }
    ConvertFrom-Json -InputObject ($answer -join "`n")
}

function Invoke-SimulatedCommand {
    <#
    .SYNOPSIS
        Does what a bound command asks. A failure is written, not thrown, as the CIM commands of
        Windows do.
    #>
    param (
        [string] $Command,
        [System.Collections.IDictionary] $Bound,
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $common = [System.Management.Automation.PSCmdlet]::CommonParameters
    $parameters = @{}
    foreach ($name in $Bound.Keys) {
        if ($name -in $common) { continue }
        $parameters[$name] = ConvertTo-Plain -Value $Bound[$name]
    }
    $answer = Invoke-Simulator -Command $Command -Parameters $parameters
    if ($Command -like '*-NetFirewallRule') {
        $env:SIMULATED_WRITES = [int]$env:SIMULATED_WRITES + 1
    }
    if ($answer.ok) { return $answer.output }
    if ($answer.error_id -eq 'CommandNotFoundException') {
        throw [System.Management.Automation.CommandNotFoundException]::new($answer.message)
    }
    # PowerShell itself puts the name of the command behind the id.
    $id = ($answer.error_id -split ',')[0]
    $fault = [System.Exception]::new($answer.message)
    $Cmdlet.WriteError(
        [System.Management.Automation.ErrorRecord]::new($fault, $id, $answer.category, $null))
}

Export-ModuleMember -Function 'Get-StandInSource', 'Invoke-Simulator', 'Invoke-SimulatedCommand'
