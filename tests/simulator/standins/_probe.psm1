# SPDX-License-Identifier: GPL-3.0-or-later

# In the place of plugins/module_utils/_probe.psm1 where a worker runs on a simulated host: the same
# functions over the simulated network.

function Get-NameServer {
    Import-Module -Name 'StandIn'
    (Invoke-Simulator -Command 'name_servers').output
}

function Invoke-EndpointProbe {
    param (
        [object[]] $Endpoint,
        [string] $ProxyHost,
        [int] $ProxyPort,
        [int] $Timeout,
        [int] $Deadline,
        [string[]] $NameServer
    )

    Import-Module -Name 'StandIn'
    $asked = @{
        endpoints = $Endpoint; proxy_host = $ProxyHost; proxy_port = $ProxyPort
        timeout_milliseconds = $Timeout
    }
    (Invoke-Simulator -Command 'endpoints' -Parameters $asked).output
}

Export-ModuleMember -Function 'Get-NameServer', 'Invoke-EndpointProbe'
