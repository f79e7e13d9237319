# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: runs netsh.
# It may change in any release; do not use it from elsewhere.

Set-StrictMode -Version 2.0

function Invoke-Netsh {
    <#
    .SYNOPSIS
        The exit code of netsh, and what it printed.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string[]]
        $Arguments
    )

    # Windows PowerShell 5.1 makes an error of whatever a program writes to stderr.
    $ErrorActionPreference = 'Continue'
    try { $lines = & netsh $Arguments 2>$null }
    catch { throw "netsh cannot be run: $($_.Exception.Message)" }
    @{ exit_code = $LASTEXITCODE; text = $lines -join "`n" }
}

function Get-PortRange {
    <#
    .SYNOPSIS
        What netsh prints of excluded ports and of the dynamic ranges.
    #>
    $found = @{ excluded = @{}; dynamic = @{} }
    foreach ($family in 'ipv4', 'ipv6') {
        $found.excluded[$family] = @{}
        $found.dynamic[$family] = @{}
        foreach ($protocol in 'tcp', 'udp') {
            $show = 'interface', $family, 'show'
            $dynamic = $show + 'dynamicport' + "protocol=$protocol"
            $found.dynamic[$family][$protocol] = Invoke-Netsh -Arguments $dynamic
            $show += 'excludedportrange', "protocol=$protocol"
            $found.excluded[$family][$protocol] = @{
                active = Invoke-Netsh -Arguments ($show + 'store=active')
                persistent = Invoke-Netsh -Arguments ($show + 'store=persistent')
            }
        }
    }
    $found
}

Export-ModuleMember -Function 'Invoke-Netsh', 'Get-PortRange'
