/* SPDX-License-Identifier: Apache-2.0 */
/* A transit purse: one value file between two limits, debited by a terminal, credited by its issuer alone
 * (station 10, the card's side); pure; the commands are the laboratory's own, after the value files and
 * purses that transit cards have. Keys and MACs as of EMV Book 2 A1.2, A1.3. */
#ifndef LAB_CARD_APPLET_PURSE_PURSE_H
#define LAB_CARD_APPLET_PURSE_PURSE_H

#include "card/applet/issuer/issuer.h"

#define PURSE_INS_BEGIN  0x40 /* the issuer asks: counter and cryptogram that a credit is bound to */
#define PURSE_INS_CREDIT 0x42
#define PURSE_INS_DEBIT  0x44

#define PURSE_MONEY    6 /* octets: twelve decimal digits of the currency's minor unit */
#define PURSE_KEY_LEN  16
#define PURSE_MAC_LEN  8
#define PURSE_MAX_FCI  96
#define PURSE_MAX_RUN  512 /* octets of commands that come through the security domain */
#define PURSE_COUNTER  2
#define PURSE_LAST     0xFFFF
#define PURSE_DEBIT_IN 13 /* amount, unpredictable number, date */

/* "Not enough space in the file": the value would pass one of its limits. */
#define SW_BEYOND_LIMIT 0x6A84

enum purse_key { KEY_RECEIPT, KEY_CREDIT, PURSE_KEYS };

/* What personalisation brings. */
struct purse_file {
    uint8_t fci[PURSE_MAX_FCI]; /* contents of A5 */
    size_t fci_len;
    uint64_t lower, upper, value;
    bool has_fci, has_value, has_keys;
    struct sym_key key[PURSE_KEYS];
    uint8_t kcv[PURSE_KEYS][SYM_KCV_LEN];
    bool has_kcv;
};

/* What happened since: `ac` is of the last BEGIN, zero when something came between. */
struct purse_past {
    uint16_t counter, accepted, refused, since_ac;
    bool begun;
    uint8_t ac[PURSE_MAC_LEN];
};

struct purse {
    struct purse_file file, staged;
    struct purse_past past;
    bool live, staging;
    struct dgi_stream stream;
    uint8_t run[PURSE_MAX_RUN];
    size_t run_len;
};

/* One command, as a terminal sends it or the security domain brings it. */
uint16_t purse_command(struct app *a, struct job *j);
/* STORE DATA: a personalisation run, or commands in the issuer's template. */
uint16_t purse_store(struct app *a, const struct store_data *s);

/* BEGIN: a new transaction of the issuer; its cryptogram binds what follows. */
uint16_t purse_begin(struct purse *p, struct job *j);
/* CREDIT behind its MAC; refused whole where the value would pass the upper limit. */
uint16_t purse_credit(struct purse *p, struct job *j);
/* DEBIT; the answer holds counter, new value and a MAC over what happened. */
uint16_t purse_debit(struct purse *p, struct job *j);

/* Twelve decimal digits; false for what is none. */
bool purse_money_read(const uint8_t at[PURSE_MONEY], uint64_t *value);
void purse_money_write(uint64_t value, uint8_t at[PURSE_MONEY]);

#endif
