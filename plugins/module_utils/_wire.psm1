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

function Get-Fingerprint {
    <#
    .SYNOPSIS
        SHA-256 of lines in UTF-8 with a line feed between them, in small hexadecimal digits.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [AllowEmptyString()]
        [string[]]
        $Line
    )

    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Line -join "`n")
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try { $hash = $algorithm.ComputeHash($bytes) }
    finally { $algorithm.Dispose() }
    [System.BitConverter]::ToString($hash).ToLowerInvariant() -replace '-'
}

function Stop-Reading {
    <#
    .SYNOPSIS
        Throws a text and, behind it, what .NET says of a fault.
    #>
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Text,

        [Parameter(Mandatory = $true)]
        $Fault
    )

    throw "${Text}: $($Fault.Exception.GetBaseException().Message)"
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

Export-ModuleMember -Function @(
    'ConvertTo-CompressedText', 'Get-Fingerprint', 'Stop-Reading', 'Exit-Worker'
)
