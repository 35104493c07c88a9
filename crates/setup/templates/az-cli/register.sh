
# What the registration asks for shows in the portal; consent, below, is what counts.
if [ -n "$registered" ]; then
  patiently az ad app show --id "$client" --query "requiredResourceAccess[].resourceAccess[].id" --output tsv --only-show-errors >"$work/asked"
  for permission in $permissions; do
    id=$(id_of "$permission")
    if ! grep -qiFx "$id" "$work/asked"; then
      patiently az ad app permission add --id "$client" --api "$graph_application" --api-permissions "$id=Role" --only-show-errors
      say "  asks for $permission"
    fi
  done
fi
