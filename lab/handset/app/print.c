/* SPDX-License-Identifier: Apache-2.0 */
/* Results of the TSM-API as JSON objects and as lines. Edge (standard output). [TR-03165 4.2.3, 4.2.5] */
#include "handset/app/print.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_NAME = 256 };

static json_t *map_json(const struct tsm_api_map *m)
{
    json_t *o = json_object();
    for (size_t i = 0; i < m->n; i++)
        json_object_set_new(o, m->at[i].key, json_string(m->at[i].value));
    return o;
}

static json_t *information_json(const struct tsm_api_technical_information *t)
{
    return json_pack("{s:o,s:s,s:s,s:s,s:s,s:s}", "spParameters", map_json(&t->sp_parameters), "serviceId",
                     t->service_id, "serviceVersionTag", t->service_version_tag, "flavorId", t->flavor_id,
                     "flavorName", t->flavor_name, "profileId", t->profile_id);
}

static json_t *instance_json(const struct tsm_api_service_instance *i)
{
    return json_pack("{s:s,s:i,s:s,s:i,s:s,s:o,s:s,s:s}", "id", i->id, "state", i->state, "stateName",
                     tsm_api_state_name(i->state), "lastOperation", i->last_operation, "lastOperationName",
                     tsm_api_operation_name(i->last_operation), "technicalInformation",
                     information_json(&i->technical_information), "reader", i->reader, "runningProcess",
                     i->running_process);
}

static void add_status(json_t *o, int status, const char *message)
{
    json_object_set_new(o, "executionStatus", json_integer(status));
    json_object_set_new(o, "executionMessage", json_string(message));
}

json_t *created_json(const struct tsm_api_create_result *r)
{
    json_t *o = json_object();
    json_object_set_new(o, "serviceInstance", r->created ? instance_json(&r->service_instance) : json_null());
    add_status(o, r->execution_status, r->execution_message);
    return o;
}

json_t *instances_json(const struct tsm_api_instances_result *r)
{
    json_t *o = json_object(), *list = json_array();
    for (size_t i = 0; i < r->service_instances.n; i++)
        json_array_append_new(list, instance_json(&r->service_instances.at[i]));
    json_object_set_new(o, "serviceInstances", list);
    add_status(o, r->execution_status, r->execution_message);
    return o;
}

static json_t *personalization_json(const struct tsm_api_personalization_result *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->results.n; i++)
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:s}", "tag", p->results.at[i].tag, "command",
                                        p->results.at[i].command, "response", p->results.at[i].response));
    return json_pack("{s:s,s:o}", "applicationInstanceAid", p->application_instance_aid, "results", list);
}

static json_t *command_json(const struct tsm_api_service_command_result *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->personalization_results.n; i++)
        json_array_append_new(list, personalization_json(&c->personalization_results.at[i]));
    return json_pack("{s:i,s:o}", "commandExecutionStatus", c->command_execution_status,
                     "personalizationResults", list);
}

json_t *process_json(const struct tsm_api_process_result *r)
{
    const struct tsm_api_process_info *i = &r->process_info;
    json_t *list = json_array();
    for (size_t k = 0; k < r->service_command_results.n; k++)
        json_array_append_new(list, command_json(&r->service_command_results.at[k]));
    json_t *info = json_pack("{s:s,s:i,s:s,s:s,s:s}", "processId", i->process_id, "executionStatus",
                             i->execution_status, "executionMessage", i->execution_message, "startDate",
                             i->start_date, "endDate", i->end_date);
    return json_pack(
        "{s:o,s:i,s:s,s:o,s:o,s:s}", "processInfo", info, "serviceInstanceState", r->service_instance_state,
        "serviceInstanceStateName", tsm_api_state_name(r->service_instance_state), "technicalInformation",
        information_json(&r->technical_information), "serviceCommandResults", list, "reader", r->reader);
}

json_t *available_json(const struct tsm_api_available_result *r, bool update)
{
    json_t *o = json_object();
    json_object_set_new(o, update ? "updateAvailable" : "deploymentAvailable", json_integer(r->available));
    json_object_set_new(o, update ? "newVersion" : "version", json_string(r->version));
    json_object_set_new(o, "newTechnicalInformation",
                        r->has_information ? information_json(&r->new_technical_information) : json_null());
    add_status(o, r->execution_status, r->execution_message);
    return o;
}

/* A line for each member at its end: "serviceInstance.id: ...". */
static void print_lines(const char *name, const json_t *v)
{
    const char *key;
    json_t *member;
    size_t i;
    char longer[MAX_NAME];
    json_object_foreach((json_t *)(uintptr_t)v, key, member)
    {
        snprintf(longer, sizeof longer, "%s%s%s", name, *name ? "." : "", key);
        print_lines(longer, member);
    }
    json_array_foreach(v, i, member)
    {
        snprintf(longer, sizeof longer, "%s.%zu", name, i + 1);
        print_lines(longer, member);
    }
    if (json_is_string(v) && json_string_length(v) > 0)
        printf("%s: %s\n", name, json_string_value(v));
    else if (json_is_integer(v))
        printf("%s: %lld\n", name, (long long)json_integer_value(v));
}

void print_result(json_t *o, bool as_json)
{
    char *text = as_json ? json_dumps(o, JSON_COMPACT) : NULL;
    if (text)
        puts(text);
    else
        print_lines("", o);
    fflush(stdout);
    free(text);
    json_decref(o);
}
