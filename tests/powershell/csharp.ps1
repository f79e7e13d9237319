# SPDX-License-Identifier: GPL-3.0-or-later

# Compiles C# as version 5, which is what Windows PowerShell 5.1 has, all files into one; writes
# what the compiler says of each list of files, as JSON, and the members of .NET that the files
# name.
# -Cases: a JSON file with lists of paths.

param ([string] $Cases)

$ErrorActionPreference = 'Stop'
$default = [Microsoft.CodeAnalysis.CSharp.CSharpParseOptions]::Default
$language = $default.WithLanguageVersion('CSharp5')
$library = [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new(
    'DynamicallyLinkedLibrary')
$folder = Join-Path -Path (Split-Path -Path ([psobject].Assembly.Location)) -ChildPath 'ref'
$references = [Microsoft.CodeAnalysis.MetadataReference[]]@(
    foreach ($file in Get-ChildItem -LiteralPath $folder -Filter '*.dll') {
        [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($file.FullName)
    }
)

function Get-NamedMember {
    # Type and name: the overload that is taken differs between .NET Framework and this .NET, as the
    # compiler prefers the closest one.
    param ($Compilation, $Tree)

    $options = [Microsoft.CodeAnalysis.SemanticModelOptions]::None
    $model = $Compilation.GetSemanticModel($Tree, $options)
    $token = [System.Threading.CancellationToken]::None
    $naming = @(
        'IdentifierNameSyntax', 'GenericNameSyntax'
        'ObjectCreationExpressionSyntax', 'ElementAccessExpressionSyntax'
    )
    $kinds = 'Method', 'Property', 'Field', 'Event'
    foreach ($node in $Tree.GetCompilationUnitRoot($token).DescendantNodes($null, $false)) {
        if ($node.GetType().Name -notin $naming) { continue }
        $told = [Microsoft.CodeAnalysis.ModelExtensions]::GetSymbolInfo($model, $node, $token)
        $symbol = $told.Symbol
        if ($null -eq $symbol -or "$($symbol.Kind)" -notin $kinds) { continue }
        if ($null -eq $symbol.ContainingType) { continue }
        if ($symbol.ContainingAssembly.Name -eq 'checked') { continue }
        $type = $symbol.ContainingType.MetadataName
        "$($symbol.ContainingNamespace.ToString()).$type.$($symbol.MetadataName)"
    }
}

$listed = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases))
$found = foreach ($files in $listed) {
    $trees = [Microsoft.CodeAnalysis.SyntaxTree[]]@(
        foreach ($file in $files) {
            $text = [System.IO.File]::ReadAllText($file)
            [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText($text, $language, $file)
        }
    )
    $compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create(
        'checked', $trees, $references, $library)
    $named = foreach ($tree in $trees) { Get-NamedMember -Compilation $compilation -Tree $tree }
    @{
        said = @(
            $compilation.GetDiagnostics() |
                Where-Object -FilterScript { $_.Severity -ne 'Hidden' } |
                ForEach-Object -Process { $_.ToString() }
        )
        members = @($named) | Select-Object -Unique
    }
}
ConvertTo-Json -InputObject @($found) -Depth 4 -Compress
