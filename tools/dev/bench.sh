# SPDX-License-Identifier: Apache-2.0
# Our paths beside their bare limits. The databases under test are in var/bench, so on the disk of the tree.
bench_args=()
bench_row=
for word in "$@"; do
    case "$word" in
    --json | --long) bench_args+=("$word") ;;
    --*) die "bench does not know '$word'; only --json and --long" ;;
    *) bench_row=$word ;;
    esac
done
. tools/dev/up.sh
need $packages_build >&2
say "building ($bin)" >&2
[ ! -f "$bin/build.ninja" ] || meson configure "$bin" -Dbench=true >/dev/null
build_in "$bin" "$programs bench/tsm-bench bench/bare-start bench/customers" $dev_options -Dbench=true
where=var/bench
rm -rf "$where/house"
mkdir -p "$where"
case "$bench_row" in
"" | start_ms | rss* | campaign* | orders* | sptsm* | inventory* | eligibility*) # rows with a server of their own: its tokens, certificate and database
    house_init "$where/house" >&2
    (umask 077
        grant "$where/house" bank provider >"$where/house/token.bank"
        grant "$where/house" bank administrator >"$where/house/token.administrator"
        grant "$where/house" operator operator >"$where/house/token.operator")
    bench_args+=(--tsmd "$bin/src/app/tsmd" --house "$PWD/$where/house" --tools "$bin/bench")
    ;;
esac
rc=0
"$bin/bench/tsm-bench" --where "$where" ${bench_row:+"$bench_row"} "${bench_args[@]}" || rc=$?
rm -rf "$where/house"
exit $rc
