/* SPDX-License-Identifier: Apache-2.0 */
/* SELECT [by name], MANAGE CHANNEL and implicit selection, the OPEN's part of command dispatch (station 10,
 * the card's side); pure; GPCS 2.3.1 6.4, 11.7, 11.9. */
#include "card/applet/applet.h"
#include "card/command/command.h"
#include "card/channel/chain.h"
#include "card/channel/secure.h"
#include "card/content/load.h"
#include "card/model/registry.h"
#include "card/scp11/scp11.h"
#include "common/tlv.h"

#define SELECT_FIRST     0x00
#define SELECT_NEXT      0x02
#define SELECT_WHICH     0x03 /* b2 b1 of P2: which occurrence */
#define SELECT_ANSWER    0x0C /* b4 b3: FCI, FCP, FMD; this value: nothing (ISO/IEC 7816-4 Table 40) */
#define CHANNEL_OPEN     0x00
#define CHANNEL_CLOSE    0x80
#define MAX_DATA_FIELD   0xFF
#define TAG_MANAGEMENT   0x66 /* its value is template 73 */
#define SMALL_DATA_FIELD 0x80

void channel_clear(struct card *c, struct channel *ch)
{
    secure_end(&ch->session);
    personalization_end(ch);
    load_drop(c, ch);
    chain_drop(ch);
    scp11_drop_oce(ch);
    listing_end(c, ch);
    listing_end(c, ch->selected);
}

void select_implicitly(struct card *c, struct channel *ch)
{
    struct app *chosen = card_content_open(c) ? card_isd(c) : card_final(c);

    channel_clear(c, ch);
    if (card_content_open(c))
        for (size_t i = 1; i < c->app_count; i++)
            if (app_has(c->apps[i], PRIV_CARD_RESET) && !app_is_locked(c->apps[i]))
                chosen = c->apps[i];
    ch->selected = chosen;
}

static bool selectable(const struct app *a)
{
    return a == card_isd(a->card) || (!app_is_locked(a) && a->state != APP_INSTALLED && !a->upgrading);
}

static struct app *search(const struct card *c, const struct capdu *cmd, const struct app *behind)
{
    bool passed = behind == NULL;

    for (size_t i = 0; i < c->app_count; i++) {
        struct app *a = c->apps[i];

        if (passed && selectable(a) && aid_starts_with(&a->aid, cmd->data, cmd->lc))
            return a;
        passed = passed || a == behind;
    }
    return NULL;
}

/* Table 11-82; a supplementary domain tells its management data here, too (7.4.2.3). */
static uint16_t sd_fci(struct app *a, struct job *j)
{
    uint8_t max = j->card->quirks.small_buffer ? SMALL_DATA_FIELD : MAX_DATA_FIELD;
    size_t fci = out_open(j->reply, 0x6F);
    size_t proprietary;

    out_tlv(j->reply, 0x84, a->aid.value, a->aid.len);
    proprietary = out_open(j->reply, 0xA5);
    if (a != card_isd(a->card))
        sd_data_object(a->card, a->sd, TAG_MANAGEMENT, j->reply);
    out_tlv(j->reply, 0x9F65, &max, 1);
    out_close(j->reply, proprietary);
    out_close(j->reply, fci);
    return j->card->state == CARD_LOCKED ? SW_SELECTED_CARD_LOCKED : SW_OK;
}

/* 6.4.2.1.2: a locked application that is selected here loses its session when nothing else matches. */
static uint16_t nothing_matches(struct job *j)
{
    struct app *current = j->ch->selected;

    if (current == NULL || (app_is_locked(current) && aid_starts_with(&current->aid, j->cmd.data, j->cmd.lc)))
        select_implicitly(j->card, j->ch);
    return SW_FILE_NOT_FOUND;
}

/* Which occurrence Table 11-81 says; what to answer is ISO's, which OPEN may support: telephones ask for FCP
 * and get what there is, or for nothing. */
static bool read_control(uint8_t p2, bool *next, bool *silent)
{
    uint8_t which = p2 & SELECT_WHICH;

    *next = which == SELECT_NEXT;
    *silent = (p2 & SELECT_ANSWER) == SELECT_ANSWER;
    return (p2 & ~(SELECT_WHICH | SELECT_ANSWER)) == 0 && (which == SELECT_FIRST || which == SELECT_NEXT);
}

/* Selecting a domain, on whichever channel, ends the personalization that it carries on (11.11.1). */
static uint16_t enter(struct job *j, struct app *found)
{
    for (size_t i = 0; found->sd != NULL && i < CARD_CHANNELS; i++)
        if (j->card->channels[i].selected == found)
            personalization_end(&j->card->channels[i]);
    channel_clear(j->card, j->ch);
    j->ch->selected = found;
    return found->sd != NULL ? sd_fci(found, j) : found->native->select(found, j);
}

uint16_t select_by_name(struct job *j)
{
    struct app *found;
    bool next, silent;
    uint16_t sw;

    if (!read_control(j->cmd.p2, &next, &silent))
        return SW_WRONG_P1P2;
    if (j->cmd.lc > AID_MAX)
        return SW_WRONG_LENGTH;
    if (j->card->state == CARD_TERMINATED)
        return SW_FUNCTION_NOT_SUPPORTED;
    if (j->cmd.lc == 0)
        found = card_isd(j->card);
    else
        found = search(j->card, &j->cmd, next ? j->ch->selected : NULL);
    if (j->cmd.lc == 0 && j->card->state == CARD_LOCKED)
        found = card_final(j->card);
    if (j->card->state == CARD_LOCKED && found != card_final(j->card))
        return SW_FUNCTION_NOT_SUPPORTED;
    if (found == NULL)
        return nothing_matches(j);
    sw = enter(j, found);
    if (silent)
        j->reply->len = 0;
    return sw;
}

static uint16_t open_channel(struct job *j)
{
    for (uint8_t n = 1; n < CARD_CHANNELS; n++) {
        struct channel *ch = &j->card->channels[n];

        if (ch->open)
            continue;
        ch->open = true;
        select_implicitly(j->card, ch);
        out_number(j->reply, n, 1);
        return SW_OK;
    }
    return SW_FUNCTION_NOT_SUPPORTED;
}

uint16_t manage_channel(struct job *j)
{
    struct channel *ch;

    if (j->cmd.lc != 0)
        return SW_WRONG_LENGTH;
    if (!card_content_open(j->card))
        return SW_FUNCTION_NOT_SUPPORTED;
    if (j->cmd.p1 == CHANNEL_OPEN && j->cmd.p2 == 0)
        return open_channel(j);
    if (j->cmd.p1 != CHANNEL_CLOSE || j->cmd.p2 == 0)
        return SW_WRONG_P1P2;
    if (j->cmd.p2 >= CARD_CHANNELS)
        return SW_CHANNEL_NOT_SUPPORTED;
    ch = &j->card->channels[j->cmd.p2];
    if (!ch->open)
        return SW_CHANNEL_ALREADY_CLOSED;
    channel_clear(j->card, ch);
    ch->open = false;
    ch->selected = NULL;
    return SW_OK;
}
