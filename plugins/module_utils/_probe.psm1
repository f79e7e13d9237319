# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The other C# files come with the using lines of this one and of those; named here too,
# ansible-core before 2.19 would compile them twice.
#AnsibleRequires -CSharpUtil ..module_utils._Probe

# Internal to mailops.mailessentials: all that a worker says to the network, so that a simulated
# network replaces this file alone.
# It may change in any release; do not use it from elsewhere.

function Get-NameServer {
    <#
    .SYNOPSIS
        The addresses of the name servers that the network interfaces in use are configured with,
        each once.
    #>
    $up = [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() |
        Where-Object -FilterScript { $_.OperationalStatus -eq 'Up' }
    $servers = foreach ($interface in $up) { $interface.GetIPProperties().DnsAddresses }
    # fec0:0:0:ffff::1 to ::3 are what Windows shows where IPv6 has no name server.
    @(
        $servers |
            Where-Object -FilterScript { $null -ne $_ -and -not $_.IsIPv6SiteLocal } |
            ForEach-Object -Process { $_.ToString() } |
            Select-Object -Unique
    )
}

function ConvertTo-Endpoint {
    param ($Table)

    $made =
        [ansible_collections.mailops.mailessentials.plugins.module_utils._Endpoint.Endpoint]::new()
    $made.Kind, $made.Host, $made.Port = $Table.kind, $Table.host, $Table.port
    $made.Path, $made.Query = $Table.path, $Table.query
    $made.Transport, $made.ThroughProxy = $Table.transport, $Table.through_proxy
    $made
}

function Invoke-EndpointProbe {
    <#
    .SYNOPSIS
        Tries all endpoints at once: one table for each, in order, with the keys that
        endpoint_worker.yml gives.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [object[]]
        $Endpoint,

        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string]
        $ProxyHost,

        [Parameter(Mandatory = $true)]
        [int]
        $ProxyPort,

        [Parameter(Mandatory = $true)]
        [int]
        $Timeout,

        [Parameter(Mandatory = $true)]
        [int]
        $Deadline,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [string[]]
        $NameServer
    )

    $wanted = foreach ($one in $Endpoint) { ConvertTo-Endpoint -Table $one }
    $settings =
        [ansible_collections.mailops.mailessentials.plugins.module_utils._Endpoint.Settings]::new()
    $settings.ProxyHost, $settings.ProxyPort = $ProxyHost, $ProxyPort
    $settings.NameServers = $NameServer
    $settings.Timeout, $settings.Deadline = $Timeout, $Deadline
    $found = [ansible_collections.mailops.mailessentials.plugins.module_utils._Probe.Probe]::Run(
        @($wanted), $settings)
    foreach ($finding in $found) { $finding.ToTable() }
}

Export-ModuleMember -Function 'Get-NameServer', 'Invoke-EndpointProbe'
