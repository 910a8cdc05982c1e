/* SPDX-License-Identifier: Apache-2.0 */
/* The setting of a service's verification, read by table and judged. Station 2. Pure but for allocation.
 * [capability P11] */
#include "role/sp/verify/setting.h"

#include <string.h>

const char *const verify_method_words[] = {"code", "hook", NULL};

struct posted {
    struct verify_setting s;
    json_t *step_up;
};

#define AT(member) offsetof(struct posted, member)
static const struct json_row setting_rows[] = {
    {"kind", JSON_ENUM, AT(s.method), 0, 0, JSON_NEEDED, verify_method_words},
    {"url", JSON_TEXT, AT(s.url), 8, VERIFY_URL_MAX, JSON_OPTIONAL, NULL},
    {"digits", JSON_INT, AT(s.digits), VERIFY_DIGITS_MIN, VERIFY_DIGITS_MAX, JSON_OPTIONAL, NULL},
    {"tries", JSON_INT, AT(s.tries), 1, VERIFY_TRIES_MAX, JSON_OPTIONAL, NULL},
    {"expires_s", JSON_INT, AT(s.expires_s), VERIFY_EXPIRES_MIN_S, VERIFY_EXPIRES_MAX_S, JSON_OPTIONAL, NULL},
    {"step_up", JSON_VALUE, AT(step_up), 0, 0, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};
static const struct json_row step_up_rows[] = {
    {"digits", JSON_INT, AT(s.digits), VERIFY_DIGITS_MIN, VERIFY_DIGITS_MAX, JSON_OPTIONAL, NULL},
    {"tries", JSON_INT, AT(s.tries), 1, VERIFY_TRIES_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err judge_hook(const json_t *document, const struct posted *p)
{
    if (!p->s.url[0])
        return FAIL_FIELD(MISSING_FIELD, "url", "a hook needs the address that is asked");
    if (strncmp(p->s.url, "https://", 8) != 0 && strncmp(p->s.url, "http://", 7) != 0)
        return FAIL_FIELD(BAD_VALUE, "url", "the address of a hook begins with https://");
    if (json_object_get(document, "digits") || json_object_get(document, "tries"))
        return FAIL_FIELD(BAD_VALUE, "digits", "digits and tries of a hook's code stand in step_up");
    return TSM_OK;
}

static enum tsm_err read_document(const json_t *document, struct posted *p)
{
    TRY(json_fill(document, setting_rows, p));
    if (p->s.method == VERIFY_HOOK) {
        TRY(judge_hook(document, p));
        return p->step_up ? json_fill(p->step_up, step_up_rows, p) : TSM_OK;
    }
    if (p->s.url[0] || p->step_up)
        return FAIL_FIELD(BAD_VALUE, p->s.url[0] ? "url" : "step_up",
                          "only a hook has an address and a step up");
    return TSM_OK;
}

enum tsm_err verify_setting_read(struct bytes text, struct verify_setting *out)
{
    struct posted p = {.s = {.digits = VERIFY_DIGITS, .tries = VERIFY_TRIES, .expires_s = VERIFY_EXPIRES_S}};
    json_t *document;
    enum tsm_err e;
    TRY(json_read(text, &document));
    e = read_document(document, &p);
    json_decref(document);
    *out = p.s;
    return e;
}

json_t *verify_setting_json(const struct verify_setting *s)
{
    const char *kind = verify_method_words[s->method];
    json_int_t digits = s->digits, tries = s->tries, expires = s->expires_s;
    return s->method == VERIFY_CODE
               ? json_pack("{ss sI sI sI}", "kind", kind, "digits", digits, "tries", tries, "expires_s",
                           expires)
               : json_pack("{ss ss sI s{sI sI}}", "kind", kind, "url", s->url, "expires_s", expires,
                           "step_up", "digits", digits, "tries", tries);
}
