/* SPDX-License-Identifier: Apache-2.0 */
/* INITIALIZE UPDATE and EXTERNAL AUTHENTICATE of SCP02 and SCP03 (station 7, the card's side); pure but for
 * the card's random numbers; GPCS 2.3.1 E.1.2, E.5, Amd D 6.2.2, 7.1. */
#include "card/channel/scp02.h"
#include "card/channel/scp03.h"
#include "card/channel/secure.h"
#include "card/model/keys.h"

#include <stdio.h>
#include <string.h>

/* At these values INITIALIZE UPDATE is refused for good: Amd D 6.2.2.1, GPCS E.1.2. */
#define SCP03_LAST_SEQUENCE 0xFFFFFF
#define SCP02_LAST_SEQUENCE 32767

/* Which key set and which protocol option serve this INITIALIZE UPDATE. */
struct choice {
    struct sd *owner;
    struct keyset *set;
    const struct scp_option *option;
};

/* The first of the domain's protocol options for which the key owner has a set. */
static uint16_t choose(struct job *j, struct choice *to)
{
    struct sd *owner = sd_key_owner(j->sd);
    bool any = false;

    for (size_t i = 0; i < j->sd->scp_count; i++) {
        const struct scp_option *option = &j->sd->scps[i];
        uint8_t kvn = j->cmd.p1;

        if (option->scp != SCP02 && option->scp != SCP03)
            continue;
        any = true;
        if (kvn == 0)
            kvn = sd_first_set(owner, option->scp);
        if (kvn == 0 || !sd_set_serves(owner, kvn, option->scp))
            continue;
        *to = (struct choice){.owner = owner, .set = sd_keyset(owner, kvn), .option = option};
        return SW_OK;
    }
    return any ? SW_REFERENCE_NOT_FOUND : SW_CONDITIONS_NOT_SATISFIED;
}

static bool scp03_start(struct job *j, struct session *s, const struct static_keys *keys)
{
    uint8_t at[SCP03_MAX_CONTEXT];
    struct scp03_context context = {.at = at, .len = SCP03_SEQUENCE + j->sd->self->aid.len};

    if ((s->option & SCP03_I_PSEUDO) == 0)
        return lab_random(s->card, s->challenge_len) && scp03_open(s, keys);
    memcpy(at, s->sequence, SCP03_SEQUENCE);
    memcpy(at + SCP03_SEQUENCE, j->sd->self->aid.value, j->sd->self->aid.len);
    return scp03_derive(&keys->enc, SCP03_CARD_CHALLENGE, &context, s->challenge_len, s->card) &&
           scp03_open(s, keys);
}

static bool scp02_start(struct job *j, struct session *s, const struct static_keys *keys)
{
    if (!scp02_open(s, keys))
        return false;
    if ((s->option & SCP02_I_PSEUDO) == 0)
        return lab_random(s->card, SCP02_CHALLENGE);
    return scp02_challenge(s, j->sd->self->aid.value, j->sd->self->aid.len, s->card);
}

static void write_sequence(struct session *s, const struct keyset *set, size_t width)
{
    struct out o;

    out_init(&o, s->sequence, sizeof s->sequence);
    out_number(&o, set->sequence, width);
}

/* Amd D Table 7-2, GPCS Table E-8. */
static uint16_t answer(struct job *j, const struct session *s)
{
    uint8_t cryptogram[SCP_MAX_CHALLENGE];
    bool ok = s->scp == SCP03 ? scp03_cryptogram(s, SCP03_CARD_CRYPTOGRAM, cryptogram)
                              : scp02_cryptogram(s, false, cryptogram);

    if (j->card->faults.cryptogram)
        cryptogram[0] ^= 0x01;
    out_bytes(j->reply, j->card->kdd, KDD_LEN);
    out_bytes(j->reply, (const uint8_t[]){s->kvn, s->scp}, 2);
    if (s->scp == SCP03) {
        out_number(j->reply, s->option, 1);
        out_bytes(j->reply, s->card, s->challenge_len);
        out_bytes(j->reply, cryptogram, s->mac_len);
        if (s->option & SCP03_I_PSEUDO)
            out_bytes(j->reply, s->sequence, SCP03_SEQUENCE);
    } else {
        out_bytes(j->reply, s->sequence, SCP02_SEQUENCE);
        out_bytes(j->reply, s->card, SCP02_CHALLENGE);
        out_bytes(j->reply, cryptogram, DES_BLOCK);
    }
    return ok ? SW_OK : SW_UNKNOWN;
}

static bool counter_allows(struct keyset *set, uint8_t scp)
{
    if (scp == SCP02)
        return set->sequence < SCP02_LAST_SEQUENCE;
    if (set->sequence >= SCP03_LAST_SEQUENCE)
        return false;
    set->sequence++; /* Amd D 6.2.2.1: whatever becomes of the session */
    return true;
}

static uint16_t check_form(const struct job *j)
{
    if ((j->cmd.cla & ~(unsigned)CLA_CHANNEL) != CLA_GP)
        return SW_CLA_NOT_SUPPORTED;
    if (j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    return j->cmd.lc == SCP_MIN_CHALLENGE || j->cmd.lc == SCP_MAX_CHALLENGE ? SW_OK : SW_WRONG_LENGTH;
}

static bool start(struct job *j, const struct choice *ch, const struct static_keys *keys)
{
    struct session *s = &j->ch->session;
    bool scp03 = ch->option->scp == SCP03;

    *s = (struct session){
        .phase = SESSION_CHALLENGED,
        .scp = ch->option->scp,
        .option = ch->option->i,
        .kvn = ch->set->kvn,
        .mac_len = (uint8_t)j->cmd.lc,
        .challenge_len = (uint8_t)j->cmd.lc,
        .counts_only_data = j->card->quirks.counter_only_with_data,
        .takes_padded_empty = j->card->quirks.padded_empty,
    };
    memcpy(s->host, j->cmd.data, j->cmd.lc);
    write_sequence(s, ch->set, scp03 ? SCP03_SEQUENCE : SCP02_SEQUENCE);
    return scp03 ? scp03_start(j, s, keys) : scp02_start(j, s, keys);
}

uint16_t initialize_update(struct job *j)
{
    struct static_keys keys;
    struct choice ch;
    uint16_t sw = check_form(j);

    secure_end(&j->ch->session);
    if (sw == SW_OK)
        sw = choose(j, &ch);
    if (sw != SW_OK)
        return sw;
    /* Amd D 1.2: the length of the host challenge chooses S8 or S16, which "i" must allow. */
    if (j->cmd.lc == SCP_MAX_CHALLENGE && (ch.option->scp != SCP03 || (ch.option->i & SCP03_I_S16) == 0))
        return SW_WRONG_LENGTH;
    if (ch.set->failures >= MAX_AUTHENTICATION_FAILURES)
        return SW_AUTHENTICATION_BLOCKED;
    if (!counter_allows(ch.set, ch.option->scp))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (!sd_static_keys(ch.owner, ch.set->kvn, &keys))
        return SW_REFERENCE_NOT_FOUND;
    sw = start(j, &ch, &keys) ? answer(j, &j->ch->session) : SW_UNKNOWN;
    lab_wipe(&keys, sizeof keys);
    return sw;
}

/* The host cryptogram, then the C-MAC over the command: 6300 for the first, 6982 for the second (Table E-12).
 */
static uint16_t verify_host(struct job *j, struct session *s)
{
    uint8_t expected[SCP_MAX_CHALLENGE];
    bool ok = s->scp == SCP03 ? scp03_cryptogram(s, SCP03_HOST_CRYPTOGRAM, expected)
                              : scp02_cryptogram(s, true, expected);

    if (!ok)
        return SW_UNKNOWN;
    if (!lab_same(expected, j->cmd.data, s->mac_len))
        return SW_AUTHENTICATION_FAILED;
    ok = s->scp == SCP03 ? scp03_check_mac(s, &j->cmd) : scp02_check_mac(s, &j->cmd);
    return ok ? SW_OK : SW_SECURITY_NOT_SATISFIED;
}

static void open_session(struct session *s, struct keyset *set, uint8_t level)
{
    s->phase = SESSION_OPEN;
    s->level = level;
    set->failures = 0;
    if (s->scp == SCP02) {
        set->sequence++; /* E.1.2: when and only when the first C-MAC is valid */
        memcpy(s->r_chain, s->chain, DES_BLOCK);
    }
}

uint16_t external_authenticate(struct job *j)
{
    struct session *s = &j->ch->session;
    struct keyset *set;
    uint16_t sw;

    if ((j->cmd.cla & ~(unsigned)CLA_CHANNEL) != (CLA_GP | CLA_SECURE))
        return SW_CLA_NOT_SUPPORTED;
    if (s->phase != SESSION_CHALLENGED)
        return SW_CONDITIONS_NOT_SATISFIED;
    set = sd_keyset(sd_key_owner(j->sd), s->kvn);
    if (set == NULL)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->cmd.lc != 2U * s->mac_len)
        sw = SW_WRONG_LENGTH;
    else if (j->cmd.p2 != 0 || !(s->scp == SCP03 ? scp03_level_allowed(j->cmd.p1, s->option)
                                                 : scp02_level_allowed(j->cmd.p1, s->option)))
        sw = SW_WRONG_P1P2;
    else
        sw = verify_host(j, s);
    if (sw == SW_OK) {
        open_session(s, set, j->cmd.p1);
        return SW_OK;
    }
    if (sw == SW_AUTHENTICATION_FAILED || sw == SW_SECURITY_NOT_SATISFIED)
        set->failures++;
    if (j->card->verbose)
        fprintf(stderr, "card: key version %02X: %u failed authentications of %u\n", s->kvn, set->failures,
                MAX_AUTHENTICATION_FAILURES);
    secure_end(s);
    return sw;
}
