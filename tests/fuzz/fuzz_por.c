/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: proofs of receipt and command packets, ciphered and not. What opens must wrap again. */
#include "fuzz.h"

#include <stdlib.h>

#include "ota/packet/packet.h"

const char *const fuzz_seeds[] = {
    "027100002412B00011EBC6B497E2CAD7AEDF36ACE0E3A29B38853F0FE9CCDE81913BE5702B73ABCE1F",
    "027100000E0AB000110000000000000001612F",
    "027100000B0AB00011000000001A0002",
    "00281506192222B00011E87CCEEBB2D93083011CE294F93FC4D8DE80DA1ABAE8C37CA3E72EC4432E5058",
    "001A0D00013232B0001100000000000000A40804022FE200B000000A",
    NULL,
};

enum { ROOM = 8192 };

static struct scp80_keys keys_for(uint8_t kic, uint8_t kid)
{
    static const uint8_t value[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    static struct crypto *crypto;
    struct scp80_keys keys = {0};
    if (!crypto && crypto_new(&crypto) != TSM_OK)
        abort();
    if (crypto_key(crypto, (kic & 15) == 2 ? CIPHER_AES : CIPHER_TDES, BYTES(value), &keys.kic) != TSM_OK ||
        crypto_key(crypto, (kid & 15) == 2 ? CIPHER_AES : CIPHER_TDES, BYTES(value), &keys.kid) != TSM_OK)
        abort();
    return keys;
}

static void one_por(struct bytes body, struct por_terms terms)
{
    static uint8_t clear[ROOM], again[ROOM];
    struct scp80_keys keys = keys_for(terms.kic, terms.kid);
    struct writer plain = WRITER(clear), w = WRITER(again);
    struct scp80_response r;
    if (por_unwrap(body, terms, &keys, &r, &plain) == TSM_OK && r.data.len < ROOM - 64 &&
        por_wrap(&r, terms, &keys, &w) != TSM_OK && r.secured)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct por_terms terms[] = {{0x39, 0x12, 0x12, 0},
                                             {0x09, 0x15, 0x15, 8},
                                             {0x35, 0x15, 0x15, 0},
                                             {0x01, 0, 0, 0},
                                             {0x11, 0x12, 0, 0}};
    static uint8_t clear[ROOM];
    struct writer plain = WRITER(clear);
    struct scp80_response head;
    struct scp80_command command;
    struct bytes body = BYTES_OF(data, size);
    struct scp80_keys keys = keys_for(0x12, 0x12);
    (void)por_head(body, &head);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        one_por(body, terms[i]);
    (void)scp80_unwrap(body, &keys, &command, &plain);
    return 0;
}
