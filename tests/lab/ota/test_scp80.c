/* SPDX-License-Identifier: Apache-2.0 */
/* The card's side of SCP80 against published command and response packets, and against damaged ones.
 * [TS 102 225 5; vectors: pySim, gsm0348, onomondo-uicc, asterix, otaman] */
#include "support/vectors.h"
#include "support/wrap.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* A key of the type the indicator's low nibble names. */
static struct sym_key key_for(const struct octets *value, uint8_t indicator)
{
    struct sym_key k = {.type = (indicator & 0x0F) == OTA_AES ? KEY_TYPE_AES : KEY_TYPE_DES,
                        .len = (uint8_t)value->len};
    if (value->len == 0)
        k.type = 0;
    memcpy(k.value, value->at, value->len);
    return k;
}

static struct scp80_keys keys_of(const json_t *v)
{
    struct octets kic_key = octets_of(v, "kic_key"), kid_key = octets_of(v, "kid_key");
    return (struct scp80_keys){.kic = key_for(&kic_key, octets_of(v, "kic").at[0]),
                               .kid = key_for(&kid_key, octets_of(v, "kid").at[0])};
}

/* Header and security in one go; the packet is copied first. */
static enum por_status open_copy(const uint8_t *packet, size_t n, const struct scp80_keys *keys,
                                 struct octets *data, struct scp80_command *c)
{
    uint8_t *copy = malloc(n + 1); /* exact, so that a sanitizer sees reads beyond it */
    assert_non_null(copy);
    memcpy(copy, packet, n);
    uint8_t *exact = realloc(copy, n ? n : 1);
    enum por_status status = POR_SECURITY_ERROR;
    if (scp80_read_header(exact, n, c))
        status = scp80_open(exact, n, keys, c);
    if (status == POR_OK) {
        memcpy(data->at, c->data, c->data_len);
        data->len = c->data_len;
    }
    free(exact);
    return status;
}

static void every_published_command_packet_opens(void **state)
{
    json_t *all = vectors_or_skip(), *v;
    size_t i;
    (void)state;
    assert_true(json_array_size(json_object_get(all, "scp80_commands")) >= 56);
    json_array_foreach(json_object_get(all, "scp80_commands"), i, v)
    {
        struct octets packet = octets_of(v, "expected_packet"), expected = octets_of(v, "secured_data"), got;
        struct octets counter = octets_of(v, "cntr"), tar = octets_of(v, "tar"), spi = octets_of(v, "spi");
        struct scp80_keys keys = keys_of(v);
        struct scp80_command c;
        if (open_copy(packet.at, packet.len, &keys, &got, &c) != POR_OK)
            fail_msg("%s does not open", text_of(v, "name"));
        assert_int_equal(got.len, expected.len);
        assert_memory_equal(got.at, expected.at, expected.len);
        assert_memory_equal(c.tar, tar.at, 3);
        assert_int_equal(c.spi1, spi.at[0]);
        assert_int_equal(c.spi2, spi.at[1]);
        assert_int_equal(c.counter, lab_number(counter.at, 5));
        assert_int_equal(c.check_len, json_integer_value(json_object_get(v, "cc_len")));
    }
    json_decref(all);
}

static void a_flipped_bit_in_any_octet_of_a_protected_packet_is_refused(void **state)
{
    json_t *all = vectors_or_skip(), *v;
    size_t i, tried = 0;
    (void)state;
    json_array_foreach(json_object_get(all, "scp80_commands"), i, v)
    {
        struct octets packet = octets_of(v, "expected_packet"), got;
        struct scp80_keys keys = keys_of(v);
        struct scp80_command c;
        if ((octets_of(v, "spi").at[0] & SPI1_INTEGRITY) == INTEGRITY_NONE)
            continue;
        for (size_t at = 0; at < packet.len; at++) {
            packet.at[at] ^= 0x10;
            if (open_copy(packet.at, packet.len, &keys, &got, &c) == POR_OK)
                fail_msg("%s opens with octet %zu changed", text_of(v, "name"), at);
            packet.at[at] ^= 0x10;
            tried++;
        }
    }
    assert_true(tried > 1000);
    json_decref(all);
}

static void every_strict_prefix_of_a_packet_is_refused(void **state)
{
    json_t *all = vectors_or_skip(), *v;
    size_t i;
    (void)state;
    json_array_foreach(json_object_get(all, "scp80_commands"), i, v)
    {
        struct octets packet = octets_of(v, "expected_packet"), got;
        struct scp80_keys keys = keys_of(v);
        struct scp80_command c;
        for (size_t n = 0; n < packet.len; n++)
            assert_int_not_equal(open_copy(packet.at, n, &keys, &got, &c), POR_OK);
        assert_int_not_equal(open_copy(packet.at, packet.len + 1, &keys, &got, &c), POR_OK);
    }
    json_decref(all);
}

static void every_published_response_is_built_octet_for_octet(void **state)
{
    json_t *all = vectors_or_skip(), *v;
    size_t i;
    (void)state;
    json_array_foreach(json_object_get(all, "scp80_responses"), i, v)
    {
        const json_t *d = json_object_get(v, "decoded");
        struct octets expected = octets_of(v, "packet_with_udh"), data = octets_of(d, "data"),
                      tar = octets_of(d, "tar");
        struct octets spi = octets_of(v, "spi"), counter = octets_of(d, "cntr");
        struct scp80_keys keys = keys_of(v);
        struct scp80_command c = {.spi1 = spi.at[0], .spi2 = spi.at[1], .counter = lab_number(counter.at, 5)};
        struct scp80_answer a = {.data = data.at, .data_len = data.len, .secured = true};
        uint8_t out[VECTOR_MAX];
        memcpy(c.tar, tar.at, 3);
        c.kic = octets_of(v, "kic").at[0];
        c.kid = octets_of(v, "kid").at[0];
        c.check_len = octets_of(d, "cc").len;
        a.status = (enum por_status)json_integer_value(json_object_get(d, "status"));
        size_t n = scp80_respond(&c, &keys, &a, out);
        if (n != expected.len || memcmp(out, expected.at, n) != 0)
            fail_msg("%s is built differently", text_of(v, "name"));
    }
    json_decref(all);
}

static void checksum_primitives_give_the_published_values(void **state)
{
    json_t *all = vectors_or_skip(), *v;
    size_t i;
    (void)state;
    json_array_foreach(json_object_get(all, "cc_primitive"), i, v)
    {
        struct octets data = octets_of(v, "data"), expected = octets_of(v, "cc");
        const char *alg = text_of(v, "alg");
        uint8_t got[MAX_CHECK];
        struct out o;
        out_init(&o, got, sizeof got);
        if (strncmp(alg, "CRC-32", 6) == 0) {
            out_number(&o, ota_crc32(data.at, data.len), 4);
        } else if (strncmp(alg, "CRC-16", 6) == 0) {
            out_number(&o, ota_crc16(data.at, data.len), 2);
        } else {
            struct octets value = octets_of(v, "key");
            struct sym_key key = key_for(&value, strncmp(alg, "AES", 3) == 0 ? OTA_AES : OTA_3DES_2KEY);
            assert_true(ota_cc(&key, data.at, data.len, got, expected.len));
        }
        assert_memory_equal(got, expected.at, expected.len);
    }
    json_decref(all);
}

/* Published values of PCNTR per length and block. */
static void the_padding_counter_completes_the_last_block(void **state)
{
    static const struct {
        uint8_t type, len, status_and_data, expected;
    } cases[] = {
        /* PCNTR covers CNTR PCNTR STATUS (7) and data: lengths chosen so that 7 + data = the published one */
        {KEY_TYPE_DES, 16, 8, 0},  {KEY_TYPE_DES, 16, 9, 7},   {KEY_TYPE_DES, 16, 15, 1},
        {KEY_TYPE_AES, 16, 16, 0}, {KEY_TYPE_AES, 16, 17, 15}, {KEY_TYPE_AES, 16, 31, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scp80_keys keys = {.kic = {.type = cases[i].type, .len = cases[i].len}};
        struct scp80_command c = {.spi2 = SPI2_POR_ALWAYS | SPI2_CIPHERED};
        uint8_t data[32] = {0}, out[128];
        struct scp80_answer a = {.data = data, .data_len = cases[i].status_and_data - 7U, .secured = true};
        c.kic = cases[i].type == KEY_TYPE_AES ? OTA_AES : OTA_3DES_2KEY;
        size_t n = scp80_respond(&c, &keys, &a, out);
        assert_int_equal(n, POR_CLEAR + cases[i].status_and_data + cases[i].expected);
        ota_cipher(&keys.kic, c.kic, false, out + POR_CLEAR, n - POR_CLEAR);
        assert_int_equal(out[14], cases[i].expected);
    }
}

static void crc16_and_digital_signature_packets_follow_spi1(void **state)
{
    /* self-made: nobody publishes a CRC-16 command; header, then counter 1, PCNTR 0, RC, data 00 A4 */
    uint8_t packet[] = {0x00, 0x12, 0x0F, 0x11, 0x01, 0x00, 0x11, 0xB0, 0x00, 0x01,
                        0,    0,    0,    0,    1,    0,    0,    0,    0xA4, 0x00};
    uint8_t covered[sizeof packet - 2], broken[sizeof packet];
    struct scp80_keys none = {0};
    struct scp80_command c;
    struct octets got;
    (void)state;
    memcpy(covered, packet, SCP80_HEADER);
    memcpy(covered + SCP80_HEADER, packet + SCP80_HEADER + 2, 2);
    uint16_t crc = ota_crc16(covered, sizeof covered);
    packet[16] = (uint8_t)(crc >> 8);
    packet[17] = (uint8_t)crc;
    assert_int_equal(open_copy(packet, sizeof packet, &none, &got, &c), POR_OK);
    assert_int_equal(got.len, 2);
    memcpy(broken, packet, sizeof packet);
    broken[3] = 0x13; /* a signature: no laboratory card verifies one */
    assert_false(scp80_read_header(broken, sizeof broken, &c));
    broken[3] = 0x11;
    broken[2] = 0x10; /* three octets of redundancy check do not exist */
    assert_false(scp80_read_header(broken, sizeof broken, &c));
}

static void a_key_serves_only_the_algorithm_it_is_for(void **state)
{
    struct sym_key aes = {.type = KEY_TYPE_AES, .len = 16}, des2 = {.type = KEY_TYPE_DES, .len = 16};
    (void)state;
    assert_true(ota_key_fits(&aes, 0x12));
    assert_true(ota_key_fits(&aes, 0x10));
    assert_false(ota_key_fits(&aes, 0x15));
    assert_true(ota_key_fits(&des2, 0x15));
    assert_false(ota_key_fits(&des2, 0x11));
    assert_false(ota_key_fits(&des2, 0x19));
    assert_false(ota_key_fits(&des2, 0x12));
    assert_false(ota_key_fits(&aes, 0x13));
}

static void wrapped_packets_of_every_length_come_back(void **state)
{
    struct wrap w = {.spi1 = 0x16, .spi2 = 0x39, .kic = 0x12, .kid = 0x12, .counter = 7, .cc_len = 8};
    (void)state;
    for (int round = 0; round < 4; round++) {
        w.keys.kic =
            (struct sym_key){.type = round & 1 ? KEY_TYPE_DES : KEY_TYPE_AES, .len = 16, .value = {1}};
        w.keys.kid =
            (struct sym_key){.type = round & 1 ? KEY_TYPE_DES : KEY_TYPE_AES, .len = 16, .value = {2}};
        w.kic = w.kid = round & 1 ? 0x15 : 0x12;
        w.spi1 = round & 2 ? 0x12 : 0x16;
        for (size_t n = 0; n < 200; n++) {
            uint8_t data[200], packet[512];
            struct octets got;
            struct scp80_command c;
            memset(data, (int)n, sizeof data);
            size_t len = wrap_command(&w, data, n, packet);
            assert_int_equal(open_copy(packet, len, &w.keys, &got, &c), POR_OK);
            assert_int_equal(got.len, n);
            assert_memory_equal(got.at, data, n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_command_packet_opens),
        cmocka_unit_test(a_flipped_bit_in_any_octet_of_a_protected_packet_is_refused),
        cmocka_unit_test(every_strict_prefix_of_a_packet_is_refused),
        cmocka_unit_test(every_published_response_is_built_octet_for_octet),
        cmocka_unit_test(checksum_primitives_give_the_published_values),
        cmocka_unit_test(the_padding_counter_completes_the_last_block),
        cmocka_unit_test(crc16_and_digital_signature_packets_follow_spi1),
        cmocka_unit_test(a_key_serves_only_the_algorithm_it_is_for),
        cmocka_unit_test(wrapped_packets_of_every_length_come_back),
    };
    return cmocka_run_group_tests_name("lab/ota/scp80", tests, NULL, NULL);
}
