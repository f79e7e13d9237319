# SPDX-License-Identifier: GPL-3.0-or-later

# In the place of plugins/module_utils/_windows.psm1 where a worker runs on a simulated host: the
# same functions over its state.

# Where Windows keeps the three stores (MS-GPFAS 2.2.2 for group policy, registry exports for the
# others).
$stores = @{
    'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy' = 'local'
    'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\Mdm' = 'mdm'
    'SOFTWARE\Policies\Microsoft\WindowsFirewall' = 'gpo'
}
$asked = @{}

# What is to happen between a reading and a write happens when a writer is called.
$state = Join-Path -Path "$env:SIMULATED_HOST" -ChildPath 'host.json'
if ($complex_args -and $complex_args['operations'] -and [System.IO.File]::Exists($state) -and
    [System.IO.File]::ReadAllText($state).Contains('"change_before_write"')) {
    Import-Module -Name 'StandIn'
    $null = Invoke-Simulator -Command 'before_write'
}

function Get-Simulated {
    # One question for all keys and variables of a store, or for all of the rest; again after a
    # write.
    param ([string] $About)

    if ($asked['writes'] -ne $env:SIMULATED_WRITES) { $asked.Clear() }
    $asked['writes'] = $env:SIMULATED_WRITES
    if (-not $asked.Contains($About)) {
        Import-Module -Name 'StandIn'
        $asked[$About] = Invoke-Simulator -Command $About
    }
    $asked[$About]
}

function Get-Unshown {
    # Keys, directories and files that are no firewall store.
    $answer = Get-Simulated -About 'machine'
    if (-not $answer.ok) {
        Stop-AsNet -Fault ([System.Security.SecurityException]::new($answer.message))
    }
    $answer.output[0]
}

function Stop-AsNet {
    # PowerShell wraps what a method of .NET throws.
    param ([System.Exception] $Fault)

    $text = 'Exception calling "Open": "{0}"' -f $Fault.Message
    throw [System.Management.Automation.MethodInvocationException]::new($text, $Fault)
}

function ConvertTo-RegistryValue {
    # JSON numbers arrive as Int64, a REG_DWORD as Int32; a REG_BINARY as {"hex"}.
    param ($Table)

    $values = [ordered]@{}
    foreach ($value in $Table.PSObject.Properties) {
        $held = $value.Value
        if ($held -is [long]) { $held = [int]$held }
        elseif ($held -is [System.Management.Automation.PSCustomObject]) {
            $held = [System.Convert]::FromHexString($held.hex)
        }
        $values[$value.Name] = $held
    }
    $values
}

function Get-MachineRegistryValue {
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Key
    )

    $separator = $Key.LastIndexOf('\')
    $store = $stores[$Key.Substring(0, $separator)]
    if (-not $store) {
        $held = (Get-Unshown).keys.PSObject.Properties[$Key]
        if ($null -eq $held) { return }
        return ConvertTo-RegistryValue -Table $held.Value
    }
    $answer = Get-Simulated -About 'registry'
    if (-not $answer.ok) {
        Stop-AsNet -Fault ([System.Security.SecurityException]::new($answer.message))
    }
    $held = $answer.output[0].stores.$store
    $name = $Key.Substring($separator + 1)
    if ($name -eq 'FirewallRules') {
        if ($held.rules.Count -eq 0) { return }
        $values = [ordered]@{}
        foreach ($rule in $held.rules) { $values[$rule[0]] = $rule[1] }
        return $values
    }
    $profileValues = $held.profiles.PSObject.Properties[$name]
    if ($null -eq $profileValues) { return }
    ConvertTo-RegistryValue -Table $profileValues.Value
}

function Get-EnvironmentVariable {
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    # Both answers hold them: the one that the worker needed anyhow spares a question.
    $about = $(if ($asked.Contains('machine')) { 'machine' } else { 'registry' })
    $answer = Get-Simulated -About $about
    # A registry that cannot be read does not hide the variables of a process; here they only come
    # by the same answer.
    if ($answer.ok) { $answer.output[0].variables.$Name }
}

function Get-UtcTime {
    $answer = Get-Simulated -About 'machine'
    [System.DateTime]::UtcNow.AddSeconds($(if ($answer.ok) { $answer.output[0].clock } else { 0 }))
}

function Test-Directory {
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path
    )

    @((Get-Unshown).directories) -contains $Path
}

function Get-FileContent {
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path,

        [Parameter(Mandatory = $true)]
        [long]
        $Limit
    )

    $file = (Get-Unshown).files.PSObject.Properties[$Path]
    if ($null -eq $file) { return }
    $told = $file.Value.PSObject.Properties
    if ($told['error']) {
        Stop-AsNet -Fault ([System.UnauthorizedAccessException]::new($told['error'].Value))
    }
    $text = $(if ($told['text']) { $told['text'].Value } else { '' })
    $content = [System.Text.Encoding]::UTF8.GetBytes($text)
    $size = $(if ($told['size']) { $told['size'].Value } else { $content.Length })
    @{ Size = $size; Content = $(if ($size -le $Limit) { , $content }) }
}

function Get-NetworkInterface {
    foreach ($interface in (Get-Unshown).interfaces) {
        $found = @{}
        foreach ($value in $interface.PSObject.Properties) { $found[$value.Name] = $value.Value }
        $found
    }
}

Export-ModuleMember -Function @(
    'Get-MachineRegistryValue', 'Get-EnvironmentVariable', 'Get-UtcTime', 'Test-Directory'
    'Get-FileContent', 'Get-NetworkInterface'
)
