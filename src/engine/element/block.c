/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks as rows, read before anybody's work or conversation begins. Stations 2 and 9. Edge. */
#include "engine/element/block.h"

#include <stdio.h>

#include "base/hex.h"

static void say(const struct rows *r, bool terminated, struct failure *f)
{
    struct bytes aid = db_blob(r, 0);
    char name[33], at[TIME_TEXT], what[64] = "this secure element";
    if (aid.len && aid.len <= 16)
        snprintf(what, sizeof what, "%s on this secure element", hex_text(aid, name));
    failure_set(f, OWNER_SEM,
                terminated ? "order for another secure element"
                           : "ask the owner of the secure element to unlock it, then order again",
                "the owner has %s %s since %s: %s", terminated ? "terminated" : "blocked", what,
                time_text(db_int(r, 1), at), db_text(r, 2));
}

enum tsm_err block_judge(struct tx *tx, const struct element *el, int64_t party, struct failure *f,
                         bool *closed)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_BLOCK_OF_HOLDER, el->id, party);
    *closed = e == TSM_OK || el->state != SE_ACTIVE;
    if (e == TSM_OK)
        say(&r, el->state == SE_TERMINATED, f);
    else if (*closed)
        failure_set(f, OWNER_SEM, "order for another secure element", "the secure element is %s",
                    el->state == SE_LOCKED ? "locked by its owner" : "out of use");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}
