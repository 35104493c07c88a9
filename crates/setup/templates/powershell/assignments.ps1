
Write-Host 'Roles'
foreach ($scope in $scopes) {
    foreach ($wanted in $roles) {
        $held = Invoke-Patiently { Get-AzRoleAssignment -ObjectId $principal.Id -Scope $scope -RoleDefinitionName $wanted } | Where-Object { $_.Scope -eq $scope }
        if ($held) {
            Write-Host "  $wanted on $scope is there"
            continue
        }
        Invoke-Patiently { New-AzRoleAssignment -ObjectId $principal.Id -ObjectType ServicePrincipal -RoleDefinitionName $wanted -Scope $scope } | Out-Null
        Write-Host "  $wanted on $scope"
    }
}
