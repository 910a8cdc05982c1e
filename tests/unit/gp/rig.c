/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of gp/ share. Test code. */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

static struct crypto *crypto;

int rig_setup(void **state)
{
    (void)state;
    return crypto_new(&crypto) == TSM_OK ? 0 : -1;
}

int rig_teardown(void **state)
{
    (void)state;
    crypto_free(crypto);
    return 0;
}

struct crypto *rig_crypto(void)
{
    return crypto;
}

struct cipher_key key_of(enum cipher_alg alg, const char *hex)
{
    struct octets value = octets_of(hex);
    struct cipher_key key;
    assert_ok(crypto_key(crypto, alg, octets_bytes(&value), &key));
    return key;
}

struct static_keys keys_of(enum cipher_alg alg, const char *enc, const char *mac, const char *dek)
{
    return (struct static_keys){key_of(alg, enc), key_of(alg, mac ? mac : enc), key_of(alg, dek ? dek : enc)};
}

/* A heap copy of the exact size, so that a sanitizer sees one octet too far. */
static enum tsm_err read_copy_of(read_whole read, struct bytes input)
{
    uint8_t *copy = malloc(input.len ? input.len : 1);
    enum tsm_err err;
    assert_non_null(copy);
    if (input.len)
        memcpy(copy, input.at, input.len);
    err = read(BYTES_OF(copy, input.len));
    free(copy);
    return err;
}

void assert_refuses_prefixes(read_whole read, const char *hex)
{
    struct octets o = octets_of(hex);
    assert_ok(read_copy_of(read, octets_bytes(&o)));
    for (size_t n = 0; n < o.len; n++)
        if (read_copy_of(read, BYTES_OF(o.at, n)) == TSM_OK)
            fail_msg("a prefix of %zu octets was taken", n);
}

void assert_refuses_prefixes_and_tail(read_whole read, const char *hex)
{
    struct octets o = octets_of(hex);
    assert_refuses_prefixes(read, hex);
    for (unsigned tail = 0; tail < 256; tail++) {
        o.at[o.len] = (uint8_t)tail;
        if (read_copy_of(read, BYTES_OF(o.at, o.len + 1)) == TSM_OK)
            fail_msg("an appended octet %02X was taken", tail);
    }
}
