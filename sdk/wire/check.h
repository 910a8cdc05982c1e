/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments that are wrong whatever the back end knows: they are refused before anything is sent, with error
 * 4 in the guideline's wording. Pure. [TR-03165 4.2.4.4, 4.2.5] */
#ifndef OPENTSM_SDK_CHECK_H
#define OPENTSM_SDK_CHECK_H

#include "opentsm_tsm_api.h"

/* `request` is the guideline's name of the request, as "CreateServiceInstanceRequest". NULL is a wrong
 * argument like any other. execution_status 0 when all is well. */
struct tsm_api_status check_service(const char *service_id, const char *request);
struct tsm_api_status check_instance(const char *service_instance_id, const char *request);
struct tsm_api_status check_version(const char *version, const char *field, const char *request);
/* a.b.c, a.b.x, a.x.x or x.x.x, the x in either case. */
struct tsm_api_status check_pattern(const char *version, const char *field, const char *request);
/* deployService, or updateService (then with its newVersion). */
struct tsm_api_status check_deployment(const struct tsm_api_deployment *d, bool update);
/* The settings of tsm_api_new, from a program that was compiled with a shorter or a longer structure, as this
 * library has it.
 */
struct tsm_api_status check_config_size(const struct tsm_api_config *given, struct tsm_api_config *out);
struct tsm_api_status check_config(const struct tsm_api_config *c);

#endif
