
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3.0

# Entra ID and Azure pass on what was just made with a delay. Runs a block; while the answer is that something is not
# there, waits and runs it again. Any other error ends the script.
function Invoke-Patiently([scriptblock] $Block) {
    $notThereYet = 'PrincipalNotFound|ResourceNotFound|RoleDefinitionDoesNotExist|NotFound|does not exist|cannot find|does not reference'
    for ($attempt = 1; ; $attempt++) {
        try {
            return & $Block
        }
        catch {
            if ($attempt -ge 60 -or "$_ $($_.FullyQualifiedErrorId)" -notmatch $notThereYet) { throw }
            Write-Host '    not known everywhere yet; asking again in 10 seconds'
            Start-Sleep -Seconds 10
        }
    }
}
