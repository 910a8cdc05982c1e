/* SPDX-License-Identifier: Apache-2.0 */
/* A published secure channel session as hex texts, and the test that replays it. Test code. */
#ifndef TSM_TESTS_UNIT_GP_SESSION_RUN_H
#define TSM_TESTS_UNIT_GP_SESSION_RUN_H

#include "rig.h"

enum { SESSION_STEPS_MAX = 16 };

/* `answer` and `plain_answer` are NULL where the origin has none. */
struct session_step {
    const char *plain, *wrapped, *answer, *plain_answer;
};

/* `i` counts for SCP02 only, whose answer does not carry it. `start` is NULL where the origin gave no
 * command, `s_rmac` and `s_dek` where it gave no such key. */
struct session_row {
    const char *name;
    const char *enc, *mac, *dek, *host, *start, *answer;
    uint8_t i, level;
    const char *s_enc, *s_mac, *s_rmac, *s_dek, *external;
    struct session_step step[SESSION_STEPS_MAX];
};

/* Replays it: commands come out as they stand, answers are opened, and where there is an R-MAC every flipped
 * bit of an answer is refused without a trace in the channel. At the end the keys are derived again from the
 * state alone. */
void run_session(const struct session_row *row);
/* For answers under R-MAC. */
void assert_flips_refused(const struct channel *ch, const struct session_keys *keys,
                          const struct channel_expect *expect, struct octets answer);

#endif
