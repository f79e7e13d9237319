# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: how a worker sends what it read, or why it could not.
# It may change in any release; do not use it from elsewhere.

function ConvertTo-CompressedText {
    <#
    .SYNOPSIS
        The UTF-8 bytes of a text, compressed with gzip, in base64.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Text
    )

    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Text)
    $buffer = [System.IO.MemoryStream]::new()
    $mode = [System.IO.Compression.CompressionMode]::Compress
    $gzip = [System.IO.Compression.GZipStream]::new($buffer, $mode)
    $gzip.Write($bytes, 0, $bytes.Length)
    $gzip.Dispose()
    [System.Convert]::ToBase64String($buffer.ToArray())
}

function Exit-Worker {
    <#
    .SYNOPSIS
        Fails the module with a text and, behind it, what .NET says of a fault.
    #>
    param (
        [Parameter(Mandatory = $true)]
        $Module,

        [Parameter(Mandatory = $true)]
        [string]
        $Text,

        [Parameter(Mandatory = $true)]
        $Fault
    )

    $Module.FailJson("${Text}: $($Fault.Exception.GetBaseException().Message)", $Fault)
}

Export-ModuleMember -Function 'ConvertTo-CompressedText', 'Exit-Worker'
