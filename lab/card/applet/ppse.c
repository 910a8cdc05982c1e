/* SPDX-License-Identifier: Apache-2.0 */
/* The Proximity Payment System Environment: an application that only answers SELECT with the directory it was
 * given, in the order of the contactless registry (stations 7 and 10, the card's side); pure; EMV Contactless
 * Book B 3.3, EMV CPS 1.1 (DGI 9102). */
#include "card/applet/payment.h"

#include "card/contactless/directory.h"
#include "card/frozen/image.h"
#include "card/model/registry.h"

#include <stdlib.h>
#include <string.h>

#define DGI_FCI       0x9102
#define DIRECTORY_MAX 1024

struct ppse {
    uint8_t fci[PAY_MAX_FCI];
    size_t fci_len;
    uint8_t staged[PAY_MAX_FCI];
    size_t staged_len;
    bool has_staged;
    struct dgi_stream stream;
};

/* Without personalisation the directory is empty. */
static const uint8_t empty_directory[] = {0xBF, 0x0C, 0x00};

static bool ppse_create(struct app *a)
{
    struct ppse *p = calloc(1, sizeof *p);

    if (p == NULL)
        return false;
    memcpy(p->fci, empty_directory, sizeof empty_directory);
    p->fci_len = sizeof empty_directory;
    a->native_data = p;
    return true;
}

static void ppse_destroy(struct app *a)
{
    if (a->native_data != NULL)
        lab_wipe(a->native_data, sizeof(struct ppse));
    free(a->native_data);
    a->native_data = NULL;
}

static uint16_t ppse_select(struct app *a, struct job *j)
{
    const struct ppse *p = a->native_data;
    uint8_t contents[DIRECTORY_MAX];
    struct out o;

    out_init(&o, contents, sizeof contents);
    directory_write(a->card, p->fci, p->fci_len, &o);
    if (o.full)
        return SW_UNKNOWN;
    fci_write(a, contents, o.len, j->reply);
    return SW_OK;
}

static uint16_t ppse_process(struct app *a, struct job *j)
{
    (void)a;
    (void)j;
    return SW_INS_NOT_SUPPORTED;
}

static uint16_t take(void *context, const struct dgi *d)
{
    struct ppse *p = context;

    if (d->id != DGI_FCI)
        return SW_REFERENCE_NOT_FOUND;
    p->has_staged = fci_read(d, p->staged, sizeof p->staged, &p->staged_len);
    return p->has_staged ? SW_OK : SW_WRONG_DATA;
}

static uint16_t commit(struct app *a, struct ppse *p)
{
    if (!p->has_staged)
        return SW_CONDITIONS_NOT_SATISFIED;
    memory_give(a->card, a, a->state == APP_PERSONALIZED ? (uint32_t)p->fci_len : 0);
    if (!memory_take(a->card, a, (uint32_t)p->staged_len)) {
        memory_take(a->card, a, a->state == APP_PERSONALIZED ? (uint32_t)p->fci_len : 0);
        return SW_NO_MEMORY;
    }
    memcpy(p->fci, p->staged, p->staged_len);
    p->fci_len = p->staged_len;
    a->state = APP_PERSONALIZED;
    return SW_OK;
}

static uint16_t ppse_store(struct app *a, const struct store_data *s)
{
    struct ppse *p = a->native_data;
    uint16_t sw;

    if ((s->p1 & STORE_STRUCTURE) == STORE_STRUCTURE_BERTLV)
        return SW_WRONG_P1P2;
    if (s->first) {
        dgi_restart(&p->stream);
        p->has_staged = false;
    }
    sw = dgi_feed(&p->stream, s, take, p);
    if (sw == SW_OK && (s->p1 & STORE_LAST) != 0)
        sw = commit(a, p);
    if (sw != SW_OK) {
        dgi_restart(&p->stream);
        p->has_staged = false;
    }
    return sw;
}

static void ppse_save(const struct app *a, struct out *o)
{
    const struct ppse *p = a->native_data;

    image_number(o, p->fci_len);
    image_diff(o, p->fci, NULL, sizeof p->fci);
}

static void ppse_restore(struct app *a, struct thaw *t)
{
    struct ppse *p = a->native_data;
    size_t n = image_read_number(t);

    t->bad = t->bad || n > sizeof p->fci;
    p->fci_len = t->bad ? 0 : n;
    memset(p->fci, 0, sizeof p->fci);
    image_apply(t, p->fci, sizeof p->fci);
}

const struct native_ops ppse_ops = {
    .name = "ppse",
    .create = ppse_create,
    .destroy = ppse_destroy,
    .select = ppse_select,
    .process = ppse_process,
    .store = ppse_store,
    .save = ppse_save,
    .restore = ppse_restore,
};
