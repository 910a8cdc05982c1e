/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of personalisation templates, one row each. Station 5. Pure. [docs/personalisation.md] */
#include "emv/perso/variables.h"

#include <stdio.h>
#include <string.h>

#include "emv/digits.h"

enum { SERVICE_CODE_WIDTH = 4, ICVV_WIDTH = 4, PSN_WIDTH = 2 };

/* Behind the service code in track 2: no PIN verification value (five zeros), then iCVV. */
#define DISCRETIONARY "00000"

/* Which key of the profile a variable is made with. */
enum key { KEY_NONE, KEY_AC, KEY_MAC, KEY_ENC, KEY_CVK };

static const char *key_name(const struct emv_profile *p, enum key key)
{
    const char *const names[] = {[KEY_NONE] = NULL,
                                 [KEY_AC] = p->keys.ac,
                                 [KEY_MAC] = p->keys.mac,
                                 [KEY_ENC] = p->keys.enc,
                                 [KEY_CVK] = p->keys.cvk};
    return names[key];
}

/* Derived once a card. */
static enum tsm_err udk_ready(struct variables *v, enum key key, uint8_t **out)
{
    size_t i = key - KEY_AC;
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

static enum tsm_err put_aid(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return write_span(w, BYTES_OF(v->in.profile->aid, v->in.profile->aid_len));
}

static enum tsm_err put_label(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return write_span(w, bytes_of_text(v->in.profile->label));
}

static enum tsm_err put_pan(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return digits_write_left(w, v->in.card->pan);
}

static enum tsm_err put_psn(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return digits_write_right(w, v->in.card->psn, PSN_WIDTH);
}

static enum tsm_err put_expiry(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return record_last_day(w, v->in.card->expiry);
}

static enum tsm_err put_effective(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return record_first_day(w, v->in.card->effective);
}

static enum tsm_err put_service_code(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return digits_write_right(w, v->in.card->service_code, SERVICE_CODE_WIDTH);
}

static enum tsm_err put_cardholder(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    return write_span(w, bytes_of_text(v->in.card->cardholder));
}

static enum tsm_err put_icvv(struct variables *v, enum key key, struct writer *w)
{
    (void)key;
    TRY(icvv_ready(v));
    return digits_write_right(w, v->icvv, ICVV_WIDTH);
}

static enum tsm_err put_track2(struct variables *v, enum key key, struct writer *w)
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

static enum tsm_err put_udk(struct variables *v, enum key key, struct writer *w)
{
    uint8_t *udk;
    TRY(udk_ready(v, key, &udk));
    return write_span(w, BYTES_OF(udk, EMV_KEY_LEN));
}

static enum tsm_err put_kcv(struct variables *v, enum key key, struct writer *w)
{
    uint8_t kcv[EMV_KCV_LEN], *udk;
    TRY(udk_ready(v, key, &udk));
    TRY(v->in.keys->kcv(v->in.keys->self, udk, kcv));
    return write_span(w, BYTES(kcv));
}

static const struct variable {
    const char *name;
    bool of_card; /* made from the card record */
    enum key key;
    enum tsm_err (*put)(struct variables *v, enum key key, struct writer *w);
    size_t trial_len; /* octets in a trial; 0: as in earnest */
} table[] = {
    {"aid", false, KEY_NONE, put_aid, 0},
    {"label", false, KEY_NONE, put_label, 0},
    {"pan", true, KEY_NONE, put_pan, (PAN_DIGITS_MAX + 1) / 2},
    {"psn", true, KEY_NONE, put_psn, 1},
    {"expiry", true, KEY_NONE, put_expiry, 3},
    {"effective", true, KEY_NONE, put_effective, 3},
    {"service_code", true, KEY_NONE, put_service_code, 2},
    {"cardholder", true, KEY_NONE, put_cardholder, NAME_MAX},
    {"icvv", true, KEY_CVK, put_icvv, 2},
    {"track2", true, KEY_CVK, put_track2, TRACK2_LEN_MAX},
    {"udk_ac", true, KEY_AC, put_udk, EMV_KEY_LEN},
    {"udk_mac", true, KEY_MAC, put_udk, EMV_KEY_LEN},
    {"udk_enc", true, KEY_ENC, put_udk, EMV_KEY_LEN},
    {"kcv_ac", true, KEY_AC, put_kcv, EMV_KCV_LEN},
    {"kcv_mac", true, KEY_MAC, put_kcv, EMV_KCV_LEN},
    {"kcv_enc", true, KEY_ENC, put_kcv, EMV_KCV_LEN},
};

static const struct variable *find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].name, name))
            return &table[i];
    return NULL;
}

enum tsm_err variables_value(void *self, const char *name, struct writer *w)
{
    struct variables *v = self;
    const struct variable *row = find(name);
    if (!row)
        return FAIL(NOT_FOUND, "no variable {%s}", name);
    if (row->key != KEY_NONE && !key_name(v->in.profile, row->key)[0])
        return FAIL(KEY_MISSING, "{%s} asks for a key that the profile does not name", name);
    if (v->trial && row->trial_len)
        return write_fill(w, 0, row->trial_len);
    if ((row->of_card && !v->in.card) || (row->key != KEY_NONE && !v->in.keys))
        return FAIL(MISSING_FIELD, "{%s} asks for a card record or keys, and there are none", name);
    return row->put(v, row->key, w);
}
