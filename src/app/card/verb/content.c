/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card load | install`: a CAP file goes into the card, applications come out of it. Station 5. App.
 * [GPCS 11.5, 11.6, 9.3] */
#include <stdlib.h>

#include "app/card/delegated/delegated.h"
#include "app/card/verb/verbs.h"
#include "app/cap_file.h"
#include "base/hex.h"
#include "gp/command/command.h"
#include "gp/command/install.h"
#include "gp/command/load.h"
#include "gp/delegated/dap.h"

enum { DAP_ROOM = 4096 };

static struct bytes span(const struct card_hex *h)
{
    return BYTES_OF(h->at, h->len);
}

/* One application; its instance has the module's name unless told otherwise. */
struct instance {
    struct bytes package, module, name;
};

static enum tsm_err install_one(struct card *c, const struct instance *i)
{
    static const uint8_t none[3];
    uint8_t room[APDU_SHORT_MAX], params_room[CARD_HEX_MAX + 8];
    struct writer w = WRITER(room), params = WRITER(params_room);
    struct install_params p = {.application = span(&c->args->params)};
    struct gp_install command = {.p1 = INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE,
                                 .load_file = i->package,
                                 .module = i->module,
                                 .application = i->name,
                                 .privileges =
                                     c->args->privileges.given ? span(&c->args->privileges) : BYTES(none)};
    char text[2 * AID_MAX + 1];
    TRY(aid_check(i->name));
    TRY(install_params_write(PARAMS_FOR_INSTALL, &p, &params));
    command.parameters = written(&params);
    TRY(install_write(&command, &w));
    TRY(card_manage(c, written(&w),
                    &(struct receipt_event){
                        .kind = RECEIPT_FOR_INSTALL, .load_file = i->package, .application = i->name}));
    card_done(c, "application %s is installed", hex_text(i->name, text));
    return TSM_OK;
}

/* Every applet of the file, or the one that --module names. */
static enum tsm_err install_all(struct card *c, const struct cap *cap)
{
    struct bytes only = span(&c->args->module);
    size_t n = 0;
    if (c->args->instance.given && cap->applets > 1 && !only.len)
        return FAIL(BAD_FORM, "the file has %zu applets: --instance needs --module", cap->applets);
    for (size_t i = 0; i < cap->applets; i++) {
        struct bytes module = cap->applet[i].aid;
        if (only.len && !bytes_equal(only, module))
            continue;
        n++;
        TRY(install_one(c, &(struct instance){cap->package.aid, module,
                                              c->args->instance.given ? span(&c->args->instance) : module}));
    }
    return n ? TSM_OK : FAIL(NOT_FOUND, "the file has no such applet");
}

/* A load file on its way: package, load file data block, and what binds and signs it. */
struct loading {
    struct bytes package, lfdb;
    uint8_t hash_room[HASH_LEN_MAX], dap_room[DAP_ROOM];
    struct writer hash, dap;
};

static enum tsm_err begin_load(struct card *c, struct loading *l)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct gp_install i = {.p1 = INSTALL_FOR_LOAD, .load_file = l->package, .domain = span(&c->args->to)};
    l->hash = WRITER(l->hash_room);
    l->dap = WRITER(l->dap_room);
    if (card_wants_hash(c->args))
        TRY(card_load_hash(c, l->lfdb, &l->hash));
    TRY(card_dap_blocks(c, written(&l->hash), &l->dap));
    i.hash = written(&l->hash);
    TRY(install_write(&i, &w));
    return card_manage(c, written(&w), NULL);
}

/* The receipt of a load names the domain that the file belongs to [GPCS Table C-11]. */
static enum tsm_err take_load_receipt(struct card *c, const struct loading *l, struct bytes answer)
{
    struct bytes own = c->args->domain.given ? span(&c->args->domain) : BYTES_OF(c->isd_aid, c->isd_aid_len);
    struct receipt_event event = {.kind = RECEIPT_FOR_LOAD,
                                  .load_file = l->package,
                                  .domain = c->args->to.given ? span(&c->args->to) : own};
    c->remark = "the load file is in the card; its receipt is not accepted";
    TRY(card_take_receipt(c, &event, answer));
    c->remark = NULL;
    return TSM_OK;
}

/* A card forgets what was loaded by half when another command comes or the channel ends [GPCS 11.6]. */
static enum tsm_err load_blocks(struct card *c, const struct loading *l)
{
    struct load_plan plan;
    struct rapdu answer = {BYTES_NONE, SW_OK};
    TRY(load_plan_make(written(&l->dap), l->lfdb, card_block_max(c), &plan));
    c->remark = "the card drops what was loaded by half; nothing of the file is there";
    for (size_t n = 0; n < plan.blocks; n++) {
        uint8_t room[APDU_SHORT_MAX];
        struct writer w = WRITER(room);
        bool last = n + 1 == plan.blocks;
        TRY(load_plan_block(&plan, n, &w));
        TRY(card_send(c, &(struct card_request){.plain = written(&w), .changes = last}, &answer));
        card_progress(c, "loaded blocks", n + 1, plan.blocks);
    }
    return take_load_receipt(c, l, answer.data);
}

static enum tsm_err load_cap(struct card *c, const struct cap *cap)
{
    uint8_t *block = malloc(cap->code_size);
    struct writer w = {block, 0, cap->code_size};
    char text[2 * AID_MAX + 1];
    enum tsm_err e = block ? cap_lfdb_write(cap, &w) : TSM_NO_MEMORY;
    struct loading l = {.package = cap->package.aid};
    if (e == TSM_OK) {
        l.lfdb = written(&w);
        e = begin_load(c, &l);
    }
    if (e == TSM_OK)
        e = load_blocks(c, &l);
    free(block);
    TRY(e);
    hex_text(cap->package.aid, text);
    card_done(c, "load file %s is loaded, %zu octets", text, cap->code_size);
    json_object_set_new(c->doc, "load_file", json_string(text));
    if (!c->args->install)
        return TSM_OK;
    c->remark = "the load file is in the card; its applications are not all installed";
    TRY(install_all(c, cap));
    c->remark = NULL;
    return TSM_OK;
}

static enum tsm_err with_file(struct card *c, enum tsm_err (*act)(struct card *c, const struct cap *cap))
{
    struct cap_file f;
    enum tsm_err e;
    TRY(cap_file_read(card_operand(c, 0), &f));
    e = act(c, &f.cap);
    cap_file_free(&f);
    return e;
}

enum tsm_err card_load(struct card *c)
{
    return with_file(c, load_cap);
}

enum tsm_err card_install(struct card *c)
{
    const struct card_args *a = c->args;
    if (a->operands > 1)
        return with_file(c, install_all);
    if (!a->package.given || !a->module.given)
        return FAIL(MISSING_FIELD, "a CAP file, or --package AID and --module AID, say what to install");
    TRY(aid_check(span(&a->package)));
    TRY(aid_check(span(&a->module)));
    return install_one(c, &(struct instance){span(&a->package), span(&a->module),
                                             a->instance.given ? span(&a->instance) : span(&a->module)});
}
