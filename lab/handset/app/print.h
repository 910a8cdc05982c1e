/* SPDX-License-Identifier: Apache-2.0 */
/* Results of the TSM-API as JSON objects with the guideline's names, and as lines. Edge (standard output). */
#ifndef LAB_HANDSET_APP_PRINT_H
#define LAB_HANDSET_APP_PRINT_H

#include <jansson.h>
#include <opentsm_tsm_api.h>

json_t *created_json(const struct tsm_api_create_result *r);
json_t *instances_json(const struct tsm_api_instances_result *r);
json_t *process_json(const struct tsm_api_process_result *r);
json_t *available_json(const struct tsm_api_available_result *r, bool update);

/* One line of JSON, or a line for each member that is not empty. Takes the object. */
void print_result(json_t *o, bool as_json);

#endif
