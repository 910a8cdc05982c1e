/* SPDX-License-Identifier: Apache-2.0 */
/* SecureComponentProfiles by table: texts, and objects from names to texts. Station 4. Pure but for jansson.
 * [TR-03165 4.1.4.5] */
#include "order/card/component.h"

#include <string.h>

enum value_kind { VALUE_TYPE, VALUE_TEXT, VALUE_MAP, VALUE_LISTS };
static const struct {
    const char *name;
    enum value_kind kind;
} attributes[] = {
    {"scType", VALUE_TYPE},        {"hardwarePlatform", VALUE_TEXT}, {"os", VALUE_TEXT},
    {"osVersion", VALUE_TEXT},     {"javaCardVersion", VALUE_TEXT},  {"javaCardFeatures", VALUE_LISTS},
    {"gpSpecVersions", VALUE_MAP}, {"gpApiVersions", VALUE_MAP},     {"csp", VALUE_MAP},
    {"certifications", VALUE_MAP},
};
enum { ATTRIBUTES = sizeof attributes / sizeof attributes[0] };

static bool is_text(const json_t *v)
{
    return json_is_string(v) && json_string_length(v) <= COMPONENT_TEXT_MAX;
}

static bool is_list(const json_t *v)
{
    const json_t *one;
    size_t i;
    if (!json_is_array(v) || json_array_size(v) > COMPONENT_ENTRIES_MAX)
        return false;
    json_array_foreach(v, i, one)
    {
        if (!is_text(one))
            return false;
    }
    return true;
}

static bool is_map(const json_t *v, bool (*fits)(const json_t *))
{
    const char *name;
    json_t *one;
    if (!json_is_object(v) || json_object_size(v) > COMPONENT_ENTRIES_MAX)
        return false;
    json_object_foreach((json_t *)(uintptr_t)v, name, one)
    {
        if (!fits(one))
            return false;
    }
    return true;
}

static bool fits(enum value_kind kind, const json_t *v)
{
    switch (kind) {
    case VALUE_TYPE:
        return json_is_integer(v) && json_integer_value(v) >= COMPONENT_ESE &&
               json_integer_value(v) <= COMPONENT_UICC;
    case VALUE_TEXT:
        return is_text(v);
    case VALUE_MAP:
        return is_map(v, is_text);
    case VALUE_LISTS:
        break;
    }
    return is_map(v, is_list);
}

enum tsm_err component_check(const json_t *component)
{
    const char *name;
    json_t *v;
    if (!json_is_object(component))
        return FAIL_FIELD(BAD_VALUE, "component", "component must be an object");
    json_object_foreach((json_t *)(uintptr_t)component, name, v)
    {
        size_t i = 0;
        while (i < ATTRIBUTES && strcmp(attributes[i].name, name) != 0)
            i++;
        if (i == ATTRIBUTES)
            return FAIL_FIELD(UNKNOWN_FIELD, "component", "component.%.40s is no attribute of TR-03165",
                              name);
        if (!fits(attributes[i].kind, v))
            return FAIL_FIELD(BAD_VALUE, "component", "component.%.40s is not of the form of TR-03165", name);
    }
    return TSM_OK;
}

/* What the profile itself tells of an attribute that nobody gave. */
static json_t *otherwise(const struct se_profile *p, const char *name, enum value_kind kind)
{
    if (kind == VALUE_TYPE)
        return json_integer(p->bearer == BEARER_SMS ? COMPONENT_UICC : COMPONENT_ESE);
    if (kind == VALUE_TEXT)
        return json_string("");
    return !strcmp(name, "certifications") && p->certificate[0] ? json_pack("{ss}", p->certificate, "")
                                                                : json_object();
}

json_t *component_json(const struct se_profile *p, const json_t *component, int64_t id)
{
    json_t *o = json_pack("{so ss}", "id", json_sprintf("%lld", (long long)id), "name", p->name);
    for (size_t i = 0; o && i < ATTRIBUTES; i++) {
        json_t *given = json_object_get(component, attributes[i].name);
        json_object_set_new(o, attributes[i].name,
                            given ? json_incref(given)
                                  : otherwise(p, attributes[i].name, attributes[i].kind));
    }
    return o;
}
