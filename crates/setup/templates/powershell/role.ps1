
Write-Host $roleName
$role = $scopes | ForEach-Object { Get-AzRoleDefinition -Name $roleName -Scope $_ } | Where-Object { $_.IsCustom } | Select-Object -First 1
if (-not $role) {
    $role = [Microsoft.Azure.Commands.Resources.Models.Authorization.PSRoleDefinition]::new()
    $role.Name = $roleName
    $role.IsCustom = $true
    $role.Description = $roleDescription
    $role.Actions = $roleActions
    $role.AssignableScopes = $scopes
    New-AzRoleDefinition -Role $role | Out-Null
    Write-Host '  defined'
}
else {
    # It gets its two actions back if somebody changed them, and this script's scopes beside those it has.
    $all = @($role.AssignableScopes) + @($scopes | Where-Object { $role.AssignableScopes -notcontains $_ })
    $extra = @($role.NotActions) + @($role.DataActions) + @($role.NotDataActions) | Where-Object { $_ }
    $different = Compare-Object @($role.Actions | ForEach-Object ToLowerInvariant) @($roleActions | ForEach-Object ToLowerInvariant)
    if ($different -or $extra -or $all.Count -ne @($role.AssignableScopes).Count) {
        $role.Description = $roleDescription
        $role.Actions = $roleActions
        $role.NotActions = $role.DataActions = $role.NotDataActions = @()
        $role.AssignableScopes = $all
        Set-AzRoleDefinition -Role $role | Out-Null
        Write-Host '  changed to what ThreatDefence needs'
    }
    else {
        Write-Host '  is there'
    }
}
