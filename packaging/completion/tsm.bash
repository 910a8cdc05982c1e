# SPDX-License-Identifier: Apache-2.0
# Completion of tsm(1) for bash: source it, or install it as /usr/share/bash-completion/completions/tsm.

# The words for the place behind $1 (group) and $2 (verb); options of the client verbs that every one has.
_tsm_words() {
    local server="--api --ca --env --json --help" token="--token"
    case "$1 $2" in
    "order post") echo "$server $token --ref" ;;
    "order exchange") echo "$server $token --with --ref" ;;
    "token set") echo "$server $token --with" ;;
    "token "*) echo "$server $token" ;;
    "order show") echo "$server $token --full" ;;
    "order list") echo "$server $token --limit --before" ;;
    "order import") echo "$server $token --format" ;;
    "order wait") echo "$server $token --timeout --full" ;;
    "se import") echo "$server $token --format" ;;
    "se list") echo "$server $token --limit --before" ;;
    "se show" | "se identify" | "key intake" | "key import" | "key list" | "profile "*) echo "$server $token" ;;
    "key load" | "key export") echo "$server $token --with" ;;
    "load-file upload" | "load-file list" | "admission list" | "admission allow" | "admission withdraw") echo "$server $token" ;;
    "script key" | "script sign" | "usage "*) echo "$server $token" ;;
    "campaign show") echo "$server $token --timeout" ;;
    "care "* | "campaign "* | "domain "* | "space "*) echo "$server $token --with" ;;
    "spos results") echo "$server $token --limit --before" ;;
    "spos "*) echo "$server $token" ;;
    "health "*) echo "$server" ;;
    "gp session" | "gp wrap") echo "--key --enc --mac --dek --host --answer --level --i --kdf --kdd --help" ;;
    "gp kcv") echo "--key --alg --zero --help" ;;
    "gp diversify") echo "--key --kdf --kdd --help" ;;
    "gp token") echo "--key --alg --pem --block --raw --help" ;;
    "gp receipt")
        echo "--key --alg --pem --for --load-file --application --domain --new-domain --privileges --parameters" \
            "--counter --last --unique --token-id --raw --help"
        ;;
    "gp dap") echo "--key --alg --pem --domain --cap --hash --hash-alg --raw --help" ;;
    "ota wrap") echo "--spi --kic --kid --tar --counter --kic-key --kid-key --data --cc-len --segments --ref" ;;
    "ota unwrap") echo "--spi --kic --kid --kic-key --kid-key --data --raw" ;;
    "ota por") echo "--spi --kic --kid --tar --counter --kic-key --kid-key --data --cc-len --segments --ref --status" ;;
    "keyblock wrap")
        echo "--kbpk --key --usage --algorithm --mode --export --version --key-version --option --short --help"
        ;;
    "keyblock unwrap") echo "--kbpk --help" ;;
    "perso "*) echo "--block --round-trip --bearer --segments --card --set --input --parameter --se --select --json --help" ;;
    "keyblock info") echo "--json --help" ;;
    "card "*) _tsm_card_words ;;
    "sems certify") echo "--pem --issuer --issuer-key --holder --domain --point --serial --usage --help" ;;
    "sems build") echo "--pem --certificate --number --help" ;;
    "sems check") echo "--pem --json --help" ;;
    "sems commands") echo "--block --help" ;;
    "cap info") echo "--json --help" ;;
    "cap check") echo "--profile --export --owner --taken --allow --allow-only --allow-unproven --json --help" ;;
    esac
}

# The options of a card in a reader; those of single verbs behind them.
_tsm_card_words() {
    echo "--reader --domain --scp --key --enc --mac --dek --keyset --vault --pin --kdf --kdd --kvn --level"
    echo "--profiles --profile --dry-run --json --verbose --help"
    echo "--oce-key --oce-chain --card-ca --chaining --bits --ca-kvn --ca-kid --host-id"
    echo "--token --token-key --dap --dap-key --dap-domain --receipt-key --last --sign-tdes --hash-alg"
    echo "--single --kid --confirm --quota --quota-volatile"
    echo "--new-key --new-enc --new-mac --new-dek --new-keyset --new-kdf --new-kvn --replace"
    echo "--package --module --instance --privileges --params --to --hash --install --block --related --card --form"
}

# What may stand behind an option; fails where only a file or free text can.
_tsm_values() {
    case "$1" in
    --format) echo "csv ndjson json" ;;
    --kdf | --new-kdf) echo "none emv visa2 kdf3" ;;
    --level) echo "mac mac+enc mac+rmac mac+enc+rmac mac+enc+rmac+renc" ;;
    --scp) echo "scp02 scp02-i15 scp02-i55 scp03 scp03-i10 scp03-i60 scp03-i70 scp03-i70-s16 scp11a scp11b scp11c scp11a-s16" ;;
    --chaining) echo "p1 class both extended" ;;
    --bits) echo "128 192 256" ;;
    --form) echo "tlv dgi plain" ;;
    --alg) echo "aes tdes" ;;
    --for) echo "load install extradition registry-update delete combined" ;;
    --hash-alg) echo "sha1 sha256 sha384 sha512" ;;
    token | receipt | dap) echo "sign verify" ;;
    --segments) echo "spec cpi-first cpi-all" ;;
    --cc-len) echo "4 8" ;;
    --algorithm) echo "A T D H" ;;
    --token) echo "fd: @ env:" ;;
    *) return 1 ;;
    esac
}

_tsm() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} values
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "order token se profile load-file admission script usage care campaign domain space spos key health gp sems ota keyblock perso cap card --help --version" -- "$word")
        return
    fi
    if [ "$COMP_CWORD" -eq 2 ] && [ "${COMP_WORDS[1]}" != health ]; then
        case "${COMP_WORDS[1]}" in
        order) values="post show list wait cancel import exchange" ;;
        token) values="list set remove" ;;
        se) values="import show list identify" ;;
        profile) values="list show add retire" ;;
        load-file) values="upload list" ;;
        admission) values="list allow withdraw" ;;
        care) values="audit repair lock unlock terminate rotate upgrade install remove rules contactless list show" ;;
        campaign) values="create start list show members pause resume stop" ;;
        domain) values="prepare create list remove extradite sign tokens work" ;;
        spos) values="list results retry" ;;
        space) values="reserve list commit release" ;;
        script) values="key sign" ;;
        sems) values="certify build check commands" ;;
        key) values="intake import load list export" ;;
        gp) values="session wrap kcv diversify token receipt dap" ;;
        ota) values="wrap unwrap por" ;;
        keyblock) values="wrap unwrap info" ;;
        perso) values="check estimate try" ;;
        card) values="--reader readers" ;;
        cap) values="info check" ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "${values-}" -- "$word")
        return
    fi
    if [ "${COMP_WORDS[1]}" = card ] && [ "${word#-}" = "$word" ] && ! values=$(_tsm_values "$before"); then
        values="readers info auth list audit load install extradite registry-update delete put-key delete-key"
        values="$values lock unlock terminate ssd-create store-data oce-make apdu"
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word"; compgen -f -- "$word")
    elif values=$(_tsm_values "$before"); then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
    elif [ "${word#-}" != "$word" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_tsm_words "${COMP_WORDS[1]}" "${COMP_WORDS[2]}")" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _tsm -o filenames tsm
