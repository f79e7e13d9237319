#!powershell

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._probe
#AnsibleRequires -PowerShell ..module_utils._wire

$spec = @{
    options = @{
        endpoints = @{
            type = 'list'
            elements = 'dict'
            required = $true
            options = @{
                kind = @{
                    type = 'str'; required = $true; choices = 'tcp', 'tls', 'http', 'https', 'dns'
                }
                host = @{ type = 'str'; required = $true }
                port = @{ type = 'int'; required = $true }
                query = @{ type = 'str'; default = '' }
                transport = @{ type = 'str'; default = 'udp'; choices = 'udp', 'tcp' }
                path = @{ type = 'str'; default = '/' }
                through_proxy = @{ type = 'bool'; default = $false }
            }
        }
        proxy_host = @{ type = 'str'; default = '' }
        proxy_port = @{ type = 'int'; default = 0 }
        timeout_milliseconds = @{ type = 'int'; required = $true }
        deadline_milliseconds = @{ type = 'int'; required = $true }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
Set-StrictMode -Version 2.0

$clock = [System.Diagnostics.Stopwatch]::StartNew()
try { $servers = [string[]]@(Get-NameServer) }
catch {
    $told = 'The name servers that are configured cannot be read'
    Exit-Worker -Module $module -Text $told -Fault $_
}
$asked = @{
    Endpoint = @($module.Params.endpoints)
    ProxyHost = $module.Params.proxy_host
    ProxyPort = $module.Params.proxy_port
    Timeout = $module.Params.timeout_milliseconds
    Deadline = $module.Params.deadline_milliseconds
    NameServer = $servers
}
try { $found = @(Invoke-EndpointProbe @asked) }
catch { Exit-Worker -Module $module -Text 'The endpoints cannot be tried' -Fault $_ }

$reading = @{
    schema = 1
    elapsed_milliseconds = $clock.ElapsedMilliseconds
    dns_servers = $servers
    endpoints = $found
}
$json = ConvertTo-Json -InputObject $reading -Depth 5 -Compress
$module.Result.reading = ConvertTo-CompressedText -Text $json
$module.ExitJson()
