/* SPDX-License-Identifier: Apache-2.0 */
/* Offline scripts: who may write one, and is it theirs (stations 6 and 7, the card's side); pure; GPCS
 * Amendment I, certificate tags as in public scripts. */
#include "card/sems/sems.h"

#include "card/certificate/trust.h"
#include "card/model/registry.h"

#include "common/tlv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAG_CERTIFICATE   0x7F21
#define TAG_SERIAL        0x93
#define TAG_ISSUER        0x42
#define TAG_HOLDER        0x5F20
#define TAG_USAGE         0x95
#define TAG_ISSUER_KEY    0x45
#define TAG_DISCRETIONARY 0x53
#define TAG_SIGNATURE     0x5F37
#define TAG_PUBLIC_KEY    0x7F49
#define TAG_POINT         0x86
#define TAG_DOMAIN        0x4F
#define TAG_NUMBER        0x81
#define TAG_DIGEST        0x90
#define NUMBER_LEN        4

const uint8_t sems_root_id[8] = {0x4F, 0x54, 0x53, 0x4D, 0x4C, 0x41, 0x42, 0x01};
const uint8_t sems_root_key_id[8] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01};
/* The point of the private key C9AFA9D8..6721 of RFC 6979 A.2.5: published, hence good for nothing but a
 * laboratory. */
const uint8_t sems_root[SEMS_POINT_LEN] = {
    0x04, 0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74, 0xC6, 0x35, 0x6D, 0x68,
    0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6, 0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F, 0xB6, 0x79,
    0x03, 0xFE, 0x10, 0x08, 0xB8, 0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC, 0x64, 0xF2, 0xF1,
    0xB2, 0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22, 0x99};

static const uint16_t mandatory[] = {TAG_SERIAL,     TAG_ISSUER,        TAG_HOLDER,    TAG_USAGE,
                                     TAG_ISSUER_KEY, TAG_DISCRETIONARY, TAG_SIGNATURE, TAG_PUBLIC_KEY};

static bool set_point(const struct tlv *t, struct asym_key *key)
{
    *key = (struct asym_key){.type = KEY_TYPE_ECC_PUBLIC, .curve = SEMS_CURVE, .len = SEMS_POINT_LEN};
    if (t->len != SEMS_POINT_LEN)
        return false;
    memcpy(key->value, t->value, t->len);
    return asym_valid(key);
}

bool sems_read_root(struct card *c, const char *path)
{
    struct trusted t[TRUST_MAX];

    if (trust_read(path, t) == 0)
        return false;
    if (t[0].key.curve != SEMS_CURVE) {
        fprintf(stderr, "card: the root of scripts in %s is not on P-256\n", path);
        return false;
    }
    c->script_root = malloc(sizeof *c->script_root);
    if (c->script_root != NULL)
        *c->script_root = t[0].key;
    return c->script_root != NULL;
}

static bool root_of(const struct card *c, struct asym_key *key)
{
    const struct tlv laboratory = {.value = sems_root, .len = sizeof sems_root};

    if (c->script_root == NULL)
        return set_point(&laboratory, key);
    *key = *c->script_root;
    return true;
}

/* The signature covers every object but itself, in their order. */
static bool signed_by_root(const struct card *c, const struct tlv *certificate, const struct tlv *signature)
{
    uint8_t covered[SEMS_MAX_FRAME];
    struct asym_key key;
    struct tlv t = {0};
    struct out o;

    out_init(&o, covered, sizeof covered);
    while (t.end < certificate->len && tlv_read(certificate->value, certificate->len, t.end, &t))
        if (t.tag != TAG_SIGNATURE)
            out_tlv(&o, t.tag, t.value, t.len);
    return !o.full && root_of(c, &key) && asym_verify(&key, covered, o.len, signature->value, signature->len);
}

static bool is(const struct tlv *t, const uint8_t *value, size_t n)
{
    return t->len == n && memcmp(t->value, value, n) == 0;
}

/* What the certificate says about its holder. */
static bool take_holder(struct sems *s, const struct tlv *c)
{
    struct tlv holder, discretionary, domain, key, point;

    if (!tlv_find(c->value, c->len, TAG_HOLDER, &holder) || holder.len == 0 ||
        holder.len > sizeof s->holder || !tlv_find(c->value, c->len, TAG_DISCRETIONARY, &discretionary) ||
        !tlv_find(discretionary.value, discretionary.len, TAG_DOMAIN, &domain) ||
        !aid_set(&s->domain, domain.value, domain.len) || !tlv_find(c->value, c->len, TAG_PUBLIC_KEY, &key) ||
        !tlv_find(key.value, key.len, TAG_POINT, &point) || !set_point(&point, &s->key))
        return false;
    memcpy(s->holder, holder.value, holder.len);
    s->holder_len = (uint8_t)holder.len;
    return true;
}

bool sems_take_certificate(struct sems *s, const struct card *card, const uint8_t *at, size_t n)
{
    struct tlv c, t;

    if (!tlv_read(at, n, 0, &c) || c.tag != TAG_CERTIFICATE || c.end != n || !tlv_is_sequence(c.value, c.len))
        return false;
    for (size_t i = 0; i < sizeof mandatory / sizeof mandatory[0]; i++)
        if (!tlv_find(c.value, c.len, mandatory[i], &t))
            return false;
    if (!tlv_find(c.value, c.len, TAG_ISSUER, &t) || !is(&t, sems_root_id, sizeof sems_root_id) ||
        !tlv_find(c.value, c.len, TAG_ISSUER_KEY, &t) || !is(&t, sems_root_key_id, sizeof sems_root_key_id))
        return false;
    return tlv_find(c.value, c.len, TAG_SIGNATURE, &t) && signed_by_root(card, &c, &t) && take_holder(s, &c);
}

/* The row of a certificate holder; an unknown one gets a free row. */
static struct sems_holder *find_holder(struct sems *s)
{
    struct sems_holder *free_row = NULL;

    for (size_t i = 0; i < SEMS_MAX_HOLDERS; i++) {
        struct sems_holder *h = &s->holders[i];

        if (h->len == s->holder_len && memcmp(h->name, s->holder, h->len) == 0)
            return h;
        if (free_row == NULL && h->len == 0)
            free_row = h;
    }
    return free_row;
}

bool sems_take_authentication(struct sems *s, const uint8_t *at, size_t n)
{
    struct tlv number, digest, signature;
    struct sems_holder *h = find_holder(s);
    uint32_t value;

    if (h == NULL || !tlv_read(at, n, 0, &number) || number.tag != TAG_NUMBER || number.len != NUMBER_LEN ||
        !tlv_read(at, n, number.end, &digest) || digest.tag != TAG_DIGEST || digest.len != SEMS_DIGEST_LEN ||
        !tlv_read(at, n, digest.end, &signature) || signature.tag != TAG_SIGNATURE || signature.end != n ||
        signature.len != SEMS_SIGNATURE_LEN ||
        !asym_verify(&s->key, at, digest.end, signature.value, signature.len))
        return false;
    value = (uint32_t)lab_number(number.value, NUMBER_LEN);
    if (value <= h->number)
        return false; /* an old script once more */
    h->len = s->holder_len;
    memcpy(h->name, s->holder, s->holder_len);
    h->number = value;
    memcpy(s->expected, digest.value, sizeof s->expected);
    memcpy(s->last_signature, signature.value, sizeof s->last_signature);
    return true;
}
