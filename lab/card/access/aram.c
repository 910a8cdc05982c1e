/* SPDX-License-Identifier: Apache-2.0 */
/* The Access Rule Application Master: STORE DATA of its security domain changes the rules, GET DATA reads
 * them (stations 7 and 10, the card's side); pure; GP Secure Element Access Control v1.1
 * (GPD_SPE_013) 4.1, 5.1. Clients (ARA-C) are left out. */
#include "card/access/aram.h"

#include "card/command/command.h"
#include "card/frozen/image.h"

#include <stdlib.h>
#include <string.h>

#define TAG_ALL      0xFF40
#define TAG_SPECIFIC 0xFF50
#define TAG_NEXT     0xFF60
#define TAG_REFRESH  0xDF20
#define TAG_CONFIG   0xDF21

#define ANSWER_PART 255
#define REFRESH_LEN 8

static const uint8_t config[] = {0xE5, 0x05, 0xE6, 0x03, 0x01, 0x01, 0x00}; /* device interface 1.1.0 */

static bool aram_create(struct app *a)
{
    struct aram *m = calloc(1, sizeof *m);

    a->native_data = m;
    if (m != NULL)
        m->refresh = 1;
    return m != NULL;
}

static void aram_destroy(struct app *a)
{
    free(a->native_data);
    a->native_data = NULL;
}

static uint16_t next_part(struct aram *m, struct job *j)
{
    size_t part = m->answer_len - m->answer_at < ANSWER_PART ? m->answer_len - m->answer_at : ANSWER_PART;

    if (part == 0)
        return SW_CONDITIONS_NOT_SATISFIED;
    out_bytes(j->reply, m->answer + m->answer_at, part);
    m->answer_at += part;
    return SW_OK;
}

/* Starts an answer that may need GET DATA [Next]: its length tells how much there is. */
static uint16_t answer(struct aram *m, struct job *j, uint32_t tag, const struct tlv *value)
{
    struct out o;

    out_init(&o, m->answer, sizeof m->answer);
    out_tlv(&o, tag, value->value, value->len);
    m->answer_len = o.full ? 0 : o.len;
    m->answer_at = 0;
    return next_part(m, j);
}

/* The AR-DO of the rule for exactly this reference. */
static uint16_t specific(struct aram *m, struct job *j)
{
    struct access_rule wanted, r;
    bool unknown = false;
    struct tlv t;

    if (!tlv_read(j->cmd.data, j->cmd.lc, 0, &t) || t.tag != TAG_REF_DO || t.end != j->cmd.lc ||
        !access_reference_read(&t, &wanted, &unknown))
        return SW_WRONG_DATA;
    for (size_t at = 0; at < m->len; at = t.end) {
        if (!tlv_read(m->rules, m->len, at, &t) || !access_rule_read(&t, &r, &unknown))
            return SW_UNKNOWN;
        if (aram_same(&r.ref, &wanted.ref)) {
            uint8_t rule[ANSWER_PART];
            struct out o;

            out_init(&o, rule, sizeof rule);
            out_tlv(&o, TAG_AR_DO, r.access.value, r.access.len);
            return answer(m, j, TAG_SPECIFIC, &(struct tlv){.value = rule, .len = o.len});
        }
    }
    return SW_REFERENCE_NOT_FOUND;
}

static uint16_t get_data(struct aram *m, struct job *j)
{
    switch (j->cmd.p1 << 8 | j->cmd.p2) {
    case TAG_ALL:
        return answer(m, j, TAG_ALL, &(struct tlv){.value = m->rules, .len = m->len});
    case TAG_NEXT:
        return next_part(m, j);
    case TAG_SPECIFIC:
        return specific(m, j);
    case TAG_REFRESH:
        out_tag(j->reply, TAG_REFRESH);
        out_number(j->reply, REFRESH_LEN, 1);
        out_number(j->reply, m->refresh, REFRESH_LEN);
        return SW_OK;
    case TAG_CONFIG:
        out_tlv(j->reply, TAG_CONFIG, config, sizeof config);
        return SW_OK;
    default:
        return SW_REFERENCE_NOT_FOUND;
    }
}

static uint16_t aram_select(struct app *a, struct job *j)
{
    struct aram *m = a->native_data;

    (void)j;
    m->answer_len = m->answer_at = 0;
    return SW_OK;
}

static uint16_t aram_process(struct app *a, struct job *j)
{
    if (j->cmd.ins == INS_STORE_DATA)
        return SW_SECURITY_NOT_SATISFIED; /* only through its security domain */
    if (j->cmd.ins != INS_GET_DATA)
        return SW_INS_NOT_SUPPORTED;
    return get_data(a->native_data, j);
}

static void aram_save(const struct app *a, struct out *o)
{
    const struct aram *m = a->native_data;

    image_number(o, m->len);
    out_bytes(o, m->rules, m->len);
    out_number(o, m->refresh, REFRESH_LEN);
}

static void aram_restore(struct app *a, struct thaw *t)
{
    struct aram *m = a->native_data;
    size_t n = image_read_number(t);

    if (t->bad || n > sizeof m->rules || n > t->n - t->offset) {
        t->bad = true;
        return;
    }
    memcpy(m->rules, t->at + t->offset, n);
    t->offset += n;
    m->len = n;
    m->refresh = image_read_field(t, REFRESH_LEN);
}

const struct native_ops aram_ops = {
    .name = "ara-m",
    .create = aram_create,
    .destroy = aram_destroy,
    .select = aram_select,
    .process = aram_process,
    .store = aram_store,
    .save = aram_save,
    .restore = aram_restore,
};
