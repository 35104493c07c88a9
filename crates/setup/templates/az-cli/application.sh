
say "Application"
client=$(az ad app list --filter "$name_filter" --query "[].appId" --output tsv --only-show-errors)
case $client in
  "")
    client=$(az ad app create --display-name "$name" --sign-in-audience "$audience" --query appId --output tsv --only-show-errors)
    say "  registered $client"
    ;;
  *$'\n'*)
    fail "several applications have that name" "name one of them with --application-id when you export this script"
    ;;
  *) say "  is there: $client" ;;
esac
registered=yes
