/* SPDX-License-Identifier: Apache-2.0 */
/* What an order brings for a script: personalizationData, sealed before anything is stored; and whether a
 * script goes without card data. Stations 2 to 5. Role. [BSI TR-03165 4.2.3.4] */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "role/sp/prep/played.h"

/* The head of the trace: an order has its inputs before it has its id. */
uint64_t inputs_id(const uint8_t trace[TRACE_LEN])
{
    struct reader r = READER(BYTES_OF(trace, TRACE_LEN));
    uint64_t id = 0;
    return read_u64(&r, &id) == TSM_OK ? id : 0;
}

static bool is_texts(const json_t *value)
{
    const json_t *one;
    size_t i;
    json_array_foreach(value, i, one)
    {
        if (!json_is_string(one))
            return false;
    }
    return json_is_string(value) || json_is_array(value);
}

enum tsm_err inputs_seal(struct sp *sp, int64_t party, const uint8_t trace[TRACE_LEN], const json_t *map,
                         struct writer *blob)
{
    struct vault_party *vault;
    const char *name;
    json_t *value;
    char *text;
    enum tsm_err e;
    if (!json_is_object(map))
        return FAIL_FIELD(BAD_VALUE, "personalization_data", "personalization_data is an object of texts");
    json_object_foreach((json_t *)(uintptr_t)map, name, value)
    {
        if (!is_texts(value))
            return FAIL_FIELD(BAD_VALUE, "personalization_data", "%.40s is no text, and no list of texts",
                              name);
    }
    TRY(sp->c.vault_of(sp->c.self, party, &vault));
    text = json_text(map);
    NEED(text != NULL, NO_MEMORY);
    e = vault_script_inputs(vault, inputs_id(trace), bytes_of_text(text), blob);
    explicit_bzero(text, strlen(text));
    free(text);
    return e == TSM_TOO_LONG
               ? FAIL_FIELD(TOO_LONG, "personalization_data", "more than %d octets", SCRIPT_INPUTS_ROOM)
               : e;
}

struct chosen {
    struct turn *t;
    struct bytes body;
};

/* The script of the flavor that was just chosen: it is not the instance's yet. */
static enum tsm_err read_chosen(struct tx *tx, void *arg)
{
    struct chosen *c = arg;
    struct turn *t = c->t;
    int64_t id = t->flavor_id ? t->flavor_id : t->instance.flavor;
    json_t *flavor = NULL;
    ROWS r = {0}, script = {0};
    enum tsm_err e;
    TRY(db_first(tx, &r, SQL_FLAVOR_BY_ID, id, t->job->party));
    TRY(json_read(bytes_of_text(db_text(&r, 1)), &flavor));
    db_end(&r);
    e = db_first(tx, &script, SQL_PERSO_SCRIPT_BY_NAME, t->job->party, json_member(flavor, "perso_script"));
    json_decref(flavor);
    if (e == TSM_OK)
        c->body = arena_copy(&t->job->arena, bytes_of_text(db_text(&script, 1)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err played_needs_no_card(struct turn *t)
{
    struct chosen c = {.t = t};
    struct perso_script *script = arena_get(&t->job->arena, sizeof *script);
    NEED(script != NULL, NO_MEMORY);
    TRY(store_read(t->sp->c.store, read_chosen, &c));
    if (!c.body.len)
        return TSM_OK; /* the flavor personalises nothing */
    if (perso_script_is(c.body))
        TRY(perso_script_read(c.body, script));
    return script->n && !script->uses_card
               ? TSM_OK
               : FAIL_FIELD(MISSING_FIELD, "data",
                            "this service is personalised with card data, and there are none");
}
