/* SPDX-License-Identifier: Apache-2.0 */
/* A flavor's content in parts. Station 6. Role. [TR-03165 4.1.4.4, 4.1.4.7] */
#include "role/sp/content/part.h"

#include <string.h>

#include "base/json.h"
#include "role/sp/content/words.h"
#include "role/sp/life/compare.h"

static size_t files_of(const json_t *flavor)
{
    size_t n = json_array_size(json_object_get(flavor, "load_files"));
    return n ? n : json_member(flavor, "load_file")[0] != 0;
}

static bool is_shared(const json_t *application)
{
    return json_is_true(json_object_get(application, "shared"));
}

static size_t file_of(const json_t *application)
{
    return (size_t)json_integer_value(json_object_get(application, "file"));
}

static struct part *add_part(struct parts *p, size_t file)
{
    p->at[p->n] = (struct part){.file = file};
    return &p->at[p->n++];
}

/* The file's part at the end, with the files in front of it that are not loaded yet. */
static struct part *part_for(struct parts *p, size_t file, size_t *loaded)
{
    if (p->n && p->at[p->n - 1].file == file)
        return &p->at[p->n - 1];
    while (*loaded < file)
        add_part(p, (*loaded)++);
    add_part(p, file)->again = file < *loaded;
    *loaded += !p->at[p->n - 1].again;
    return &p->at[p->n - 1];
}

static enum tsm_err arrange(const json_t *flavor, size_t files, struct parts *p)
{
    const json_t *list = json_object_get(flavor, "applications"), *app;
    size_t i, loaded = 0;
    json_array_foreach(list, i, app)
    {
        struct part *part;
        if (is_shared(app))
            continue;
        if (file_of(app) >= files)
            return FAIL_FIELD(BAD_VALUE, "file", "the flavor has an application without its load file");
        part = part_for(p, file_of(app), &loaded);
        part->application[part->n++] = app;
    }
    while (loaded < files)
        add_part(p, loaded++);
    return TSM_OK;
}

static enum tsm_err arrange_removal(const json_t *flavor, size_t files, struct parts *p)
{
    const json_t *list = json_object_get(flavor, "applications");
    for (size_t file = files; file-- > 0;) {
        struct part *part = add_part(p, file);
        for (size_t i = json_array_size(list); i-- > 0;) {
            const json_t *app = json_array_get(list, i);
            if (!is_shared(app) && file_of(app) == file)
                part->application[part->n++] = app;
        }
    }
    return TSM_OK;
}

enum tsm_err parts_of(const json_t *flavor, bool removal, struct parts *out)
{
    size_t files = files_of(flavor), apps = json_array_size(json_object_get(flavor, "applications"));
    if (files > FLAVOR_FILES_MAX || apps > PLAN_APPLICATIONS_MAX)
        return FAIL_FIELD(TOO_LONG, files > FLAVOR_FILES_MAX ? "load_files" : "applications",
                          "a flavor has at most %d load files and %d applications", FLAVOR_FILES_MAX,
                          PLAN_APPLICATIONS_MAX);
    *out = (struct parts){.n = 0};
    return removal ? arrange_removal(flavor, files, out) : arrange(flavor, files, out);
}

/* Without the load files that an update leaves as they are [4.2.5.4]. */
static enum tsm_err parts_left(const struct turn *t, bool removal, struct parts *out)
{
    const json_t *kept = json_object_get(t->progress, WORD_KEPT);
    size_t n = 0;
    TRY(parts_of(t->flavor, removal, out));
    for (size_t i = 0; i < out->n; i++)
        if (!flavor_keeps(kept, t->flavor, out->at[i].file))
            out->at[n++] = out->at[i];
    out->n = n;
    return TSM_OK;
}

static size_t index_of(const struct turn *t)
{
    return (size_t)json_integer_value(json_object_get(t->progress, WORD_PART));
}

enum tsm_err part_now(const struct turn *t, struct part *out, bool *last)
{
    struct parts p;
    size_t i = index_of(t);
    TRY(parts_left(t, turn_removes(t), &p));
    if (i >= p.n)
        return FAIL_FIELD(NOT_FOUND, "load_file", "the flavor has no load file");
    *out = p.at[i];
    *last = i + 1 == p.n;
    return TSM_OK;
}

/* What is kept for one part alone. */
static const char *const of_one_part[] = {"dap", "owners_dap", "tokens", "token_steps"};

bool part_next(struct turn *t, bool removal)
{
    struct parts p;
    size_t i = index_of(t) + 1;
    bool more = t->flavor && parts_left(t, removal, &p) == TSM_OK && i < p.n;
    for (size_t k = 0; k < sizeof of_one_part / sizeof of_one_part[0] && (more || i > 1); k++)
        json_object_del(t->progress, of_one_part[k]);
    if (more)
        json_object_set_new(t->progress, WORD_PART, json_integer((json_int_t)i));
    else
        json_object_del(t->progress, WORD_PART);
    return more;
}

struct wanted {
    struct turn *t;
    const json_t *named; /* load_file and load_file_hash */
    struct part_file *out;
};

/* A revision, where the flavor names one; else the newest. The descriptor is what no card gets, but the owner
 * judges the file by it. */
static enum tsm_err load_rows(struct tx *tx, void *arg)
{
    struct wanted *w = arg;
    struct turn *t = w->t;
    struct arena *arena = &t->job->arena;
    uint8_t aid[16], revision[SHA256_LEN];
    size_t n, revision_len = 0;
    enum tsm_err e;
    {
        ROWS r = {0};
        TRY(json_member_hex(w->named, "load_file", aid, sizeof aid, &n));
        if (json_object_get(w->named, "load_file_hash"))
            TRY(json_member_hex(w->named, "load_file_hash", revision, sizeof revision, &revision_len));
        e = revision_len ? db_first(tx, &r, SQL_TR_LOAD_FILE_BY_HASH, t->job->party, BYTES(revision))
                         : db_first(tx, &r, SQL_LOAD_FILE_BY_AID, t->job->party, BYTES_OF(aid, n));
        if (e == TSM_NOT_FOUND)
            return FAIL(NOT_FOUND, "the provider has no load file %s", json_member(w->named, "load_file"));
        TRY(e);
        *w->out = (struct part_file){.aid = arena_copy(arena, BYTES_OF(aid, n)),
                                     .hash = arena_copy(arena, db_blob(&r, 1)),
                                     .content = arena_copy(arena, db_blob(&r, 2))};
    }
    NEED(w->out->aid.at && w->out->hash.at && w->out->content.at, NO_MEMORY);
    ROWS r = {0};
    e = db_first(tx, &r, SQL_REVISION_BY_HASH, t->job->party, w->out->hash);
    if (e == TSM_OK)
        w->out->descriptor = arena_copy(arena, db_blob(&r, 4));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err part_file_load(struct turn *t, const struct part *part, struct part_file *out)
{
    const json_t *several = json_object_get(t->flavor, "load_files");
    struct wanted w = {t, json_array_size(several) ? json_array_get(several, part->file) : t->flavor, out};
    return store_read(t->sp->c.store, load_rows, &w);
}

static const char *const call_words[] = {"module", "instance", "privileges", "parameters", "unselectable"};

json_t *application_call(const json_t *application)
{
    json_t *o = json_object();
    for (size_t i = 0; o && i < sizeof call_words / sizeof call_words[0]; i++)
        json_object_set(o, call_words[i], json_object_get(application, call_words[i]));
    return o;
}

enum tsm_err application_fact(struct turn *t, const json_t *application, struct plan_application *out)
{
    struct plan_application a = {.unselectable = json_is_true(json_object_get(application, "unselectable"))};
    const char *parameters = json_member(application, "parameters");
    size_t n;
    TRY(json_member_hex(application, "module", a.module, sizeof a.module, &a.module_len));
    TRY(json_member_hex(application, "instance", a.instance, sizeof a.instance, &a.instance_len));
    TRY(json_member_hex(application, "privileges", a.privileges, sizeof a.privileges, &n));
    if (*parameters) {
        uint8_t *room = arena_get(&t->job->arena, strlen(parameters) / 2 + 1);
        NEED(room != NULL, NO_MEMORY);
        TRY(json_member_hex(application, "parameters", room, strlen(parameters) / 2, &n));
        a.parameters = BYTES_OF(room, n);
    }
    a.directory = is_directory(application);
    a.becomes_selectable = json_is_true(json_object_get(application, WORD_BECOMES_SELECTABLE));
    a.attests = json_is_true(json_object_get(application, WORD_ATTESTATION));
    *out = a;
    return TSM_OK;
}
