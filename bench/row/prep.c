/* SPDX-License-Identifier: Apache-2.0 */
/* Row data_preparation: an issuer's record opened, judged and made into the groupings of its card, through
 * the vault. Bench only. Station 5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bare/crypto/prep.h"
#include "bench.h"
#include "base/hex.h"
#include "vault/jose/jwe.h"
#include "vault/jose/jwk.h"
#include "vault/keys/handover.h"
#include "vault/keys/master.h"
#include "vault/operation/perso.h"

enum {
    CARDS = 64,
    PASSES = 16,
    GOAL_PER_S = 1000,
    JWE_ROOM = 1024,
    RECORD_ROOM = 512,
    BOX = 4096,
    PROTOCOL = 0x80
};

static const char profile_text[] =
    "{\"name\":\"bench\",\"scheme\":\"bench\",\"label\":\"BENCH\",\"aid\":\"F04F54534D0101\",\"derivation\":"
    "\"A\","
    "\"keys\":{\"ac\":\"b-ac\",\"mac\":\"b-mac\",\"enc\":\"b-enc\",\"cvk\":\"b-cvk\"},\"application\":["
    "{\"id\":\"0101\",\"value\":\"70( 57({track2}) 5F20({cardholder}) )\"},"
    "{\"id\":\"0102\",\"value\":\"70( 5A({pan}) 5F24({expiry}) 5F25({effective}) 5F34({psn}) "
    "5F30({service_code}) )\"},"
    "{\"id\":\"8000\",\"encrypted\":true,\"value\":\"{udk_ac}{udk_mac}{udk_enc}\"},"
    "{\"id\":\"9000\",\"value\":\"{kcv_ac}{kcv_mac}{kcv_enc}\"}]}";

struct prep_row {
    struct vault_party *vault;
    struct emv_profile profile;
    struct bare_prep *bare;
    struct sealed_keyset keys;
    size_t record;
    uint8_t blob[128], jwe[CARDS][JWE_ROOM], box[BOX];
    size_t jwe_len[CARDS];
};

static enum tsm_err one(struct prep_row *r, size_t i)
{
    struct perso_order o = {.profile = &r->profile,
                            .target = PERSO_APPLICATION,
                            .jwe = BYTES_OF(r->jwe[i], r->jwe_len[i]),
                            .dek = {.keys = r->keys}};
    struct card_order judged = {o.jwe, "2611", bytes_of_text("bench|element")};
    struct writer w = WRITER(r->box);
    struct card_facts facts;
    struct emv_perso made;
    TRY(vault_card_judge(r->vault, &judged, &facts));
    return vault_personalise(r->vault, &o, &w, &made);
}

static enum tsm_err ours(void *self, size_t n, double *seconds)
{
    struct prep_row *r = self;
    double from = seconds_of_thread();
    for (size_t i = 0; i < n; i++)
        TRY(one(r, i % CARDS));
    *seconds = seconds_of_thread() - from;
    return TSM_OK;
}

static enum tsm_err bare(void *self, size_t n, double *seconds)
{
    struct prep_row *r = self;
    double from = seconds_of_thread();
    for (size_t i = 0; i < n; i++) /* opened twice: judged before, made when the channel is open */
        NEED(bare_prep_one(r->bare) && bare_prep_one(r->bare), CRYPTO_FAILED);
    *seconds = seconds_of_thread() - from;
    return TSM_OK;
}

static enum tsm_err make_masters(struct prep_row *r)
{
    static const char *const names[] = {"b-ac", "b-mac", "b-enc"};
    bool there;
    TRY(vault_has_key(r->vault, "b-cvk", &there));
    if (there)
        return TSM_OK;
    for (size_t i = 0; i < 3; i++)
        TRY(vault_generate_master(r->vault, names[i], MASTER_TDES, 16));
    return vault_generate_master(r->vault, "b-cvk", MASTER_CVK, CVK_LEN);
}

/* A number whose check digit is right. */
static void number_of(size_t i, char pan[17])
{
    snprintf(pan, 17, "54133300%07zu0", i);
    for (char digit = '0'; digit <= '9' && !luhn_right(pan); digit++)
        pan[15] = digit;
}

static enum tsm_err make_card(struct prep_row *r, const json_t *intake, size_t i)
{
    struct writer w = WRITER(r->jwe[i]);
    char pan[17], text[RECORD_ROOM];
    number_of(i, pan);
    snprintf(
        text, sizeof text,
        "{\"pan\":\"%s\",\"psn\":\"01\",\"expiry\":\"3012\",\"effective\":\"2611\",\"service_code\":\"201\","
        "\"cardholder\":\"DEMO/CUSTOMER\",\"card_ref\":\"bench\"}",
        pan);
    r->record = strlen(text);
    TRY(vault_jwe_seal(intake, (struct jwe_content){bytes_of_text(text), NULL}, &w));
    r->jwe_len[i] = w.len;
    return TSM_OK;
}

static enum tsm_err make_all(struct bench *b, struct prep_row *r)
{
    struct keyset_form form = {PROTOCOL, 1, CIPHER_AES, 16};
    struct writer blob = WRITER(r->blob);
    json_t *intake = NULL;
    enum tsm_err e = TSM_OK;
    TRY(bench_vault(b, &r->vault));
    TRY(make_masters(r));
    TRY(emv_profile_read(bytes_of_text(profile_text), &r->profile));
    TRY(vault_generate_keyset(r->vault, &form, (struct keyset_target){1, &blob, NULL}));
    r->keys = (struct sealed_keyset){1, written(&blob)};
    TRY(vault_public_jwk(r->vault, VAULT_KEY_INTAKE, &intake));
    for (size_t i = 0; i < CARDS && e == TSM_OK; i++)
        e = make_card(r, intake, i);
    json_decref(intake);
    r->bare = bare_prep_new(r->record);
    NEED(r->bare != NULL, CRYPTO_FAILED);
    return e;
}

static enum tsm_err with_row(struct bench *b, struct prep_row *r)
{
    struct pair pair = {{ours, r}, {bare, r}, (size_t)CARDS * PASSES, false};
    struct measured m;
    struct result out;
    TRY(make_all(b, r));
    TRY(measure(b, &pair, &m));
    out = result_of("data_preparation", "1/s", &m);
    out.met = m.ours >= GOAL_PER_S;
    snprintf(out.goal, sizeof out.goal, ">= %d/s", GOAL_PER_S);
    snprintf(out.how, sizeof out.how,
             "processor time of one thread: a record of %zu octets opened and judged, opened again and made "
             "into four "
             "groupings: three card keys, their check values, track 2 with iCVV, keys under the card's KIK; "
             "masters "
             "in the token; bare: the same primitives with keys in memory",
             r->record);
    report(b, &out);
    return TSM_OK;
}

enum tsm_err row_data_preparation(struct bench *b)
{
    struct prep_row *r = calloc(1, sizeof *r);
    enum tsm_err e = r ? with_row(b, r) : FAIL(NO_MEMORY, "no memory for the row");
    if (r)
        bare_prep_end(r->bare);
    free(r);
    return e;
}
