resource "time_offset" "expiry" {
  offset_days = DAYS
}

resource "azuread_application_password" "scanner" {
  application_id = azuread_application.scanner.id
  display_name   = "threatdefence"
  end_date       = time_offset.expiry.rfc3339
}
