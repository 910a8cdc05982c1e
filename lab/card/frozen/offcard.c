/* SPDX-License-Identifier: Apache-2.0 */
/* What hangs on a domain's keys of SCP11, in a frozen card: certificates and lists of variable size (station
 * 10, the card's side); pure; Amd F 1.4. */
#include "card/frozen/offcard.h"

#include "card/scp11/scp11.h"

#include <stdlib.h>
#include <string.h>

/* The place from 1 of the application that is this domain, 0 when there is none. */
static size_t place_of(const struct card *c, const struct sd *domain)
{
    for (size_t i = 0; domain != NULL && i < c->app_count; i++)
        if (c->apps[i]->sd == domain)
            return i + 1;
    return 0;
}

/* The record without its pointers. */
static struct scp11 *bare_copy(const struct scp11 *from)
{
    struct scp11 *to = malloc(sizeof *to);

    if (to == NULL)
        return NULL;
    *to = *from;
    to->kept.domain = NULL;
    for (size_t i = 0; i < SCP11_MAX_LINKS; i++)
        to->links[i].store = NULL;
    return to;
}

bool offcard_put(struct out *o, const struct sd *sd)
{
    struct scp11 *bare;

    out_number(o, sd->scp11 != NULL, 1);
    if (sd->scp11 == NULL)
        return true;
    bare = bare_copy(sd->scp11);
    if (bare == NULL)
        return false;
    image_diff(o, bare, NULL, sizeof *bare);
    lab_wipe(bare, sizeof *bare);
    free(bare);
    image_number(o, place_of(sd->card, sd->scp11->kept.domain));
    for (size_t i = 0; i < SCP11_MAX_LINKS; i++)
        if (sd->scp11->links[i].store != NULL)
            out_bytes(o, sd->scp11->links[i].store, sd->scp11->links[i].store_len);
    return true;
}

static void get_store(struct thaw *t, struct scp11_link *l)
{
    if (t->bad || l->store_len == 0)
        return;
    l->store = l->store_len <= t->n - t->offset ? malloc(l->store_len) : NULL;
    if (l->store == NULL) {
        t->bad = true;
        return;
    }
    memcpy(l->store, t->at + t->offset, l->store_len);
    t->offset += l->store_len;
}

void offcard_get(struct thaw *t, struct sd *sd)
{
    struct scp11 *s;
    size_t place;

    if (image_read_field(t, 1) == 0)
        return;
    s = scp11_of(sd);
    if (s == NULL) {
        t->bad = true;
        return;
    }
    image_apply(t, s, sizeof *s);
    place = image_read_number(t);
    t->bad = t->bad || place > sd->card->app_count;
    if (!t->bad && place > 0)
        s->kept.domain = sd->card->apps[place - 1]->sd;
    for (size_t i = 0; i < SCP11_MAX_LINKS; i++)
        get_store(t, &s->links[i]);
}
