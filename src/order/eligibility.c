/* SPDX-License-Identifier: Apache-2.0 */
/* Eligibility: each rule on its own line, all reasons reported. Station 4. Pure. [TR-03165 3.3.1] */
#include "order/eligibility.h"

#include <string.h>

static const struct {
    const char *word, *text, *next;
    enum fault_owner owner;
} rows[REASON_COUNT] = {
#define X(name, owner, text, next) {#name, text, next, OWNER_##owner},
    ELIGIBILITY_REASONS(X)
#undef X
};

const char *eligibility_reason_word(enum eligibility_reason reason)
{
    return rows[reason].word;
}

const char *eligibility_reason_text(enum eligibility_reason reason)
{
    return rows[reason].text;
}

const char *eligibility_reason_next(enum eligibility_reason reason)
{
    return rows[reason].next;
}

enum fault_owner eligibility_reason_owner(enum eligibility_reason reason)
{
    return rows[reason].owner;
}

void eligibility_judge(const struct eligibility_facts *f, struct eligibility *out)
{
    const bool unknown = strcmp(f->profile->name, PROFILE_UNIDENTIFIED) == 0;
    const bool against[REASON_COUNT] = {
        [REASON_TECHNICAL_INCOMPATIBILITY] = f->no_flavor && !unknown,
        [REASON_NOT_ENOUGH_SPACE] = f->needed > f->profile->memory - f->booked && !unknown,
        [REASON_DAP_NOT_SUPPORTED] = f->wants_dap && f->profile->no_dap,
        [REASON_SSD_NOT_SUPPORTED] = f->profile->ssd_module_len == 0 && !unknown,
        [REASON_NOT_ALLOWED] = f->shut_out,
        [REASON_LONG_AID_ALREADY_EXISTS] = f->aid_taken,
        [REASON_SE_LOCKED] = f->state == SE_LOCKED,
        [REASON_SE_TERMINATED] = f->state == SE_TERMINATED,
        [REASON_SE_CLOSED] = f->state == SE_CLOSED,
        [REASON_NOT_IDENTIFIED] = unknown,
        [REASON_NOT_CERTIFIED] = f->certified && !f->profile->certificate[0],
        [REASON_SUBSCRIPTION_SUSPENDED] = f->subscription == SUBSCRIPTION_SUSPENDED,
        [REASON_SUBSCRIPTION_RESTRICTED] = f->subscription == SUBSCRIPTION_RESTRICTED,
        [REASON_SUBSCRIPTION_TERMINATED] = f->subscription == SUBSCRIPTION_TERMINATED,
        [REASON_DEVICE_LOST] = f->device == DEVICE_LOST,
        [REASON_DEVICE_STOLEN] = f->device == DEVICE_STOLEN,
        [REASON_DEVICE_WITHOUT_NFC] = f->device == DEVICE_NO_NFC,
        [REASON_DEVICE_NOT_SUPPORTED] = f->device == DEVICE_UNSUPPORTED,
    };
    out->n = 0;
    for (int i = 0; i < REASON_COUNT; i++)
        if (against[i])
            out->reason[out->n++] = (enum eligibility_reason)i;
}
