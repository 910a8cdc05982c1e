/* SPDX-License-Identifier: Apache-2.0 */
/* The upgrade of an executable load file whose applications keep their data (stations 6 and 10, the card's
 * side); pure; GPCS Amendment H, MANAGE ELF UPGRADE. */
#include "card/upgrade/upgrade.h"

#include "card/applet/applet.h"
#include "card/command/command.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#define P1_START   0x01
#define P1_RESUME  0x02
#define P1_RECOVER 0x03
#define P1_ABORT   0x04
#define P1_STATUS  0x08

#define TAG_REQUEST 0xA1
#define TAG_AID     0x4F
#define TAG_OPTIONS 0x80
#define TAG_STATUS  0x90

/* The version that is being replaced; it has the same name as its successor. */
static struct elf *old_version(const struct card *c)
{
    for (size_t i = 0; i < c->elf_count; i++)
        if (c->elfs[i]->upgrading)
            return c->elfs[i];
    return NULL;
}

static bool session_open(const struct card *c)
{
    return c->upgrade.status != UPGRADE_NONE && c->upgrade.status != UPGRADE_COMPLETED;
}

bool upgrade_awaits(const struct card *c, const struct aid *elf)
{
    return c->upgrade.status == UPGRADE_WAITS_FOR_ELF && aid_same(&c->upgrade.elf, elf);
}

void upgrade_loaded(struct card *c, struct elf *e)
{
    if (upgrade_awaits(c, &e->aid))
        c->upgrade.status = UPGRADE_WAITS_FOR_RESTORE;
}

/* ---- start: the saving phase ---- */

/* An instance that another channel has selected would be torn out of its work. */
static bool instance_may_go(const struct job *j, const struct app *a)
{
    for (size_t i = 0; i < CARD_CHANNELS; i++)
        if (j->card->channels[i].open && &j->card->channels[i] != j->ch && j->card->channels[i].selected == a)
            return false;
    return a->native != NULL && a->native->save != NULL;
}

static uint16_t read_request(struct job *j, struct aid *elf, uint8_t *options)
{
    struct tlv request, t;

    if (!tlv_read(j->cmd.data, j->cmd.lc, 0, &request) || request.tag != TAG_REQUEST ||
        request.end != j->cmd.lc || !tlv_find(request.value, request.len, TAG_AID, &t) ||
        !aid_set(elf, t.value, t.len))
        return SW_WRONG_DATA;
    *options = 0;
    if (!tlv_find(request.value, request.len, TAG_OPTIONS, &t))
        return SW_OK;
    if (t.len != 1)
        return SW_WRONG_DATA;
    *options = t.value[0];
    return SW_OK;
}

/* The old version and its instances disappear from the registry; their data stay. */
static void hide(struct card *c, struct elf *e)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->elf == e)
            c->apps[i]->upgrading = true;
    e->upgrading = true;
    memory_give(c, NULL, e->memory);
    e->memory = 0;
}

static uint16_t start(struct job *j)
{
    struct card *c = j->card;
    struct elf *e;
    struct aid aid;
    uint8_t options;
    uint16_t sw = read_request(j, &aid, &options);

    if (sw != SW_OK)
        return sw;
    e = registry_elf(c, &aid);
    if (e == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (session_open(c) || e->built_in || !app_is_under(e->owner, j->sd->self))
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->elf == e && !instance_may_go(j, c->apps[i]))
            return SW_CONDITIONS_NOT_SATISFIED;
    hide(c, e);
    c->upgrade = (struct upgrade_session){.status = UPGRADE_WAITS_FOR_ELF, .options = options, .elf = aid};
    return SW_OK;
}

/* ---- resume: the restore phase ---- */

static bool has_module(const struct elf *e, const struct aid *module)
{
    for (size_t i = 0; i < e->module_count; i++)
        if (aid_same(&e->modules[i], module))
            return true;
    return false;
}

/* Every instance finds its module in the new version, or none is touched. The card executes no bytecode:
 * behaviour it knows goes on in the successor. */
static uint16_t resume(struct job *j)
{
    struct card *c = j->card;
    struct elf *old = old_version(c), *new = registry_elf(c, &c->upgrade.elf);

    if (c->upgrade.status != UPGRADE_WAITS_FOR_RESTORE || old == NULL || new == NULL)
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->elf == old && !has_module(new, &c->apps[i]->module)) {
            c->upgrade.status = UPGRADE_RESTORE_FAILED;
            return SW_OK; /* the session information tells */
        }
    for (size_t i = 0; i < c->app_count; i++) {
        struct app *a = c->apps[i];

        if (a->elf != old)
            continue;
        new->successor = new->successor || a->native != &silent_ops;
        a->elf = new;
        a->upgrading = false;
    }
    registry_remove_elf(c, old);
    c->upgrade.status = UPGRADE_COMPLETED;
    return SW_OK;
}

/* ---- recovery and abort ---- */

/* A version that does not take the data is thrown away: the session waits for another one. */
static uint16_t recover(struct job *j)
{
    struct card *c = j->card;
    struct elf *new = registry_elf(c, &c->upgrade.elf);

    if (c->upgrade.status != UPGRADE_RESTORE_FAILED && c->upgrade.status != UPGRADE_WAITS_FOR_RESTORE)
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = 0; new != NULL &&i < c->app_count; i++)
        if (c->apps[i]->elf == new)
            return SW_CONDITIONS_NOT_SATISFIED; /* somebody has installed from it already */
    if (new != NULL)
        registry_remove_elf(c, new);
    c->upgrade.status = UPGRADE_WAITS_FOR_ELF;
    return SW_OK;
}

/* The saved data are given up: what was hidden is deleted. */
static uint16_t abort_session(struct job *j)
{
    struct card *c = j->card;
    struct elf *old = old_version(c);

    if (!session_open(c))
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = c->app_count; i-- > 0;)
        if (c->apps[i]->upgrading)
            registry_remove_app(c, c->apps[i]);
    if (old != NULL)
        registry_remove_elf(c, old);
    c->upgrade = (struct upgrade_session){.status = UPGRADE_NONE};
    return SW_OK;
}

static uint16_t status(struct job *j)
{
    (void)j;
    return SW_OK;
}

static const struct {
    uint8_t p1;
    uint16_t (*run)(struct job *j);
} actions[] = {{P1_START, start},
               {P1_RESUME, resume},
               {P1_RECOVER, recover},
               {P1_ABORT, abort_session},
               {P1_STATUS, status}};

/* Length and value of the confirmation (none), length and value of the session information. */
static void put_session(const struct card *c, struct out *o)
{
    uint8_t information[AID_MAX + 8];
    struct out i;
    size_t mark;

    out_init(&i, information, sizeof information);
    mark = out_open(&i, TAG_REQUEST);
    out_tlv(&i, TAG_STATUS, &c->upgrade.status, 1);
    if (c->upgrade.status != UPGRADE_NONE)
        out_tlv(&i, TAG_AID, c->upgrade.elf.value, c->upgrade.elf.len);
    out_close(&i, mark);
    out_number(o, 0, 1);
    out_number(o, i.len, 1);
    out_bytes(o, information, i.len);
}

uint16_t sd_manage_elf_upgrade(struct job *j)
{
    uint16_t sw = SW_WRONG_P1P2;

    if (j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    if (j->cmd.p1 != P1_STATUS && j->sd->self != card_isd(j->card) &&
        (!app_has(j->sd->self, PRIV_AUTHORIZED_MANAGEMENT) || j->sd->self->state != APP_PERSONALIZED))
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (actions[i].p1 == j->cmd.p1)
            sw = actions[i].run(j);
    if (sw == SW_OK)
        put_session(j->card, j->reply);
    return sw;
}
