/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios of confidential key set-up: 1 pull, 2B push, 3 key agreement (station 6, the card's side);
 * pure but for random numbers; GPCS 2.3.1 B.3, B.4.4, B.4.5; see casd.h for what is known of the formats. */
#include "card/casd/setup.h"

#include "card/command/command.h"
#include "card/model/keys.h"
#include "common/tlv.h"

#include <string.h>

#define TAG_RANDOM  0x85
#define TAG_RECEIPT 0x86
#define TAG_SIN     0x42
#define TAG_SDIN    0x45
#define INFO_MAX    192

/* 2B: the three keys enciphered for the Controlling Authority's domain. */
uint16_t setup_push(struct key_data *k, const struct wanted *w)
{
    struct sd *casd = casd_of(k->target->card);
    const struct setup *s = k->setup;
    uint8_t plain[ASYM_MAX_VALUE];
    uint16_t sw = SW_WRONG_DATA;

    if (s->keys_len == 0 || s->point_len != 0 || s->certificate_len != 0)
        return SW_WRONG_DATA;
    if (rsa_decrypt(casd->casd->decipher, s->keys, s->keys_len, plain) == SETUP_KEYS * (size_t)w->len)
        sw = setup_put_keys(k, w, plain);
    lab_wipe(plain, sizeof plain);
    return sw;
}

/* A data group of the answer: lengths from 255 on are FF and two bytes (GPCS 11.1.12). */
static void out_group(struct out *o, uint16_t id, const uint8_t *value, size_t n)
{
    out_number(o, id, 2);
    if (n >= 0xFF)
        out_number(o, 0xFF, 1);
    out_number(o, n, n >= 0xFF ? 2 : 1);
    out_bytes(o, value, n);
}

/* The certificate of the provider's enciphering key, signed by the authority that the domain knows. */
static uint16_t provider_key(struct sd *casd, const struct setup *s, struct asym_key *to)
{
    const struct asym_entry *authority = sd_asym(casd, KVN_CASD, KID_CASD_CA);
    struct certificate c;

    if (authority == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (!certificate_read(s->certificate, s->certificate_len, &c) || c.key.type != KEY_TYPE_RSA_PUBLIC)
        return SW_WRONG_DATA;
    if (!certificate_verify(&c, &authority->key))
        return SW_SECURITY_NOT_SATISFIED;
    *to = c.key;
    return SW_OK;
}

/* 1: the card makes the keys, enciphers them for the provider and signs template and result. */
uint16_t setup_pull(struct job *j, struct key_data *k, const struct wanted *w)
{
    uint8_t keys[SETUP_KEYS * SYM_MAX_KEY], hidden[ASYM_MAX_VALUE], signature[ASYM_MAX_SIGNATURE];
    uint8_t signed_data[SETUP_TEMPLATE_MAX + ASYM_MAX_VALUE];
    struct sd *casd = casd_of(k->target->card);
    const struct setup *s = k->setup;
    const struct asym_entry *aut = sd_asym(casd, KVN_CASD, KID_CASD_AUT);
    struct asym_key provider;
    size_t n, signature_len;
    struct out o;
    uint16_t sw;

    if (s->certificate_len == 0 || s->point_len != 0 || s->keys_len != 0 || aut == NULL)
        return SW_WRONG_DATA;
    sw = provider_key(casd, s, &provider);
    if (sw != SW_OK)
        return sw;
    n = lab_random(keys, sizeof keys) ? rsa_encrypt(&provider, keys, SETUP_KEYS * (size_t)w->len, hidden) : 0;
    out_init(&o, signed_data, sizeof signed_data);
    out_bytes(&o, s->template, s->template_len);
    out_bytes(&o, hidden, n);
    signature_len = n == 0 || o.full ? 0 : asym_sign(&aut->key, signed_data, o.len, signature);
    sw = signature_len == 0 ? SW_WRONG_DATA : setup_put_keys(k, w, keys);
    lab_wipe(keys, sizeof keys);
    if (sw != SW_OK)
        return sw;
    out_group(j->reply, DGI_KEYS, hidden, n);
    out_group(j->reply, DGI_SIGNATURE, signature, signature_len);
    return SW_OK;
}

static void out_number_of(const struct key_data *k, uint16_t tag, struct out *o)
{
    uint8_t value[SD_MAX_OBJECT_LEN];
    struct out v;

    out_init(&v, value, sizeof value);
    if (sd_data_object(k->target->card, k->target, tag, &v))
        out_lv(o, value, v.len);
    else
        o->full = true; /* the number is needed and missing */
}

/* Usage, type and length of the keys, the card's random number, host and card numbers. */
static bool shared_info(const struct key_data *k, const struct wanted *w, const struct octets *random,
                        struct out *o)
{
    out_bytes(o, (const uint8_t[]){w->usage, w->type, w->len}, 3);
    out_bytes(o, random->at, random->len);
    if ((w->parameters & AGREE_IDS) != 0) {
        out_lv(o, w->host.at, w->host.len);
        out_number_of(k, TAG_SIN, o);
        out_number_of(k, TAG_SDIN, o);
    }
    return !o->full;
}

/* Over the template and, where there is one, the object with the random number. */
static bool make_receipt(const struct setup *s, const struct wanted *w, const uint8_t *key,
                         struct out *answer)
{
    struct sym_key receipt_key = {.type = KEY_TYPE_AES, .len = w->len};
    uint8_t input[SETUP_TEMPLATE_MAX + SYM_MAX_KEY + 2], mac[AES_BLOCK];
    struct out o;
    bool ok;

    memcpy(receipt_key.value, key, w->len);
    out_init(&o, input, sizeof input);
    out_bytes(&o, s->template, s->template_len);
    out_bytes(&o, answer->at, answer->len);
    ok = !o.full && aes_cmac(&receipt_key, input, o.len, mac);
    lab_wipe(&receipt_key, sizeof receipt_key);
    out_tlv(answer, TAG_RECEIPT, mac, sizeof mac);
    return ok && !answer->full;
}

/* Random number as long as the strength of the curve asks: 16, 24, 32 bytes. */
static size_t random_len(uint8_t curve)
{
    size_t n = asym_coordinate(curve) / 2 / 8 * 8;

    return n < SYM_MAX_KEY ? n : SYM_MAX_KEY;
}

static bool derive(const struct key_data *k, const struct wanted *w, const struct octets *random,
                   const struct asym_key *own, uint8_t *material)
{
    uint8_t secret[ECKA_MAX_SECRET], info[INFO_MAX];
    struct asym_key peer;
    struct out o;
    bool ok;

    out_init(&o, info, sizeof info);
    ok = ecka_point(own->curve, k->setup->point, k->setup->point_len, &peer) &&
         ecka_agree(own, &peer, secret) && shared_info(k, w, random, &o);
    if (ok) {
        const struct x963 from = {
            .secret = secret, .secret_len = asym_coordinate(own->curve), .info = info, .info_len = o.len};

        ok = x963_derive(&from, material, (1 + SETUP_KEYS) * (size_t)w->len);
    }
    lab_wipe(secret, sizeof secret);
    return ok;
}

/* 3: both sides agree on the keys; the receipt proves that the card has them. */
uint16_t setup_agree(struct job *j, struct key_data *k, const struct wanted *w)
{
    uint8_t material[(1 + SETUP_KEYS) * SYM_MAX_KEY], dr[SYM_MAX_KEY],
        answer[2 + SYM_MAX_KEY + 2 + AES_BLOCK];
    const struct asym_entry *own = sd_asym(casd_of(k->target->card), KVN_CASD, KID_CASD_ECKA);
    struct octets random = {.at = dr, .len = 0};
    struct out o;
    uint16_t sw;

    if (own == NULL || k->setup->point_len == 0 || k->setup->keys_len != 0 || w->type != KEY_TYPE_AES ||
        (w->parameters & ~(AGREE_RANDOM | AGREE_IDS)) != 0 || /* AGREE_DELETE is left out */
        ((w->parameters & AGREE_IDS) != 0) != (w->host.at != NULL))
        return SW_WRONG_DATA;
    out_init(&o, answer, sizeof answer);
    if ((w->parameters & AGREE_RANDOM) != 0) {
        random.len = random_len(own->key.curve);
        if (!lab_random(dr, random.len))
            return SW_UNKNOWN;
        out_tlv(&o, TAG_RANDOM, dr, random.len);
    }
    sw = derive(k, w, &random, &own->key, material) && make_receipt(k->setup, w, material, &o)
             ? setup_put_keys(k, w, material + w->len)
             : SW_WRONG_DATA;
    lab_wipe(material, sizeof material);
    if (sw == SW_OK)
        out_bytes(j->reply, answer, o.len);
    return sw;
}
