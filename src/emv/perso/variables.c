/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of personalisation templates, one row each. Station 5. Pure. [docs/personalisation.md] */
#include "emv/perso/variables.h"

#include <stdio.h>
#include <string.h>

#include "emv/digits.h"

enum { SERVICE_CODE_WIDTH = 4, ICVV_WIDTH = 4, PSN_WIDTH = 2 };

/* Behind the service code in track 2: no PIN verification value (five zeros), then iCVV. */
#define DISCRETIONARY "00000"
/* Of the track that a dynamic stripe value is made over: the place of counter, number and value in zeros. */
#define CVC3_DISCRETIONARY "0000000000000"

static const char *key_name(const struct emv_profile *p, enum variable_key key)
{
    const char *const names[] = {
        [ROLE_NONE] = NULL,       [ROLE_AC] = p->keys.ac,     [ROLE_MAC] = p->keys.mac,
        [ROLE_ENC] = p->keys.enc, [ROLE_CVC3] = p->keys.cvc3, [ROLE_CVK] = p->keys.cvk,
        [ROLE_PIN] = p->keys.pin, [ROLE_ODA] = p->oda.issuer};
    return names[key];
}

enum tsm_err variables_udk(struct variables *v, enum variable_key key, uint8_t **out)
{
    size_t i = key - ROLE_AC;
    struct emv_card_id id = {v->in.card->pan, v->in.card->psn};
    if (!v->have[i])
        TRY(v->in.keys->udk(v->in.keys->self, key_name(v->in.profile, key), v->in.profile->option, id,
                            v->udk[i]));
    v->have[i] = true;
    *out = v->udk[i];
    return TSM_OK;
}

static enum tsm_err icvv_ready(struct variables *v)
{
    const struct card_record *c = v->in.card;
    if (v->icvv[0])
        return TSM_OK;
    return v->in.keys->icvv(v->in.keys->self, v->in.profile->keys.cvk,
                            (struct cvv_input){c->pan, c->expiry, SERVICE_CODE_ICVV}, v->icvv);
}

static enum tsm_err put_aid(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return write_span(w, BYTES_OF(v->in.profile->aid, v->in.profile->aid_len));
}

static enum tsm_err put_label(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return write_span(w, bytes_of_text(v->in.profile->label));
}

static enum tsm_err put_pan(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return digits_write_left(w, v->in.card->pan);
}

static enum tsm_err put_psn(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return digits_write_right(w, v->in.card->psn, PSN_WIDTH);
}

static enum tsm_err put_expiry(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return record_last_day(w, v->in.card->expiry);
}

static enum tsm_err put_effective(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return record_first_day(w, v->in.card->effective);
}

static enum tsm_err put_service_code(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return digits_write_right(w, v->in.card->service_code, SERVICE_CODE_WIDTH);
}

static enum tsm_err put_cardholder(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return write_span(w, bytes_of_text(v->in.card->cardholder));
}

static enum tsm_err put_icvv(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    TRY(icvv_ready(v));
    return digits_write_right(w, v->icvv, ICVV_WIDTH);
}

static enum tsm_err put_track2(struct variables *v, enum variable_key key, struct writer *w)
{
    const struct card_record *c = v->in.card;
    char discretionary[sizeof DISCRETIONARY + CVV_DIGITS];
    enum tsm_err e;
    (void)key;
    TRY(icvv_ready(v));
    snprintf(discretionary, sizeof discretionary, "%s%.3s", DISCRETIONARY, v->icvv);
    e = track2_write(w, (struct track2){c->pan, c->expiry, c->service_code, discretionary});
    explicit_bzero(discretionary, sizeof discretionary);
    return e;
}

static enum tsm_err put_udk(struct variables *v, enum variable_key key, struct writer *w)
{
    uint8_t *udk;
    TRY(variables_udk(v, key, &udk));
    return write_span(w, BYTES_OF(udk, EMV_KEY_LEN));
}

static enum tsm_err put_kcv(struct variables *v, enum variable_key key, struct writer *w)
{
    uint8_t kcv[EMV_KCV_LEN], *udk;
    TRY(variables_udk(v, key, &udk));
    TRY(v->in.keys->kcv(v->in.keys->self, udk, kcv));
    return write_span(w, BYTES(kcv));
}

/* As a block of format 2: what a card keeps. */
static enum tsm_err put_pin(struct variables *v, enum variable_key key, struct writer *w)
{
    uint8_t block[PIN_BLOCK];
    enum tsm_err e;
    NEED(v->in.keys->pin, UNSUPPORTED);
    if (!v->in.card->pin_block[0])
        return FAIL_FIELD(MISSING_FIELD, "pin_block", "the profile asks for a PIN, and the record has none");
    TRY(v->in.keys->pin(v->in.keys->self, key_name(v->in.profile, key), v->in.card, block));
    e = write_span(w, BYTES(block));
    explicit_bzero(block, sizeof block);
    return e;
}

static enum tsm_err put_cvc3_iv(struct variables *v, enum variable_key key, struct writer *w)
{
    const struct card_record *c = v->in.card;
    uint8_t track[TRACK2_LEN_MAX], iv[CVC3_IV], *udk;
    struct writer t = WRITER(track);
    enum tsm_err e;
    NEED(v->in.keys->cvc3_iv, UNSUPPORTED);
    TRY(variables_udk(v, key, &udk));
    e = track2_write(&t, (struct track2){c->pan, c->expiry, c->service_code, CVC3_DISCRETIONARY});
    if (e == TSM_OK)
        e = v->in.keys->cvc3_iv(v->in.keys->self, udk, written(&t), iv);
    explicit_bzero(track, sizeof track);
    return e == TSM_OK ? write_span(w, BYTES(iv)) : e;
}

/* The record's own value of this grouping. */
static enum tsm_err put_prepared(struct variables *v, enum variable_key key, struct writer *w)
{
    const struct card_record *c = v->in.card;
    (void)key;
    for (size_t i = 0; i < c->groupings_n; i++) {
        const struct card_grouping *g = &c->grouping[i];
        if (g->id != v->grouping)
            continue;
        if (!g->encrypted)
            return write_span(w, BYTES_OF(g->value, g->len));
        NEED(v->in.keys && v->in.keys->prepared, UNSUPPORTED);
        if (!v->enciphered)
            return FAIL_FIELD(BAD_VALUE, "groupings", "grouping %04X came enciphered and would go in clear",
                              v->grouping);
        return v->in.keys->prepared(v->in.keys->self, c->transport_key, BYTES_OF(g->value, g->len), w);
    }
    return FAIL_FIELD(MISSING_FIELD, "groupings", "the record brings no grouping %04X", v->grouping);
}

static const struct variable table[] = {
    {"aid", false, ROLE_NONE, put_aid, 0, false},
    {"label", false, ROLE_NONE, put_label, 0, false},
    {"pan", true, ROLE_NONE, put_pan, (PAN_DIGITS_MAX + 1) / 2, false},
    {"psn", true, ROLE_NONE, put_psn, 1, false},
    {"expiry", true, ROLE_NONE, put_expiry, 3, false},
    {"effective", true, ROLE_NONE, put_effective, 3, false},
    {"service_code", true, ROLE_NONE, put_service_code, 2, false},
    {"cardholder", true, ROLE_NONE, put_cardholder, CARDHOLDER_MAX, false},
    {"icvv", true, ROLE_CVK, put_icvv, 2, false},
    {"track2", true, ROLE_CVK, put_track2, TRACK2_LEN_MAX, false},
    {"udk_ac", true, ROLE_AC, put_udk, EMV_KEY_LEN, true},
    {"udk_mac", true, ROLE_MAC, put_udk, EMV_KEY_LEN, true},
    {"udk_enc", true, ROLE_ENC, put_udk, EMV_KEY_LEN, true},
    {"kcv_ac", true, ROLE_AC, put_kcv, EMV_KCV_LEN, false},
    {"kcv_mac", true, ROLE_MAC, put_kcv, EMV_KCV_LEN, false},
    {"kcv_enc", true, ROLE_ENC, put_kcv, EMV_KCV_LEN, false},
    {"udk_cvc3", true, ROLE_CVC3, put_udk, EMV_KEY_LEN, true},
    {"kcv_cvc3", true, ROLE_CVC3, put_kcv, EMV_KCV_LEN, false},
    {"iv_cvc3", true, ROLE_CVC3, put_cvc3_iv, CVC3_IV, false},
    {"pin_block", true, ROLE_PIN, put_pin, PIN_BLOCK, true},
    {"prepared", true, ROLE_NONE, put_prepared, CARD_GROUPING_MAX, false},
    {NULL, false, ROLE_NONE, NULL, 0, false},
};

static const struct variable *find(const struct variable *rows, const char *name)
{
    for (; rows->put; rows++)
        if (!strcmp(rows->name, name))
            return rows;
    return NULL;
}

static const struct variable *row_of(const char *name)
{
    const struct variable *row = find(table, name);
    return row ? row : find(oda_variables, name);
}

bool variables_know(const char *name)
{
    return row_of(name) != NULL;
}

void variables_taint(struct variables *v, enum value_class class, const struct writer *w)
{
    if (class == VALUE_SECRET && !v->secret_at)
        v->secret_at = w->len + 1;
    if (class == VALUE_OF_CARD)
        v->taint = VALUE_OF_CARD;
}

/* In a trial with a record: what comes from it alone has its length. */
static bool is_at_hand(const struct variables *v, const struct variable *row)
{
    return v->in.card && row->of_card && row->key == ROLE_NONE && row->put != put_prepared;
}

enum tsm_err variables_value(void *self, const char *name, struct writer *w)
{
    struct variables *v = self;
    const struct variable *row = row_of(name);
    if (!row && v->more)
        return v->more->value(v->more->self, name, w);
    if (!row)
        return FAIL(NOT_FOUND, "no variable {%s}", name);
    variables_taint(v, row->secret ? VALUE_SECRET : row->of_card ? VALUE_OF_CARD : VALUE_OPEN, w);
    if (row->key != ROLE_NONE && !key_name(v->in.profile, row->key)[0])
        return FAIL(KEY_MISSING, "{%s} asks for a key that the profile does not name", name);
    if (v->trial && row->trial_len && !is_at_hand(v, row))
        return write_fill(w, 0, row->trial_len);
    if (!v->trial && ((row->of_card && !v->in.card) || (row->key != ROLE_NONE && !v->in.keys)))
        return FAIL(MISSING_FIELD, "{%s} asks for a card record or keys, and there are none", name);
    return row->put(v, row->key, w);
}
