/* SPDX-License-Identifier: Apache-2.0 */
/* A recorded session with a software SIM, step by step: our packets are the ones it took, its proofs of
 * receipt open, by whatever way and in however many segments they came. Unit test of ota/. */
#include <string.h>

#include "../vectors.h"
#include "base/ber.h"
#include "ota/remote/remote.h"
#include "ota/sms/reassembly.h"
#include "ota/sms/tpdu.h"
#include "ota_keys.h"

enum { ROOM = 2048, SEGMENTS = 8 };

static struct scp80_keys keys_in(const json_t *v)
{
    return keys_of(vector_text(v, "kic_key"), vector_text(v, "kic"), vector_text(v, "kid_key"),
                   vector_text(v, "kid"));
}

static bool wrong_on_purpose(const json_t *v)
{
    return strstr(vector_text(v, "name"), "bad CC") != NULL;
}

/* Joins the segments of the step, in the order they were sent, to the packet. */
static struct bytes packet_sent(const json_t *v, uint8_t *out)
{
    static struct reassembly r;
    enum segment_result result = SEGMENT_WAITING;
    struct writer w = {out, 0, ROOM};
    const json_t *one;
    size_t i;
    memset(&r, 0, sizeof r);
    json_array_foreach(json_object_get(v, "tp_ud_segments"), i, one)
    {
        struct octets ud = octets_of(json_string_value(one));
        assert_ok(reassembly_add(&r, octets_bytes(&ud), &result));
    }
    assert_int_equal(result, SEGMENT_COMPLETE);
    assert_ok(reassembly_packet(&r, &w));
    return written(&w);
}

static void check_command(const json_t *v)
{
    struct scp80_keys keys = keys_in(v);
    struct octets data = vector_octets(v, "secured_data"), spi = vector_octets(v, "spi"),
                  tar = vector_octets(v, "tar");
    struct scp80_command c = {.spi = {spi.at[0], spi.at[1]},
                              .kic = vector_octets(v, "kic").at[0],
                              .kid = vector_octets(v, "kid").at[0],
                              .tar = {tar.at[0], tar.at[1], tar.at[2]},
                              .counter = (uint64_t)vector_number(v, "cntr"),
                              .data = octets_bytes(&data)},
                         back;
    uint8_t sent_buffer[ROOM], made_buffer[ROOM], clear[ROOM];
    struct bytes sent = packet_sent(v, sent_buffer);
    struct writer made = WRITER(made_buffer), plain = WRITER(clear);
    if (wrong_on_purpose(v)) {
        assert_err(scp80_unwrap(sent, &keys, &back, &plain), TSM_MAC_WRONG);
        return;
    }
    assert_ok(scp80_wrap(&c, &keys, &made));
    assert_true(bytes_equal(written(&made), sent));
    assert_ok(scp80_unwrap(sent, &keys, &back, &plain));
    assert_true(bytes_equal(back.data, c.data));
}

static struct scp80_response open_por(const json_t *v, struct bytes body, struct writer *plain)
{
    struct scp80_keys keys = keys_in(v);
    struct por_terms terms = {vector_octets(v, "spi").at[1], vector_octets(v, "kic").at[0],
                              vector_octets(v, "kid").at[0], 0};
    struct scp80_response r;
    assert_ok(por_unwrap(body, terms, &keys, &r, plain));
    return r;
}

static void check_por(const json_t *v)
{
    const json_t *decoded = vector_member(v, "decoded");
    struct octets body = vector_octets(v, "por_in_envelope_response");
    uint8_t clear[ROOM];
    struct writer plain = WRITER(clear);
    struct remote_outcome o;
    struct scp80_response r = open_por(v, octets_bytes(&body), &plain);
    assert_int_equal(r.counter, vector_number(v, "cntr"));
    assert_int_equal(r.status, vector_number(decoded, "status"));
    assert_hex(r.data, vector_text(decoded, "data"));
    if (r.status == POR_OK)
        assert_ok(remote_outcome_read(r.data, REMOTE_COMPACT, &o));
}

/* SEND SHORT MESSAGE: D0 { .. 8B SMS-SUBMIT }. [TS 102 223 6.6.9] */
static void check_submit(const json_t *v, const char *command_hex)
{
    struct octets command = octets_of(command_hex);
    struct bytes inside, tpdu;
    struct sms_submit s;
    uint8_t clear[ROOM];
    struct writer plain = WRITER(clear);
    struct scp80_response r;
    assert_ok(ber_find(octets_bytes(&command), 0xD0, &inside));
    assert_ok(ber_find(inside, 0x8B, &tpdu));
    assert_ok(sms_submit_read(tpdu, &s));
    r = open_por(v, s.ud.octets, &plain);
    assert_true(r.secured);
    assert_int_equal(r.status, POR_OK);
    assert_int_equal(r.counter, vector_number(v, "cntr"));
}

static void every_step_of_the_session_is_understood(void **state)
{
    struct vectors v = vectors_open("vectors-ota.json");
    const json_t *one, *command;
    size_t i, n;
    (void)state;
    json_array_foreach(vector_member(v.document, "software_sim_session.vectors"), i, one)
    {
        print_message("# %s\n", vector_text(one, "name"));
        check_command(one);
        if (json_is_object(vector_member(one, "decoded")))
            check_por(one);
        json_array_foreach(vector_member(one, "proactive_commands"), n, command)
        {
            check_submit(one, json_string_value(command));
        }
    }
    assert_true(i > 0);
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_of_the_session_is_understood),
    };
    return cmocka_run_group_tests_name("ota/recorded session", tests, keys_setup, keys_teardown);
}
