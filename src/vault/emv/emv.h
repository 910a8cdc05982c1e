/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payment cards' offline authentication and PINs with keys by name: certificates of issuer and card keys,
 * signed static data, PIN blocks from zone to zone and to the card. Station 5. Edge. The signing keys are
 * MASTER_RSA_CARD in the token; a card's own key is made here, on locked pages, and leaves only under the
 * card's DEK (see vault/operation/perso.h). [EMV Book 2 5, 6; ISO 9564-1]
 */
#ifndef TSM_VAULT_EMV_EMV_H
#define TSM_VAULT_EMV_EMV_H

#include "emv/oda/oda.h"
#include "emv/pin/pin.h"
#include "vault/vault.h"

/* Whose key is certified, by whom, with what. */
struct issuer_order {
    const char *ca, *issuer; /* key names: the scheme's in a laboratory, the issuer's */
    uint8_t issuer_id[ODA_ISSUER_ID], expiry[ODA_EXPIRY], serial[ODA_SERIAL];
};
/* Tags 90, 92, 9F32 and the scheme's own key, as a profile or a terminal takes them; borrowed from room
 * (VAULT_ISSUER_ROOM). KEY_MISSING, KEY_REFUSED, TOO_LONG for an issuer key longer than the scheme's. */
enum { VAULT_ISSUER_ROOM = 8 * ODA_MODULUS_MAX };
struct issuer_certificate {
    struct oda_certificate certificate;
    struct bytes exponent, ca_modulus, ca_exponent;
};
/* The public numbers of such a pair, for a scheme to certify; borrowed from room (VAULT_ISSUER_ROOM).
 * KEY_MISSING, KEY_REFUSED for a key of another kind. */
struct issuer_public {
    struct bytes modulus, exponent;
};
enum tsm_err vault_issuer_public(struct vault_party *p, const char *name, struct writer *room,
                                 struct issuer_public *out);
enum tsm_err vault_certify_issuer(struct vault_party *p, const struct issuer_order *o, struct writer *room,
                                  struct issuer_certificate *out);

/* A PIN block from one zone's key to another's. `random` is taken from the token. NOT_ALLOWED for a
 * translation that weakens (emv/pin/pin.h), BAD_VALUE for a block that holds no PIN, KEY_REFUSED for a key
 * whose block does not say P0 with the direction asked for. */
struct pin_zone {
    const char *key;
    enum pin_format format;
};
struct pin_translation {
    struct pin_zone from, to;
    const char *pan;
    struct bytes block;
};
enum tsm_err vault_translate_pin(struct vault_party *p, const struct pin_translation *t, struct writer *out);

#endif
