# Consent: an app role of Microsoft Graph each.
resource "azuread_app_role_assignment" "graph" {
  for_each = local.permissions

  app_role_id         = data.azuread_service_principal.graph.app_role_ids[each.value]
  principal_object_id = azuread_service_principal.scanner.object_id
  resource_object_id  = data.azuread_service_principal.graph.object_id
}
