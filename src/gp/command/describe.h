/* SPDX-License-Identifier: Apache-2.0 */
/* One line of plain words for a plain command, for timelines, logs and consoles. Stations 5 and 12. Pure. */
#ifndef TSM_GP_COMMAND_DESCRIBE_H
#define TSM_GP_COMMAND_DESCRIBE_H

#include <stddef.h>

#include "base/bytes.h"

enum { GP_DESCRIBE_MAX = 240 };

/*
 * Names the command, its variant, AIDs, key versions and block numbers: "INSTALL [for install and make
 * selectable] A0000001510001 privileges 000000". Key values, contents of groupings, parameters and load data
 * are told by their length alone. Never fails: what cannot be read is said to be so. Returns the length of
 * the text; at most cap-1 characters and a final 0 are written (cap 0: nothing).
 */
size_t gp_describe(struct bytes capdu, char *text, size_t cap);

#endif
