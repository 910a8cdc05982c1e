/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the partner verbs and of the fault owners. Station 6. Pure. */
#include "order/partner.h"

#include <string.h>

static const char *const words[PARTNER_VERB_COUNT] = {
#define X(name, word) word,
    PARTNER_VERBS(X)
#undef X
};

static const char *const owners[FAULT_OWNER_COUNT] = {
#define X(name) #name,
    FAULT_OWNERS(X)
#undef X
};

const char *partner_verb_word(int64_t verb)
{
    return verb >= 0 && verb < PARTNER_VERB_COUNT ? words[verb] : "unknown";
}

enum tsm_err partner_verb_read(const char *word, enum partner_verb *verb)
{
    for (int i = 0; i < PARTNER_VERB_COUNT; i++)
        if (!strcmp(words[i], word)) {
            *verb = (enum partner_verb)i;
            return TSM_OK;
        }
    return FAIL(NOT_FOUND, "%.40s is no partner verb", word);
}

const char *fault_owner_word(int64_t owner)
{
    return owner >= 0 && owner < FAULT_OWNER_COUNT ? owners[owner] : "HUB";
}
