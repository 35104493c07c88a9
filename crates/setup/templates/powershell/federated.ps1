
Write-Host 'Federated credential'
$there = Invoke-Patiently { Get-MgApplicationFederatedIdentityCredential -ApplicationId $application.Id -All } |
    Where-Object { $_.Issuer -ceq $issuer -and $_.Subject -ceq $subject }
if ($there) {
    Write-Host '  is there'
}
else {
    Invoke-Patiently {
        New-MgApplicationFederatedIdentityCredential -ApplicationId $application.Id -Name $credentialName -Issuer $issuer -Subject $subject -Audiences @($tokenAudience)
    } | Out-Null
    Write-Host '  made'
}
