# SPDX-License-Identifier: Apache-2.0
# Layers, purity, format, a second compiler, shell scripts. Prints what is wrong; exit 1 when anything is.
need $packages_build $packages_lint git
bad=0
tools/check-layers || bad=1
unformatted=$(git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format --dry-run -Werror 2>&1 | grep error | head -20 || true)
[ -z "$unformatted" ] || { printf '%s\n' "$unformatted" "./dev fmt mends it"; bad=1; }
shellcheck -x -s bash -e SC1090,SC1091,SC2086,SC2154,SC2034,SC2046 dev tools/dev/*.sh tools/tap-run packaging/completion/tsm.bash .ci/run || bad=1
mandoc -T lint -W warning docs/man/* || bad=1
say "building with clang (build/clang)"
CC=clang build_in build/clang all -Dtests=true
tools/check-pure build/clang/src || bad=1
[ $bad = 0 ] && say "lint: clean"
exit $bad
