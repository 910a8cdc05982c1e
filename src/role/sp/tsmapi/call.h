/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the device interface on its way to its answer; what the files of this folder share. Stations
 * 1 to 3. Role. [TR-03165 4.2] */
#ifndef TSM_ROLE_SP_TSMAPI_CALL_H
#define TSM_ROLE_SP_TSMAPI_CALL_H

#include <pthread.h>

#include "role/sp/tsmapi/find/element.h"
#include "role/sp/tsmapi/tsmapi.h"

struct tsmapi {
    struct tsmapi_config c;
    pthread_mutex_t lock;
    unsigned held;
};

struct api_call {
    struct tsmapi *api;
    struct sp *sp;
    int64_t party;
    const char *app; /* the callerId that the token is good for; "": any */
    struct api_request q;
    struct api_reading reading; /* its fault is the call's */
    /* What the work finds, in its order. */
    struct api_service service; /* owned: call_drop */
    struct api_versions versions;
    struct shown_element shown[COMPONENTS_MAX];
    size_t n_shown;
    struct api_instance instance;
    int chosen;
    /* The answer: the result object of the method without its status; owned. */
    json_t *result;
    bool accepted; /* 202: a process waits for its start */
};

/* Sets the call's fault. */
#define CALL_FAULT(call, type, ...) fault_set(&(call)->reading.fault, type, __VA_ARGS__)

/*
 * The methods: work for one call each; *result on success, a fault or an error else.
 * create.c, list.c, check.c, begin.c
 */
enum tsm_err method_create(struct api_call *c);
enum tsm_err method_list(struct api_call *c);
enum tsm_err method_check_deployment(struct api_call *c);
enum tsm_err method_check_update(struct api_call *c);
enum tsm_err method_begin(struct api_call *c);

/* Looks at the components that the handset shows and can be accessed: shown, n_shown. SC_INACCESSIBLE where
 * there are some and none can. */
enum tsm_err call_look(struct api_call *c);
/* What a version has for the element's profile, and where its owner cannot tell, for one that the element's
 * own words allow; flavor 0: nothing. */
struct offer {
    int64_t flavor;
    char profile[PROFILE_NAME_MAX + 1];
};
enum tsm_err call_offer(struct tx *tx, const struct api_version *v, const struct shown_element *el,
                        struct offer *out);

/* The processes. */
enum tsm_err api_get_process(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err api_start_process(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err api_cancel_process(void *app, struct http_request *q, struct http_reply *reply);
/* Who asks, by the app's token: 401 with the fault in the reply, false. *e: any other error. */
bool api_admit(struct tsmapi *api, struct http_request *q, struct caller *who, struct http_reply *reply,
               enum tsm_err *e);
/* A body with the two members of every answer. */
enum tsm_err api_reply_fault(struct http_reply *reply, int status, const struct fault *f);

/* A datetime of the guideline: UTC with milliseconds [TR-03165 4.2.3]. */
enum { API_TIME_TEXT = 32 };
const char *api_time(time_us t, char out[API_TIME_TEXT]);
/* ProcessInfo; process "" where none was started. Owned by the caller. */
struct process_times {
    time_us start, end;
};
json_t *process_info(const char *process, const struct fault *f, struct process_times t);
/* The whole result of a method whose process never began: by the call's fault, and what was found before it.
 */
enum tsm_err process_refused(const struct api_call *c, time_us now, json_t **out);

#endif
