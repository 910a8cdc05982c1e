/* SPDX-License-Identifier: Apache-2.0 */
/* Client of the server's order interface, as a service provider uses it. Edge. */
#ifndef LAB_BANK_ORDER_API_H
#define LAB_BANK_ORDER_API_H

#include "bank/input.h"
#include "handset/https.h"

#include <jansson.h>

enum {
    API_MAX_URL = 512,
    API_MAX_ID = 64,
    API_FOLLOW_WAIT_S = 1,     /* long poll of one round: how late a new step may be seen */
    API_FOLLOW_PAUSE_MS = 100, /* between rounds that a server answers at once */
    API_STATUS_OK = 200,
    API_STATUS_ACCEPTED = 202,
    API_STATUS_NOT_FOUND = 404,
};

struct bank_api {
    char base[API_MAX_URL]; /* origin: https://HOST:PORT */
    char token[BANK_MAX_TOKEN];
    struct https *http;
};

/* False after a message on standard error. The token is wiped by close. */
bool bank_api_open(struct bank_api *a, const char *base, const char *ca_file, const char *token);
void bank_api_close(struct bank_api *a);

/* GET (body NULL) or POST of a path below the origin. The JSON of the answer, or NULL when there was none;
 * *status is the HTTP status, 0 when no answer came. */
json_t *bank_api_call(struct bank_api *a, const char *path, const json_t *body, long *status);

/* An id as it stands in a path: letters, digits, '-', '_', '.' only. */
bool bank_is_id(const char *text);

/* The order, or NULL with *status as above. */
json_t *bank_api_order(struct bank_api *a, const char *order, unsigned wait_s, long *status);
bool bank_state_is_final(const char *state);
const char *bank_text(const json_t *object, const char *name); /* "" when missing */

struct bank_watcher {
    void (*on_step)(void *user, const json_t *step); /* each timeline entry once, as it appears */
    bool (*go_on)(void *user); /* asked between two looks at an order that is not final */
    void *user;
    unsigned limit_s;
};

/* Asks until the order is final, limit_s have passed or go_on says no. Returns the order as last seen, NULL
 * when it was never seen. */
json_t *bank_api_follow(struct bank_api *a, const char *order, const struct bank_watcher *w);

/* Card data, encrypted to the intake key of this provider. A new string or NULL after a message. */
char *bank_api_seal(struct bank_api *a, const json_t *card);

#endif
