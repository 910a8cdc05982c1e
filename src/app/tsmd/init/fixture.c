/* SPDX-License-Identifier: Apache-2.0 */
/* The fixture file and what it says of content: profiles, load files, personalisation scripts, services. App.
 */
#include "app/tsmd/init/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cap_file.h"
#include "base/hex.h"
#include "base/json.h"
#include "order/profile.h"
#include "role/sp/content/load_file.h"

enum { FIXTURE_MAX = 1 << 20 };

static enum tsm_err read_whole(const char *path, char **out, size_t *len)
{
    FILE *f = fopen(path, "re");
    char *text = malloc(FIXTURE_MAX + 1);
    size_t n = f && text ? fread(text, 1, FIXTURE_MAX, f) : 0;
    if (f)
        fclose(f);
    if (!f || !text) {
        free(text);
        return FAIL(IO, "cannot read %s", path);
    }
    text[n] = 0;
    *out = text;
    *len = n;
    return TSM_OK;
}

enum tsm_err fixture_load(struct init *in)
{
    const char *slash = strrchr(in->o->fixture, '/');
    char *text;
    size_t n;
    enum tsm_err e;
    snprintf(in->dir, sizeof in->dir, "%.*s", slash ? (int)(slash - in->o->fixture) : 1,
             slash ? in->o->fixture : ".");
    TRY(read_whole(in->o->fixture, &text, &n));
    e = json_read(BYTES_OF((uint8_t *)text, n), &in->fixture);
    free(text);
    return e;
}

enum tsm_err fixture_party(const struct init *in, const char *name, size_t *at)
{
    for (*at = 0; *at < in->parties.n; ++*at)
        if (!strcmp(in->parties.at[*at].name, name))
            return TSM_OK;
    return FAIL(NOT_FOUND, "the fixture names party %.60s, whose token is not here", name);
}

static enum tsm_err add_profiles(struct tx *tx, void *arg)
{
    struct init *in = arg;
    json_t *p;
    size_t i;
    json_array_foreach(json_object_get(in->fixture, "profiles"), i, p)
    {
        struct se_profile known;
        char *text;
        enum tsm_err e = profile_read(p, &known);
        if (e != TSM_OK)
            return e;
        text = json_text(p);
        NEED(text != NULL, NO_MEMORY);
        e = db_exec(tx, SQL_PROFILE_ADD, store_id(tx_store(tx)), known.name, text);
        free(text);
        TRY(e);
    }
    return TSM_OK;
}

/* The provider's gate stands before the fixture's load files, too. */
static enum tsm_err take_load_file(struct init *in, int64_t party, const char *path)
{
    struct load_file_offer offer = {.store = in->store, .party = party, .profiles = ""};
    struct load_file_result r;
    uint8_t *file;
    enum tsm_err e;
    TRY(cap_file_whole(path, &file, &offer.file.len));
    offer.file.at = file;
    e = load_file_take(&offer, &r);
    if (e == TSM_OK)
        e = admission_result(r.judged);
    load_file_result_drop(&r);
    free(file);
    return e;
}

static enum tsm_err add_load_files(struct init *in)
{
    json_t *f;
    size_t i, at;
    json_array_foreach(json_object_get(in->fixture, "load_files"), i, f)
    {
        char path[1100];
        TRY(fixture_party(in, json_member(f, "party"), &at));
        snprintf(path, sizeof path, "%s/%s", in->o->cap_dir ? in->o->cap_dir : in->dir,
                 json_member(f, "cap"));
        TRY(take_load_file(in, in->parties.at[at].id, path));
    }
    return TSM_OK;
}

struct script {
    int64_t party;
    const char *name;
    char *body;
};

static enum tsm_err add_script(struct tx *tx, void *arg)
{
    struct script *s = arg;
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_PERSO_SCRIPT_BY_NAME, s->party, s->name);
        if (e != TSM_NOT_FOUND)
            return e;
    }
    return db_exec(tx, SQL_PERSO_SCRIPT_ADD, store_id(tx_store(tx)), s->party, s->name, s->body);
}

static enum tsm_err add_scripts(struct init *in)
{
    json_t *f;
    size_t i, at, n;
    json_array_foreach(json_object_get(in->fixture, "perso_scripts"), i, f)
    {
        struct script s = {.name = json_member(f, "name")};
        char path[1100];
        enum tsm_err e;
        TRY(fixture_party(in, json_member(f, "party"), &at));
        s.party = in->parties.at[at].id;
        snprintf(path, sizeof path, "%s%s%s", json_member(f, "file")[0] == '/' ? "" : in->dir,
                 json_member(f, "file")[0] == '/' ? "" : "/", json_member(f, "file"));
        TRY(read_whole(path, &s.body, &n));
        e = store_write(in->store, add_script, &s);
        free(s.body);
        TRY(e);
    }
    return TSM_OK;
}

static enum tsm_err add_flavor(struct tx *tx, int64_t party, int64_t version, const json_t *f)
{
    char *text = json_text(f);
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_FLAVOR_ADD, store_id(tx_store(tx)), party, version, json_member(f, "name"), text);
    free(text);
    return e;
}

static enum tsm_err add_service(struct tx *tx, int64_t party, const json_t *s)
{
    int64_t service = store_id(tx_store(tx)), version = store_id(tx_store(tx));
    json_t *f;
    size_t i;
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_SERVICE_BY_NAME, party, json_member(s, "name"));
        if (e != TSM_NOT_FOUND)
            return e;
    }
    TRY(db_exec(tx, SQL_SERVICE_ADD, service, party, json_member(s, "name"), "{}"));
    TRY(db_exec(tx, SQL_VERSION_ADD, version, party, service, json_member(s, "version"), (int64_t)1, "{}"));
    json_array_foreach(json_object_get(s, "flavors"), i, f) TRY(add_flavor(tx, party, version, f));
    return TSM_OK;
}

static enum tsm_err add_services(struct tx *tx, void *arg)
{
    struct init *in = arg;
    json_t *s;
    size_t i, at;
    json_array_foreach(json_object_get(in->fixture, "services"), i, s)
    {
        TRY(fixture_party(in, json_member(s, "party"), &at));
        TRY(add_service(tx, in->parties.at[at].id, s));
    }
    return TSM_OK;
}

enum tsm_err fixture_add(struct init *in)
{
    TRY(store_write(in->store, add_profiles, in));
    TRY(add_scripts(in));
    TRY(store_write(in->store, add_services, in));
    return add_load_files(in); /* judged for the profiles of the flavors that name them */
}
