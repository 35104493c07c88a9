
# Consent to application permissions is an app role assignment each. (az ad app permission admin-consent goes
# through a legacy endpoint and consents to whatever the registration asks for.)
say "Consent"
consents=${graph%/}/v1.0/servicePrincipals/$principal/appRoleAssignments
patiently az rest --method GET --url "$consents?\$top=999" --resource "$graph" \
  --query "value[?resourceId=='$graph_principal'].appRoleId" --output tsv >"$work/consented"
for permission in $permissions; do
  id=$(id_of "$permission")
  if grep -qiFx "$id" "$work/consented"; then
    say "  $permission is there"
  else
    patiently az rest --method POST --url "$consents" --resource "$graph" --output none \
      --body "{\"principalId\": \"$principal\", \"resourceId\": \"$graph_principal\", \"appRoleId\": \"$id\"}"
    say "  $permission"
  fi
done
