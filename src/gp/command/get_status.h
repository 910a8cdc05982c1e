/* SPDX-License-Identifier: Apache-2.0 */
/* GET STATUS: what is on the card. Stations 4, 10 and 11. Pure. [GPCS 11.4] */
#ifndef TSM_GP_COMMAND_GET_STATUS_H
#define TSM_GP_COMMAND_GET_STATUS_H

#include "base/bytes.h"

/* P1 [GPCS Table 11-33]. */
enum gp_status_scope {
    STATUS_ISSUER_DOMAIN = 0x80,
    STATUS_APPLICATIONS = 0x40,
    STATUS_LOAD_FILES = 0x20,
    STATUS_LOAD_FILES_AND_MODULES = 0x10,
};
/* The form of the answer: TLV, or the length-value lists of cards before 2.2. */
enum gp_status_dialect { STATUS_TLV, STATUS_LV };

/* Life cycle states [GPCS 11.1.1]. */
enum gp_life_cycle {
    LIFE_LOADED = 0x01,
    LIFE_INSTALLED = 0x03,
    LIFE_SELECTABLE = 0x07,
    LIFE_PERSONALIZED = 0x0F, /* of a security domain */
    LIFE_LOCKED_BIT = 0x80,
    LIFE_CARD_OP_READY = 0x01,
    LIFE_CARD_INITIALIZED = 0x07,
    LIFE_CARD_SECURED = 0x0F,
    LIFE_CARD_LOCKED = 0x7F,
    LIFE_CARD_TERMINATED = 0xFF,
};

/* `aid` (or its beginning) narrows the search, empty = all; `tags` is the value of 5C or empty. `next`: go on
 * after 6310; any command between loses the place. */
struct get_status {
    enum gp_status_scope scope;
    enum gp_status_dialect dialect;
    bool next;
    struct bytes aid, tags;
};
enum tsm_err get_status_write(const struct get_status *g, struct writer *capdu);

/*
 * One entry. Cards give 9F70 in one, two or four octets: the first is the state. Privileges are 24 bits, 0
 * for load files. `modules` is the content to walk with gp_registry_module. Spans are borrowed.
 */
struct gp_registry_entry {
    struct bytes aid;
    uint8_t life_cycle;
    uint32_t privileges;
    struct bytes load_file;          /* C4: of an application */
    struct bytes version;            /* CE: of a load file, major and minor */
    struct bytes domain;             /* CC: associated security domain */
    struct bytes implicit_selection; /* CF: the first */
    struct bytes modules;
    enum gp_status_dialect dialect;
};

/*
 * Reads the next entry of the joined answers: the data of all answers of one scope, one after the other,
 * since a card may cut an entry where its buffer ends and answer 6310. At the end reader->left is empty.
 */
enum tsm_err gp_registry_next(struct reader *joined, enum gp_status_scope scope,
                              enum gp_status_dialect dialect, struct gp_registry_entry *out);
/* Walks the executable modules: *at starts as READER(entry->modules); NOT_FOUND at the end. */
enum tsm_err gp_registry_module(const struct gp_registry_entry *entry, struct reader *at, struct bytes *aid);
/* Writes an entry in the TLV form; `modules` is not written. */
enum tsm_err gp_registry_write(const struct gp_registry_entry *entry, struct writer *w);

#endif
