/* SPDX-License-Identifier: Apache-2.0 */
/* Service instances as apps see them, with what is told of their platform. Stations 2 and 12. Role. [TR-03165
 * 4.2.3.1, 4.2.3.13] */
#include <stdio.h>

#include "role/sp/tsmapi/find/service.h"

static enum tsm_err take_instance(const struct rows *r, int64_t party, struct api_instance *out)
{
    struct api_instance i = {.id = db_int(r, 0),
                             .party = party,
                             .service = db_int(r, 1),
                             .flavor = db_int(r, 2),
                             .state = db_int(r, 3),
                             .last_operation = db_int(r, 5),
                             .se_kind = db_int(r, 6)};
    snprintf(i.version, sizeof i.version, "%s", db_text(r, 4));
    snprintf(i.se_ref, sizeof i.se_ref, "%s", db_text(r, 7));
    snprintf(i.uuid, sizeof i.uuid, "%s", db_text(r, 8));
    snprintf(i.profile, sizeof i.profile, "%s", db_text(r, 9));
    *out = i;
    return TSM_OK;
}

enum tsm_err api_instance_find(struct tx *tx, int64_t party, const char *uuid, struct api_instance *out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TSMAPI_INSTANCE, uuid, party);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "serviceInstanceId %s does not exist", uuid);
    TRY(e);
    return take_instance(&r, party, out);
}

enum tsm_err api_instance_load(struct tx *tx, int64_t party, int64_t id, struct api_instance *out)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TSMAPI_INSTANCE_BY_ID, id, party));
    return take_instance(&r, party, out);
}

/* The service's parameters, overwritten by the flavor's. */
static json_t *parameters(const struct api_service *s, const json_t *flavor)
{
    json_t *all = json_object(), *more = json_object_get(flavor, "spParameters");
    json_object_update(all, json_object_get(s->body, "spParameters"));
    if (json_is_object(more))
        json_object_update(all, more);
    return all;
}

struct named_flavor {
    char uid[UUID_ROOM];
    json_t *body; /* owned; NULL where the provider removed it */
};

static enum tsm_err load_flavor(struct tx *tx, int64_t party, int64_t id, struct named_flavor *out)
{
    ROWS r = {0};
    enum tsm_err e = id ? db_first(tx, &r, SQL_TSMAPI_FLAVOR, id, party) : TSM_NOT_FOUND;
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    snprintf(out->uid, sizeof out->uid, "%s", db_text(&r, 0));
    return json_read(bytes_of_text(db_text(&r, 1)), &out->body);
}

static enum tsm_err profile_uid(struct tx *tx, const char *name, char out[UUID_ROOM])
{
    ROWS r = {0};
    enum tsm_err e = name[0] ? db_first(tx, &r, SQL_TSMAPI_PROFILE_UID, name) : TSM_NOT_FOUND;
    snprintf(out, UUID_ROOM, "%s", e == TSM_OK ? db_text(&r, 0) : "");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err technical_json(struct tx *tx, const struct api_service *s, const struct api_technical *t,
                            json_t **out)
{
    struct named_flavor f = {.body = NULL};
    char profile[UUID_ROOM];
    bool has = t->installed;
    TRY(profile_uid(tx, t->profile, profile));
    TRY(load_flavor(tx, s->party, t->flavor, &f));
    *out =
        json_pack("{so ss ss ss ss ss}", "spParameters", parameters(s, f.body), "serviceId",
                  has ? s->uid : "", "serviceVersionTag", has ? t->version : "", "flavorId", has ? f.uid : "",
                  "flavorName", has ? json_member(f.body, "name") : "", "profileId", profile);
    json_decref(f.body);
    return *out ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

enum tsm_err technical_of_instance(struct tx *tx, const struct api_service *s, const struct api_instance *i,
                                   json_t **out)
{
    struct api_technical t = {.version = i->version,
                              .profile = i->profile,
                              .flavor = i->flavor,
                              .installed = i->state != INSTANCE_NOT_DEPLOYED};
    return technical_json(tx, s, &t, out);
}

enum tsm_err instance_json(struct tx *tx, const struct api_service *s, const struct api_instance *i,
                           const char *reader, json_t **out)
{
    json_t *technical;
    TRY(technical_of_instance(tx, s, i, &technical));
    *out = json_pack("{ss sI so sI ss}", "id", i->uuid, "state", (json_int_t)i->state, "technicalInformation",
                     technical, "lastOperation", (json_int_t)i->last_operation, "reader", reader);
    return *out ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}
