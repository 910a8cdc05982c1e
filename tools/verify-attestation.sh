#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Verifies an attestation token (BSI TR-03165 appendix A) with openssl alone.
# usage: verify-attestation.sh TOKEN CERTIFICATE FLAVOR [PROCESS]  -  token 7F41 as octets, certificate as PEM, UUIDs
set -eu
[ $# -ge 3 ] || { sed -n 4p "$0" >&2; exit 2; }
token=$1 certificate=$2 flavor=$3 process=${4:-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
refuse() { echo "refused: $1" >&2; exit 1; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
uuid() { printf %s "$1" | tr -d - | tr A-F a-f; }
# One line a member: depth, tag, offset, octets of its head, octets of its value.
openssl asn1parse -inform DER -in "$token" |
    sed -n 's/^ *\([0-9]*\):d=\([0-9]*\) *hl=\([0-9]*\) *l= *\([0-9]*\) .*cont \[ *\([0-9]*\) *\].*/\2 \5 \1 \3 \4/p' > "$dir/map"
member() { awk -v d="$1" -v t="$2" '$1 == d && $2 == t { print $3, $4, $5; exit }' "$dir/map"; }
value() { set -- $(member "$1" "$2"); [ $# -eq 0 ] || tail -c +$(($1 + $2 + 1)) "$token" | head -c "$3"; }
whole() { set -- $(member "$1" "$2"); [ $# -eq 0 ] || tail -c +$(($1 + 1)) "$token" | head -c $(($2 + $3)); }
whole 1 0 > "$dir/body"
value 1 1 > "$dir/signature"
openssl x509 -in "$certificate" -noout -pubkey > "$dir/key"
openssl dgst -sha256 -verify "$dir/key" -signature "$dir/signature" "$dir/body" > /dev/null || refuse "the signature is wrong"
key_id=$(openssl x509 -in "$certificate" -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :\n' | tr A-F a-f)
[ "$(value 2 5 | hex)" = "$key_id" ] || refuse "another key signed it"
[ "$(value 2 2 | hex)" = "$(uuid "$flavor")" ] || refuse "it is of another flavor"
[ -z "$process" ] || [ "$(value 2 1 | hex)" = "$(uuid "$process")" ] || refuse "it is of another process"
echo "process $(value 2 1 | hex)"
[ -z "$(value 2 3 | hex)" ] || echo "master $(value 2 3 | hex) diversification $(value 2 4 | hex)"
