/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A personalisation profile: which data groupings an application gets, as data. Read once from JSON, then
 * applied to card records with keys that stay in the vault. Station 5. Pure. [EMV CPS 1.1 3.2;
 * docs/personalisation.md]
 */
#ifndef TSM_EMV_PERSO_PROFILE_H
#define TSM_EMV_PERSO_PROFILE_H

#include <jansson.h>

#include "emv/issuer/rules.h"
#include "emv/oda/oda.h"
#include "emv/perso/cps.h"
#include "emv/perso/intake.h"
#include "emv/perso/template.h"
#include "emv/pin/pin.h"

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
    char ac[PROFILE_KEY_NAME_MAX + 1];   /* master of the application cryptogram key */
    char mac[PROFILE_KEY_NAME_MAX + 1];  /* of the script integrity key */
    char enc[PROFILE_KEY_NAME_MAX + 1];  /* of the script confidentiality key */
    char cvk[PROFILE_KEY_NAME_MAX + 1];  /* card verification key */
    char cvc3[PROFILE_KEY_NAME_MAX + 1]; /* master of the dynamic stripe value's key */
    char pin[PROFILE_KEY_NAME_MAX + 1];  /* under which the PIN block of a record comes */
};

/* Offline data authentication: whose key signs for the cards, and its certificate by the scheme. `issuer` is
 * "" where a profile has none. */
struct profile_oda {
    char issuer[PROFILE_KEY_NAME_MAX + 1];
    size_t icc_octets; /* of the modulus of a card's own key */
    uint8_t ca_index;  /* tag 8F */
    uint8_t dac[ODA_DAC];
    size_t certificate_len, remainder_len, exponent_len;
    uint8_t certificate[ODA_MODULUS_MAX], remainder[ODA_MODULUS_MAX], exponent[ODA_EXPONENT_MAX];
};

struct emv_profile {
    char name[PROFILE_TEXT_MAX + 1], scheme[PROFILE_TEXT_MAX + 1], label[PROFILE_LABEL_MAX + 1];
    uint8_t aid[PROFILE_AID_MAX];
    size_t aid_len;
    enum emv_option option;
    struct profile_keys keys;
    struct profile_oda oda;
    struct cps_style style; /* block_max is the channel's to lower */
    struct profile_run application, ppse;
    bool has_scripts; /* the issuer can change cards after issuance */
    struct issuer_rules scripts;
};

/*
 * Reads a profile and tries every template, so that a wrong one is refused when it is loaded and not when the
 * first card is made. Errors of json_fill with the field named (for a grouping its identifier), BAD_FORM and
 * NOT_FOUND from the templates, DUPLICATE_TAG for an identifier that occurs twice in one run.
 */
enum tsm_err emv_profile_read(struct bytes json, struct emv_profile *out);
/* The same without an application run: what a script (emv/script/script.h) shares with a profile. All members
 * may be missing. The members that only a script has are not in `object`. */
enum tsm_err emv_profile_read_frame(const json_t *object, struct emv_profile *out);
/* Reads one more grouping of the application run, {"id", "encrypted"?, "value"}, without trying its template.
 * Errors as above; TOO_LONG beyond PROFILE_DGIS_MAX. */
enum tsm_err emv_profile_add_dgi(struct emv_profile *p, const json_t *from);

/* A card's own key pair in the form that cards keep, and its certificate. A secret: wiped with what holds it.
 */
struct icc_pair {
    size_t octets; /* of n; the five others have half of them */
    uint8_t n[ODA_MODULUS_MAX];
    uint8_t p[ODA_MODULUS_MAX / 2], q[ODA_MODULUS_MAX / 2], dp[ODA_MODULUS_MAX / 2], dq[ODA_MODULUS_MAX / 2],
        qinv[ODA_MODULUS_MAX / 2];
    size_t exponent_len, certificate_len, remainder_len;
    uint8_t exponent[ODA_EXPONENT_MAX], certificate[ODA_MODULUS_MAX], remainder[ODA_MODULUS_MAX];
};

/* What a card's certificate is asked with. */
struct icc_order {
    const struct profile_oda *oda;
    const struct card_record *card;
    struct bytes data; /* static data to be authenticated */
};

/*
 * What the vault does for a profile; key names are those of struct profile_keys. Errors go up as they are.
 * udk: a card's unique key (emv_diversification, emv_udk). icvv: three digits (emv_cvv with
 * SERVICE_CODE_ICVV). kcv: the check value of such a key. ssad: signed static data (oda_sign_static). icc: a
 * fresh key pair of the card and its certificate. pin: the record's PIN block as one of format 2. cvc3_iv:
 * emv_cvc3_iv under such a key. prepared: what the issuer enciphered under a transport key, in clear. One
 * that is NULL is not there.
 */
struct emv_keys {
    void *self;
    enum tsm_err (*udk)(void *self, const char *master, enum emv_option option, struct emv_card_id id,
                        uint8_t udk[EMV_KEY_LEN]);
    enum tsm_err (*icvv)(void *self, const char *cvk, struct cvv_input in, char icvv[CVV_ROOM]);
    enum tsm_err (*kcv)(void *self, const uint8_t udk[EMV_KEY_LEN], uint8_t kcv[EMV_KCV_LEN]);
    enum tsm_err (*ssad)(void *self, const struct profile_oda *oda, struct bytes data, struct writer *w);
    enum tsm_err (*icc)(void *self, const struct icc_order *order, struct icc_pair *out);
    enum tsm_err (*pin)(void *self, const char *zone, const struct card_record *card,
                        uint8_t block[PIN_BLOCK]);
    enum tsm_err (*cvc3_iv)(void *self, const uint8_t udk[EMV_KEY_LEN], struct bytes track,
                            uint8_t iv[CVC3_IV]);
    enum tsm_err (*prepared)(void *self, const char *transport, struct bytes cipher, struct writer *w);
};

struct emv_perso {
    size_t count;
    struct cps_dgi at[PROFILE_DGIS_MAX]; /* values borrowed from the buffer; `encrypted` ones still clear */
};

enum emv_target { PERSO_APPLICATION, PERSO_PPSE };

/* What a run will be at most, before any card is made: zeros stand for what only a card has. `cipher_block`
 * is that of the key the encrypted groupings go under, `block_max` the data octets of one command. */
struct emv_estimate {
    size_t groupings, octets, commands;
};
enum tsm_err emv_profile_estimate(const struct emv_profile *p, enum emv_target target, size_t cipher_block,
                                  size_t block_max, struct emv_estimate *out);

/* What a personalisation is made from. `card` and `keys` may be NULL for a run that uses no such variable. */
struct emv_perso_input {
    const struct emv_profile *profile;
    const struct card_record *card;
    const struct emv_keys *keys;
    struct icc_pair *pair; /* the card's own: used when it is there (octets), else the one that was made is
                              put there. NULL: made anew. Wiped by the caller */
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
