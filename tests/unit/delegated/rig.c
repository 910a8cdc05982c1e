/* SPDX-License-Identifier: Apache-2.0 */
/* One signer of each scheme. Test code. */
#include "rig.h"

#include <string.h>

#include "keys.h"

const char *const rig_key_names[RIG_KEYS] = {"DES",   "AES",   "RSA of 1024 bits", "RSA of 2048 bits",
                                             "P-256", "P-384", "brainpoolP512r1"};

static struct crypto *crypto;
static struct cipher_key secrets[3];
static struct sign_key pairs[RIG_KEYS], loose;

#define VALUE "404142434445464748494A4B4C4D4E4F"

static struct gp_signer signer_of_secret(struct cipher_key *key, enum cipher_alg alg, const char *hex)
{
    struct octets value = octets_of(hex);
    struct gp_signer s;
    assert_ok(crypto_key(crypto, alg, octets_bytes(&value), key));
    assert_ok(gp_signer_secret(key, &s));
    return s;
}

struct gp_signer rig_secret(enum cipher_alg alg, const char *hex)
{
    return signer_of_secret(&secrets[2], alg, hex);
}

static struct gp_signer signer_of_rsa(struct sign_key *key, const char *n, const char *e, const char *d)
{
    struct octets modulus = octets_of(n), exponent = octets_of(e), secret = octets_of(d ? d : "");
    struct rsa_numbers numbers = {octets_bytes(&modulus), octets_bytes(&exponent), octets_bytes(&secret)};
    struct gp_signer s;
    sign_key_free(key);
    assert_ok(sign_key_rsa(&numbers, key));
    assert_ok(gp_signer_pair(key, &s));
    return s;
}

struct gp_signer rig_rsa(const char *n, const char *e, const char *d)
{
    return signer_of_rsa(&loose, n, e, d);
}

struct gp_signer rig_signer(enum rig_key key)
{
    static const char *const pems[RIG_KEYS] = {[RIG_RSA_2048] = PEM_RSA_2048,
                                               [RIG_P256] = PEM_P256,
                                               [RIG_P384] = PEM_P384,
                                               [RIG_BRAINPOOL_P512] = PEM_BRAINPOOL_P512};
    struct gp_signer s;
    if (key <= RIG_AES)
        return signer_of_secret(&secrets[key], key == RIG_AES ? CIPHER_AES : CIPHER_TDES, VALUE);
    if (key == RIG_RSA_1024)
        return signer_of_rsa(&pairs[key], RSA_1024_N, RSA_1024_E, RSA_1024_D);
    if (!pairs[key].ops)
        assert_ok(sign_key_read(bytes_of_text(pems[key]), &pairs[key]));
    assert_ok(gp_signer_pair(&pairs[key], &s));
    return s;
}

int rig_setup(void **state)
{
    (void)state;
    return crypto_new(&crypto) == TSM_OK ? 0 : -1;
}

int rig_teardown(void **state)
{
    (void)state;
    for (int i = 0; i < RIG_KEYS; i++)
        sign_key_free(&pairs[i]);
    sign_key_free(&loose);
    crypto_free(crypto);
    return 0;
}
