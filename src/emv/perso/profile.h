/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A personalisation profile: which data groupings an application gets, as data. Read once from JSON, then
 * applied to card records with keys that stay in the vault. Station 5. Pure. [EMV CPS 1.1 3.2;
 * docs/personalisation.md]
 */
#ifndef TSM_EMV_PERSO_PROFILE_H
#define TSM_EMV_PERSO_PROFILE_H

#include "emv/perso/cps.h"
#include "emv/perso/intake.h"
#include "emv/perso/template.h"

enum {
    PROFILE_TEXT_MAX = 64,
    PROFILE_KEY_NAME_MAX = 64,
    PROFILE_AID_MAX = 16,
    PROFILE_LABEL_MAX = 16,
    PROFILE_DGIS_MAX = 24,
    PROFILE_VALUE_MAX = 1024, /* octets of one grouping */
};

struct profile_dgi {
    uint16_t id;
    bool encrypted;
    char value[TEMPLATE_TEXT_MAX + 1]; /* template.h */
};

/* One run of STORE DATA: to the payment application, or to the PPSE. */
struct profile_run {
    size_t count;
    struct profile_dgi at[PROFILE_DGIS_MAX];
};

/* Names of keys in the provider's part of the vault; "" where the profile needs none. */
struct profile_keys {
    char ac[PROFILE_KEY_NAME_MAX + 1];  /* master of the application cryptogram key */
    char mac[PROFILE_KEY_NAME_MAX + 1]; /* of the script integrity key */
    char enc[PROFILE_KEY_NAME_MAX + 1]; /* of the script confidentiality key */
    char cvk[PROFILE_KEY_NAME_MAX + 1]; /* card verification key */
};

struct emv_profile {
    char name[PROFILE_TEXT_MAX + 1], scheme[PROFILE_TEXT_MAX + 1], label[PROFILE_LABEL_MAX + 1];
    uint8_t aid[PROFILE_AID_MAX];
    size_t aid_len;
    enum emv_option option;
    struct profile_keys keys;
    struct cps_style style; /* block_max is the channel's to lower */
    struct profile_run application, ppse;
};

/*
 * Reads a profile and tries every template, so that a wrong one is refused when it is loaded and not when the
 * first card is made. Errors of json_fill with the field named (for a grouping its identifier), BAD_FORM and
 * NOT_FOUND from the templates, DUPLICATE_TAG for an identifier that occurs twice in one run.
 */
enum tsm_err emv_profile_read(struct bytes json, struct emv_profile *out);

/*
 * What the vault does for a profile. `master` and `cvk` are the names in struct profile_keys. udk gives a
 * card's unique key (emv_diversification, emv_udk), icvv three digits (emv_cvv with SERVICE_CODE_ICVV), kcv
 * the check value of such a key. Errors go up as they are.
 */
struct emv_keys {
    void *self;
    enum tsm_err (*udk)(void *self, const char *master, enum emv_option option, struct emv_card_id id,
                        uint8_t udk[EMV_KEY_LEN]);
    enum tsm_err (*icvv)(void *self, const char *cvk, struct cvv_input in, char icvv[CVV_ROOM]);
    enum tsm_err (*kcv)(void *self, const uint8_t udk[EMV_KEY_LEN], uint8_t kcv[EMV_KCV_LEN]);
};

struct emv_perso {
    size_t count;
    struct cps_dgi at[PROFILE_DGIS_MAX]; /* values borrowed from the buffer; `encrypted` ones still clear */
};

enum emv_target { PERSO_APPLICATION, PERSO_PPSE };

/* What a personalisation is made from. `card` and `keys` may be NULL for a run that uses no such variable. */
struct emv_perso_input {
    const struct emv_profile *profile;
    const struct card_record *card;
    const struct emv_keys *keys;
};

/*
 * Makes the groupings of one run. Their values lie in `buffer`, which holds card data and keys in clear:
 * locked memory, wiped by the caller as soon as the encrypted ones are under the session's key. On failure
 * nothing stays in it. MISSING_FIELD for a variable without its card or keys, KEY_MISSING for a key that the
 * profile does not name, and what keys say.
 */
enum tsm_err emv_personalise(struct emv_perso_input in, enum emv_target target, struct writer *buffer,
                             struct emv_perso *out);

#endif
