/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of access rules from rows and to rows, and their commands. Stations 5 and 11. Role. [capability S14]
 */
#include "role/sem/care/services/rules.h"

#include "base/hex.h"
#include "base/json.h"

struct access_rule held_rule_of(const struct held_rule *h)
{
    return (struct access_rule){.aid = BYTES_OF(h->aid, h->aid_len),
                                .app_hash = BYTES_OF(h->app_hash, h->hash_len),
                                .filters = BYTES_OF(h->filters, h->filters_len),
                                .allowed = h->allowed};
}

enum tsm_err rule_set_build(struct rule_set *s, bool deletes)
{
    struct writer w = WRITER(s->room);
    s->commands = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct access_rule r = held_rule_of(&s->rule[i]);
        size_t mark = w.len;
        TRY(access_rule_store(&r, &w));
        s->command[s->commands++] = written_since(&w, mark);
        if (!deletes)
            continue;
        mark = w.len;
        TRY(access_rule_delete(&r, &w));
        s->command[s->commands++] = written_since(&w, mark);
    }
    return TSM_OK;
}

/* Columns: aid, app_hash, filter, allowed. */
static enum tsm_err take_rows(struct rows *r, struct rule_set *out)
{
    enum tsm_err e;
    while ((e = db_next(r)) == TSM_OK) {
        struct held_rule *h = &out->rule[out->n];
        if (out->n == RULES_AT_ONCE)
            return FAIL(TOO_LONG, "more than %d access rules for one service", RULES_AT_ONCE);
        TRY(bytes_keep(db_blob(r, 0), h->aid, sizeof h->aid, &h->aid_len));
        TRY(bytes_keep(db_blob(r, 1), h->app_hash, sizeof h->app_hash, &h->hash_len));
        TRY(bytes_keep(db_blob(r, 2), h->filters, sizeof h->filters, &h->filters_len));
        h->allowed = db_int(r, 3) != 0;
        out->n++;
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err rule_set_for_load(struct tx *tx, const struct element *el, const struct plan_facts *f,
                               struct rule_set *out)
{
    out->n = 0;
    for (size_t i = 0; i < f->n_applications; i++) {
        const struct plan_application *a = &f->applications[i];
        ROWS r = {0};
        TRY(db_query(tx, &r, SQL_TEMPLATE_LIST_OF, el->owner, BYTES_OF(a->instance, a->instance_len),
                     el->profile.name));
        TRY(take_rows(&r, out));
    }
    return rule_set_build(out, false);
}

enum tsm_err rule_set_for_removal(struct tx *tx, const struct element *el, const struct plan_facts *f,
                                  struct rule_set *out)
{
    out->n = 0;
    for (size_t i = 0; i < f->n_applications; i++) {
        const struct plan_application *a = &f->applications[i];
        ROWS r = {0};
        if (a->not_ours)
            continue;
        TRY(db_query(tx, &r, SQL_RULE_LIST_OF, el->id, BYTES_OF(a->instance, a->instance_len)));
        TRY(take_rows(&r, out));
    }
    return rule_set_build(out, true);
}

enum tsm_err rule_set_stored(struct tx *tx, int64_t se, const struct rule_set *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct access_rule r = held_rule_of(&s->rule[i]);
        TRY(db_exec(tx, SQL_RULE_SET, se, r.aid, r.app_hash, r.filters, (int64_t)r.allowed));
    }
    return TSM_OK;
}

enum tsm_err rule_set_deleted(struct tx *tx, int64_t se, const struct rule_set *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct access_rule r = held_rule_of(&s->rule[i]);
        TRY(db_exec(tx, SQL_RULE_DELETE, se, r.aid, r.app_hash));
    }
    return TSM_OK;
}

static enum tsm_err read_hex(const json_t *o, const char *name, uint8_t *to, size_t cap, size_t *len)
{
    *len = 0;
    return json_member(o, name)[0] ? json_member_hex(o, name, to, cap, len) : TSM_OK;
}

enum tsm_err rule_of_json(const json_t *o, struct held_rule *out)
{
    struct held_rule h = {.allowed = !json_is_false(json_object_get(o, "allowed"))};
    uint8_t room[2 * ACCESS_RULE_MAX];
    struct writer w = WRITER(room);
    struct access_rule r;
    TRY(read_hex(o, "aid", h.aid, sizeof h.aid, &h.aid_len));
    TRY(read_hex(o, "app_hash", h.app_hash, sizeof h.app_hash, &h.hash_len));
    TRY(read_hex(o, "filters", h.filters, sizeof h.filters, &h.filters_len));
    r = held_rule_of(&h);
    if (access_rule_store(&r, &w) != TSM_OK)
        return FAIL_FIELD(
            BAD_VALUE, h.hash_len ? "app_hash" : "aid",
            "no access rule: an AID has 5 to 16 octets, a hash 20 or 32, filters 8 each, and what is "
            "not allowed has none");
    *out = h;
    return TSM_OK;
}

json_t *rule_json(const struct access_rule *r)
{
    char aid[33] = "", hash[65] = "", filters[2 * ACCESS_FILTERS_MAX * ACCESS_FILTER_LEN + 1] = "";
    return json_pack("{ss ss ss sb}", "aid", hex_text(r->aid, aid), "app_hash", hex_text(r->app_hash, hash),
                     "filters", hex_text(r->filters, filters), "allowed", r->allowed);
}
