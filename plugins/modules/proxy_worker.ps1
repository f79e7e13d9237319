#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._proxy_reading
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._wire

$spec = @{
    options = @{}
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
Set-StrictMode -Version 2.0

try { $reading = Get-ProxyReading }
catch { $module.FailJson($_.Exception.Message, $_) }
$json = ConvertTo-Json -InputObject $reading -Depth 3 -Compress
$module.Result.reading = ConvertTo-CompressedText -Text $json
$module.ExitJson()
