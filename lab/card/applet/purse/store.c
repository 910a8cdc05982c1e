/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation of the purse, which makes its value file, and the issuer's commands through the security
 * domain (station 7, the card's side); pure; EMV CPS 1.1, EMV Book 3 10.10. */
#include "card/applet/purse/purse.h"

#include "card/model/registry.h"
#include "common/tlv.h"

#include <string.h>

#define DGI_VALUE 0x0F01 /* lower limit, upper limit, value */
#define DGI_KEYS  0x8000 /* of receipts, of credits */
#define DGI_KCV   0x9000
#define DGI_FCI   0x9102

static uint16_t take_value(struct purse_file *f, const struct dgi *d)
{
    if (d->len != 3 * PURSE_MONEY || !purse_money_read(d->value, &f->lower) ||
        !purse_money_read(d->value + PURSE_MONEY, &f->upper) ||
        !purse_money_read(d->value + 2 * PURSE_MONEY, &f->value) || f->value < f->lower ||
        f->value > f->upper)
        return SW_WRONG_DATA;
    f->has_value = true;
    return SW_OK;
}

static bool checks_agree(const struct purse_file *f)
{
    uint8_t kcv[SYM_KCV_LEN];

    for (size_t i = 0; f->has_keys && f->has_kcv && i < PURSE_KEYS; i++)
        if (!sym_kcv(&f->key[i], kcv) || !lab_same(kcv, f->kcv[i], sizeof kcv))
            return false;
    return true;
}

/* Keys travel only under the security domain's data encryption key. */
static uint16_t take_keys(struct purse_file *f, const struct dgi *d)
{
    if (!d->encrypted || d->len != PURSE_KEYS * PURSE_KEY_LEN)
        return SW_WRONG_DATA;
    for (size_t i = 0; i < PURSE_KEYS; i++) {
        f->key[i] = (struct sym_key){.type = KEY_TYPE_DES, .len = PURSE_KEY_LEN};
        memcpy(f->key[i].value, d->value + i * PURSE_KEY_LEN, PURSE_KEY_LEN);
    }
    f->has_keys = true;
    return checks_agree(f) ? SW_OK : SW_SECURITY_NOT_SATISFIED;
}

static uint16_t take(void *context, const struct dgi *d)
{
    struct purse_file *f = context;

    switch (d->id) {
    case DGI_FCI:
        f->has_fci = fci_read(d, f->fci, sizeof f->fci, &f->fci_len);
        return f->has_fci ? SW_OK : SW_WRONG_DATA;
    case DGI_VALUE:
        return take_value(f, d);
    case DGI_KEYS:
        return take_keys(f, d);
    case DGI_KCV:
        if (d->len != sizeof f->kcv)
            return SW_WRONG_DATA;
        memcpy(f->kcv, d->value, d->len);
        f->has_kcv = true;
        return checks_agree(f) ? SW_OK : SW_SECURITY_NOT_SATISFIED;
    default:
        return SW_REFERENCE_NOT_FOUND;
    }
}

static void drop_staged(struct purse *p)
{
    lab_wipe(&p->staged, sizeof p->staged);
    dgi_restart(&p->stream);
    p->staging = false;
}

/* With the same keys it is the same purse: its money stays, so the same run twice makes none. */
static uint16_t commit(struct app *a, struct purse *p)
{
    struct purse_file *f = &p->staged;

    if (!f->has_fci || !f->has_value || !f->has_keys || !f->has_kcv)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (p->live && lab_same(f->key[KEY_CREDIT].value, p->file.key[KEY_CREDIT].value, PURSE_KEY_LEN)) {
        if (p->file.value < f->lower || p->file.value > f->upper)
            return SW_BEYOND_LIMIT;
        f->value = p->file.value;
    } else {
        if (!p->live && !memory_take(a->card, a, sizeof p->file))
            return SW_NO_MEMORY;
        lab_wipe(&p->past, sizeof p->past);
    }
    p->file = *f;
    p->live = true;
    a->state = APP_PERSONALIZED;
    return SW_OK;
}

static uint16_t store_run(struct app *a, struct purse *p, const struct store_data *s)
{
    struct tlv t;

    if ((s->p1 & STORE_ENCRYPTION) != 0 || !p->live)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (s->first)
        p->run_len = 0;
    if (s->len > sizeof p->run - p->run_len)
        return SW_NO_MEMORY;
    memcpy(p->run + p->run_len, s->data, s->len);
    p->run_len += s->len;
    if ((s->p1 & STORE_LAST) == 0)
        return SW_OK;
    if (!tlv_read(p->run, p->run_len, 0, &t) || t.end != p->run_len || t.tag != TAG_COMMAND_TEMPLATE_2)
        return SW_WRONG_DATA;
    return issuer_carry(a, purse_command, t.value, t.len, s->job);
}

uint16_t purse_store(struct app *a, const struct store_data *s)
{
    struct purse *p = a->native_data;
    uint16_t sw;

    if ((s->p1 & STORE_STRUCTURE) == STORE_STRUCTURE_BERTLV)
        return store_run(a, p, s);
    if (s->first) {
        drop_staged(p);
        p->staging = true;
    }
    if (!p->staging)
        return SW_CONDITIONS_NOT_SATISFIED;
    sw = dgi_feed(&p->stream, s, take, &p->staged);
    if (sw == SW_OK && (s->p1 & STORE_LAST) != 0)
        sw = commit(a, p);
    if (sw != SW_OK || (s->p1 & STORE_LAST) != 0)
        drop_staged(p);
    return sw;
}
