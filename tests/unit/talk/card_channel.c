/* SPDX-License-Identifier: Apache-2.0 */
/* The tiny card behind SCP03, level 11: cryptograms, C-MACs checked, R-MACs made. Test code. [GPCS Amendment
 * D 6.2] */
#include <string.h>

#include "cards.h"
#include "gp/apdu/ins.h"
#include "gp/channel/init_update.h"
#include "gp/channel/protocol.h"
#include "gp/delegated/chain.h"

enum { MAC_LEN = 8, I_S8 = 0x70, LEVEL = 0x11, SW_LEN = 2 };

static void status(struct octets *out, uint16_t sw)
{
    struct writer w = {out->at, out->len, sizeof out->at};
    assert_ok(write_u16(&w, sw));
    out->len = w.len;
}

static void initialize(struct card *c, const struct apdu *a, struct octets *out)
{
    static const uint8_t challenge[S8_LEN] = {0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7};
    uint8_t cryptogram[16];
    struct writer w = WRITER(out->at);
    struct init_update iu = {.kvn = a->p1, .protocol = SCP03, .i = I_S8, .has_sequence = true};
    c->open = false;
    c->kvn = a->p1;
    c->channel =
        (struct channel){.protocol = SCP03, .i = I_S8, .kvn = a->p1, .level = LEVEL, .challenge_len = S8_LEN};
    memcpy(c->channel.host, a->data.at, S8_LEN);
    memcpy(c->channel.card, challenge, S8_LEN);
    assert_ok(scp03.derive(&c->channel, &c->statics, &c->session));
    assert_ok(scp03.cryptogram(&c->channel, &c->session, SIDE_CARD, cryptogram));
    cryptogram[0] ^= c->wrong_cryptogram;
    iu.challenge = BYTES(challenge);
    iu.cryptogram = BYTES_OF(cryptogram, S8_LEN);
    assert_ok(gp_init_update_write(&iu, &w));
    out->len = w.len;
    status(out, SW_OK);
}

/* The MAC over chaining value, header and data; the chain moves on. Returns the data without the MAC. */
static bool check_mac(struct card *c, struct bytes capdu, const struct apdu *a, struct bytes *data)
{
    struct bytes covered, mac;
    uint8_t due[CMAC_LEN];
    assert_true(a->data.len >= MAC_LEN);
    assert_ok(bytes_part(capdu, 0, (size_t)(a->data.at - capdu.at) + a->data.len - MAC_LEN, &covered));
    assert_ok(bytes_part(a->data, a->data.len - MAC_LEN, MAC_LEN, &mac));
    assert_ok(bytes_part(a->data, 0, a->data.len - MAC_LEN, data));
    assert_ok(crypto_cmac(&c->session.mac, (struct bytes[]){BYTES(c->channel.chain), covered}, 2, due));
    memcpy(c->channel.chain, due, sizeof due);
    return bytes_equal(BYTES_OF(due, MAC_LEN), mac);
}

static void authenticate(struct card *c, struct bytes capdu, const struct apdu *a, struct octets *out)
{
    uint8_t due[16];
    struct bytes host;
    assert_true(check_mac(c, capdu, a, &host));
    assert_ok(scp03.cryptogram(&c->channel, &c->session, SIDE_HOST, due));
    assert_int_equal(a->p1, LEVEL);
    c->open = bytes_equal(BYTES_OF(due, S8_LEN), host) && !c->host_refused;
    status(out, c->open ? SW_OK : 0x6300);
}

static void protected_command(struct card *c, struct bytes capdu, const struct apdu *a, struct octets *out)
{
    uint8_t plain[512], answer[512], rmac[CMAC_LEN], *room;
    struct writer p = WRITER(plain), w = WRITER(answer), o = WRITER(out->at);
    struct bytes data, body, sw;
    struct apdu bare = *a;
    bool fine = c->open && check_mac(c, capdu, a, &data);
    assert_true(fine || c->refuse_pieces);
    if (!fine) { /* the rest of a chain that was refused: the channel is over [AmdD 6.2.4] */
        c->open = false;
        status(out, SW_SECURITY);
        return;
    }
    bare.cla = CLA_GP;
    bare.data = data;
    assert_ok(apdu_write(&bare, &p));
    card_execute(c, written(&p), &w);
    assert_ok(bytes_part(written(&w), 0, w.len - SW_LEN, &body));
    assert_ok(bytes_part(written(&w), w.len - SW_LEN, SW_LEN, &sw));
    if (sw.at[0] != 0x90) { /* an error carries no R-MAC */
        status(out, (uint16_t)(sw.at[0] << 8 | sw.at[1]));
        return;
    }
    assert_ok(crypto_cmac(&c->session.rmac, (struct bytes[]){BYTES(c->channel.chain), body, sw}, 3, rmac));
    assert_ok(write_span(&o, body));
    assert_ok(write_slot(&o, MAC_LEN, &room));
    memcpy(room, rmac, MAC_LEN);
    room[0] ^= c->flip_answer;
    assert_ok(write_span(&o, sw));
    out->len = o.len;
}

/* The pieces of a chain are one command; true while others are to follow [GPCS 11.1.5.1]. */
static bool goes_on(struct card *c, struct bytes capdu, struct bytes *whole, struct octets *out)
{
    bool more = command_chain_goes_on(capdu);
    struct octets joined;
    struct writer w = WRITER(joined.at);
    if (more && c->refuse_pieces) {
        status(out, c->refuse_pieces);
        return true;
    }
    if (c->chain.len)
        assert_ok(command_chain_join(octets_bytes(&c->chain), capdu, &w));
    else
        assert_ok(write_span(&w, capdu));
    joined.len = w.len;
    c->chain = joined;
    *whole = octets_bytes(&c->chain);
    c->pieces += more;
    if (more)
        status(out, SW_OK);
    return more;
}

static void log_it(struct card *c, uint8_t ins)
{
    strncat(c->log, &(char){card_letter(ins)}, 1);
}

struct octets card_channel(struct card *c, struct bytes capdu)
{
    struct octets out = {.len = 0};
    struct apdu a;
    assert_ok(apdu_read(capdu, &a));
    switch (a.ins) {
    case INS_SELECT:
        log_it(c, a.ins);
        c->selected_len = (uint8_t)a.data.len;
        memcpy(c->selected, a.data.at, a.data.len);
        c->open = false;
        status(&out, SW_OK);
        break;
    case INS_INITIALIZE_UPDATE:
        log_it(c, a.ins);
        initialize(c, &a, &out);
        break;
    case INS_EXTERNAL_AUTHENTICATE:
        log_it(c, a.ins);
        authenticate(c, capdu, &a, &out);
        break;
    default:
        if (!goes_on(c, capdu, &capdu, &out)) {
            assert_ok(apdu_read(capdu, &a));
            protected_command(c, capdu, &a, &out);
            c->chain.len = 0;
        }
    }
    return out;
}
