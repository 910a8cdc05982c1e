/* SPDX-License-Identifier: Apache-2.0 */
/* The story of the demo: two customers of one bank, from order to payment to removal, every check recorded.
 * Shared by the files of this folder. Edge. */
#ifndef LAB_BANK_STORY_STORY_H
#define LAB_BANK_STORY_STORY_H

#include "bank/order/api.h"
#include "terminal/kernel.h"

#include <sys/types.h>

enum {
    STORY_ORDER_S = 240,    /* an order that takes longer has failed */
    STORY_DEADLINE_S = 180, /* what the server is told */
    STORY_CALLBACKS_S = 20, /* how long after the last order its callback may come */
    STORY_HANDSET_S = 10,   /* how long after the end of an order the handset may take to stop */
    STORY_AMOUNT = 1234,
    STORY_CURRENCY = 978,
    STORY_MAX_PATH = 512,
    STORY_MAX_TEXT = 256,
    STORY_ARQC_TEXT = 17,
};

struct story {
    struct bank_api bank, other; /* the provider of the story, and a stranger */
    bool has_other;
    const char *ca, *evidence, *callbacks, *service;
    char run[32]; /* makes the client references of this run its own */
    bool fancy;   /* a terminal that shows colours and marks */
    json_t *checks, *orders, *payments;
    unsigned passed, failed;
};

struct customer {
    const char *name, *title;       /* "SIM card", one line for the screen */
    const char *se_kind, *se_id;    /* "iccid" or "seid", and its value */
    const char *element;            /* HOST:PORT a terminal (and a handset) reaches */
    const char *pan, *psn, *expiry; /* expiry: YYMM */
    char instance[API_MAX_ID + 1];
    char first_order[API_MAX_ID + 1];
    char arqc[STORY_ARQC_TEXT]; /* of the last payment */
    unsigned atc;
};

/* ---- acts.c ---- */

/* The whole life of one customer's card; stops early when an order fails. */
void story_customer(struct story *s, struct customer *c);

/* ---- place.c ---- */

/* Posts an order, carries the SERAM session where there is one, follows it to its end and records it. True
 * when it is DONE. card: data of a deploy, or NULL. */
bool story_place(struct story *s, struct customer *c, const char *operation, const json_t *card);

/* ---- phone.c: the handset of an order, as a child process ---- */

struct phone {
    pid_t pid; /* 0: none */
};

bool story_phone_start(const struct story *s, const struct customer *c, const json_t *seram,
                       struct phone *out);

/* False when it has ended without having been told to stop: nobody carries the order any more. */
bool story_phone_serves(const struct phone *p);

/* Waits for its end, at most wait_s, else ends it. Its exit status, -1 when it had to be ended. */
int story_phone_end(struct phone *p, int wait_s);

/* ---- callbacks.c ---- */

/* Reads the receiver's log until each order of the story has its final callback, or the time is over. Checks
 * that each has exactly one; returns what was received. */
json_t *story_callbacks(struct story *s);

/* ---- screen.c ---- */

void story_headline(const struct story *s, const char *text);
__attribute__((format(printf, 1, 2))) void story_line(const char *format, ...);
void story_step(const json_t *step);

/* ---- evidence.c ---- */

/* Records and shows one check; returns ok. detail may be "". */
bool story_check(struct story *s, const struct customer *c, bool ok, const char *name, const char *detail);

/* Makes the folders a file will stand in. */
bool story_make_folders(const char *file);

/* Writes the evidence file. False after a message on standard error. */
bool story_write_evidence(struct story *s, json_t *callbacks, double seconds);

/* True when the text holds a card number of the story's customers. */
bool story_tells_pan(const char *text);

/* Milliseconds of a clock that never goes back. */
long long story_now_ms(void);

#endif
