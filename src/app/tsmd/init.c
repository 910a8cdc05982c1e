/* SPDX-License-Identifier: Apache-2.0 */
/* First steps of a node: a token per party, its keys, the database, and the fixture's rows; harmless when
 * repeated. App. */
#include "app/tsmd/init.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cap_file.h"
#include "app/tsmd/parties.h"
#include "base/hex.h"
#include "base/json.h"
#include "engine/access.h"
#include "order/profile.h"
#include "vault/keys/master.h"
#include "vault/token/token.h"

enum { TOKEN_BYTES = 32, FIXTURE_MAX = 1 << 20 };

struct init {
    const struct config *c;
    const struct init_options *o;
    struct store *store;
    struct parties parties;
    json_t *fixture;
    char dir[512];
};

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

static enum tsm_err load_fixture(struct init *in)
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

/* --- parties and tokens --- */

static enum tsm_err add_parties(struct tx *tx, void *arg)
{
    struct init *in = arg;
    json_t *p;
    size_t i;
    json_array_foreach(json_object_get(in->fixture, "parties"), i, p)
    {
        int64_t owner = json_is_true(json_object_get(p, "owner")),
                provider = json_is_true(json_object_get(p, "provider"));
        enum tsm_err e =
            db_exec_one(tx, SQL_PARTY_SET, json_member(p, "name"), json_member(p, "callback_url"),
                        json_member(p, "partner_url"), owner, provider);
        if (e == TSM_NOT_FOUND)
            e = db_exec(tx, SQL_PARTY_ADD, store_id(tx_store(tx)), json_member(p, "name"), owner, provider,
                        json_member(p, "callback_url"), json_member(p, "partner_url"), tx_now(tx));
        TRY(e);
    }
    return TSM_OK;
}

static enum tsm_err make_token(const struct config *c, const char *party)
{
    char uri[900];
    struct token_where where;
    SECRET so = {.len = 0};
    SECRET pin = {.len = 0};
    enum tsm_err e;
    party_uri(c, party, uri, sizeof uri);
    TRY(token_where_read(uri, &where));
    TRY(party_pin(c, party, &pin));
    TRY(vault_random(so.at,
                     16)); /* nobody keeps the security officer's PIN: a lost user PIN means a new token */
    for (so.len = 0; so.len < 16; so.len++)
        so.at[so.len] = (uint8_t)('a' + so.at[so.len] % 26);
    e = vault_init_token(&where, &so, &pin);
    if (e != TSM_OK && e != TSM_CONFLICT)
        return e;
    TRY(party_pin(c, party, &pin));
    return vault_prepare(&(struct vault_settings){.uri = uri, .laboratory = !strcmp(c->laboratory, "yes")},
                         &pin);
}

static enum tsm_err make_tokens(struct init *in)
{
    json_t *p;
    size_t i;
    json_array_foreach(json_object_get(in->fixture, "parties"), i, p) if (!json_member(p, "partner_url")[0])
        TRY(make_token(in->c, json_member(p, "name")));
    return TSM_OK;
}

static enum tsm_err party_of(const struct init *in, const char *name, size_t *at)
{
    for (*at = 0; *at < in->parties.n; ++*at)
        if (!strcmp(in->parties.at[*at].name, name))
            return TSM_OK;
    return FAIL(NOT_FOUND, "the fixture names party %.60s, whose token is not here", name);
}

/* Laboratory masters in clear; a production token refuses them. */
static enum tsm_err add_masters(struct init *in)
{
    json_t *m;
    size_t i, at, n;
    json_array_foreach(json_object_get(in->fixture, "masters"), i, m)
    {
        uint8_t value[32];
        enum vault_master kind = !strcmp(json_member(m, "kind"), "cvk")   ? MASTER_CVK
                                 : !strcmp(json_member(m, "kind"), "aes") ? MASTER_AES
                                                                          : MASTER_TDES;
        enum tsm_err e;
        TRY(party_of(in, json_member(m, "party"), &at));
        TRY(hex_read(json_member(m, "value"), value, sizeof value, &n));
        e = vault_import_master(in->parties.at[at].vault, json_member(m, "name"), kind, BYTES_OF(value, n));
        explicit_bzero(value, sizeof value);
        if (e != TSM_OK && e != TSM_UNIQUE)
            return e;
    }
    return TSM_OK;
}

/* --- profiles and services --- */

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

struct load_file {
    struct init *in;
    int64_t party;
    uint8_t package[16], hash[32];
    size_t package_len;
    uint8_t *content;
    size_t content_len;
};

static enum tsm_err add_load_file(struct tx *tx, void *arg)
{
    struct load_file *l = arg;
    {
        ROWS r = {0};
        enum tsm_err e =
            db_first(tx, &r, SQL_LOAD_FILE_BY_AID, l->party, BYTES_OF(l->package, l->package_len));
        if (e != TSM_NOT_FOUND)
            return e;
    }
    return db_exec(tx, SQL_LOAD_FILE_ADD, store_id(tx_store(tx)), l->party,
                   BYTES_OF(l->package, l->package_len), BYTES(l->hash), BYTES_OF(l->content, l->content_len),
                   "{}");
}

static enum tsm_err add_load_files(struct init *in)
{
    json_t *f;
    size_t i, at;
    json_array_foreach(json_object_get(in->fixture, "load_files"), i, f)
    {
        struct load_file l = {.in = in};
        char path[1100];
        enum tsm_err e;
        TRY(party_of(in, json_member(f, "party"), &at));
        l.party = in->parties.at[at].id;
        snprintf(path, sizeof path, "%s/%s", in->o->cap_dir ? in->o->cap_dir : in->dir,
                 json_member(f, "cap"));
        TRY(cap_file_block(path, l.package, &l.package_len, &l.content, &l.content_len, l.hash));
        e = store_write(in->store, add_load_file, &l);
        free(l.content);
        TRY(e);
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
        TRY(party_of(in, json_member(f, "party"), &at));
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
        TRY(party_of(in, json_member(s, "party"), &at));
        TRY(add_service(tx, in->parties.at[at].id, s));
    }
    return TSM_OK;
}

static enum tsm_err apply(struct init *in)
{
    TRY(load_fixture(in));
    TRY(store_write(in->store, add_parties, in));
    TRY(make_tokens(in));
    TRY(parties_open(&in->parties, in->store, in->c));
    TRY(add_masters(in));
    TRY(store_write(in->store, add_profiles, in));
    TRY(add_load_files(in));
    TRY(add_scripts(in));
    return store_write(in->store, add_services, in);
}

static enum tsm_err open_store(const struct config *c, struct store **out)
{
    struct store_config sc = {
        .url = c->store, .clock = &clock_real, .node = (unsigned)strtoul(c->node, NULL, 10)};
    return store_open(&sc, out);
}

enum tsm_err tsmd_init(const struct config *c, const struct init_options *o)
{
    struct init in = {.c = c, .o = o};
    enum tsm_err e = open_store(c, &in.store);
    if (e == TSM_OK && o->fixture)
        e = apply(&in);
    parties_close(&in.parties);
    store_close(in.store);
    json_decref(in.fixture);
    return e;
}

struct grant {
    const struct token_options *o;
    char token[48];
};

static enum tsm_err grant_unit(struct tx *tx, void *arg)
{
    struct grant *g = arg;
    int64_t party;
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_PARTY_BY_NAME, g->o->party);
        if (e == TSM_NOT_FOUND)
            return FAIL(NOT_FOUND, "there is no party %.60s", g->o->party);
        TRY(e);
        party = db_int(&r, 0);
    }
    TRY(access_grant(tx, g->token, party,
                     !strcmp(g->o->role, "operator") ? ACCESS_OPERATOR : ACCESS_PROVIDER));
    return audit_add(tx, &(struct audit_leaf){party, BYTES_NONE, "access.granted", "{}"});
}

enum tsm_err tsmd_token(const struct config *c, const struct token_options *o)
{
    struct grant g = {.o = o};
    uint8_t random[TOKEN_BYTES];
    struct store *s;
    enum tsm_err e;
    TRY(vault_random(random, sizeof random));
    b64url_text(BYTES(random), g.token);
    TRY(open_store(c, &s));
    e = store_write(s, grant_unit, &g);
    store_close(s);
    TRY(e);
    puts(g.token);
    explicit_bzero(&g, sizeof g);
    return TSM_OK;
}
