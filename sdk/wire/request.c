/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of requests to the back end. Pure but for allocation. [docs/tsm-api.md, TR-03165 4.2.5] */
#include "wire/request.h"

#include "base/hex.h"
#include "wire/object/wipe.h"

json_t *request_service(const char *service_id, const char *version)
{
    return json_pack("{s:s,s:s*}", "serviceId", service_id, "version", version);
}

static json_t *map_json(const struct tsm_api_map *map)
{
    json_t *o = json_object();
    for (size_t i = 0; o && i < map->n; i++)
        if (json_object_set_new(o, map->at[i].key, json_string(map->at[i].value)) != 0) {
            json_wipe(o);
            o = NULL;
        }
    return o;
}

static json_t *command_json(const struct tsm_api_service_command *c)
{
    switch (c->kind) {
    case TSM_API_INSTALL:
        return json_pack("{s:s,s:o}", "command", "install", "installationData", map_json(&c->data));
    case TSM_API_PERSONALIZE:
        return json_pack("{s:s,s:o}", "command", "personalize", "personalizationData", map_json(&c->data));
    case TSM_API_ACTIVATE:
        break;
    }
    return json_pack("{s:s,s:b}", "command", "activate", "suspensionControl", c->suspension_control);
}

json_t *request_deployment(const struct tsm_api_deployment *d)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < d->n_commands; i++)
        if (json_array_append_new(list, command_json(&d->commands[i])) != 0) {
            json_wipe(list);
            list = NULL;
        }
    return json_pack("{s:s,s:s*,s:o,s:b}", "serviceInstanceId", d->service_instance_id, "newVersion",
                     d->new_version, "serviceCommands", list, "finalizeDeployment", d->finalize_deployment);
}

json_t *request_suspension(const char *service_instance_id, bool suspension_control)
{
    return json_pack("{s:s,s:b}", "serviceInstanceId", service_instance_id, "suspensionControl",
                     suspension_control);
}

json_t *request_instance(const char *service_instance_id, const char *new_version)
{
    return json_pack("{s:s,s:s*}", "serviceInstanceId", service_instance_id, "newVersion", new_version);
}

static bool add_object(json_t *o, const char *name, const struct data_object *d)
{
    char text[2 * OBJECT_MAX + 1];
    return d->len == 0 ||
           json_object_set_new(o, name, json_string(hex_text(BYTES_OF(d->at, d->len), text))) == 0;
}

static bool add_text(json_t *o, const char *name, const char *text)
{
    return !text[0] || json_object_set_new(o, name, json_string(text)) == 0;
}

static json_t *component_json(const struct component *c)
{
    json_t *o = json_pack("{s:s,s:b}", "reader", c->reader, "accessible", c->access == TSM_API_ACCESS_OPEN);
    if (o && add_object(o, "cplc", &c->cplc) && add_object(o, "recognition", &c->recognition) &&
        add_object(o, "capabilities", &c->capabilities) && add_text(o, "iccid", c->identity.iccid) &&
        add_text(o, "eid", c->identity.eid) && add_text(o, "seid", c->identity.seid))
        return o;
    json_decref(o);
    return NULL;
}

bool request_add_device(json_t *body, const char *caller_id, const struct component *components, size_t n)
{
    json_t *list = json_array();
    bool fine = list != NULL;
    for (size_t i = 0; fine && i < n; i++)
        fine = json_array_append_new(list, component_json(&components[i])) == 0;
    if (!fine) {
        json_decref(list);
        return false;
    }
    return json_object_set_new(body, "device",
                               json_pack("{s:s,s:o}", "callerId", caller_id, "secureComponents", list)) == 0;
}
