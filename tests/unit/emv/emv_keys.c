/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the payment tests. Test code. */
#include "emv_keys.h"

static struct crypto *crypto;

int emv_setup(void **state)
{
    (void)state;
    return crypto_new(&crypto) == TSM_OK ? 0 : -1;
}

int emv_teardown(void **state)
{
    (void)state;
    crypto_free(crypto);
    crypto = NULL;
    return 0;
}

struct crypto *emv_crypto(void)
{
    return crypto;
}

struct cipher_key tdes_of(const char *hex)
{
    struct cipher_key key = {0};
    struct octets value = octets_of(hex);
    assert_ok(crypto_key(crypto, CIPHER_TDES, octets_bytes(&value), &key));
    return key;
}
