/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card ssd-create`: a supplementary security domain, and its first keys if some are given. Station 5.
 * App. [GPCS 11.5, 11.11.4; GP UICC Configuration for C9] */
#include <stdlib.h>

#include "app/card/delegated/delegated.h"
#include "app/card/verb/verbs.h"
#include "gp/command/command.h"
#include "gp/command/install.h"
#include "gp/command/store_data.h"
#include "gp/content/sd_params.h"

enum { KEYS_ROOM = 512, SCP03_I_USUAL = 0x70 };
#define QUOTA_MAX 0x7FFFFFFFUL

/* The package and module of security domains in most cards [GP Common Implementation Configuration; not
 * checked against its text]; the profile says another, or the command line. */
static const uint8_t usual_package[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50};
static const uint8_t usual_module[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50, 0x41};

static struct bytes package_of(const struct card *c)
{
    if (c->args->package.given)
        return BYTES_OF(c->args->package.at, c->args->package.len);
    return c->profile ? BYTES_OF(c->profile->ssd_package, c->profile->ssd_package_len) : BYTES(usual_package);
}

static struct bytes module_of(const struct card *c)
{
    if (c->args->module.given)
        return BYTES_OF(c->args->module.at, c->args->module.len);
    return c->profile ? BYTES_OF(c->profile->ssd_module, c->profile->ssd_module_len) : BYTES(usual_module);
}

/* Octets of --quota and --quota-volatile: what the domain and all below it may take. */
static enum tsm_err read_quota(const char *option, const char *text, uint32_t *out)
{
    char *end = NULL;
    unsigned long v = text ? strtoul(text, &end, 10) : 0;
    if (text && (text[0] < '1' || text[0] > '9' || *end || v > QUOTA_MAX))
        return FAIL(BAD_FORM, "%s is a number of octets, 1 to %lu", option, QUOTA_MAX);
    *out = (uint32_t)v;
    return TSM_OK;
}

/* The protocol of this channel; SCP11 wants keys that put-key does not make, so SCP03 as the card offers it.
 */
static struct sd_protocol protocol_of(const struct card *c)
{
    struct sd_protocol p = {.protocol = c->channel.state.protocol, .i = c->channel.state.i};
    if (p.protocol != SCP11)
        return p;
    p = (struct sd_protocol){.protocol = SCP03, .i = SCP03_I_USUAL};
    (void)card_sight_offers(&c->sight, SCP03, &p.i);
    return p;
}

/* C9: what --params says, else the protocol. */
static enum tsm_err parameters(const struct card *c, struct writer *out)
{
    struct sd_params domain = {.protocol_count = 1, .protocol = {protocol_of(c)}};
    uint8_t room[CARD_HEX_MAX];
    struct writer w = WRITER(room);
    struct install_params p = {0};
    if (c->args->params.given)
        TRY(write_span(&w, BYTES_OF(c->args->params.at, c->args->params.len)));
    else
        TRY(sd_params_write(&domain, &w));
    p.application = written(&w);
    TRY(read_quota("--quota", c->args->quota, &p.granted_nonvolatile));
    TRY(read_quota("--quota-volatile", c->args->quota_volatile, &p.granted_volatile));
    return install_params_write(PARAMS_FOR_INSTALL, &p, out);
}

static enum tsm_err install_domain(struct card *c, struct bytes aid)
{
    uint8_t room[APDU_SHORT_MAX], params_room[CARD_HEX_MAX + 8], rights[3];
    struct writer w = WRITER(room), params = WRITER(params_room), privileges = WRITER(rights);
    struct gp_install i = {.p1 = INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE,
                           .load_file = package_of(c),
                           .module = module_of(c),
                           .application = aid};
    TRY(parameters(c, &params));
    TRY(privileges_write(PRIVILEGE_SECURITY_DOMAIN | PRIVILEGE_TRUSTED_PATH, false, &privileges));
    i.parameters = written(&params);
    i.privileges = c->args->privileges.given ? BYTES_OF(c->args->privileges.at, c->args->privileges.len)
                                             : written(&privileges);
    TRY(install_write(&i, &w));
    return card_manage(
        c, written(&w),
        &(struct receipt_event){.kind = RECEIPT_FOR_INSTALL, .load_file = i.load_file, .application = aid});
}

static enum tsm_err first_keys(struct card *c, struct bytes aid, struct card_keyset *fresh)
{
    uint8_t room[KEYS_ROOM];
    struct writer body = WRITER(room);
    struct ring_packing p = {.current = &c->keys, .fresh = fresh, .channel = &c->channel};
    TRY(ring_store_keys(&c->ring, &p, &body));
    TRY(personalize(c, aid));
    return store_all(c, written(&body), STORE_NO_ENCRYPTION | STORE_DGI);
}

static enum tsm_err create(struct card *c, struct bytes aid, struct card_keyset *fresh)
{
    TRY(install_domain(c, aid));
    card_done(c, "domain %s is there", card_operand(c, 0));
    if (!fresh->there)
        return TSM_OK;
    c->remark = "the domain is there without keys of its own";
    TRY(first_keys(c, aid, fresh));
    c->remark = NULL;
    card_done(c, "it has key version %02X", fresh->form.kvn);
    return TSM_OK;
}

enum tsm_err card_ssd_create(struct card *c)
{
    struct card_keyset fresh = {.there = false};
    struct card_hex aid;
    enum tsm_err e;
    TRY(operand_aid(card_operand(c, 0), &aid));
    e = fresh_given(c) ? fresh_keys(c, &fresh) : TSM_OK;
    if (e == TSM_OK)
        e = create(c, BYTES_OF(aid.at, aid.len), &fresh);
    fresh_undo(c, &fresh, e);
    card_keyset_wipe(&fresh);
    return e;
}
