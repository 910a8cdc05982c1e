/* SPDX-License-Identifier: Apache-2.0 */
/* The SIM side of a laboratory UICC: SMS-PP download by ENVELOPE, proactive commands by FETCH; every other
 * command goes to the card. Pure but for the card (stations 8 to 10, the card's half). [TS 102 223 6, 7.1;
 * TS 31.111 7.1.1] */
#include "uicc/sim/sim.h"

#include "uicc/sim/ota.h"
#include "uicc/sim/toolkit.h"

#include <stdlib.h>
#include <string.h>

enum {
    CLA_UICC = 0x80,
    INS_TERMINAL_PROFILE = 0x10,
    INS_FETCH = 0x12,
    INS_TERMINAL_RESPONSE = 0x14,
    INS_ENVELOPE = 0xC2,
    APDU_HEADER = 5
};

struct sim {
    struct card *card;
    const struct uicc_quirks *quirks;
    struct ota_door door;
    struct concat concat;
    struct toolkit toolkit;
    uint64_t envelopes, packets, pors;
    uint8_t concat_reference;
};

static bool queue_action(void *closure, const uint8_t *tlvs, size_t n)
{
    return toolkit_queue(closure, tlvs, n);
}

struct sim *sim_new(struct card *card, const struct uicc_quirks *quirks)
{
    struct sim *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->card = card;
    s->quirks = quirks;
    s->door =
        (struct ota_door){.card = card, .quirks = quirks, .proactive = queue_action, .closure = &s->toolkit};
    return s;
}

void sim_free(struct sim *s)
{
    if (!s)
        return;
    toolkit_clear(&s->toolkit);
    concat_clear(&s->concat);
    free(s);
}

void sim_reset(struct sim *s)
{
    toolkit_clear(&s->toolkit);
    concat_clear(&s->concat);
    if (!s->door.chain.survives_reset)
        s->door.chain.open = false;
    card_reset(s->card);
}

bool sim_is_quiet(const struct sim *s)
{
    return (!s->concat.octets || s->concat.complete) && toolkit_waiting(&s->toolkit) == 0 &&
           !s->door.chain.open;
}

static size_t status_word(uint8_t *out, size_t len, uint16_t sw)
{
    out[len] = (uint8_t)(sw >> 8);
    out[len + 1] = (uint8_t)sw;
    return len + 2;
}

/* Success, or 91xx when a proactive command waits. */
static uint16_t success(const struct sim *s)
{
    size_t waiting = toolkit_waiting(&s->toolkit);
    return waiting > 0 ? (uint16_t)(0x9100 | waiting) : SW_OK;
}

/* ---- the proof of receipt leaves ---- */

/* The response as one or more SEND SHORT MESSAGE commands to the address the command came from. */
static void queue_submit(struct sim *s, const struct sms_tpdu *deliver, const uint8_t *por, size_t n)
{
    uint8_t user_data[SMS_MAX_USER_DATA];
    struct sms_tpdu submit = {.header = true, .from_or_to = deliver->from_or_to};
    submit.protocol_id = deliver->protocol_id;
    submit.data_coding = deliver->data_coding;
    submit.user_data = user_data;
    size_t segments = concat_segments(n);
    s->concat_reference = (uint8_t)(s->concat_reference + (segments > 1));
    for (size_t i = 1; i <= segments; i++) {
        submit.user_data_len = concat_segment(por, n, s->concat_reference, i, user_data);
        toolkit_send_short_message(&s->toolkit, &submit);
    }
}

static bool is_lost(const struct sim *s)
{
    const struct uicc_quirks *q = s->quirks;
    return q->drop_por_every > 0 && s->pors % q->drop_por_every == 0 &&
           (q->drop_por_until == 0 || s->pors < q->drop_por_until);
}

/* Writes the DELIVER-REPORT user data into `out` and queues what goes by SMS-SUBMIT; returns the report's
 * length. */
static size_t send_por(struct sim *s, const struct sms_tpdu *deliver, const struct ota_result *r,
                       uint8_t *out)
{
    static uint8_t por[POR_OVERHEAD + SCRIPT_MAX_ANSWER];
    const struct uicc_quirks *q = s->quirks;
    if (!ota_wants_por(r))
        return 0;
    s->pors++;
    if (is_lost(s))
        return 0;
    size_t n = ota_build_por(r, false, por);
    bool submit = (r->command.spi2 & SPI2_BY_SUBMIT) || q->por_submit || n > SIM_MAX_REPORT;
    if (submit || q->dup_por)
        queue_submit(s, deliver, por, n);
    if (submit && q->dup_por)
        queue_submit(s, deliver, por, n);
    if (submit)
        return ota_build_por(r, true, out);
    memcpy(out, por, n);
    return n;
}

/* ---- ENVELOPE (SMS-PP download) ---- */

/* Two packets with one counter would show here: their octets differ, and so does the CRC of them. */
static void log_packet(const struct sim *s, const struct ota_result *r, uint32_t crc)
{
    const struct scp80_command *c = &r->command;
    card_say(s->card, "packet: TAR %02X%02X%02X, keys %u, counter %llu, CRC %08X: status %02X\n", c->tar[0],
             c->tar[1], c->tar[2], (unsigned)c->kid >> 4, (unsigned long long)c->counter, crc,
             (unsigned)r->status);
}

static size_t take_packet(struct sim *s, const struct sms_tpdu *deliver, uint8_t *packet, size_t n,
                          uint8_t *out)
{
    static struct ota_result r;
    size_t len = 0;
    uint16_t sw = SW_DATA_DOWNLOAD_ERROR;
    uint32_t crc = ota_crc32(packet, n); /* before it is deciphered in place */
    ota_process(&s->door, packet, n, &r);
    log_packet(s, &r, crc);
    s->packets++;
    bool torn = (s->quirks->tear_at > 0 && s->packets == s->quirks->tear_at) || card_is_dead(s->card);
    if (s->quirks->silent && r.status != POR_OK) {
        sw = SW_WARNING;
    } else if (r.answerable && !torn) {
        len = send_por(s, deliver, &r, out);
        sw = success(s);
    }
    ota_result_wipe(&r);
    return torn ? 0 : status_word(out, len, sw);
}

static size_t take_deliver(struct sim *s, const struct sms_tpdu *deliver, uint8_t *out)
{
    uint8_t *packet;
    size_t n, len = 0;
    switch (concat_take(&s->concat, s->quirks->layout, deliver, &packet, &n)) {
    case CONCAT_WAITING:
        if (s->quirks->zero_body)
            memset(out, 0, len = SMS_MAX_USER_DATA);
        return status_word(out, len, success(s));
    case CONCAT_COMPLETE:
        len = take_packet(s, deliver, packet, n, out);
        lab_wipe(packet, n);
        free(packet);
        return len;
    case CONCAT_REFUSED:
    case CONCAT_NO_MEMORY:
    default:
        return status_word(out, 0, SW_DATA_DOWNLOAD_ERROR);
    }
}

static size_t envelope(struct sim *s, const uint8_t *in, size_t n, uint8_t *out)
{
    struct sms_tpdu deliver;
    if (++s->envelopes <= s->quirks->busy_first || toolkit_in_session(&s->toolkit))
        return status_word(out, 0, SW_TOOLKIT_BUSY);
    if (!toolkit_read_download(in, n, &deliver))
        return status_word(out, 0, SW_DATA_DOWNLOAD_ERROR);
    return take_deliver(s, &deliver, out);
}

size_t sim_transmit(struct sim *s, const uint8_t *in, size_t n, uint8_t *out)
{
    if (n < APDU_HEADER || in[0] != CLA_UICC)
        return card_transmit(s->card, in, n, out);
    bool whole = n >= APDU_HEADER + (size_t)in[4];
    switch (in[1]) {
    case INS_ENVELOPE:
        return whole ? envelope(s, in + APDU_HEADER, in[4], out) : status_word(out, 0, 0x6700);
    case INS_FETCH: {
        size_t len = toolkit_fetch(&s->toolkit, out);
        return status_word(out, len, len > 0 ? SW_OK : SW_DATA_DOWNLOAD_ERROR);
    }
    case INS_TERMINAL_RESPONSE:
        toolkit_done(&s->toolkit);
        return status_word(out, 0, success(s));
    case INS_TERMINAL_PROFILE:
        return status_word(out, 0, success(s));
    default:
        return card_transmit(s->card, in, n, out);
    }
}
