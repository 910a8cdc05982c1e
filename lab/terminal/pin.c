/* SPDX-License-Identifier: Apache-2.0 */
/* The customer's PIN, checked by the card. [EMV Book 3 6.5.12, ISO 9564-1 9.3.4] */
#include "terminal/steps.h"

#include "terminal/data/tags.h"

#include <string.h>

enum { BLOCK = 8, FORMAT_2 = 0x20, FILL = 0xFF, WRONG = 0x63C0, TRIES = 0x0F };

static void to_block(const char *pin, uint8_t block[BLOCK])
{
    size_t n = strlen(pin);
    memset(block, FILL, BLOCK);
    block[0] = (uint8_t)(FORMAT_2 | n);
    for (size_t i = 0; i < n; i++) {
        uint8_t digit = (uint8_t)(pin[i] - '0');
        uint8_t *at = &block[1 + i / 2];
        *at = (uint8_t)(i % 2 ? (*at & 0xF0) | digit : (*at & 0x0F) | digit << 4);
    }
}

bool term_verify_pin(struct kernel *k)
{
    static const uint8_t head[4] = {0x00, 0x20, 0x00, 0x80};
    uint8_t block[BLOCK];
    if (!k->request->pin)
        return true;
    to_block(k->request->pin, block);
    bool sent = term_send(k, head, block, sizeof block);
    explicit_bzero(block, sizeof block);
    if (!sent)
        return false;
    if ((k->sw & 0xFFF0U) == WRONG)
        return term_refuse(k, "the PIN is wrong, %u tries are left", k->sw & TRIES);
    if (k->sw != TERM_SW_OK)
        return term_refuse_sw(k, "the card does not check the PIN");
    term_set(&k->out->data, TAG_CVM_RESULTS, "\x01\x00\x02", 3); /* plain PIN, checked by the card, right */
    return true;
}
