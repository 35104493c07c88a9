if (-not $application -and $needsRegistration) {
    throw "No application $client is registered in this tenant, so it can be given no credential here: export this script with --proof none."
}
