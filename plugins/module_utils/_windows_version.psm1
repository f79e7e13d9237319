# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._windows

# Internal to mailops.mailessentials: the version of Windows.
# It may change in any release; do not use it from elsewhere.

function Get-WindowsVersion {
    <#
    .SYNOPSIS
        The version of Windows as "10.0.20348"; empty where the registry does not tell it.
    #>
    try { $values = Get-MachineRegistryValue -Key 'SOFTWARE\Microsoft\Windows NT\CurrentVersion' }
    catch { return '' }
    if ($null -eq $values) { return '' }
    # CurrentVersion stands still at 6.3 since Windows 10, which has the two numbers.
    $names = 'CurrentMajorVersionNumber', 'CurrentMinorVersionNumber', 'CurrentBuildNumber'
    if ($null -eq $values[$names[0]]) { $names = 'CurrentVersion', 'CurrentBuildNumber' }
    @(foreach ($name in $names) { $values[$name] }) -join '.'
}

Export-ModuleMember -Function 'Get-WindowsVersion'
