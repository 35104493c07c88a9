Connect-AzAccount -Environment $cloud -Tenant $tenant | Out-Null
