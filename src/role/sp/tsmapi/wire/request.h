/* SPDX-License-Identifier: Apache-2.0 */
/* The requests of the device interface, read by table; what is wrong becomes a fault in the guideline's
 * words. Station 1. Role, without I/O. [TR-03165 4.2.3, 4.2.5; docs/tsm-api.md] */
#ifndef TSM_ROLE_SP_TSMAPI_WIRE_REQUEST_H
#define TSM_ROLE_SP_TSMAPI_WIRE_REQUEST_H

#include "base/json.h"
#include "order/life/commands.h"
#include "role/sp/tsmapi/fault.h"
#include "role/sp/tsmapi/wire/version.h"

enum api_method {
    METHOD_CREATE,
    METHOD_LIST,
    METHOD_DEPLOY,
    METHOD_UPDATE,
    METHOD_SUSPEND_OR_RESUME,
    METHOD_TERMINATE,
    METHOD_CHECK_DEPLOYMENT,
    METHOD_CHECK_UPDATE,
    API_METHODS
};

enum {
    READER_MAX = 64,
    COMPONENTS_MAX = 8,
    CALLER_MAX = 64,  /* hex of a SHA-256; of a SHA-1 40 */
    OBJECT_MAX = 255, /* octets of a data object that the element shows */
    NAME_MAX_HEX = 40,
    UUID_MAX = 36,
    MAP_ENTRIES_MAX = 64,
    MAP_TEXT_MAX = 8192,
    API_BODY_MAX = 64 * 1024
};

/* An element as the handset shows it; texts "" where it did not. Nothing of it is proved. */
struct component {
    char reader[READER_MAX + 1];
    char cplc[2 * OBJECT_MAX + 1], recognition[2 * OBJECT_MAX + 1], capabilities[2 * OBJECT_MAX + 1];
    char iccid[NAME_MAX_HEX + 1], eid[NAME_MAX_HEX + 1], seid[NAME_MAX_HEX + 1];
    bool accessible;
};

struct api_request {
    enum api_method method;
    char caller[CALLER_MAX + 1]; /* lower-case hex */
    struct component component[COMPONENTS_MAX];
    size_t n_components;
    char service[UUID_MAX + 1], instance[UUID_MAX + 1]; /* lower case */
    char version[VERSION_TEXT_MAX + 1];                 /* as it came */
    struct version pattern;                             /* what it says */
    struct command_list commands;
    bool suspend;            /* suspensionControl of suspendOrResumeService */
    json_t *personalization; /* personalizationData, borrowed from the document; NULL: none */
    json_t *installation;    /* installationData, the same */
};

/* By its name in the address; false where there is none. */
bool api_method_find(const char *name, enum api_method *out);
bool api_method_starts_process(enum api_method method);
/*
 * Reads the body of a method. *document is owned by the caller (also after an error) and keeps what `out`
 * borrows. An error comes with a fault of type INVALID_ARGUMENT; *no_request is set where the body is none
 * of this interface at all: no JSON object, or no right `device`.
 */
struct api_reading {
    struct fault fault;
    bool no_request;
    json_t *document;
};
enum tsm_err api_request_read(struct bytes body, enum api_method method, struct api_request *out,
                              struct api_reading *reading);

#endif
