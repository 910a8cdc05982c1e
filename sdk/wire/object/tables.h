/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the TSM-API's objects and results. Pure. [TR-03165 4.2.3, 4.2.5] */
#ifndef OPENTSM_SDK_TABLES_H
#define OPENTSM_SDK_TABLES_H

#include "wire/object/shape.h"

extern const struct shape create_shape, instance_shape, instances_shape, process_shape, information_shape,
    deployment_check_shape, update_check_shape;

#endif
