/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the back end answers, read into the objects of the public header. Nothing of it is believed: types,
 * lengths and numbers are checked, and what goes into an address must have the form of an id. Pure but for
 * allocation. [TR-03165 4.2.5, docs/tsm-api.md]
 */
#ifndef OPENTSM_SDK_ANSWER_H
#define OPENTSM_SDK_ANSWER_H

#include "opentsm_tsm_api.h"
#include "wire/object/memory.h"

enum {
    ANSWER_MAX_TEXT = 4096, /* of a name, message or parameter */
    ANSWER_MAX_APDU_HEX = 2 * TSM_API_MAX_APDU,
    ANSWER_MAX_INSTANCES = 64,
    ANSWER_MAX_RESULTS = 256, /* of one personalisation */
    ANSWER_MAX_STATUS = 1000, /* error categories; those that are unknown here are passed on */
    ANSWER_MAX_URL = 512,
    UUID_LEN = 36,
    SESSION_MAX = 128,
};

/* All: the errors of shape_read; on TSM_OK the out struct owns its memory, else it is untouched. */
enum tsm_err answer_create(struct bytes text, struct tsm_api_create_result *out);
enum tsm_err answer_instances(struct bytes text, struct tsm_api_instances_result *out);

enum answer_check { ANSWER_DEPLOYMENT, ANSWER_UPDATE };
enum tsm_err answer_available(struct bytes text, enum answer_check which, struct tsm_api_memory *m,
                              struct tsm_api_available_result *out);

/* executionStatus and executionMessage of any answer. MISSING_FIELD when there is no status. */
enum tsm_err answer_status(struct bytes text, struct tsm_api_status *out);

/* The answer 202: a process that waits for its start. */
struct answer_started {
    char process[UUID_LEN + 1], caller_id[2 * 32 + 1], start_date[64 + 1];
};
enum tsm_err answer_started(struct bytes text, struct answer_started *out);

/* The result object of a process, also alone as an answer 200. */
enum tsm_err answer_process(struct bytes text, struct tsm_api_memory *m, struct tsm_api_process_result *out);

/* A process as it stands. */
enum process_state { PROCESS_WAITING, PROCESS_RUNNING, PROCESS_DONE };
struct answer_exchange {
    char url[ANSWER_MAX_URL + 1], session[SESSION_MAX + 1], reader[TSM_API_MAX_NAME + 1];
};
struct answer_progress {
    int state; /* enum process_state */
    int64_t seen, operation, progress;
    bool has_exchange;
    struct answer_exchange exchange;
    char start_date[64 + 1], caller_id[2 * 32 + 1];
};
/* With state PROCESS_DONE also *result, whose texts live in m. */
enum tsm_err answer_progress(struct bytes text, struct tsm_api_memory *m, struct answer_progress *out,
                             struct tsm_api_process_result *result);

/* A process that ended before the back end told a result. */
struct answer_failed {
    const struct tsm_api_status *status;
    const char *process;      /* "": none was begun, and none of its commands was executed */
    size_t n_commands;        /* at most TSM_API_MAX_COMMANDS */
    int64_t start_ms, end_ms; /* since 1970, UTC */
};
/* Empty results with an error; texts are copied to m. */
void answer_failed_process(struct tsm_api_memory *m, const struct answer_failed *failed,
                           struct tsm_api_process_result *out);
void answer_failed_available(struct tsm_api_memory *m, const struct tsm_api_status *s,
                             struct tsm_api_available_result *out);
void answer_failed_create(const struct tsm_api_status *s, struct tsm_api_create_result *out);
void answer_failed_instances(const struct tsm_api_status *s, struct tsm_api_instances_result *out);

/* The form of an id that goes into an address. */
bool text_is_uuid(const char *text);
bool text_is_unreserved(const char *text, size_t max); /* [RFC 3986 2.3], 1..max characters */

#endif
