/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the command line `tsm`: each author keeps a table of verbs in a file of their own. Edge. */
#ifndef TSM_APP_TSM_H
#define TSM_APP_TSM_H

#include <stdbool.h>

#include "base/error.h"

enum tsm_exit { TSM_EXIT_OK, TSM_EXIT_FAILED, TSM_EXIT_USAGE };

/* `tsm group verb ...`; `verb` NULL: the group stands alone (`tsm health`). run gets argv from the verb on
 * (argv[0] is the verb) and gives the exit status. A table ends with a row without group. */
struct tsm_command {
    const char *group, *verb;
    int (*run)(int argc, char **argv);
    const char *help; /* one line */
};

extern const struct tsm_command tsm_gp_commands[];
extern const struct tsm_command tsm_cap_commands[];
extern const struct tsm_command tsm_card_commands[];
extern const struct tsm_command tsm_sems_commands[];
extern const struct tsm_command tsm_keyblock_commands[];
extern const struct tsm_command tsm_perso_commands[];

/* Tells the last failure on stderr: what, why. Returns TSM_EXIT_FAILED. */
int tsm_failed(enum tsm_err err);

#endif
