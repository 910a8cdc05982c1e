/* SPDX-License-Identifier: Apache-2.0 */
/* The two doors of the card, contacts and over the air, with the faults it was given (station 10, the card's
 * side); edge; GPCS 2.3.1 11.1.5.2, ISO/IEC 7816-4 5.3.4, TS 102 226 5. */
#include "card/card.h"

#include "card/channel/secure.h"
#include "card/command/command.h"
#include "card/command/process.h"
#include "card/model/keys.h"
#include "card/model/registry.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SW_BYTES_REMAINING  0x6100
#define SW_LEN              2
#define STORE_LAST_ANSWERED 0x81 /* P1 */

bool process_fault_error(const struct card *c)
{
    return c->faults.error_at != 0 && c->commands == c->faults.error_at;
}

/* The last STORE DATA of a run that shall be answered with data [GPCS 11.11.2.1]. */
static bool is_answered_run(const struct capdu *cmd)
{
    return cmd->ins == INS_STORE_DATA && (cmd->p1 & STORE_LAST_ANSWERED) == STORE_LAST_ANSWERED;
}

static void apply_faults(struct job *j, uint16_t sw)
{
    const struct session *s = &j->ch->session;
    struct card *c = j->card;

    if (c->faults.mac && s->phase == SESSION_OPEN && (s->scp != SCP11 || s->counter > 0) &&
        (s->level & LEVEL_R_MAC) != 0 && j->reply->len >= s->mac_len)
        j->reply->at[j->reply->len - 1] ^= 0x01;
    if (c->faults.truncate && j->reply->len > 0)
        j->reply->len--;
    if (c->faults.crash_put_key && j->cmd.ins == INS_PUT_KEY && sw == SW_OK) {
        c->faults.crash_put_key = false;
        c->dead = true;
    }
    if (c->faults.crash_store_data && is_answered_run(&j->cmd) && sw == SW_OK) {
        c->faults.crash_store_data = false;
        c->dead = true;
    }
}

void card_say(const struct card *c, const char *format, ...)
{
    va_list args;
    if (!c->verbose)
        return;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
}

static void log_command(const struct job *j, uint16_t sw)
{
    card_say(j->card, "card: %02X %02X %02X %02X, %zu bytes -> %zu bytes, %04X\n", j->cmd.cla, j->cmd.ins,
             j->cmd.p1, j->cmd.p2, j->cmd.lc, j->reply->len, sw);
}

static size_t put_sw(uint8_t *out, size_t n, unsigned sw)
{
    out[n] = (uint8_t)(sw >> 8);
    out[n + 1] = (uint8_t)sw;
    return n + SW_LEN;
}

/* The next part of an answer that is too long for a short APDU. */
static size_t next_part(struct card *c, uint8_t *out)
{
    size_t data = c->pending_len - SW_LEN - c->pending_at;
    size_t part = data < APDU_SHORT_MAX_LE ? data : APDU_SHORT_MAX_LE;

    memcpy(out, c->pending + c->pending_at, part);
    c->pending_at += part;
    data -= part;
    if (data > 0)
        return put_sw(out, part, SW_BYTES_REMAINING | (data > 0xFF ? 0 : (unsigned)data));
    memcpy(out + part, c->pending + c->pending_len - SW_LEN, SW_LEN);
    free(c->pending);
    c->pending = NULL;
    return part + SW_LEN;
}

static size_t cut(struct card *c, size_t n, uint8_t *out)
{
    c->pending = malloc(n);
    if (c->pending == NULL)
        return put_sw(out, 0, SW_UNKNOWN);
    memcpy(c->pending, out, n);
    c->pending_len = n;
    c->pending_at = 0;
    return next_part(c, out);
}

/* Runs the parsed command in `out`; the status word is behind the data. */
static size_t run(struct job *j, uint8_t *out)
{
    struct out reply;
    uint16_t sw;

    out_init(&reply, out, CARD_MAX_RAPDU - SW_LEN);
    j->reply = &reply;
    sw = process_command(j);
    if (j->ch->selected != NULL && j->ch->selected->sd == NULL && sw_is_error(sw))
        reply.len = 0;
    secure_drop_plain(j->card);
    apply_faults(j, sw);
    log_command(j, sw);
    return put_sw(out, reply.len, sw);
}

size_t card_transmit(struct card *c, const uint8_t *in, size_t in_len, uint8_t *out)
{
    struct job j = {.card = c};
    size_t n;

    if (c->dead)
        return 0;
    c->commands++;
    if (!capdu_parse(in, in_len, &j.cmd))
        return put_sw(out, 0, SW_WRONG_LENGTH);
    if (c->pending != NULL && j.cmd.ins == INS_GET_RESPONSE && (j.cmd.cla & CLA_GP) == 0)
        return next_part(c, out);
    free(c->pending);
    c->pending = NULL;
    j.ch = &c->channels[j.cmd.cla & CLA_CHANNEL];
    n = run(&j, out);
    if (c->dead || c->commands == c->faults.silent_at)
        return 0;
    return n - SW_LEN > APDU_SHORT_MAX_LE && !j.cmd.extended ? cut(c, n, out) : n;
}

struct sd *card_sd_by_tar(struct card *c, const uint8_t tar[3])
{
    for (size_t i = 0; i < c->app_count; i++)
        for (size_t t = 0; c->apps[i]->sd != NULL && t < c->apps[i]->sd->tar_count; t++)
            if (memcmp(c->apps[i]->sd->tars[t], tar, TAR_LEN) == 0)
                return c->apps[i]->sd;
    return NULL;
}

static void hand_out(const struct sym_key *from, struct ota_key *to)
{
    *to = (struct ota_key){.alg = from->type, .len = from->len};
    memcpy(to->value, from->value, from->len);
}

int card_ota_keys(struct sd *sd, uint8_t kvn, struct ota_key *kic, struct ota_key *kid, struct ota_key *kik)
{
    struct sd *owner = sd_key_owner(sd);
    struct static_keys keys;

    if (!sd_set_serves(owner, kvn, SCP80) || !sd_static_keys(owner, kvn, &keys))
        return -1;
    hand_out(&keys.enc, kic);
    hand_out(&keys.mac, kid);
    hand_out(&keys.dek, kik);
    lab_wipe(&keys, sizeof keys);
    return 0;
}

uint64_t *card_ota_counter(struct sd *sd, uint8_t kvn)
{
    struct keyset *set = sd_keyset(sd_key_owner(sd), kvn);

    return set == NULL ? NULL : &set->ota_counter;
}

uint8_t card_ota_msl(const struct sd *sd)
{
    return sd->msl;
}

/* The packet has authenticated the owner of `sd`; the conversation goes on while domain and key version stay.
 */
static bool open_remote(struct card *c, struct sd *sd, uint8_t kvn)
{
    struct channel *ch = &c->ota;
    struct static_keys keys;

    if (!sd_static_keys(sd_key_owner(sd), kvn, &keys))
        return false;
    if (ch->selected != sd->self || c->ota_kvn != kvn)
        channel_clear(c, ch);
    ch->open = true;
    ch->remote = true;
    ch->selected = sd->self;
    c->ota_kvn = kvn;
    /* An inner secure channel that the owner has opened goes on; otherwise the packet's own protection
     * stands. */
    if (ch->session.phase == SESSION_NONE || ch->session.phase == SESSION_ABORTED || ch->session.scp == SCP80)
        ch->session = (struct session){.phase = SESSION_OPEN,
                                       .scp = SCP80,
                                       .kvn = kvn,
                                       .level = LEVEL_C_MAC | LEVEL_C_ENC,
                                       .dek = keys.dek};
    lab_wipe(&keys, sizeof keys);
    return true;
}

size_t card_remote(struct card *c, struct sd *sd, uint8_t kvn, const uint8_t *in, size_t in_len, uint8_t *out)
{
    struct job j = {.card = c, .ch = &c->ota};
    size_t n;

    if (c->dead)
        return 0;
    c->commands++;
    if (!capdu_parse(in, in_len, &j.cmd))
        return put_sw(out, 0, SW_WRONG_LENGTH);
    if (!open_remote(c, sd, kvn))
        return put_sw(out, 0, SW_REFERENCE_NOT_FOUND);
    n = run(&j, out);
    return c->dead || c->commands == c->faults.silent_at ? 0 : n;
}
