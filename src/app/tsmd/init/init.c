/* SPDX-License-Identifier: Apache-2.0 */
/* First steps of a node: a token per party, its keys, the database, and the fixture's rows; harmless when
 * repeated. App. */
#include "app/tsmd/init/init.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/tsmd/init/fixture.h"
#include "base/hex.h"
#include "base/json.h"
#include "vault/keys/master.h"
#include "vault/token/token.h"

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

/* Laboratory masters in clear; a production token refuses them. */
static enum tsm_err add_masters(struct init *in)
{
    json_t *m;
    size_t i, at, n;
    json_array_foreach(json_object_get(in->fixture, "masters"), i, m)
    {
        uint8_t value[32];
        enum vault_master kind = !strcmp(json_member(m, "kind"), "cvk")    ? MASTER_CVK
                                 : !strcmp(json_member(m, "kind"), "aes")  ? MASTER_AES
                                 : !strcmp(json_member(m, "kind"), "kbpk") ? MASTER_KBPK
                                                                           : MASTER_TDES;
        enum tsm_err e;
        TRY(fixture_party(in, json_member(m, "party"), &at));
        TRY(hex_read(json_member(m, "value"), value, sizeof value, &n));
        e = vault_import_master(in->parties.at[at].vault, json_member(m, "name"), kind, BYTES_OF(value, n));
        explicit_bzero(value, sizeof value);
        if (e != TSM_OK && e != TSM_UNIQUE)
            return e;
    }
    return TSM_OK;
}

static enum tsm_err apply(struct init *in)
{
    TRY(fixture_load(in));
    TRY(store_write(in->store, add_parties, in));
    TRY(make_tokens(in));
    TRY(parties_open(&in->parties, in->store, in->c));
    TRY(add_masters(in));
    return fixture_add(in);
}

enum tsm_err init_open_store(const struct config *c, struct store **out)
{
    struct store_config sc = {
        .url = c->store, .clock = &clock_real, .node = (unsigned)strtoul(c->node, NULL, 10)};
    return store_open(&sc, out);
}

enum tsm_err tsmd_init(const struct config *c, const struct init_options *o)
{
    struct init in = {.c = c, .o = o};
    enum tsm_err e = init_open_store(c, &in.store);
    if (e == TSM_OK && o->fixture)
        e = apply(&in);
    parties_close(&in.parties);
    store_close(in.store);
    json_decref(in.fixture);
    return e;
}
