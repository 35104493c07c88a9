
say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "error: $1"
  say "  hint: $2"
  exit 1
}

# Entra ID and Azure pass on what was just made with a delay. Runs a command; while the answer is that something is
# not there, waits and runs it again. Any other error ends the script.
patiently() {
  local attempt=1
  until "$@" 2>"$work/error"; do
    if [ "$attempt" -ge 60 ] || ! grep -qiE "$not_there_yet" "$work/error"; then
      cat "$work/error" >&2
      return 1
    fi
    say "    not known everywhere yet; asking again in $pause seconds"
    sleep "$pause"
    attempt=$((attempt + 1))
  done
}
not_there_yet="PrincipalNotFound|ResourceNotFound|RoleDefinitionDoesNotExist|NotFound|does not exist|doesn't exist|does not reference"
pause=${PAUSE:-10}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v az >/dev/null || fail "the Azure CLI is not installed" "https://learn.microsoft.com/cli/azure/install-azure-cli"
signed_in=$(az account show --query tenantId --output tsv 2>/dev/null) || fail "nobody is signed in" "run az login"
case $tenant in
  "" | "$signed_in" | *.*) tenant=$signed_in ;;
  *) fail "signed in to the tenant $signed_in, not to $tenant" "run az login --tenant $tenant" ;;
esac
# Whatever cloud the Azure CLI is set to, custom ones too, says where its Microsoft Graph and Resource Manager are.
cloud=$(az cloud show --query name --output tsv)
graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
manager=$(az cloud show --query endpoints.resourceManager --output tsv)
