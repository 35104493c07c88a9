
# The key is made here and stays here: only the certificate goes to Entra ID.
say "Certificate"
command -v openssl >/dev/null || fail "openssl is not installed" "install it, or export this script with another --proof"
if [ ! -f "$file" ]; then
  openssl req -x509 -newkey rsa:2048 -sha256 -nodes -days "$days" -subj "/CN=threatdefence" \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/error" || { cat "$work/error" >&2; exit 1; }
  cat "$work/certificate.pem" "$work/key.pem" >"$file"
  say "  made $file, valid for $days days"
fi
openssl x509 -in "$file" -noout -checkend 0 >/dev/null || fail "the certificate in $file has expired" "move the file away and run this again"
openssl x509 -in "$file" -out "$work/certificate.pem"
thumbprint=$(openssl x509 -in "$file" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g')
encoded=$(openssl x509 -in "$file" -outform der | openssl dgst -sha1 -binary | openssl base64)
patiently az ad app credential list --id "$client" --cert --query "[].customKeyIdentifier" --output tsv --only-show-errors >"$work/thumbprints"
if grep -qiFx "$thumbprint" "$work/thumbprints" || grep -qFx "$encoded" "$work/thumbprints"; then
  say "  is known to Entra ID"
else
  patiently az ad app credential reset --id "$client" --append --cert "@$work/certificate.pem" \
    --end-date "$(openssl x509 -in "$file" -noout -enddate | sed 's/.*=//')" \
    --display-name threatdefence --query appId --output tsv --only-show-errors >/dev/null
  say "  given to Entra ID"
fi
