/* SPDX-License-Identifier: Apache-2.0 */
/* Key blocks wrapped and opened. Stations 1 and 5. Pure. [ANSI X9.143 6; ISO 20038 8] */
#include "emv/keyblock/keyblock.h"

#include <string.h>

#include "emv/keyblock/derive.h"

enum { LENGTH_OCTETS = 2, BITS = 8, AES_BLOCK = 16 };

static const char hex_digits[] = "0123456789ABCDEF";

static size_t payload_block(char version)
{
    return keyblock_align(version); /* E enciphers by counter: any length */
}

size_t keyblock_padding(const struct keyblock_header *h, size_t key_len, bool hidden)
{
    size_t block = payload_block(h->version), longest = 0, whole;
    if (hidden && (h->algorithm == 'T' || h->algorithm == 'D'))
        longest = KEYBLOCK_HIDDEN_TDES;
    else if (hidden && h->algorithm == 'A')
        longest = KEYBLOCK_HIDDEN_AES;
    whole = LENGTH_OCTETS + (key_len > longest ? key_len : longest);
    if (block > 1)
        whole += (block - whole % block) % block;
    return whole - LENGTH_OCTETS - key_len;
}

static enum tsm_err write_hex(struct writer *w, struct bytes b)
{
    uint8_t *at;
    TRY(write_slot(w, 2 * b.len, &at));
    for (size_t i = 0; i < b.len; i++) {
        at[2 * i] = (uint8_t)hex_digits[b.at[i] >> 4];
        at[2 * i + 1] = (uint8_t)hex_digits[b.at[i] & 0x0F];
    }
    return TSM_OK;
}

static int hex_value(uint8_t c)
{
    const char *at = c ? strchr(hex_digits, c) : NULL;
    return at ? (int)(at - hex_digits) : -1;
}

/* Capitals only: a block has one text, so that every changed character is a changed block. */
static bool is_hex(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (hex_value(text.at[i]) < 0)
            return false;
    return text.len % 2 == 0;
}

static void hex_octets(struct bytes text, uint8_t *out)
{
    for (size_t i = 0; i < text.len / 2; i++)
        out[i] = (uint8_t)(hex_value(text.at[2 * i]) << 4 | hex_value(text.at[2 * i + 1]));
}

/* AES in counter mode, the MAC as first counter block; `data` in place. */
static enum tsm_err counter_mode(const struct cipher_key *kbek, const uint8_t *mac, uint8_t *data, size_t len)
{
    uint8_t counter[AES_BLOCK], stream[AES_BLOCK];
    memcpy(counter, mac, sizeof counter);
    for (size_t i = 0; i < len; i++) {
        if (i % AES_BLOCK == 0) {
            TRY(crypto_ecb(kbek, ENCRYPT, BYTES(counter), stream));
            for (size_t k = AES_BLOCK; k-- > 0 && ++counter[k] == 0;)
                ;
        }
        data[i] ^= stream[i % AES_BLOCK];
    }
    explicit_bzero(stream, sizeof stream);
    return TSM_OK;
}

/* A block at work. `iv` of A and C is the head's first octets, of the others the MAC. */
struct work {
    char version;
    struct bytes head;
    const uint8_t *mac;
};

static enum tsm_err cipher(const struct keyblock_keys *k, const struct work *w, enum cipher_dir dir,
                           uint8_t *data, size_t len)
{
    if (w->version == 'E')
        return counter_mode(&k->kbek, w->mac, data, len);
    return crypto_cbc(&k->kbek, dir, w->version == 'A' || w->version == 'C' ? w->head.at : w->mac,
                      BYTES_OF(data, len), data);
}

static enum tsm_err write_payload(const struct keyblock_plain *p, struct writer *w)
{
    TRY(write_u16(w, (unsigned)(p->key.len * BITS)));
    TRY(write_span(w, p->key));
    return write_span(w, p->padding);
}

static enum tsm_err seal(const struct keyblock_keys *k, const struct keyblock_plain *p, struct bytes head,
                         struct writer *text)
{
    uint8_t payload[LENGTH_OCTETS + KEYBLOCK_KEY_MAX + KEYBLOCK_HIDDEN_AES + AES_BLOCK];
    uint8_t mac[KEYBLOCK_MAC_MAX];
    struct writer w = WRITER(payload);
    struct work work = {p->header->version, head, mac};
    enum tsm_err e = write_payload(p, &w);
    if (e == TSM_OK)
        e = keyblock_mac(work.version, &k->kbak, (struct bytes[]){head, written(&w)}, 2, mac);
    if (e == TSM_OK)
        e = cipher(k, &work, ENCRYPT, payload, w.len);
    if (e == TSM_OK)
        e = write_hex(text, written(&w));
    explicit_bzero(payload, sizeof payload);
    TRY(e);
    return write_hex(text, BYTES_OF(mac, keyblock_mac_digits(work.version) / 2));
}

enum tsm_err keyblock_wrap(const struct cipher_key *kbpk, struct crypto *c, const struct keyblock_plain *p,
                           struct writer *text)
{
    KEYBLOCK_KEYS keys = {0};
    struct writer w = *text;
    size_t payload = LENGTH_OCTETS + p->key.len + p->padding.len;
    char version = p->header->version;
    NEED(keyblock_align(version) != 0, BAD_VALUE);
    if (version == 'A' || version == 'C')
        return FAIL(UNSUPPORTED, "key blocks of version %c are read, no longer made", version);
    NEED(p->key.len > 0 && p->key.len <= KEYBLOCK_KEY_MAX, TOO_LONG);
    NEED(p->padding.len <= KEYBLOCK_HIDDEN_AES + AES_BLOCK, TOO_LONG);
    NEED(payload % payload_block(version) == 0, BAD_LENGTH);
    TRY(keyblock_derive(version, kbpk, c, &keys));
    TRY(keyblock_header_write(p->header, 2 * payload + keyblock_mac_digits(version), &w));
    TRY(seal(&keys, p, written_since(&w, text->len), &w));
    *text = w;
    return TSM_OK;
}

enum tsm_err keyblock_split(struct bytes text, struct keyblock_parts *out)
{
    struct keyblock_parts p;
    struct reader r = READER(text);
    size_t length, behind, mac;
    TRY(keyblock_header_read(&r, &p.header, &length));
    if (length != text.len)
        return FAIL(BAD_LENGTH, "the head says %zu characters, the block has %zu", length, text.len);
    mac = keyblock_mac_digits(p.header.version);
    behind = r.left.len;
    if (behind <= mac)
        return FAIL(SHORT_INPUT, "the key block ends before its key");
    if ((behind - mac) % (2 * payload_block(p.header.version)) != 0)
        return FAIL(BAD_LENGTH, "what is enciphered in the key block is no whole number of cipher blocks");
    TRY(bytes_part(text, 0, text.len - behind, &p.head));
    TRY(read_span(&r, behind - mac, &p.cipher));
    TRY(read_span(&r, mac, &p.mac));
    if (!is_hex(p.cipher) || !is_hex(p.mac))
        return FAIL(BAD_FORM, "behind its head a key block has hexadecimal digits only, in capitals");
    *out = p;
    return TSM_OK;
}

/* MAC over the cipher text before it is opened (A, C), over what comes out of it (B, D, E). */
static enum tsm_err open(const struct keyblock_keys *k, const struct keyblock_parts *p, uint8_t *data)
{
    size_t len = p->cipher.len / 2, mac_len = p->mac.len / 2;
    uint8_t mac[KEYBLOCK_MAC_MAX], due[KEYBLOCK_MAC_MAX];
    struct work work = {p->header.version, p->head, mac};
    bool before = work.version == 'A' || work.version == 'C';
    hex_octets(p->cipher, data);
    hex_octets(p->mac, mac);
    if (!before)
        TRY(cipher(k, &work, DECRYPT, data, len));
    TRY(keyblock_mac(work.version, &k->kbak, (struct bytes[]){p->head, BYTES_OF(data, len)}, 2, due));
    if (!bytes_equal_secret(BYTES_OF(mac, mac_len), BYTES_OF(due, mac_len)))
        return FAIL(MAC_WRONG, "the key block was changed, or its protection key is another");
    return before ? cipher(k, &work, DECRYPT, data, len) : TSM_OK;
}

static enum tsm_err take_key(struct bytes payload, struct writer *key)
{
    struct reader r = READER(payload);
    struct bytes value;
    uint16_t bits;
    TRY(read_u16(&r, &bits));
    if (bits == 0 || bits % BITS != 0 || (size_t)bits / BITS > r.left.len)
        return FAIL(BAD_LENGTH, "the length inside the key block is none of its key");
    TRY(read_span(&r, bits / BITS, &value));
    return write_span(key, value);
}

enum tsm_err keyblock_unwrap(const struct cipher_key *kbpk, struct crypto *c, struct bytes text,
                             struct keyblock_header *header, struct writer *key)
{
    KEYBLOCK_KEYS keys = {0};
    struct keyblock_parts parts;
    uint8_t data[KEYBLOCK_TEXT_MAX / 2];
    size_t len;
    enum tsm_err e;
    TRY(keyblock_split(text, &parts));
    TRY(keyblock_derive(parts.header.version, kbpk, c, &keys));
    len = parts.cipher.len / 2;
    e = open(&keys, &parts, data);
    if (e == TSM_OK)
        e = take_key(BYTES_OF(data, len), key);
    explicit_bzero(data, sizeof data);
    TRY(e);
    *header = parts.header;
    return TSM_OK;
}
