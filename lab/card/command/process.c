/* SPDX-License-Identifier: Apache-2.0 */
/* The way of one command through the card: class byte, channel, OPEN or application, secure channel, answer
 * (station 10, the card's side); pure; GPCS 2.3.1 6.3, 11.1.3, 11.1.4, Tables 11-1 and 11-2. */
#include "card/command/process.h"

#include "card/applet/applet.h"
#include "card/channel/chain.h"
#include "card/channel/secure.h"
#include "card/command/command.h"
#include "card/content/load.h"
#include "card/model/keys.h"
#include "card/model/registry.h"
#include "card/scp11/scp11.h"
#include "card/upgrade/upgrade.h"

#include <stddef.h>

#define CLA_INVALID  0xFF
#define CLA_RFU      0x20
#define SMALL_BUFFER 0x80

struct entry {
    uint8_t ins;
    bool iso_class;     /* also with CLA 00 */
    bool authenticated; /* Table 11-2 */
    bool content;       /* changes content: not while the card is locked or terminated */
    uint16_t (*run)(struct job *j);
};

static const struct entry entries[] = {
    {INS_GET_DATA, true, false, false, sd_get_data},
    {INS_GET_DATA_ODD, true, false, false, sd_get_data},
    {INS_GET_STATUS, false, true, false, sd_get_status},
    {INS_SET_STATUS, false, true, false, sd_set_status},
    {INS_PUT_KEY, false, true, true, sd_put_key},
    {INS_STORE_DATA, false, true, true, sd_store_data},
    {INS_INSTALL, false, true, true, sd_install},
    {INS_LOAD, false, true, true, sd_load},
    {INS_DELETE, false, true, true, sd_delete},
    {INS_MANAGE_ELF_UPGRADE, false, true, true, sd_manage_elf_upgrade},
    {INS_PERFORM_SECURITY_OPERATION, false, false, false, perform_security_operation},
};

void no_confirmation(struct job *j)
{
    if (!j->card->quirks.no_confirmation)
        out_number(j->reply, 0x00, 1);
}

/* What only lives until the next command of another kind: a partial load, the personalization target, the GET
 * STATUS continuation. */
static void end_sequences(struct job *j)
{
    if (j->cmd.ins != INS_LOAD)
        load_drop(j->card, j->ch);
    if (j->cmd.ins != INS_GET_STATUS)
        listing_end(j->card, j->ch);
    if (j->cmd.ins != INS_STORE_DATA)
        personalization_end(j->ch);
    if (j->cmd.ins != INS_PERFORM_SECURITY_OPERATION)
        scp11_interrupt(j->ch);
}

static uint16_t run_entry(struct job *j, const struct entry *e)
{
    bool gp_class = (j->cmd.cla & CLA_GP) != 0;

    if (!gp_class && !e->iso_class)
        return SW_CLA_NOT_SUPPORTED;
    if (gp_class && e->ins == INS_GET_DATA_ODD)
        return SW_INS_NOT_SUPPORTED;
    if (e->authenticated && !secure_authenticated(j->ch))
        return SW_SECURITY_NOT_SATISFIED;
    if (j->card->state == CARD_TERMINATED && e->run != sd_get_data)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (e->content && !card_content_open(j->card))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (e->authenticated) {
        uint16_t sw = scp11_allows(j);

        if (sw != SW_OK)
            return sw;
    }
    return e->run(j);
}

/* Everything behind the secure channel of the selected security domain. */
static uint16_t sd_command(struct job *j)
{
    uint16_t sw = secure_unwrap(j);

    if (sw != SW_OK) {
        channel_clear(j->card, j->ch);
        j->ch->session.phase = SESSION_ABORTED;
        return sw;
    }
    end_sequences(j);
    if (process_fault_error(j->card))
        return SW_UNKNOWN;
    sw = SW_INS_NOT_SUPPORTED;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if (entries[i].ins == j->cmd.ins)
            sw = run_entry(j, &entries[i]);
    return sw;
}

typedef uint16_t command(struct job *j);

/* The command when it begins a secure channel, else NULL. EXTERNAL AUTHENTICATE carries a C-MAC, MUTUAL
 * AUTHENTICATE of SCP11 does not. */
static command *initiation(const struct job *j)
{
    bool scp11 = sd_option(j->sd, SCP11) != NULL;

    if (j->cmd.ins == INS_INITIALIZE_UPDATE)
        return initialize_update;
    if (j->cmd.ins == INS_EXTERNAL_AUTHENTICATE)
        return scp11 && (j->cmd.cla & CLA_SECURE) == 0 ? scp11_authenticate : external_authenticate;
    return scp11 && j->cmd.ins == INS_INTERNAL_AUTHENTICATE ? scp11_authenticate : NULL;
}

static uint16_t sd_process(struct job *j)
{
    command *begin;
    uint16_t sw;

    if (app_is_locked(j->sd->self))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->card->quirks.small_buffer && j->cmd.lc > SMALL_BUFFER)
        return SW_WRONG_LENGTH;
    begin = initiation(j);
    if (begin != NULL) {
        if (j->card->state == CARD_TERMINATED)
            return SW_CONDITIONS_NOT_SATISFIED;
        end_sequences(j);
        chain_drop(j->ch);
        sw = begin(j);
        /* The answers of the initiation itself are never protected. */
        if (sw_is_error(sw) || sw == SW_AUTHENTICATION_FAILED)
            j->reply->len = 0;
        return sw;
    }
    if (chain_gather(j, &sw))
        return sw;
    sw = sd_command(j);
    if (sw_is_error(sw))
        j->reply->len = 0;
    if (j->reply->full || !secure_protect(j, sw)) {
        j->reply->len = 0;
        sw = SW_UNKNOWN;
    }
    chain_drop(j->ch); /* the command borrowed its data */
    return sw;
}

/* An application uses the channel of its security domain: GlobalPlatform's API hands the commands that open
 * one to the domain, and takes the protection off those that follow (GPCS 10.2, 10.4). */
static uint16_t application_process(struct job *j)
{
    struct app *a = j->ch->selected;
    uint16_t sw;

    j->sd = a->owner != NULL ? a->owner->sd : NULL;
    if (process_fault_error(j->card))
        return SW_UNKNOWN;
    if (j->sd != NULL && (j->cmd.cla & CLA_GP) != 0 &&
        (j->cmd.ins == INS_INITIALIZE_UPDATE || j->cmd.ins == INS_EXTERNAL_AUTHENTICATE) && !app_is_locked(a))
        return j->cmd.ins == INS_INITIALIZE_UPDATE ? initialize_update(j) : external_authenticate(j);
    if (j->ch->session.phase != SESSION_OPEN || j->ch->remote)
        return a->native->process(a, j);
    sw = secure_unwrap(j);
    if (sw != SW_OK)
        return sw;
    j->cmd.cla &= (uint8_t)~CLA_SECURE;
    sw = a->native->process(a, j);
    if (sw_is_error(sw))
        j->reply->len = 0;
    return j->reply->full || !secure_protect(j, sw) ? SW_UNKNOWN : sw;
}

static uint16_t check_class(const struct job *j)
{
    if (j->cmd.cla == CLA_INVALID)
        return SW_CLA_NOT_SUPPORTED;
    if (j->cmd.cla & CLA_FURTHER)
        return SW_CHANNEL_NOT_SUPPORTED;
    if (j->cmd.cla & CLA_RFU)
        return SW_CLA_NOT_SUPPORTED;
    if ((j->cmd.cla & CLA_CHAINING) != 0 && j->cmd.ins != INS_PERFORM_SECURITY_OPERATION)
        return SW_CHAINING_NOT_SUPPORTED;
    if (j->cmd.cla & CLA_ISO_SECURE)
        return SW_SECURE_MESSAGING_NOT_SUPPORTED;
    return j->ch->open ? SW_OK : SW_CHANNEL_NOT_SUPPORTED;
}

/* Over the air there is none of these: the packet has already chosen the domain. */
static bool is_for_open(const struct capdu *cmd)
{
    return (cmd->cla & ~(unsigned)(CLA_CHANNEL | CLA_SECURE)) == 0 &&
           (cmd->ins == INS_MANAGE_CHANNEL || (cmd->ins == INS_SELECT && cmd->p1 == SELECT_P1_BY_NAME));
}

uint16_t process_command(struct job *j)
{
    uint16_t sw = check_class(j);

    if (sw != SW_OK)
        return sw;
    if (is_for_open(&j->cmd) && !j->ch->remote) {
        if (j->cmd.cla & CLA_SECURE)
            return SW_SECURE_MESSAGING_NOT_SUPPORTED; /* Tables 11-63 and 11-84 */
        return j->cmd.ins == INS_SELECT ? select_by_name(j) : manage_channel(j);
    }
    if (j->ch->selected == NULL)
        select_implicitly(j->card, j->ch);
    j->sd = j->ch->selected->sd;
    if (j->sd != NULL)
        return sd_process(j);
    return application_process(j);
}
