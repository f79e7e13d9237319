# SPDX-License-Identifier: GPL-3.0-or-later

# Compiles C# as version 5, which is what Windows PowerShell 5.1 has, all files into one; writes what the compiler says of each list of files, as JSON.
# -Cases: a JSON file with lists of paths.

param ([string] $Cases)

$ErrorActionPreference = 'Stop'
$language = [Microsoft.CodeAnalysis.CSharp.CSharpParseOptions]::Default.WithLanguageVersion('CSharp5')
$library = [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new('DynamicallyLinkedLibrary')
$folder = Join-Path -Path (Split-Path -Path ([psobject].Assembly.Location)) -ChildPath 'ref'
$references = [Microsoft.CodeAnalysis.MetadataReference[]]@(
    foreach ($file in Get-ChildItem -LiteralPath $folder -Filter '*.dll') { [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($file.FullName) }
)
$found = foreach ($files in (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases)))) {
    $trees = [Microsoft.CodeAnalysis.SyntaxTree[]]@(
        foreach ($file in $files) { [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText([System.IO.File]::ReadAllText($file), $language, $file) }
    )
    $compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create('checked', $trees, $references, $library)
    @{ said = @($compilation.GetDiagnostics() | Where-Object -FilterScript { $_.Severity -ne 'Hidden' } | ForEach-Object -Process { $_.ToString() }) }
}
ConvertTo-Json -InputObject @($found) -Depth 4 -Compress
