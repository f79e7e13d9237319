# SPDX-License-Identifier: GPL-3.0-or-later

# Compiles C# as version 5, which is what Windows PowerShell 5.1 has, all files into one; writes what the compiler says of each list of files, as JSON,
# and the members of .NET that the files name.
# -Cases: a JSON file with lists of paths.

param ([string] $Cases)

$ErrorActionPreference = 'Stop'
$language = [Microsoft.CodeAnalysis.CSharp.CSharpParseOptions]::Default.WithLanguageVersion('CSharp5')
$library = [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new('DynamicallyLinkedLibrary')
$folder = Join-Path -Path (Split-Path -Path ([psobject].Assembly.Location)) -ChildPath 'ref'
$references = [Microsoft.CodeAnalysis.MetadataReference[]]@(
    foreach ($file in Get-ChildItem -LiteralPath $folder -Filter '*.dll') { [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($file.FullName) }
)

function Get-NamedMember {
    # Type and name: the overload that is taken differs between .NET Framework and this .NET, as the compiler prefers the closest one.
    param ($Compilation, $Tree)

    $model = $Compilation.GetSemanticModel($Tree, [Microsoft.CodeAnalysis.SemanticModelOptions]::None)
    $token = [System.Threading.CancellationToken]::None
    $naming = 'IdentifierNameSyntax', 'GenericNameSyntax', 'ObjectCreationExpressionSyntax', 'ElementAccessExpressionSyntax'
    foreach ($node in $Tree.GetCompilationUnitRoot($token).DescendantNodes($null, $false)) {
        if ($node.GetType().Name -notin $naming) { continue }
        $symbol = [Microsoft.CodeAnalysis.ModelExtensions]::GetSymbolInfo($model, $node, $token).Symbol
        if ($null -eq $symbol -or "$($symbol.Kind)" -notin 'Method', 'Property', 'Field', 'Event' -or $null -eq $symbol.ContainingType) { continue }
        if ($symbol.ContainingAssembly.Name -eq 'checked') { continue }
        "$($symbol.ContainingNamespace.ToString()).$($symbol.ContainingType.MetadataName).$($symbol.MetadataName)"
    }
}

$found = foreach ($files in (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases)))) {
    $trees = [Microsoft.CodeAnalysis.SyntaxTree[]]@(
        foreach ($file in $files) { [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText([System.IO.File]::ReadAllText($file), $language, $file) }
    )
    $compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create('checked', $trees, $references, $library)
    @{
        said = @($compilation.GetDiagnostics() | Where-Object -FilterScript { $_.Severity -ne 'Hidden' } | ForEach-Object -Process { $_.ToString() })
        members = @(foreach ($tree in $trees) { Get-NamedMember -Compilation $compilation -Tree $tree }) | Select-Object -Unique
    }
}
ConvertTo-Json -InputObject @($found) -Depth 4 -Compress
