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

rc=0
"$bin/lab/tsm-lab" bank story --env var/demo/env --uicc "127.0.0.1:$uicc_port" --uicc-iccid "$uicc_iccid" \
    --ese "127.0.0.1:$ese_port" --ese-id "$ese_id" --callbacks var/demo/callbacks.ndjson --evidence var/demo/evidence.json || rc=$?
say
say "The story took $(($(date +%s) - started)) s after the build. Evidence: var/demo/evidence.json"
if [ $once = yes ]; then
    exit $rc
fi
say "API https://127.0.0.1:$api_port, tokens in var/demo/env. Try:"
say "  $bin/src/app/tsm order list --env var/demo/env"
say "Ctrl-C ends it."
wait "$(cat var/demo/tsmd.cat.pid)" 2>/dev/null || true
