/* SPDX-License-Identifier: Apache-2.0 */
/* PERFORM SECURITY OPERATION, cut into commands. Stations 5 and 7. Pure. [AmdF 7.5.2] */
#include "gp/scp11/pso.h"

#include "gp/apdu/ins.h"
#include "gp/certificate/certificate.h"
#include "gp/tlv.h"

enum {
    TAG_CERTIFICATE = 0x7F21,
    TAG_X509 = 0x30,
    NUMBER_MAX = 0x7F,
    MORE = 0x80, /* P1: commands, P2: certificates */
};

static size_t blocks_of(const struct pso_chain *c, size_t len)
{
    return c->style == PSO_EXTENDED ? 1 : (len + c->block_max - 1) / c->block_max;
}

enum tsm_err pso_plan_make(const struct pso_chain *chain, struct pso_plan *out)
{
    struct pso_plan p = {.chain = *chain};
    struct reader r = READER(chain->certificates);
    uint32_t form = 0;
    if (p.chain.block_max == 0)
        p.chain.block_max = APDU_SHORT_DATA_MAX;
    NEED(p.chain.block_max <= APDU_SHORT_DATA_MAX, BAD_VALUE);
    NEED(chain->ca_kvn <= NUMBER_MAX && chain->ca_kid <= NUMBER_MAX, BAD_VALUE);
    NEED(chain->style <= PSO_EXTENDED, BAD_VALUE);
    NEED(chain->certificates.len != 0, MISSING_FIELD);
    while (r.left.len) {
        struct tlv t;
        TRY(tlv_next(&r, &t));
        NEED(t.tag == TAG_CERTIFICATE || t.tag == TAG_X509, BAD_VALUE);
        NEED(form == 0 || t.tag == form, BAD_VALUE);
        form = t.tag;
        p.commands += blocks_of(&p.chain, t.whole.len);
        NEED(++p.certificates <= CERTIFICATE_CHAIN_MAX && p.commands <= PSO_COMMANDS_MAX, TOO_LONG);
    }
    *out = p;
    return TSM_OK;
}

/* Which part of which certificate, and what follows it. */
struct piece {
    struct bytes data;
    bool more_commands, more_certificates;
};

static enum tsm_err piece_at(const struct pso_plan *p, size_t n, struct piece *out)
{
    struct reader r = READER(p->chain.certificates);
    struct tlv t;
    size_t max = p->chain.style == PSO_EXTENDED ? APDU_DATA_MAX : p->chain.block_max, from, left;
    NEED(n < p->commands, NOT_FOUND);
    TRY(tlv_next(&r, &t));
    while (n >= blocks_of(&p->chain, t.whole.len)) {
        n -= blocks_of(&p->chain, t.whole.len);
        TRY(tlv_next(&r, &t));
    }
    from = n * max;
    left = t.whole.len - from;
    out->more_commands = left > max;
    out->more_certificates = r.left.len != 0;
    return bytes_part(t.whole, from, left < max ? left : max, &out->data);
}

enum tsm_err pso_plan_command(const struct pso_plan *p, size_t n, struct writer *capdu)
{
    enum pso_style style = p->chain.style;
    struct apdu a = {.cla = CLA_GP, .ins = INS_PERFORM_SECURITY_OPERATION, .le = 0};
    struct piece piece;
    TRY(piece_at(p, n, &piece));
    a.p1 = p->chain.ca_kvn;
    a.p2 = (uint8_t)(p->chain.ca_kid | (piece.more_certificates ? MORE : 0));
    a.data = piece.data;
    if (piece.more_commands && style != PSO_CHAIN_CLASS)
        a.p1 |= MORE;
    if (piece.more_commands && style != PSO_CHAIN_P1)
        a.cla |= CLA_CHAINING;
    return apdu_write(&a, capdu);
}
