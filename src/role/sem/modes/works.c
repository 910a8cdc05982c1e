/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the owner's works. Stations 5 and 6. Role. */
#include "order/manage/mode.h"
#include "role/sem/content/accessible.h"
#include "role/sem/modes/steps.h"

static const struct plan *plan_of_creation(const struct turn *t)
{
    (void)t;
    return &plan_create_domain;
}
static const struct plan *plan_of_installation(const struct turn *t)
{
    (void)t;
    return &plan_load_and_install;
}
/* What a provider manages itself it has removed itself: the owner deletes the domain that is left. */
static const struct plan *plan_of_removal(const struct turn *t)
{
    const struct mode_row *row = mode_row(t->domain.mode);
    return row->close ? row->close : row->remove;
}
static const struct plan *plan_of_owners_removal(const struct turn *t)
{
    (void)t;
    return &plan_remove_domain;
}
static const struct plan *plan_of_access(const struct turn *t)
{
    (void)t;
    return &plan_make_accessible;
}
static const struct plan *plan_of_directory(const struct turn *t)
{
    (void)t;
    return &plan_directory;
}
static const struct plan *plan_of_settlement(const struct turn *t)
{
    (void)t;
    return &plan_confirm;
}
static const struct plan *plan_of_set_up(const struct turn *t)
{
    return t->stage ? &plan_set_up_anew : &plan_set_up;
}
static const struct plan *plan_of_preparation(const struct turn *t)
{
    (void)t;
    return &plan_prepare;
}
static const struct plan *plan_of_extradition(const struct turn *t)
{
    (void)t;
    return &plan_extradite;
}

/* An earlier work may have come to the card: then each step asks before it does. */
static bool domain_is_there(const struct turn *t)
{
    return t->domain.state == DOMAIN_CREATED;
}
static bool package_is_there(const struct turn *t)
{
    return t->executable != 0;
}

static bool directory_was_begun(const struct turn *t)
{
    return t->begun;
}

static enum tsm_err creation_load(struct turn *t, struct tx *tx)
{
    TRY(domain_known(tx, &t->el, &t->domain));
    return delegation_load(tx, t->el.id, &t->delegation);
}
static enum tsm_err content_load(struct turn *t, struct tx *tx)
{
    TRY(domain_known(tx, &t->el, &t->domain));
    TRY(own_file_load(t, tx));
    return registry_load(t, tx);
}
static enum tsm_err domain_load(struct turn *t, struct tx *tx)
{
    return domain_known(tx, &t->el, &t->domain);
}
static enum tsm_err settlement_load(struct turn *t, struct tx *tx)
{
    TRY(domain_known(tx, &t->el, &t->domain));
    return settle_load(t, tx);
}
static enum tsm_err preparation_load(struct turn *t, struct tx *tx)
{
    return delegation_load(tx, t->el.id, &t->delegation);
}
/* The load file alone, so that it can be judged before its token. */
static enum tsm_err tokens_read(struct turn *t, struct arena *arena)
{
    return json_object_get(t->body, "load_file") ? load_file_read_member(t, arena) : TSM_OK;
}

static const struct work rows[] = {
    {.verb = VERB_CREATE_DOMAIN,
     .word = "create-domain",
     .read = creation_read,
     .judge = creation_judge,
     .load = creation_load,
     .plan = plan_of_creation,
     .was_begun = domain_is_there,
     .done = creation_done},
    {.verb = VERB_LOAD_AND_INSTALL,
     .word = "load-and-install",
     .read = content_read,
     .judge = installation_judge,
     .load = content_load,
     .plan = plan_of_installation,
     .was_begun = package_is_there,
     .done = installation_done},
    {.verb = VERB_REMOVE,
     .word = "remove",
     .read = content_read,
     .judge = removal_judge,
     .load = content_load,
     .plan = plan_of_removal,
     .done = removal_done},
    {.verb = VERB_GENERATE_TOKEN,
     .word = "generate-token",
     .read = tokens_read,
     .judge = tokens_judge,
     .load = domain_load,
     .act = tokens_sign,
     .done = tokens_done},
    {.verb = VERB_VERIFY_RECEIPT,
     .word = "verify-receipt",
     .judge = settle_judge,
     .load = settlement_load,
     .plan = plan_of_settlement,
     .done = settle_done},
    {.verb = VERB_LIST_APPLICATION,
     .word = "list-application",
     .read = directory_read,
     .judge = directory_judge,
     .load = directory_load,
     .plan = plan_of_directory,
     .was_begun = directory_was_begun,
     .done = directory_done},
    {.verb = VERB_MAKE_ACCESSIBLE,
     .word = "make-accessible",
     .read = accessible_read,
     .judge = accessible_judge,
     .load = accessible_load,
     .plan = plan_of_access},
    {.verb = VERB_UPGRADE,
     .word = "upgrade",
     .read = upgrade_read_call,
     .judge = upgrade_judge,
     .load = upgrade_load,
     .plan = upgrade_plan,
     .was_begun = upgrade_may_be_open,
     .turn_back = upgrade_turn_back,
     .done = upgrade_done},
    {.verb = VERB_SET_UP_KEYS,
     .word = "set-up-keys",
     .read = set_up_read,
     .judge = set_up_judge,
     .load = domain_load,
     .plan = plan_of_set_up,
     .was_begun = set_up_may_be_done,
     .turn_back = set_up_turn_back,
     .done = set_up_done},
    {.verb = WORK_PREPARE,
     .word = "prepare",
     .no_domain = true,
     .judge = prepare_judge,
     .load = preparation_load,
     .plan = plan_of_preparation},
    {.verb = WORK_CREATE_DOMAIN,
     .word = "domain",
     .read = terms_read,
     .judge = owners_domain_judge,
     .load = creation_load,
     .plan = plan_of_creation,
     .was_begun = domain_is_there,
     .done = owners_domain_done},
    {.verb = WORK_REMOVE_DOMAIN,
     .word = "remove-domain",
     .judge = owners_removal_judge,
     .load = domain_load,
     .plan = plan_of_owners_removal,
     .done = removal_done},
    {.verb = WORK_EXTRADITE,
     .word = "extradite",
     .no_domain = true,
     .read = extradite_read,
     .judge = extradite_judge,
     .load = extradite_load,
     .plan = plan_of_extradition,
     .done = extradite_done},
};

const struct work *work_of(int64_t verb)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].verb == verb)
            return &rows[i];
    return NULL;
}
