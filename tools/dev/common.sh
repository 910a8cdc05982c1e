# SPDX-License-Identifier: Apache-2.0
# What every verb needs: Debian packages, the build directory, colours, servers ended by pid.
#H ./dev demo [--once]        the whole story in the terminal; without --once the system stays up
#H ./dev test [SUITE]         every test (or one suite: unit, lab, oracle, fuzz, journey, sem, sp, fault, interop); last line "N passed, N failed"
#H ./dev test asan | tsan     all suites under address and undefined-behaviour checks | what has threads under the thread checks
#H ./dev build                build tsmd, tsm, tsm-lab into build/dev
#H ./dev up [--fleet N] [--store sqlite]   server and laboratory in the background; addresses in var/dev/env
#H ./dev down                 end what ./dev up started
#H ./dev bench [NAME] [--json]  our paths beside their bare limits
#H ./dev lint | fmt           layers, format, warnings, shell | apply clang-format
#H ./dev fuzz TARGET [SECONDS]  libFuzzer on one reader (clang); without TARGET: which there are
#H ./dev cover [SUITES]       line coverage of src/ and lab/ by folder

packages_build="gcc libc6-dev meson ninja-build pkg-config python3 libssl-dev libjansson-dev libsqlite3-dev libp11-kit-dev libcurl4-openssl-dev libzip-dev libpcsclite-dev softhsm2 openssl"
packages_test="libcmocka-dev pcscd vsmartcard-vpcd python3-pyscard python3-cryptography libnss3-tools iproute2 util-linux procps python3-yaml python3-jsonschema"
packages_lint="clang clang-format shellcheck mandoc"

say() { printf '%s\n' "$*"; }
die() {
    printf './dev: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "packages are missing and neither root nor sudo is here; install by hand: $*"
    fi
}

# need PACKAGE... : installs what is missing, and says which.
need() {
    local missing=() p
    for p in "$@"; do
        dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing Debian packages: ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null || die "apt-get update failed"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >"${TMPDIR:-/tmp}/opentsm-apt.$$" 2>&1 || {
        tail -5 "${TMPDIR:-/tmp}/opentsm-apt.$$" >&2
        die "apt-get install failed"
    }
    rm -f "${TMPDIR:-/tmp}/opentsm-apt.$$"
}

# build_in DIR TARGETS [meson options...] : configures once, builds the targets ("all" for everything), keeps quiet unless it fails.
build_in() {
    local dir=$1 targets=$2 log
    shift 2
    mkdir -p build
    log=build/${dir#build/}.log
    if [ ! -f "$dir/build.ninja" ]; then
        meson setup "$dir" "$@" >"$log" 2>&1 || {
            tail -20 "$log" >&2
            die "meson setup failed ($log)"
        }
    fi
    ninja -C "$dir" $targets >"$log" 2>&1 || {
        grep -E 'error|FAILED|warning' "$log" | head -20 >&2
        die "the build failed ($log)"
    }
}

programs="src/app/tsmd src/app/tsm lab/tsm-lab tools/demo-payment.cap"
dev_options="-Dtests=false -Dbuildtype=debugoptimized -Doptimization=2"

# What demo, up and bench need; the tests are built by ./dev test only.
build_release() {
    need $packages_build
    say "building (build/dev)"
    build_in build/dev "$programs" $dev_options
}

# end_pid FILE : ends the process whose pid stands in FILE, waits for its end.
end_pid() {
    local pid
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    rm -f "$1"
    kill "$pid" 2>/dev/null || return 0
    tail --pid="$pid" -f /dev/null 2>/dev/null & 
    local waiter=$!
    ( sleep 10; kill -9 "$pid" 2>/dev/null; ) & local killer=$!
    wait "$waiter" 2>/dev/null || true
    kill "$killer" 2>/dev/null || true
    wait "$killer" 2>/dev/null || true
}
