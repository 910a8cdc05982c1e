/* SPDX-License-Identifier: Apache-2.0 */
/* Services, their versions and flavors as apps may know them. Stations 2 and 4. Role. [TR-03165 4.1.4.2 to
 * 4.1.4.4] */
#include "role/sp/tsmapi/find/service.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHA1_HEX = 40, SHA256_HEX = 64 };

static enum tsm_err take_service(const struct rows *r, int64_t party, struct api_service *out)
{
    struct api_service s = {.id = db_int(r, 0), .party = party};
    snprintf(s.uid, sizeof s.uid, "%s", db_text(r, 2));
    TRY(json_read(bytes_of_text(db_text(r, 1)), &s.body));
    *out = s;
    return TSM_OK;
}

enum tsm_err service_find(struct tx *tx, int64_t party, const char *uid, struct api_service *out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TSMAPI_SERVICE, uid, party);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "serviceId %s does not exist", uid);
    TRY(e);
    return take_service(&r, party, out);
}

enum tsm_err service_load(struct tx *tx, int64_t party, int64_t id, struct api_service *out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TSMAPI_SERVICE_BY_ID, id, party);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "the service of this instance does not exist");
    TRY(e);
    return take_service(&r, party, out);
}

void service_drop(struct api_service *s)
{
    json_decref(s->body);
    s->body = NULL;
}

enum tsm_err service_admits(const struct api_service *s, const char *caller)
{
    const json_t *app;
    bool named = false;
    size_t i;
    json_array_foreach(json_object_get(s->body, "accessAuthorizedDeviceApps"), i, app)
    {
        const char *hash = json_string_value(app);
        size_t n = hash ? strlen(hash) : 0;
        if (n != SHA1_HEX && n != SHA256_HEX)
            continue;
        if (!strcasecmp(hash, caller))
            return TSM_OK;
        named = true;
    }
    return named ? FAIL(NOT_ALLOWED, "app not authorized") : TSM_OK;
}

static int higher_first(const void *a, const void *b)
{
    const struct api_version *x = a, *y = b;
    return version_compare(&y->number, &x->number);
}

enum tsm_err versions_find(struct tx *tx, const struct api_service *s, const struct version *pattern,
                           struct api_versions *out)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_TSMAPI_VERSIONS, s->id);
    out->n = 0;
    while (e == TSM_OK && out->n < VERSIONS_MAX && (e = db_next(&r)) == TSM_OK) {
        struct api_version *v = &out->at[out->n];
        v->id = db_int(&r, 0);
        snprintf(v->tag, sizeof v->tag, "%s", db_text(&r, 1));
        if (version_tag(v->tag, &v->number) == TSM_OK && version_fits(pattern, &v->number))
            out->n++;
    }
    err_clear();
    qsort(out->at, out->n, sizeof out->at[0], higher_first);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static bool lists(const json_t *texts, const char *text)
{
    const json_t *one;
    size_t i;
    json_array_foreach(texts, i, one)
    {
        if (json_is_string(one) && !strcmp(json_string_value(one), text))
            return true;
    }
    return false;
}

enum tsm_err flavor_for(struct tx *tx, const struct api_version *v, const char *profile, int64_t *flavor)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_TSMAPI_FLAVORS, v->id, profile);
    *flavor = 0;
    while (e == TSM_OK && !*flavor && (e = db_next(&r)) == TSM_OK) {
        bool fits = db_int(&r, 3) != 0;
        if (!fits && !db_int(&r, 4)) {
            json_t *body = json_loads(db_text(&r, 2), 0, NULL);
            fits = lists(json_object_get(body, "profiles"), profile);
            json_decref(body);
        }
        *flavor = fits ? db_int(&r, 0) : 0;
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}
