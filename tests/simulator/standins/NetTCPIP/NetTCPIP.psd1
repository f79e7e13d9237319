# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'NetTCPIP.psm1'
    ModuleVersion = '0.1.0'
    GUID = 'c62299f1-4ef3-5e03-ac9f-5d0d7bfc8270'
    FunctionsToExport = 'Get-NetTCPConnection', 'Get-NetUDPEndpoint'
    CmdletsToExport = @()
    AliasesToExport = @()
}
