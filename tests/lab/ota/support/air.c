/* SPDX-License-Identifier: Apache-2.0 */
/* The whole air for a test: an SMSC and a UICC as child processes, and an ESME that wraps scripts and reads
 * proofs of receipt. */
#include "support/air.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

void air_start(struct air *a, const char *smsc_options, const char *uicc_options)
{
    char arguments[512];
    *a = (struct air){0};
    a->smsc = smsc_start(smsc_options, &a->port);
    snprintf(arguments, sizeof arguments,
             "uicc --smsc 127.0.0.1:%u --msisdn " AIR_MSISDN " --kic " AIR_KIC " --kid " AIR_KID
             " --iccid " AIR_ICCID " %s",
             a->port, uicc_options);
    a->uicc = child_start(arguments);
    esme_bind(&a->esme, a->port);
    a->wrap = (struct wrap){.spi1 = 0x16, .spi2 = 0x19, .kic = 0x12, .kid = 0x12, .cc_len = 8};
    a->wrap.keys.kic = (struct sym_key){.type = KEY_TYPE_AES, .len = 16};
    a->wrap.keys.kid = a->wrap.keys.kic;
    memcpy(a->wrap.keys.kic.value, octets_from_hex(AIR_KIC).at, 16);
    memcpy(a->wrap.keys.kid.value, octets_from_hex(AIR_KID).at, 16);
}

void air_stop(struct air *a)
{
    peer_close(&a->esme);
    child_stop(&a->uicc);
    child_stop(&a->smsc);
}

void air_submit_user_data(struct air *a, const uint8_t *user_data, size_t n)
{
    struct smpp_message m = esme_message(AIR_MSISDN, user_data, n);
    m.registered_delivery = 0;
    assert_int_equal(peer_submit(&a->esme, &m, NULL), ESME_ROK);
}

void air_submit_script(struct air *a, const char *hex)
{
    struct octets script = octets_from_hex(hex);
    memcpy(a->sent, "\x02\x70\x00", 3);
    a->wrap.counter++;
    a->sent_len = 3 + wrap_command(&a->wrap, script.at, script.len, a->sent + 3);
    air_submit_user_data(a, a->sent, a->sent_len);
}

struct opened air_receive_por(struct air *a, enum por_status status)
{
    struct opened r = {0};
    struct smpp_message m = peer_deliver(&a->esme, ESME_ROK, NULL, 0);
    assert_string_equal(m.from.digits, AIR_MSISDN);
    assert_string_equal(m.to.digits, "1234");
    assert_int_equal(m.esm_class, ESM_UDHI);
    assert_int_equal(m.data_coding, 0xF6);
    if (!unwrap_response(&a->wrap, m.body, m.body_len, &r))
        fail_msg("the proof of receipt is not sound");
    assert_int_equal(r.status, status);
    return r;
}

void air_expect_data(const struct opened *r, const char *hex)
{
    struct octets expected = octets_from_hex(hex);
    char got[2 * sizeof r->data + 1];
    lab_hex_write(r->data, r->data_len, got);
    if (r->data_len != expected.len || memcmp(r->data, expected.at, r->data_len) != 0)
        fail_msg("the card answered %s, not %s", got, hex);
}
