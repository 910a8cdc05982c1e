/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm perso check | estimate`: documents judged, and what they will send: commands, octets, exchanges, time.
 * Station 4. App. [BSI TR-03165 EstimatedAPDUScriptSize; TS 102 225; GPCS Amendment D 6.2.4] */
#include <stdio.h>

#include "app/perso/perso.h"
#include "ota/packet/packet.h"

enum {
    CIPHER_BLOCK_LEN = 16,
    COMMAND_HEAD = 5,
    CHANNEL_MAC = 8,
    INSTALL_LEN = 18,          /* INSTALL [for personalization] without the AID, with its lengths */
    OPENING = 5 + 8 + 14 + 21, /* SELECT without the AID, INITIALIZE UPDATE, EXTERNAL AUTHENTICATE */
    OBJECT_HEAD = 3,           /* tag 22 and a length of two octets, in the expanded format */
    TEMPLATE = 4,
    SPI1 = 0x16,
    KIC = 0x02,
    CC_LEN = 8,
    GROUPINGS_EXCHANGES = 2, /* a batch ends behind INSTALL [for personalization]: decision 8 */
    MESSAGE_MS = 6000        /* a short message and its proof of receipt, as networks have it */
};

struct sum {
    struct script_size plain;
    size_t way, exchanges, messages;
};

/* In a channel that enciphers: padded to blocks, at least one octet, and the MAC. */
static size_t wrapped(size_t command)
{
    size_t data = command > COMMAND_HEAD ? command - COMMAND_HEAD : 0;
    size_t padded = data ? (data + CIPHER_BLOCK_LEN) / CIPHER_BLOCK_LEN * CIPHER_BLOCK_LEN : 0;
    return COMMAND_HEAD + padded + CHANNEL_MAC;
}

/* Commands of the same length, on average. */
static void add(const struct perso_args *a, const struct script_size *s, struct sum *sum)
{
    size_t one = s->commands ? (s->octets + s->commands - 1) / s->commands : 0, whole = s->octets, room;
    sum->plain.commands += s->commands;
    sum->plain.octets += s->octets;
    sum->plain.groupings += s->groupings;
    if (a->bearer == BY_AGENT) {
        sum->way += s->commands * wrapped(one);
        sum->exchanges += s->groupings ? GROUPINGS_EXCHANGES : 1;
        return;
    }
    room = scp80_data_max((size_t)a->segments, CONCAT_SPEC, SPI1, KIC, CC_LEN);
    whole += s->commands * OBJECT_HEAD + TEMPLATE;
    sum->way += whole;
    sum->exchanges += (whole + room - 1) / room;
    sum->messages += (whole + room - 1) / room * (size_t)a->segments;
}

/* The second half of opening a channel goes with what follows it. */
static double seconds(const struct perso_args *a, const struct sum *s)
{
    long one = a->bearer == BY_AGENT ? a->round_trip : MESSAGE_MS;
    return (double)(s->exchanges + (a->bearer == BY_AGENT ? 1 : 0)) * (double)one / 1000.0;
}

static void tell(const struct perso_args *a, const char *name, const struct sum *s)
{
    json_t *o;
    if (!a->json) {
        printf("%-12s %zu groupings, %zu commands of %zu octets; %zu on the way, %zu exchanges, %zu "
               "messages, %.1f s\n",
               name, s->plain.groupings, s->plain.commands, s->plain.octets, s->way, s->exchanges,
               s->messages, seconds(a, s));
        return;
    }
    o = json_pack("{ss sI sI sI sI sI sI sf}", "part", name, "groupings", (json_int_t)s->plain.groupings,
                  "commands", (json_int_t)s->plain.commands, "octets", (json_int_t)s->plain.octets,
                  "on_the_way", (json_int_t)s->way, "exchanges", (json_int_t)s->exchanges, "messages",
                  (json_int_t)s->messages, "seconds", seconds(a, s));
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

/* What the step will read is there for those behind it. */
static enum tsm_err set_read(struct script_play *p, const struct script_step *s)
{
    static const uint8_t zeros[SCRIPT_VALUE_MAX];
    for (size_t i = 0; i < s->read_n; i++)
        TRY(script_set(p, s->read[i].name, BYTES_OF(zeros, s->read[i].len ? s->read[i].len : EMV_BLOCK)));
    return TSM_OK;
}

/* Zeros stand for keys; card data have the lengths of the record. */
static enum tsm_err estimate_script(struct perso_args *a, struct bytes json)
{
    static struct perso_script script;
    static struct card_record card;
    struct sum sum = {.way = 0};
    TRY(perso_script_read(json, &script));
    a->play.script = &script;
    a->play.v.trial = true;
    TRY(perso_record(a, &card));
    a->play.v.in.card = &card;
    a->play.inputs[FROM_ORDER] = a->inputs;
    a->play.inputs[FROM_PARAMETERS] = a->parameters;
    for (size_t step = 0; step < script.n; step++) {
        struct script_size s = {.commands = 0};
        TRY(set_read(&a->play, &script.step[step]));
        TRY(script_measure(&a->play, step, CIPHER_BLOCK_LEN, (size_t)a->block, &s));
        if (!script.step[step].apdu) {
            s.commands++;
            s.octets += INSTALL_LEN + script.profile.aid_len;
        }
        add(a, &s, &sum);
    }
    if (a->bearer == BY_AGENT)
        sum.way += OPENING + script.profile.aid_len;
    tell(a, script.profile.name, &sum);
    return TSM_OK;
}

static enum tsm_err estimate_run(const struct perso_args *a, const struct emv_profile *p,
                                 enum emv_target target, const char *name)
{
    struct emv_estimate e;
    struct sum sum = {.way = 0};
    struct script_size s;
    TRY(emv_profile_estimate(p, target, CIPHER_BLOCK_LEN, (size_t)a->block, &e));
    s = (struct script_size){e.commands + 1, e.octets + e.commands * COMMAND_HEAD + INSTALL_LEN + p->aid_len,
                             e.groupings};
    add(a, &s, &sum);
    tell(a, name, &sum);
    return TSM_OK;
}

enum tsm_err perso_estimate(struct perso_args *a, struct bytes json)
{
    static struct emv_profile p;
    if (perso_script_is(json))
        return estimate_script(a, json);
    TRY(emv_profile_read(json, &p));
    TRY(estimate_run(a, &p, PERSO_APPLICATION, "application"));
    return p.ppse.count ? estimate_run(a, &p, PERSO_PPSE, "ppse") : TSM_OK;
}

enum tsm_err perso_check(struct perso_args *a, struct bytes json)
{
    static struct perso_script script;
    static struct emv_profile p;
    bool is_script = perso_script_is(json);
    TRY(is_script ? perso_script_read(json, &script) : emv_profile_read(json, &p));
    if (!a->json)
        printf("%-12s %s%s%s%s\n", is_script ? "script" : "profile", is_script ? script.profile.name : p.name,
               !is_script && p.scheme[0] ? " (" : "", is_script ? "" : p.scheme,
               !is_script && p.scheme[0] ? ")" : "");
    return perso_estimate(a, json);
}
