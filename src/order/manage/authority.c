/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner signs and what it thinks of receipts. Stations 6 and 11. Pure. [GPCS 9.2.3, C.4, C.5] */
#include "order/manage/authority.h"

#include "base/hex.h"
#include "gp/command/command.h"

enum { AID_TEXT = 2 * AID_MAX + 1 };

static bool among(const struct aid_list *list, struct bytes aid)
{
    for (size_t i = 0; i < list->n; i++)
        if (bytes_equal(list->aid[i], aid))
            return true;
    return false;
}

static enum tsm_err refuse(const char *why, struct bytes aid)
{
    char text[AID_TEXT];
    if (aid.len > AID_MAX)
        aid.len = AID_MAX;
    return FAIL(NOT_ALLOWED, "no token: %s (%s)", why, hex_text(aid, text));
}

/* Content that the registry has in the domain, or that is new on the card. */
static enum tsm_err need_own(const struct token_terms *t, struct bytes aid)
{
    return among(&t->content, aid) ? TSM_OK : refuse("this is not content of the provider's domain", aid);
}

static enum tsm_err need_free(const struct token_terms *t, struct bytes aid)
{
    return among(&t->foreign, aid) ? refuse("this AID belongs to somebody else", aid) : TSM_OK;
}

static enum tsm_err need_privileges(const struct token_terms *t, struct bytes octets)
{
    uint32_t asked = 0;
    if (octets.len)
        TRY(privileges_read(octets, &asked));
    if (asked & ~t->privileges)
        return FAIL(NOT_ALLOWED, "no token: privileges %06X are asked for, %06X are agreed", asked,
                    t->privileges);
    return TSM_OK;
}

static enum tsm_err judge_load(const struct token_terms *t, const struct gp_install *i)
{
    if (i->domain.len && !bytes_equal(i->domain, t->domain))
        return refuse("the load file would go into another domain", i->domain);
    TRY(need_free(t, i->load_file));
    if (t->hashes.n && !among(&t->hashes, i->hash))
        return FAIL(NOT_ALLOWED, "no token: this load file was not admitted");
    return TSM_OK;
}

static enum tsm_err judge_install(const struct token_terms *t, const struct gp_install *i)
{
    if (i->load_file.len)
        TRY(need_own(t, i->load_file));
    TRY(need_free(t, i->application));
    return need_privileges(t, i->privileges);
}

static enum tsm_err judge_selectable(const struct token_terms *t, const struct gp_install *i)
{
    TRY(need_own(t, i->application));
    return need_privileges(t, i->privileges);
}

static enum tsm_err judge_extradition(const struct token_terms *t, const struct gp_install *i)
{
    TRY(need_own(t, i->application));
    if (!bytes_equal(i->domain, t->domain) && !among(&t->domains, i->domain))
        return refuse("the content would leave the provider's domains", i->domain);
    return TSM_OK;
}

static enum tsm_err judge_update(const struct token_terms *t, const struct gp_install *i)
{
    TRY(need_own(t, i->application));
    if (i->domain.len)
        TRY(judge_extradition(t, i));
    return need_privileges(t, i->privileges);
}

static const struct install_row {
    uint8_t p1;
    unsigned may;
    enum tsm_err (*judge)(const struct token_terms *t, const struct gp_install *i);
} install_rows[] = {
    {INSTALL_FOR_LOAD, MAY_LOAD, judge_load},
    {INSTALL_FOR_INSTALL, MAY_INSTALL, judge_install},
    {INSTALL_FOR_MAKE_SELECTABLE, MAY_INSTALL, judge_selectable},
    {INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE, MAY_INSTALL, judge_install},
    {INSTALL_FOR_EXTRADITION, MAY_EXTRADITE, judge_extradition},
    {INSTALL_FOR_REGISTRY_UPDATE, MAY_UPDATE, judge_update},
};

static enum tsm_err need_delegated(const struct token_terms *t, unsigned what, uint8_t p1)
{
    if (t->may & what)
        return TSM_OK;
    return what == MAY_DELETE
               ? FAIL(NOT_ALLOWED, "no token: deletion is not delegated to this domain")
               : FAIL(NOT_ALLOWED, "no token: INSTALL with P1 %02X is not delegated to this domain", p1);
}

enum tsm_err token_judge(const struct token_terms *t, struct bytes capdu)
{
    struct gp_token_command c;
    TRY(gp_token_command_read(capdu, &c));
    if (c.ins == INS_DELETE) {
        TRY(need_delegated(t, MAY_DELETE, 0));
        return need_own(t, c.deletion.aid);
    }
    for (size_t i = 0; i < sizeof install_rows / sizeof install_rows[0]; i++)
        if (install_rows[i].p1 == c.install.p1) {
            TRY(need_delegated(t, install_rows[i].may, c.install.p1));
            return install_rows[i].judge(t, &c.install);
        }
    return FAIL(NOT_ALLOWED, "no token: INSTALL with P1 %02X is not delegated", c.install.p1);
}

enum tsm_err receipt_event_of(const struct gp_token_command *c, struct bytes domain,
                              struct receipt_event *out)
{
    const struct gp_install *i = &c->install;
    if (c->ins == INS_DELETE) {
        *out = (struct receipt_event){.kind = RECEIPT_FOR_DELETE, .application = c->deletion.aid};
        return TSM_OK;
    }
    switch (i->p1) {
    case INSTALL_FOR_LOAD:
        *out = (struct receipt_event){.kind = RECEIPT_FOR_LOAD,
                                      .load_file = i->load_file,
                                      .domain = i->domain.len ? i->domain : domain};
        return TSM_OK;
    case INSTALL_FOR_INSTALL:
    case INSTALL_FOR_MAKE_SELECTABLE:
    case INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE:
        *out = (struct receipt_event){
            .kind = RECEIPT_FOR_INSTALL, .load_file = i->load_file, .application = i->application};
        return TSM_OK;
    case INSTALL_FOR_EXTRADITION:
        *out = (struct receipt_event){.kind = RECEIPT_FOR_EXTRADITION,
                                      .domain = domain,
                                      .application = i->application,
                                      .new_domain = i->domain};
        return TSM_OK;
    case INSTALL_FOR_REGISTRY_UPDATE:
        *out = (struct receipt_event){.kind = RECEIPT_FOR_REGISTRY_UPDATE,
                                      .domain = i->domain.len ? domain : BYTES_NONE,
                                      .new_domain = i->domain,
                                      .application = i->application,
                                      .privileges = i->privileges,
                                      .parameters = i->parameters};
        return TSM_OK;
    default:
        return FAIL(NOT_ALLOWED, "INSTALL with P1 %02X has no receipt here", i->p1);
    }
}

bool receipt_failure(const struct receipt_judgement *j, int32_t last, struct failure *f)
{
    static const struct {
        enum fault_owner owner;
        const char *next;
    } rows[RECEIPT_VERDICT_COUNT] = {
        [RECEIPT_MISSING] =
            {OWNER_SE, "look whether a domain with the Receipt Generation privilege has its receipt key"},
        [RECEIPT_OTHER_CARD] =
            {OWNER_DEVICE, "find out which element the device talked to; nothing is booked for this one"},
        [RECEIPT_OTHER_TOKEN] = {OWNER_SP, "send the receipt of the command that the token was given for"},
        [RECEIPT_FORGED] =
            {OWNER_SEM,
             "compare the receipt key of the inventory with the card's; audit the card's registry"},
        [RECEIPT_REPLAYED] = {OWNER_DEVICE, "ask the card for its registry: this receipt was told before"},
        [RECEIPT_GAP] = {OWNER_SEM,
                         "audit the card's registry, then take over the card's confirmation counter"},
    };
    if (j->verdict == RECEIPT_GOOD)
        return false;
    failure_set(f, rows[j->verdict].owner, rows[j->verdict].next, "%s (counter %u, before it %d)",
                receipt_verdict_text(j->verdict), j->counter, (int)last);
    return true;
}

int32_t receipt_counter(const struct receipt_judgement *j, int32_t last)
{
    return j->verdict == RECEIPT_GOOD ? j->counter : last;
}
