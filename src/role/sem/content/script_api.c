/* SPDX-License-Identifier: Apache-2.0 */
/* Offline scripts that the owner's token signs: numbered per writer, written down before they are signed.
 * Stations 1, 5 and 12. Role. [GPCS Amendment I; capability S16] */
#include "role/sem/content/script.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/sign/sign.h"
#include "gp/sems/sems.h"
#include "gp/tlv.h"
#include "vault/operation/delegated.h"

enum { SCRIPTS_SHOWN = 100 };

/* One script on its way. */
struct making {
    int64_t owner, id, number;
    struct vault_party *vault;
    uint8_t room[SEMS_SCRIPT_MAX / 2], certificate[SEMS_CERTIFICATE_MAX], hash[HASH_LEN_MAX];
    size_t certificate_len;
    struct bytes command[SEMS_COMMANDS_MAX];
    size_t commands;
    struct sems_certificate says;
};

static enum tsm_err operator_of(struct sem *sem, struct http_request *q, int64_t *owner)
{
    const char *token;
    struct caller who;
    TRY(http_bearer(q, &token));
    TRY(access_of(sem->c.store, token, ACCESS_OPERATOR, &who));
    *owner = who.party;
    return TSM_OK;
}

/* The writer's key is made when it is asked for first. */
static enum tsm_err writer_point(struct vault_party *vault, struct writer *room, struct bytes *point)
{
    struct vault_public public;
    bool there;
    TRY(vault_has_key(vault, SCRIPT_KEY, &there));
    if (!there) {
        enum tsm_err e = vault_make_signing(vault, SCRIPT_KEY, SIGNING_P256);
        if (e != TSM_UNIQUE)
            TRY(e);
    }
    TRY(vault_signing_public(vault, SCRIPT_KEY, room, &public));
    *point = public.point;
    return TSM_OK;
}

enum tsm_err sem_get_script_key(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct vault_party *vault;
    uint8_t room[VAULT_PUBLIC_MAX];
    struct writer w = WRITER(room);
    char text[2 * SEMS_POINT + 1];
    struct bytes point;
    int64_t owner;
    TRY(operator_of(sem, q, &owner));
    TRY(sem->c.vault_of(sem->c.self, owner, &vault));
    TRY(writer_point(vault, &w, &point));
    NEED(point.len == SEMS_POINT, BAD_LENGTH);
    return http_reply_json(reply, 200, json_pack("{ss}", "point", hex_text(point, text)));
}

static enum tsm_err read_commands(const json_t *list, struct making *m)
{
    struct writer w = WRITER(m->room);
    const json_t *item;
    size_t i;
    if (json_array_size(list) == 0 || json_array_size(list) > SEMS_COMMANDS_MAX)
        return FAIL_FIELD(BAD_VALUE, "commands", "commands are 1 to %d plain commands in hexadecimal",
                          SEMS_COMMANDS_MAX);
    json_array_foreach(list, i, item)
    {
        uint8_t one[SEMS_COMMAND_MAX];
        size_t n, from = w.len;
        if (!json_is_string(item) || hex_read(json_string_value(item), one, sizeof one, &n) != TSM_OK)
            return FAIL_FIELD(BAD_VALUE, "commands", "command %zu is no hexadecimal text of up to %d octets",
                              i + 1, SEMS_COMMAND_MAX);
        TRY(write_span(&w, BYTES_OF(one, n)));
        m->command[i] = written_since(&w, from);
    }
    m->commands = json_array_size(list);
    return TSM_OK;
}

/* The certificate is of the key that will sign: another would make a script that no card takes. */
static enum tsm_err read_certificate(const json_t *body, struct making *m)
{
    uint8_t room[VAULT_PUBLIC_MAX];
    struct writer w = WRITER(room);
    struct bytes point;
    TRY(json_member_hex(body, "certificate", m->certificate, sizeof m->certificate, &m->certificate_len));
    if (sems_certificate_read(BYTES_OF(m->certificate, m->certificate_len), &m->says) != TSM_OK)
        return FAIL_FIELD(BAD_VALUE, "certificate", "the certificate is no 7F21 with key, holder and domain");
    TRY(writer_point(m->vault, &w, &point));
    if (!bytes_equal(point, m->says.point))
        return FAIL_FIELD(CONFLICT, "certificate",
                          "the certificate is of another key than the owner's: see GET /api/v1/script-key");
    return TSM_OK;
}

static enum tsm_err number_script(struct tx *tx, void *arg)
{
    struct making *m = arg;
    char holder[2 * SEMS_HOLDER_MAX + 1], hash[2 * SEMS_DIGEST + 1], detail[240];
    struct bytes digest = BYTES_OF(m->hash, SEMS_DIGEST);
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_SCRIPT_LAST, m->owner, m->says.holder));
        m->number = db_int(&r, 0) + 1;
    }
    NEED(m->number <= UINT32_MAX, COUNTER_DEAD);
    m->id = store_id(tx_store(tx));
    TRY(db_exec(tx, SQL_SCRIPT_ADD, m->id, m->owner, m->says.holder, m->number, (int64_t)m->commands, digest,
                tx_now(tx)));
    snprintf(detail, sizeof detail,
             "{\"holder\":\"%s\",\"number\":\"%lld\",\"commands\":\"%zu\",\"hash\":\"%s\"}",
             hex_text(m->says.holder, holder), (long long)m->number, m->commands, hex_text(digest, hash));
    return audit_add(tx, &(struct audit_leaf){m->owner, BYTES_NONE, "script.signed", detail});
}

static enum tsm_err sign(void *self, const uint8_t digest[SEMS_DIGEST], uint8_t signature[SEMS_SIGNATURE])
{
    return vault_sign(self, SCRIPT_KEY, digest, signature);
}

static enum tsm_err frames(struct bytes script, json_t *list)
{
    struct reader r = READER(script);
    char text[2 * SEMS_CERTIFICATE_MAX + 64];
    struct tlv frame;
    while (r.left.len) {
        TRY(tlv_next(&r, &frame));
        NEED(2 * frame.whole.len < sizeof text, TOO_LONG);
        json_array_append_new(list, json_string(hex_text(frame.whole, text)));
    }
    return TSM_OK;
}

static enum tsm_err make(struct sem *sem, struct making *m, struct http_reply *reply)
{
    struct sems_signer writer = {sign, m->vault};
    struct sems_script s = {.certificate = BYTES_OF(m->certificate, m->certificate_len),
                            .command = m->command,
                            .commands = m->commands};
    struct writer w = {malloc(SEMS_SCRIPT_MAX), 0, SEMS_SCRIPT_MAX};
    json_t *list = json_array();
    enum tsm_err e = w.at && list ? hash_parts(HASH_SHA256, m->command, m->commands, m->hash)
                                  : FAIL(NO_MEMORY, "no memory for a script");
    if (e == TSM_OK)
        e = store_write(sem->c.store, number_script, m);
    s.number = (uint32_t)m->number;
    if (e == TSM_OK)
        e = sems_write(&s, &writer, &w);
    if (e == TSM_OK)
        e = frames(written(&w), list);
    free(w.at);
    if (e != TSM_OK) {
        json_decref(list);
        return e;
    }
    return http_reply_json(reply, 201,
                           json_pack("{so sI so}", "id", json_sprintf("%lld", (long long)m->id), "number",
                                     (json_int_t)m->number, "script", list));
}

enum tsm_err sem_post_script(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct making *m = calloc(1, sizeof *m);
    json_t *body = NULL;
    enum tsm_err e = m ? operator_of(sem, q, &m->owner) : FAIL(NO_MEMORY, "no memory for a script");
    if (e == TSM_OK)
        e = sem->c.vault_of(sem->c.self, m->owner, &m->vault);
    if (e == TSM_OK)
        e = json_read(q->body, &body);
    if (e == TSM_OK)
        e = read_certificate(body, m);
    if (e == TSM_OK)
        e = read_commands(json_object_get(body, "commands"), m);
    json_decref(body);
    if (e == TSM_OK)
        e = make(sem, m, reply);
    free(m);
    return e;
}

struct listing {
    int64_t owner, before;
    json_t *list;
};

static enum tsm_err list_rows(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    char holder[2 * SEMS_HOLDER_MAX + 1], hash[2 * SEMS_DIGEST + 1];
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_SCRIPT_LIST, l->owner, l->before, (int64_t)SCRIPTS_SHOWN);
    l->list = json_array();
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(
            l->list,
            json_pack("{so ss sI sI ss}", "id", json_sprintf("%lld", (long long)db_int(&r, 0)), "holder",
                      hex_text(db_blob(&r, 1), holder), "number", (json_int_t)db_int(&r, 2), "commands",
                      (json_int_t)db_int(&r, 3), "hash", hex_text(db_blob(&r, 4), hash)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err sem_list_scripts(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct listing l = {.list = NULL};
    enum tsm_err e;
    TRY(operator_of(sem, q, &l.owner));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &l.before));
    e = store_read(sem->c.store, list_rows, &l);
    if (e != TSM_OK) {
        json_decref(l.list);
        return e;
    }
    return http_reply_json(reply, 200, json_pack("{so}", "scripts", l.list));
}
