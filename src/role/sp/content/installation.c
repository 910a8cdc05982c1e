/* SPDX-License-Identifier: Apache-2.0 */
/* installationData between app and install parameters. Stations 2 and 6. Role, without I/O.
 * [TR-03165 4.2.3.3]
 */
#include "role/sp/content/installation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "role/sp/sptsm/model/form.h"

enum { AID_MIN = 5, AID_MAX = 16 };

static bool is_aid(const char *name)
{
    uint8_t aid[AID_MAX];
    size_t n;
    bool is = hex_read(name, aid, sizeof aid, &n) == TSM_OK && n >= AID_MIN;
    err_clear();
    return is;
}

static enum tsm_err keep_one(const char *name, const json_t *value, json_t *kept)
{
    static const struct tr_attribute tlv = {.name = "installationData", .form = FORM_TLV};
    uint8_t octets[INSTALL_PARAMETERS_MAX];
    char text[2 * INSTALL_PARAMETERS_MAX + 1];
    size_t n;
    if (form_wrong(&tlv, value) || form_tlv(json_string_value(value), octets, sizeof octets, &n) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "installationData",
                          "installationData has invalid format: %s is not TLV "
                          "structures in hex, at most %d octets",
                          name, INSTALL_PARAMETERS_MAX);
    return json_object_set_new(kept, name, json_string(hex_text(BYTES_OF(octets, n), text))) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for installationData");
}

enum tsm_err installation_keep(const json_t *map, char out[INSTALLATION_MAX + 1])
{
    json_t *kept = json_object(), *value;
    const char *name;
    char *text = NULL;
    enum tsm_err e = kept ? TSM_OK : TSM_NO_MEMORY;
    out[0] = 0;
    json_object_foreach((json_t *)(uintptr_t)map, name, value)
    {
        if (e == TSM_OK && is_aid(name))
            e = keep_one(name, value, kept);
    }
    if (e == TSM_OK && json_object_size(kept))
        text = json_text(kept);
    json_decref(kept);
    if (text && snprintf(out, INSTALLATION_MAX + 1, "%s", text) > INSTALLATION_MAX) {
        out[0] = 0;
        e = FAIL_FIELD(TOO_LONG, "installationData", "installationData has invalid format: it is too long");
    }
    free(text);
    return e;
}

static json_t *application_of(json_t *flavor, const char *aid)
{
    json_t *app;
    size_t i;
    json_array_foreach(json_object_get(flavor, "applications"), i, app)
    {
        if (!strcasecmp(json_member(app, "instance"), aid))
            return app;
    }
    return NULL;
}

static enum tsm_err add(json_t *app, const char *aid, const char *more)
{
    char text[2 * INSTALL_PARAMETERS_MAX + 1];
    if (!app)
        return FAIL_FIELD(BAD_VALUE, "installationData",
                          "installationData names %s, which is no application of this service", aid);
    if (snprintf(text, sizeof text, "%s%s", json_member(app, "parameters"), more) >= (int)sizeof text)
        return FAIL_FIELD(TOO_LONG, "installationData",
                          "the install parameters of %s are longer than %d octets", aid,
                          INSTALL_PARAMETERS_MAX);
    return json_object_set_new(app, "parameters", json_string(text)) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for install parameters");
}

enum tsm_err installation_apply(const char *kept, json_t *flavor)
{
    json_t *map, *value;
    const char *name;
    enum tsm_err e = TSM_OK;
    if (!*kept)
        return TSM_OK;
    TRY(json_read(bytes_of_text(kept), &map));
    json_object_foreach(map, name, value)
    {
        if (e == TSM_OK)
            e = add(application_of(flavor, name), name, json_string_value(value));
    }
    json_decref(map);
    return e;
}
