/* SPDX-License-Identifier: Apache-2.0 */
/* The card record that a provider hands over, as it leaves the envelope: read, judged, shown masked. Station
 * 5 (in the vault). Pure. [ISO 7812, ISO 7813; DESIGN 5] */
#ifndef TSM_EMV_PERSO_INTAKE_H
#define TSM_EMV_PERSO_INTAKE_H

#include "base/bytes.h"
#include "emv/cardvalue.h"
#include "emv/record.h"

enum {
    CARD_RECORD_JSON_MAX = 6144,
    CARD_REF_MAX = 64,
    CARD_PIN_DIGITS_MAX = 32, /* of a PIN block in hex */
    CARD_KEY_NAME_MAX = 48,
    CARD_GROUPINGS_MAX = 6, /* that the issuer prepared itself */
    CARD_GROUPING_MAX = 256,
};

/* A grouping's value as the issuer prepared it; `encrypted`: under its transport key. */
struct card_grouping {
    uint16_t id;
    bool encrypted;
    size_t len;
    uint8_t value[CARD_GROUPING_MAX];
};

/* Digits and texts with a final 0. Card data: wiped when its name goes out of scope (CARD_RECORD). */
struct card_record {
    char pan[PAN_DIGITS_MAX + 1];
    char psn[PSN_DIGITS + 1];          /* "00" when the record has none */
    char expiry[EXPIRY_DIGITS + 1];    /* YYMM */
    char effective[EXPIRY_DIGITS + 1]; /* YYMM */
    char service_code[SERVICE_CODE_DIGITS + 1];
    char cardholder[CARDHOLDER_MAX + 1];     /* as on the stripe: SURNAME/FIRST */
    char card_ref[CARD_REF_MAX + 1];         /* the provider's name for the card; "" when it gives none */
    char pin_block[CARD_PIN_DIGITS_MAX + 1]; /* hex, under the profile's PIN key; "" for no PIN */
    int64_t pin_format;                      /* ISO 9564-1: 0, 1, 3 or 4 */
    char transport_key[CARD_KEY_NAME_MAX + 1];
    size_t groupings_n;
    struct card_grouping grouping[CARD_GROUPINGS_MAX];
};

static inline void card_record_wipe(struct card_record *c)
{
    explicit_bzero(c, sizeof *c);
}
#define CARD_RECORD __attribute__((cleanup(card_record_wipe))) struct card_record

/*
 * Reads
 * {"pan","psn"?,"expiry","effective","service_code","cardholder","card_ref"?,"pin_block"?,"pin_format"?,
 * "transport_key"?,"groupings"? [{"id","encrypted"?,"value"}]}. The check digit of the
 * PAN, months, lengths and characters are judged; effective must not be after expiry. A failure names the
 * field (err_field) and never shows what stood in it: BAD_FORM, MISSING_FIELD, UNKNOWN_FIELD, BAD_VALUE,
 * BAD_LENGTH, TOO_LONG.
 */
enum tsm_err card_record_read(struct bytes json, struct card_record *out);
/* EXPIRED when the card's month of expiry is before `yymm` (four digits, this century). */
enum tsm_err card_record_current(const struct card_record *c, const char *yymm);

/* The first six and last four digits, stars between: "541333******0434"; all stars below 13 digits. Writes at
 * most PAN_DIGITS_MAX characters and the final 0. Returns out. */
char *pan_mask(const char *pan, char out[PAN_DIGITS_MAX + 1]);

#endif
