/* SPDX-License-Identifier: Apache-2.0 */
/* Domains of the owner's making: for itself or for a provider who will claim it, with privileges, quota and a
 * place in the hierarchy. Stations 5 and 6. Role. [GPCS 6.6.1, 7.2; capability S4] */
#include <stdio.h>
#include <string.h>

#include "order/manage/authority.h"
#include "order/manage/mode.h"
#include "role/sem/modes/steps.h"

/* Privileges that an operator may name beside those of the mode [GPCS tables 11-7 to 11-9]. */
static const struct {
    const char *word;
    uint32_t bits;
} privilege_rows[] = {
    {"card-lock", PRIVILEGE_CARD_LOCK},
    {"card-terminate", PRIVILEGE_CARD_TERMINATE},
    {"mandated-dap", PRIVILEGE_MANDATED_DAP},
    {"token-verification", PRIVILEGE_TOKEN_VERIFICATION},
    {"global-delete", PRIVILEGE_GLOBAL_DELETE},
    {"global-lock", PRIVILEGE_GLOBAL_LOCK},
    {"global-registry", PRIVILEGE_GLOBAL_REGISTRY},
    {"receipt-generation", PRIVILEGE_RECEIPT_GENERATION},
};

json_t *privileges_json(int64_t privileges)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof privilege_rows / sizeof privilege_rows[0]; i++)
        if (((uint32_t)privileges & privilege_rows[i].bits) == privilege_rows[i].bits)
            json_array_append_new(list, json_string(privilege_rows[i].word));
    return list;
}

static enum tsm_err no_privilege(const json_t *word)
{
    const char *text = json_is_string(word) ? json_string_value(word) : "what is no text";
    char all[ERR_CAUSE_MAX] = "";
    size_t n = 0;
    for (size_t i = 0; i < sizeof privilege_rows / sizeof privilege_rows[0] && n < sizeof all; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", privilege_rows[i].word);
    return FAIL_FIELD(BAD_VALUE, "privileges", "%.30s is none of: %.180s", text, all);
}

static enum tsm_err read_privileges(const json_t *list, int64_t *out)
{
    const json_t *word;
    uint32_t sum = 0;
    size_t i, k, n = sizeof privilege_rows / sizeof privilege_rows[0];
    if (list && !json_is_array(list))
        return FAIL_FIELD(BAD_VALUE, "privileges", "privileges must be a list of words");
    json_array_foreach(list, i, word)
    {
        for (k = 0; k < n &&
                    (!json_is_string(word) || strcmp(json_string_value(word), privilege_rows[k].word) != 0);)
            k++;
        if (k == n)
            return no_privilege(word);
        sum |= privilege_rows[k].bits;
    }
    *out = (int64_t)sum;
    return TSM_OK;
}

static enum tsm_err read_quota(const json_t *o, const char *name, int64_t *out)
{
    const json_t *v = json_object_get(o, name);
    if (v && (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > PROFILE_MEMORY_MAX))
        return FAIL_FIELD(BAD_VALUE, name, "%s must be 1 to %d octets", name, PROFILE_MEMORY_MAX);
    *out = json_integer_value(v);
    return TSM_OK;
}

enum tsm_err terms_read(struct turn *t, struct arena *arena)
{
    struct domain *d = &t->domain;
    TRY(creation_read(t, arena));
    TRY(read_privileges(json_object_get(t->body, "privileges"), &d->privileges));
    TRY(read_quota(t->body, "nonvolatile", &d->nonvolatile));
    TRY(read_quota(t->body, "volatile", &d->volatile_room));
    if (*json_member(t->body, "parent"))
        TRY(json_member_hex(t->body, "parent", d->parent_aid, sizeof d->parent_aid, &d->parent_len));
    return TSM_OK;
}

/* The provider that it is for, by name; none: the owner itself. */
static enum tsm_err read_holder(struct turn *t, struct tx *tx, int64_t *holder)
{
    const char *name = json_member(t->body, "provider");
    ROWS r = {0};
    enum tsm_err e;
    *holder = t->el.owner;
    if (!*name)
        return TSM_OK;
    e = db_first(tx, &r, SQL_PARTY_BY_NAME, name);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && !db_int(&r, 2)))
        return FAIL_FIELD(NOT_FOUND, "provider", "there is no provider %.60s", name);
    TRY(e);
    *holder = db_int(&r, 0);
    return TSM_OK;
}

/* The domain above must be on the card and take content. */
static enum tsm_err take_parent(struct turn *t, struct tx *tx)
{
    struct domain parent = {.aid_len = t->domain.parent_len};
    enum tsm_err e;
    if (!parent.aid_len)
        return TSM_OK;
    memcpy(parent.aid, t->domain.parent_aid, sizeof parent.aid);
    e = domain_known(tx, &t->el, &parent);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && parent.state < DOMAIN_KEYED && parent.state != DOMAIN_CREATED))
        return FAIL_FIELD(NOT_FOUND, "parent", "the domain above is not on this secure element");
    TRY(e);
    if (parent.nonvolatile && t->domain.nonvolatile > parent.nonvolatile)
        return FAIL_FIELD(CONFLICT, "nonvolatile", "the domain above has %lld octets for all below it",
                          (long long)parent.nonvolatile);
    t->parent = parent.id;
    return TSM_OK;
}

enum tsm_err owners_domain_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    int64_t holder;
    struct domain stands = t->domain;
    (void)provider;
    (void)nothing;
    TRY(read_holder(t, tx, &holder));
    TRY(take_parent(t, tx));
    if (domain_known(tx, &t->el, &stands) == TSM_OK && stands.state >= DOMAIN_KEYED)
        return FAIL(CONFLICT, "a security domain of this AID is on the secure element");
    if (hand_over_is_confidential(t->domain.hand_over) && holder == t->el.owner)
        return FAIL_FIELD(BAD_VALUE, "hand_over",
                          "a domain of the owner's own has no confidential hand-over");
    TRY(domain_take(tx, &t->el, holder, &t->domain));
    if (t->parent)
        TRY(db_exec(tx, SQL_DOMAIN_SET_PARENT, t->domain.id, t->parent));
    if (mode_row(t->domain.mode)->tokens)
        TRY(delegation_take(t->sem, tx, &t->el));
    return domain_first_keys(t->sem, tx, &t->el, &t->domain);
}

/* A provider's stays CREATED until it claims its keys; the owner's own is in use at once. */
enum tsm_err owners_domain_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    (void)job;
    (void)reply;
    if (t->domain.holder != t->el.owner)
        return TSM_OK;
    TRY(db_exec(tx, SQL_KEYSET_SET_STATE, t->domain.id, t->el.owner, t->el.profile.protocol,
                t->el.profile.first_kvn, (int64_t)KEYSET_LIVE));
    return db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)DOMAIN_KEYED, t->domain.tar);
}

enum tsm_err owners_removal_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    ROWS r = {0};
    enum tsm_err e;
    (void)provider;
    e = domain_known(tx, &t->el, &t->domain);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "the secure element has no security domain of this AID");
    TRY(e);
    e = db_first(tx, &r, SQL_DOMAIN_CHILD, t->el.id, t->domain.id);
    if (e == TSM_OK)
        return FAIL(CONFLICT, "domains below it must be removed first");
    if (e != TSM_NOT_FOUND)
        return e;
    ROWS content = {0};
    e = db_first(tx, &content, SQL_APPLICATION_OF_DOMAIN, t->el.id, t->domain.id);
    if (e == TSM_OK)
        return FAIL(CONFLICT, "the domain has content: its provider's services must be terminated first");
    if (e != TSM_NOT_FOUND)
        return e;
    *nothing = t->domain.state < DOMAIN_CREATED;
    return *nothing ? domain_forget(tx, &t->el, &t->domain) : TSM_OK;
}
