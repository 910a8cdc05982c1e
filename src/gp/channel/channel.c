/* SPDX-License-Identifier: Apache-2.0 */
/* Secure channels: opening with static keys, protecting, checking, the same for all protocols. Stations 7 and
 * 10. Pure. [GPCS App. D and E, Amendment D; Amendment F 5.3.2] */
#include "gp/channel/channel.h"

#include "gp/keys/wrapkey.h"
#include "gp/channel/protocol.h"

/* The protocols whose session keys come from static ones. */
static enum tsm_err protocol_of(uint8_t protocol, const struct channel_protocol **out)
{
    NEED(protocol == SCP02 || protocol == SCP03, BAD_VALUE);
    *out = protocol == SCP02 ? &scp02 : &scp03;
    return TSM_OK;
}

/* All whose messages are protected here. */
static enum tsm_err messaging_of(uint8_t protocol, const struct channel_protocol **out)
{
    if (protocol != SCP11)
        return protocol_of(protocol, out);
    *out = &scp11;
    return TSM_OK;
}

enum tsm_err channel_start(uint8_t kvn, struct bytes host_challenge, struct writer *capdu)
{
    NEED(host_challenge.len == S8_LEN || host_challenge.len == S16_LEN, BAD_LENGTH);
    return apdu_write(
        &(struct apdu){
            .cla = CLA_GP, .ins = INS_INITIALIZE_UPDATE, .p1 = kvn, .data = host_challenge, .le = 0},
        capdu);
}

/* The state that an answer and a host challenge describe, before any level is set. */
static enum tsm_err state_of(const struct init_update *iu, const struct channel_protocol *p,
                             struct channel *ch)
{
    struct reader card = READER(iu->challenge);
    size_t len = p->card_challenge_len ? p->card_challenge_len : iu->cryptogram.len;
    NEED(iu->cryptogram.len == S8_LEN || iu->cryptogram.len == S16_LEN, BAD_LENGTH);
    *ch = (struct channel){.protocol = iu->protocol, .i = iu->i, .kvn = iu->kvn};
    ch->challenge_len = (uint8_t)iu->cryptogram.len;
    memcpy(ch->sequence, iu->sequence, sizeof ch->sequence);
    TRY(read_copy(&card, len, ch->card));
    return read_end(&card);
}

static enum tsm_err verify_card(const struct channel_protocol *p, const struct channel *ch,
                                const struct session_keys *session, struct bytes cryptogram)
{
    uint8_t due[S16_LEN];
    TRY(p->cryptogram(ch, session, SIDE_CARD, due));
    if (!bytes_equal_secret(BYTES_OF(due, ch->challenge_len), cryptogram))
        return FAIL(CRYPTOGRAM_WRONG,
                    "KVN %02X, SCP%02X, i=%02X: the card cryptogram does not fit the key that we hold",
                    ch->kvn, ch->protocol, ch->i);
    return TSM_OK;
}

enum tsm_err channel_open(const struct init_update *iu, struct bytes host_challenge,
                          const struct static_keys *keys, uint8_t level, struct channel *ch,
                          struct session_keys *session)
{
    const struct channel_protocol *p;
    SESSION_KEYS fresh = {0};
    struct channel state;
    struct reader host = READER(host_challenge);
    TRY(protocol_of(iu->protocol, &p));
    TRY(state_of(iu, p, &state));
    TRY(read_copy(&host, state.challenge_len, state.host));
    NEED(host.left.len == 0, BAD_LENGTH);
    state.level = level;
    TRY(p->allow(&state, keys));
    TRY(p->derive(&state, keys, &fresh));
    TRY(verify_card(p, &state, &fresh, iu->cryptogram));
    *ch = state;
    *session = fresh;
    return TSM_OK;
}

enum tsm_err channel_rederive(const struct channel *ch, const struct static_keys *keys,
                              struct session_keys *session)
{
    const struct channel_protocol *p;
    SESSION_KEYS fresh = {0};
    TRY(protocol_of(ch->protocol, &p));
    TRY(p->allow(ch, keys));
    TRY(p->derive(ch, keys, &fresh));
    *session = fresh;
    return TSM_OK;
}

enum tsm_err channel_check_challenge(const struct init_update *iu, const struct static_keys *keys,
                                     struct bytes aid)
{
    const struct channel_protocol *p;
    struct channel state;
    uint8_t due[S16_LEN];
    TRY(protocol_of(iu->protocol, &p));
    TRY(state_of(iu, p, &state));
    TRY(p->allow(&state, keys));
    TRY(p->challenge(&state, keys, aid, due));
    if (!bytes_equal_secret(BYTES_OF(due, iu->challenge.len), iu->challenge))
        return FAIL(CRYPTOGRAM_WRONG,
                    "KVN %02X, SCP%02X, i=%02X: the card challenge is not the one of its counter", iu->kvn,
                    iu->protocol, iu->i);
    return TSM_OK;
}

/* Protects with copies and commits both at the end; what a failed try left in the buffer is wiped. */
static enum tsm_err protect(struct channel *ch, const struct session_keys *keys, const struct apdu *plain,
                            struct writer *capdu, struct channel_expect *expect)
{
    const struct channel_protocol *p;
    struct channel next = *ch;
    struct writer at = *capdu;
    struct channel_expect due = {.level = ch->level};
    enum tsm_err err;
    TRY(messaging_of(ch->protocol, &p));
    err = p->wrap(&next, keys, plain, &at, &due);
    if (err != TSM_OK) {
        write_forget(&at, capdu->len);
        return err;
    }
    *ch = next;
    *capdu = at;
    *expect = due;
    return TSM_OK;
}

enum tsm_err channel_authenticate(struct channel *ch, const struct session_keys *keys, struct writer *capdu)
{
    const struct channel_protocol *p;
    struct channel next = *ch;
    struct channel_expect unused;
    uint8_t cryptogram[S16_LEN];
    struct apdu command = {
        .cla = CLA_GP, .ins = INS_EXTERNAL_AUTHENTICATE, .p1 = ch->level, .le = APDU_LE_NONE};
    NEED(!ch->open, WRONG_STATE);
    TRY(protocol_of(ch->protocol, &p));
    TRY(p->cryptogram(ch, keys, SIDE_HOST, cryptogram));
    command.data = BYTES_OF(cryptogram, ch->challenge_len);
    next.level =
        LEVEL_C_MAC; /* this command always carries a C-MAC and nothing else [AmdD 6.2.3, GPCS E.3.2] */
    TRY(protect(&next, keys, &command, capdu, &unused));
    next.level = ch->level;
    next.counter = 0;
    next.open = 1;
    memcpy(next.rchain, next.chain, sizeof next.rchain); /* SCP02: first ICV of the R-MAC [GPCS E.3.2] */
    *ch = next;
    return TSM_OK;
}

enum tsm_err channel_wrap(struct channel *ch, const struct session_keys *keys, const struct apdu *plain,
                          struct writer *capdu, struct channel_expect *expect)
{
    NEED(ch->open, WRONG_STATE);
    return protect(ch, keys, plain, capdu, expect);
}

enum tsm_err channel_unwrap(struct channel *ch, const struct session_keys *keys,
                            const struct channel_expect *expect, struct bytes answer, struct writer *plain,
                            uint16_t *sw)
{
    const struct channel_protocol *p;
    struct channel next = *ch;
    struct writer at = *plain;
    struct rapdu rapdu;
    enum tsm_err err;
    TRY(messaging_of(ch->protocol, &p));
    TRY(rapdu_read(answer, &rapdu));
    err = expect->protected_ ? p->unwrap(&next, keys, expect, &rapdu, &at) : write_span(&at, rapdu.data);
    if (err != TSM_OK) {
        write_forget(&at, plain->len);
        return err;
    }
    *ch = next;
    *plain = at;
    *sw = rapdu.sw;
    return TSM_OK;
}

size_t channel_block_max(const struct channel *ch)
{
    size_t block = ch->protocol == SCP02 ? scp02.cipher_block : scp03.cipher_block;
    size_t room = APDU_SHORT_DATA_MAX;
    if (ch->level & LEVEL_C_MAC)
        room -= ch->challenge_len;
    /* Padding takes one octet at least, so the last octet of the whole blocks is not for data. */
    return ch->level & LEVEL_C_DECRYPTION ? room / block * block - 1 : room;
}

enum tsm_err channel_wrap_key(const struct channel *ch, const struct session_keys *keys, struct bytes key,
                              struct writer *w)
{
    const struct channel_protocol *known;
    TRY(messaging_of(ch->protocol, &known));
    return gp_wrap_key(&keys->dek, key, w);
}
