/* SPDX-License-Identifier: Apache-2.0 */
/* Linking and unlinking: a body of ids becomes a new value of the attribute that holds them. Station 2. Role.
 * [TR-03165 4.1.6.4.13, .14, .23, .24, .27, .28] */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "role/sp/sptsm/call.h"
#include "role/sp/sptsm/model/form.h"
#include "role/sp/sptsm/model/same.h"

static enum tsm_err wrong(struct tr_call *c, const json_t *v, const char *format)
{
    char *shown = form_shown(v);
    enum tsm_err e = refuse(&c->refusal, TR_INVALID_FORMAT, shown ? shown : "", "request body", format);
    free(shown);
    return e;
}

static enum tsm_err need_ids(struct tr_call *c, const json_t *list)
{
    const json_t *item;
    size_t i;
    if (!json_is_array(list))
        return wrong(c, list, "list of ids");
    json_array_foreach(list, i, item) if (!json_is_string(item) ||
                                          json_string_length(item) > TR_TEXT_MAX) return wrong(c, item,
                                                                                               "list of ids");
    return TSM_OK;
}

static size_t index_of(const json_t *list, const char *id)
{
    size_t i, n = json_array_size(list);
    for (i = 0; i < n; i++)
        if (!strcasecmp(json_string_value(json_array_get(list, i)), id))
            break;
    return i;
}

static void add_once(json_t *list, const char *id)
{
    if (index_of(list, id) == json_array_size(list))
        json_array_append_new(list, json_string(id));
}

static void take_away(json_t *list, const char *id)
{
    size_t i;
    while ((i = index_of(list, id)) < json_array_size(list))
        json_array_remove(list, i);
}

/* executableLoadFileIds: all that are there and those given, or without them. */
static enum tsm_err load_files(struct tr_call *c, json_t *flavor)
{
    json_t *ids = json_object_get(flavor, "executableLoadFileIds");
    const json_t *item;
    size_t i;
    TRY(need_ids(c, c->given));
    json_array_foreach(c->given, i, item)
    {
        if (c->op->act == ACT_LINK)
            add_once(ids, json_string_value(item));
        else
            take_away(ids, json_string_value(item));
    }
    return TSM_OK;
}

/* {flavor: [profile]}: what is given takes the place of a flavor's list. */
static enum tsm_err flavors(struct tr_call *c, json_t *map)
{
    const char *flavor;
    json_t *profiles;
    if (!json_is_object(c->given))
        return wrong(c, c->given, "map of Flavor ids to lists of SecureComponentProfile ids");
    json_object_foreach(c->given, flavor, profiles)
    {
        TRY(need_ids(c, profiles));
        json_object_set(map, flavor, profiles);
    }
    return TSM_OK;
}

/* {profile: flavor}: a profile that is there already moves. */
static enum tsm_err profiles(struct tr_call *c, json_t *map)
{
    const char *profile, *flavor;
    json_t *to, *list;
    if (!json_is_object(c->given))
        return wrong(c, c->given, "map of SecureComponentProfile ids to Flavor ids");
    json_object_foreach(c->given, profile, to)
    {
        if (!json_is_string(to) || json_string_length(to) > TR_TEXT_MAX)
            return wrong(c, to, "map of SecureComponentProfile ids to Flavor ids");
        json_object_foreach(map, flavor, list) take_away(list, profile);
        if (!json_object_get(map, json_string_value(to)))
            json_object_set_new(map, json_string_value(to), json_array());
        add_once(json_object_get(map, json_string_value(to)), profile);
    }
    return TSM_OK;
}

static enum tsm_err without(struct tr_call *c, json_t *map)
{
    const json_t *item;
    const char *flavor;
    json_t *list;
    size_t i;
    TRY(need_ids(c, c->given));
    json_array_foreach(c->given, i, item)
    {
        if (c->op->kind == TR_FLAVOR)
            json_object_del(map, json_string_value(item));
        else
            json_object_foreach(map, flavor, list) take_away(list, json_string_value(item));
    }
    return TSM_OK;
}

/* The ids of the body as they are stored, in its place. */
static enum tsm_err fold_ids(struct tr_call *c)
{
    const char *twice = NULL;
    json_t *folded = ids_folded(c->given, &twice);
    if (!folded && twice)
        return refuse(&c->refusal, TR_INVALID_FORMAT, twice, "request body", IDS_ONCE);
    NEED(folded != NULL, NO_MEMORY);
    json_decref(c->given);
    c->given = folded;
    return TSM_OK;
}

enum tsm_err link_given(struct tr_call *c, const json_t *old, json_t **given)
{
    json_t *made, *map;
    enum tsm_err e;
    TRY(fold_ids(c));
    made = json_deep_copy(old);
    map = json_object_get(made, "allowedDeployments");
    NEED(made != NULL, NO_MEMORY);
    if (c->op->kind == TR_ELF)
        e = load_files(c, made);
    else if (c->op->act == ACT_UNLINK)
        e = without(c, map);
    else
        e = c->op->kind == TR_FLAVOR ? flavors(c, map) : profiles(c, map);
    if (e != TSM_OK)
        json_decref(made);
    else
        *given = made;
    return e;
}
