/* SPDX-License-Identifier: Apache-2.0 */
/* Load files and applications of a published flavor in the words of orders. Stations 3 and 4. Role.
 * [TR-03165 4.1.4.4, 4.1.4.7 to 4.1.4.15] */
#ifndef TSM_ROLE_SP_SPTSM_RELEASE_CONTENT_H
#define TSM_ROLE_SP_SPTSM_RELEASE_CONTENT_H

#include "role/sp/sptsm/keep/row.h"

struct releasing {
    struct tx *tx;
    const struct tr_row *flavor;
    const json_t *body; /* of the flavor */
    json_t *made;       /* the order's row: role/sp/content/words.h */
};

/* Adds load_file, load_files and applications; *bytes is what they take on an element. NO_MEMORY, DATABASE.
 * A flavor without load file gets none. */
enum tsm_err content_release(struct releasing *l, int64_t *bytes);

#endif
