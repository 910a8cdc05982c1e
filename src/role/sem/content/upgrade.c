/* SPDX-License-Identifier: Apache-2.0 */
/* Upgrades: may it be, forward, back, and what the registry says then. Stations 6 and 11. Role. [GPCS
 * Amendment H; capability S17] */
#include "role/sem/content/upgrade.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/care/act/act.h"
#include "role/sem/work.h"

enum { FIRST_LOSS = 2 }; /* step of plan_upgrade before which the element still has the former version */

enum tsm_err upgrade_read_call(struct turn *t, struct arena *arena)
{
    TRY(content_read(t, arena));
    if (t->facts.load_file.len == 0 && !t->own.content &&
        !json_is_true(json_object_get(json_object_get(t->body, "load_file"), "again")))
        return FAIL_FIELD(MISSING_FIELD, "load_file", "the new version of the load file is asked for");
    t->former.content = arena_get(arena, FORMER_MAX);
    NEED(t->former.content != NULL, NO_MEMORY);
    return TSM_OK;
}

/* The version that is there, and its octets where the owner admitted them. */
static enum tsm_err load_former(struct turn *t, struct tx *tx)
{
    size_t n;
    enum tsm_err e;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_EXECUTABLE_BY_AID, t->el.id, t->facts.package_aid));
        TRY(bytes_keep(db_blob(&r, 2), t->former.hash, sizeof t->former.hash, &n));
    }
    ROWS r = {0};
    e = db_first(tx, &r, SQL_ADMITTED_GET, t->el.owner, BYTES(t->former.hash));
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    return bytes_keep(db_blob(&r, 0), t->former.content, FORMER_MAX, &t->former.len);
}

static enum tsm_err judge_package(const struct turn *t)
{
    if (!t->executable)
        return FAIL(WRONG_STATE, "the load file is not on the secure element: deploy the service");
    if (t->foreign || t->facts.package_not_ours)
        return FAIL(CONFLICT, "the load file is another domain's on this secure element");
    if (t->facts.package_used)
        return FAIL(CONFLICT, "applications of other domains run on this load file");
    return TSM_OK;
}

enum tsm_err upgrade_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    TRY(domain_of_provider(t, tx, provider));
    TRY(own_file_load(t, tx));
    *nothing = t->facts.load_file.len == 0; /* an earlier part of the order has brought it */
    if (*nothing)
        return TSM_OK;
    if (!t->el.profile.elf_upgrade)
        return FAIL(UNSUPPORTED,
                    "elements of profile %s cannot upgrade load files: terminate and deploy again",
                    t->el.profile.name);
    TRY(registry_load(t, tx));
    TRY(judge_package(t));
    TRY(load_former(t, tx));
    *nothing = bytes_equal(BYTES(t->former.hash), t->facts.load_hash);
    return TSM_OK;
}

/* The same plan facts, with the other version in them. */
static void take_former(struct turn *t)
{
    t->stage = UPGRADE_BACK;
    t->facts.load_file = BYTES_OF(t->former.content, t->former.len);
    t->facts.load_hash = BYTES(t->former.hash);
    t->facts.package_there = false;
}

enum tsm_err upgrade_load(struct turn *t, struct tx *tx)
{
    TRY(domain_known(tx, &t->el, &t->domain));
    TRY(own_file_load(t, tx));
    TRY(registry_load(t, tx));
    TRY(load_former(t, tx));
    /* Another work has done it meanwhile: the steps are needless. */
    t->facts.package_there = bytes_equal(BYTES(t->former.hash), t->facts.load_hash);
    if (t->stage == UPGRADE_BACK)
        take_former(t);
    return TSM_OK;
}

const struct plan *upgrade_plan(const struct turn *t)
{
    return t->stage == UPGRADE_BACK ? &plan_upgrade_back : &plan_upgrade;
}

bool upgrade_may_be_open(const struct turn *t)
{
    (void)t;
    return true;
}

bool upgrade_turn_back(struct turn *t)
{
    if (t->stage == UPGRADE_BACK || !t->talk.refused)
        return false;
    if (t->state.step < FIRST_LOSS) { /* refused before anything was given up */
        t->state.changed = 0;
        return false;
    }
    if (t->former.len == 0)
        return false;
    take_former(t);
    return true;
}

static json_t *turned_back(const struct turn *t)
{
    struct failure f;
    failure_set(
        &f, OWNER_SP, "look at the timeline for the step that failed, mend the new version, and order again",
        "the element did not take the new version: the former one is back, the applications kept their "
        "data");
    if (!t->call)
        failure_of_own_work(&f);
    return json_pack("{so sb}", "failure", failure_json(&f), "changed", 0);
}

/* A provider whose applications got a new version without its order hears of it. */
static enum tsm_err tell_provider(const struct turn *t, struct tx *tx, const struct job *job)
{
    char domain[33], package[33], hash[65];
    if (t->call || t->domain.holder == t->el.owner)
        return TSM_OK;
    return care_tell(tx, t->domain.holder, BYTES(job->trace),
                     json_pack("{ss sO ss ss ss}", "event", "upgraded", "se", json_object_get(t->body, "se"),
                               "domain", hex_text(BYTES_OF(t->domain.aid, t->domain.aid_len), domain),
                               "package", hex_text(t->facts.package_aid, package), "hash",
                               hex_text(t->facts.load_hash, hash)));
}

enum tsm_err upgrade_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    if (t->stage == UPGRADE_BACK) {
        *reply = turned_back(t);
        return *reply ? TSM_OK : FAIL(NO_MEMORY, "no memory for a reply");
    }
    TRY(tell_provider(t, tx, job));
    return db_exec(tx, SQL_EXECUTABLE_UPGRADED, t->el.id, t->facts.package_aid, t->facts.load_hash,
                   (int64_t)t->facts.load_file.len);
}
