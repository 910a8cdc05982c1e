/* SPDX-License-Identifier: Apache-2.0 */
/* What an attestation token says of an order, and the certificate that verifies it. Stations 5 and 1. Role.
 * [BSI TR-03165 3.4, appendix A; ITU-T X.667 clause 14] */
#include "role/sp/prep/attest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/sign/sign.h"
#include "base/hex.h"
#include "base/json.h"
#include "role/sp/content/words.h"
#include "role/sp/domain/provision.h"
#include "role/sp/orders/order_api.h"
#include "vault/operation/attest.h"

enum {
    PEM_MAX = 2 * CERTIFICATE_MAX,
    VALID_YEARS = 10,
    UTC_ROOM = 16,
    UUID_VERSION_AT = 6,
    UUID_VARIANT_AT = 8
};

static const char name[] = "OpenTSM attestation";
/* Tokens of the order, without and with diversification data. */
#define PROGRESS_TOKEN       "attestation"
#define PROGRESS_DIVERSIFIED "attestation_diversified"

/* The identifier that the administration interface gave the flavor; a name-based one where there is none. */
static enum tsm_err flavor_uuid(const struct turn *t, const json_t *asked, uint8_t out[ATTESTATION_UUID])
{
    uint8_t digest[SHA256_LEN];
    char text[64], *to = text;
    size_t len = 0;
    for (const char *at = json_member(asked, "flavor"); *at && to < text + sizeof text - 1; at++)
        if (*at != '-')
            *to++ = *at;
    *to = 0;
    if (text[0])
        return hex_read(text, out, ATTESTATION_UUID, &len) == TSM_OK && len == ATTESTATION_UUID
                   ? TSM_OK
                   : FAIL_FIELD(BAD_FORM, "attestation", "the flavor's identifier is no UUID");
    snprintf(text, sizeof text, "%lld", (long long)t->instance.flavor);
    TRY(sha256_of(bytes_of_text(text), digest));
    memcpy(out, digest, ATTESTATION_UUID);
    out[UUID_VERSION_AT] = (uint8_t)((out[UUID_VERSION_AT] & 0x0F) | 0x80);
    out[UUID_VARIANT_AT] = (uint8_t)((out[UUID_VARIANT_AT] & 0x3F) | 0x80);
    return TSM_OK;
}

/* Who signs: as the flavor says, else as the server's settings do. */
static const char *identifier_of(const struct turn *t, const json_t *asked)
{
    const char *oid = json_member(asked, "tsm");
    return *oid ? oid : t->sp->c.tsm_oid ? t->sp->c.tsm_oid : "";
}

static enum tsm_err make_token(struct turn *t, bool diversified, struct writer *token)
{
    const json_t *asked = json_object_get(t->flavor, "attestation");
    uint8_t oid[ATTESTATION_OID_MAX];
    struct writer w = WRITER(oid);
    struct attestation says = {.tsm = BYTES_NONE};
    TRY(attestation_oid(identifier_of(t, asked), &w));
    says.tsm = written(&w);
    memcpy(says.process, t->order.trace, ATTESTATION_UUID); /* the process's UUID: accept.h */
    TRY(flavor_uuid(t, asked, says.flavor));
    if (diversified)
        TRY(provision_attest(t, &says));
    return vault_attest(t->vault, &says, token);
}

/* What the flavor says of the application, by its instance AID: the facts have another order. */
static bool wants_diversification(const struct turn *t, int application)
{
    const struct plan_application *a = &t->facts.applications[application];
    char aid[2 * sizeof a->instance + 1];
    const json_t *one;
    size_t i;
    hex_text(BYTES_OF(a->instance, a->instance_len), aid);
    json_array_foreach(json_object_get(t->flavor, "applications"), i, one)
    {
        if (!strcasecmp(json_member(one, "instance"), aid))
            return json_is_true(json_object_get(one, WORD_DIVERSIFICATION));
    }
    return false;
}

/* Signed once an order: no two signatures are alike, and a script is built again for every exchange. */
enum tsm_err attest_make(struct turn *t, int application)
{
    bool diversified = wants_diversification(t, application);
    const char *kept = diversified ? PROGRESS_DIVERSIFIED : PROGRESS_TOKEN;
    struct writer token = WRITER(t->attestation);
    char text[2 * ATTESTATION_MAX + 1];
    if (json_object_get(t->progress, kept)) {
        TRY(json_member_hex(t->progress, kept, t->attestation, sizeof t->attestation, &token.len));
    } else {
        TRY(make_token(t, diversified, &token));
        NEED(json_object_set_new(t->progress, kept, json_string(hex_text(written(&token), text))) == 0,
             NO_MEMORY);
    }
    t->facts.attestation = written(&token);
    return TSM_OK;
}

static void utc(time_us at, char out[UTC_ROOM])
{
    time_t seconds = (time_t)(at / SECONDS(1));
    struct tm tm;
    gmtime_r(&seconds, &tm);
    snprintf(out, UTC_ROOM, "%02u%02u%02u%02u%02u%02uZ", (unsigned)tm.tm_year % 100,
             (unsigned)tm.tm_mon % 12 + 1, (unsigned)tm.tm_mday % 32, (unsigned)tm.tm_hour % 24,
             (unsigned)tm.tm_min % 60, (unsigned)tm.tm_sec % 60);
}

static enum tsm_err certificate_of(struct vault_party *vault, time_us since, char pem[PEM_MAX])
{
    static const time_us year = SECONDS(365 * 86400LL);
    char from[UTC_ROOM], until[UTC_ROOM];
    uint8_t der[CERTIFICATE_MAX];
    unsigned char base64[PEM_MAX];
    struct writer w = WRITER(der);
    size_t n = 0;
    int len;
    utc(since, from);
    utc(since + VALID_YEARS * year, until);
    TRY(vault_attestation_certificate(vault, &(struct attest_subject){name, from, until}, &w));
    len = EVP_EncodeBlock(base64, der, (int)w.len);
    n = (size_t)snprintf(pem, PEM_MAX, "-----BEGIN CERTIFICATE-----\n");
    for (int i = 0; i < len && n < PEM_MAX; i += 64)
        n += (size_t)snprintf(pem + n, PEM_MAX - n, "%.64s\n", (const char *)base64 + i);
    if (n < PEM_MAX)
        n += (size_t)snprintf(pem + n, PEM_MAX - n, "-----END CERTIFICATE-----\n");
    NEED(n < PEM_MAX, NO_ROOM);
    return TSM_OK;
}

/* A provider's certificate on its way into its row, or out of it. */
struct kept_certificate {
    int64_t party;
    time_us since; /* the party is there: no token is older */
    char pem[PEM_MAX];
};

static enum tsm_err read_since(struct tx *tx, void *arg)
{
    struct kept_certificate *k = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTY_CREATED, k->party));
    k->since = db_int(&r, 0);
    return TSM_OK;
}

static enum tsm_err read_kept(struct tx *tx, void *arg)
{
    struct kept_certificate *k = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_ATTESTATION_CERTIFICATE, k->party));
    NEED(snprintf(k->pem, sizeof k->pem, "%s", db_text(&r, 0)) < (int)sizeof k->pem, NO_ROOM);
    return TSM_OK;
}

/* Where two ask at once, the first one's stays. */
static enum tsm_err keep(struct tx *tx, void *arg)
{
    struct kept_certificate *k = arg;
    TRY(db_exec(tx, SQL_ATTESTATION_CERTIFICATE_ADD, k->party, tx_now(tx), k->pem));
    return read_kept(tx, arg);
}

enum tsm_err sp_get_attestation_key(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct kept_certificate k = {.pem = ""};
    struct vault_party *vault;
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    k.party = who.party;
    e = store_read(sp->c.store, read_kept, &k);
    if (e == TSM_NOT_FOUND) {
        err_clear();
        TRY(sp->c.vault_of(sp->c.self, who.party, &vault));
        TRY(store_read(sp->c.store, read_since, &k));
        TRY(certificate_of(vault, k.since, k.pem));
        e = store_write(sp->c.store, keep, &k);
    }
    TRY(e);
    return http_reply_json(reply, 200, json_pack("{ss}", "certificate", k.pem));
}
