/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's made-up card schemes, as an issuer knows them: which key, which session key, what a
 * cryptogram covers. Pure. [EMV 4.3 Book 2 8.1, Annex A1; CPA and the two large schemes' versions 10, 18 and
 * 20 are the models] */
#ifndef LAB_BANK_CRYPTOGRAM_SCHEME_H
#define LAB_BANK_CRYPTOGRAM_SCHEME_H

#include "bank/cryptogram/issuer.h"

/* Laboratory keys: published sample values, worthless on purpose. See README.md. */
#define BANK_LAB_IMK_AC      "9E15204313F7318ACB79B90BD986AD29"
#define BANK_MERIDIAN_IMK_AC "0123456789ABCDEFFEDCBA9876543210"
#define BANK_HARBOUR_IMK_AC  "89ABCDEF0123456776543210FEDCBA98"

enum bank_session { BANK_CARD_KEY, BANK_BY_COUNTER, BANK_BY_COUNTER_AND_NUMBER };
enum bank_derivation { BANK_DERIVE_A, BANK_DERIVE_B };

struct bank_scheme {
    const char *name, *imk_ac;
    size_t iad_len, cvn_at;
    unsigned cvn;
    enum bank_derivation derivation;
    enum bank_session session;
    enum bank_padding padding;
    size_t covered_at, covered_len; /* of 9F10 */
};

/* The scheme of issuer application data (9F10), NULL for none of ours. */
const struct bank_scheme *bank_scheme_of(const uint8_t *iad, size_t len);

#endif
