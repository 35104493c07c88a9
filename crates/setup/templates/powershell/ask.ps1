if ($application) {
    # What the registration asks for shows in the portal; consent, below, is what counts.
    $others = @($application.RequiredResourceAccess | Where-Object { $_ -and $_.ResourceAppId -ne $graph.AppId })
    $asked = @($application.RequiredResourceAccess | Where-Object { $_ -and $_.ResourceAppId -eq $graph.AppId } | ForEach-Object { $_.ResourceAccess })
    $askedIds = @($asked | ForEach-Object { $_.Id })
    $missing = @($ids.Values | Where-Object { $askedIds -notcontains $_ } | ForEach-Object { @{ Id = $_; Type = 'Role' } })
    if ($missing.Count -gt 0) {
        $access = $others + @{ ResourceAppId = $graph.AppId; ResourceAccess = @($asked + $missing) }
        Invoke-Patiently { Update-MgApplication -ApplicationId $application.Id -RequiredResourceAccess $access }
        Write-Host "  asks for $($missing.Count) more permissions"
    }
}

Write-Host 'Service principal'
$principal = Get-MgServicePrincipal -Filter "appId eq '$client'"
if (-not $principal) {
    $principal = Invoke-Patiently { New-MgServicePrincipal -AppId $client }
    Write-Host "  made $($principal.Id)"
}
else {
    Write-Host "  is there: $($principal.Id)"
    if ($principal.AccountEnabled -eq $false) {
        Update-MgServicePrincipal -ServicePrincipalId $principal.Id -AccountEnabled:$true
        Write-Host '  may sign in again'
    }
}
