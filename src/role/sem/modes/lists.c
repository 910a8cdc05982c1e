/* SPDX-License-Identifier: Apache-2.0 */
/* The domains of an element, the tokens that were given for it and the space that is booked on it, as its
 * operator sees them. Station 1. Role. [capabilities S4, S6, S8] */
#include "base/hex.h"
#include "gp/delegated/token.h"
#include "order/manage/mode.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/page.h"
#include "role/sem/work.h"

/* Lists of one element. */
struct listing {
    struct element_ref ref;
    struct page page; /* of those that grow */
    json_t *list;
};

static json_t *domain_json(const struct rows *r)
{
    static const char *const states[] = {"planned", "created", "in use", "handed over", "removed"};
    char aid[2 * 16 + 1];
    json_t *o =
        json_pack("{ss sI ss ss so sI sI sb ss ss}", "domain", hex_text(db_blob(r, 1), aid), "tar",
                  (json_int_t)db_int(r, 3), "mode", mode_row(db_int(r, 4))->word, "state",
                  states[db_int(r, 5) <= DOMAIN_REMOVED ? db_int(r, 5) : DOMAIN_REMOVED], "privileges",
                  privileges_json(db_int(r, 6)), "nonvolatile", (json_int_t)db_int(r, 7), "volatile",
                  (json_int_t)db_int(r, 8), "dap", (int)db_int(r, 9), "hand_over",
                  hand_over_word(db_int(r, 10)), "holder", db_text(r, 11));
    return o;
}

static enum tsm_err parent_of(struct tx *tx, const struct element *el, int64_t parent, json_t *o)
{
    char aid[33];
    ROWS r = {0};
    if (parent == el->id) {
        json_object_set_new(
            o, "parent", json_string(hex_text(BYTES_OF(el->profile.isd_aid, el->profile.isd_aid_len), aid)));
        return TSM_OK;
    }
    TRY(db_first(tx, &r, SQL_DOMAIN_TREE, parent));
    json_object_set_new(o, "parent", json_string(hex_text(db_blob(&r, 0), aid)));
    return TSM_OK;
}

static enum tsm_err list_domains(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct element el;
    enum tsm_err e;
    ROWS r = {0};
    TRY(element_ref_find(tx, &l->ref, &el));
    e = db_query(tx, &r, SQL_DOMAIN_LIST, el.id, el.owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *o = domain_json(&r);
        NEED(o != NULL, NO_MEMORY);
        json_array_append_new(l->list, o);
        TRY(parent_of(tx, &el, db_int(&r, 2), o));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static json_t *token_json(const struct rows *r)
{
    char trace[2 * TRACE_LEN + 1];
    struct gp_token_command c;
    const char *kind = "unknown";
    if (gp_token_command_read(db_blob(r, 1), &c) == TSM_OK)
        kind = c.ins == INS_DELETE                           ? "delete"
               : c.install.p1 == INSTALL_FOR_LOAD            ? "load"
               : c.install.p1 == INSTALL_FOR_EXTRADITION     ? "extradition"
               : c.install.p1 == INSTALL_FOR_REGISTRY_UPDATE ? "registry-update"
                                                             : "install";
    return json_pack("{so ss ss ss ss sI sI sI}", "token", json_sprintf("%lld", (long long)db_int(r, 0)),
                     "for", kind, "state", token_state_word(db_int(r, 2)), "provider", db_text(r, 6), "trace",
                     hex_text(db_blob(r, 7), trace), "receipt", (json_int_t)db_int(r, 3), "at",
                     (json_int_t)db_int(r, 4), "settled", (json_int_t)db_int(r, 5));
}

static enum tsm_err list_tokens(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct element el;
    enum tsm_err e;
    ROWS r = {0};
    TRY(element_ref_find(tx, &l->ref, &el));
    e = db_query(tx, &r, SQL_DM_TOKEN_LIST, el.id, el.owner, l->page.before, l->page.limit);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_array_append_new(l->list, token_json(&r));
        page_shows(&l->page, db_int(&r, 0));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err booking_row(struct listing *l, const struct rows *r, time_us now)
{
    int64_t expires = db_int(r, 4);
    const char *state = expires == 0 ? "committed" : expires > now ? "reserved" : "expired";
    page_shows(&l->page, db_int(r, 0));
    return json_array_append_new(l->list, json_pack("{so ss ss sI sI ss}", "booking",
                                                    json_sprintf("%lld", (long long)db_int(r, 0)), "provider",
                                                    db_text(r, 1), "ref", db_text(r, 2), "bytes",
                                                    (json_int_t)db_int(r, 3), "expires", (json_int_t)expires,
                                                    "state", state)) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for a list of bookings");
}

static enum tsm_err list_bookings(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    struct element el;
    enum tsm_err e;
    ROWS r = {0};
    TRY(element_ref_find(tx, &l->ref, &el));
    e = db_query(tx, &r, SQL_BOOKING_LIST, el.id, l->page.before, l->page.limit);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        TRY(booking_row(l, &r, tx_now(tx)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err list(struct sem *sem, struct http_request *q, struct http_reply *reply, store_unit unit)
{
    struct listing l = {.list = NULL};
    enum tsm_err e;
    TRY(element_ref_read(sem, q, &l.ref));
    TRY(page_read(q, PAGE_MAX, &l.page));
    l.list = json_array();
    NEED(l.list != NULL, NO_MEMORY);
    e = store_read(sem->c.store, unit, &l);
    if (e == TSM_OK)
        e = page_link(&l.page, q, reply, l.list);
    if (e != TSM_OK) {
        json_decref(l.list);
        return e;
    }
    return http_reply_json(reply, 200, l.list);
}

enum tsm_err sem_list_domains(void *app, struct http_request *q, struct http_reply *reply)
{
    return list(app, q, reply, list_domains);
}

enum tsm_err sem_list_tokens(void *app, struct http_request *q, struct http_reply *reply)
{
    return list(app, q, reply, list_tokens);
}

enum tsm_err sem_list_bookings(void *app, struct http_request *q, struct http_reply *reply)
{
    return list(app, q, reply, list_bookings);
}
