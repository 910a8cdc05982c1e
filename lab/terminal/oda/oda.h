/* SPDX-License-Identifier: Apache-2.0 */
/* Offline data authentication by a terminal: static, dynamic, combined. Pure but for the reader. [EMV 4.3
 * Book 2 5, 6; Book 3 10.3] */
#ifndef LAB_TERMINAL_ODA_H
#define LAB_TERMINAL_ODA_H

#include "terminal/data/store.h"
#include "terminal/data/tlv.h"

enum { ODA_MAX_KEY = 248, ODA_MAX_STATIC = 2048, ODA_HASH = 20 };

/* A scheme's key as a terminal has it. `len` 0: none. */
struct oda_ca {
    uint8_t index, exponent[3], modulus[ODA_MAX_KEY];
    size_t len, exponent_len;
};
/* Reads {"index","exponent","modulus"} in hex. False with a message on stderr. */
bool oda_ca_read(const char *file, struct oda_ca *out);

struct oda_key {
    uint8_t exponent[3], modulus[ODA_MAX_KEY];
    size_t len, exponent_len;
};

/* A signature's content between format and hash. */
struct oda_content {
    uint8_t at[ODA_MAX_KEY];
    size_t len;
};
/* What a signature must be: whose, of which format, over which octets beside it. */
struct oda_claim {
    const struct oda_key *key;
    uint8_t format;
    struct term_bytes signature, tails[3];
};
/* False unless frame, format and hash are right. [annex A2.1] */
bool oda_recover(const struct oda_claim *c, struct oda_content *out);

/* The static data of the records, gathered while they are read. [Book 3 10.3] */
struct oda_static {
    size_t len;
    uint8_t at[ODA_MAX_STATIC];
    bool spoilt; /* a record that is marked cannot be taken: authentication fails */
};
void oda_static_add(struct oda_static *s, uint8_t sfi, struct term_bytes record);

/* Each gives NULL, or why authentication fails. */
const char *oda_issuer_key(const struct term_store *s, const struct oda_ca *ca, struct oda_key *out);
const char *oda_check_static(const struct term_store *s, const struct oda_static *d,
                             const struct oda_key *issuer);
const char *oda_icc_key(const struct term_store *s, const struct oda_static *d, const struct oda_key *issuer,
                        struct oda_key *out);
/* 9F4B over `data`: the dynamic data. */
const char *oda_check_dynamic(const struct oda_key *icc, struct term_bytes signature, struct term_bytes data,
                              struct oda_content *dynamic);

#endif
