# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: where MailEssentials may be, and what of its web.config may
# leave the host.
# It may change in any release; do not use it from elsewhere.

# An address with a user or a query may hold a password, and anything may be in what is no address.
$remotingUrl = '^tcp://(?:\[[0-9a-f:.%]+\]|[^\s/:@?#\[\]]+):[0-9]+(?:/[^\s@?#]*)?\z'

function Get-InstallDirectory {
    <#
    .SYNOPSIS
        Where MailEssentials may be: what the path names of its services say, then the usual places.
    .DESCRIPTION
        A service is a list whose second entry is its display name and whose sixth is its path name.
        Several products of GFI lie side by side below GFI, and Attendant and Backend may be folders
        of any of them: without the folder MailEssentials only its own services count.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [object[]]
        $Services,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [AllowEmptyString()]
        [string[]]
        $ProgramFiles
    )

    $found = [System.Collections.Generic.List[string]]::new()
    foreach ($service in $Services) {
        $display, $path = $service[1], $service[5]
        $told = $display -like 'GFI *' -and $path -match '^"?([^"]+?\\GFI\\MailEssentials)\\'
        if (-not $told) {
            $told = $display -like 'GFI MailEssentials *' -and
                $path -match '^"?([^"]+?)\\(?:Attendant|Backend)\\bin\\'
        }
        if ($told -and $found -notcontains $Matches[1]) { $found.Add($Matches[1]) }
    }
    foreach ($parent in $ProgramFiles) {
        if ($parent -and $found -notcontains "$parent\GFI\MailEssentials") {
            $found.Add("$parent\GFI\MailEssentials")
        }
    }
    $found
}

function Get-RemotingSection {
    <#
    .SYNOPSIS
        Whether there is a section <system.runtime.remoting>, and the name, type and address of each
        element with an address inside it.
    .DESCRIPTION
        The file may hold secrets, so that nothing else is returned, and an address only where it is
        tcp://host:port/name, else ''. Document types and whatever lies outside the file are
        refused.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [byte[]]
        $Content
    )

    $found = @{ section = $false; entries = [System.Collections.Generic.List[object]]::new() }
    $settings = [System.Xml.XmlReaderSettings]::new()
    $settings.DtdProcessing = 'Prohibit'
    $settings.XmlResolver = $null
    $reader = [System.Xml.XmlReader]::Create([System.IO.MemoryStream]::new($Content), $settings)
    try {
        $depth = -1
        while ($reader.Read()) {
            if ($reader.NodeType -ne 'Element') { continue }
            if ($reader.Depth -le $depth) { $depth = -1 }
            if ($depth -ge 0) {
                $url = $reader.GetAttribute('url')
                if ($null -eq $url) { continue }
                $url = $(if ($url.Trim() -match $remotingUrl) { $url.Trim() } else { '' })
                $found.entries.Add(@($reader.Name, [string]$reader.GetAttribute('type'), $url))
            }
            elseif ($reader.Name -ceq 'system.runtime.remoting') {
                $depth = $reader.Depth
                $found.section = $true
            }
        }
    }
    finally {
        $reader.Dispose()
    }
    $found
}

function ConvertTo-WebConfig {
    <#
    .SYNOPSIS
        What may be told of a web.config: its state, its size and what Get-RemotingSection finds.
    #>
    param (
        # Its Size and Content, null where it is too large; nothing where there is no file.
        [hashtable]
        $File
    )

    $found = @{ state = 'ok'; size = 0; message = ''; entries = @(); section = $false }
    if ($null -ne $File) { $found.size = $File.Size }
    if ($null -eq $File) { $found.state = 'missing' }
    elseif ($null -eq $File.Content) { $found.state = 'too_large' }
    if ($found.state -ne 'ok') { return $found }
    try {
        $remoting = Get-RemotingSection -Content $File.Content
        $found.section, $found.entries = $remoting.section, $remoting.entries
    }
    catch {
        # The message of the exception may quote the file.
        $fault = $_.Exception.GetBaseException()
        $found.state = 'not_xml'
        if ($fault -is [System.Xml.XmlException] -and $fault.LineNumber) {
            $found.message = "line $($fault.LineNumber)"
        }
    }
    $found
}

Export-ModuleMember -Function 'Get-InstallDirectory', 'ConvertTo-WebConfig'
