/* SPDX-License-Identifier: Apache-2.0 */
/* The payment application of the laboratory's made-up schemes: one EMV-like application, whose issuer
 * application data say by which scheme's rules its cryptograms are built (stations 7 and 10, the card's
 * side); pure; EMV Books 1 to 3, EMV CPS 1.1. */
#ifndef LAB_CARD_APPLET_PAYMENT_H
#define LAB_CARD_APPLET_PAYMENT_H

#include "card/applet/applet.h"
#include "card/applet/dgi.h"

#define PAY_MAX_RECORDS  24
#define PAY_MAX_RECORD   254
#define PAY_MAX_FCI      220
#define PAY_MAX_AFL      64
#define PAY_MAX_INTERNAL 64
#define PAY_MAX_IAD      32
#define PAY_PIN_LEN      8
#define PAY_UDK_LEN      16
#define PAY_UDK_COUNT    3
#define PAY_CDOL_LEN     29 /* 9F02 9F03 9F1A 95 5F2A 9A 9C 9F37 */
#define PAY_AC_LEN       8
#define PAY_RSA_PARTS    5
#define PAY_RSA_HALF     124 /* EMV's longest key has 248 octets */
#define PAY_MAX_PDOL     128

enum pay_udk { UDK_AC, UDK_MAC, UDK_ENC };

/* The rules of one scheme, known by length and version in the issuer application data (9F10). */
enum pay_session { PAY_KEY_OF_CARD, PAY_KEY_BY_COUNTER, PAY_KEY_BY_NUMBER };
struct pay_scheme {
    const char *name;
    size_t iad_len, cvn_at;
    uint8_t cvn;
    size_t cvr_at, cvr_len, decision_at; /* of the card verification results in 9F10 */
    enum pay_session session;
    bool padding_1; /* of the MAC: method 1, else 2 */
    bool whole_iad; /* the cryptogram covers 9F10, else the card verification results */
};
const struct pay_scheme *payment_scheme(const uint8_t *iad, size_t len);

struct pay_record {
    uint8_t sfi, number, len;
    uint8_t value[PAY_MAX_RECORD];
};

/* What personalisation brings; replaced as a whole by the next run. */
struct pay_data {
    struct pay_record records[PAY_MAX_RECORDS];
    size_t record_count;
    uint8_t fci[PAY_MAX_FCI]; /* contents of A5 */
    size_t fci_len;
    bool has_fci;
    uint8_t aip[2];
    uint8_t afl[PAY_MAX_AFL];
    size_t afl_len;
    uint8_t iad[PAY_MAX_IAD];
    size_t iad_len; /* 0: it has none */
    struct sym_key udk[PAY_UDK_COUNT];
    bool has_udk[PAY_UDK_COUNT];
    uint8_t kcv[PAY_UDK_COUNT][SYM_KCV_LEN];
    bool has_kcv;
    uint8_t pin[PAY_PIN_LEN];
    uint8_t try_counter, try_limit;
    uint8_t internal[PAY_MAX_INTERNAL];
    size_t internal_len;
    uint8_t rsa[PAY_RSA_PARTS][PAY_RSA_HALF]; /* the card's own key, oda/oda.h; length 0: none */
    uint8_t rsa_len[PAY_RSA_PARTS];
};

#define PAY_MAX_TOKEN  256
#define PAY_MAX_STAGED 512
#define PAY_OBJECTS    3
#define PAY_OBJECT_LEN 6

/* What the issuer did and may change after issuance: issuer/issuer.h. */
struct pay_issuer {
    uint8_t ac[PAY_AC_LEN]; /* of the transaction at hand; zero before it has one */
    uint16_t accepted, refused, since_ac, offline;
    bool blocked;
    uint8_t objects[PAY_OBJECTS][PAY_OBJECT_LEN];
};

struct payment {
    struct pay_data *live, *staged; /* NULL = not personalised, no run */
    uint32_t booked;                /* card memory of the live data */
    struct dgi_stream stream;
    uint8_t token[PAY_MAX_TOKEN]; /* attestation token, object 7F41 */
    uint8_t object_staged[PAY_MAX_STAGED];
    size_t token_len, object_staged_len;
    struct pay_issuer issuer;
    uint8_t pdol[PAY_MAX_PDOL]; /* data of the last GET PROCESSING OPTIONS */
    size_t pdol_len;
    uint16_t atc;
    bool processing, decided; /* GPO done, GENERATE AC done in this selection */
};

/* One command, as a terminal sends it. */
uint16_t payment_command(struct app *a, struct job *j);
/* GENERATE AC over CDOL1 data of exactly PAY_CDOL_LEN bytes. */
uint16_t payment_generate_ac(struct payment *p, struct job *j);
/* The application cryptogram by the scheme's rules: 8 bytes over CDOL1 data, AIP, ATC and what it covers of
 * 9F10. */
bool payment_cryptogram(const struct pay_data *d, const uint8_t *cdol, uint16_t atc, const uint8_t *iad,
                        uint8_t *ac);
/* STORE DATA of a personalisation run. */
uint16_t payment_store(struct app *a, const struct store_data *s);
/* Writes 6F { 84 AID, A5 contents }. */
void fci_write(const struct app *a, const uint8_t *contents, size_t n, struct out *o);
/* Copies the contents of A5 out of DGI 9102, which may or may not carry the A5 header. */
bool fci_read(const struct dgi *d, uint8_t *to, size_t cap, size_t *len);

#endif
