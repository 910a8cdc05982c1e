/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card extradite | registry-update`: to another domain, other privileges. Station 5. App.
 * [GPCS 11.5.2.3.4, 11.5.2.3.5] */
#include "app/card/delegated/delegated.h"
#include "app/card/verb/verbs.h"
#include "base/hex.h"
#include "gp/command/command.h"

enum { ENTRY_ROOM = 8192 };

static struct bytes span(const struct card_hex *h)
{
    return BYTES_OF(h->at, h->len);
}

static enum tsm_err find_in(struct card *c, enum gp_status_scope scope, struct bytes aid,
                            struct card_hex *domain)
{
    uint8_t room[ENTRY_ROOM];
    struct writer joined = WRITER(room);
    enum gp_status_dialect dialect = STATUS_TLV;
    struct gp_registry_entry e;
    struct reader r;
    TRY(registry_ask(c, scope, aid, &joined, &dialect));
    r = READER(written(&joined));
    while (r.left.len) {
        TRY(gp_registry_next(&r, scope, dialect, &e));
        if (!bytes_equal(e.aid, aid))
            continue;
        domain->given = true;
        return bytes_keep(e.domain, domain->at, sizeof domain->at, &domain->len);
    }
    return TSM_OK;
}

/* The domain that it belongs to now: the receipt names it. */
static enum tsm_err domain_now(struct card *c, struct bytes aid, struct card_hex *out)
{
    out->given = false;
    TRY(find_in(c, STATUS_APPLICATIONS, aid, out));
    if (!out->given)
        TRY(find_in(c, STATUS_LOAD_FILES, aid, out));
    if (out->given || c->args->dry_run)
        return TSM_OK;
    return FAIL(NOT_FOUND, "the domain shows no application or load file of this name");
}

static void tell_moved(struct card *c, const struct card_hex *from)
{
    char text[2 * AID_MAX + 1] = "its domain";
    char to[2 * AID_MAX + 1];
    if (from->len && from->len <= AID_MAX)
        hex_text(span(from), text);
    card_done(c, "%s is moved from %s to %s", card_operand(c, 0), text, hex_text(span(&c->args->to), to));
}

enum tsm_err card_extradite(struct card *c)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct card_hex aid, from = {.len = 0};
    struct receipt_event event = {.kind = RECEIPT_FOR_EXTRADITION};
    struct gp_install i = {.p1 = INSTALL_FOR_EXTRADITION, .domain = span(&c->args->to)};
    TRY(operand_aid(card_operand(c, 0), &aid));
    TRY(aid_check(i.domain));
    TRY(domain_now(c, span(&aid), &from));
    i.application = span(&aid);
    TRY(install_write(&i, &w));
    event.domain = span(&from);
    event.application = i.application;
    event.new_domain = i.domain;
    TRY(card_manage(c, written(&w), &event));
    tell_moved(c, &from);
    return TSM_OK;
}

enum tsm_err card_registry_update(struct card *c)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct card_hex aid, from = {.len = 0};
    struct receipt_event event = {.kind = RECEIPT_FOR_REGISTRY_UPDATE};
    struct gp_install i = {.p1 = INSTALL_FOR_REGISTRY_UPDATE,
                           .domain = span(&c->args->to),
                           .privileges = span(&c->args->privileges),
                           .parameters = span(&c->args->params)};
    if (!i.domain.len && !i.privileges.len && !i.parameters.len)
        return FAIL(MISSING_FIELD, "--privileges HEX, --to AID or --params HEX says what shall be other");
    TRY(operand_aid(card_operand(c, 0), &aid));
    if (i.domain.len)
        TRY(domain_now(c, span(&aid), &from));
    i.application = span(&aid);
    TRY(install_write(&i, &w));
    event.domain = span(&from);
    event.new_domain = i.domain;
    event.application = i.application;
    event.privileges = i.privileges;
    event.parameters = i.parameters;
    TRY(card_manage(c, written(&w), &event));
    card_done(c, "the registry entry of %s is updated", card_operand(c, 0));
    return TSM_OK;
}
