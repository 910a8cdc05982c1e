/* SPDX-License-Identifier: Apache-2.0 */
/* DGI 00B9: which keys will follow in DGIs 8113, in the two dialects that are in use (station 6, the card's
 * side); pure; GPCS 2.3.1 11.11.4.1, Table 11-92; shared attributes in tag B7 as later releases have them. */
#include "card/command/key_dgi.h"

#include "common/tlv.h"

#include <string.h>

#define TAG_SHARED  0xB7
#define TAG_CRT     0xB9
#define TAG_TYPE    0x80
#define TAG_LENGTH  0x81
#define TAG_KID     0x82
#define TAG_KVN     0x83
#define TAG_KCV     0x84
#define TAG_USAGE   0x95
#define TAG_ACCESS  0x96
#define TAG_PURPOSE 0x97

/* Which attributes have been seen. */
enum attribute {
    HAS_TYPE = 0x01,
    HAS_LENGTH = 0x02,
    HAS_KID = 0x04,
    HAS_KVN = 0x08,
    HAS_KCV = 0x10,
    HAS_USAGE = 0x20
};
#define HAS_SHARED (HAS_TYPE | HAS_LENGTH | HAS_KVN)
#define HAS_KEY    (HAS_SHARED | HAS_KID | HAS_KCV)

/* One attribute of one byte; a second one of the same kind is refused. */
static bool one_byte(const struct tlv *t, enum attribute which, unsigned *seen, uint8_t *to)
{
    if (t->len != 1 || (*seen & which) != 0)
        return false;
    *seen |= which;
    *to = t->value[0];
    return true;
}

static bool read_kcv(const struct tlv *t, struct announced_key *k, unsigned *seen)
{
    if (t->len != SYM_KCV_LEN || (*seen & HAS_KCV) != 0)
        return false;
    *seen |= HAS_KCV;
    memcpy(k->kcv, t->value, SYM_KCV_LEN);
    return true;
}

static bool read_length(const struct tlv *t, struct announced_key *k, unsigned *seen)
{
    uint64_t n;

    if (t->len < 1 || t->len > 2 || (*seen & HAS_LENGTH) != 0)
        return false;
    n = lab_number(t->value, t->len);
    if (n > SYM_MAX_KEY)
        return false;
    *seen |= HAS_LENGTH;
    k->key.secret.len = (uint8_t)n;
    return true;
}

static bool read_attribute(const struct tlv *t, struct announced_key *k, unsigned *seen)
{
    switch (t->tag) {
    case TAG_TYPE:
        return one_byte(t, HAS_TYPE, seen, &k->key.secret.type);
    case TAG_LENGTH:
        return read_length(t, k, seen);
    case TAG_KID:
        return one_byte(t, HAS_KID, seen, &k->key.kid);
    case TAG_KVN:
        return one_byte(t, HAS_KVN, seen, &k->key.kvn);
    case TAG_KCV:
        return read_kcv(t, k, seen);
    case TAG_USAGE:
        *seen |= HAS_USAGE;
        return t->len == 1 || t->len == 2;
    case TAG_ACCESS:
        return t->len == 1;
    case TAG_PURPOSE:
        return t->len == 2;
    default:
        return false;
    }
}

static bool read_attributes(const struct tlv *template, struct announced_key *k, unsigned *seen)
{
    struct tlv t = {0};

    while (t.end < template->len)
        if (!tlv_read(template->value, template->len, t.end, &t) || !read_attribute(&t, k, seen))
            return false;
    return true;
}

bool key_template_read(const uint8_t *at, size_t n, struct key_data *to)
{
    struct announced_key shared = {0};
    unsigned shared_seen = 0, needed = HAS_KEY | HAS_USAGE;
    struct tlv t = {0};

    to->announced_count = 0;
    to->received = 0;
    while (t.end < n) {
        bool first = t.end == 0;
        unsigned seen = shared_seen;

        if (!tlv_read(at, n, t.end, &t))
            return false;
        if (first && t.tag == TAG_SHARED) {
            if (!read_attributes(&t, &shared, &shared_seen) || shared_seen != HAS_SHARED)
                return false;
            needed = HAS_KEY;
            continue;
        }
        if (t.tag != TAG_CRT || to->announced_count == KEY_TEMPLATE_MAX)
            return false;
        to->announced[to->announced_count] = shared;
        if (!read_attributes(&t, &to->announced[to->announced_count], &seen) || (seen & needed) != needed)
            return false;
        to->announced_count++;
    }
    return to->announced_count > 0;
}
