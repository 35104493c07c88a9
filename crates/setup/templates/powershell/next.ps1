
Write-Host ''
Write-Host 'Done. Next, where ThreatDefence runs:'
"`$env:AZURE_TENANT_ID = '$tenant'"
"`$env:AZURE_CLIENT_ID = '$client'"
