/* SPDX-License-Identifier: Apache-2.0 */
/* From a reader's name to a card that has been looked at: SELECT, the open data objects, the profile. Station
 * 4. App. [GPCS 11.3.3, 11.9] */
#include <stdio.h>

#include "app/card/card.h"
#include "gp/command/command.h"
#include "gp/command/get_data.h"
#include "gp/command/select.h"

/* Where SELECT without a name is refused: names of issuer domains in the field. The first is GlobalPlatform's
 * [GPCS H.1.3]; the others are older ones by public record, not checked against a text. */
static const struct {
    uint8_t len, aid[8];
} isd_names[] = {
    {8, {0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00}},
    {8, {0xA0, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00}},
    {7, {0xA0, 0x00, 0x00, 0x00, 0x18, 0x43, 0x4D}},
};
enum { ISD_NAMES = sizeof isd_names / sizeof isd_names[0] };

static enum tsm_err open_reader(struct card *c)
{
    struct pcsc_readers readers;
    size_t index;
    if (!c->args->reader)
        return TSM_OK;
    TRY(pcsc_list(&readers));
    TRY(pcsc_choose(&readers, c->args->reader, &index));
    return pcsc_open(readers.at[index].name, &c->reader);
}

static enum tsm_err select_one(struct card *c, struct bytes aid, bool any, struct rapdu *out)
{
    uint8_t room[CARD_COMMAND_ROOM];
    struct writer w = WRITER(room);
    TRY(select_write(aid, &w));
    return card_send(
        c,
        &(struct card_request){.plain = written(&w), .look = true, .any = any, .also_fine = SW_CARD_LOCKED},
        out);
}

/* The issuer's domain: the profile's name, or no name, or one of those in the field. */
static enum tsm_err select_issuer(struct card *c, struct rapdu *out)
{
    bool named = c->profile != NULL;
    struct bytes aid = named ? BYTES_OF(c->profile->isd_aid, c->profile->isd_aid_len) : BYTES_NONE;
    TRY(select_one(c, aid, !named, out));
    for (size_t i = 0; i < ISD_NAMES && !named && !sw_is_success(out->sw); i++)
        TRY(select_one(c, BYTES_OF(isd_names[i].aid, isd_names[i].len), true, out));
    if (!sw_is_success(out->sw))
        return FAIL(CARD_REFUSED,
                    "SELECT of the issuer security domain was answered %04X (%s), by none of its usual names",
                    out->sw, sw_text(out->sw));
    return TSM_OK;
}

/* Keeps an answer for as long as the card is worked with. */
static enum tsm_err keep(struct writer *room, struct bytes data, struct bytes *out)
{
    size_t from = room->len;
    TRY(write_span(room, data));
    *out = written_since(room, from);
    return TSM_OK;
}

static enum tsm_err ask_object(struct card *c, uint32_t tag, struct writer *room, struct bytes *out)
{
    uint8_t command[APDU_SHORT_MAX];
    struct writer w = WRITER(command);
    struct rapdu answer;
    TRY(get_data_write(tag, &w));
    TRY(card_send(c, &(struct card_request){.plain = written(&w), .look = true, .any = true}, &answer));
    return answer.sw == SW_OK ? keep(room, answer.data, out) : TSM_OK;
}

/* Everything for `info` and for recognising a profile; else the protocols alone. */
static enum tsm_err look(struct card *c, struct bytes selected, bool all)
{
    struct writer room = WRITER(c->sight_room);
    struct card_answers a = {.select = BYTES_NONE};
    const struct {
        uint32_t tag;
        struct bytes *answer;
        bool always;
    } objects[] = {
        {DATA_CARD, &a.recognition, true},
        {DATA_CPLC, &a.cplc, false},
        {DATA_CAPABILITIES, &a.capabilities, false},
        {DATA_KEYS, &a.keys, false},
        {DATA_RESOURCES, &a.resources, false},
        {DATA_IIN, &a.issuer, false},
        {DATA_CIN, &a.image, false},
    };
    TRY(keep(&room, selected, &a.select));
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        if (all || objects[i].always)
            TRY(ask_object(c, objects[i].tag, &room, objects[i].answer));
    card_sight_read(&a, &c->sight);
    return bytes_keep(c->sight.isd_aid, c->isd_aid, sizeof c->isd_aid, &c->isd_aid_len);
}

/* The profile that --profile names. */
static enum tsm_err named_profile(struct card *c)
{
    if (!c->args->profile)
        return TSM_OK;
    for (size_t i = 0; i < c->profiles; i++)
        if (strcmp(c->catalogue[i].name, c->args->profile) == 0)
            c->profile = &c->catalogue[i];
    return c->profile ? TSM_OK
                      : FAIL(NOT_FOUND, "no profile named %.64s in the file of --profiles", c->args->profile);
}

static void recognise(struct card *c)
{
    profile_match(c->catalogue, c->profiles, &c->sight, &c->match);
    if (!c->profile && c->match.kind == MATCH_ONE)
        c->profile = &c->catalogue[c->match.index];
}

enum tsm_err card_connect(struct card *c)
{
    struct rapdu selected;
    bool wanted = c->verb->needs & NEED_SIGHT;
    TRY(named_profile(c));
    TRY(open_reader(c));
    TRY(select_issuer(c, &selected));
    TRY(look(c, selected.data, wanted || (c->profiles && !c->profile)));
    recognise(c);
    if (c->args->domain.given)
        TRY(select_one(c, BYTES_OF(c->args->domain.at, c->args->domain.len), false, &selected));
    return TSM_OK;
}
