/* SPDX-License-Identifier: Apache-2.0 */
/* From the words of the command line to an open channel of SCP11: our certificates shown, the agreement, the
 * receipt. Stations 5, 7 and 10. App. [AmdF 4.5, 7.5 to 7.7] */
#include <stdio.h>
#include <stdlib.h>

#include "app/card/scp11/scp11.h"
#include "base/clock.h"
#include "base/hex.h"

const char *scp11_name(uint8_t variant)
{
    static const char *const names[] = {[SCP11A] = "SCP11a", [SCP11B] = "SCP11b", [SCP11C] = "SCP11c"};
    return variant < sizeof names / sizeof names[0] && names[variant] ? names[variant] : "";
}

/* 2026-01-31 as the number 0x20260131, as certificates have dates here. */
static uint32_t today(void)
{
    char text[TIME_TEXT];
    uint32_t date = 0;
    time_text(clock_now(&clock_real), text);
    for (size_t i = 0; text[i] && text[i] != 'T'; i++)
        if (text[i] != '-')
            date = date << 4 | (uint32_t)(text[i] - '0');
    return date;
}

/* The level as key usage [AmdF Table 7-15]; the strongest unless told otherwise. */
static enum tsm_err usage_of(const struct card *c, enum scp11_variant variant, uint8_t *out)
{
    static const struct {
        uint8_t level, usage;
        bool scripted; /* SCP11c alone */
    } rows[] = {{LEVEL_C_MAC | LEVEL_R_MAC, SCP11_C_MAC_R_MAC, false},
                {0x33, SCP11_C_MAC_C_ENC_R_MAC_R_ENC, false},
                {0x03, SCP11_C_MAC_C_ENC, true},
                {0x13, SCP11_C_MAC_C_ENC_R_MAC, true}};
    uint8_t level = c->args->level.given ? c->args->level.value : 0x33;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        if (rows[n].level == level && (!rows[n].scripted || variant == SCP11C)) {
            *out = rows[n].usage;
            return TSM_OK;
        }
    return FAIL(BAD_VALUE,
                "%s has no such level: mac+rmac or mac+enc+rmac+renc, SCP11c also mac+enc and mac+enc+rmac",
                scp11_name((uint8_t)variant));
}

static enum tsm_err bits_of(const char *word, uint8_t *key_len)
{
    static const char *const words[] = {"128", "192", "256"};
    *key_len = 16;
    for (size_t n = 0; word && n < sizeof words / sizeof words[0]; n++)
        if (strcmp(words[n], word) == 0) {
            *key_len = (uint8_t)(16 + 8 * n);
            return TSM_OK;
        }
    return word ? FAIL(BAD_FORM, "--bits is 128, 192 or 256") : TSM_OK;
}

static enum tsm_err style_of(const char *word, enum pso_style *out)
{
    static const char *const words[] = {[PSO_CHAIN_P1] = "p1",
                                        [PSO_CHAIN_CLASS] = "class",
                                        [PSO_CHAIN_BOTH] = "both",
                                        [PSO_EXTENDED] = "extended"};
    *out = PSO_CHAIN_P1;
    for (size_t n = 0; word && n < sizeof words / sizeof words[0]; n++)
        if (strcmp(words[n], word) == 0) {
            *out = (enum pso_style)n;
            return TSM_OK;
        }
    return word ? FAIL(BAD_FORM, "--chaining is p1, class, both or extended") : TSM_OK;
}

static enum tsm_err set_terms(struct scp11_run *r, const struct scp_choice *s)
{
    static const uint8_t kids[] = {[SCP11A] = SCP11_KID_A, [SCP11B] = SCP11_KID_B, [SCP11C] = SCP11_KID_C};
    const struct card_args *a = r->c->args;
    r->terms = (struct scp11_terms){.variant = (enum scp11_variant)s->variant,
                                    .kvn = a->kvn.given ? a->kvn.value : 0,
                                    .kid = kids[s->variant],
                                    .mac_len = s->s16 ? S16_LEN : S8_LEN};
    r->ca_kvn = a->scp11.ca_kvn.given ? a->scp11.ca_kvn.value : 0;
    r->ca_kid = a->scp11.ca_kid.given ? a->scp11.ca_kid.value : SCP11_KID_CA_KLOC;
    TRY(usage_of(r->c, r->terms.variant, &r->terms.usage));
    return bits_of(a->scp11.bits, &r->terms.key_len);
}

/* Our certificates, unless the card has kept our key [AmdF 4.1, 7.5.1]. */
static enum tsm_err show_certificates(struct scp11_run *r)
{
    struct pso_chain chain = {
        .certificates = written(&r->oce.chain), .ca_kvn = r->ca_kvn, .ca_kid = r->ca_kid};
    struct pso_plan plan;
    if (!r->oce.there || (chain.certificates.len == 0 && r->has_i && r->i & SCP11_I_KEEPS_OCE_KEY))
        return TSM_OK;
    if (chain.certificates.len == 0)
        return FAIL(MISSING_FIELD, "--oce-chain FILE says the certificates to our key: the card keeps none");
    TRY(style_of(r->c->args->scp11.chaining, &chain.style));
    TRY(pso_plan_make(&chain, &plan));
    for (size_t n = 0; n < plan.commands; n++) {
        uint8_t room[SCP11_CHAIN_ROOM];
        struct writer w = WRITER(room);
        struct rapdu answer;
        TRY(pso_plan_command(&plan, n, &w));
        TRY(card_send(r->c, &(struct card_request){.plain = written(&w)}, &answer));
    }
    return TSM_OK;
}

static json_t *date_json(uint32_t date)
{
    return json_sprintf("%04X-%02X-%02X", (unsigned)(date >> 16), (unsigned)(date >> 8 & 0xFF),
                        (unsigned)(date & 0xFF));
}

/* The certificate that the channel stands on. */
static void tell_certificate(const struct scp11_run *r)
{
    json_t *o = json_object();
    if (r->domain.key.curve) {
        json_object_set_new(o, "form",
                            json_string(r->domain.form == CERTIFICATE_GP ? "GlobalPlatform" : "X.509"));
        json_object_set_new(o, "curve", json_string(ec_name(r->domain.key.curve)));
        card_set_hex(o, "serial", r->domain.serial);
        card_set_hex(o, "subject", r->domain.subject);
        json_object_set_new(o, "valid_until", date_json(r->domain.expiry));
    }
    json_object_set_new(r->c->doc, "domain_certificate", o);
}

/* A plan: the channel as it would be, sizes right, values of no use. */
static enum tsm_err pretend(struct scp11_run *r)
{
    struct channel *ch = &r->c->channel.state;
    static const struct {
        uint8_t usage, level;
    } levels[] = {{SCP11_C_MAC_R_MAC, 0x11},
                  {SCP11_C_MAC_C_ENC, 0x03},
                  {SCP11_C_MAC_C_ENC_R_MAC, 0x13},
                  {SCP11_C_MAC_C_ENC_R_MAC_R_ENC, 0x33}};
    *ch = (struct channel){.protocol = SCP11,
                           .i = scp11_parameters(&r->terms),
                           .kvn = r->terms.kvn,
                           .challenge_len = r->terms.mac_len,
                           .open = 1};
    for (size_t n = 0; n < sizeof levels / sizeof levels[0]; n++)
        if (levels[n].usage == r->terms.usage)
            ch->level = levels[n].level;
    r->c->keys.form = (struct keyset_form){SCP11, r->terms.kvn, CIPHER_AES, r->terms.key_len};
    r->c->ready = true;
    return ring_pretend_scp11(&r->c->ring, &r->c->keys, &r->c->channel);
}

static enum tsm_err authenticate(struct scp11_run *r)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct rapdu answer;
    enum tsm_err e;
    TRY(ring_start(r, &w));
    TRY(card_send(r->c, &(struct card_request){.plain = written(&w)}, &answer));
    if (r->c->args->dry_run)
        return pretend(r);
    r->c->remark = "nothing was changed; a card does not count sessions of SCP11 that fail";
    e = ring_finish(r, answer.data);
    TRY(e);
    r->c->remark = NULL;
    r->c->open = r->c->ready = true;
    return TSM_OK;
}

enum tsm_err card_open_scp11(struct card *c, const struct scp_choice *choice)
{
    SCP11_RUN r = {.c = c, .today = today()};
    TRY(set_terms(&r, choice));
    TRY(oce_read(&r));
    TRY(authority_read(&r));
    TRY(domain_ask(&r));
    tell_certificate(&r);
    if (r.domain.key.curve && r.oce.there && r.oce.curve != r.domain.key.curve)
        return FAIL(KEY_REFUSED, "our key is on %s, that of the domain on %s", ec_name(r.oce.curve),
                    ec_name(r.domain.key.curve));
    c->opening = true;
    TRY(show_certificates(&r));
    TRY(authenticate(&r));
    if (c->args->dry_run)
        card_tell_channel(c);
    return TSM_OK;
}
