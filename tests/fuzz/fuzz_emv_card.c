/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: card records as providers hand them over. A record that is taken has digits where it must. */
#include "fuzz.h"

#include <stdlib.h>

#include "base/hex.h"
#include "emv/perso/intake.h"

const char *const fuzz_seeds[] = {
    /* {"pan":"5413330089010434","psn":"01","expiry":"3012","effective":"2611","service_code":"201",
     * "cardholder":"DEMO/CUSTOMER"} */
    "7B2270616E223A2235343133333330303839303130343334222C2270736E223A223031222C22657870697279223A223330313222"
    "2C"
    "22656666656374697665223A2232363131222C22736572766963655F636F6465223A22323031222C2263617264686F6C64657222"
    "3A"
    "2244454D4F2F435553544F4D4552227D",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CARD_RECORD card;
    char masked[PAN_DIGITS_MAX + 1];
    if (card_record_read(BYTES_OF(data, size), &card) != TSM_OK)
        return 0;
    if (!text_is_digits(card.pan, PAN_DIGITS_MIN, PAN_DIGITS_MAX) || !luhn_right(card.pan))
        abort();
    pan_mask(card.pan, masked);
    return 0;
}
