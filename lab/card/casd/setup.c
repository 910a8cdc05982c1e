/* SPDX-License-Identifier: Apache-2.0 */
/* A confidential set-up of keys: its data groups, its template, which scenario it is (station 6, the card's
 * side); pure; see casd.h for what is known of the formats. */
#include "card/casd/setup.h"

#include "card/applet/applet.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define TAG_TEMPLATE 0xA6
#define TAG_SCENARIO 0x90
#define TAG_USAGE    0x95
#define TAG_ACCESS   0x96
#define TAG_TYPE     0x80
#define TAG_LENGTH   0x81
#define TAG_KID      0x82
#define TAG_KVN      0x83
#define TAG_SEQUENCE 0x91
#define TAG_SDIN     0x45
#define TAG_HOST     0x84
#define USAGE_THREE  0x10 /* three secure channel keys; 5C (one base key) is left out */
#define HOST_MAX     64

/* Which members were there. */
enum member {
    HAS_SCENARIO = 0x01,
    HAS_USAGE = 0x02,
    HAS_TYPE = 0x04,
    HAS_LENGTH = 0x08,
    HAS_KID = 0x10,
    HAS_KVN = 0x20
};
#define NEEDED (HAS_SCENARIO | HAS_USAGE | HAS_TYPE | HAS_LENGTH | HAS_KVN)

static uint16_t keep(const struct dgi *d, uint8_t *to, size_t max, size_t *len)
{
    if (d->len == 0 || d->len > max || *len != 0)
        return SW_WRONG_DATA;
    memcpy(to, d->value, d->len);
    *len = d->len;
    return SW_OK;
}

bool casd_takes(uint16_t dgi)
{
    return dgi == DGI_CERTIFICATE || dgi == DGI_TEMPLATE_A6 || dgi == DGI_POINT || dgi == DGI_KEYS;
}

uint16_t casd_take(struct key_data *k, const struct dgi *d)
{
    struct setup *s;

    if (k->announced_count != 0 || casd_of(k->target->card) == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (k->setup == NULL)
        k->setup = calloc(1, sizeof *k->setup);
    s = k->setup;
    if (s == NULL)
        return SW_NO_MEMORY;
    switch (d->id) {
    case DGI_CERTIFICATE:
        return keep(d, s->certificate, sizeof s->certificate, &s->certificate_len);
    case DGI_POINT:
        return keep(d, s->point, sizeof s->point, &s->point_len);
    case DGI_KEYS:
        return keep(d, s->keys, sizeof s->keys, &s->keys_len);
    default:
        return keep(d, s->template, sizeof s->template, &s->template_len);
    }
}

void casd_drop_setup(struct key_data *k)
{
    if (k->setup != NULL)
        lab_wipe(k->setup, sizeof *k->setup);
    free(k->setup);
    k->setup = NULL;
}

static bool one_byte(const struct tlv *t, struct wanted *w, enum member which, uint8_t *to)
{
    if (t->len != 1 || (w->seen & which) != 0)
        return false;
    w->seen |= which;
    *to = t->value[0];
    return true;
}

/* One byte for scenarios 1 and 2, a second one with parameters for scenario 3. */
static bool read_scenario(const struct tlv *t, struct wanted *w)
{
    bool agree = t->len == 2 && t->value[0] == SCENARIO_AGREE;

    if ((w->seen & HAS_SCENARIO) != 0 || (t->len != 1 && !agree))
        return false;
    w->seen |= HAS_SCENARIO;
    w->scenario = (enum scenario)t->value[0];
    w->parameters = agree ? t->value[1] : 0;
    return agree || w->scenario == SCENARIO_PULL || w->scenario == SCENARIO_PUSH;
}

static bool read_member(const struct tlv *t, struct wanted *w)
{
    switch (t->tag) {
    case TAG_SCENARIO:
        return read_scenario(t, w);
    case TAG_USAGE:
        return one_byte(t, w, HAS_USAGE, &w->usage);
    case TAG_TYPE:
        return one_byte(t, w, HAS_TYPE, &w->type);
    case TAG_LENGTH:
        return one_byte(t, w, HAS_LENGTH, &w->len);
    case TAG_KID:
        return one_byte(t, w, HAS_KID, &w->kid);
    case TAG_KVN:
        return one_byte(t, w, HAS_KVN, &w->kvn);
    case TAG_HOST:
        w->host = (struct octets){.at = t->value, .len = t->len};
        return t->len >= 1 && t->len <= HOST_MAX;
    case TAG_ACCESS:
    case TAG_SEQUENCE:
    case TAG_SDIN:
        return t->len >= 1;
    default:
        return false;
    }
}

static bool read_template(const struct setup *s, struct wanted *w)
{
    struct tlv whole, t = {0};
    struct sym_key shape;

    *w = (struct wanted){.kid = 1};
    if (!tlv_read(s->template, s->template_len, 0, &whole) || whole.tag != TAG_TEMPLATE ||
        whole.end != s->template_len)
        return false;
    while (t.end < whole.len)
        if (!tlv_read(whole.value, whole.len, t.end, &t) || !read_member(&t, w))
            return false;
    shape = (struct sym_key){.type = w->type, .len = w->len};
    return (w->seen & NEEDED) == NEEDED && w->usage == USAGE_THREE && sym_block(&shape) != 0 && w->len >= 16;
}

uint16_t setup_put_keys(struct key_data *k, const struct wanted *w, const uint8_t *material)
{
    k->change.load_or_update = true;
    for (uint8_t i = 0; i < SETUP_KEYS; i++) {
        struct key *key = &k->change.keys[k->change.count++];

        *key = (struct key){.kvn = w->kvn, .kid = (uint8_t)(w->kid + i)};
        key->secret = (struct sym_key){.type = w->type, .len = w->len};
        memcpy(key->secret.value, material + (size_t)i * w->len, w->len);
    }
    return sd_change_keys(k->target, &k->change);
}

uint16_t casd_finish(struct job *j, struct key_data *k)
{
    struct wanted w;

    if (!read_template(k->setup, &w))
        return SW_WRONG_DATA;
    if (w.scenario != SCENARIO_PUSH && (j->cmd.p1 & STORE_CASE_4) == 0)
        return SW_WRONG_P1P2; /* GPCS 11.11.3.1: without the answer nobody would have the keys */
    switch (w.scenario) {
    case SCENARIO_PULL:
        return setup_pull(j, k, &w);
    case SCENARIO_PUSH:
        return setup_push(k, &w);
    default:
        return setup_agree(j, k, &w);
    }
}
