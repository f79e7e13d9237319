# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'NetSecurity.psm1'
    ModuleVersion = '0.1.0'
    GUID = '33cd7ff0-a16c-5b3d-b24d-a3e2b0018475'
    FunctionsToExport = 'New-NetFirewallRule', 'Set-NetFirewallRule', 'Remove-NetFirewallRule'
    CmdletsToExport = @()
    AliasesToExport = @()
}
