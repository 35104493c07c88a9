
say "Roles"
for scope in $scopes; do
  for wanted in $roles; do
    # By name: the full id that Azure compares differs between subscriptions and management groups.
    patiently az role definition list --name "$wanted" --scope "$scope" --query "[0].name" --output tsv --only-show-errors >"$work/wanted"
    guid=$(cat "$work/wanted")
    held=
    if [ -n "$guid" ]; then
      held=$(az role assignment list --scope "$scope" --fill-principal-name false --only-show-errors --output tsv \
        --query "[?principalId=='$principal' && ends_with(roleDefinitionId, '$guid')].id")
    fi
    if [ -n "$held" ]; then
      say "  $wanted on $scope is there"
    else
      patiently az role assignment create --role "$wanted" --scope "$scope" --assignee-object-id "$principal" \
        --assignee-principal-type ServicePrincipal --output none --only-show-errors
      say "  $wanted on $scope"
    fi
  done
done
