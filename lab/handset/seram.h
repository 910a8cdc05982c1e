/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of GP SERAM 2.0.0 as the laboratory's Local Agent reads and writes them: Handshake, Order, Report,
 * in JSON. Pure. [GP SERAM gpseram.yaml, Overview "Local Agent Behaviour", HTTP REST Binding "HTTP Polling"]
 *
 * The library for apps has an agent of its own (sdk/wire/seram.h). Two on purpose, and written apart: the
 * laboratory judges what the project makes, so it shares no code with it; what one of them misreads the other
 * finds (docs/decisions/0001-lab-shares-no-code.md).
 */
#ifndef LAB_HANDSET_SERAM_H
#define LAB_HANDSET_SERAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    /* The binding's text says one second when no delay is given, the yaml file says 100 ms: the text is
       taken. */
    SERAM_DEFAULT_DELAY_MS = 1000,
    SERAM_MAX_DELAY_MS = 300000, /* a Remote Agent takes an agent for lost after five minutes */
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
    json_t *root; /* owns what the others borrow; json_decref */
    unsigned delay_ms;
    const char *chosen_id;  /* seId of chosenSecureElement, or NULL */
    const json_t *commands; /* array, or NULL in a void order */
};

/* The Handshake Command for one secure element. */
json_t *seram_handshake(const char *se_type, const char *se_id);

/* Checks a Handshake Response: each choice must be one of ours. On false *why says what is wrong. */
bool seram_handshake_accepted(const char *body, size_t len, const char **why);

/* Reads an Order Message. On false *why says what is wrong and *out is unchanged. */
bool seram_read_order(const char *body, size_t len, struct seram_order *out, const char **why);

/* The kind of a command; "startCommand" and "stopCommand" of the specification's examples count as well. */
enum seram_command seram_kind(const json_t *command);

/* A Report Message. error_msg and responses (taken over; an empty array is left out) may be NULL. */
json_t *seram_report(enum seram_status s, unsigned executed, const char *error_msg, json_t *responses);

/* The SE RAM Response around a list of R-APDUs, which it takes over. */
json_t *seram_response(json_t *rapdus);

#endif
