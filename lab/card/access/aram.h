/* SPDX-License-Identifier: Apache-2.0 */
/* The state of an Access Rule Application Master and the half that changes its rules (stations 7 and 10, the
 * card's side); pure; GP Secure Element Access Control v1.1 (GPD_SPE_013) 5.1. */
#ifndef LAB_CARD_ACCESS_ARAM_H
#define LAB_CARD_ACCESS_ARAM_H

#include "common/access_rules.h"
#include "card/applet/applet.h"

#define ARAM_MAX_RULES   4096 /* bytes of all REF-AR-DOs */
#define ARAM_MAX_COMMAND 1024
#define ARAM_MAX_ANSWER  (ARAM_MAX_RULES + 8)

struct aram {
    uint8_t rules[ARAM_MAX_RULES]; /* REF-AR-DOs, one behind the other */
    size_t len;
    uint64_t refresh; /* the refresh tag: another number after each change */
    uint8_t command[ARAM_MAX_COMMAND];
    size_t command_len;
    uint8_t answer[ARAM_MAX_ANSWER]; /* what GET DATA [Next] goes on with */
    size_t answer_len, answer_at;
};

/* True for objects with the same tag and value. */
bool aram_same(const struct tlv *a, const struct tlv *b);
/* STORE DATA, handed on by the application's security domain. */
uint16_t aram_store(struct app *a, const struct store_data *s);

#endif
