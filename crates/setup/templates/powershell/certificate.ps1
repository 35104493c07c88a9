
# The key is made here and stays here: only the certificate goes to Entra ID.
Write-Host 'Certificate'
$file = Join-Path (Get-Location) 'threatdefence.pem'
if (-not (Test-Path -LiteralPath $file)) {
    $key = [Security.Cryptography.RSA]::Create(2048)
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
        'CN=threatdefence', $key, [Security.Cryptography.HashAlgorithmName]::SHA256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $now = [DateTimeOffset]::UtcNow
    $certificate = $request.CreateSelfSigned($now, $now.AddDays($days))
    # Nobody but the owner may read the file, from the moment it exists.
    $options = [IO.FileStreamOptions]::new()
    $options.Mode = [IO.FileMode]::CreateNew
    $options.Access = [IO.FileAccess]::Write
    if (-not $IsWindows) { $options.UnixCreateMode = [IO.UnixFileMode]::UserRead -bor [IO.UnixFileMode]::UserWrite }
    $stream = [IO.FileStream]::new($file, $options)
    $stream.Dispose()
    if ($IsWindows) { icacls $file /inheritance:r /grant:r "$([Security.Principal.WindowsIdentity]::GetCurrent().Name):F" | Out-Null }
    [IO.File]::WriteAllText($file, $certificate.ExportCertificatePem() + "`n" + $key.ExportPkcs8PrivateKeyPem() + "`n")
    Write-Host "  made $file, valid for $days days"
}
$certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($file))
if ($certificate.NotAfter -lt (Get-Date)) { throw "The certificate in $file has expired: move the file away and run this again." }
$application = Invoke-Patiently { Get-MgApplication -ApplicationId $application.Id }
$known = @($application.KeyCredentials | Where-Object { $_ } | ForEach-Object { [Convert]::ToHexString($_.CustomKeyIdentifier) })
if ($known -contains $certificate.Thumbprint) {
    Write-Host '  is known to Entra ID'
}
else {
    $credential = @{ DisplayName = 'threatdefence'; Type = 'AsymmetricX509Cert'; Usage = 'Verify'; Key = $certificate.RawData }
    $credentials = @($application.KeyCredentials | Where-Object { $_ }) + $credential
    Invoke-Patiently { Update-MgApplication -ApplicationId $application.Id -KeyCredentials $credentials }
    Write-Host '  given to Entra ID'
}
