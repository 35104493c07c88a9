
$login = @{ Scopes = 'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'; Environment = $graphEnvironment; NoWelcome = $true }
if ($tenant) { $login.TenantId = $tenant }
Connect-MgGraph @login
$tenant = (Get-MgContext).TenantId
