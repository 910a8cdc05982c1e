/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four messages of GP SERAM 2.0.0, both directions of each. Stations 8 and 10. Pure but for allocation.
 * [GP SERAM 2.0.0, components/schemas of its OpenAPI document]
 */
#ifndef TSM_LINK_SERAM_MESSAGE_H
#define TSM_LINK_SERAM_MESSAGE_H

#include "base/json.h"

enum {
    SERAM_ELEMENTS_MAX = 16, /* secure elements of one device */
    SERAM_WORDS_MAX = 16,    /* versions, formats, protocols it offers */
    SERAM_ID_MAX = 128,      /* characters of seId */
    SERAM_EXTRA_MAX = 256,   /* of seExtraInfo */
    SERAM_ERROR_MAX = 512,   /* of errorMsg */
    SERAM_NOTE_MAX = 512,    /* of deviceAppNotification */
    SERAM_COMMANDS_MAX = 16, /* of one order, and responses of one report */
    SERAM_APDUS_MAX = 256,   /* of all commands of one order together, and of one report */
    SERAM_DELAY_MAX_MS = 300000,
    SERAM_DELAY_MS = 500, /* of an order that says nothing else */
};

#define SERAM_VERSION "2.0.0"

enum seram_type { SERAM_ESE, SERAM_ISE, SERAM_UICC, SERAM_EUICC, SERAM_IEUICC, SERAM_UNDEFINED };

struct seram_element {
    int type; /* enum seram_type */
    char id[SERAM_ID_MAX + 1], extra[SERAM_EXTRA_MAX + 1];
};

/* Handshake Command: the elements in the agent's order of preference; never fewer than one. */
struct seram_handshake {
    size_t n;
    struct seram_element elements[SERAM_ELEMENTS_MAX];
};

/*
 * Reads what the agent offers. An offer that is left out means HTTPS, application/json and 2.0.0. UNSUPPORTED
 * when one of the offers does not hold ours (answer 406); the versions are taken under both names that the
 * document uses, supportedVersions and supportedVersion.
 */
enum tsm_err seram_handshake_read(struct bytes json, struct seram_handshake *out);
/* Owned by the caller (free); NO_MEMORY. */
enum tsm_err seram_handshake_write(const struct seram_handshake *h, char **json);
/* The Handshake Response has one content here: HTTPS, application/json, 2.0.0. */
enum tsm_err seram_choice_write(char **json);
/* UNSUPPORTED when the platform chose anything else. */
enum tsm_err seram_choice_read(struct bytes json);

enum seram_status {
    SERAM_PROCESSED,
    SERAM_POLLING,
    SERAM_UNAVAILABLE_SE,
    SERAM_UNKNOWN_FAILURE,
    SERAM_UNGRANTED_ACCESS,
};

/* A run of APDUs in the list of its message. */
struct seram_run {
    size_t first, n;
};

/* APDUs as octets in the caller's store; an empty one in a report means that no answer is available. */
struct seram_apdus {
    size_t n;
    struct bytes at[SERAM_APDUS_MAX];
    struct writer store;
};

/* Report: one run of answers for each SE RAM Command, in their order. */
struct seram_report {
    int status; /* enum seram_status */
    bool has_executed;
    int64_t executed; /* SE RAM commands executed, as the agent counts them */
    char error[SERAM_ERROR_MAX + 1];
    size_t n_responses;
    struct seram_run responses[SERAM_COMMANDS_MAX];
    struct seram_apdus answers;
    int64_t batch; /* of the order that it answers, as the agent's cookie says; 0: it keeps no cookies */
};

/*
 * Reads a report; the answers go to the store, for which json.len / 2 octets always suffice and which must
 * live as long as *out. BAD_FORM, BAD_VALUE, MISSING_FIELD, TOO_LONG with the field named.
 */
enum tsm_err seram_report_read(struct bytes json, struct writer store, struct seram_report *out);
enum tsm_err seram_report_write(const struct seram_report *r, char **json);

enum seram_command_type { SERAM_START, SERAM_SCRIPT, SERAM_NOTIFY, SERAM_STOP };

struct seram_command {
    int type;               /* enum seram_command_type */
    struct seram_run apdus; /* of SERAM_SCRIPT */
    const char *note;       /* of SERAM_NOTIFY; in the store */
};

/* Order: what the agent does next. */
struct seram_order {
    uint32_t delay_ms; /* until the next report; always sent, because text and schema of the standard differ
                          in its default */
    bool has_element;
    struct seram_element element;
    size_t n_commands;
    struct seram_command commands[SERAM_COMMANDS_MAX];
    struct seram_apdus apdus;
    int64_t batch; /* its name in the agent's cookie; 0: none */
};

/* An order without commands over the caller's store, which must live as long as the order. */
void seram_order_init(struct seram_order *o, struct writer store);
/* Adds a command; TOO_LONG above SERAM_COMMANDS_MAX. */
enum tsm_err seram_order_add(struct seram_order *o, enum seram_command_type type);
/* Adds an APDU (copied to the store) to the SE RAM Command added last; WRONG_STATE when the last is none,
 * TOO_LONG, NO_ROOM. */
enum tsm_err seram_order_apdu(struct seram_order *o, struct bytes apdu);
/* Adds a Notification Command. */
enum tsm_err seram_order_notify(struct seram_order *o, const char *note);
enum tsm_err seram_order_write(const struct seram_order *o, char **json);
/* The agent's direction; also takes the names startCommand and stopCommand, which the standard's examples
 * use. */
enum tsm_err seram_order_read(struct bytes json, struct writer store, struct seram_order *out);

/* For the files of this folder. */
enum tsm_err seram_element_read(const json_t *o, struct seram_element *out);
json_t *seram_element_json(const struct seram_element *e);
enum tsm_err seram_apdus_read(const json_t *list, const char *field, struct seram_apdus *apdus,
                              struct seram_run *run);
json_t *seram_apdus_json(const struct seram_apdus *apdus, struct seram_run run);
/* Text of a document whose reference is taken over; NO_MEMORY when it is NULL. */
enum tsm_err seram_text(json_t *value, char **json);

#endif
