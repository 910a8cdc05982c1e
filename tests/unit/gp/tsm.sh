#!/bin/sh
# The offline verbs of `tsm` against published values; $1 is the program. TAP out.
set -u
tsm=$1
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

echo 404142434445464748494A4B4C4D4E4F > "$dir/key"
# source: martinpaljak/GlobalPlatformPro scp03-auth-jcop4.dump: a JCOP 4 with factory keys
host=0102030405060708
answer=00003244342976208448010370734ECDCA19E446A30BC253BCE97DB991000436

echo 1..10
check a_key_check_value_is_the_published_one 504A77 "$("$tsm" gp kcv --key "@$dir/key")"
check a_key_can_come_from_a_descriptor 8BAF47 "$("$tsm" gp kcv --alg tdes --key fd:7 7< "$dir/key")"
check a_session_is_verified_and_answered 8482010010A5E66CD1A836E3A47CD3B3F7B689AE8F \
    "$("$tsm" gp session --key "@$dir/key" --host $host --answer $answer | sed -n 's/^send *//p')"
check a_command_is_protected_as_published 84F280020A4F009F2B339FA4DE0C2400 \
    "$("$tsm" gp wrap --key "@$dir/key" --host $host --answer $answer 80F28002024F0000 | sed -n 's/^send *//p' | tail -n 1)"
echo 404142434445464748494A4B4C4D4E4E > "$dir/wrong"
"$tsm" gp session --key "@$dir/wrong" --host $host --answer $answer > "$dir/out" 2> "$dir/err"
check a_wrong_key_gives_exit_status_1 1 $?
check a_wrong_key_names_version_protocol_and_i 1 "$(grep -c 'KVN 01, SCP03, i=70' "$dir/err")"
check no_key_is_printed 0 "$(cat "$dir/out" "$dir/err" | grep -ci 4041424344)"
# source: martinpaljak/GlobalPlatformPro TestPlaintextKeys.java
check diversified_keys_have_the_published_check_values 'C33013 BB8179' \
    "$("$tsm" gp diversify --key "@$dir/key" --kdf emv --kdd 00010203040506070809 | awk '/ENC|DEK/ {print $2}' | xargs)"
"$tsm" gp session --host 00 > "$dir/out" 2>&1
check wrong_use_gives_exit_status_2 2 $?
"$tsm" cap info "$dir/key" > "$dir/out" 2>&1
check what_is_no_cap_file_gives_exit_status_1 1 $?
