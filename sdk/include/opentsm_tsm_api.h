/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TSM-API of BSI TR-03165 4.2 for an app on a handset: the one public header of libopentsm-sdk. Edge.
 *
 * Words are the guideline's; C names are tsm_api_*. Texts are UTF-8 and end with a 0.
 *
 * Threads. A client may be used from several threads at once. A process runs on a thread of the library;
 * listener, log, getToken and transport are called from there and from the callers' own threads, never two
 * calls at once for one channel of the transport. From within a callback do not call tsm_api_free or
 * tsm_api_future_wait. The library keeps no variables of its own outside its clients (libcurl's
 * initialisation apart).
 *
 * Ownership. What is handed in is copied, or borrowed for the call only, except the callbacks and their
 * `self`, which must live as long as the client or future that they were given to. Texts of a result are the
 * result's and end with its _clear or its future's _free.
 */
#ifndef OPENTSM_TSM_API_H
#define OPENTSM_TSM_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TSM_API_VERSION "1.0.4" /* of TR-03165-1 */

enum {
    TSM_API_MAX_READERS = 8,    /* of one handset */
    TSM_API_MAX_NAME = 64,      /* characters of a reader's name */
    TSM_API_MAX_TOKEN = 4096,   /* characters of an access token */
    TSM_API_MAX_APDU = 65544,   /* extended, header and both lengths [ISO 7816-4 5.1] */
    TSM_API_MAX_COMMANDS = 3,   /* of one deployService or updateService [TR 4.2.5.3] */
    TSM_API_MAX_PAIRS = 64,     /* of one map */
    TSM_API_MAX_LOG_TEXT = 200, /* characters of a log message; longer ones are cut */
    TSM_API_LOG_RING = 256,     /* latest messages that are kept [TR 3.5.2] */
    TSM_API_CONNECT_MS = 10000, /* to connect, with TLS */
    TSM_API_ANSWER_MS = 40000,  /* for an answer; one may be held 30 s [GP SERAM, Transmission Errors] */
    TSM_API_RETRY_S = 300,      /* a process goes on that long without an answer [there] */
    TSM_API_WAIT_FOREVER = -1,
};

/* ---- States, operations, errors [TR 4.2.4] ---- */

enum tsm_api_state {
    TSM_API_UNKNOWN = 0,
    TSM_API_NOT_DEPLOYED = 1,
    TSM_API_INITIALIZED = 10,
    TSM_API_INSTALLED = 11,
    TSM_API_PERSONALIZED = 12,
    TSM_API_ACTIVATED = 14,
    TSM_API_OPERATIONAL = 21,
    TSM_API_SUSPENDED = 22,
    TSM_API_IN_ERROR = 25,
};

enum tsm_api_operation {
    TSM_API_NO_OPERATION = 0,
    TSM_API_SERVICE_DEPLOYMENT_INSTALLATION = 10,
    TSM_API_SERVICE_DEPLOYMENT_PERSONALIZATION = 11,
    TSM_API_SERVICE_DEPLOYMENT_ACTIVATION = 12,
    TSM_API_SERVICE_DEPLOYMENT_FINALIZE = 13,
    TSM_API_SERVICE_UPDATE_INSTALLATION = 20,
    TSM_API_SERVICE_UPDATE_PERSONALIZATION = 21,
    TSM_API_SERVICE_UPDATE_ACTIVATION = 22,
    TSM_API_SERVICE_UPDATE_FINALIZE = 23,
    TSM_API_SERVICE_SUSPENSION = 30,
    TSM_API_SERVICE_RESUMPTION = 31,
    TSM_API_SERVICE_TERMINATION = 40,
};

enum tsm_api_error {
    TSM_API_SUCCESS = 0,
    TSM_API_TSM_NOT_AVAILABLE = 1,
    TSM_API_INTERNAL_ERROR = 2,
    TSM_API_NETWORK_CONNECTION_ERROR = 3,
    TSM_API_INVALID_ARGUMENT = 4,
    TSM_API_NOT_AUTHENTICATED = 5,
    TSM_API_EXECUTION_INTERRUPTED = 6,
    TSM_API_SECURE_COMPONENT_ERROR = 7,
    TSM_API_NO_ELIGIBLE_SC = 8,
    TSM_API_SC_INACCESSIBLE = 9,
    TSM_API_SC_CHANNEL_NOT_AVAILABLE = 10,
    TSM_API_NFC_NOT_ACTIVATED = 11,
    TSM_API_ORPHANED_SERVICE_INSTANCE = 12,
    TSM_API_NOT_ALLOWED = 13,
    TSM_API_ALREADY_EXISTS = 14,
    TSM_API_UNAUTHORIZED = 15,
    TSM_API_ISSUER_ERROR = 16,
    TSM_API_NOT_FOUND = 17,
    TSM_API_OVERLOAD_PROTECTION = 18,
    TSM_API_UNDER_MAINTENANCE = 19,
    TSM_API_DEVICE_INTEGRITY_CHECK_FAILED = 20,
    TSM_API_UNSPECIFIED = 100,
};

/* The guideline's name ("NOT_ALLOWED"); "UNKNOWN" for a state, "UNSPECIFIED" for an error, "NO_OPERATION" for
 * an operation that it does not have. Static. */
const char *tsm_api_state_name(int state);
const char *tsm_api_operation_name(int operation);
const char *tsm_api_error_name(int error);

/* ---- Objects [TR 4.2.3]. A conditional text that is absent is "", a list or map has n 0. ---- */

struct tsm_api_memory; /* what a result's texts live in */

struct tsm_api_pair {
    const char *key, *value;
};
struct tsm_api_map {
    const struct tsm_api_pair *at;
    size_t n;
};

struct tsm_api_technical_information {
    struct tsm_api_map sp_parameters;
    const char *service_id, *service_version_tag, *flavor_id, *flavor_name, *profile_id;
};

struct tsm_api_service_instance {
    const char *id;
    int state;          /* enum tsm_api_state */
    int last_operation; /* enum tsm_api_operation */
    struct tsm_api_technical_information technical_information;
    const char *reader;          /* where its secure component is [GPD_SPE_075 4.2.6] */
    const char *running_process; /* a process under way, for tsm_api_resume_process; mostly "" */
};

struct tsm_api_process_info {
    const char *process_id; /* "" when the request failed before there was a process */
    int execution_status;   /* enum tsm_api_error */
    const char *execution_message;
    const char *start_date, *end_date; /* ISO 8601, UTC, milliseconds; without a process of the request */
};

struct tsm_api_command_response_pair {
    const char *tag, *command, *response; /* the APDUs in hex */
};
struct tsm_api_personalization_result {
    const char *application_instance_aid;
    struct {
        const struct tsm_api_command_response_pair *at;
        size_t n;
    } results;
};
struct tsm_api_service_command_result {
    int command_execution_status; /* 0 success, 1 failed, 2 not executed */
    struct {
        const struct tsm_api_personalization_result *at;
        size_t n;
    } personalization_results;
};

/* ---- Results ---- */

struct tsm_api_status {
    int execution_status; /* enum tsm_api_error */
    char execution_message[TSM_API_MAX_LOG_TEXT + 1];
};

struct tsm_api_create_result {
    int execution_status;
    const char *execution_message;
    bool created; /* service_instance is there */
    struct tsm_api_service_instance service_instance;
    struct tsm_api_memory *memory;
};
void tsm_api_create_result_clear(struct tsm_api_create_result *r);

struct tsm_api_instances_result {
    int execution_status;
    const char *execution_message;
    struct {
        const struct tsm_api_service_instance *at;
        size_t n;
    } service_instances;
    struct tsm_api_memory *memory;
};
void tsm_api_instances_result_clear(struct tsm_api_instances_result *r);

/* DeployServiceResult and UpdateServiceResult; of SuspendOrResumeResult and TerminateServiceResult only
 * process_info. Without a process the commands are not executed (2), and the rest is what the back end knows.
 */
struct tsm_api_process_result {
    struct tsm_api_process_info process_info;
    int service_instance_state;
    struct tsm_api_technical_information technical_information;
    struct {
        const struct tsm_api_service_command_result *at;
        size_t n;
    } service_command_results;
    const char *reader;
};

/* ServiceDeploymentAvailableResult (version) and ServiceUpdateAvailableResult (newVersion). */
struct tsm_api_available_result {
    int execution_status;
    const char *execution_message;
    bool available; /* DEPLOYMENT_AVAILABLE, UPDATE_AVAILABLE */
    const char *version;
    bool has_information;
    struct tsm_api_technical_information new_technical_information;
};

/* ---- What the app gives: transport, log, token, listener ---- */

/* How the opening of a reader went; the failures become the errors 9, 10 and 11. */
enum tsm_api_access {
    TSM_API_ACCESS_OPEN,
    TSM_API_ACCESS_DENIED,
    TSM_API_ACCESS_NO_CHANNEL,
    TSM_API_ACCESS_NFC_OFF,
};

/* What the handset knows of an element beside what is read from it; digits, digits, hex; "" where unknown. */
struct tsm_api_identity {
    char iccid[24], eid[40], seid[68];
};

/* APDUs to the secure components: Open Mobile API on a phone, PC/SC on a desk, the laboratory. */
struct tsm_api_transport {
    void *self;
    /* Fills the names of up to `cap` readers ("eSE1", "SIM1") that hold an element. Returns how many. */
    size_t (*readers)(void *self, char (*names)[TSM_API_MAX_NAME + 1], size_t cap);
    /* Opens a channel to the element; *channel is the transport's own. A reader is opened once at a time. */
    enum tsm_api_access (*open)(void *self, const char *reader, void **channel);
    /* One C-APDU (SELECT by name included); the R-APDU with status word goes to `rapdu`, TSM_API_MAX_APDU
     * octets. Returns its length, 2 or more; 0 when the channel is lost, after which only close is called. */
    size_t (*transmit)(void *channel, const uint8_t *capdu, size_t len, uint8_t *rapdu);
    void (*close)(void *channel);
    /* May be NULL. */
    void (*identify)(void *self, const char *reader, struct tsm_api_identity *out);
};

/* The logging callback [TR 3.5.2]. Messages hold no tokens, keys or data of commands. */
enum tsm_api_log_level { TSM_API_LOG_DEBUG, TSM_API_LOG_INFO, TSM_API_LOG_WARNING, TSM_API_LOG_ERROR };
enum tsm_api_log_topic { TSM_API_LOG_NETWORK, TSM_API_LOG_ELEMENT, TSM_API_LOG_PROCESS };
struct tsm_api_log_message {
    int64_t time_ms; /* since 1970, UTC */
    enum tsm_api_log_level level;
    enum tsm_api_log_topic topic;
    char text[TSM_API_MAX_LOG_TEXT + 1];
};
typedef void tsm_api_log_callback(void *self, const struct tsm_api_log_message *message);

/* AccessToken [TR 4.2.3.14]: getToken is called for each request to the back end. It writes a token of at
 * most `cap` characters (the library wipes its copy) and returns true; false: error 5. Caching is the app's
 * affair. */
struct tsm_api_access_token {
    void *self;
    bool (*get_token)(void *self, char *token, size_t cap);
};

struct tsm_api_process_start {
    const char *process_id, *caller_id, *start_date;
};
struct tsm_api_process_progress {
    const char *process_id;
    int progress;  /* 0..100 */
    int operation; /* enum tsm_api_operation */
};
/* ProcessListener; each may be NULL. A start that returns false could not be delivered: nothing is executed
 * and the process ends with error 6. */
struct tsm_api_listener {
    void *self;
    bool (*on_process_start)(void *self, const struct tsm_api_process_start *start);
    void (*on_process_progress)(void *self, const struct tsm_api_process_progress *progress);
};

/*
 * The one structure that grows: a later version of the library may have more members behind these. So its
 * first member is its size as the program was compiled, and programs that are older or newer than the library
 * work with it. All other structures stay as they are as long as the library's file has the number 1; what
 * they would lack comes as a function or as a member here.
 */
struct tsm_api_config {
    size_t struct_size;    /* sizeof(struct tsm_api_config) */
    const char *base_url;  /* "https://HOST:PORT/tsm-api/1.0"; nothing but https is taken */
    const char *ca_file;   /* PEM of the trusted authorities; NULL: the system's */
    const char *app_token; /* the built-in authentication; may be NULL when setAccessToken is used */
    const char *caller_id; /* 64 hex digits: SHA-256 of the app's certificate */
    const char
        *state_dir;    /* a folder of the app's own for the journal; NULL: no resumption by tsm_api_resume */
    const char *proxy; /* NULL: none */
    unsigned retry_s;  /* 0: TSM_API_RETRY_S */
    struct tsm_api_transport transport;
    tsm_api_log_callback *log; /* may be NULL */
    void *log_self;
    /* May be NULL. Is the handset in a state in which the TSM may be asked for anything [TR 4.2.4.4]? Asked
     * before each request with a token; false: nothing is sent, error 20. */
    bool (*device_is_sound)(void *self);
    void *device_self;
};

/* ---- The client ---- */

struct tsm_api;

/* NULL when the configuration is wrong or memory is exhausted; *why says so. `why` may be NULL. Wrong is,
 * too, a member that is set and that this library is too old to know. */
struct tsm_api *tsm_api_new(const struct tsm_api_config *config, struct tsm_api_status *why);
/* Ends the requests that are under way and waits for the library's threads. Processes are not cancelled: they
 * stay in the journal for tsm_api_resume, and their futures end with error 6. A future may be freed later. */
void tsm_api_free(struct tsm_api *api);

/* The latest messages, oldest first; returns how many were written. */
size_t tsm_api_log_latest(struct tsm_api *api, struct tsm_api_log_message *out, size_t cap);

/* ---- Methods [TR 4.2.5]. A wrong argument is found before anything is sent: error 4. ---- */

/* Creates the Service Instance; it blocks. `out` is filled in any case and must be cleared. */
void tsm_api_create_service_instance(struct tsm_api *api, const char *service_id, const char *version,
                                     struct tsm_api_create_result *out);
void tsm_api_get_service_instances(struct tsm_api *api, const char *service_id,
                                   struct tsm_api_instances_result *out);

enum tsm_api_command_kind { TSM_API_INSTALL, TSM_API_PERSONALIZE, TSM_API_ACTIVATE };
struct tsm_api_service_command {
    enum tsm_api_command_kind kind;
    struct tsm_api_map data; /* installationData, personalizationData */
    bool suspension_control; /* of ActivateServiceCommand */
};
struct tsm_api_deployment {
    const char *service_instance_id;
    const char *new_version; /* of updateService alone */
    const struct tsm_api_service_command *commands;
    size_t n_commands;
    bool finalize_deployment;
};

struct tsm_api_future;

/* These return at once; NULL when memory is exhausted. `listener` may be NULL; it must live as long as the
 * future runs. */
struct tsm_api_future *tsm_api_deploy_service(struct tsm_api *api, const struct tsm_api_deployment *what,
                                              const struct tsm_api_listener *listener);
struct tsm_api_future *tsm_api_update_service(struct tsm_api *api, const struct tsm_api_deployment *what,
                                              const struct tsm_api_listener *listener);
struct tsm_api_future *tsm_api_suspend_or_resume_service(struct tsm_api *api, const char *service_instance_id,
                                                         bool suspension_control,
                                                         const struct tsm_api_listener *listener);
struct tsm_api_future *tsm_api_terminate_service(struct tsm_api *api, const char *service_instance_id,
                                                 const struct tsm_api_listener *listener);
struct tsm_api_future *tsm_api_check_service_deployment_available(struct tsm_api *api, const char *service_id,
                                                                  const char *version);
struct tsm_api_future *tsm_api_check_service_update_available(struct tsm_api *api,
                                                              const char *service_instance_id,
                                                              const char *new_version);
/* From now on, instead of the built-in authentication. Copied, but for `self`. */
struct tsm_api_status tsm_api_set_access_token(struct tsm_api *api, const struct tsm_api_access_token *token);

/* Goes on with the process that the app was in when it ended, of this instance or (NULL) the first in the
 * journal. Error 17 when there is none. */
struct tsm_api_future *tsm_api_resume(struct tsm_api *api, const char *service_instance_id,
                                      const struct tsm_api_listener *listener);
/* The same by the id that getServiceInstances gave as running_process, without any journal. */
struct tsm_api_future *tsm_api_resume_process(struct tsm_api *api, const char *process_id,
                                              const struct tsm_api_listener *listener);

/* ---- Futures [TR 4.2.4.3] ---- */

/* Waits for the end; true when it has come. timeout_ms may be TSM_API_WAIT_FOREVER or 0. */
bool tsm_api_future_wait(struct tsm_api_future *f, int timeout_ms);
/* Calls back once, when the future is done: on the library's thread, or at once on the caller's. One for each
 * future. */
void tsm_api_future_then(struct tsm_api_future *f, void (*done)(void *self, struct tsm_api_future *f),
                         void *self);
/* Asks the back end to give the process up: error 6. A process that has begun to change the element may go on
 * to its end all the same, so that nothing is left half done: the result tells. */
void tsm_api_future_cancel(struct tsm_api_future *f);
/* Any time; a process that runs goes on without it. */
void tsm_api_future_free(struct tsm_api_future *f);

/* Of a future that is done: its errors, and the result of its method; NULL for a future of another kind. */
int tsm_api_future_status(struct tsm_api_future *f, const char **message);
const struct tsm_api_process_result *tsm_api_future_process(struct tsm_api_future *f);
const struct tsm_api_available_result *tsm_api_future_available(struct tsm_api_future *f);

#ifdef __cplusplus
}
#endif

#endif
