/* SPDX-License-Identifier: Apache-2.0 */
/* Card keys from a master key and the key diversification data of the card. Stations 5 and 7. Pure.
 * [EMV Card Personalization Specification, Visa, NIST SP 800-108] */
#include "gp/keys/diversify.h"

enum { TDES_KEY_LEN = 16, HALF = 8, LEFT = 0xF0, RIGHT = 0x0F };

struct cut {
    size_t from, len;
};

/* The octets of the KDD that each half of the plaintext begins with. */
static const struct cut emv_cuts[] = {{4, 6}, {0, 0}};
static const struct cut visa2_cuts[] = {{0, 2}, {4, 4}};

static enum tsm_err write_half(const struct cut cuts[2], struct bytes kdd, const uint8_t end[2],
                               struct writer *w)
{
    struct bytes part;
    for (size_t i = 0; i < 2; i++) {
        TRY(bytes_part(kdd, cuts[i].from, cuts[i].len, &part));
        TRY(write_span(w, part));
    }
    return write_span(w, BYTES_OF(end, 2));
}

static enum tsm_err by_tdes(const struct cut cuts[2], const struct cipher_key *master, struct bytes kdd,
                            uint8_t kid, struct secret *out)
{
    uint8_t data[2 * HALF];
    struct writer w = WRITER(data);
    NEED(master->alg == CIPHER_TDES && master->value.len == TDES_KEY_LEN, KEY_REFUSED);
    TRY(write_half(cuts, kdd, (uint8_t[]){LEFT, kid}, &w));
    TRY(write_half(cuts, kdd, (uint8_t[]){RIGHT, kid}, &w));
    TRY(crypto_ecb(master, ENCRYPT, written(&w), out->at));
    out->len = TDES_KEY_LEN;
    return TSM_OK;
}

/* CMAC(K, i 000000 kid 00 KDD), i = 1, 2 until there are as many octets as the master has. */
static enum tsm_err by_kdf3(const struct cipher_key *master, struct bytes kdd, uint8_t kid,
                            struct secret *out)
{
    struct writer result = {out->at, 0, master->value.len};
    NEED(master->alg == CIPHER_AES && master->value.len <= 2 * CMAC_LEN, KEY_REFUSED);
    for (uint8_t i = 1; result.len < result.cap; i++) {
        const uint8_t head[] = {i, 0, 0, 0, kid, 0};
        SECRET block = {.len = CMAC_LEN};
        size_t left = result.cap - result.len;
        struct bytes part;
        TRY(crypto_cmac(master, (struct bytes[]){BYTES(head), kdd}, 2, block.at));
        TRY(bytes_part(secret_bytes(&block), 0, left < CMAC_LEN ? left : CMAC_LEN, &part));
        TRY(write_span(&result, part));
    }
    out->len = result.len;
    return TSM_OK;
}

static enum tsm_err as_it_is(const struct cipher_key *master, struct secret *out)
{
    NEED(master->handle == 0, KEY_REFUSED);
    *out = master->value;
    return TSM_OK;
}

enum tsm_err gp_diversify(enum gp_kdf method, const struct cipher_key *master,
                          const uint8_t kdd[GP_DIVERSIFICATION_LEN], enum gp_key_id kid, struct secret *out)
{
    struct bytes data = BYTES_OF(kdd, GP_DIVERSIFICATION_LEN);
    SECRET key = {0};
    switch (method) {
    case GP_KDF_NONE:
        TRY(as_it_is(master, &key));
        break;
    case GP_KDF_EMV:
        TRY(by_tdes(emv_cuts, master, data, (uint8_t)kid, &key));
        break;
    case GP_KDF_VISA2:
        TRY(by_tdes(visa2_cuts, master, data, (uint8_t)kid, &key));
        break;
    case GP_KDF_KDF3:
        TRY(by_kdf3(master, data, (uint8_t)kid, &key));
        break;
    default:
        return FAIL(BAD_VALUE, "diversification method %d is not known", (int)method);
    }
    *out = key;
    return TSM_OK;
}

enum tsm_err gp_kdf_of_name(const char *name, enum gp_kdf *out)
{
    static const char *const names[] = {"none", "emv", "visa2", "kdf3"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (enum gp_kdf)i;
            return TSM_OK;
        }
    return FAIL(NOT_FOUND, "\"%s\" is none of none, emv, visa2, kdf3", name);
}
