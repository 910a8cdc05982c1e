/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a new domain that come into being in the provider's vault and in the card, and nowhere between.
 * Stations 5 and 7. Role. [gp/casd/casd.h; capability S7] */
#include "role/sp/modes/confidential.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "gp/tlv.h"
#include "role/sp/modes/today.h"
#include "vault/operation/casd.h"

enum {
    GROUPINGS_MAX = 1024,
    CERTIFICATES_MAX = 2048,
    POINT_MAX = 133,
    KEY_LEN = 16,
    USAGE_SECURE_CHANNEL = 0x10, /* 95 of the control reference template */
};

static struct casd_terms terms_of(const struct turn *t)
{
    return (struct casd_terms){.scenario = t->hand_over == HAND_OVER_CASD_PULL ? CASD_PULL_AGREED : CASD_PUSH,
                               .usage = USAGE_SECURE_CHANNEL,
                               .key_len = KEY_LEN,
                               .kvn = (uint8_t)t->profile.own_kvn};
}

/* The authority is the provider's choice: one that the owner named could be the owner itself. */
static enum tsm_err trust_of(struct turn *t, uint8_t room[POINT_MAX], struct certificate_trust *out)
{
    size_t n;
    TRY(json_member_hex(t->flavor, "casd_ca", room, POINT_MAX, &n));
    *out = (struct certificate_trust){.ca = {EC_P256, BYTES_OF(room, n)}, .today = today_of(t->job->now)};
    return TSM_OK;
}

static enum tsm_err believed(enum tsm_err e)
{
    return e == TSM_MAC_WRONG
               ? FAIL(KEY_REFUSED,
                      "the card's certificate was not signed by the authority that the flavor names")
               : e;
}

/* The card's certificate for this use, out of the row that BF30 holds. */
static enum tsm_err certificate_of(struct turn *t, struct bytes row, uint8_t use, struct gp_certificate *out)
{
    uint8_t room[POINT_MAX];
    struct certificate_trust trust;
    struct bytes inside;
    struct reader r;
    TRY(trust_of(t, room, &trust));
    TRY(tlv_find(row, 0xBF30, &inside));
    r = READER(inside);
    while (r.left.len) {
        TRY(certificate_next(&r, out));
        if (out->uses & use)
            return believed(certificate_verify(out, &trust, use));
    }
    return FAIL(KEY_REFUSED, "the Controlling Authority's domain has no certificate for this use");
}

static void keep_hex(struct turn *t, const char *name, struct bytes value)
{
    char text[2 * GROUPINGS_MAX + 1];
    json_object_set_new(t->progress, name, json_string(hex_text(value, text)));
}

/* Agreed: our ephemeral key stays sealed until the card answers. */
static enum tsm_err begin_agreement(struct turn *t, const struct gp_certificate *c, struct writer *dgis)
{
    uint8_t room[SEALED_EPHEMERAL_MAX];
    struct writer blob = WRITER(room);
    struct casd_terms terms = terms_of(t);
    int64_t id = store_id(t->sp->c.store);
    TRY(vault_start_casd(t->vault, &(struct casd_start){&terms, c->key.curve, (uint64_t)id}, dgis, &blob));
    keep_hex(t, "casd_ephemeral", written(&blob));
    keep_hex(t, "casd_point", c->key.point);
    json_object_set_new(t->progress, "casd_id", json_integer(id));
    return TSM_OK;
}

/* Those of an order before, which may have come to the card without a word of it, or fresh ones. */
static enum tsm_err keys_to_push(struct turn *t, struct sealed_keyset *out)
{
    static const enum cipher_alg alg = CIPHER_AES;
    struct keyset_form form = {PROTOCOL_SCP03, (uint8_t)t->profile.own_kvn, alg, KEY_LEN};
    struct writer own = WRITER(t->new_blob[1]);
    *out = t->talk.key[IN_PROVIDER].sealed;
    if (out->blob.len)
        return TSM_OK;
    t->new_id[1] = store_id(t->sp->c.store);
    TRY(vault_generate_keyset(t->vault, &form,
                              (struct keyset_target){.id = (uint64_t)t->new_id[1], .blob = &own}));
    t->new_len[1] = own.len;
    *out = (struct sealed_keyset){(uint64_t)t->new_id[1], written(&own)};
    return TSM_OK;
}

static enum tsm_err push_keys(struct turn *t, const struct gp_certificate *c, struct writer *dgis)
{
    struct casd_terms terms = terms_of(t);
    struct casd_push push = {.terms = &terms, .casd = c};
    TRY(keys_to_push(t, &push.keys));
    return vault_push_casd(t->vault, &push, dgis);
}

enum tsm_err confidential_read_domain(struct turn *t, const json_t *reply)
{
    uint8_t room[CERTIFICATES_MAX], groupings[GROUPINGS_MAX];
    struct writer dgis = WRITER(groupings);
    struct gp_certificate c;
    bool pull = t->hand_over == HAND_OVER_CASD_PULL;
    size_t n;
    TRY(json_member_hex(reply, "aid", t->domain_aid, sizeof t->domain_aid, &t->domain_aid_len));
    TRY(json_member_hex(reply, "certificates", room, sizeof room, &n));
    TRY(certificate_of(t, BYTES_OF(room, n), pull ? CERTIFICATE_AGREES : CERTIFICATE_DECIPHERS, &c));
    TRY(pull ? begin_agreement(t, &c, &dgis) : push_keys(t, &c, &dgis));
    keep_hex(t, "groupings", written(&dgis));
    return TSM_OK;
}

enum tsm_err ask_set_up(struct turn *t, json_t **question)
{
    *question = json_pack("{ss ss}", "domain", json_member(t->flavor, "domain"), "groupings",
                          json_member(t->progress, "groupings"));
    NEED(*question != NULL, NO_MEMORY);
    return TSM_OK;
}

enum tsm_err member_octets(struct turn *t, const json_t *from, const char *name, struct bytes *out)
{
    size_t n = strlen(json_member(from, name)) / 2;
    uint8_t *room = arena_get(&t->job->arena, n + 1);
    NEED(room != NULL, NO_MEMORY);
    TRY(json_member_hex(from, name, room, n, &n));
    *out = BYTES_OF(room, n);
    return TSM_OK;
}

/* The keys that the card's receipt proves. */
static enum tsm_err take_agreed(struct turn *t, const json_t *reply)
{
    struct casd_terms terms = terms_of(t);
    struct casd_finish f = {.terms = &terms, .casd = {.curve = EC_P256}};
    struct writer own = WRITER(t->new_blob[1]);
    t->new_id[1] = store_id(t->sp->c.store);
    f.ephemeral.id = (uint64_t)json_integer_value(json_object_get(t->progress, "casd_id"));
    TRY(member_octets(t, t->progress, "casd_ephemeral", &f.ephemeral.blob));
    TRY(member_octets(t, t->progress, "casd_point", &f.casd.point));
    TRY(member_octets(t, reply, "answer", &f.answer));
    if (f.answer.len == 0)
        return FAIL(CARD_REFUSED,
                    "the card's answer was lost, and its keys with it: terminate and order again");
    TRY(vault_take_casd(t->vault, &f, (struct keyset_target){.id = (uint64_t)t->new_id[1], .blob = &own}));
    t->new_len[1] = own.len;
    return TSM_OK;
}

enum tsm_err read_set_up(struct turn *t, const json_t *reply)
{
    return t->hand_over == HAND_OVER_CASD_PULL ? take_agreed(t, reply) : TSM_OK;
}

enum tsm_err keep_set_up(struct turn *t, struct tx *tx, const json_t *reply)
{
    static const char *const spent[] = {"casd_ephemeral", "casd_point", "casd_id", "groupings"};
    (void)reply;
    for (size_t i = 0; i < sizeof spent / sizeof spent[0]; i++)
        json_object_del(t->progress, spent[i]);
    TRY(audit_add(tx, &(struct audit_leaf){t->job->party, BYTES(t->job->trace), "domain.own-keys", "{}"}));
    if (t->hand_over == HAND_OVER_CASD_PULL)
        return db_exec(tx, SQL_KEYSET_ADD, t->instance.domain, t->job->party, t->profile.protocol,
                       t->profile.own_kvn, t->new_id[1], (int64_t)KEYSET_LIVE,
                       BYTES_OF(t->new_blob[1], t->new_len[1]));
    return db_exec(tx, SQL_KEYSET_SET_STATE, t->instance.domain, t->job->party, t->profile.protocol,
                   t->profile.own_kvn, (int64_t)KEYSET_LIVE);
}

bool is_no_casd(const struct turn *t)
{
    return !by_casd(t->hand_over);
}

bool needs_no_key_change(const struct turn *t)
{
    return by_casd(t->hand_over) && !t->dap;
}
