/* SPDX-License-Identifier: Apache-2.0 */
/* The gate in one call, and what it says. Station 4. Pure. [docs/admission.md] */
#include "order/admission/judge.h"

enum tsm_err admission_judge(const struct cap *cap, const struct cap_policy *policy, struct crypto *c,
                             struct admission_case *out)
{
    const struct cap_exports none = {.file = NULL, .count = 0};
    out->verdict = (struct cap_verdict){.admitted = false};
    TRY(cap_verify(cap, &none, &out->model, &out->report));
    return cap_admit(cap, policy, c, &out->report, &out->verdict);
}

void admission_unreadable(struct admission_case *out)
{
    out->verdict = (struct cap_verdict){.admitted = false};
    cap_unreadable(&out->report);
}

const struct cap_finding *admission_reason(const struct cap_report *r)
{
    for (size_t i = 0; i < r->findings; i++)
        if (r->finding[i].level == CAP_REFUSED)
            return &r->finding[i];
    return r->findings ? &r->finding[0] : NULL;
}

enum tsm_err admission_result(const struct admission_case *c)
{
    const struct cap_finding *f = admission_reason(&c->report);
    if (c->verdict.admitted)
        return TSM_OK;
    if (!f)
        return FAIL_FIELD(NOT_ADMITTED, "load_file", "the load file was not judged");
    return FAIL_FIELD(NOT_ADMITTED, "load_file", "%s %s: %s", cap_rule_id(f->rule),
                      f->level == CAP_REFUSED ? "refused" : "could not be proved", f->text);
}

json_t *admission_findings(const struct cap_report *r)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < r->findings; i++) {
        const struct cap_finding *f = &r->finding[i];
        json_array_append_new(list, json_pack("{ss ss ss ss ss}", "rule", cap_rule_id(f->rule), "level",
                                              f->level == CAP_REFUSED ? "refused" : "unproven", "text",
                                              f->text, "holds", cap_rule_holds(f->rule), "advice",
                                              cap_rule_advice(f->rule)));
    }
    return list;
}
