/* SPDX-License-Identifier: Apache-2.0 */
/* GET DATA: what the domain knows of itself and of the card, generated or stored (station 10, the card's
 * side); pure; GPCS 2.3.1 7.4, 11.3, TS 102 226 8.2.1.7. */
#include "card/command/command.h"
#include "card/command/recognition.h"
#include "card/channel/scp02.h"
#include "card/channel/scp03.h"
#include "card/channel/secure.h"
#include "card/model/keys.h"
#include "card/model/registry.h"
#include "card/casd/casd.h"
#include "card/scp11/scp11.h"
#include "common/tlv.h"

#include <string.h>

#define TAG_LIST_OF_APPLICATIONS 0x2F00
#define TAG_CPLC                 0x9F7F

/* Writes the value of a generated object; false when this domain does not have it. */
typedef bool generator(const struct job *j, struct out *o);

static bool cplc(const struct job *j, struct out *o)
{
    recognition_cplc(j->card, o);
    return true;
}

static bool card_data(const struct job *j, struct out *o)
{
    recognition_data(j->sd, o);
    return true;
}

static bool capabilities(const struct job *j, struct out *o)
{
    if (j->sd->self != card_isd(j->card))
        return false;
    recognition_capabilities(j->sd, o);
    return true;
}

/* Lengths of 256 and more are told as 00; a point counts without its 04; behind an ECC key stands its curve
 * where a length would be (11.3.3.1.1). */
static void asym_information(const struct asym_entry *k, struct out *o)
{
    bool rsa = k->key.type == KEY_TYPE_RSA_PUBLIC;
    size_t len = k->key.type == KEY_TYPE_ECC_PUBLIC ? k->key.len - 1U : k->key.len;
    uint8_t second = rsa ? KEY_TYPE_RSA_EXPONENT : KEY_TYPE_ECC_REFERENCE;

    out_tlv(o, 0xC0,
            (const uint8_t[]){k->kid, k->kvn, k->key.type, len > 0xFF ? 0 : (uint8_t)len, second,
                              rsa ? k->key.exponent_len : k->key.curve},
            6);
}

/* Key Information Template, Table 11-28; the owner of the keys is the domain itself, never a parent. */
static bool key_information(const struct job *j, struct out *o)
{
    for (size_t i = 0; i < SD_MAX_KEYS; i++) {
        const struct key *k = &j->sd->keys[i];

        if (k->kvn != 0)
            out_tlv(o, 0xC0, (const uint8_t[]){k->kid, k->kvn, k->secret.type, k->secret.len}, 4);
    }
    for (size_t i = 0; i < SD_MAX_ASYM; i++)
        if (j->sd->asym[i].kvn != 0)
            asym_information(&j->sd->asym[i], o);
    return true;
}

static bool diversification(const struct job *j, struct out *o)
{
    out_bytes(o, j->card->kdd, KDD_LEN);
    return true;
}

/* Sequence counter of the default key version: SCP02, or SCP03 with pseudo-random challenges. */
static bool sequence_counter(const struct job *j, struct out *o)
{
    struct sd *owner = sd_key_owner(j->sd);

    for (size_t i = 0; i < j->sd->scp_count; i++) {
        const struct scp_option *option = &j->sd->scps[i];
        const struct keyset *set = sd_keyset(owner, sd_first_set(owner, option->scp));

        if (option->scp == SCP80 || option->scp == SCP11 || set == NULL ||
            (option->scp == SCP03 && (option->i & SCP03_I_PSEUDO) == 0))
            continue;
        out_number(o, set->sequence, option->scp == SCP03 ? SCP03_SEQUENCE : SCP02_SEQUENCE);
        return true;
    }
    return false;
}

/* The number of the next receipt (C.5). */
static bool confirmation_counter(const struct job *j, struct out *o)
{
    out_number(o, j->sd->confirmations, 2);
    return app_has(j->sd->self, PRIV_RECEIPT);
}

static bool security_level(const struct job *j, struct out *o)
{
    const struct session *s = &j->ch->session;
    unsigned who = s->authentication == AUTHENTICATED_OWNER ? LEVEL_AUTHENTICATED
                   : s->authentication == AUTHENTICATED_ANY ? LEVEL_ANY_AUTHENTICATED
                                                            : 0U;

    out_number(o, s->phase == SESSION_OPEN ? who | s->level : 0U, 1);
    return true;
}

/* Extended Card Resources: installed applications, free non-volatile and volatile memory; of a domain with a
 * grant what is left of it. */
static bool resources(const struct job *j, struct out *o)
{
    out_tlv(o, 0x81, (const uint8_t[]){(uint8_t)(j->card->app_count - 1)}, 1);
    out_number(o, 0x8204, 2);
    out_number(o, memory_left(j->card, j->sd->self), 4);
    out_number(o, 0x8302, 2);
    out_number(o, ram_left(j->card, j->sd->self), 2);
    return true;
}

static bool identification(const struct job *j, struct out *o)
{
    out_bytes(o, j->card->seid, j->card->seid_len);
    return j->card->seid_len > 0;
}

static bool issuer_number(const struct job *j, struct out *o)
{
    recognition_issuer_number(o);
    return j->sd->self == card_isd(j->card);
}

static bool image_number(const struct job *j, struct out *o)
{
    out_bytes(o, j->card->kdd, KDD_LEN);
    return j->sd->self == card_isd(j->card);
}

static const struct {
    uint16_t tag;
    generator *make;
} generated[] = {
    {0x42, issuer_number},   {0x45, image_number},   {0x5A, identification},   {0x66, card_data},
    {0x67, capabilities},    {TAG_CPLC, cplc},       {0xC1, sequence_counter}, {0xC2, confirmation_counter},
    {0xCF, diversification}, {0xD3, security_level}, {0xE0, key_information},  {0xFF21, resources},
};

/* A stored value stands before a generated one; objects.c keeps the card's own tags from being stored. */
static bool value_of(const struct job *j, uint16_t tag, struct out *o)
{
    for (size_t i = 0; i < SD_MAX_OBJECTS; i++) {
        if (j->sd->objects[i].tag == tag && tag != 0) {
            out_bytes(o, j->sd->objects[i].value, j->sd->objects[i].len);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof generated / sizeof generated[0]; i++)
        if (generated[i].tag == tag)
            return generated[i].make(j, o);
    return false;
}

bool sd_data_object(struct card *c, struct sd *sd, uint16_t tag, struct out *o)
{
    const struct job j = {.card = c, .ch = &c->channels[0], .sd = sd};

    return value_of(&j, tag, o);
}

/* Table 11-30; the tag list of the command must be 5C00. */
static uint16_t list_applications(struct job *j)
{
    bool all = app_has(j->sd->self, PRIV_GLOBAL_REGISTRY);

    if (j->cmd.lc != 2 || j->cmd.data[0] != 0x5C || j->cmd.data[1] != 0x00)
        return SW_WRONG_DATA;
    for (size_t i = 0; i < j->card->app_count; i++) {
        const struct app *a = j->card->apps[i];
        size_t entry;

        if (!all && !app_is_under(a, j->sd->self))
            continue;
        entry = out_open(j->reply, 0x61);
        out_tlv(j->reply, 0x4F, a->aid.value, a->aid.len);
        out_close(j->reply, entry);
    }
    return SW_OK;
}

uint16_t sd_get_data(struct job *j)
{
    uint16_t tag = (uint16_t)(j->cmd.p1 << 8 | j->cmd.p2);
    uint16_t sw;
    size_t mark;

    if (tag == TAG_LIST_OF_APPLICATIONS)
        return list_applications(j);
    if (j->cmd.ins == INS_GET_DATA_ODD)
        return SW_REFERENCE_NOT_FOUND;
    sw = scp11_get_data(j, tag);
    if (sw == SW_FUNCTION_NOT_SUPPORTED)
        sw = casd_get_data(j, tag);
    if (sw != SW_FUNCTION_NOT_SUPPORTED)
        return sw;
    if (j->cmd.lc != 0)
        return SW_WRONG_DATA;
    if ((j->cmd.cla & CLA_GP) == 0)
        return value_of(j, tag, j->reply) ? SW_OK : SW_REFERENCE_NOT_FOUND;
    mark = out_open(j->reply, tag);
    if (!value_of(j, tag, j->reply))
        return SW_REFERENCE_NOT_FOUND;
    out_close(j->reply, mark);
    return SW_OK;
}
