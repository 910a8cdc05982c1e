/* SPDX-License-Identifier: Apache-2.0 */
/* A secured packet meets the card: the checks in their order, the script, the proof of receipt. Pure but for
 * the card (station 10, the card's half). [TS 102 225 5; TS 102 226 5] */
#include "uicc/sim/ota.h"

#include <string.h>

/* Packet octets in the first and in each later segment of a concatenated command. */
enum { FIRST_SEGMENT = 132, LATER_SEGMENT = 134 };

bool ota_level_reached(uint8_t spi1, uint8_t msl)
{
    if ((spi1 & SPI1_INTEGRITY) < (msl & SPI1_INTEGRITY))
        return false;
    if ((msl & SPI1_CIPHERED) && !(spi1 & SPI1_CIPHERED))
        return false;
    return (spi1 >> SPI1_COUNTER_SHIFT & 3) >= (msl >> SPI1_COUNTER_SHIFT & 3);
}

enum por_status ota_check_counter(uint8_t spi1, uint64_t received, uint64_t *stored, bool jump)
{
    switch ((enum scp80_counter_mode)(spi1 >> SPI1_COUNTER_SHIFT & 3)) {
    case COUNTER_HIGHER:
    case COUNTER_NEXT:
        break;
    case COUNTER_UNCHECKED:
        if (jump)
            *stored = received;
        return POR_OK;
    case COUNTER_NONE:
    default:
        return POR_OK;
    }
    if (*stored >= SCP80_COUNTER_MAX)
        return POR_COUNTER_BLOCKED;
    if (received <= *stored)
        return POR_COUNTER_LOW;
    if ((spi1 >> SPI1_COUNTER_SHIFT & 3) == COUNTER_NEXT && received != *stored + 1)
        return POR_COUNTER_HIGH;
    *stored = received;
    return POR_OK;
}

/* ---- keys ---- */

static uint8_t kvn_of(uint8_t indicator)
{
    return indicator >> 4;
}

/* The key set that answers for replay protection and for the commands' DEK. */
static uint8_t leading_kvn(const struct scp80_command *c)
{
    return (c->spi1 & SPI1_INTEGRITY) == INTEGRITY_CC ? kvn_of(c->kid) : kvn_of(c->kic);
}

static void take_key(struct sym_key *to, const struct ota_key *from)
{
    to->type = from->len <= sizeof to->value ? from->alg : 0;
    to->len = from->len;
    memcpy(to->value, from->value, sizeof to->value);
}

static void load_keys(struct sd *sd, const struct scp80_command *c, struct scp80_keys *keys)
{
    struct ota_key kic, kid, kik;
    if (card_ota_keys(sd, kvn_of(c->kic), &kic, &kid, &kik) == 0)
        take_key(&keys->kic, &kic);
    if (card_ota_keys(sd, kvn_of(c->kid), &kic, &kid, &kik) == 0)
        take_key(&keys->kid, &kid);
    lab_wipe(&kic, sizeof kic);
    lab_wipe(&kid, sizeof kid);
    lab_wipe(&kik, sizeof kik);
}

static bool keys_missing(const struct ota_result *r)
{
    const struct scp80_command *c = &r->command;
    return ((c->spi1 & SPI1_CIPHERED) && r->keys.kic.type == 0) ||
           ((c->spi1 & SPI1_INTEGRITY) == INTEGRITY_CC && r->keys.kid.type == 0);
}

/* ---- the way through the card ---- */

/* What a silent card of the known kind does not support at all. */
static bool beyond_silent_card(const struct scp80_command *c)
{
    uint8_t security = c->spi1 & (SPI1_INTEGRITY | SPI1_CIPHERED);
    return (security != 0 && security != (INTEGRITY_CC | SPI1_CIPHERED)) ||
           (c->spi2 & SPI2_POR) != SPI2_POR_ALWAYS;
}

static bool wrong_checksum_length(const struct uicc_quirks *q, const struct ota_result *r)
{
    return q->cmac4 && (r->command.spi1 & SPI1_INTEGRITY) == INTEGRITY_CC &&
           r->keys.kid.type == KEY_TYPE_AES && r->command.check_len != CC_SHORT_LEN;
}

static bool too_long(const struct uicc_quirks *q, size_t n)
{
    return q->max_segments > 0 && n > FIRST_SEGMENT + (q->max_segments - 1) * (size_t)LATER_SEGMENT;
}

static enum por_status admit(struct ota_door *door, struct sd *sd, uint8_t *packet, size_t n,
                             struct ota_result *r)
{
    struct scp80_command *c = &r->command;
    if (!sd)
        return POR_TAR_UNKNOWN;
    if (too_long(door->quirks, n))
        return POR_NO_MEMORY;
    if (!ota_level_reached(c->spi1, card_ota_msl(sd)))
        return POR_LEVEL_TOO_LOW;
    load_keys(sd, c, &r->keys);
    if (keys_missing(r) || (door->quirks->silent && beyond_silent_card(c)))
        return POR_SECURITY_ERROR;
    enum por_status status = scp80_open(packet, n, &r->keys, c);
    if (status != POR_OK)
        return status;
    if (wrong_checksum_length(door->quirks, r))
        return POR_CC_FAILED;
    uint64_t *stored = card_ota_counter(sd, leading_kvn(c));
    uint64_t none = 0;
    return ota_check_counter(c->spi1, c->counter, stored ? stored : &none, door->quirks->counter_jump);
}

struct execution {
    struct card *card;
    struct sd *sd;
    uint8_t kvn;
    struct ota_door *door;
};

static size_t transmit(void *closure, const uint8_t *in, size_t n, uint8_t *out)
{
    struct execution *e = closure;
    return card_remote(e->card, e->sd, e->kvn, in, n, out);
}

static bool proactive(void *closure, const uint8_t *tlvs, size_t n)
{
    struct execution *e = closure;
    return e->door->proactive && e->door->proactive(e->door->closure, tlvs, n);
}

void ota_process(struct ota_door *door, uint8_t *packet, size_t n, struct ota_result *out)
{
    struct execution e = {.card = door->card, .door = door};
    struct script_target target = {.closure = &e, .transmit = transmit, .proactive = proactive};
    struct out answer;
    memset(out, 0, sizeof *out);
    out->pad_80 = door->quirks->pad_80;
    out->status = POR_SECURITY_ERROR;
    out->answerable = scp80_read_header(packet, n, &out->command);
    if (!out->answerable)
        return;
    e.sd = card_sd_by_tar(door->card, out->command.tar);
    out->status = admit(door, e.sd, packet, n, out);
    if (out->status != POR_OK)
        return;
    e.kvn = leading_kvn(&out->command);
    target.chain = &door->chain;
    memcpy(target.tar, out->command.tar, sizeof target.tar);
    out_init(&answer, out->data, sizeof out->data);
    script_run(&target, out->command.data, out->command.data_len, &answer);
    out->data_len = answer.len;
}

/* ---- the proof of receipt ---- */

bool ota_wants_por(const struct ota_result *r)
{
    uint8_t wanted = r->command.spi2 & SPI2_POR;
    return r->answerable &&
           (wanted == SPI2_POR_ALWAYS || (wanted == SPI2_POR_ON_ERROR && r->status != POR_OK));
}

/* A command that failed before its sender was proved is answered bare: the card will not lend its keys to it.
 */
static bool sender_proved(enum por_status status)
{
    return status == POR_OK || status == POR_COUNTER_LOW || status == POR_COUNTER_HIGH ||
           status == POR_COUNTER_BLOCKED;
}

size_t ota_build_por(const struct ota_result *r, bool interim, uint8_t *out)
{
    struct scp80_answer a = {.status = r->status, .secured = sender_proved(r->status), .pad_80 = r->pad_80};
    if (interim) {
        a.status = POR_BY_SUBMIT;
    } else {
        a.data = r->data;
        a.data_len = r->data_len;
    }
    size_t n = scp80_respond(&r->command, &r->keys, &a, out);
    if (n > 0)
        return n;
    a.secured = false;
    a.status = POR_SECURITY_ERROR; /* the keys do not allow what SPI2 asks for */
    a.data_len = 0;
    return scp80_respond(&r->command, &r->keys, &a, out);
}

void ota_result_wipe(struct ota_result *r)
{
    lab_wipe(r, sizeof *r);
}
