/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm cap check`: the admission gate on the command line. Edge. [docs/admission.md] */
#ifndef TSM_APP_CAP_CHECK_H
#define TSM_APP_CAP_CHECK_H

#include "app/cap_file.h"
#include "order/admission/admission.h"

enum { CHECK_LIST_MAX = 64, CHECK_FILE_MAX = 256 * 1024 };

/* What the command line asks for. Lists of the policy point into this struct: not to be copied. */
struct check {
    const char *path, *profile; /* profile: FILE or FILE#NAME; NULL */
    bool json, allow_unproven, hash_only;
    size_t exports, owners, taken, hashes;
    struct bytes export_file[CHECK_LIST_MAX]; /* owned: check_free */
    struct bytes owner[CHECK_LIST_MAX], taken_aid[CHECK_LIST_MAX];
    uint8_t owner_room[CHECK_LIST_MAX][16], taken_room[CHECK_LIST_MAX][16];
    uint8_t hash[CHECK_LIST_MAX][SHA256_LEN];
    struct se_profile se;
    struct admission admission;
};

/* Reads the options; *show_help where help was asked for. BAD_FORM, TOO_LONG, IO and what readers say. */
enum tsm_err check_args(int argc, char **argv, struct check *out, bool *show_help);
void check_free(struct check *c);

/* Prints the verdict. `cap` is NULL for a file that could not be read. */
void check_say(const struct cap *cap, const struct cap_report *report, const struct cap_verdict *v);
/* The same as one JSON document; NO_MEMORY. */
enum tsm_err check_say_json(const struct cap *cap, const struct cap_report *report,
                            const struct cap_verdict *v);

int tsm_cap_check(int argc, char **argv);

#endif
