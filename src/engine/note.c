/* SPDX-License-Identifier: Apache-2.0 */
/* Timeline and usage rows. Station 12. Edge. */
#include "engine/note.h"

#include <stdlib.h>

#include "base/json.h"

enum tsm_err note_add(struct tx *tx, const struct note *n)
{
    return db_exec(tx, SQL_EVENT_ADD, store_id(tx_store(tx)), n->party, n->trace, n->at ? n->at : tx_now(tx),
                   (int64_t)n->station, n->role, n->step, n->text, n->apdus ? n->apdus : "");
}

enum tsm_err note_dialogue(struct tx *tx, const struct job *job, const char *role, const struct talk *t)
{
    char *apdus = t->apdus && t->said ? json_text(t->apdus) : NULL;
    enum tsm_err e = TSM_OK;
    if (apdus)
        e = note_add(tx, &(struct note){.party = job->party,
                                        .trace = BYTES(job->trace),
                                        .station = 11,
                                        .role = role,
                                        .step = t->said->name,
                                        .text = t->said->text,
                                        .apdus = apdus});
    free(apdus);
    return e;
}

static json_t *event_json(const struct rows *r)
{
    char at[TIME_TEXT];
    const char *apdus = db_text(r, 5);
    json_t *said = json_string(db_text(r, 4)), *o;
    if (!said) /* one text that is no UTF-8 must not hide the timeline */
        said = json_string("this text cannot be shown");
    o = json_pack("{ss sI sI ss ss so}", "at", time_text(db_int(r, 0), at), "at_us", (json_int_t)db_int(r, 0),
                  "station", (json_int_t)db_int(r, 1), "role", db_text(r, 2), "step", db_text(r, 3), "text",
                  said);
    json_t *list = apdus[0] ? json_loads(apdus, 0, NULL) : NULL;
    if (o && list)
        json_object_set_new(o, "apdus", list);
    return o;
}

enum tsm_err note_list(struct tx *tx, int64_t party, struct bytes trace, time_us since, json_t **out)
{
    json_t *list = json_array();
    ROWS r = {0};
    enum tsm_err e = list ? db_query(tx, &r, SQL_EVENT_LIST_SINCE, party, trace, since)
                          : FAIL(NO_MEMORY, "no memory for a timeline");
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        if (json_array_append_new(list, event_json(&r)) != 0)
            e = FAIL(NO_MEMORY, "no memory for a timeline");
    if (e != TSM_NOT_FOUND) {
        json_decref(list);
        return e;
    }
    *out = list;
    return TSM_OK;
}

enum tsm_err note_import(struct tx *tx, int64_t party, struct bytes trace, const json_t *list)
{
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o)
    {
        json_t *apdus = json_object_get(o, "apdus");
        char *text = apdus ? json_text(apdus) : NULL;
        struct note n = {.party = party,
                         .trace = trace,
                         .station = (int)json_integer_value(json_object_get(o, "station")),
                         .role = json_member(o, "role"),
                         .step = json_member(o, "step"),
                         .text = json_member(o, "text"),
                         .apdus = text,
                         .at = json_integer_value(json_object_get(o, "at_us"))};
        enum tsm_err e = note_add(tx, &n);
        free(text);
        TRY(e);
    }
    return TSM_OK;
}

enum tsm_err usage_add(struct tx *tx, int64_t party, const char *key, struct bytes trace, const char *what,
                       int64_t units)
{
    return db_exec(tx, SQL_USAGE_ADD, store_id(tx_store(tx)), party, key, trace, tx_now(tx), what, units);
}
