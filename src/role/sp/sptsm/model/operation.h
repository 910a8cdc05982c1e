/* SPDX-License-Identifier: Apache-2.0 */
/* The 82 operations of the administration interface, one row each. Station 1. Role, without I/O. [TR-03165
 * 4.1.2, 4.1.6] */
#ifndef TSM_ROLE_SP_SPTSM_MODEL_OPERATION_H
#define TSM_ROLE_SP_SPTSM_MODEL_OPERATION_H

#include "http/message/target.h"
#include "role/sp/sptsm/model/entity.h"
#include "store/sql.h"

enum tr_act {
    ACT_AUTHENTICATE,
    ACT_ACCOUNT,
    ACT_LIST,
    ACT_GET,
    ACT_CREATE,
    ACT_MODIFY,
    ACT_DELETE,
    ACT_LINK,   /* body: what is added to the attribute that holds the links */
    ACT_UNLINK, /* body: ids that are taken away */
    ACT_PUBLISH,
    ACT_UPLOAD,
    ACT_OVERWRITE,
    ACT_BINARY
};

struct tr_operation {
    const char *id; /* operationId of the OpenAPI document */
    const char *method, *path;
    enum tr_act act;
    enum tr_kind kind;     /* of what is listed, made or changed; links: of what is linked */
    enum sql_id statement; /* ACT_LIST */
    const char *arguments; /* of the statement: p party, 0 zero, k kind, 1 2 3 the path's entities */
};

/* A {name} of a path. */
struct tr_name {
    const char *name;
    enum tr_kind kind;
};
extern const struct tr_name tr_names[]; /* ended by a row without name */

/* The operation at a path behind the base address; NULL when there is none. *other: the path has operations,
 * with other methods. */
const struct tr_operation *tr_operation_find(const char *method, struct bytes path, struct http_params *names,
                                             bool *other);

#endif
