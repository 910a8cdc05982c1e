/* SPDX-License-Identifier: Apache-2.0 */
/* The admission gate before a flavor is released: its load files are judged for every profile that it shall
 * go to, outside the transaction, since bytecode takes its time. Stations 2 to 4. Role. [capability S18;
 * TR-03165 4.1.4.3, 4.1.6.4.15] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/content/load_file.h"
#include "role/sp/content/part.h"
#include "role/sp/sptsm/call.h"

/* A flavor and a profile that it is to be judged for; 0: for its load files alone. */
struct pair {
    int64_t flavor, profile;
};
/* What is judged at a time: load files of a flavor, for as many of its profiles as an offer holds. */
struct batch {
    int64_t flavor;
    struct writer file[FLAVOR_FILES_MAX]; /* owned */
    struct cap_package package[FLAVOR_FILES_MAX];
    uint8_t aid[FLAVOR_FILES_MAX][16];
    size_t files, profiles_n;
    char profiles[PROFILES_TEXT_MAX];
};
struct gate {
    struct tr_call *c;
    size_t n, room, at; /* at: the first pair that is not judged */
    struct pair *pair;  /* owned; those of a flavor side by side once they are sorted */
    struct batch batch;
};

/* Who imports another file of the flavor finds it loaded. */
static enum tsm_err read_package(struct batch *f, size_t i, const json_t *elf)
{
    unsigned major = 0, minor = 0;
    size_t n;
    TRY(json_member_hex(elf, "aid", f->aid[i], sizeof f->aid[i], &n));
    if (sscanf(json_member(elf, "packageVersion"), "%3u.%3u", &major, &minor) != 2)
        return FAIL_FIELD(BAD_FORM, "packageVersion", "the package has no version");
    f->package[i] = (struct cap_package){BYTES_OF(f->aid[i], n), (uint8_t)major, (uint8_t)minor};
    return TSM_OK;
}

static enum tsm_err read_load_files(struct tx *tx, struct batch *f)
{
    ITEMS elfs = {NULL, 0};
    TRY(items_of_two(tx, SQL_TR_TARGET_IDS, f->flavor, TR_ELF, &elfs));
    NEED(elfs.n <= FLAVOR_FILES_MAX, TOO_LONG); /* counted before: need_room */
    for (size_t i = 0; i < elfs.n; i++) {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_TR_FILE_GET, elfs.at[i].id));
        f->file[i] = (struct writer){malloc(db_blob(&r, 1).len + 1), 0, db_blob(&r, 1).len};
        NEED(f->file[i].at != NULL, NO_MEMORY);
        f->files = i + 1;
        TRY(read_package(f, i, elfs.at[i].body));
        TRY(write_span(&f->file[i], db_blob(&r, 1)));
    }
    return TSM_OK;
}

static void drop_load_files(struct batch *b)
{
    for (size_t i = 0; i < b->files; i++)
        free(b->file[i].at);
    b->files = 0;
}

/* Not taken: it must wait for another batch. */
static enum tsm_err take_profile(struct tx *tx, struct batch *b, int64_t profile, bool *taken)
{
    const size_t len = strlen(b->profiles), room = sizeof b->profiles - len;
    ROWS r = {0};
    *taken = !profile;
    if (!profile || b->profiles_n == LOAD_FILE_PROFILES_MAX)
        return TSM_OK;
    TRY(db_first(tx, &r, SQL_TR_PROFILE_NAME, profile));
    *taken = (size_t)snprintf(b->profiles + len, room, "%s%s", len ? "," : "", db_text(&r, 0)) < room;
    if (!*taken)
        b->profiles[len] = 0;
    b->profiles_n += *taken;
    return *taken || len ? TSM_OK : FAIL(TOO_LONG, "the name of a profile is too long");
}

static enum tsm_err next_batch(struct tx *tx, void *arg)
{
    struct gate *g = arg;
    struct batch *b = &g->batch;
    bool taken = true;
    if (b->flavor != g->pair[g->at].flavor) {
        drop_load_files(b);
        b->flavor = g->pair[g->at].flavor;
        TRY(read_load_files(tx, b));
    }
    b->profiles[0] = 0;
    b->profiles_n = 0;
    while (taken && g->at < g->n && g->pair[g->at].flavor == b->flavor) {
        TRY(take_profile(tx, b, g->pair[g->at].profile, &taken));
        g->at += taken;
    }
    return TSM_OK;
}

static enum tsm_err add(struct gate *g, int64_t flavor, int64_t profile)
{
    if (g->n == g->room) {
        size_t room = 2 * g->room + 16;
        struct pair *more = reallocarray(g->pair, room, sizeof *more);
        NEED(more != NULL, NO_MEMORY);
        g->pair = more;
        g->room = room;
    }
    g->pair[g->n++] = (struct pair){flavor, profile};
    return TSM_OK;
}

/* What does not exist is refused later, by its category; what is not published is judged when it is. */
static enum tsm_err add_pair(struct tx *tx, struct gate *g, const char *flavor, const char *profile)
{
    struct tr_wanted f = {g->c->party, g->c->row[0].id, TR_FLAVOR, flavor};
    struct tr_wanted p = {g->c->party, 0, TR_PROFILE, profile};
    struct tr_row one, two;
    enum tsm_err e = row_find(tx, &f, &one, NULL);
    if (e == TSM_OK)
        e = row_find(tx, &p, &two, NULL);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && !one.published))
        return TSM_OK;
    TRY(e);
    return add(g, one.id, two.id);
}

static enum tsm_err add_map(struct tx *tx, struct gate *g, const json_t *map)
{
    const char *flavor;
    json_t *profiles;
    const json_t *profile;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)map, flavor, profiles)
    {
        if (json_is_string(profiles)) /* {profile: flavor} */
            TRY(add_pair(tx, g, json_string_value(profiles), flavor));
        json_array_foreach(profiles, i, profile)
        {
            if (json_is_string(profile))
                TRY(add_pair(tx, g, flavor, json_string_value(profile)));
        }
    }
    return TSM_OK;
}

/* Orders have a row for each application and a part for each load file. */
static enum tsm_err need_room(struct tx *tx, struct gate *g, const struct tr_row *flavor)
{
    JSON *body = NULL;
    struct tr_row same;
    char text[120];
    TRY(row_load(tx, flavor->id, &same, &body));
    if (json_array_size(json_object_get(body, "executableLoadFileIds")) <= FLAVOR_FILES_MAX &&
        json_array_size(json_object_get(body, "applicationInstantiationConfigs")) <= PLAN_APPLICATIONS_MAX)
        return TSM_OK;
    snprintf(text, sizeof text, "a flavor has at most %d load files and %d applications to be deployed",
             FLAVOR_FILES_MAX, PLAN_APPLICATIONS_MAX);
    return call_refuse(g->c, TR_INVALID_REQUEST, text);
}

static enum tsm_err add_published(struct tx *tx, struct gate *g)
{
    ITEMS profiles = {NULL, 0};
    const struct tr_row *flavor = call_row(g->c);
    if (flavor->published)
        return TSM_OK;
    TRY(need_room(tx, g, flavor));
    TRY(items_of_one(tx, SQL_TR_PAIR_PROFILES, flavor->id, &profiles));
    for (size_t i = 0; i < profiles.n; i++)
        TRY(add(g, flavor->id, profiles.at[i].id));
    return profiles.n ? TSM_OK : add(g, flavor->id, 0);
}

static enum tsm_err gather(struct tx *tx, void *arg)
{
    struct gate *g = arg;
    TRY(find_path(tx, g->c));
    if (g->c->op->act == ACT_PUBLISH)
        return add_published(tx, g);
    return add_map(
        tx, g, g->c->op->act == ACT_LINK ? g->c->given : json_object_get(g->c->given, "allowedDeployments"));
}

static enum tsm_err refused(struct tr_call *c, const struct load_file_result *r)
{
    const struct cap_finding *f = admission_reason(&r->judged->report);
    char reason[200];
    snprintf(reason, sizeof reason, "load file %s is refused%s%s by rule %s: %s", r->package,
             r->profile[0] ? " for " : "", r->profile, f ? cap_rule_id(f->rule) : "",
             f ? cap_rule_holds(f->rule) : "");
    return call_refuse(c, TR_INVALID_REQUEST, reason);
}

static enum tsm_err judge_one(struct tr_call *c, const struct batch *f, size_t file)
{
    struct load_file_offer offer = {.store = c->sp->c.store,
                                    .party = c->party,
                                    .file = written(&f->file[file]),
                                    .profiles = f->profiles,
                                    .beside = f->package,
                                    .n_beside = f->files};
    struct load_file_result r;
    enum tsm_err e = load_file_take(&offer, &r);
    if (e == TSM_OK && !r.admitted)
        e = refused(c, &r);
    load_file_result_drop(&r);
    return e;
}

static bool is_about_release(const struct tr_operation *op)
{
    bool deploys = op->act == ACT_CREATE || op->act == ACT_MODIFY ? op->kind == TR_VERSION
                   : op->act == ACT_LINK                          ? op->kind != TR_ELF
                                                                  : false;
    return op->act == ACT_PUBLISH || deploys;
}

static int by_flavor(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->flavor != y->flavor)
        return x->flavor < y->flavor ? -1 : 1;
    return (x->profile > y->profile) - (x->profile < y->profile);
}

static enum tsm_err judge_all(struct gate *g)
{
    TRY(store_read(g->c->sp->c.store, gather, g));
    if (g->n)
        qsort(g->pair, g->n, sizeof *g->pair, by_flavor);
    while (g->at < g->n) {
        TRY(store_read(g->c->sp->c.store, next_batch, g));
        for (size_t i = 0; i < g->batch.files; i++)
            TRY(judge_one(g->c, &g->batch, i));
    }
    return TSM_OK;
}

enum tsm_err gate_judge(struct tr_call *c)
{
    struct gate *g;
    enum tsm_err e;
    if (!is_about_release(c->op))
        return TSM_OK;
    g = calloc(1, sizeof *g);
    NEED(g != NULL, NO_MEMORY);
    g->c = c;
    e = judge_all(g);
    drop_load_files(&g->batch);
    free(g->pair);
    free(g);
    return e;
}
