/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the provider's applications become selectable, and the access rules that device applications get
 * for them. Stations 6 and 11. Role. [TR-03165 4.1.4.14; GPD_SPE_013; capability S14] */
#include "role/sem/content/accessible.h"

#include "base/hex.h"
#include "role/sem/work.h"

/* One rule: this device application may speak to this application. */
static enum tsm_err add_rule(struct turn *t, const struct plan_application *a, const char *hash)
{
    struct rule_set *s = &t->rules;
    struct held_rule rule;
    char aid[2 * sizeof a->instance + 1];
    json_t *o;
    enum tsm_err e;
    if (s->n == RULES_AT_ONCE)
        return FAIL_FIELD(TOO_LONG, "device_apps", "more than %d access rules for one service",
                          RULES_AT_ONCE);
    o = json_pack("{ss ss}", "aid", hex_text(BYTES_OF(a->instance, a->instance_len), aid), "app_hash", hash);
    NEED(o != NULL, NO_MEMORY);
    e = rule_of_json(o, &rule);
    json_decref(o);
    TRY(e);
    s->rule[s->n++] = rule;
    return TSM_OK;
}

enum tsm_err accessible_read(struct turn *t, struct arena *arena)
{
    const json_t *app, *hash;
    size_t i, k;
    TRY(applications_read(t, arena));
    t->rules.n = 0;
    json_array_foreach(json_object_get(t->body, "applications"), i, app)
    {
        struct plan_application *a = &t->facts.applications[i];
        a->becomes_selectable = json_is_true(json_object_get(app, "becomes_selectable"));
        json_array_foreach(json_object_get(app, "device_apps"), k, hash)
            TRY(add_rule(t, a, json_is_string(hash) ? json_string_value(hash) : ""));
    }
    return rule_set_build(&t->rules, false);
}

/* By the registry: nobody opens what is another's. What an authorized domain has made itself is not in it. */
static enum tsm_err need_own(struct turn *t, struct tx *tx)
{
    for (size_t i = 0; i < t->facts.n_applications; i++) {
        const struct plan_application *a = &t->facts.applications[i];
        ROWS r = {0};
        enum tsm_err e =
            db_first(tx, &r, SQL_APPLICATION_STANDING, t->el.id, BYTES_OF(a->instance, a->instance_len));
        if (e == TSM_NOT_FOUND && t->domain.mode == MODE_AUTHORIZED)
            continue;
        if (e == TSM_NOT_FOUND || (e == TSM_OK && db_int(&r, 0) != t->domain.id))
            return FAIL(CONFLICT, "an application is not of the provider's domain on this secure element");
        TRY(e);
    }
    return TSM_OK;
}

enum tsm_err accessible_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    TRY(domain_of_provider(t, tx, provider));
    TRY(need_own(t, tx));
    *nothing = t->rules.n == 0;
    for (size_t i = 0; i < t->facts.n_applications; i++)
        *nothing = *nothing && !t->facts.applications[i].becomes_selectable;
    return TSM_OK;
}

enum tsm_err accessible_load(struct turn *t, struct tx *tx)
{
    return domain_known(tx, &t->el, &t->domain);
}
