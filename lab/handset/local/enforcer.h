/* SPDX-License-Identifier: Apache-2.0 */
/* The Access Control Enforcer: the phone asks the element's ARA-M which of its applications may speak to
 * which applet, and holds them to it. Edge (station 9, beside the server). [GP Secure Element Access Control
 * v1.1 3, 4] */
#ifndef LAB_HANDSET_LOCAL_ENFORCER_H
#define LAB_HANDSET_LOCAL_ENFORCER_H

#include "handset/element.h"
#include "handset/local/rules.h"

enum { ENFORCER_MAX_RULES = 4104, ENFORCER_REFRESH_LEN = 8 };

struct enforcer {
    struct device_app app;
    uint8_t rules[ENFORCER_MAX_RULES]; /* REF-AR-DOs as they were read */
    size_t rules_len;
    uint8_t refresh[ENFORCER_REFRESH_LEN]; /* of these rules */
    bool known;                            /* rules were read */
    struct access access;                  /* to the applet selected last */
};

/* False when the hash is not one of SHA-1 or SHA-256 in hex. */
bool enforcer_begin(struct enforcer *e, const char *app_hash);
/* Reads the rules again when their refresh tag has changed. An element without an ARA-M has no rules, so that
 * nobody is let in. False when the element does not answer. */
bool enforcer_refresh(struct enforcer *e, struct element *element);
/* May this command of the application go out? A SELECT by name is judged by the rules for that applet, every
 * other one by those of the applet selected last. */
bool enforcer_admits(struct enforcer *e, struct element *element, const uint8_t *capdu, size_t n);

#endif
