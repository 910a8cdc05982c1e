/* SPDX-License-Identifier: Apache-2.0 */
/* The instance that an order is about, and whether its life cycle allows the order. Station 2. Role.
 * [TR-03165 3.2.2] */
#include "role/sp/life/subject.h"

#include <stdio.h>
#include <string.h>

#include "order/life/commands.h"

enum tsm_err subject_service(struct tx *tx, int64_t party, const char *word, int64_t *id)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_SERVICE_BY_NAME, party, word);
    if (e == TSM_NOT_FOUND) {
        db_end(&r);
        e = db_first(tx, &r, SQL_TR_SERVICE_ID_OF, word, party);
    }
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "service", "no service of yours has this name");
    TRY(e);
    *id = db_int(&r, 0);
    return TSM_OK;
}

static enum tsm_err make_instance(struct tx *tx, const struct subject *s, struct order *o)
{
    if (o->operation != OP_DEPLOY)
        return FAIL(NOT_FOUND, "the service has no instance on this secure element");
    o->instance = store_id(tx_store(tx));
    return db_exec(tx, SQL_INSTANCE_ADD, o->instance, o->party, s->service, (int64_t)0, o->se_kind, o->se_ref,
                   (int64_t)0, BYTES_NONE, BYTES_NONE, (int64_t)INSTANCE_NOT_DEPLOYED);
}

/* By the service and a name of the element. */
static enum tsm_err find_instance(struct tx *tx, struct subject *s, struct order *o)
{
    ROWS r = {0};
    enum tsm_err e;
    TRY(subject_service(tx, o->party, o->service, &s->service));
    e = db_first(tx, &r, SQL_INSTANCE_FIND, o->party, s->service, o->se_kind, o->se_ref);
    if (e == TSM_NOT_FOUND && !s->by_element)
        return make_instance(tx, s, o);
    if (e != TSM_NOT_FOUND)
        TRY(e);
    o->instance = e == TSM_OK ? db_int(&r, 0) : s->by_element;
    return TSM_OK;
}

enum tsm_err subject_service_word(struct tx *tx, int64_t service, const char *name, char out[SERVICE_MAX + 1])
{
    ROWS r = {0};
    if (strlen(name) > SERVICE_MAX) {
        TRY(db_first(tx, &r, SQL_TR_BY_ID, service));
        name = db_text(&r, 0);
    }
    snprintf(out, SERVICE_MAX + 1, "%s", name);
    return TSM_OK;
}

/* By its id: service and element are known from its row. */
static enum tsm_err take_instance(struct tx *tx, struct subject *s, struct order *o)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_LIFE_INSTANCE, s->instance, o->party);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no service instance of yours has this id");
    TRY(e);
    o->instance = s->instance;
    s->service = db_int(&r, 0);
    if (!*o->service)
        TRY(subject_service_word(tx, s->service, db_text(&r, 9), o->service));
    if (o->operation == OP_DEPLOY && (o->commands & COMMAND_INSTALL) &&
        !o->version[0]) /* as it was created */
        snprintf(o->version, sizeof o->version, "%s", db_text(&r, 6));
    if (!*o->se_ref) {
        o->se_kind = db_int(&r, 2);
        snprintf(o->se_ref, sizeof o->se_ref, "%s", db_text(&r, 3));
    }
    return TSM_OK;
}

static enum tsm_err last_was_update(struct tx *tx, int64_t instance, bool *was)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_ORDER_LAST_OF, instance);
    *was = e == TSM_OK && db_int(&r, 0) == OP_UPDATE;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* What the instance is at: its state and version. */
struct standing {
    struct instance_life life;
    char version[VERSION_TAG_MAX + 1];
};

/* A tag that the service does not have, or that the instance has already. */
static enum tsm_err check_version(struct tx *tx, const struct subject *s, const struct order *o,
                                  const struct standing *now)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!o->version[0])
        return TSM_OK;
    e = db_first(tx, &r, SQL_LIFE_VERSION, s->service, o->party, o->version);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "version", "version %s does not exist", o->version);
    TRY(e);
    if (o->operation == OP_UPDATE && !strcmp(now->version, o->version) &&
        now->life.state != INSTANCE_IN_ERROR)
        return FAIL(NOT_ELIGIBLE, "service is already updated to requested version");
    return TSM_OK;
}

static enum tsm_err look(struct tx *tx, const struct order *o, struct standing *now)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_LIFE_INSTANCE, o->instance, o->party));
    now->life.state = (enum instance_state)db_int(&r, 4);
    now->life.done = (unsigned)db_int(&r, 5);
    now->life.orphaned = db_int(&r, 8) != 0;
    snprintf(now->version, sizeof now->version, "%s", db_text(&r, 6));
    return TSM_OK;
}

enum tsm_err subject_find(struct tx *tx, struct subject *s, struct order *o)
{
    return s->instance ? take_instance(tx, s, o) : find_instance(tx, s, o);
}

enum tsm_err subject_judge(struct tx *tx, const struct subject *s, const struct order *o, int64_t *state)
{
    struct standing now = {.version = ""};
    TRY(look(tx, o, &now));
    *state = (int64_t)now.life.state;
    TRY(last_was_update(tx, o->instance, &now.life.update_failed));
    TRY(life_judge((enum operation)o->operation, o->commands, &now.life));
    return check_version(tx, s, o, &now);
}
