/* SPDX-License-Identifier: Apache-2.0 */
/* What the card asks of an application's native behaviour: the card executes no bytecode, so known load files
 * bring their behaviour from here (station 10, the card's side); pure; GPCS 2.3.1 7.3.2, 11.9. */
#ifndef LAB_CARD_APPLET_APPLET_H
#define LAB_CARD_APPLET_APPLET_H

#include "card/model/model.h"

/* One STORE DATA command that the security domain hands to its application. */
struct store_data {
    uint8_t p1;
    bool first; /* block 0 of a new run */
    const uint8_t *data;
    size_t len;
    const struct session *session; /* whose DEK decrypts */
    struct job *job;               /* its reply takes what the application answers */
};

#define STORE_LAST             0x80
#define STORE_ENCRYPTION       0x60
#define STORE_ENCRYPTION_ALL   0x60
#define STORE_STRUCTURE        0x18
#define STORE_STRUCTURE_NONE   0x00
#define STORE_STRUCTURE_DGI    0x08
#define STORE_STRUCTURE_BERTLV 0x10
#define STORE_CASE_4           0x01

struct thaw; /* frozen/image.h */

struct native_ops {
    const char *name;
    bool (*create)(struct app *a);
    void (*destroy)(struct app *a);
    /* The FCI for SELECT goes to j->reply. */
    uint16_t (*select)(struct app *a, struct job *j);
    uint16_t (*process)(struct app *a, struct job *j);
    /* NULL when the application cannot be personalised through its security domain. */
    uint16_t (*store)(struct app *a, const struct store_data *s);
    /* What outlives a reset, for card_freeze and card_thaw; NULL when the application remembers nothing. */
    void (*save)(const struct app *a, struct out *o);
    void (*restore)(struct app *a, struct thaw *t);
};

extern const struct native_ops payment_ops;
extern const struct native_ops ppse_ops;
extern const struct native_ops purse_ops;
extern const struct native_ops crs_ops, aram_ops, sems_ops; /* built in: builtin.h */
extern const struct native_ops silent_ops; /* every applet whose code the card does not know */

/* The behaviour of a module: known by package AID, hash of the load file data block and module AID together.
 */
const struct native_ops *native_find(const struct elf *e, const struct aid *module);

#endif
