/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation of the demo scheme's payment application: the data groups of one run are staged and take
 * effect together at the last block (station 7, the card's side); pure; EMV CPS 1.1. */
#include "card/applet/issuer/issuer.h"
#include "card/applet/oda/oda.h"
#include "card/applet/payment_check.h"

#include "card/model/registry.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define DGI_FCI      0x9102
#define DGI_GPO      0x9104
#define DGI_IAD      0x9200
#define DGI_UDK      0x8000
#define DGI_KCV      0x9000
#define DGI_PIN      0x8010
#define DGI_TRIES    0x9010
#define DGI_INTERNAL 0x0E01
/* The harbour scheme has groupings of its own: a key each, their check values, the issuer application data
 * bare. */
#define DGI_KEY_FIRST 0xA001
#define DGI_KEY_LAST  0xA003
#define DGI_BARE_IAD  0xA005
#define DGI_KEY_KCV   0xA010
#define DGI_RSA       0x82 /* 8201 to 8205: the card's own RSA key */
#define MAX_SFI       30
#define EMV_SFI       10 /* up to here a record is a template 70 */
#define TAG_RECORD    0x70
#define TAG_IAD       0x9F10
#define TAG_TOKEN     0x7F41

static uint16_t take_record(struct pay_data *p, const struct dgi *d)
{
    struct pay_record *r = NULL;
    uint8_t sfi = (uint8_t)(d->id >> 8), number = (uint8_t)d->id;
    struct tlv t;

    if (sfi == 0 || sfi > MAX_SFI || number == 0)
        return SW_REFERENCE_NOT_FOUND;
    if (d->len > PAY_MAX_RECORD)
        return SW_WRONG_DATA;
    if (sfi <= EMV_SFI && (!tlv_read(d->value, d->len, 0, &t) || t.tag != TAG_RECORD || t.end != d->len ||
                           !tlv_is_sequence(t.value, t.len)))
        return SW_WRONG_DATA;
    for (size_t i = 0; i < p->record_count; i++)
        if (p->records[i].sfi == sfi && p->records[i].number == number)
            r = &p->records[i];
    if (r == NULL) {
        if (p->record_count == PAY_MAX_RECORDS)
            return SW_NO_MEMORY;
        r = &p->records[p->record_count++];
    }
    *r = (struct pay_record){.sfi = sfi, .number = number, .len = (uint8_t)d->len};
    memcpy(r->value, d->value, d->len);
    return SW_OK;
}

/* AIP and AFL as TLV: 82, then 94. */
static uint16_t take_gpo(struct pay_data *p, const struct dgi *d)
{
    struct tlv aip, afl;

    if (!tlv_is_sequence(d->value, d->len) || !tlv_find(d->value, d->len, 0x82, &aip) ||
        aip.len != sizeof p->aip || !tlv_find(d->value, d->len, 0x94, &afl) || afl.len == 0 ||
        afl.len % 4 != 0 || afl.len > PAY_MAX_AFL)
        return SW_WRONG_DATA;
    memcpy(p->aip, aip.value, aip.len);
    memcpy(p->afl, afl.value, afl.len);
    p->afl_len = afl.len;
    return SW_OK;
}

static uint16_t take_iad(struct pay_data *p, const struct dgi *d)
{
    const uint8_t *at = d->value;
    size_t n = d->len;
    struct tlv t;

    if (tlv_read(d->value, d->len, 0, &t) && t.tag == TAG_IAD && t.end == d->len) {
        at = t.value;
        n = t.len;
    }
    if (payment_scheme(at, n) == NULL)
        return SW_WRONG_DATA;
    memcpy(p->iad, at, n);
    p->iad_len = n;
    return SW_OK;
}

/* Keys and PIN travel only under the security domain's data encryption key. */
static uint16_t take_udk(struct pay_data *p, const struct dgi *d)
{
    if (!d->encrypted || d->len != PAY_UDK_COUNT * PAY_UDK_LEN)
        return SW_WRONG_DATA;
    for (size_t i = 0; i < PAY_UDK_COUNT; i++) {
        p->udk[i] = (struct sym_key){.type = KEY_TYPE_DES, .len = PAY_UDK_LEN};
        memcpy(p->udk[i].value, d->value + i * PAY_UDK_LEN, PAY_UDK_LEN);
        p->has_udk[i] = true;
    }
    return payment_kcv_agree(p) ? SW_OK : SW_SECURITY_NOT_SATISFIED;
}

static uint16_t take_one_udk(struct pay_data *p, const struct dgi *d)
{
    size_t i = d->id - DGI_KEY_FIRST;

    if (!d->encrypted || d->len != PAY_UDK_LEN)
        return SW_WRONG_DATA;
    p->udk[i] = (struct sym_key){.type = KEY_TYPE_DES, .len = PAY_UDK_LEN};
    memcpy(p->udk[i].value, d->value, PAY_UDK_LEN);
    p->has_udk[i] = true;
    return payment_kcv_agree(p) ? SW_OK : SW_SECURITY_NOT_SATISFIED;
}

static uint16_t take_kcv(struct pay_data *p, const struct dgi *d)
{
    if (d->len != sizeof p->kcv)
        return SW_WRONG_DATA;
    memcpy(p->kcv, d->value, d->len);
    p->has_kcv = true;
    return payment_kcv_agree(p) ? SW_OK : SW_SECURITY_NOT_SATISFIED;
}

static uint16_t take_small(struct pay_data *p, const struct dgi *d)
{
    if (d->id == DGI_PIN) {
        if (!d->encrypted || (d->len != PAY_PIN_LEN && d->len != AES_BLOCK))
            return SW_WRONG_DATA;
        memcpy(p->pin, d->value, PAY_PIN_LEN);
        return SW_OK;
    }
    if (d->id == DGI_TRIES) {
        if (d->len != 2)
            return SW_WRONG_DATA;
        p->try_counter = d->value[0];
        p->try_limit = d->value[1];
        return SW_OK;
    }
    if (d->len > PAY_MAX_INTERNAL)
        return SW_NO_MEMORY;
    memcpy(p->internal, d->value, d->len);
    p->internal_len = d->len;
    return SW_OK;
}

static uint16_t take(void *context, const struct dgi *d)
{
    struct pay_data *p = context;

    switch (d->id) {
    case DGI_FCI:
        p->has_fci = fci_read(d, p->fci, sizeof p->fci, &p->fci_len);
        return p->has_fci ? SW_OK : SW_WRONG_DATA;
    case DGI_GPO:
        return take_gpo(p, d);
    case DGI_IAD:
    case DGI_BARE_IAD:
        return take_iad(p, d);
    case DGI_KEY_FIRST:
    case DGI_KEY_FIRST + 1:
    case DGI_KEY_LAST:
        return take_one_udk(p, d);
    case DGI_UDK:
        return take_udk(p, d);
    case DGI_KCV:
    case DGI_KEY_KCV:
        return take_kcv(p, d);
    case DGI_PIN:
    case DGI_TRIES:
    case DGI_INTERNAL:
        return take_small(p, d);
    default:
        if (d->id >> 8 == DGI_RSA)
            return oda_take(p, d);
        return take_record(p, d);
    }
}

static void drop_staged(struct payment *p)
{
    if (p->staged != NULL)
        lab_wipe(p->staged, sizeof *p->staged);
    free(p->staged);
    p->staged = NULL;
    dgi_restart(&p->stream);
}

/* The staged data becomes the application's; the counter starts again only with a new key. */
static uint16_t commit(struct app *a, struct payment *p)
{
    uint32_t size = payment_size(p->staged);
    bool same_key =
        p->live != NULL && lab_same(p->live->udk[UDK_AC].value, p->staged->udk[UDK_AC].value, PAY_UDK_LEN);

    if (!payment_complete(p->staged))
        return SW_CONDITIONS_NOT_SATISFIED;
    memory_give(a->card, a, p->booked);
    if (!memory_take(a->card, a, size)) {
        memory_take(a->card, a, p->booked);
        return SW_NO_MEMORY;
    }
    p->booked = size;
    if (!same_key) {
        p->atc = 0;
        lab_wipe(&p->issuer, sizeof p->issuer);
    }
    if (p->live != NULL)
        lab_wipe(p->live, sizeof *p->live);
    free(p->live);
    p->live = p->staged;
    p->staged = NULL;
    a->state = APP_PERSONALIZED;
    return SW_OK;
}

/* Data objects come in a run of their own: an attestation token, which is kept as it is (TR-03165 A.1), or
 * the issuer's commands. */
static uint16_t store_object(struct app *a, struct payment *p, const struct store_data *s)
{
    struct tlv t;

    if ((s->p1 & STORE_ENCRYPTION) != 0 || p->live == NULL)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (s->first)
        p->object_staged_len = 0;
    if (s->len > sizeof p->object_staged - p->object_staged_len)
        return SW_NO_MEMORY;
    memcpy(p->object_staged + p->object_staged_len, s->data, s->len);
    p->object_staged_len += s->len;
    if ((s->p1 & STORE_LAST) == 0)
        return SW_OK;
    if (!tlv_read(p->object_staged, p->object_staged_len, 0, &t) || t.end != p->object_staged_len)
        return SW_WRONG_DATA;
    if (t.tag == TAG_COMMAND_TEMPLATE_2)
        return issuer_carry(a, payment_command, t.value, t.len, s->job);
    if (t.tag != TAG_TOKEN || p->object_staged_len > sizeof p->token)
        return SW_WRONG_DATA;
    memcpy(p->token, p->object_staged, p->object_staged_len);
    p->token_len = p->object_staged_len;
    return SW_OK;
}

uint16_t payment_store(struct app *a, const struct store_data *s)
{
    struct payment *p = a->native_data;
    uint16_t sw;

    if ((s->p1 & STORE_STRUCTURE) == STORE_STRUCTURE_BERTLV)
        return store_object(a, p, s);
    if (s->first) {
        drop_staged(p);
        p->staged = calloc(1, sizeof *p->staged);
    }
    if (p->staged == NULL)
        return s->first ? SW_NO_MEMORY : SW_CONDITIONS_NOT_SATISFIED;
    sw = dgi_feed(&p->stream, s, take, p->staged);
    if (sw == SW_OK && (s->p1 & STORE_LAST) != 0)
        sw = commit(a, p);
    if (sw != SW_OK || (s->p1 & STORE_LAST) != 0)
        drop_staged(p);
    return sw;
}
