/* SPDX-License-Identifier: Apache-2.0 */
/* Context specific attributes that orders know, one row a name. Stations 2 to 4. Role. [TR-03165 4.1.4.4] */
#include "role/sp/sptsm/release/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "order/manage/mode.h"

enum { QUOTA_MAX = 1 << 24, QUOTA_DIGITS = 8 };

static bool is_mode(const char *text)
{
    enum domain_mode mode;
    return mode_read(text, &mode) == TSM_OK;
}

static bool is_hand_over(const char *text)
{
    enum hand_over way;
    return hand_over_read(text, &way) == TSM_OK;
}

static bool is_flag(const char *text)
{
    return !strcmp(text, "true") || !strcmp(text, "false");
}

static bool is_quota(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n > 0 && n <= QUOTA_DIGITS && text[n] == 0 && atol(text) <= QUOTA_MAX;
}

static json_t *text_of(const char *text)
{
    return json_string(text);
}

static json_t *flag_of(const char *text)
{
    return json_boolean(!strcmp(text, "true"));
}

static json_t *number_of(const char *text)
{
    return json_integer(atol(text));
}

static const struct known {
    const char *name, *word; /* the attribute, and its word in the order's row */
    bool (*is)(const char *text);
    json_t *(*value)(const char *text);
    const char *wanted;
} known[] = {
    {"managementMode", "mode", is_mode, text_of, "simple, delegated or authorized"},
    {"keyHandOver", "hand_over", is_hand_over, text_of, "random, diversified, casd-pull, casd-push or scp11"},
    {"verifyLoadFiles", "dap", is_flag, flag_of, "true or false"},
    {"domainMemory", "quota", is_quota, number_of, "octets, at most 16777216"},
    {"neededMemory", "memory", is_quota, number_of, "octets, at most 16777216"},
    {"certifiedElement", "certified", is_flag, flag_of, "true or false"},
};

static const char *given(const json_t *flavor, const struct known *k)
{
    return json_member(json_object_get(flavor, "contextSpecificAttributes"), k->name);
}

enum tsm_err context_judge(const json_t *flavor, struct refusal *refusal)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *text = given(flavor, &known[i]);
        char path[80];
        snprintf(path, sizeof path, "contextSpecificAttributes.%s", known[i].name);
        if (*text && !known[i].is(text))
            return refuse(refusal, TR_INVALID_FORMAT, text, path, known[i].wanted);
    }
    return TSM_OK;
}

enum tsm_err context_release(const json_t *flavor, json_t *made)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *text = given(flavor, &known[i]);
        if (*text && json_object_set_new(made, known[i].word, known[i].value(text)) != 0)
            return FAIL(NO_MEMORY, "no memory for a flavor");
    }
    return TSM_OK;
}
