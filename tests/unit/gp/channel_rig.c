/* SPDX-License-Identifier: Apache-2.0 */
/* Open channels for the tests of gp/channel, from three published openings. Test code. */
#include "channel_rig.h"

enum { ROOM = 1024 };

const char factory_key[] = "404142434445464748494A4B4C4D4E4F";
/* source: recorded between osmocom/pysim (s_mode 16) and martinpaljak/JCardEngine */
const char s16_host[] = "4C0FDDA3CBA5D1FCB5EE282E1610B996";
const char s16_answer[] = "00010203040506070809FF03716924434C956736C8EE6122E8A3FC612FD11BADF990250272"
                          "8BCB7AAAFDA9432C000001";
/* source: martinpaljak/GlobalPlatformPro scp03-auth-jcop4.dump */
const char s8_host[] = "0102030405060708";
const char s8_answer[] = "00003244342976208448010370734ECDCA19E446A30BC253BCE97DB991000436";
/* source: ievkh/scll-rust scp02_kat.rs */
const char scp02_host[] = "0001020304050607";
const char scp02_answer[] = "00000000000000000000FF02000108090A0B0C0D9D8DA672F05C4E45";

enum tsm_err try_open(const char *answer, const char *host, uint8_t i, uint8_t level, struct channel *ch,
                      struct session_keys *keys)
{
    struct octets a = octets_of(answer);
    struct init_update iu;
    struct static_keys statics;
    TRY(gp_init_update_read(octets_bytes(&a), &iu));
    if (i)
        iu.i = i;
    statics = keys_of(iu.protocol == SCP02 ? CIPHER_TDES : CIPHER_AES, factory_key, NULL, NULL);
    return channel_open(&iu, HEX(host), &statics, level, ch, keys);
}

/* A channel after EXTERNAL AUTHENTICATE. */
void opened(const char *answer, const char *host, uint8_t i, uint8_t level, struct channel *ch,
            struct session_keys *keys)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    assert_ok(try_open(answer, host, i, level, ch, keys));
    assert_ok(channel_authenticate(ch, keys, &w));
}

void opened_scp03(uint8_t level, struct channel *ch, struct session_keys *keys)
{
    opened(s8_answer, s8_host, 0, level, ch, keys);
}

void wrap(struct channel *ch, const struct session_keys *keys, const char *plain, struct octets *out,
          struct channel_expect *expect)
{
    struct octets p = octets_of(plain);
    struct writer w = {out->at, 0, sizeof out->at};
    struct apdu apdu;
    assert_ok(apdu_read(octets_bytes(&p), &apdu));
    assert_ok(channel_wrap(ch, keys, &apdu, &w, expect));
    out->len = w.len;
}

enum tsm_err unwrap(struct channel *ch, const struct session_keys *keys, const struct channel_expect *expect,
                    struct octets answer, const char *plain)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    uint16_t sw;
    TRY(channel_unwrap(ch, keys, expect, octets_bytes(&answer), &w, &sw));
    assert_hex(written(&w), plain);
    return TSM_OK;
}
