/* SPDX-License-Identifier: Apache-2.0 */
/* SET STATUS: the card's life cycle, locking and unlocking of applications and of whole domains (station 10,
 * the card's side); pure; GPCS 2.3.1 5.1.2, 5.3, 9.6, 11.10. */
#include "card/command/command.h"
#include "card/model/registry.h"

#define TYPE_MASK        0xE0
#define TYPE_CARD        0x80
#define TYPE_APPLICATION 0x40
#define TYPE_DOMAIN_TREE 0x60

struct transition {
    uint8_t from, to;
    uint32_t privilege;
};

/* Figure 5-1; TERMINATED may follow every state. */
static const struct transition card_transitions[] = {
    {CARD_OP_READY, CARD_INITIALIZED, PRIV_SECURITY_DOMAIN},
    {CARD_INITIALIZED, CARD_SECURED, PRIV_SECURITY_DOMAIN},
    {CARD_SECURED, CARD_LOCKED, PRIV_CARD_LOCK},
    {CARD_LOCKED, CARD_SECURED, PRIV_CARD_LOCK},
    {CARD_OP_READY, CARD_TERMINATED, PRIV_CARD_TERMINATE},
    {CARD_INITIALIZED, CARD_TERMINATED, PRIV_CARD_TERMINATE},
    {CARD_SECURED, CARD_TERMINATED, PRIV_CARD_TERMINATE},
    {CARD_LOCKED, CARD_TERMINATED, PRIV_CARD_TERMINATE},
};

static bool card_state_known(uint8_t state)
{
    for (size_t i = 0; i < sizeof card_transitions / sizeof card_transitions[0]; i++)
        if (card_transitions[i].to == state || card_transitions[i].from == state)
            return true;
    return false;
}

static uint16_t set_card(struct job *j)
{
    bool issuer = j->sd->self == card_isd(j->card);

    if (!card_state_known(j->cmd.p2))
        return SW_WRONG_P1P2;
    for (size_t i = 0; i < sizeof card_transitions / sizeof card_transitions[0]; i++) {
        const struct transition *t = &card_transitions[i];

        if (t->from != j->card->state || t->to != j->cmd.p2 || !app_has(j->sd->self, t->privilege))
            continue;
        if (!issuer && t->privilege == PRIV_SECURITY_DOMAIN)
            continue;
        j->card->state = t->to;
        card_isd(j->card)->state = t->to;
        return SW_OK;
    }
    return SW_CONDITIONS_NOT_SATISFIED;
}

/* A domain about itself: PERSONALIZED from SELECTABLE, or LOCKED; never out of LOCKED. */
static uint16_t set_self(struct app *a, uint8_t state)
{
    if (a == card_isd(a->card))
        return SW_CONDITIONS_NOT_SATISFIED;
    if ((state & APP_LOCKED_BIT) != 0 && !app_is_locked(a) && !app_has(a, PRIV_FINAL_APPLICATION)) {
        a->state |= APP_LOCKED_BIT;
        return SW_OK;
    }
    if (state != APP_PERSONALIZED || a->state != APP_SELECTABLE)
        return SW_CONDITIONS_NOT_SATISFIED;
    a->state = APP_PERSONALIZED;
    return SW_OK;
}

static void set_lock(struct app *a, bool lock)
{
    a->state = (uint8_t)(lock ? a->state | APP_LOCKED_BIT : a->state & ~APP_LOCKED_BIT);
}

static bool may_lock(const struct job *j, const struct app *a)
{
    return a != card_isd(j->card) && !app_has(a, PRIV_FINAL_APPLICATION) && /* 9.6.2 */
           (app_is_under(a->owner, j->sd->self) || app_has(j->sd->self, PRIV_GLOBAL_LOCK));
}

static uint16_t set_application(struct job *j, struct app *a)
{
    bool lock = (j->cmd.p2 & APP_LOCKED_BIT) != 0;

    if (a == j->sd->self)
        return set_self(a, j->cmd.p2);
    if (!may_lock(j, a) || app_is_locked(a) == lock)
        return SW_CONDITIONS_NOT_SATISFIED;
    set_lock(a, lock);
    return SW_OK;
}

/* The domain and its whole sub-hierarchy; what is in the wanted state already stays so without an error. */
static uint16_t set_domain_tree(struct job *j, struct app *domain)
{
    bool lock = (j->cmd.p2 & APP_LOCKED_BIT) != 0;

    if (domain->sd == NULL)
        return SW_WRONG_DATA;
    if (!may_lock(j, domain) || (domain == j->sd->self && !lock))
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = 1; i < j->card->app_count; i++)
        if (app_is_under(j->card->apps[i], domain) && !app_has(j->card->apps[i], PRIV_FINAL_APPLICATION))
            set_lock(j->card->apps[i], lock);
    return SW_OK;
}

uint16_t sd_set_status(struct job *j)
{
    uint8_t type = j->cmd.p1 & TYPE_MASK;
    struct aid aid;
    struct app *a;

    if (type == TYPE_CARD)
        return set_card(j);
    if (type != TYPE_APPLICATION && type != TYPE_DOMAIN_TREE)
        return SW_WRONG_P1P2;
    if (!aid_set(&aid, j->cmd.data, j->cmd.lc))
        return SW_WRONG_DATA;
    a = registry_app(j->card, &aid);
    if (a == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (!card_content_open(j->card))
        return SW_CONDITIONS_NOT_SATISFIED;
    return type == TYPE_APPLICATION ? set_application(j, a) : set_domain_tree(j, a);
}
