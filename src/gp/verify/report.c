/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the admission gate as texts, and the list of what was found. Station 4. Pure. */
#include "gp/verify/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CONVERT  "make the CAP file again with a conforming converter; do not edit it afterwards"
#define COMPACT  "convert for a compact CAP file of one package"
#define DESCRIBE "give the whole CAP file as the converter wrote it, with Descriptor.cap"
#define SOURCE \
    "build the package again from its source; if the converter made this code, report it to its maker"
#define EXPORTS \
    "give the export file of the package (--export), or put the hash of the load file on the allow-list"
#define SMALLER "make the package smaller or divide it"
#define ELEMENT "choose another element, or build for the packages that this one has"
#define OWN     "use AIDs under a registered identifier of the provider"
#define ALLOW   "let the file be examined, then add its hash to the allow-list"

static const struct {
    const char *id, *holds, *advice;
} rules[CAP_RULE_COUNT] = {
#define X(name, id, holds, advice) {id, holds, advice},
    CAP_RULES(X)
#undef X
};

const char *cap_rule_id(enum cap_rule rule)
{
    return (size_t)rule < CAP_RULE_COUNT ? rules[rule].id : "";
}

const char *cap_rule_holds(enum cap_rule rule)
{
    return (size_t)rule < CAP_RULE_COUNT ? rules[rule].holds : "";
}

const char *cap_rule_advice(enum cap_rule rule)
{
    return (size_t)rule < CAP_RULE_COUNT ? rules[rule].advice : "";
}

static bool same_place(const struct cap_place *a, const struct cap_place *b)
{
    return a->component == b->component && a->offset == b->offset && a->method == b->method && a->pc == b->pc;
}

/* Where to write the text of a new finding; NULL when it is there already or the list is full. */
static struct cap_finding *slot(struct cap_report *r, enum cap_rule rule, enum cap_level level,
                                const struct cap_place *at)
{
    struct cap_finding *f;
    for (size_t i = 0; i < r->findings; i++)
        if (r->finding[i].rule == rule && same_place(&r->finding[i].at, at))
            return NULL;
    *(level == CAP_REFUSED ? &r->refused : &r->unproven) += 1;
    if (r->findings == CAP_FINDINGS_MAX)
        return NULL;
    f = &r->finding[r->findings++];
    f->rule = rule;
    f->level = level;
    f->at = *at;
    return f;
}

void cap_refuse(struct cap_report *r, enum cap_rule rule, const struct cap_place *at, const char *fmt, ...)
{
    struct cap_finding *f = slot(r, rule, CAP_REFUSED, at);
    char text[CAP_FINDING_TEXT];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (f)
        memcpy(f->text, text, sizeof text);
    (void)FAIL(BAD_VALUE, "%s: %s", cap_rule_id(rule), text);
}

void cap_unproven(struct cap_report *r, enum cap_rule rule, const struct cap_place *at, const char *fmt, ...)
{
    struct cap_finding *f = slot(r, rule, CAP_UNPROVEN, at);
    va_list args;
    if (!f)
        return;
    va_start(args, fmt);
    vsnprintf(f->text, sizeof f->text, fmt, args);
    va_end(args);
}
