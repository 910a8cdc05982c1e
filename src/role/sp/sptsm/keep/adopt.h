/* SPDX-License-Identifier: Apache-2.0 */
/* What came into the house by other ways (the fixture of tsmd init, POST /api/v1/load-files, the owner's
 * profiles) gets its entities, so that a provider sees one world. Station 2. Role. [TR-03165 4.1.4] */
#ifndef TSM_ROLE_SP_SPTSM_KEEP_ADOPT_H
#define TSM_ROLE_SP_SPTSM_KEEP_ADOPT_H

#include "gp/cap/cap.h"
#include "role/sp/sptsm/keep/row.h"

/* Makes what the party lacks, profiles and the provider's own entity included; little work when there is
 * nothing new. In the transaction of a sign-in. */
enum tsm_err adopt_all(struct tx *tx, int64_t party);

/* A load file entity with its modules: `elf` has all its attributes. For uploads, too. */
struct tr_load_file {
    const struct tr_row *row;
    const json_t *elf;
    const struct cap *cap;
    struct bytes hash, file;
};
enum tsm_err adopt_load_file(struct tx *tx, const struct tr_load_file *f);
enum tsm_err adopt_module(struct tx *tx, const struct tr_row *elf, struct bytes aid);

/* Time as the TR writes it: UTC with milliseconds. */
const char *adopt_time(time_us t, char out[TR_TIME_TEXT]);
/* The provider's own id. */
enum tsm_err adopt_provider_uid(struct tx *tx, int64_t party, char uid[UID_ROOM]);

#endif
