
say "Application"
registered=$(az ad app list --filter "appId eq '$client'" --query "[].appId" --output tsv --only-show-errors)
if [ -n "$registered" ]; then
  say "  is there: $client"
elif [ "$proof" = none ]; then
  say "  $client is registered in another tenant, whose matter its credential is"
else
  fail "no application $client is registered in this tenant, so it can be given no credential here" "export this script with --proof none"
fi
