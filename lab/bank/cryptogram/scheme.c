/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's made-up card schemes by table. Pure. [EMV 4.3 Book 2 8.1] */
#include "bank/cryptogram/scheme.h"

static const struct bank_scheme schemes[] = {
    {"demo", BANK_LAB_IMK_AC, 7, 2, 18, BANK_DERIVE_B, BANK_BY_COUNTER, BANK_PADDING_2, 0, 7},
    {"meridian", BANK_MERIDIAN_IMK_AC, 7, 2, 10, BANK_DERIVE_B, BANK_CARD_KEY, BANK_PADDING_1, 3, 4},
    {"harbour", BANK_HARBOUR_IMK_AC, 10, 1, 20, BANK_DERIVE_A, BANK_BY_COUNTER_AND_NUMBER, BANK_PADDING_2, 2,
     6},
};

const struct bank_scheme *bank_scheme_of(const uint8_t *iad, size_t len)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (schemes[i].iad_len == len && iad[schemes[i].cvn_at] == schemes[i].cvn)
            return &schemes[i];
    return NULL;
}
