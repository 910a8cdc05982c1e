/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the OTA tests. Test code. */
#include "ota_keys.h"

#include <string.h>

static struct crypto *crypto;

int keys_setup(void **state)
{
    (void)state;
    return crypto_new(&crypto) == TSM_OK ? 0 : -1;
}

int keys_teardown(void **state)
{
    (void)state;
    crypto_free(crypto);
    crypto = NULL;
    return 0;
}

struct crypto *keys_crypto(void)
{
    return crypto;
}

struct cipher_key key_of(const char *hex, const char *nibbles)
{
    struct cipher_key key = {0};
    struct octets value = octets_of(hex);
    if (value.len)
        assert_ok(
            crypto_key(crypto, nibbles[1] == '2' ? CIPHER_AES : CIPHER_TDES, octets_bytes(&value), &key));
    return key;
}

struct scp80_keys keys_of(const char *kic_hex, const char *kic, const char *kid_hex, const char *kid)
{
    return (struct scp80_keys){.kic = key_of(kic_hex, kic), .kid = key_of(kid_hex, kid)};
}
