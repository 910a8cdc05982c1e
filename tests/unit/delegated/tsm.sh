#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `tsm gp token | receipt | dap` against published values and against openssl as a foreign peer; $1 is the program, $2 a
# CAP file. TAP out.
set -u
tsm=$1
cap=$2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0

# check NAME WANTED GOT
check() {
    n=$((n + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf '# want %s\n# got  %s\n' "$2" "$3"
    fi
}
octets() { sed 's/../\\x&/g' | xargs -0 printf '%b'; }
hex() { od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; }
reason() { "$tsm" "$@" 2>&1 >/dev/null | sed -n '$s/.*: //p'; }

echo 404142434445464748494A4B4C4D4E4F > "$dir/key"
# source: martinpaljak/GlobalPlatformPro library/src/test/resources/test-dm-rsa-1k.pem (a test key)
cat > "$dir/1k.pem" <<'PEM'
-----BEGIN PRIVATE KEY-----
MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBALB4cc0A2vuSdljx
z69926sWYXMCwsdB+emvnscXp3sO9R11CIIR2XaIlZEoplEMDSMm3kzquToWfyO5
a6MjfPANLL284rKCKqk3N5FFTPnsk5vOBRgCV2hkJqOz3BCyyzO8Xbb2MMKC/1nT
YhCqLA8/hb0bL4PHy1qnQXBwDtJNAgMBAAECgYBPzOeJUM213bFu30qPjVZ8s441
uBXkjU06A5TFa0jtOQJW48mJKBEyrOkVz1AGbnCyaK02Ex7XybyMpxipmS6xjcrc
JdgPu42GmLMBv1VD9R6lZXf5KgTY9fJCEjJQghDbasYKNJLJ7zv/MxT54XhYd2BK
227Bdkox/zZLGlxMcQJBAOs9BjndhwqW2lacPTJ9yrQnFYQnI/9Ks2eX/ql0WUip
3NP3rdwID3jCL+iLxfhldPAaZTQivSR6wb18cgh0ie8CQQDAC55Z+E14XHiLu1Zn
IEkUZcy0qDxZCJqiI87YZ3xcZqx2kd/S5yqBXAhf7ylLp1m7348V2s4gd5rNKE/6
SJODAkEAze5SMP35Zg/Be+iyuizc8vD0KQiKvsaKX7nzuiycrLvnEbjVfrWftbtp
bU5PNLC8uiShTA7NPc4pJNR4j2ZWCQJBAKFoonznzuT8g2yd1a7zWbjFHtowFBiY
vK7N/cmwoLtgqE83p7ExDW6QFZHcBw9I5oibCz3JGzn6jKcl3KJ1YVUCQQCv4AZG
4oo3gYP+sL8q1IPHtGERKSQ41j+ki5CBWgeGkX02tQsk1C8Tm0vh3hLJoAX4TwNe
/0WtfMUOgQ6xe2Gh
-----END PRIVATE KEY-----
PEM
load="--for load --load-file D0D1D2D3D4D501 --domain D4D4D4D4D4010101"
deletion="--for delete --application D0D1D2D3D4D50101"
unique=42040102030445060A0B0C0D0E0F
hash=32BD8F40D709C500204D3887F83FE4AA4440DAF70E7268E6ECCECED6FAD86EEF

echo 1..21
# source: kaoh/globalplatform gpshell3 and GlobalPlatformPro DMTokenizer
token=00AB2085ADA40421C33A9EB845F129F5B2E28379A52F2F1312C39F6D01F4718F05064CE69DBA3CB133DCB54565CB4F496A7C6B6C43283CB57838B0A334374579ED37CDBCE11D3EDE1AE4B36208147709C21AEA300F08E6140E264AEF22A92FAAFC82956E327777DC0A2594C2D88E3B4ECDBFC87CCEDA5AD070BD0FAF3225C986
check the_delete_token_is_the_published_one $token \
    "$("$tsm" gp token sign --pem "$dir/1k.pem" --raw 80E400800A4F08D0D1D2D3D4D5010100)"
with=80E400808D4F08D0D1D2D3D4D501019E8180${token}00
openssl pkey -in "$dir/1k.pem" -pubout -out "$dir/1k.pub" 2> "$dir/log"
check it_stands_in_its_field $with \
    "$("$tsm" gp token sign --pem "$dir/1k.pem" 80E400800A4F08D0D1D2D3D4D5010100 | sed -n 's/^send *//p')"
"$tsm" gp token verify --pem "$dir/1k.pub" $with > "$dir/out"
check the_public_key_verifies_it 0 $?
check a_token_of_another_command_is_refused 'the signature does not belong to these data and this key' \
    "$(reason gp token verify --pem "$dir/1k.pub" 80E400808D4F08D0D1D2D3D4D501029E8180${token}00)"
check a_public_key_does_not_sign 'a public key does not sign' \
    "$(reason gp token sign --pem "$dir/1k.pub" 80E400800A4F08D0D1D2D3D4D5010100)"

# openssl: PSS with SHA-256 and 32 octets of salt over P1 P2 Lc and data
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$dir/2k.pem" 2> "$dir/log"
openssl pkey -in "$dir/2k.pem" -pubout -out "$dir/2k.pub" 2> "$dir/log"
"$tsm" gp token sign --pem "$dir/2k.pem" --raw 80E400800A4F08D0D1D2D3D4D5010100 | tr -d '\n' | octets > "$dir/sig"
printf 00800A4F08D0D1D2D3D4D50101 | octets > "$dir/input"
check openssl_verifies_a_token_of_2048_bits 'Verified OK' \
    "$(openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -verify "$dir/2k.pub" -signature "$dir/sig" "$dir/input")"
openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sign "$dir/2k.pem" -out "$dir/sig" "$dir/input"
"$tsm" gp token verify --pem "$dir/2k.pub" "80E4008000010E4F08D0D1D2D3D4D501019E820100$(hex < "$dir/sig")0000" > "$dir/out"
check a_token_of_openssl_is_verified 0 $?
check a_long_token_is_sent_in_a_chain '80E48080 80E40080' \
    "$("$tsm" gp token sign --pem "$dir/2k.pem" --block 200 80E400800A4F08D0D1D2D3D4D5010100 | sed -n 's/^send *\(........\).*/\1/p' | xargs)"

# source: independent reference, accepted by gpshell3 and GlobalPlatformPro ReceiptVerifier
answer=23106A92EC96B0B3D5ADB78626E5410AF3A40200010E42040102030445060A0B0C0D0E0F
# shellcheck disable=SC2086
check the_load_receipt_is_the_published_one $answer \
    "$("$tsm" gp receipt sign --key "@$dir/key" $load --counter 1 --unique $unique --raw)"
# shellcheck disable=SC2086
check the_delete_receipt_of_des_is_the_published_one 1B0878FF2F3A35C9637E0200010E42040102030445060A0B0C0D0E0F \
    "$("$tsm" gp receipt sign --key "@$dir/key" --alg tdes $deletion --counter 1 --unique $unique --raw)"
# shellcheck disable=SC2086
"$tsm" gp receipt verify --key "@$dir/key" $load --last 0 --unique $unique $answer > "$dir/out"
check it_is_verified 0 $?
# shellcheck disable=SC2086
check a_replayed_receipt_is_refused 'the receipt is a repetition (counter 1)' \
    "$(reason gp receipt verify --key "@$dir/key" $load --last 1 --unique $unique $answer)"
# shellcheck disable=SC2086
check a_receipt_of_another_card_is_refused 'it comes from another card (counter 1)' \
    "$(reason gp receipt verify --key "@$dir/key" $load --unique 47110102 $answer)"
# shellcheck disable=SC2086
check a_receipt_over_something_else_is_refused 'the receipt was not made with this key over this operation' \
    "$(reason gp receipt verify --key "@$dir/key" $deletion --unique $unique $answer)"
# shellcheck disable=SC2086
check no_receipt_is_told 'the card gave no receipt' "$(reason gp receipt verify --key "@$dir/key" $load 00)"

# source: kaoh/globalplatform gpshell3 sign-dap aes
block=E21C4F08A000000151000000C31036E56ABA034A3079718AD37F3FAF2AC3
check the_dap_is_the_published_one $block \
    "$("$tsm" gp dap sign --key "@$dir/key" --domain A000000151000000 --hash $hash --raw)"
"$tsm" gp dap verify --key "@$dir/key" --hash $hash $block > "$dir/out"
check it_is_verified_too 0 $?
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$dir/ec.pem" 2> "$dir/log"
block=$("$tsm" gp dap sign --pem "$dir/ec.pem" --domain A000000151000000 --cap "$cap" --raw)
"$tsm" gp dap verify --pem "$dir/ec.pem" --cap "$cap" "$block" > "$dir/out"
check a_file_is_signed_and_verified 0 $?
check a_dap_over_another_file_is_refused 'the signature does not belong to these data and this key' \
    "$(reason gp dap verify --pem "$dir/ec.pem" --hash $hash "$block")"
check a_hash_of_another_file_is_refused 'the hash is that of another load file' \
    "$(reason gp dap verify --pem "$dir/ec.pem" --cap "$cap" --hash $hash "$block")"
"$tsm" gp receipt sign --key "@$dir/key" --for delete > "$dir/out" 2>&1
check wrong_use_gives_exit_status_2 2 $?
