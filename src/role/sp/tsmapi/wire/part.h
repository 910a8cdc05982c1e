/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a request that have parts: the device with its elements, the service commands. Station 1.
 * Role, without I/O. [TR-03165 4.2.3.2; docs/tsm-api.md] */
#ifndef TSM_ROLE_SP_TSMAPI_WIRE_PART_H
#define TSM_ROLE_SP_TSMAPI_WIRE_PART_H

#include "role/sp/tsmapi/wire/request.h"

enum { PART_TEXT = 120 };

/* Fills caller and components. An error's `why` says what is wrong, to follow "device in X". */
enum tsm_err part_device_read(const json_t *device, struct api_request *out, char why[PART_TEXT]);

/* Fills commands and maps from a list of up to three different commands; errors as above. */
enum tsm_err part_commands_read(const json_t *list, struct api_request *out, char why[PART_TEXT]);

#endif
