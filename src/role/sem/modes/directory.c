/* SPDX-License-Identifier: Apache-2.0 */
/* LIST_APPLICATION: the payment system environment that the owner keeps in the issuer's domain for all
 * providers; each asks to be listed and to be left out again. Stations 6 and 11. Role. [EMV Book B 3.3] */
#include <string.h>

#include "emv/ppse.h"
#include "order/manage/mode.h"
#include "role/sem/modes/steps.h"

enum { DIRECTORY = 0, ENTRY_MAX = 255 };

static struct bytes directory_aid(const struct turn *t)
{
    return BYTES_OF(t->facts.applications[DIRECTORY].instance, t->facts.applications[DIRECTORY].instance_len);
}

enum tsm_err directory_read(struct turn *t, struct arena *arena)
{
    const json_t *d = json_object_get(t->body, "directory");
    struct plan_application *a = &t->facts.applications[DIRECTORY];
    TRY(json_member_hex(d, "module", a->module, sizeof a->module, &a->module_len));
    TRY(json_member_hex(d, "instance", a->instance, sizeof a->instance, &a->instance_len));
    t->facts.n_applications = 1;
    return load_file_read_member(t, arena);
}

/* One entry, of an application of the caller's domain. In authorized mode the provider alone knows what that
 * is. */
static enum tsm_err judge_entry(struct turn *t, struct tx *tx, struct bytes entry, struct bytes application)
{
    struct ppse_entry e;
    ROWS r = {0};
    enum tsm_err found;
    size_t n;
    TRY(ppse_read(entry, &e, 1, &n));
    if (n != 1 || !bytes_equal(e.aid, application))
        return FAIL_FIELD(BAD_VALUE, "entry", "the entry is not that of the application");
    found = db_first(tx, &r, SQL_APPLICATION_BY_AID, t->el.id, application);
    if (found == TSM_NOT_FOUND && t->domain.mode == MODE_AUTHORIZED)
        return TSM_OK;
    if (found == TSM_NOT_FOUND || (found == TSM_OK && db_int(&r, 1) != t->domain.id))
        return FAIL(CONFLICT, "the application is not one of the provider's domain");
    return found;
}

/* *listed false: there is no such entry. */
static enum tsm_err known_entry(struct turn *t, struct tx *tx, struct bytes application, bool *listed)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_DIRECTORY_GET, t->el.id, directory_aid(t), application);
    *listed = e == TSM_OK;
    if (e == TSM_OK && db_int(&r, 0) != t->domain.id)
        return FAIL(CONFLICT, "the entry is another provider's");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* An environment in a provider's own domain is that provider's alone; one on its way into the issuer's has
 * entries. */
static enum tsm_err judge_home(struct turn *t, struct tx *tx)
{
    enum tsm_err e;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_APPLICATION_STANDING, t->el.id, directory_aid(t));
        if (e == TSM_NOT_FOUND || (e == TSM_OK && db_int(&r, 0) == t->el.id))
            return TSM_OK;
        TRY(e);
    }
    ROWS entries = {0};
    e = db_first(tx, &entries, SQL_DIRECTORY_LIST, t->el.id, directory_aid(t));
    return e == TSM_NOT_FOUND
               ? FAIL(CONFLICT, "the payment system environment of this secure element is one provider's own")
               : e;
}

enum tsm_err directory_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    uint8_t room[ENTRY_MAX], aid[16];
    bool listed;
    size_t n, aid_len;
    TRY(domain_of_provider(t, tx, provider));
    TRY(json_member_hex(t->body, "application", aid, sizeof aid, &aid_len));
    TRY(judge_home(t, tx));
    TRY(known_entry(t, tx, BYTES_OF(aid, aid_len), &listed));
    if (!json_object_get(t->body, "entry")) {
        *nothing = !listed;
        return db_exec(tx, SQL_DIRECTORY_LEAVE, t->el.id, directory_aid(t), BYTES_OF(aid, aid_len));
    }
    TRY(json_member_hex(t->body, "entry", room, sizeof room, &n));
    TRY(judge_entry(t, tx, BYTES_OF(room, n), BYTES_OF(aid, aid_len)));
    return db_exec(tx, SQL_DIRECTORY_ADD, t->el.id, directory_aid(t), BYTES_OF(aid, aid_len), t->domain.id,
                   BYTES_OF(room, n));
}

/* The entries of all, as one grouping; empty where nobody is listed any more. */
static enum tsm_err load_entries(struct turn *t, struct tx *tx)
{
    uint8_t room[PPSE_ENTRIES_MAX][ENTRY_MAX];
    struct ppse_entry list[PPSE_ENTRIES_MAX];
    struct writer w = WRITER(t->directory);
    size_t n = 0, len, one;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_DIRECTORY_LIST, t->el.id, directory_aid(t));
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        NEED(n < PPSE_ENTRIES_MAX, TOO_LONG);
        TRY(bytes_keep(db_blob(&r, 1), room[n], ENTRY_MAX, &len));
        TRY(ppse_read(BYTES_OF(room[n], len), &list[n], 1, &one));
        n++;
    }
    if (e != TSM_NOT_FOUND)
        return e;
    if (n)
        TRY(ppse_write(list, n, &w));
    t->facts.ppse = written(&w);
    return TSM_OK;
}

/* Where its load file is, and whether anything else was made from it. */
static enum tsm_err load_code(struct turn *t, struct tx *tx, int64_t executable)
{
    struct plan_facts *f = &t->facts;
    size_t n;
    ROWS r = {0};
    ROWS users = {0};
    enum tsm_err e = db_first(tx, &r, SQL_EXECUTABLE_BY_ID, executable);
    f->package_not_ours = true;
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    TRY(bytes_keep(db_blob(&r, 0), t->code_aid, sizeof t->code_aid, &n));
    f->package_aid = BYTES_OF(t->code_aid, n);
    f->package_not_ours = db_int(&r, 1) != t->el.id;
    e = db_first(tx, &users, SQL_EXECUTABLE_USERS, executable, directory_aid(t));
    f->package_used = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* The load file that a new environment is made from: of the call. */
static enum tsm_err load_new_code(struct turn *t, struct tx *tx)
{
    size_t n;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_EXECUTABLE_WITH_DOMAIN, t->el.id, t->facts.package_aid);
    if (e == TSM_NOT_FOUND)
        return FAIL(CONFLICT, "the load file of the payment system environment is not on the secure element");
    TRY(e);
    t->executable = db_int(&r, 0);
    t->code_domain = db_int(&r, 1);
    t->facts.package_there = true;
    if (t->code_domain == t->el.id) {
        t->facts.package_domain = t->facts.domain_aid;
        return TSM_OK;
    }
    TRY(bytes_keep(db_blob(&r, 4), t->package_domain, sizeof t->package_domain, &n));
    t->facts.package_domain = BYTES_OF(t->package_domain, n);
    return TSM_OK;
}

enum tsm_err directory_load(struct turn *t, struct tx *tx)
{
    struct plan_application *a = &t->facts.applications[DIRECTORY];
    int64_t executable;
    TRY(domain_known(tx, &t->el, &t->domain));
    t->facts.domain_aid = BYTES_OF(t->el.profile.isd_aid, t->el.profile.isd_aid_len);
    TRY(load_entries(t, tx));
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_APPLICATION_STANDING, t->el.id, directory_aid(t));
        if (e == TSM_NOT_FOUND)
            return t->facts.ppse.len ? load_new_code(t, tx) : TSM_OK;
        TRY(e);
        a->there = db_int(&r, 0) == t->el.id && db_int(&r, 1) == APPLICATION_INSTALLED;
        t->begun = !a->there;
        executable = db_int(&r, 2);
    }
    if (t->facts.ppse.len)
        return a->there ? TSM_OK : load_new_code(t, tx);
    a->there = true; /* to be deleted, not to be made */
    return load_code(t, tx, executable);
}

enum tsm_err directory_made(struct turn *t, struct tx *tx, int arg, bool certain)
{
    (void)arg;
    TRY(db_exec(tx, SQL_APPLICATION_ADD, store_id(tx_store(tx)), t->el.id, t->code_domain, t->executable,
                directory_aid(t), (int64_t)(certain ? APPLICATION_INSTALLED : APPLICATION_PLANNED)));
    return TSM_OK;
}

enum tsm_err directory_moved(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return db_exec(tx, SQL_APPLICATION_SET_DOMAIN, t->el.id, directory_aid(t), t->el.id);
}

enum tsm_err directory_refused(struct turn *t, struct tx *tx, int arg)
{
    uint8_t aid[16];
    size_t n;
    (void)arg;
    TRY(json_member_hex(t->body, "application", aid, sizeof aid, &n));
    TRY(db_exec(tx, SQL_DIRECTORY_FORGET, t->el.id, directory_aid(t), BYTES_OF(aid, n)));
    return db_exec(tx, SQL_APPLICATION_FORGET, t->el.id, directory_aid(t));
}

enum tsm_err directory_written(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    TRY(db_exec(tx, SQL_DIRECTORY_WRITTEN, t->el.id, directory_aid(t)));
    return db_exec(tx, SQL_DIRECTORY_LEFT, t->el.id, directory_aid(t));
}

/* Its row stays until the work is done: by it the load file is known. */
enum tsm_err directory_deleted(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    TRY(db_exec(tx, SQL_DIRECTORY_LEFT, t->el.id, directory_aid(t)));
    return db_exec(tx, SQL_APPLICATION_SET_STATE, t->el.id, directory_aid(t), (int64_t)APPLICATION_PLANNED);
}

enum tsm_err directory_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    (void)job;
    (void)reply;
    return t->facts.ppse.len ? TSM_OK : db_exec(tx, SQL_APPLICATION_DELETE, t->el.id, directory_aid(t));
}
