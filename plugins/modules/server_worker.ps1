#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._firewall_reading
#AnsibleRequires -PowerShell ..module_utils._firewall_store
#AnsibleRequires -PowerShell ..module_utils._host_reading
#AnsibleRequires -PowerShell ..module_utils._netsh
#AnsibleRequires -PowerShell ..module_utils._port_reading
#AnsibleRequires -PowerShell ..module_utils._product
#AnsibleRequires -PowerShell ..module_utils._proxy_reading
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._windows_version
#AnsibleRequires -PowerShell ..module_utils._wire

$subjects = 'product', 'ports', 'firewall', 'proxy'
$spec = @{
    options = @{
        subjects = @{ type = 'list'; elements = 'str'; default = $subjects; choices = $subjects }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
Set-StrictMode -Version 2.0

function Get-Reading {
    param ([string] $Name)

    switch ($Name) {
        'host' { Get-HostReading -Ports ($module.Params.subjects -contains 'ports') }
        'firewall' { Get-FirewallReading }
        'proxy' { Get-ProxyReading }
    }
}

foreach ($name in $spec.options.Keys) {
    if ($null -ne $module.Params.$name) { continue }
    $module.FailJson("$name is null; give a value or leave it out")
}
$module.Result.readings = @{}
$module.Result.errors = @{}
$wanted = foreach ($subject in $module.Params.subjects) {
    if ($subject -eq 'product' -or $subject -eq 'ports') { 'host' } else { $subject }
}
foreach ($name in @($wanted | Select-Object -Unique)) {
    try {
        $reading = Get-Reading -Name $name
        $json = ConvertTo-Json -InputObject $reading -Depth 10 -Compress
        $module.Result.readings[$name] = ConvertTo-CompressedText -Text $json
    }
    catch {
        # One that cannot be read does not hide the others.
        $module.Result.errors[$name] = $_.Exception.Message
    }
}
$module.ExitJson()
