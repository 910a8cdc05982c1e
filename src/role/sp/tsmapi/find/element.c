/* SPDX-License-Identifier: Apache-2.0 */
/* Owners are asked about the elements that a handset shows. Station 4. Role. [TR-03165 3.3.1] */
#include "role/sp/tsmapi/find/element.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "order/card/component.h"
#include "order/card/match.h"
#include "role/sp/owner/ask_now.h"
#include "role/sp/owner/needs.h"

/* What the owner said of the element itself. */
static void take_reply(const struct now_answer *a, struct shown_element *el)
{
    const json_t *profile = json_object_get(a->reply, "profile");
    const json_t *type = json_object_get(json_object_get(profile, "component"), "scType");
    const char *bearer = json_member(profile, "bearer");
    el->known = true;
    el->owner = a->owner;
    el->by_messages = !strcmp(bearer, "sms");
    el->type = json_is_integer(type)      ? json_integer_value(type)
               : !strcmp(bearer, "seram") ? COMPONENT_ESE
                                          : COMPONENT_UICC;
    snprintf(el->element, sizeof el->element, "%lld/%s", (long long)a->owner,
             json_member(a->reply, "element"));
    snprintf(el->profile, sizeof el->profile, "%s", json_member(profile, "name"));
}

static enum tsm_err ask(struct sp *sp, int64_t party, const struct ident *ident, json_t *flavors,
                        struct now_answer *out)
{
    json_t *body = json_pack("{s{ss}}", "se", se_kind_words[ident->kind], ident->ref);
    enum tsm_err e = body ? TSM_OK : FAIL(NO_MEMORY, "no memory for a question");
    if (e == TSM_OK && flavors)
        json_object_set(body, "flavors", flavors);
    if (e == TSM_OK)
        e = sp_ask_now(sp, party, body, out);
    json_decref(body);
    return e;
}

/* An owner that is away is no error here: whoever asks decides what that means. */
static bool is_away(enum tsm_err e)
{
    return e == TSM_TIMED_OUT || e == TSM_PEER_DOWN;
}

static enum tsm_err look_by(struct sp *sp, int64_t party, const struct ident *name, struct shown_element *out)
{
    struct now_answer a = {.owner = 0};
    enum tsm_err e = ask(sp, party, name, NULL, &a);
    if (e == TSM_OK) {
        out->ident = *name;
        take_reply(&a, out);
        json_decref(a.reply);
    }
    if (is_away(e))
        out->unreachable = true;
    else if (e != TSM_NOT_FOUND)
        return e;
    err_clear();
    return TSM_OK;
}

enum tsm_err element_look(struct sp *sp, int64_t party, const struct component *c, struct shown_element *out)
{
    struct ident names[IDENTS_MAX];
    size_t n = component_idents(c, names);
    *out = (struct shown_element){.component = c};
    for (size_t i = 0; i < n && !out->known; i++)
        TRY(look_by(sp, party, &names[i], out));
    return TSM_OK;
}

enum tsm_err element_by_name(struct sp *sp, int64_t party, const struct api_instance *i,
                             struct shown_element *out)
{
    struct ident name = {.kind = i->se_kind};
    *out = (struct shown_element){.component = NULL};
    snprintf(name.ref, sizeof name.ref, "%s", i->se_ref);
    return look_by(sp, party, &name, out);
}

struct needing {
    struct service_need need;
    json_t *flavors;
};

static enum tsm_err read_needs(struct tx *tx, void *arg)
{
    struct needing *n = arg;
    return needs_of_service(tx, &n->need, &n->flavors);
}

static void take_verdict(const json_t *reply, struct shown_element *el)
{
    struct failure f;
    static const char prefix[] = "not eligible: ";
    el->eligible = json_is_true(json_object_get(reply, "eligible"));
    if (el->eligible)
        return;
    not_eligible_failure(reply, &f);
    snprintf(el->reason, sizeof el->reason, "%.*s", ELEMENT_REASON_MAX - 1,
             !strncmp(f.reason, prefix, sizeof prefix - 1) ? f.reason + sizeof prefix - 1 : f.reason);
}

enum tsm_err element_judge(struct sp *sp, int64_t party, int64_t service, struct shown_element *el)
{
    struct needing n = {.need = {.party = party, .service = service, .flavor = "", .flavor_id = el->flavor}};
    struct now_answer a = {.owner = 0};
    enum tsm_err e;
    TRY(store_read(sp->c.store, read_needs, &n));
    e = ask(sp, party, &el->ident, n.flavors, &a);
    json_decref(n.flavors);
    if (is_away(e)) {
        el->unreachable = true;
        return TSM_OK;
    }
    TRY(e);
    take_verdict(a.reply, el);
    json_decref(a.reply);
    return TSM_OK;
}

enum tsm_err element_instance(struct tx *tx, int64_t party, int64_t service, struct shown_element *el)
{
    struct ident names[IDENTS_MAX];
    size_t n = component_idents(el->component, names);
    enum tsm_err e = TSM_NOT_FOUND;
    el->instance = 0;
    if (el->known) {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_INSTANCE_OF_ELEMENT, party, service, el->element);
        el->instance = e == TSM_OK ? db_int(&r, 0) : 0;
    }
    for (size_t i = 0; i < n && e == TSM_NOT_FOUND; i++) {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_INSTANCE_FIND, party, service, names[i].kind, names[i].ref);
        el->instance = e == TSM_OK ? db_int(&r, 0) : 0;
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Hex of a data object into the room; empty where there is none. */
static struct bytes object_of(const char *hex, uint8_t room[OBJECT_MAX])
{
    size_t n = 0;
    return hex_read(hex, room, OBJECT_MAX, &n) == TSM_OK ? BYTES_OF(room, n) : BYTES_NONE;
}

static enum tsm_err match_all(struct tx *tx, const struct card_sight *sight, bool all, struct fitting *out)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_PROFILE_PUBLIC);
    while (e == TSM_OK && out->n < FITTING_MAX && (e = db_next(&r)) == TSM_OK) {
        struct profile_fit fit = {.fit = FIT_NOT};
        struct se_profile p;
        json_t *body = json_loads(db_text(&r, 2), 0, NULL);
        if (profile_read(body, &p) == TSM_OK)
            profile_fit(&p, sight, &fit);
        json_decref(body);
        if (fit.fit == FIT_KNOWN || (all && fit.fit == FIT_OPEN))
            snprintf(out->name[out->n++], sizeof out->name[0], "%s", p.name);
    }
    err_clear();
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err component_fits(struct tx *tx, const struct component *c, bool all, struct fitting *out)
{
    uint8_t cplc[OBJECT_MAX], recognition[OBJECT_MAX], capabilities[OBJECT_MAX];
    struct card_answers answers = {.cplc = object_of(c->cplc, cplc),
                                   .recognition = object_of(c->recognition, recognition),
                                   .capabilities = object_of(c->capabilities, capabilities)};
    struct card_sight sight;
    out->n = 0;
    if (!answers.cplc.len && !answers.recognition.len && !answers.capabilities.len)
        return TSM_OK;
    card_sight_read(&answers, &sight);
    return match_all(tx, &sight, all, out);
}
