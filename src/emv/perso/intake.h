/* SPDX-License-Identifier: Apache-2.0 */
/* The card record that a provider hands over, as it leaves the envelope: read, judged, shown masked. Station
 * 5 (in the vault). Pure. [ISO 7812, ISO 7813; DESIGN 5] */
#ifndef TSM_EMV_PERSO_INTAKE_H
#define TSM_EMV_PERSO_INTAKE_H

#include "base/bytes.h"
#include "emv/cardvalue.h"
#include "emv/record.h"

enum { CARD_RECORD_JSON_MAX = 2048, CARD_REF_MAX = 64 };

/* Digits and texts with a final 0. Card data: wiped when its name goes out of scope (CARD_RECORD). */
struct card_record {
    char pan[PAN_DIGITS_MAX + 1];
    char psn[PSN_DIGITS + 1];          /* "00" when the record has none */
    char expiry[EXPIRY_DIGITS + 1];    /* YYMM */
    char effective[EXPIRY_DIGITS + 1]; /* YYMM */
    char service_code[SERVICE_CODE_DIGITS + 1];
    char cardholder[NAME_MAX + 1];   /* as on the stripe: SURNAME/FIRST */
    char card_ref[CARD_REF_MAX + 1]; /* the provider's name for the card; "" when it gives none */
};

static inline void card_record_wipe(struct card_record *c)
{
    explicit_bzero(c, sizeof *c);
}
#define CARD_RECORD __attribute__((cleanup(card_record_wipe))) struct card_record

/*
 * Reads {"pan","psn"?,"expiry","effective","service_code","cardholder","card_ref"?}. The check digit of the
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
