
Write-Host 'Client secret'
$secret = $null
$application = Invoke-Patiently { Get-MgApplication -ApplicationId $application.Id }
$held = $application.PasswordCredentials | Where-Object { $_ -and $_.EndDateTime -gt (Get-Date) } | Sort-Object EndDateTime | Select-Object -Last 1
if ($held) {
    Write-Host "  there is one until $($held.EndDateTime.ToString('u')); its value cannot be read again"
}
else {
    $end = (Get-Date).ToUniversalTime().AddDays($days)
    $secret = Invoke-Patiently { Add-MgApplicationPassword -ApplicationId $application.Id -PasswordCredential @{ DisplayName = 'threatdefence'; EndDateTime = $end } }
    Write-Host "  made; it expires on $($end.ToString('u'))"
}
