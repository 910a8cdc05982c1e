/* SPDX-License-Identifier: Apache-2.0 */
/* Files of `tsm perso`: documents, and the record that trials are made with. App: edge. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/perso/perso.h"

/* A record of the usual lengths, with a number of published test cards. */
static const char usual[] =
    "{\"pan\":\"5413330089010434\",\"psn\":\"01\",\"expiry\":\"4912\",\"effective\":\"2501\","
    "\"service_code\":\"201\",\"cardholder\":\"CARDHOLDER/NAME\"}";

enum tsm_err perso_read_file(const char *path, struct writer *w)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return FAIL(IO, "%.200s: %s", path, strerror(errno));
    w->len = fread(w->at, 1, w->cap, f);
    fclose(f);
    return w->len < w->cap ? TSM_OK : FAIL(TOO_LONG, "%.200s is longer than %zu octets", path, w->cap);
}

enum tsm_err perso_record(const struct perso_args *a, struct card_record *out)
{
    uint8_t room[CARD_RECORD_JSON_MAX];
    struct writer w = WRITER(room);
    enum tsm_err e;
    if (!a->card)
        return card_record_read(bytes_of_text(usual), out);
    e = perso_read_file(a->card, &w);
    if (e == TSM_OK)
        e = card_record_read(written(&w), out);
    explicit_bzero(room, sizeof room);
    return e;
}
