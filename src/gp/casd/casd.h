/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confidential key hand-over with a Controlling Authority Security Domain: a provider gives a new domain its
 * first keys so that the owner who carries the commands never learns them. Pull, scenario 3: the CASD agrees
 * on the keys with the provider's ephemeral key (ECKA-EG), the provider derives them from the CASD's
 * certificate. Push, scenario 2B: the provider encrypts them for the CASD. Pull, scenario 1: the card draws
 * them and answers under the provider's RSA key; of this one only the request is made here. The certificates
 * come by GET DATA 7F21 from the CASD. The groupings go to the domain by INSTALL [for personalization] and
 * STORE DATA (STORE_DGI | STORE_ANSWER) in the owner's channel. Stations 5 and 7. Pure.
 *
 * The standard is Amendment A ("Confidential Card Content Management"), whose text was not at hand. From
 * texts that were: that scenario 3 uses the groupings 7F49 and 00A6 and scenario 1 00DE and 00A6 (AmdF Annex
 * B note), that the control reference template is the one of Amendment F (AmdF 7 note); the parameters' b3
 * and its identifiers (AmdF 7.1.1, 7.6.2.3); ECKA-EG, X9.63, the receipt key and the random number DR in
 * SharedInfo (GPCS B.4.4, B.4.5); RSAES-OAEP (GPCS B.3); the certificate (AmdF 6.1 note). NOT CHECKED against
 * Amendment A: the numbers of the scenarios in tag 90 and that only scenario 3 has parameters there, their
 * other bits, tags 91 and 85, that DR stands before the identifiers, the order of the keys after the receipt
 * key, what the receipt covers, the bare point in grouping 7F49, the order of the groupings, grouping 8010
 * and what is in it. Each of these stands in one place in casd.c.
 */
#ifndef TSM_GP_CASD_CASD_H
#define TSM_GP_CASD_CASD_H

#include "base/crypto.h"
#include "base/ec/ec.h"

/* As tag 90 numbers them; push is scenario 2B. */
enum casd_scenario { CASD_PULL_DRAWN = 1, CASD_PULL_AGREED = 3, CASD_PUSH = 4 };

/* Bits of the parameters in tag 90, in scenario 3 alone. */
enum {
    CASD_DELETE_OLD = 0x01,        /* the domain's keys before give way */
    CASD_WITH_RANDOM = 0x02,       /* the card adds DR */
    CASD_WITH_IDS = 0x04,          /* host, SIN and SDIN go into the keys */
    CASD_AFTER_CERTIFICATE = 0x08, /* a certificate of ours was verified before */
};

enum { CASD_KEYS = 3, CASD_COUNTER_MAX = 8, CASD_ID_MAX = 127 };

/* What keys the domain shall have: CASD_KEYS AES keys of `key_len` at `kvn`, identifiers 1, 2, 3. `usage` is
 * 95 of the template, `counter` (91, may be empty) the first value of the sequence counter. The three
 * identifiers count with CASD_WITH_IDS. Spans are borrowed. */
struct casd_terms {
    enum casd_scenario scenario;
    uint8_t parameters, usage, key_len, kvn;
    struct bytes counter, host_id, sin, sdin;
};
/* BAD_VALUE, BAD_LENGTH or MISSING_FIELD when the terms contradict themselves. */
enum tsm_err casd_check(const struct casd_terms *t);

/* What goes with the template: scenario 3 the point of our ephemeral key, scenario 1 the provider's
 * certificate, scenario 2 the keys as encrypted for the CASD. */
struct casd_request {
    const struct casd_terms *terms;
    struct ec_public ephemeral;
    struct bytes certificate, encrypted;
};
/* Appends the groupings. The point's curve is not told: it is that of the CASD's certificate. Errors of
 * casd_check; BAD_LENGTH, UNSUPPORTED for a key that does not fit. */
enum tsm_err casd_request_write(const struct casd_request *r, struct writer *dgis);
/* Reads the same back, the groupings in any order; spans are borrowed, *terms receives what out->terms points
 * to, out->ephemeral.curve stays 0. DUPLICATE_TAG, MISSING_FIELD, UNKNOWN_FIELD. */
enum tsm_err casd_request_read(struct bytes dgis, struct casd_terms *terms, struct casd_request *out);

/* The card's answer in scenario 3: DR (85, with CASD_WITH_RANDOM alone) and the receipt (86). */
struct casd_answer {
    struct bytes random, receipt;
};
enum tsm_err casd_answer_read(struct bytes data, struct casd_answer *out);
enum tsm_err casd_answer_write(const struct casd_answer *a, struct writer *w);

/* The domain's new keys: ENC, MAC, DEK. They wipe themselves: CASD_SET keys = {0}; */
struct casd_keys {
    struct secret key[CASD_KEYS];
};
static inline void casd_keys_wipe(struct casd_keys *k)
{
    explicit_bzero(k, sizeof *k);
}
#define CASD_SET __attribute__((cleanup(casd_keys_wipe))) struct casd_keys

/* Scenario 3, both ends: `own` is our ephemeral key (the CASD: its static one), `peer` PK.CASD.ECKA out of
 * its verified certificate (the CASD: our point). */
struct casd_agreement {
    const struct casd_terms *terms;
    const struct ec_private *own;
    struct ec_public peer;
};
/*
 * Derives the keys that the answer's data prove. CRYPTOGRAM_WRONG when the receipt is not that of the card
 * whose certificate it was, BAD_LENGTH when DR is there and was not asked for, or the other way round; errors
 * of ec_agree. *out is written only on success.
 */
enum tsm_err casd_derive(struct crypto *c, const struct casd_agreement *a, struct bytes answer,
                         struct casd_keys *out);

/* The receipt that the card with this agreement gives when it draws `random` (empty without
 * CASD_WITH_RANDOM): what casd_derive compares with. */
enum tsm_err casd_receipt(struct crypto *c, const struct casd_agreement *a, struct bytes random,
                          uint8_t receipt[CMAC_LEN]);

#endif
