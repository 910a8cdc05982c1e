/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the TSM-API's objects and results, in the guideline's order. Pure. [TR-03165 4.2.3, 4.2.5] */
#include "wire/object/tables.h"

#include "opentsm_tsm_api.h"
#include "wire/answer.h"

#define AT(type, member) offsetof(struct type, member)
#define TEXT(name, at, need)                                      \
    {                                                             \
        name, FIELD_TEXT, FIELD_##need, at, ANSWER_MAX_TEXT, NULL \
    }
#define HEXES(name, at)                                               \
    {                                                                 \
        name, FIELD_TEXT, FIELD_NEEDED, at, ANSWER_MAX_APDU_HEX, NULL \
    }
#define CODE(name, at, need)                                       \
    {                                                              \
        name, FIELD_INT, FIELD_##need, at, ANSWER_MAX_STATUS, NULL \
    }
#define SHAPE(name, type) const struct shape name##_shape = {sizeof(struct type), name##_fields}
#define END                                          \
    {                                                \
        NULL, FIELD_TEXT, FIELD_OPTIONAL, 0, 0, NULL \
    }

/* TechnicalInformation [4.2.3.13] */
#define OF(m) AT(tsm_api_technical_information, m)
static const struct field information_fields[] = {
    {"spParameters", FIELD_MAP, FIELD_OPTIONAL, OF(sp_parameters), TSM_API_MAX_PAIRS, NULL},
    TEXT("serviceId", OF(service_id), OPTIONAL),
    TEXT("serviceVersionTag", OF(service_version_tag), OPTIONAL),
    TEXT("flavorId", OF(flavor_id), OPTIONAL),
    TEXT("flavorName", OF(flavor_name), OPTIONAL),
    TEXT("profileId", OF(profile_id), OPTIONAL),
    END,
};
#undef OF
SHAPE(information, tsm_api_technical_information);

/* ServiceInstance [4.2.3.1] */
#define OF(m) AT(tsm_api_service_instance, m)
static const struct field instance_fields[] = {
    TEXT("id", OF(id), NEEDED),
    CODE("state", OF(state), NEEDED),
    {"technicalInformation", FIELD_OBJECT, FIELD_OPTIONAL, OF(technical_information), 0, &information_shape},
    CODE("lastOperation", OF(last_operation), OPTIONAL),
    TEXT("reader", OF(reader), OPTIONAL),
    TEXT("runningProcess", OF(running_process), OPTIONAL),
    END,
};
#undef OF
SHAPE(instance, tsm_api_service_instance);

/* ProcessInfo [4.2.3.9] */
#define OF(m) AT(tsm_api_process_info, m)
static const struct field info_fields[] = {
    TEXT("processId", OF(process_id), OPTIONAL),
    CODE("executionStatus", OF(execution_status), NEEDED),
    TEXT("executionMessage", OF(execution_message), OPTIONAL),
    TEXT("startDate", OF(start_date), OPTIONAL),
    TEXT("endDate", OF(end_date), OPTIONAL),
    END,
};
#undef OF
static SHAPE(info, tsm_api_process_info);

/* CommandResponsePair [4.2.3.12], PersonalizationResult [4.2.3.11], ServiceCommandResult [4.2.3.10] */
#define OF(m) AT(tsm_api_command_response_pair, m)
static const struct field pair_fields[] = {
    TEXT("tag", OF(tag), NEEDED),
    HEXES("command", OF(command)),
    HEXES("response", OF(response)),
    END,
};
#undef OF
static SHAPE(pair, tsm_api_command_response_pair);

#define OF(m) AT(tsm_api_personalization_result, m)
static const struct field personalization_fields[] = {
    TEXT("applicationInstanceAid", OF(application_instance_aid), NEEDED),
    {"results", FIELD_LIST, FIELD_NEEDED, OF(results), ANSWER_MAX_RESULTS, &pair_shape},
    END,
};
#undef OF
static SHAPE(personalization, tsm_api_personalization_result);

#define OF(m) AT(tsm_api_service_command_result, m)
static const struct field command_fields[] = {
    CODE("commandExecutionStatus", OF(command_execution_status), NEEDED),
    {"personalizationResults", FIELD_LIST, FIELD_OPTIONAL, OF(personalization_results), ANSWER_MAX_RESULTS,
     &personalization_shape},
    END,
};
#undef OF
static SHAPE(command, tsm_api_service_command_result);

/* CreateServiceInstanceResult [4.2.5.1] */
#define OF(m) AT(tsm_api_create_result, m)
static const struct field create_fields[] = {
    CODE("executionStatus", OF(execution_status), NEEDED),
    TEXT("executionMessage", OF(execution_message), OPTIONAL),
    {"serviceInstance", FIELD_OBJECT, FIELD_OPTIONAL, OF(service_instance), 0, &instance_shape},
    END,
};
#undef OF
SHAPE(create, tsm_api_create_result);

/* GetServiceInstancesResult [4.2.5.2] */
#define OF(m) AT(tsm_api_instances_result, m)
static const struct field instances_fields[] = {
    CODE("executionStatus", OF(execution_status), NEEDED),
    TEXT("executionMessage", OF(execution_message), OPTIONAL),
    {"serviceInstances", FIELD_LIST, FIELD_OPTIONAL, OF(service_instances), ANSWER_MAX_INSTANCES,
     &instance_shape},
    END,
};
#undef OF
SHAPE(instances, tsm_api_instances_result);

/* DeployServiceResult [4.2.5.3] and those that have less of it [4.2.5.4 to 4.2.5.6] */
#define OF(m) AT(tsm_api_process_result, m)
static const struct field process_fields[] = {
    {"processInfo", FIELD_OBJECT, FIELD_NEEDED, OF(process_info), 0, &info_shape},
    CODE("serviceInstanceState", OF(service_instance_state), OPTIONAL),
    {"technicalInformation", FIELD_OBJECT, FIELD_OPTIONAL, OF(technical_information), 0, &information_shape},
    {"serviceCommandResults", FIELD_LIST, FIELD_OPTIONAL, OF(service_command_results), TSM_API_MAX_COMMANDS,
     &command_shape},
    TEXT("reader", OF(reader), OPTIONAL),
    END,
};
#undef OF
SHAPE(process, tsm_api_process_result);

/* ServiceDeploymentAvailableResult [4.2.5.7], ServiceUpdateAvailableResult [4.2.5.8] */
#define OF(m) AT(tsm_api_available_result, m)
#define CHECK(truth, version_name)                                                                  \
    CODE("executionStatus", OF(execution_status), NEEDED),                                          \
        TEXT("executionMessage", OF(execution_message), OPTIONAL),                                  \
        {truth, FIELD_TRUTH, FIELD_OPTIONAL, OF(available), 1, NULL},                               \
        TEXT(version_name, OF(version), OPTIONAL),                                                  \
        {"newTechnicalInformation", FIELD_OBJECT, FIELD_OPTIONAL, OF(new_technical_information), 0, \
         &information_shape},                                                                       \
        END
static const struct field deployment_check_fields[] = {CHECK("deploymentAvailable", "version")};
static const struct field update_check_fields[] = {CHECK("updateAvailable", "newVersion")};
#undef OF
SHAPE(deployment_check, tsm_api_available_result);
SHAPE(update_check, tsm_api_available_result);
