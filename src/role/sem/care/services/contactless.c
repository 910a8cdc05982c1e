/* SPDX-License-Identifier: Apache-2.0 */
/* The act on the contactless registry: who answers a reader and who is first, which is the order in the
 * payment directory (PPSE) that a reader sees. Stations 5, 10 and 11. Role. [capability S15] */
#include <string.h>

#include "base/hex.h"
#include "gp/contactless/crs.h"
#include "role/sem/care/services/raw.h"

enum { PAGES = 8, ANSWERS_MAX = 8192, SW_PARTLY = 0x6320 };

static const struct {
    const char *word;
    enum crs_change change;
} priorities[] = {
    {"first", CRS_FIRST}, {"last", CRS_LAST}, {"first-now", CRS_FIRST_NOW}, {"end-now", CRS_END_NOW}};

static enum tsm_err load(struct care_turn *t, struct tx *tx)
{
    (void)t;
    (void)tx;
    return TSM_OK;
}

static enum tsm_err add_change(struct care_turn *t, enum crs_change change)
{
    uint8_t room[32], aid[16];
    struct writer w = WRITER(room);
    size_t n;
    TRY(json_member_hex(t->act.ask, "aid", aid, sizeof aid, &n));
    TRY(crs_set_status_write(change, BYTES_OF(aid, n), &w));
    return raw_add(t, written(&w));
}

static enum tsm_err add_changes(struct care_turn *t)
{
    const json_t *active = json_object_get(t->act.ask, "active");
    const char *priority = json_member(t->act.ask, "priority");
    if (json_is_boolean(active))
        TRY(add_change(t, json_is_true(active) ? CRS_ACTIVATE : CRS_DEACTIVATE));
    for (size_t i = 0; i < sizeof priorities / sizeof priorities[0]; i++)
        if (!strcmp(priority, priorities[i].word))
            TRY(add_change(t, priorities[i].change));
    return TSM_OK;
}

/* All in one exchange, so that the application stays selected; a lost answer is asked for again, and to do it
 * twice is harmless. The registry behind the changes shows what became of them. */
static enum tsm_err choose(struct care_turn *t)
{
    TRY(raw_begin(t, BYTES(crs_aid)));
    TRY(add_changes(t));
    for (int i = 0; i < PAGES; i++) {
        uint8_t room[16];
        struct writer w = WRITER(room);
        TRY(crs_get_status_write(i > 0, &w));
        TRY(raw_add(t, written(&w)));
    }
    return TSM_OK;
}

static json_t *listeners_json(struct bytes list)
{
    json_t *out = json_array();
    struct reader r = READER(list);
    uint8_t tag;
    struct bytes aid;
    while (r.left.len && read_u8(&r, &tag) == TSM_OK && read_lv(&r, &aid) == TSM_OK && aid.len <= 16) {
        char text[33];
        json_array_append_new(out, json_string(hex_text(aid, text)));
    }
    return out;
}

static json_t *entry_json(const struct crs_entry *e)
{
    char aid[33];
    json_t *o = json_pack("{ss sb so}", "aid", hex_text(e->aid, aid), "active", e->activation == 1,
                          "listeners", listeners_json(e->listeners));
    if (o && e->has_priority)
        json_object_set_new(o, "place", json_integer(e->priority));
    return o;
}

/* Refused changes end the act; the pages of the registry behind them are joined. */
static enum tsm_err read_answers(struct care_turn *t, struct writer *store, struct writer *joined)
{
    size_t n = json_array_size(t->answers), changes = n > PAGES ? n - PAGES : 1;
    for (size_t i = 0; i < n; i++) {
        struct rapdu a;
        TRY(raw_answer(t, i, store, &a));
        if (i == 0 && a.sw != SW_OK)
            return FAIL(NOT_FOUND, "the secure element has no contactless registry service");
        if (i && i < changes && a.sw != SW_OK)
            return FAIL(CARD_REFUSED, "the contactless registry answered %04X%s", a.sw,
                        a.sw == SW_PARTLY ? ": the application cannot be in this state" : "");
        if (i >= changes && (a.sw == SW_OK || a.sw == SW_MORE_ENTRIES))
            TRY(write_span(joined, a.data));
    }
    return TSM_OK;
}

static enum tsm_err list(struct care_turn *t, json_t *out)
{
    uint8_t room[ANSWERS_MAX], joined_room[ANSWERS_MAX];
    struct writer store = WRITER(room), joined = WRITER(joined_room);
    struct crs_entry entry;
    struct reader r;
    enum tsm_err e;
    TRY(read_answers(t, &store, &joined));
    r = READER(written(&joined));
    while ((e = crs_next(&r, &entry)) == TSM_OK)
        json_array_append_new(out, entry_json(&entry));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err ended(struct care_turn *t, struct tx *tx, bool failed)
{
    json_t *registry;
    enum tsm_err e;
    if (failed) {
        care_fail(t);
        return TSM_OK;
    }
    registry = json_array();
    e = list(t, registry);
    care_over(t, json_pack("{so}", "contactless", registry));
    if (e == TSM_OK)
        return care_leaf(tx, &t->act, "contactless.set");
    failure_set(&t->talk.failure, OWNER_SE, "read the contactless registry and compare", "%s",
                err_cause()[0] ? err_cause() : err_text(e));
    care_fail(t);
    return TSM_OK;
}

const struct care_kind care_contactless = {.load = load, .choose = choose, .ended = ended};
