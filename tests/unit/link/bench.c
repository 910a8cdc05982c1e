/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted centre, a diary and a link between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench.h"

struct smpp_config bench_config(const struct bench *b)
{
    return (struct smpp_config){
        .host = "127.0.0.1",
        .port = b->centre.port,
        .system_id = "tsm",
        .password = "secret",
        .system_type = "OTA",
        .source = {.ton = 3, .npi = 1, .digits = "5555"},
        .dest_ton = 1,
        .dest_npi = 1,
        .protocol_id = 0x7F,
        .data_coding = 0xF6,
        .receipts = true,
        .receipt_form = SMPP_ID_DECIMAL,
        .sent_form = SMPP_ID_HEX,
        .rate = 1000,
        .reconnect_ms = 5,
        .reconnect_max_ms = 20,
        .throttle_ms = 30,
        .throttle_max_ms = 60,
    };
}

void bench_start(struct bench *b, struct smpp_config config)
{
    struct smpp_events events = diary_events(&b->diary);
    assert_int_equal(smpp_link_new(&config, &events, &b->link), TSM_OK);
    b->diary.link = b->link;
    assert_int_equal(smpp_link_start(b->link), TSM_OK);
}

void bench_finish(struct bench *b)
{
    centre_close(&b->centre);
    smpp_link_stop(b->link);
}

void bench_bind(struct bench *b, struct smpp_config config)
{
    bench_start(b, config);
    centre_welcome(&b->centre);
    diary_next(&b->diary, NOTE_UP);
}

static const uint8_t octets[] = {0x02, 0x70, 0x00, 0x00, 0x10, 0x01};
const struct bytes bench_data = {octets, sizeof octets};

enum tsm_err bench_send(struct bench *b, uint64_t ref, uint32_t segment)
{
    struct smpp_out out = {.ref = ref,
                           .segment = segment,
                           .msisdn = "491701234567",
                           .user_data = bench_data,
                           .udhi = true,
                           .validity_s = 90061};
    return smpp_link_send(b->link, &out);
}
