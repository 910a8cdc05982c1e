/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of GP SERAM 2.0.0 as a Local Agent writes and reads them: Handshake, Order, Report. Pure but for
 * allocation. [GP SERAM gpseram.yaml, Overview "Local Agent Behaviour"] */
#ifndef OPENTSM_SDK_SERAM_H
#define OPENTSM_SDK_SERAM_H

#include "base/json.h"

enum {
    SERAM_DEFAULT_DELAY_MS = 1000, /* text of the binding; the yaml file says 100 ms */
    SERAM_MAX_DELAY_MS = 300000,   /* after that a Remote Agent takes the agent for lost */
    SERAM_MAX_COMMANDS = 256,
    SERAM_MAX_APDUS = 1024, /* of one SE RAM Command */
};

enum seram_status {
    SERAM_POLLING,
    SERAM_PROCESSED,
    SERAM_UNAVAILABLE_SE,
    SERAM_UNKNOWN_FAILURE,
    SERAM_UNGRANTED_ACCESS,
};

enum seram_command { SERAM_START, SERAM_APDUS, SERAM_NOTIFICATION, SERAM_STOP, SERAM_UNKNOWN_COMMAND };

struct seram_order {
    json_t *document; /* owns what the others borrow; json_decref */
    unsigned delay_ms;
    const char *chosen_id;  /* seId of chosenSecureElement, or NULL */
    const json_t *commands; /* list, NULL in a void order */
};

/* The Handshake Command for one element; NULL when memory is exhausted. */
json_t *seram_handshake(const char *se_type, const char *se_id);
/* BAD_VALUE when the Remote Agent chose what was not offered. */
enum tsm_err seram_choice_read(struct bytes text);
/* *out is untouched on failure. */
enum tsm_err seram_order_read(struct bytes text, struct seram_order *out);
/* The kind of a command of the order; the names of the specification's examples count as well. */
enum seram_command seram_kind(const json_t *command);
/* A Report; error (may be NULL) and responses (taken over; left out when empty). */
json_t *seram_report(enum seram_status s, unsigned executed, const char *error, json_t *responses);
/* The SE RAM Response around a list of R-APDUs, which it takes over. */
json_t *seram_response(json_t *rapdus);

#endif
