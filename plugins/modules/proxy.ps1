#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._windows
#AnsibleRequires -PowerShell ..module_utils._wire

$spec = @{
    options = @{}
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
Set-StrictMode -Version 2.0

$latin = [System.Text.Encoding]::GetEncoding(28591)

function Get-Key {
    param ([string] $Key)

    try { $values = Get-MachineRegistryValue -Key $Key }
    catch { $module.FailJson("The registry key HKLM\$Key cannot be read: $($_.Exception.GetBaseException().Message)", $_) }
    if ($null -eq $values) { return @{} }
    $values
}

function Hide-Credential {
    # What stands in front of an @ in the same text stays on the host; the length stays the same.
    param ([string] $Text)

    $Text -replace '[^\x00-\x1f](?=[^\x00-\x1f]*@)', '*'
}

function ConvertTo-Hexadecimal {
    # Empty for what is no binary value, null where there is none.
    param ($Value)

    if ($null -eq $Value) { return $null }
    if ($Value -isnot [byte[]]) { return '' }
    [System.BitConverter]::ToString($latin.GetBytes((Hide-Credential -Text $latin.GetString($Value)))) -replace '-'
}

function Get-MachineVariable {
    param ($Values, [string] $Name)

    if ($null -eq $Values[$Name]) { return $null }
    Hide-Credential -Text $Values[$Name]
}

$connections = Get-Key -Key 'SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections'
$policy = Get-Key -Key 'SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings'
$variables = Get-Key -Key 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'

$reading = @{
    schema = 1
    winhttp = ConvertTo-Hexadecimal -Value $connections['WinHttpSettings']
    wininet = ConvertTo-Hexadecimal -Value $connections['DefaultConnectionSettings']
    per_user = $policy['ProxySettingsPerUser']
    environment = @{}
}
foreach ($name in 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY') { $reading.environment[$name] = Get-MachineVariable -Values $variables -Name $name }
$module.Result.reading = ConvertTo-CompressedText -Text (ConvertTo-Json -InputObject $reading -Depth 3 -Compress)
$module.ExitJson()
