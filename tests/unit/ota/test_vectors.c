/* SPDX-License-Identifier: Apache-2.0 */
/* The published OTA vectors that stand beside the tree: secured packets, proofs of receipt, checksums, TPDUs,
 * segments, scripts and answers, SMPP, and a recorded session with a software SIM. Unit test of ota/. */
#include <string.h>

#include "../vectors.h"
#include "ota/packet/crc.h"
#include "ota/packet/spi.h"
#include "ota/remote/remote.h"
#include "ota/smpp/smpp.h"
#include "ota/sms/reassembly.h"
#include "ota/sms/tpdu.h"
#include "ota_keys.h"

static const char file[] = "vectors-ota.json";
enum { ROOM = 2048 };

static struct octets optional(const json_t *v, const char *name)
{
    return vector_has(v, name) ? vector_octets(v, name) : (struct octets){0};
}

static struct scp80_keys keys_in(const json_t *v)
{
    return keys_of(vector_text(v, "kic_key"), vector_text(v, "kic"), vector_text(v, "kid_key"),
                   vector_text(v, "kid"));
}

static uint64_t number_in(const json_t *v, const char *name)
{
    struct octets o = vector_octets(v, name);
    struct reader r = READER(octets_bytes(&o));
    uint64_t n;
    assert_ok(read_u40(&r, &n));
    return n;
}

static struct scp80_command command_in(const json_t *v, const struct octets *data)
{
    struct octets spi = vector_octets(v, "spi"), tar = vector_octets(v, "tar");
    return (struct scp80_command){.spi = {spi.at[0], spi.at[1]},
                                  .kic = vector_octets(v, "kic").at[0],
                                  .kid = vector_octets(v, "kid").at[0],
                                  .tar = {tar.at[0], tar.at[1], tar.at[2]},
                                  .data = octets_bytes(data)};
}

static void check_command(const json_t *v)
{
    struct scp80_keys keys = keys_in(v);
    struct octets data = vector_octets(v, "secured_data"), packet = vector_octets(v, "expected_packet");
    struct scp80_command c = command_in(v, &data), back;
    uint8_t out[ROOM], clear[ROOM];
    struct writer w = WRITER(out), plain = WRITER(clear);
    c.counter = number_in(v, "cntr");
    c.cc_len = (uint8_t)vector_number(v, "cc_len");
    assert_ok(scp80_wrap(&c, &keys, &w));
    assert_hex(written(&w), vector_text(v, "expected_packet"));
    assert_ok(scp80_unwrap(octets_bytes(&packet), &keys, &back, &plain));
    assert_true(bytes_equal(back.data, c.data));
    assert_int_equal(back.counter, c.counter);
}

static void every_command_packet_wraps_and_opens(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "scp80_commands", NULL, &at))) {
        print_message("# %s\n", vector_text(one, "name"));
        check_command(one);
    }
    vectors_close(&v);
}

/* The PoR `body` of a command with these security parameters must open to `decoded`. */
static void check_por(const json_t *v, struct bytes body, const json_t *decoded)
{
    struct scp80_keys keys = keys_in(v);
    struct por_terms terms = {vector_octets(v, "spi").at[1], vector_octets(v, "kic").at[0],
                              vector_octets(v, "kid").at[0], 0};
    struct scp80_response r;
    uint8_t clear[ROOM];
    struct writer plain = WRITER(clear);
    assert_ok(por_unwrap(body, terms, &keys, &r, &plain));
    assert_hex(BYTES(r.tar), vector_text(decoded, "tar"));
    assert_int_equal(r.counter, number_in(decoded, "cntr"));
    assert_int_equal(r.status, vector_number(decoded, "status"));
    assert_hex(r.data, vector_text(decoded, "data"));
    assert_int_equal(r.secured,
                     (terms.spi2 & SPI2_POR_INTEGRITY) >> SPI2_POR_INTEGRITY_SHIFT == INTEGRITY_CC);
}

static void every_proof_of_receipt_opens(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "scp80_responses", NULL, &at))) {
        struct octets body = vector_octets(one, "packet_with_udh");
        print_message("# %s\n", vector_text(one, "name"));
        check_por(one, octets_bytes(&body), vector_member(one, "decoded"));
    }
    vectors_close(&v);
}

static void check_primitive(const json_t *v)
{
    const char *alg = vector_text(v, "alg");
    struct octets data = vector_octets(v, "data"), key = optional(v, "key");
    struct bytes part = octets_bytes(&data);
    struct cipher_key k;
    uint8_t mac[CMAC_LEN];
    struct writer w = WRITER(mac);
    if (strstr(alg, "CRC-32")) {
        assert_ok(write_u32(&w, crc_32(&part, 1)));
    } else if (strstr(alg, "CRC-16")) {
        assert_ok(write_u16(&w, crc_16(&part, 1)));
    } else if (strstr(alg, "CMAC")) {
        assert_ok(crypto_key(keys_crypto(), CIPHER_AES, octets_bytes(&key), &k));
        assert_ok(crypto_cmac(&k, &part, 1, mac));
    } else {
        assert_ok(crypto_key(keys_crypto(), CIPHER_TDES, octets_bytes(&key), &k));
        assert_ok(crypto_tdes_cbc_mac(&k, NULL, part, mac));
    }
    assert_hex(BYTES_OF(mac, vector_octets(v, "cc").len), vector_text(v, "cc"));
}

static void every_checksum_is_as_published(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "cc_primitive", NULL, &at)))
        check_primitive(one);
    vectors_close(&v);
}

/* The padding counter is the last clear octet before the checksum: seen by opening the packet without a
 * cipher. */
static void every_padding_counter_is_as_published(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "padding_counter", NULL, &at))) {
        size_t block = (size_t)vector_number(one, "block");
        const char *len_text;
        json_t *pad;
        json_object_foreach(json_object_get(one, "lens"), len_text, pad)
        {
            struct scp80_keys keys =
                keys_of("00112233445566778899AABBCCDDEEFF", block == 16 ? "12" : "15", "", "00");
            uint8_t data[64] = {0};
            size_t len = (size_t)atoi(len_text) + block - 6;
            struct scp80_command c = {
                .spi = {0x04, 0}, .kic = block == 16 ? 0x12 : 0x15, .data = BYTES_OF(data, len)};
            assert_int_equal(scp80_packet_len(&c, &keys), 10 + 6 + len + (size_t)json_integer_value(pad));
        }
    }
    vectors_close(&v);
}

static const json_t *list_in(const struct vectors *v, const char *path)
{
    const json_t *list = vector_member(v->document, path);
    assert_true(json_is_array(list));
    return list;
}

static void check_deliver(const char *hex)
{
    struct octets tpdu = octets_of(hex);
    struct sms_deliver d;
    uint8_t out[256];
    struct writer w = WRITER(out);
    assert_ok(sms_deliver_read(octets_bytes(&tpdu), &d));
    assert_ok(sms_deliver_write(&d, &w));
    assert_hex(written(&w), hex);
    assert_int_equal(d.pid, PID_SIM_DOWNLOAD);
}

static void every_deliver_tpdu_is_read_and_written(void **state)
{
    static const char *const names[] = {"tpdu_correct_udl", "single", "first_of_3", "second_of_3"};
    struct vectors v = vectors_open(file);
    size_t i;
    const json_t *one;
    (void)state;
    json_array_foreach(list_in(&v, "sms.deliver_tpdu"), i, one)
    {
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (vector_has(one, names[n]))
                check_deliver(vector_text(one, names[n]));
        if (vector_has(one, "tpdu")) { /* its TP-UDL does not measure what follows */
            struct octets wrong = vector_octets(one, "tpdu");
            struct sms_deliver d;
            assert_err(sms_deliver_read(octets_bytes(&wrong), &d), TSM_TRAILING_BYTES);
        }
    }
    vectors_close(&v);
}

static void every_smpp_pdu_is_read_and_written(void **state)
{
    struct vectors v = vectors_open(file);
    size_t i;
    const json_t *one;
    (void)state;
    json_array_foreach(list_in(&v, "sms.submit_pdu_smpp"), i, one)
    {
        struct octets pdu = vector_octets(one, "pdu");
        struct smpp_pdu p;
        uint8_t out[256];
        struct writer w = WRITER(out);
        assert_ok(smpp_read(octets_bytes(&pdu), &p));
        assert_int_equal(p.id, SMPP_SUBMIT_SM);
        assert_ok(smpp_write(&p, &w));
        assert_hex(written(&w), vector_text(one, "pdu"));
    }
    vectors_close(&v);
}

static void check_layout(const struct vectors *v, const char *name, enum concat_order order)
{
    const json_t *segments = list_in(v, name), *one;
    struct octets packet = vector_octets(v->document, "sms.concatenation.packet");
    static struct reassembly r;
    struct segmentation how = {
        order, ELEMENT_COMMAND,
        octets_of(json_string_value(json_array_get(segments, 0))).at[order == CONCAT_SPEC ? 3 : 5]};
    enum segment_result result = SEGMENT_WAITING;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    size_t i;
    memset(&r, 0, sizeof r);
    json_array_foreach(segments, i, one)
    {
        struct octets ud = octets_of(json_string_value(one));
        struct writer again = WRITER(out);
        assert_ok(sms_segment(octets_bytes(&packet), &how, i, &again));
        assert_hex(written(&again), json_string_value(one));
        assert_ok(reassembly_add(&r, octets_bytes(&ud), &result));
    }
    assert_int_equal(result, SEGMENT_COMPLETE);
    assert_ok(reassembly_packet(&r, &w));
    assert_hex(written(&w), vector_text(v->document, "sms.concatenation.packet"));
}

static void every_segment_layout_is_cut_and_joined(void **state)
{
    struct vectors v = vectors_open(file);
    (void)state;
    check_layout(&v, "sms.concatenation.spec_layout_cpi_in_first_only", CONCAT_SPEC);
    check_layout(&v, "sms.concatenation.njiwa_layout_cpi_first_ie", CONCAT_CPI_FIRST);
    check_layout(&v, "sms.concatenation.all_segments_cpi_first", CONCAT_CPI_ALL);
    vectors_close(&v);
}

static void every_compact_answer_is_read(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "compact_format", NULL, &at))) {
        struct octets answer = vector_octets(one, "response");
        struct remote_outcome o;
        assert_ok(remote_outcome_read(octets_bytes(&answer), REMOTE_COMPACT, &o));
        assert_int_equal(o.executed, answer.at[0]);
        assert_int_equal(o.last.sw, answer.at[1] << 8 | answer.at[2]);
        assert_int_equal(o.last.data.len, answer.len - 3);
    }
    vectors_close(&v);
}

/* The script in `name`, opened and written again from its commands. */
static void check_script(const json_t *v, const char *name, enum remote_format format)
{
    struct octets script = vector_octets(v, name);
    struct bytes commands[8];
    struct remote_script again = {.format = format, .commands = commands};
    struct remote_objects o;
    struct ber t;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    assert_ok(remote_open_script(octets_bytes(&script), &o));
    while (again.count < 8 && remote_next(&o, &t) == TSM_OK) {
        assert_int_equal(t.tag, REMOTE_C_APDU);
        commands[again.count++] = t.value;
    }
    assert_ok(remote_write(&again, &w));
    assert_hex(written(&w), vector_text(v, name));
}

static void every_expanded_script_and_answer_is_read(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "expanded_format", NULL, &at))) {
        if (vector_has(one, "cmd"))
            check_script(one, "cmd", REMOTE_INDEFINITE);
        if (vector_has(one, "cmd_definite"))
            check_script(one, "cmd_definite", REMOTE_DEFINITE);
        if (vector_has(one, "rsp")) {
            struct octets answer = vector_octets(one, "rsp");
            struct remote_outcome o;
            assert_ok(remote_outcome_read(octets_bytes(&answer), REMOTE_DEFINITE, &o));
            assert_int_equal(o.executed, 1);
        }
    }
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_packet_wraps_and_opens),
        cmocka_unit_test(every_proof_of_receipt_opens),
        cmocka_unit_test(every_checksum_is_as_published),
        cmocka_unit_test(every_padding_counter_is_as_published),
        cmocka_unit_test(every_deliver_tpdu_is_read_and_written),
        cmocka_unit_test(every_smpp_pdu_is_read_and_written),
        cmocka_unit_test(every_segment_layout_is_cut_and_joined),
        cmocka_unit_test(every_compact_answer_is_read),
        cmocka_unit_test(every_expanded_script_and_answer_is_read),
    };
    return cmocka_run_group_tests_name("ota/published vectors", tests, keys_setup, keys_teardown);
}
