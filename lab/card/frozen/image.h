/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of memory images: what a struct of the model holds more than another one, in a few bytes
 * (station 10, the card's side); pure; no clause of a standard. */
#ifndef LAB_CARD_FROZEN_IMAGE_H
#define LAB_CARD_FROZEN_IMAGE_H

#include "common/bytes.h"

/* A frozen card on its way back; `bad` stays set once something did not fit. */
struct thaw {
    const uint8_t *at;
    size_t n, offset;
    bool bad;
};

void image_number(struct out *o, size_t value);
size_t image_read_number(struct thaw *t);
/* A field of `width` bytes, as out_number writes it. */
uint64_t image_read_field(struct thaw *t, size_t width);
/* Appends the runs of `now` that differ from `before`; a NULL `before` is all zero. */
void image_diff(struct out *o, const void *now, const void *before, size_t n);
/* Lays the runs over `to`, which holds what `before` held. */
void image_apply(struct thaw *t, void *to, size_t n);

#endif
