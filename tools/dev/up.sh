# SPDX-License-Identifier: Apache-2.0
# The whole system on loopback: tsmd with its tokens, a message centre, one UICC, one embedded SE. Addresses go to var/dev/env.
# Functions: house_up DIR [tsmd options], house_down DIR. Everything is ended by pid.

bin=${TSM_BUILD:-build/dev}

# start_and_read DIR NAME COMMAND... : runs in the background, pid in DIR/NAME.pid, waits for its first line, which lands in $first_line.
start_and_read() {
    local dir=$1 name=$2
    shift 2
    rm -f "$dir/$name.out"
    mkfifo "$dir/$name.fifo" 2>/dev/null || true
    "$@" >"$dir/$name.fifo" 2>"$dir/$name.log" &
    echo $! >"$dir/$name.pid"
    exec {fd}<"$dir/$name.fifo"
    if ! read -r -t 20 -u "$fd" first_line; then
        tail -5 "$dir/$name.log" >&2
        die "$name did not come up (see $dir/$name.log)"
    fi
    cat <&"$fd" >"$dir/$name.out" 2>/dev/null &
    echo $! >"$dir/$name.cat.pid"
    exec {fd}<&-
    rm -f "$dir/$name.fifo"
}

port_of() { printf '%s' "${1##*:}"; }

# A CA and one server certificate for loopback, made once.
make_tls() {
    local dir=$1 name=${2:-opentsm}
    mkdir -p "$dir"
    [ -f "$dir/ca.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/ca.key" -out "$dir/ca.pem" \
        -days 3650 -subj "/CN=OpenTSM laboratory CA" -addext "basicConstraints=critical,CA:TRUE" 2>/dev/null
    [ -f "$dir/$name.pem" ] && return 0
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/$name.key" -out "$dir/$name.csr" -subj "/CN=$name" 2>/dev/null
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' >"$dir/$name.ext"
    openssl x509 -req -in "$dir/$name.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 3650 -extfile "$dir/$name.ext" \
        -out "$dir/$name.pem" 2>/dev/null
    rm -f "$dir/$name.csr" "$dir/$name.ext"
}

# Tokens live in the tree's own SoftHSM directory; PINs are random and stay in files of mode 0600.
make_token_home() {
    local dir=$1 party
    shift
    mkdir -p "$dir/tokens" "$dir/pins"
    printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$PWD/$dir/tokens" >"$dir/softhsm2.conf"
    export SOFTHSM2_CONF=$PWD/$dir/softhsm2.conf
    for party in "$@"; do
        [ -f "$dir/pins/$party.pin" ] || (umask 077; openssl rand -hex 8 >"$dir/pins/$party.pin")
    done
}

house_init() { # DIR
    local dir=$1
    mkdir -p "$dir"
    make_tls "$dir/tls"
    make_token_home "$dir" operator bank other
    cat >"$dir/tsmd.conf" <<CONF
store = sqlite:$PWD/$dir/tsm.db
pin_dir = $PWD/$dir/pins
laboratory = yes
tls_cert = $PWD/$dir/tls/opentsm.pem
tls_key = $PWD/$dir/tls/opentsm.key
tls_ca = $PWD/$dir/tls/ca.pem
CONF
    "$bin/src/app/tsmd" init --config "$dir/tsmd.conf" --fixture "${TSM_FIXTURE:-packaging/laboratory/fixture.json}" --cap-dir "$bin/tools" ||
        die "tsmd init failed"
}

lab_uicc_key() { printf '%s%02d' "00112233445566778899AABBCCDDEE" "$1"; }
uicc_iccid=8949000000000000017
uicc_msisdn=491700000001
ese_id=

# The bank's online system (TR-03165 4.3), with an authority of its own.
spos_up() { # DIR
    local dir=$1
    make_tls "$dir/bank" spos
    start_and_read "$dir" spos "$bin/lab/tsm-lab" bank spos --port "${SPOS_PORT:-0}" --log "$dir/spos.ndjson" \
        --cert "$dir/bank/spos.pem" --key "$dir/bank/spos.key" --client-ca "$dir/tls/ca.pem"
    spos_port=$(port_of "$first_line")
}

house_up() { # DIR [tsmd options]
    local dir=$1
    shift
    house_init "$dir"
    spos_up "$dir"
    start_and_read "$dir" smsc "$bin/lab/tsm-lab" smsc --port "${SMSC_PORT:-0}" ${SMSC_OPTIONS:-}
    smsc_port=$(port_of "$first_line")
    start_and_read "$dir" tsmd "$bin/src/app/tsmd" run --config "$dir/tsmd.conf" --listen "127.0.0.1:${API_PORT:-0}" \
        --listen-device "127.0.0.1:${DEVICE_PORT:-0}" --smsc "127.0.0.1:$smsc_port" "$@"
    api_port=$(sed -E 's/.*api=[^:]*:([0-9]+).*/\1/' <<<"$first_line")
    device_port=$(sed -E 's/.*device=[^:]*:([0-9]+).*/\1/' <<<"$first_line")
    (umask 077; write_env "$dir")
    python3 tools/bank/register_spos.py "$dir/env" "https://127.0.0.1:$spos_port" "$dir/bank/ca.pem" demo-payment ||
        die "the bank's online system was not registered"
}

grant() { "$bin/src/app/tsmd" token --config "$1/tsmd.conf" --party "$2" --role "$3"; }

write_env() {
    local dir=$1
    cat >"$dir/env" <<ENV
TSM_API=https://127.0.0.1:$api_port
TSM_DEVICE=https://127.0.0.1:$device_port
TSM_SMSC=127.0.0.1:$smsc_port
TSM_CA=$PWD/$dir/tls/ca.pem
TSM_TOKEN_BANK=$(grant "$dir" bank provider)
TSM_TOKEN_OTHER=$(grant "$dir" other provider)
TSM_TOKEN_OPERATOR=$(grant "$dir" operator operator)
TSM_TOKEN_APP=$(grant "$dir" bank app)
TSM_SPOS=https://127.0.0.1:$spos_port
TSM_SPOS_CA=$PWD/$dir/bank/ca.pem
TSM_SPOS_LOG=$PWD/$dir/spos.ndjson
TSM_SPTSM=https://127.0.0.1:$api_port/sptsm/1.0
TSM_SPTSM_TOKEN=$(grant "$dir" bank administrator)
TSM_SPTSM_TOKEN_OTHER=$(grant "$dir" other administrator)
TSM_DB=$PWD/$dir/tsm.db
TSMD_PID=$(cat "$dir/tsmd.pid")
ENV
}

# One UICC and one embedded SE, known to the inventory.
lab_up() { # DIR
    local dir=$1
    start_and_read "$dir" uicc "$bin/lab/tsm-lab" uicc --smsc "127.0.0.1:$smsc_port" --msisdn "$uicc_msisdn" --iccid "$uicc_iccid" \
        --kic "$(lab_uicc_key 1)" --kid "$(lab_uicc_key 2)" --kik "$(lab_uicc_key 3)" --kvn 1 --listen 0 ${UICC_OPTIONS:-}
    uicc_port=$(port_of "$first_line")
    start_and_read "$dir" ese "$bin/lab/tsm-lab" card --listen 0 --key 505152535455565758595A5B5C5D5E5F --seid 4F50454E54534D000001 ${ESE_OPTIONS:-}
    ese_port=$(port_of "$first_line")
    ese_id=4F50454E54534D000001
    cat >"$dir/inventory.ndjson" <<ROWS
{"iccid":"$uicc_iccid","msisdn":"$uicc_msisdn","profile":"${UICC_PROFILE:-lab-uicc}","protocol":"scp80","kvn":1,"kic":"$(lab_uicc_key 1)","kid":"$(lab_uicc_key 2)","kik":"$(lab_uicc_key 3)"}
{"seid":"$ese_id","profile":"lab-ese","protocol":"scp03","kvn":255,"enc":"505152535455565758595A5B5C5D5E5F","mac":"505152535455565758595A5B5C5D5E5F","dek":"505152535455565758595A5B5C5D5E5F"}
ROWS
    "$bin/src/app/tsm" se import "$dir/inventory.ndjson" --env "$dir/env" >"$dir/inventory.txt" || die "the inventory was not imported"
}

# A fleet in one process, known to the inventory: numbers and keys follow from the seed. FLEET_PROFILE is its mix (see tsm-lab fleet --help),
# commands go into DIR/fleet.commands, embedded elements are behind the door TSM_FLEET_DOOR.
fleet_up() { # DIR N
    local dir=$1 n=$2
    start_and_read "$dir" fleet "$bin/lab/tsm-lab" fleet --cards "$n" --profile "${FLEET_PROFILE:-lab-uicc}" --seed "${FLEET_SEED:-0}" \
        --smsc "127.0.0.1:$smsc_port" --listen 0 --ca "$dir/tls/ca.pem" --inventory "$dir/fleet-inventory.ndjson" --commands "$dir/fleet.commands"
    printf 'TSM_FLEET_DOOR=127.0.0.1:%s\n' "$(port_of "$first_line")" >>"$dir/env"
    "$bin/src/app/tsm" se import "$dir/fleet-inventory.ndjson" --env "$dir/env" >"$dir/fleet-import.txt" || die "the fleet was not imported"
}

house_down() { # DIR
    local dir=$1 name
    for name in fleet uicc ese wallet handset bank tsmd spos smsc; do
        end_pid "$dir/$name.pid"
        end_pid "$dir/$name.cat.pid"
    done
}

if [ "${verb:-}" = up ]; then
    while [ $# -gt 0 ]; do
        case "$1" in
        --fleet) fleet=$2; shift 2 ;;
        --store) [ "$2" = sqlite ] || die "only --store sqlite is there"; shift 2 ;;
        *) die "up does not know '$1'" ;;
        esac
    done
    build_release
    house_down var/dev
    rm -rf var/dev
    house_up var/dev
    lab_up var/dev
    [ -z "${fleet:-}" ] || fleet_up var/dev "$fleet"
    say "tsmd:   https://127.0.0.1:$api_port (pid $(cat var/dev/tsmd.pid)), device agents https://127.0.0.1:$device_port, message centre 127.0.0.1:$smsc_port"
    say "cards:  UICC $uicc_iccid on 127.0.0.1:$uicc_port, embedded SE $ese_id on 127.0.0.1:$ese_port"
    say "bank:   online system on https://127.0.0.1:$spos_port, what it hears stands in var/dev/spos.ndjson"
    say "addresses and tokens: var/dev/env; end with ./dev down"
fi
