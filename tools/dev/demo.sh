# SPDX-License-Identifier: Apache-2.0
# The whole story in the terminal: two customers of one bank, a UICC by short message and an embedded SE by a device agent.
# With --once it ends there; exit status 0 only if every check held. The evidence stands in var/demo/evidence.json.
once=no
case "${1:-}" in
"") ;;
--once) once=yes ;;
*) die "demo does not know '$1'; only --once" ;;
esac
. tools/dev/up.sh
build_release
started=$(date +%s)
house_down var/demo
rm -rf var/demo
mkdir -p var/demo
trap 'house_down var/demo' EXIT
trap 'exit 130' INT TERM

say
say "Starting on loopback: tsmd with its tokens, a message centre, a UICC, an embedded SE, the bank's ear"
start_and_read var/demo bank "$bin/lab/tsm-lab" bank listen --port 0 --log var/demo/callbacks.ndjson
callback_port=$(port_of "$first_line")
sed "s#\"name\": \"bank\", \"owner\": false, \"provider\": true, \"callback_url\": \"\"#\"name\": \"bank\", \"owner\": false, \"provider\": true, \"callback_url\": \"http://127.0.0.1:$callback_port/orders\"#" \
    packaging/laboratory/fixture.json >var/demo/fixture.json
sed -i "s#../../src/emv#$PWD/src/emv#" var/demo/fixture.json
TSM_FIXTURE=var/demo/fixture.json
house_up var/demo
lab_up var/demo

wallet_id=4F50454E54534D000003
start_and_read var/demo wallet "$bin/lab/tsm-lab" card --listen 0 --key 505152535455565758595A5B5C5D5E5F --seid $wallet_id
wallet_port=$(port_of "$first_line")
printf '{"seid":"%s","profile":"lab-ese","protocol":"scp03","kvn":255,"enc":"%s","mac":"%s","dek":"%s"}\n' $wallet_id \
    505152535455565758595A5B5C5D5E5F 505152535455565758595A5B5C5D5E5F 505152535455565758595A5B5C5D5E5F >var/demo/wallet.ndjson
"$bin/src/app/tsm" se import var/demo/wallet.ndjson --env var/demo/env >>var/demo/inventory.txt || die "the wallet's element was not imported"

rc=0
"$bin/lab/tsm-lab" bank story --env var/demo/env --uicc "127.0.0.1:$uicc_port" --uicc-iccid "$uicc_iccid" \
    --ese "127.0.0.1:$ese_port" --ese-id "$ese_id" --callbacks var/demo/callbacks.ndjson --evidence var/demo/evidence.json || rc=$?
python3 tools/bank/wallet_story.py var/demo/env "$bin" var/demo "127.0.0.1:$wallet_port" || rc=1
say
say "The story took $(($(date +%s) - started)) s after the build. Evidence: var/demo/evidence.json"
if [ $once = yes ]; then
    exit $rc
fi
say "API https://127.0.0.1:$api_port, tokens in var/demo/env. Try:"
say "  $bin/src/app/tsm order list --env var/demo/env"
say "Ctrl-C ends it."
wait "$(cat var/demo/tsmd.cat.pid)" 2>/dev/null || true
