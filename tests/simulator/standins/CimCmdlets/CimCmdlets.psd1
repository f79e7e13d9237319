# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'CimCmdlets.psm1'
    ModuleVersion = '0.1.0'
    GUID = '91d5f98e-e4f8-5ecb-b2cc-ffa48f10d29a'
    FunctionsToExport = 'Get-CimInstance'
    CmdletsToExport = @()
    AliasesToExport = @()
}
