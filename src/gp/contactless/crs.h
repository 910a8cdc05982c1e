/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contactless registry service (CRS) of a card: which applications answer a reader, and in which order.
 * Plain commands to its application. Stations 5 and 10. Pure. [GPCS Amendment C 3.11] The amendment's text
 * could not be consulted. AID, activation, listing and tags are those of a public program written from its
 * version 1.1.1 (Mozilla's wallet demo); the values of the priority commands (P1 02) could not be checked
 * against any text.
 */
#ifndef TSM_GP_CONTACTLESS_CRS_H
#define TSM_GP_CONTACTLESS_CRS_H

#include "base/bytes.h"

enum { CRS_AID_LEN = 9 };
extern const uint8_t crs_aid[CRS_AID_LEN];

/* P1 and P2 of SET STATUS. */
enum crs_change {
    CRS_ACTIVATE = 0x0101,
    CRS_DEACTIVATE = 0x0100,
    CRS_FIRST = 0x0201, /* the highest priority, to stay */
    CRS_LAST = 0x0281,
    CRS_FIRST_NOW = 0x0202, /* until the end of the session or the next such command */
    CRS_END_NOW = 0x0282,
};
/* Appends SET STATUS of one application; BAD_LENGTH for an AID that is none. */
enum tsm_err crs_set_status_write(enum crs_change change, struct bytes aid, struct writer *w);
/* Appends GET STATUS of all applications that take part; `next`: what did not fit before. */
enum tsm_err crs_get_status_write(bool next, struct writer *w);

/* One application of the joined answers; spans are borrowed. */
struct crs_entry {
    struct bytes aid;
    uint8_t life_cycle, activation; /* activation: 00 no, 01 yes, 80 never */
    bool has_priority;
    uint8_t priority;       /* place in the order from 0 */
    struct bytes listeners; /* CREL: applications that are told of events: 4F each; may be empty */
};
/* Reads the next entry; NOT_FOUND at the end. */
enum tsm_err crs_next(struct reader *joined, struct crs_entry *out);

#endif
