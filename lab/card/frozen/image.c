/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of memory images: what a struct of the model holds more than another one, in a few bytes
 * (station 10, the card's side); pure; no clause of a standard. Runs are (skip, length, bytes), the end is
 * (0, 0). */
#include "card/frozen/image.h"

#include <string.h>

#define NUMBER_MORE  0x80
#define NUMBER_BITS  7
#define NUMBER_SHIFT 56 /* no number of an image is longer than eight groups of seven bits */
#define SHORT_GAP    2  /* equal bytes between two runs that cost no more than a new head */

void image_number(struct out *o, size_t value)
{
    while (value >= NUMBER_MORE) {
        out_number(o, (value & (NUMBER_MORE - 1)) | NUMBER_MORE, 1);
        value >>= NUMBER_BITS;
    }
    out_number(o, value, 1);
}

size_t image_read_number(struct thaw *t)
{
    size_t value = 0;

    for (unsigned shift = 0; !t->bad; shift += NUMBER_BITS) {
        uint8_t byte;

        if (t->offset == t->n || shift > NUMBER_SHIFT) {
            t->bad = true;
            break;
        }
        byte = t->at[t->offset++];
        value |= (size_t)(byte & (NUMBER_MORE - 1)) << shift;
        if ((byte & NUMBER_MORE) == 0)
            return value;
    }
    return 0;
}

uint64_t image_read_field(struct thaw *t, size_t width)
{
    t->bad = t->bad || width > t->n - t->offset;
    if (t->bad)
        return 0;
    t->offset += width;
    return lab_number(t->at + t->offset - width, width);
}

static bool differs(const uint8_t *now, const uint8_t *before, size_t i)
{
    return now[i] != (before == NULL ? 0 : before[i]);
}

/* The end of the run that begins at `i`: gaps too short to pay for are taken in. */
static size_t run_end(const uint8_t *now, const uint8_t *before, size_t i, size_t n)
{
    size_t end = i + 1;

    for (size_t at = end; at < n && at <= end + SHORT_GAP; at++)
        if (differs(now, before, at))
            end = at + 1;
    return end;
}

void image_diff(struct out *o, const void *now, const void *before, size_t n)
{
    const uint8_t *a = now, *b = before;
    size_t behind = 0;

    for (size_t i = 0; i < n; i++) {
        size_t end;

        if (!differs(a, b, i))
            continue;
        end = run_end(a, b, i, n);
        image_number(o, i - behind);
        image_number(o, end - i);
        out_bytes(o, a + i, end - i);
        behind = end;
        i = end - 1;
    }
    image_number(o, 0);
    image_number(o, 0);
}

void image_apply(struct thaw *t, void *to, size_t n)
{
    uint8_t *at = to;
    size_t done = 0;

    for (;;) {
        size_t skip = image_read_number(t);
        size_t len = image_read_number(t);

        if (t->bad || (skip == 0 && len == 0))
            return;
        if (skip > n - done || len > n - done - skip || len > t->n - t->offset) {
            t->bad = true;
            return;
        }
        memcpy(at + done + skip, t->at + t->offset, len);
        t->offset += len;
        done += skip + len;
    }
}
