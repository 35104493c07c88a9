variable "certificate_file" {
  description = "The certificate in PEM, without its key."
  type        = string
}

resource "azuread_application_certificate" "scanner" {
  application_id = azuread_application.scanner.id
  type           = "AsymmetricX509Cert"
  encoding       = "pem"
  value          = file(var.certificate_file)
}
