
say "Service principal"
principal=$(az ad sp list --filter "appId eq '$client'" --query "[0].id" --output tsv --only-show-errors)
if [ -z "$principal" ]; then
  principal=$(patiently az ad sp create --id "$client" --query id --output tsv --only-show-errors)
  say "  made $principal"
else
  say "  is there: $principal"
  enabled=$(az ad sp show --id "$principal" --query accountEnabled --output tsv --only-show-errors)
  if [ "$enabled" = false ]; then
    az ad sp update --id "$principal" --set accountEnabled=true --only-show-errors
    say "  may sign in again"
  fi
fi
