/* SPDX-License-Identifier: Apache-2.0 */
/* Which fields of a card outlive a reset, and how their pointers become numbers and pointers again (station
 * 10, the card's side); pure; no clause of a standard. */
#include "card/frozen/picture.h"

#include <stddef.h>
#include <string.h>

#define PASSING(type, field)                              \
    {                                                     \
        offsetof(type, field), sizeof(((type *)0)->field) \
    }
#define REFERENCE(type, field, kind) \
    {                                \
        offsetof(type, field), kind  \
    }

static const struct passing nothing_passes[] = {{0, 0}};

static const struct reference elf_references[] = {REFERENCE(struct elf, owner, TO_APP),
                                                  {sizeof(struct elf), TO_NOTHING}};
static const struct reference app_references[] = {
    REFERENCE(struct app, card, TO_NOTHING),   REFERENCE(struct app, elf, TO_ELF),
    REFERENCE(struct app, owner, TO_APP),      REFERENCE(struct app, sd, TO_NOTHING),
    REFERENCE(struct app, native, TO_NOTHING), REFERENCE(struct app, native_data, TO_NOTHING),
    {sizeof(struct app), TO_NOTHING}};
static const struct reference sd_references[] = {REFERENCE(struct sd, card, TO_NOTHING),
                                                 REFERENCE(struct sd, self, TO_NOTHING),
                                                 REFERENCE(struct sd, casd, TO_NOTHING),
                                                 REFERENCE(struct sd, scp11, TO_NOTHING),
                                                 {sizeof(struct sd), TO_NOTHING}};
static const struct reference card_references[] = {{sizeof(struct card), TO_NOTHING}};

static const struct passing card_passing[] = {
    PASSING(struct card, elfs),
    PASSING(struct card, apps),
    PASSING(struct card, elf_count),
    PASSING(struct card, app_count),
    PASSING(struct card, channels),
    PASSING(struct card, ota),
    PASSING(struct card, dead),
    PASSING(struct card, listing),
    PASSING(struct card, listing_len),
    PASSING(struct card, listing_at),
    PASSING(struct card, listing_of),
    PASSING(struct card, listing_form),
    PASSING(struct card, pending),
    PASSING(struct card, pending_len),
    PASSING(struct card, pending_at),
    PASSING(struct card, plain),
    PASSING(struct card, plain_len),
    PASSING(struct card, ota_kvn),
    {0, 0},
};

const struct shape elf_shape = {sizeof(struct elf), elf_references, nothing_passes};
const struct shape app_shape = {sizeof(struct app), app_references, nothing_passes};
const struct shape sd_shape = {sizeof(struct sd), sd_references, nothing_passes};
const struct shape card_shape = {sizeof(struct card), card_references, card_passing};

/* The number of an entry from 1; 0 = none. */
static uintptr_t number_of(const struct card *c, const struct reference *r, const void *pointer)
{
    size_t count = r->kind == TO_APP ? c->app_count : r->kind == TO_ELF ? c->elf_count : 0;

    for (size_t i = 0; i < count; i++)
        if (pointer == (r->kind == TO_APP ? (const void *)c->apps[i] : (const void *)c->elfs[i]))
            return i + 1;
    return 0;
}

void picture_take(const struct card *c, const struct shape *s, const void *from, void *to)
{
    uint8_t *at = to;

    memcpy(at, from, s->size);
    for (const struct passing *p = s->passing; p->size != 0; p++)
        memset(at + p->at, 0, p->size);
    for (const struct reference *r = s->references; r->at < s->size; r++) {
        const void *pointer;
        uintptr_t number;

        memcpy(&pointer, at + r->at, sizeof pointer);
        number = number_of(c, r, pointer);
        memcpy(at + r->at, &number, sizeof number);
    }
}

bool picture_references(struct card *c, const struct shape *s, void *object)
{
    uint8_t *at = object;

    for (const struct reference *r = s->references; r->at < s->size; r++) {
        void *pointer = NULL;
        uintptr_t number;

        if (r->kind == TO_NOTHING)
            continue;
        memcpy(&number, at + r->at, sizeof number);
        if (number > (r->kind == TO_APP ? c->app_count : c->elf_count))
            return false;
        if (number != 0)
            pointer = r->kind == TO_APP ? (void *)c->apps[number - 1] : (void *)c->elfs[number - 1];
        memcpy(at + r->at, &pointer, sizeof pointer);
    }
    return true;
}
