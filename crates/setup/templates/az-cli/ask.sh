
# The ids of the permissions come from Microsoft Graph itself, in this tenant and cloud.
graph_application=00000003-0000-0000-c000-000000000000
graph_principal=$(az ad sp show --id "$graph_application" --query id --output tsv --only-show-errors)
az ad sp show --id "$graph_application" --query "appRoles[].[value, id]" --output tsv --only-show-errors >"$work/roles"
id_of() {
  awk -v name="$1" '$1 == name { print $2 }' "$work/roles"
}
for permission in $permissions; do
  [ -n "$(id_of "$permission")" ] || fail "Microsoft Graph has no application permission $permission here" "export this script without it"
done
