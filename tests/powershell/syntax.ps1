# SPDX-License-Identifier: GPL-3.0-or-later

# Writes, as one JSON list, what the syntax trees of the given files hold. It judges nothing: the
# tests do.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function Find-Node {
    param ($Tree, [string[]] $Kind)

    $names = foreach ($name in $Kind) { "${name}Ast" }
    , @($Tree.FindAll({ param ($node) $node.GetType().Name -in $names }, $true))
}

function Get-Literal {
    # The constant texts of an expression, or null when it is not constant.
    param ($Node)

    if ($null -eq $Node) { return $null }
    if ($Node -is [System.Management.Automation.Language.PipelineBaseAst]) {
        $Node = $Node.GetPureExpression()
    }
    if ($null -eq $Node) { return $null }
    try { $value = $Node.SafeGetValue() } catch { return $null }
    if ($value -is [System.Collections.IDictionary]) { return $null }
    , @(foreach ($part in $value) { [string]$part })
}

function Get-Argument {
    param ([string] $Name, $Value)

    @{
        name = $Name
        literal = (Get-Literal -Node $Value)
        source = $(if ($null -ne $Value) { $Value.Extent.Text } else { '' })
    }
}

function Get-Owner {
    # The function around a node, or the file.
    param ($Node)

    $parent = $Node.Parent
    while ($null -ne $parent.Parent -and $parent.GetType().Name -ne 'FunctionDefinitionAst') {
        $parent = $parent.Parent
    }
    $parent
}

function Get-Splat {
    # The entries of every table that the variable is given in the same function, or null when
    # something else is assigned.
    param ($Variable)

    $name = $Variable.VariablePath.UserPath
    $entries = [System.Collections.Generic.List[object]]::new()
    $seen = $false
    $owner = Get-Owner -Node $Variable
    foreach ($assignment in (Find-Node -Tree $owner -Kind 'AssignmentStatement')) {
        $left = $assignment.Left
        $right = $null
        if ($assignment.Right -is [System.Management.Automation.Language.CommandExpressionAst]) {
            $right = $assignment.Right.Expression
        }
        if ($left -is [System.Management.Automation.Language.VariableExpressionAst] -and
            $left.VariablePath.UserPath -eq $name) {
            $seen = $true
            if ($right -isnot [System.Management.Automation.Language.HashtableAst]) { return $null }
            foreach ($pair in $right.KeyValuePairs) {
                $option = [string]$pair.Item1.SafeGetValue()
                $entries.Add((Get-Argument -Name $option -Value $pair.Item2))
            }
            continue
        }
        $key = $null
        if ($left -is [System.Management.Automation.Language.MemberExpressionAst]) {
            $key = $left.Expression, $left.Member
        }
        elseif ($left -is [System.Management.Automation.Language.IndexExpressionAst]) {
            $key = $left.Target, $left.Index
        }
        if ($null -eq $key -or $key[0].Extent.Text -ne "`$$name") { continue }
        if ($key[1] -isnot [System.Management.Automation.Language.StringConstantExpressionAst]) {
            return $null
        }
        $entries.Add((Get-Argument -Name $key[1].Value -Value $right))
    }
    if ($seen) { , $entries.ToArray() } else { $null }
}

function Get-Call {
    param ($Command)

    $call = @{
        name = $Command.GetCommandName(); line = $Command.Extent.StartLineNumber
        arguments = @(); positional = @(); unresolved = @()
        piped = (
            $Command.Parent -is [System.Management.Automation.Language.PipelineAst] -and
            $Command.Parent.PipelineElements.IndexOf($Command) -gt 0
        )
    }
    $elements = @($Command.CommandElements)
    for ($index = 1; $index -lt $elements.Count; $index++) {
        $element = $elements[$index]
        if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
            $value = $element.Argument
            $next = $(if ($index + 1 -lt $elements.Count) { $elements[$index + 1] })
            $splatted = $next -is [System.Management.Automation.Language.VariableExpressionAst] -and
                $next.Splatted
            if ($null -eq $value -and $null -ne $next -and -not $splatted -and
                $next -isnot [System.Management.Automation.Language.CommandParameterAst]) {
                $value = $next
                $index++
            }
            $call.arguments += Get-Argument -Name $element.ParameterName -Value $value
        }
        elseif ($element -is [System.Management.Automation.Language.VariableExpressionAst] -and
            $element.Splatted) {
            $entries = Get-Splat -Variable $element
            if ($null -eq $entries) { $call.unresolved += $element.Extent.Text }
            else { $call.arguments += @($entries) }
        }
        else { $call.positional += $element.Extent.Text }
    }
    $call
}

function Get-Fact {
    param ([string] $Path)

    $tokens = $null
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile(
        $Path, [ref] $tokens, [ref] $errors)
    $variables = Find-Node -Tree $tree -Kind 'VariableExpression'
    $pipelines = Find-Node -Tree $tree -Kind 'Pipeline'
    $types = Find-Node -Tree $tree -Kind 'TypeExpression', 'TypeConstraint', 'Attribute'
    $members = Find-Node -Tree $tree -Kind 'MemberExpression', 'InvokeMemberExpression'
    @{
        errors = @(
            foreach ($found in $errors) { "$($found.Extent.StartLineNumber): $($found.Message)" }
        )
        tokens = @($tokens | ForEach-Object { [string]$_.Kind } | Sort-Object -Unique)
        strings = @($tokens |
                Where-Object { [string]$_.Kind -like '*StringExpandable' } |
                ForEach-Object { $_.Text })
        numbers = @($tokens |
                Where-Object { [string]$_.Kind -eq 'Number' } |
                ForEach-Object { $_.Text })
        variables = @($variables |
                ForEach-Object { $_.VariablePath.UserPath } |
                Sort-Object -Unique)
        background = @($pipelines | Where-Object { $_.Background }).Count
        types = @($types | ForEach-Object { $_.TypeName.FullName } | Sort-Object -Unique)
        static = @($members |
                Where-Object { $_.Static } |
                ForEach-Object { "$($_.Expression.TypeName.FullName)::$($_.Member.Extent.Text)" })
        methods = @($members |
                Where-Object { -not $_.Static } |
                Where-Object { $_.GetType().Name -eq 'InvokeMemberExpressionAst' } |
                ForEach-Object { $_.Member.Extent.Text })
        functions = @(foreach ($function in (Find-Node -Tree $tree -Kind 'FunctionDefinition')) {
                $block = $function.Body.ParamBlock
                $parameters = @(if ($null -ne $block) { $block.Parameters })
                $names = @(foreach ($one in $parameters) { $one.Name.VariablePath.UserPath })
                @{ name = $function.Name; parameters = $names }
            })
        calls = @(
            foreach ($command in (Find-Node -Tree $tree -Kind 'Command')) {
                Get-Call -Command $command
            }
        )
    }
}

$found = @(foreach ($path in $args) { Get-Fact -Path $path })
ConvertTo-Json -InputObject $found -Depth 9 -Compress
