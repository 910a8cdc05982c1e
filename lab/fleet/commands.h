/* SPDX-License-Identifier: Apache-2.0 */
/* The command pipe of a fleet: a line of it is a command, a line of standard output its answer.
 * Edge (no station). */
#ifndef LAB_FLEET_COMMANDS_H
#define LAB_FLEET_COMMANDS_H

#include "fleet/reach/door.h"
#include "fleet/reach/phones.h"

enum { COMMANDS_MAX_LINE = 1024 };

/* stats | rest | phone PLACE URL SESSION | quit. The end of the input ends nothing. */
struct commands {
    struct loop *loop;
    struct drawer *drawer;
    struct door *door;
    struct phones *phones; /* NULL: this fleet has none */
    struct watch input;
    char line[COMMANDS_MAX_LINE];
    size_t len;
};

/* loop, drawer, door and phones must be set. Reads the named pipe, which is made when it is not there, or
 * with NULL the standard input. False when that cannot be watched (a file, for example). */
bool commands_open(struct commands *c, const char *pipe);
void commands_close(struct commands *c);
/* One JSON object on a line of standard output. */
void commands_stats(const struct commands *c);

#endif
