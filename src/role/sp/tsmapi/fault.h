/* SPDX-License-Identifier: Apache-2.0 */
/* The error types of the device interface and their texts; which of them an error of ours, or the failure of
 * an order, is. Stations 2 and 11. Role, without I/O. [TR-03165 4.2.4.4] */
#ifndef TSM_ROLE_SP_TSMAPI_FAULT_H
#define TSM_ROLE_SP_TSMAPI_FAULT_H

#include <jansson.h>

#include "base/error.h"
#include "order/outcome.h"

/* X(NAME, number, text before the details; a text with a full stop takes none) */
#define API_ERRORS(X)                                                                        \
    X(TSM_NOT_AVAILABLE, 1, "TSM not available")                                             \
    X(INTERNAL_ERROR, 2, "Internal error")                                                   \
    X(NETWORK_CONNECTION_ERROR, 3, "Network connection error")                               \
    X(INVALID_ARGUMENT, 4, "Invalid argument")                                               \
    X(NOT_AUTHENTICATED, 5, "Not authenticated")                                             \
    X(EXECUTION_INTERRUPTED, 6, "Execution interrupted")                                     \
    X(SECURE_COMPONENT_ERROR, 7, "Secure component error")                                   \
    X(NO_ELIGIBLE_SC, 8, "No eligible SC")                                                   \
    X(SC_INACCESSIBLE, 9, "SC inaccessible")                                                 \
    X(SC_CHANNEL_NOT_AVAILABLE, 10, "SC channel not available")                              \
    X(NFC_NOT_ACTIVATED, 11, "NFC not activated")                                            \
    X(ORPHANED_SERVICE_INSTANCE, 12, "Orphaned service instance")                            \
    X(NOT_ALLOWED, 13, "Not allowed")                                                        \
    X(ALREADY_EXISTS, 14, "Already exists")                                                  \
    X(UNAUTHORIZED, 15, "Unauthorized")                                                      \
    X(ISSUER_ERROR, 16, "Issuer error")                                                      \
    X(NOT_FOUND, 17, "Not found")                                                            \
    X(OVERLOAD_PROTECTION, 18,                                                               \
      "Overload protection: The system is currently not available, please try again later.") \
    X(UNDER_MAINTENANCE, 19,                                                                 \
      "Under maintenance: The system is currently not available, please try again later.")   \
    X(DEVICE_INTEGRITY_CHECK_FAILED, 20, "Device integrity check failed")                    \
    X(UNSPECIFIED, 100, "Unspecified")

enum api_error {
    API_OK = 0,
#define X(name, number, text) API_##name = number,
    API_ERRORS(X)
#undef X
};

enum { FAULT_DETAILS_MAX = ERR_CAUSE_MAX, FAULT_TEXT_MAX = FAULT_DETAILS_MAX + 100 };

/* The error of a request in hand; type API_OK: none yet. Details hold no secret. */
struct fault {
    enum api_error type;
    char details[FAULT_DETAILS_MAX];
};

/* Sets the fault and returns an error, so that `return fault_set(...)` reads well. */
enum tsm_err fault_set(struct fault *f, enum api_error type, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* From an error that has no fault of its own yet, with its cause. */
void fault_of_error(struct fault *f, enum tsm_err e);
/* From the end of an order: whose fault it was, and whether its time was over. */
void fault_of_failure(struct fault *f, const struct failure *failure, bool expired);
/* "Not found: serviceId .. does not exist"; "" for API_OK. Into `out`, which is returned. */
const char *fault_text(const struct fault *f, char out[FAULT_TEXT_MAX]);
/* The members executionStatus and executionMessage of a result object. */
enum tsm_err fault_put(json_t *object, const struct fault *f);

#endif
