/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and signed data of payment cards with the issuer's key in the token. Station 5. Edge. [EMV
 * Book 2 5, 6] */
#include <string.h>

#include "emv/digits.h"
#include "vault/emv/inside.h"
#include "vault/party.h"

enum { SUBJECT_FILL = 0xFF, MMYY_DIGITS = 4 };

/* Keys of this kind sign whole blocks that we form: no other operation takes them (token_sign_key of another
 * kind is refused by its mechanisms). */
static enum tsm_err card_key(struct vault_party *p, const char *name, struct sign_key *out)
{
    TRY(token_sign_key(p->token, name, out));
    NEED(out->type == SIGN_RSA, KEY_REFUSED);
    return TSM_OK;
}

enum tsm_err vault_certify_issuer(struct vault_party *p, const struct issuer_order *o, struct writer *room,
                                  struct issuer_certificate *out)
{
    struct oda_key k = {.subject = BYTES(o->issuer_id)};
    struct token_public_numbers issuer, ca;
    struct issuer_certificate made;
    struct writer w = *room;
    struct sign_key signer;
    TRY(card_key(p, o->ca, &signer));
    TRY(token_public_numbers(p->token, o->ca, &w, &ca));
    TRY(token_public_numbers(p->token, o->issuer, &w, &issuer));
    NEED(issuer.type == SIGN_RSA, KEY_REFUSED);
    memcpy(k.expiry, o->expiry, sizeof k.expiry);
    memcpy(k.serial, o->serial, sizeof k.serial);
    k.modulus = issuer.n;
    k.exponent = issuer.e;
    TRY(oda_certify_issuer(&signer, &k, &w, &made.certificate));
    made.exponent = issuer.e;
    made.ca_modulus = ca.n;
    made.ca_exponent = ca.e;
    *room = w;
    *out = made;
    return TSM_OK;
}

enum tsm_err vault_issuer_public(struct vault_party *p, const char *name, struct writer *room,
                                 struct issuer_public *out)
{
    struct token_public_numbers numbers;
    struct writer w = *room;
    struct sign_key signer;
    TRY(card_key(p, name, &signer));
    TRY(token_public_numbers(p->token, name, &w, &numbers));
    NEED(numbers.type == SIGN_RSA, KEY_REFUSED);
    *out = (struct issuer_public){numbers.n, numbers.e};
    *room = w;
    return TSM_OK;
}

enum tsm_err ssad_for(void *party, const struct profile_oda *oda, struct bytes data, struct writer *w)
{
    struct sign_key signer;
    TRY(card_key(party, oda->issuer, &signer));
    return oda_sign_static(&signer, oda->dac, data, w);
}

/* The card's number with F to ten octets; its month of expiry as MMYY. */
static enum tsm_err subject_of(const struct card_record *card, uint8_t pan[ODA_PAN], struct oda_key *k)
{
    char mmyy[MMYY_DIGITS + 1] = {card->expiry[2], card->expiry[3], card->expiry[0], card->expiry[1], 0};
    struct writer w = {pan, 0, ODA_PAN}, e = WRITER(k->expiry);
    TRY(digits_write_left(&w, card->pan));
    TRY(write_fill(&w, SUBJECT_FILL, ODA_PAN - w.len));
    TRY(digits_write_right(&e, mmyy, MMYY_DIGITS));
    k->subject = BYTES_OF(pan, ODA_PAN);
    return TSM_OK;
}

static enum tsm_err certify(struct vault_party *p, const struct icc_order *o, struct icc_pair *pair)
{
    struct oda_key k = {.modulus = BYTES_OF(pair->n, pair->octets),
                        .exponent = BYTES_OF(pair->exponent, pair->exponent_len)};
    uint8_t pan[ODA_PAN], room[ODA_MODULUS_MAX];
    struct writer w = WRITER(room);
    struct oda_certificate made;
    struct sign_key signer;
    TRY(card_key(p, o->oda->issuer, &signer));
    TRY(subject_of(o->card, pan, &k));
    TRY(vault_random(k.serial, sizeof k.serial));
    TRY(oda_certify_icc(&signer, &k, o->data, &w, &made));
    TRY(bytes_keep(made.signature, pair->certificate, sizeof pair->certificate, &pair->certificate_len));
    return bytes_keep(made.remainder, pair->remainder, sizeof pair->remainder, &pair->remainder_len);
}

enum tsm_err icc_for(void *party, const struct icc_order *order, struct icc_pair *out)
{
    enum tsm_err e = icc_pair_make(order->oda->icc_octets, out);
    if (e == TSM_OK)
        e = certify(party, order, out);
    if (e != TSM_OK)
        explicit_bzero(out, sizeof *out);
    return e;
}
