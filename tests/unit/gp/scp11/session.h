/* SPDX-License-Identifier: Apache-2.0 */
/* A known SCP11 session as hex texts, and the test that replays it from our side. Test code. */
#ifndef TSM_TESTS_UNIT_GP_SCP11_SESSION_H
#define TSM_TESTS_UNIT_GP_SCP11_SESSION_H

#include "../session_run.h"
#include "gp/scp11/scp11.h"

/* `s_dek` and `shared` may be NULL. `flip_every`: how many bits apart those of the answer are that are tried.
 */
struct scp11_row {
    const char *name;
    enum scp11_variant variant;
    enum ec_curve curve;
    const char *oce, *ephemeral, *ephemeral_point, *sd; /* SK.OCE, eSK.OCE, ePK.OCE, PK.SD */
    const char *command, *answer;
    uint8_t mac_len;
    const char *sin, *sdin, *group; /* with identifiers; else NULL */
    const char *shared, *s_enc, *s_mac, *s_rmac, *s_dek, *receipt;
    struct session_step step[2];
    size_t flip_every;
};

/* The command comes out as it stands, the answer opens the channel with the keys given, commands and answers
 * are protected as they stand, and nothing that was changed or cut is taken. */
void run_scp11(const struct scp11_row *row);

/* The opening of a row; the octets live in `r`. */
struct scp11_rig {
    struct octets point, sd, answer, command, sin, sdin, group;
    struct scp11_terms terms;
    struct ec_private ephemeral, oce;
    struct scp11_opening opening;
};
void rig_of_row(const struct scp11_row *row, struct scp11_rig *r);
/* The data of the answer without its status. */
struct bytes answer_of(const struct scp11_rig *r);

/* rows.c */
extern const struct scp11_row scp11_rows[];
extern const size_t scp11_row_count;

#endif
