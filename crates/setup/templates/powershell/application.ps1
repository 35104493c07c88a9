
Write-Host 'Application'
$graph = Get-MgServicePrincipal -Filter "appId eq '00000003-0000-0000-c000-000000000000'"
# The ids of the permissions come from Microsoft Graph itself, in this tenant and cloud.
$ids = [ordered]@{}
foreach ($permission in $permissions) {
    $appRole = $graph.AppRoles | Where-Object { $_.Value -eq $permission -and $_.AllowedMemberTypes -contains 'Application' }
    if (-not $appRole) { throw "Microsoft Graph has no application permission $permission here." }
    $ids[$permission] = $appRole.Id
}
$application = @(Get-MgApplication -Filter $filter -All)
if ($application.Count -gt 1) { throw 'Several applications have that name: name one with --application-id when you export this script.' }
$application = $application | Select-Object -First 1
