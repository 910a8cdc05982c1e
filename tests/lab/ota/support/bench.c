/* SPDX-License-Identifier: Apache-2.0 */
/* A SIM on a see-through card, fed and read as a handset does. Test code. [TS 31.111 7.1.1] */
#include "support/bench.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

static const uint8_t kic_key[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                    0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
static const uint8_t kid_key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                                    0x01, 0x23, 0x45, 0x67, 0x01, 0x23, 0x45, 0x67};

void bench_start(struct bench *b, const char *quirks, const char *faults)
{
    sim_free(b->sim);
    card_free(b->card);
    b->quirks = (struct uicc_quirks){0};
    assert_true(uicc_quirks_parse(quirks, &b->quirks));
    assert_true(uicc_faults_parse(faults, &b->quirks));
    b->card = card_new(&b->config);
    b->sim = sim_new(b->card, &b->quirks);
    b->wrap.counter = 0;
}

int bench_up(void **state)
{
    static struct bench b;
    b = (struct bench){
        .config = {.kic_len = 16, .kid_len = 16, .scp80_kvn = 3, .seid = {0x98, 0x94}, .seid_len = 10}};
    memcpy(b.config.kic, kic_key, 16);
    memcpy(b.config.kid, kid_key, 16);
    b.wrap = (struct wrap){
        .spi1 = 0x16, .spi2 = 0x19, .kic = 0x32, .kid = 0x32, .tar = {0xB0, 0x00, 0x11}, .cc_len = 8};
    b.wrap.keys.kic = (struct sym_key){.type = KEY_TYPE_AES, .len = 16};
    b.wrap.keys.kid = (struct sym_key){.type = KEY_TYPE_AES, .len = 16};
    memcpy(b.wrap.keys.kic.value, kic_key, 16);
    memcpy(b.wrap.keys.kid.value, kid_key, 16);
    bench_start(&b, "", "");
    *state = &b;
    return 0;
}

int bench_down(void **state)
{
    struct bench *b = *state;
    sim_free(b->sim);
    card_free(b->card);
    return 0;
}

bool bench_envelope(struct bench *b, const uint8_t *user_data, size_t n)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    uint8_t tpdu[SMS_MAX_TPDU], apdu[TOOLKIT_MAX_ENVELOPE];
    struct sms_tpdu t = {
        .header = true, .from_or_to = {0x81, "12345678"}, .protocol_id = 0x7F, .data_coding = 0xF6};
    t.user_data = user_data;
    t.user_data_len = n;
    size_t len = sms_write_deliver(&t, tpdu);
    len = sim_transmit(b->sim, apdu, toolkit_write_download(tpdu, len, "12345678", apdu), rapdu);
    if (len < 2)
        return false;
    b->sw = (uint16_t)lab_number(rapdu + len - 2, 2);
    b->answer.len = len - 2;
    memcpy(b->answer.at, rapdu, len - 2);
    return true;
}

bool bench_command(struct bench *b, const char *script)
{
    struct octets in = octets_from_hex(script);
    uint8_t user_data[512] = {0x02, 0x70, 0x00};
    b->wrap.counter++;
    return bench_envelope(b, user_data, 3 + wrap_command(&b->wrap, in.at, in.len, user_data + 3));
}

void bench_expect(struct bench *b, enum por_status status)
{
    struct opened r;
    assert_true(unwrap_response(&b->wrap, b->answer.at, b->answer.len, &r));
    assert_int_equal(r.status, status);
    assert_memory_equal(r.tar, b->wrap.tar, 3);
}

void bench_fetch(struct bench *b, struct octets *whole, struct octets *user_data)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    uint8_t apdu[TOOLKIT_MAX_ENVELOPE], type, details[3];
    const uint8_t fetch_apdu[] = {0x80, 0x12, 0, 0, (uint8_t)b->sw};
    struct sms_tpdu submit;
    assert_int_equal(b->sw >> 8, 0x91);
    size_t n = sim_transmit(b->sim, fetch_apdu, 5, rapdu);
    assert_int_equal(n, (b->sw & 0xFF) + 2);
    assert_true(toolkit_read_command(rapdu, n - 2, &type, details, &submit));
    assert_int_equal(type, TOOLKIT_SEND_SHORT_MESSAGE);
    assert_string_equal(submit.from_or_to.digits, "12345678");
    whole->len = n - 2;
    memcpy(whole->at, rapdu, n - 2);
    user_data->len = submit.user_data_len;
    memcpy(user_data->at, submit.user_data, submit.user_data_len);
    n = sim_transmit(b->sim, apdu, toolkit_write_response(details, TOOLKIT_RESULT_OK, apdu), rapdu);
    b->sw = (uint16_t)lab_number(rapdu + n - 2, 2);
}
