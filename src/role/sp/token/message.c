/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a token service provider. Station 6. Pure but for allocation. [capability Y4] */
#include "role/sp/token/message.h"

#include <string.h>

#include "vault/jose/jwe.h"

static const char *const status_words[] = {"active", "verify", "declined", NULL};
static const char name_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const struct json_row rows[] = {
    {"status", JSON_ENUM, offsetof(struct token_answer, status), 0, 0, JSON_NEEDED, status_words},
    {"reference", JSON_TEXT, offsetof(struct token_answer, reference), 1, TOKEN_REF_MAX, JSON_OPTIONAL, NULL},
    {"card", JSON_TEXT, offsetof(struct token_answer, card), 1, ORDER_DATA_MAX, JSON_OPTIONAL, NULL},
    {"reason", JSON_TEXT, offsetof(struct token_answer, reason), 0, TOKEN_REASON_MAX, JSON_OPTIONAL, NULL},
    {.name = NULL},
};

static enum tsm_err judge(const struct token_answer *a)
{
    if (a->status == TOKEN_DECLINED)
        return TSM_OK;
    if (!a->reference[0] || strspn(a->reference, name_letters) != strlen(a->reference))
        return FAIL(PEER_REFUSED, "the answer has no reference of the token");
    if (!a->card[0] || vault_jwe_check(bytes_of_text(a->card)) != TSM_OK)
        return FAIL(PEER_REFUSED, "the answer has no token as compact JWE");
    return TSM_OK;
}

enum tsm_err token_answer_read(struct bytes body, struct token_answer *out)
{
    struct token_answer a = {.status = TOKEN_DECLINED};
    json_t *o;
    enum tsm_err e;
    e = json_read(body, &o);
    if (e != TSM_OK)
        return e == TSM_NO_MEMORY ? e : FAIL(PEER_REFUSED, "the answer is no JSON");
    e = json_fill_known(o, rows, &a);
    json_decref(o);
    if (e != TSM_OK)
        return FAIL(PEER_REFUSED, "the answer has a member %.40s that is wrong or missing", err_field());
    TRY(judge(&a));
    *out = a;
    return TSM_OK;
}

static char *text_of(json_t *o)
{
    char *text = o ? json_text(o) : NULL;
    json_decref(o);
    return text;
}

char *token_request_text(const struct token_request *r)
{
    return text_of(json_pack("{so ss s{ss} ss sO}", "instance",
                             json_sprintf("%lld", (long long)r->instance->id), "service", r->order->service,
                             "device", se_kind_words[r->instance->se_kind], r->instance->se_ref, "card",
                             r->card, "reply_to", r->reply_to));
}

char *token_state_text(const char *state)
{
    return text_of(json_pack("{ss}", "state", state));
}
