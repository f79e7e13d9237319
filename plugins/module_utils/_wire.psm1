# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Internal to mailops.mailessentials: how a worker sends what it read.
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
    $gzip = [System.IO.Compression.GZipStream]::new($buffer, [System.IO.Compression.CompressionMode]::Compress)
    $gzip.Write($bytes, 0, $bytes.Length)
    $gzip.Dispose()
    [System.Convert]::ToBase64String($buffer.ToArray())
}

Export-ModuleMember -Function 'ConvertTo-CompressedText'
