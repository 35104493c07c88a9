
# Consent to application permissions is an app role assignment each.
Write-Host 'Consent'
$consented = @(Invoke-Patiently { Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -All } |
    Where-Object { $_.ResourceId -eq $graph.Id } | ForEach-Object { $_.AppRoleId })
foreach ($permission in $ids.Keys) {
    if ($consented -contains $ids[$permission]) {
        Write-Host "  $permission is there"
        continue
    }
    Invoke-Patiently {
        New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -PrincipalId $principal.Id -ResourceId $graph.Id -AppRoleId $ids[$permission]
    } | Out-Null
    Write-Host "  $permission"
}
