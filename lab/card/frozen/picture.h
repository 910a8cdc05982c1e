/* SPDX-License-Identifier: Apache-2.0 */
/* Which fields of a card outlive a reset, and how their pointers become numbers and pointers again (station
 * 10, the card's side); pure; no clause of a standard. Every plain field of the model is kept as it is; a new
 * pointer needs a row in the tables of picture.c. */
#ifndef LAB_CARD_FROZEN_PICTURE_H
#define LAB_CARD_FROZEN_PICTURE_H

#include "card/frozen/image.h"
#include "card/model/model.h"

/* What stands before each entry in a frozen card. */
enum record_flag { BASED_ON_FACTORY = 1, HAS_DOMAIN = 2 };

/* A pointer of a struct: to an entry of the registry, or one that the way back finds by itself. */
struct reference {
    size_t at;
    enum { TO_APP, TO_ELF, TO_NOTHING } kind;
};

/* Fields that do not outlive a reset. */
struct passing {
    size_t at, size;
};

struct shape {
    size_t size;
    const struct reference *references; /* ends with size */
    const struct passing *passing;      /* ends with size 0 */
};

extern const struct shape elf_shape, app_shape, sd_shape, card_shape;

/* Copies the struct at `from`: numbers of entries in place of pointers, nothing in fields that pass. */
void picture_take(const struct card *c, const struct shape *s, const void *from, void *to);
/* Turns the numbers in `object` into pointers again; false when an entry is missing. */
bool picture_references(struct card *c, const struct shape *s, void *object);

#endif
