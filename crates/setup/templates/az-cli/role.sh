
say "$role"
definition=
for scope in $scopes; do
  definition=$(az role definition list --name "$role" --scope "$scope" --custom-role-only true --query "[0].name" --output tsv --only-show-errors)
  [ -z "$definition" ] || break
done
if [ -z "$definition" ]; then
  az role definition create --role-definition "$role_definition" --output none --only-show-errors
  say "  defined"
else
  # Read where it was found: its own id may name no scope, and reading it by that takes rights at the root.
  url="${manager%/}$scope/providers/Microsoft.Authorization/roleDefinitions/$definition?api-version=2022-04-01"
  # It gets its two actions back if somebody changed them, and this script's scopes beside those it has.
  az rest --method GET --url "$url" --resource "$manager" \
    --query "properties.assignableScopes[]" --output tsv >"$work/assignable"
  az rest --method GET --url "$url" --resource "$manager" \
    --query "properties.permissions[].[actions, notActions, dataActions, notDataActions][][]" --output tsv | tr '[:upper:]' '[:lower:]' | sort >"$work/actions"
  changed=
  for scope in $scopes; do
    grep -qiFx "$scope" "$work/assignable" || { printf '%s\n' "$scope" >>"$work/assignable"; changed=yes; }
  done
  [ "$(cat "$work/actions")" = "$role_actions" ] || changed=yes
  if [ -z "$changed" ]; then
    say "  is there"
  else
    assignable=$(sed 's/.*/"&"/' "$work/assignable" | paste -s -d , -)
    az rest --method PUT --url "$url" --resource "$manager" --output none \
      --body "{\"properties\": {\"roleName\": \"$role\", \"type\": \"CustomRole\", \"description\": \"$role_description\", \"permissions\": $role_permissions, \"assignableScopes\": [$assignable]}}"
    say "  changed to what ThreatDefence needs, assignable at ${assignable//,/, }"
  fi
fi
