/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by STORE DATA: DGI 00B9 with their attributes, then one DGI 8113 a key. Stations 5 and 7. Pure.
 * [GPCS 11.11.4, Tables 11-91 to 11-93] */
#include "gp/keys/storekeys.h"

#include "gp/content/dgi.h"
#include "gp/keys/putkey.h"
#include "gp/keys/wrapkey.h"
#include "gp/tlv.h"

enum {
    DGI_KEY_CONTROL = 0x00B9,
    DGI_SECRET_KEY = 0x8113,
    TAG_SHARED = 0xB7,
    TAG_KEY = 0xB9,
    CONTROL_MAX = 512, /* room for STOREKEYS_MAX templates of both dialects */
};

/* One control template. */
struct control {
    uint32_t usage, access, type, length, kid, kvn, purpose;
    struct bytes kcv;
};
#define AT(member) offsetof(struct control, member)

static const struct tlv_field each_table[] = {
    {0x95, TLV_NUMBER, AT(usage), 1, 2, TLV_NEEDED, NULL},
    {0x96, TLV_NUMBER, AT(access), 1, 1, TLV_OPTIONAL, NULL},
    {0x80, TLV_NUMBER, AT(type), 1, 1, TLV_NEEDED, NULL},
    {0x81, TLV_NUMBER, AT(length), 1, 2, TLV_NEEDED, NULL},
    {0x82, TLV_NUMBER, AT(kid), 1, 1, TLV_NEEDED, NULL},
    {0x83, TLV_NUMBER, AT(kvn), 1, 1, TLV_NEEDED, NULL},
    {0x84, TLV_BYTES, AT(kcv), GP_KCV_LEN, GP_KCV_LEN, TLV_NEEDED, NULL},
    {0},
};
static const struct tlv_field shared_table[] = {
    {0x80, TLV_NUMBER, AT(type), 1, 1, TLV_NEEDED, NULL},
    {0x81, TLV_NUMBER, AT(length), 1, 2, TLV_NEEDED, NULL},
    {0x83, TLV_NUMBER, AT(kvn), 1, 1, TLV_NEEDED, NULL},
    {0x96, TLV_NUMBER, AT(access), 1, 1, TLV_NEEDED, NULL},
    {0x97, TLV_NUMBER, AT(purpose), 2, 2, TLV_NEEDED, NULL},
    {0},
};
static const struct tlv_field single_table[] = {
    {0x82, TLV_NUMBER, AT(kid), 1, 1, TLV_NEEDED, NULL},
    {0x84, TLV_BYTES, AT(kcv), GP_KCV_LEN, GP_KCV_LEN, TLV_NEEDED, NULL},
    {0},
};

static struct control shared_control(const struct store_keys *keys)
{
    return (struct control){.access = keys->access,
                            .type = keys->alg == CIPHER_AES ? GP_KEY_AES : GP_KEY_TDES,
                            .length = (uint32_t)keys->key_len,
                            .kvn = keys->kvn,
                            .purpose = keys->purpose};
}

static enum tsm_err write_template(struct writer *w, uint32_t tag, const struct tlv_field *table,
                                   const struct control *c)
{
    size_t mark;
    TRY(tlv_open(w, tag, &mark));
    TRY(tlv_put(w, table, c));
    return tlv_close(w, mark);
}

static enum tsm_err write_key_control(const struct store_keys *keys, const struct store_key *key,
                                      const struct cipher_key *dek, struct writer *w)
{
    CIPHER_KEY clear = {0};
    uint8_t kcv[GP_KCV_LEN];
    struct control c = shared_control(keys);
    NEED(key->value.len == keys->key_len, BAD_LENGTH);
    TRY(crypto_derived(dek, keys->alg, key->value, &clear));
    TRY(gp_kcv(&clear, keys->kcv_rule, kcv));
    c.usage = key->usage;
    c.kid = key->kid;
    c.kcv = BYTES(kcv);
    return write_template(w, TAG_KEY, keys->dialect == STOREKEYS_EACH ? each_table : single_table, &c);
}

static enum tsm_err write_controls(const struct store_keys *keys, const struct cipher_key *dek,
                                   struct writer *w)
{
    struct control shared = shared_control(keys);
    if (keys->dialect == STOREKEYS_SHARED)
        TRY(write_template(w, TAG_SHARED, shared_table, &shared));
    for (size_t i = 0; i < keys->count; i++)
        TRY(write_key_control(keys, &keys->key[i], dek, w));
    return TSM_OK;
}

enum tsm_err storekeys_write(const struct store_keys *keys, const struct cipher_key *dek, struct writer *w)
{
    uint8_t controls[CONTROL_MAX];
    struct writer c = WRITER(controls), at = *w;
    NEED(keys->count >= 1 && keys->count <= STOREKEYS_MAX, BAD_VALUE);
    TRY(write_controls(keys, dek, &c));
    TRY(dgi_write(&at, DGI_KEY_CONTROL, written(&c)));
    for (size_t i = 0; i < keys->count; i++) {
        TRY(dgi_write_header(&at, DGI_SECRET_KEY, gp_wrapped_len(dek, keys->key_len)));
        TRY(gp_wrap_key(dek, keys->key[i].value, &at));
    }
    *w = at;
    return TSM_OK;
}

static enum tsm_err take_shared(struct store_keys *keys, const struct control *c)
{
    NEED(c->type == GP_KEY_AES || c->type == GP_KEY_TDES, BAD_VALUE);
    keys->alg = c->type == GP_KEY_AES ? CIPHER_AES : CIPHER_TDES;
    keys->key_len = c->length;
    keys->kvn = (uint8_t)c->kvn;
    keys->access = (uint8_t)c->access;
    keys->purpose = (uint16_t)c->purpose;
    return TSM_OK;
}

static enum tsm_err take_key(struct store_keys *keys, struct bytes template)
{
    struct control c = {0};
    struct store_key *key;
    struct reader kcv;
    NEED(keys->count < STOREKEYS_MAX, TOO_LONG);
    TRY(tlv_fill(template, keys->dialect == STOREKEYS_EACH ? each_table : single_table, &c,
                 TLV_REFUSE_UNKNOWN));
    if (keys->dialect == STOREKEYS_EACH)
        TRY(take_shared(keys, &c));
    key = &keys->key[keys->count++];
    key->kid = (uint8_t)c.kid;
    key->usage = (uint16_t)c.usage;
    kcv = (struct reader){c.kcv};
    return read_copy(&kcv, GP_KCV_LEN, key->kcv);
}

static enum tsm_err read_controls(struct bytes controls, struct store_keys *keys)
{
    struct reader r = READER(controls);
    while (r.left.len) {
        struct tlv t;
        struct control c = {0};
        TRY(tlv_next(&r, &t));
        NEED(t.tag == TAG_KEY || (t.tag == TAG_SHARED && keys->count == 0), BAD_VALUE);
        if (t.tag == TAG_KEY) {
            TRY(take_key(keys, t.value));
            continue;
        }
        keys->dialect = STOREKEYS_SHARED;
        TRY(tlv_fill(t.value, shared_table, &c, TLV_REFUSE_UNKNOWN));
        TRY(take_shared(keys, &c));
    }
    return TSM_OK;
}

enum tsm_err storekeys_read(struct bytes dgis, struct store_keys *out)
{
    struct reader r = READER(dgis);
    struct store_keys keys = {0};
    struct dgi d;
    TRY(dgi_next(&r, &d));
    NEED(d.id == DGI_KEY_CONTROL, BAD_VALUE);
    TRY(read_controls(d.value, &keys));
    for (size_t i = 0; i < keys.count; i++) {
        TRY(dgi_next(&r, &d));
        NEED(d.id == DGI_SECRET_KEY && d.value.len >= keys.key_len, BAD_VALUE);
        keys.key[i].value = d.value;
    }
    TRY(read_end(&r));
    *out = keys;
    return TSM_OK;
}
