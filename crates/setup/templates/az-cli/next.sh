
say ""
say "Done. Next, where ThreatDefence runs:"
case $cloud in
  AzureCloud) where= ;;
  AzureUSGovernment | AzureChinaCloud) where=" --cloud $cloud" ;;
  *) where=" --cloud $manager" ;;
esac
printf 'export AZURE_TENANT_ID=%s\n' "$tenant"
printf 'export AZURE_CLIENT_ID=%s\n' "$client"
