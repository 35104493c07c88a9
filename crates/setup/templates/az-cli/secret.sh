
say "Client secret"
secret=
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# GNU's date, then that of macOS and BSD.
end=$(date -u -d "+$days days" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v "+${days}d" +%Y-%m-%dT%H:%M:%SZ)
held=$(patiently az ad app credential list --id "$client" --query "[].endDateTime" --output tsv --only-show-errors | sort | tail -n 1)
if [[ $held > $now ]]; then
  say "  there is one until $held; its value cannot be read again (az ad app credential reset --append makes another)"
else
  secret=$(patiently az ad app credential reset --id "$client" --append --end-date "$end" --display-name threatdefence \
    --query password --output tsv --only-show-errors)
  say "  made; it expires on $end"
fi
