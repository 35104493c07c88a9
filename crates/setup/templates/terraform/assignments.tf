resource "azurerm_role_assignment" "reader" {
  for_each = local.scopes

  scope                = each.value
  role_definition_name = "READER"
  principal_id         = azuread_service_principal.scanner.object_id
  principal_type       = "ServicePrincipal"
}

# ---
resource "azurerm_role_assignment" "threatdefence" {
  for_each = local.scopes

  scope              = each.value
  role_definition_id = azurerm_role_definition.threatdefence.role_definition_resource_id
  principal_id       = azuread_service_principal.scanner.object_id
  principal_type     = "ServicePrincipal"
}
