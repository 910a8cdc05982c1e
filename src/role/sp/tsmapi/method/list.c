/* SPDX-License-Identifier: Apache-2.0 */
/* getServiceInstances: what the service has on the elements that a handset shows, and which process runs
 * there. Stations 2 and 12. Role. [TR-03165 4.2.5.2] */
#include <stdio.h>
#include <string.h>

#include "base/sign/sign.h"
#include "base/hex.h"
#include "role/sp/tsmapi/call.h"
#include "role/sp/tsmapi/names.h"

enum tsm_err instance_uuid_made(int64_t instance, char out[API_UUID_ROOM])
{
    uint8_t digest[SHA256_LEN];
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)instance);
    TRY(sha256_of(bytes_of_text(text), digest));
    (void)uuid_text(digest, out);
    return TSM_OK;
}

enum tsm_err service_instance_uuid(struct tx *tx, int64_t instance, char out[API_UUID_ROOM])
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TSMAPI_INSTANCE_UUID, instance));
    if (db_text(&r, 0)[0]) {
        snprintf(out, API_UUID_ROOM, "%s", db_text(&r, 0));
        return TSM_OK;
    }
    return instance_uuid_made(instance, out);
}

static enum tsm_err read_service(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    TRY(service_find(tx, c->party, c->q.service, &c->service));
    return service_admits(&c->service, c->q.caller);
}

static enum tsm_err read_elements(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    for (size_t i = 0; i < c->n_shown; i++)
        if (!c->shown[i].instance)
            TRY(element_instance(tx, c->party, c->service.id, &c->shown[i]));
    return TSM_OK;
}

/* By the names that the handset shows; an owner is asked only about an element without an instance by these.
 */
static enum tsm_err find_instances(struct api_call *c)
{
    for (size_t i = 0; i < c->q.n_components; i++)
        if (c->q.component[i].accessible)
            c->shown[c->n_shown++] = (struct shown_element){.component = &c->q.component[i]};
    if (c->n_shown == 0 && c->q.n_components)
        return CALL_FAULT(c, API_SC_INACCESSIBLE, "access to SC failed: reader %s", c->q.component[0].reader);
    TRY(store_read(c->sp->c.store, read_elements, c));
    for (size_t i = 0; i < c->n_shown; i++)
        if (!c->shown[i].instance)
            TRY(element_look(c->sp, c->party, c->shown[i].component, &c->shown[i]));
    return store_read(c->sp->c.store, read_elements, c);
}

/* The process that waits or runs on the instance, if it is this app's. */
static enum tsm_err add_running(struct tx *tx, const struct api_call *c, const struct api_instance *i,
                                json_t *o)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TSMAPI_PROCESS_LAST, i->id);
    bool waits, runs;
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    waits = db_int(&r, 2) == 0 && db_int(&r, 3) > clock_now(c->sp->c.clock);
    runs = db_int(&r, 2) == 1 && !order_is_final(db_int(&r, 4));
    if ((waits || runs) && !strcmp(db_text(&r, 1), c->q.caller))
        json_object_set_new(o, "runningProcess", json_string(db_text(&r, 0)));
    return TSM_OK;
}

/* Two of the elements that are shown may be one: its instance is listed once. */
static bool is_listed(const struct api_call *c, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (c->shown[i].instance == c->shown[at].instance)
            return true;
    return c->shown[at].instance == 0;
}

static enum tsm_err add_instance(struct tx *tx, struct api_call *c, const struct shown_element *el,
                                 json_t *list)
{
    struct api_instance i;
    json_t *o;
    TRY(api_instance_load(tx, c->party, el->instance, &i));
    TRY(instance_json(tx, &c->service, &i, el->component->reader, &o));
    NEED(json_array_append_new(list, o) == 0, NO_MEMORY);
    return add_running(tx, c, &i, o);
}

static enum tsm_err read_list(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    json_t *list = json_array();
    c->result = json_pack("{so}", "serviceInstances", list);
    NEED(c->result != NULL, NO_MEMORY);
    for (size_t i = 0; i < c->n_shown; i++)
        if (!is_listed(c, i))
            TRY(add_instance(tx, c, &c->shown[i], list));
    return TSM_OK;
}

static bool is_unnamed(struct tx *tx, int64_t instance)
{
    ROWS r = {0};
    return db_first(tx, &r, SQL_TSMAPI_INSTANCE_UUID, instance) == TSM_OK && !db_text(&r, 0)[0];
}

static enum tsm_err read_unnamed(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    for (size_t i = 0; i < c->n_shown; i++)
        if (c->shown[i].instance && is_unnamed(tx, c->shown[i].instance))
            return TSM_OK;
    return TSM_NOT_FOUND;
}

/* Instances that the provider ordered itself get the id that an app will call them by. */
static enum tsm_err name_instances(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    for (size_t i = 0; i < c->n_shown; i++) {
        char uuid[API_UUID_ROOM];
        if (!c->shown[i].instance || service_instance_uuid(tx, c->shown[i].instance, uuid) != TSM_OK)
            continue;
        TRY(db_exec(tx, SQL_TSMAPI_INSTANCE_NAME, c->shown[i].instance, uuid));
    }
    return TSM_OK;
}

enum tsm_err method_list(struct api_call *c)
{
    struct store *s = c->sp->c.store;
    enum tsm_err e;
    TRY(store_read(s, read_service, c));
    TRY(find_instances(c));
    e = store_read(s, read_unnamed, c);
    if (e == TSM_OK)
        e = store_write(s, name_instances, c);
    if (e != TSM_NOT_FOUND)
        TRY(e);
    return store_read(s, read_list, c);
}
