# SPDX-License-Identifier: Apache-2.0
. tools/dev/up.sh
house_down var/dev
