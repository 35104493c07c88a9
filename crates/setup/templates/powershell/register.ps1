if (-not $application) {
    $application = New-MgApplication -DisplayName $name -SignInAudience $audience
    Write-Host "  registered $($application.AppId)"
}
else {
    Write-Host "  is there: $($application.AppId)"
}
$client = $application.AppId
