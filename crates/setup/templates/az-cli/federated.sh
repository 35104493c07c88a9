
say "Federated credential"
patiently az ad app federated-credential list --id "$client" --query "[].[issuer, subject]" --output tsv --only-show-errors >"$work/federated"
if grep -qFx "$issuer"$'\t'"$subject" "$work/federated"; then
  say "  is there"
else
  patiently az ad app federated-credential create --id "$client" --parameters "$federation" --query id --output tsv --only-show-errors >/dev/null
  say "  made"
fi
