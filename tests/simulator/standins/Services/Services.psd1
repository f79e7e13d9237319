# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'Services.psm1'
    ModuleVersion = '0.1.0'
    GUID = 'c2ac464f-88a6-5146-a4cc-135e646dbb02'
    FunctionsToExport = 'Get-Service'
    CmdletsToExport = @()
    AliasesToExport = @()
}
