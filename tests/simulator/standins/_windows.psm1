# SPDX-License-Identifier: GPL-3.0-or-later

# In the place of plugins/module_utils/_windows.psm1 where a worker runs on a simulated host: the same functions over its state.

# Where Windows keeps the three stores (MS-GPFAS 2.2.2 for group policy, registry exports for the others).
$stores = @{
    'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy' = 'local'
    'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\Mdm' = 'mdm'
    'SOFTWARE\Policies\Microsoft\WindowsFirewall' = 'gpo'
}
$asked = @{}

function Get-Simulated {
    # One question for all keys and variables.
    if (-not $asked.Contains('answer')) {
        Import-Module -Name 'StandIn'
        $asked.answer = Invoke-Simulator -Command 'registry'
    }
    $asked.answer
}

function Get-MachineRegistryValue {
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Key
    )

    $separator = $Key.LastIndexOf('\')
    $store = $stores[$Key.Substring(0, $separator)]
    if (-not $store) { throw "The simulated registry has no $Key" }
    $answer = Get-Simulated
    if (-not $answer.ok) { throw $answer.message }
    $held = $answer.output[0].stores.$store
    $name = $Key.Substring($separator + 1)
    $values = [ordered]@{}
    if ($name -eq 'FirewallRules') {
        if ($held.rules.Count -eq 0) { return }
        foreach ($rule in $held.rules) { $values[$rule[0]] = $rule[1] }
        return $values
    }
    $profileValues = $held.profiles.PSObject.Properties[$name]
    if ($null -eq $profileValues) { return }
    # JSON numbers arrive as Int64, a REG_DWORD as Int32.
    foreach ($value in $profileValues.Value.PSObject.Properties) { $values[$value.Name] = [int]$value.Value }
    $values
}

function Get-EnvironmentVariable {
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    $answer = Get-Simulated
    # A registry that cannot be read does not hide the variables of a process; here they only come by the same answer.
    if ($answer.ok) { $answer.output[0].variables.$Name }
}

Export-ModuleMember -Function 'Get-MachineRegistryValue', 'Get-EnvironmentVariable'
